"""The form that releases a programme."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.validators import Length

from galerio_events.text import clean
from galerio_events.translated import Translated

_: Any = lazy_gettext

NOTE_LENGTH = 500
ANNOUNCEMENT_LENGTH = 2000


class Way(StrEnum):
    """How a release is made known."""

    SILENT = "silent"
    ANNOUNCED = "announced"


class ReleaseForm(FlaskForm):
    """`shown` is the digest of the draft that the reader saw, `after` the number of the release before it. A field for
    the announcement in each of the event's languages is added by `release_form`."""

    note = TextAreaField(
        _("Note"),
        filters=[lambda value: clean(value or "")],
        validators=[Length(max=NOTE_LENGTH, message=_("This note is too long: %(max)d characters at most."))],
    )
    way = RadioField(
        _("Who is told?"),
        choices=[(Way.SILENT.value, ""), (Way.ANNOUNCED.value, "")],
        default=Way.SILENT.value,
        filters=[lambda value: value or Way.SILENT.value],
    )
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
        made[f"announcement_{language}"] = TextAreaField(
            _("Announcement (%(language)s)", language=names.get(language, language)),
            filters=[lambda value: clean(value or "")],
            validators=[
                Length(max=ANNOUNCEMENT_LENGTH, message=_("This announcement is too long: %(max)d characters at most."))
            ],
        )
    return type("ReleaseFormOfEvent", (ReleaseForm,), made)
