"""Fields that say in our own words what is wrong with them."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext
from wtforms import (
    DateTimeLocalField,
    Field,
    FieldList,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    URLField,
)
from wtforms.validators import StopValidation, ValidationError

from galerio_events import clock
from galerio_events.events.domain.settings import is_web_address
from galerio_events.text import clean, hides, narrow, one_line

_: Any = lazy_gettext

TWICE = _("The clocks change in this night, so this time can mean two moments. Choose one below.")
NEVER = _(
    "The clocks go forward in this night, so no clock ever shows this time. Which moment is meant? Choose one below."
)

FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M"]


UNSEEN = _(
    "This held characters that cannot be seen (control characters or marks that turn the direction of text). "
    "They have been taken out below; check and save again."
)


def tell_unseen(form: Any) -> bool:
    """Say at every text of the form, those in its rows too, where what was sent holds what cannot be seen.

    For a form that is shown again without having been validated.
    """
    told = False
    for field in form:
        if isinstance(field, Rows):
            rows = [tell_unseen(row.form) for row in field]
            if any(rows):
                field.errors = [row.errors for row in field]
                told = True
        elif isinstance(field, Line | Lines | WebAddress) and _hides(field):
            field.errors = [*field.errors, UNSEEN]
            told = True
    return told


def _hides(field: Field) -> bool:
    return any(isinstance(sent, str) and hides(sent) for sent in field.raw_data or ())


def never_cut(field: Field) -> None:
    """Let no browser cut what is pasted: a text that is too long comes here and is told, instead of losing its end."""
    field.flags.maxlength = False


class Line(StringField):
    """A text without line ends. What cannot be seen is taken out of it, and that is said."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        more.setdefault("filters", [lambda value: one_line(value or "")])
        super().__init__(*arguments, **more)
        never_cut(self)

    def pre_validate(self, form: Any) -> None:
        if _hides(self):
            raise ValidationError(UNSEEN)


class Lines(TextAreaField):
    """A text with line ends. What cannot be seen is taken out of it, and that is said."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        more.setdefault("filters", [lambda value: clean(value or "")])
        super().__init__(*arguments, **more)
        never_cut(self)

    def pre_validate(self, form: Any) -> None:
        if _hides(self):
            raise ValidationError(UNSEEN)


def not_clear(wall: datetime, zone: str) -> Any:
    """What to say of a wall-clock time (naive) in the night in which the zone's clocks change."""
    return NEVER if clock.never_shown(wall, zone) else TWICE


class Rows(FieldList):  # type: ignore[type-arg]
    """A list of entries whose names in the form may be anything that somebody sends."""

    def _extract_indices(self, prefix: str, formdata: Any) -> Iterator[int]:
        for name in formdata:
            if found := re.fullmatch(rf"{re.escape(prefix)}-([0-9]{{1,4}})-[A-Za-z_-]+", name):
                yield int(found[1])


class Choice(SelectField):
    """A select that says in our own words that its value must be one of the choices."""

    def pre_validate(self, form: Any) -> None:
        if self.data not in {value for value, *_rest in self.iter_choices()}:
            raise ValidationError(_("Choose one from the list."))


class WallTime(DateTimeLocalField):
    """A date with a time of day, without a zone."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Enter a date and a time, like 2022-11-25 13:10.")) from None


class Places(IntegerField):
    """A whole number, or nothing; `no_number` is said of anything else."""

    def __init__(self, *arguments: Any, no_number: Any = None, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.no_number = no_number or _("Enter a whole number from 0 to 1,000,000.")

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = "".join(valuelist).strip()
        if not text:
            self.data = None
            return
        if "_" in text:
            # Python's own spelling of numbers is nobody else's.
            raise ValueError(self.no_number)
        try:
            super().process_formdata([narrow("".join(valuelist))])
        except ValueError:
            raise ValueError(self.no_number) from None

    def pre_validate(self, form: Any) -> None:
        if self.process_errors:
            raise StopValidation


class WebAddress(URLField):
    """An address that begins with https:// or http://, or nothing."""

    def __init__(self, *arguments: Any, most: int, **more: Any) -> None:
        more.setdefault("filters", [lambda value: one_line(value or "")])
        super().__init__(*arguments, **more)
        self.most = most

    def pre_validate(self, form: Any) -> None:
        if _hides(self):
            raise ValidationError(UNSEEN)
        if not self.data:
            return
        if len(self.data) > self.most:
            raise ValidationError(_("This address is too long: %(most)d characters at most.", most=self.most))
        if not is_web_address(self.data):
            raise ValidationError(_("Enter a web address that begins with https:// or http://."))
