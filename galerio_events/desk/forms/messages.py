"""The form of a message to the people of a session."""

from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectMultipleField, TextAreaField
from wtforms.validators import AnyOf, Length, ValidationError

from galerio_events.desk.domain.messages import TEXT_LENGTH, MessageKind
from galerio_events.text import clean
from galerio_events.translated import Translated

_: Any = lazy_gettext
_LONG = _("Write at most %(max)d characters.")


def _cleaned(text: str | None) -> str:
    return clean(text or "")


class MessageForm(FlaskForm):
    """What is said, and to which of the people of the session (`to`: their ids)."""

    kind = HiddenField(_("What it is about"), [AnyOf([kind.value for kind in MessageKind])])
    nonce = HiddenField("", [Length(min=8, max=22)])
    body_ja = TextAreaField(_("In Japanese"), [Length(max=TEXT_LENGTH, message=_LONG)], filters=[_cleaned])
    body_en = TextAreaField(_("In English"), [Length(max=TEXT_LENGTH, message=_LONG)], filters=[_cleaned])
    to = SelectMultipleField(_("Receivers"), validate_choice=False)

    def validate_body_en(self, _field: TextAreaField) -> None:
        """One language is enough."""
        if not self.body_ja.data and not self.body_en.data:
            raise ValidationError(_("Write the message in one language at least."))

    def validate_to(self, _field: SelectMultipleField) -> None:
        """Nobody is no receiver."""
        if not self.receivers:
            raise ValidationError(_("Choose at least one person."))

    @property
    def receivers(self) -> frozenset[int]:
        """Those who were chosen, by id; somebody who cannot be chosen (any more) is not among them."""
        offered = {str(choice[0]) for choice in self.to.choices or ()}
        return frozenset(int(one) for one in self.to.data or () if one in offered)

    @property
    def body(self) -> Translated:
        """The words as entered."""
        return Translated({"ja": self.body_ja.data or "", "en": self.body_en.data or ""})
