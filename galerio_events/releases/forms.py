"""The form that releases a programme."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, TextAreaField
from wtforms.validators import Length, ValidationError

from galerio_events.text import clean, hides
from galerio_events.translated import Translated

_: Any = lazy_gettext

NOTE_LENGTH = 500
ANNOUNCEMENT_LENGTH = 2000


class Way(StrEnum):
    """How a release is made known."""

    SILENT = "silent"
    ANNOUNCED = "announced"


class Lines(TextAreaField):
    """A text with line ends. What cannot be seen is taken out of it, and that is said."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        more.setdefault("filters", [lambda value: clean(value or "")])
        super().__init__(*arguments, **more)
        # Browsers cut what is pasted without a word; a text that is too long comes here and is told.
        self.flags.maxlength = False

    def pre_validate(self, form: Any) -> None:
        if any(hides(sent) for sent in self.raw_data or ()):
            raise ValidationError(
                _(
                    "This held characters that cannot be seen (control characters or marks that turn the direction of "
                    "text). They have been taken out below; check and save again."
                )
            )


class ReleaseForm(FlaskForm):
    """`shown` is the digest of the draft that the reader saw, `after` the number of the release before it. A field for
    the announcement in each of the event's languages is added by `release_form`."""

    note = Lines(
        _("Note"),
        validators=[Length(max=NOTE_LENGTH, message=_("This note is too long: %(max)d characters at most."))],
    )
    way = RadioField(
        _("Who is told?"),
        choices=[(Way.SILENT.value, ""), (Way.ANNOUNCED.value, "")],
        default=Way.SILENT.value,
        filters=[lambda value: value or Way.SILENT.value],
    )
    drop = BooleanField(_("Drop these drafts: they are never sent"), default=True)
    shown = HiddenField()
    after = HiddenField()

    languages: tuple[str, ...] = ()

    @property
    def announced(self) -> bool:
        """Whether those whom it concerns are to be told."""
        return bool(self.way.data == Way.ANNOUNCED)

    def announcement(self) -> Translated:
        """What the public is told, in all languages."""
        return Translated({language: self[f"announcement_{language}"].data or "" for language in self.languages})


def release_form(languages: Sequence[str], names: Mapping[str, str]) -> type[ReleaseForm]:
    """The form for an event with those languages; `names` says what each of them is called."""
    made: dict[str, Any] = {"languages": tuple(languages)}
    for language in languages:
        made[f"announcement_{language}"] = Lines(
            _("Announcement (%(language)s)", language=names.get(language, language)),
            validators=[
                Length(max=ANNOUNCEMENT_LENGTH, message=_("This announcement is too long: %(max)d characters at most."))
            ],
        )
    return type("ReleaseFormOfEvent", (ReleaseForm,), made)
