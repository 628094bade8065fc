"""The form in which organisers edit the words of a draft."""

from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from galerio_events.outbox.domain import SUBJECT_LENGTH, TEXT_LENGTH, Wording
from galerio_events.text import clean, one_line

_: Any = lazy_gettext
_NAMES = {"ja": "日本語", "en": "English"}


class WordingForm(FlaskForm):
    """`seen` is the digest of the words that the form began with. Line ends in a subject become spaces. Without a
    language the mail keeps its own."""

    language = SelectField(_("Language"), choices=list(_NAMES.items()), validate_choice=False)
    subject = StringField(
        _("Subject"),
        filters=[lambda value: one_line(value or "")],
        validators=[
            DataRequired(_("Enter a subject.")),
            Length(max=SUBJECT_LENGTH, message=_("This subject is too long: %(max)d characters at most.")),
        ],
    )
    text = TextAreaField(
        _("Text"),
        filters=[lambda value: clean(value or "")],
        validators=[
            DataRequired(_("Enter the text of the mail.")),
            Length(max=TEXT_LENGTH, message=_("This text is too long: %(max)d characters at most.")),
        ],
    )
    seen = HiddenField()

    def wording(self) -> Wording:
        """What was entered. Only for a form that validated."""
        return Wording(self.subject.data or "", self.text.data or "")

    def chosen_language(self) -> str | None:
        """The language that was chosen; None where none of ours was."""
        return self.language.data if self.language.data in _NAMES else None
