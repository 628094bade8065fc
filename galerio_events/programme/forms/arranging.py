"""The form in which organisers say what a suggestion of times may do."""

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, SelectMultipleField
from wtforms.validators import StopValidation, ValidationError
from wtforms.widgets import RangeInput

from galerio_events.programme.domain.arranging import MOST_MOVED, MOST_WEIGHT, SECONDS, STEPS, Weights, Wishes
from galerio_events.programme.forms.fields import Choice
from galerio_events.programme.forms.settings import Hour
from galerio_events.text import narrow

_: Any = lazy_gettext

MOST_CHANGEOVER = 240


class Several(SelectMultipleField):
    """Some of the choices; the page draws a box for each."""

    def pre_validate(self, form: Any) -> None:
        if not set(self.data or ()) <= {value for value, *_rest in self.iter_choices()}:
            raise ValidationError(_("Choose from the list."))


class Number(IntegerField):
    """A whole number between two others."""

    def __init__(self, label: Any, *, least: int, most: int, **more: Any) -> None:
        super().__init__(label, **more)
        self.least, self.most = least, most

    def _wrong(self) -> Any:
        return _("Enter a whole number from %(least)d to %(most)d.", least=self.least, most=self.most)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        text = narrow("".join(valuelist))
        if not (text.isascii() and text.isdecimal() and len(text) < 6):
            raise ValueError(self._wrong())
        self.data = int(text)

    def pre_validate(self, form: Any) -> None:
        if self.process_errors:
            raise StopValidation
        if self.data is None or not self.least <= self.data <= self.most:
            raise StopValidation(self._wrong())


class Slider(Number):
    """A weight."""

    widget = RangeInput()

    def __init__(self, label: Any, **more: Any) -> None:
        super().__init__(label, least=0, most=MOST_WEIGHT, **more)


class ArrangeForm(FlaskForm):
    """What may move, where to and when. Each day of the event has `use_…`, `from_…` and `until_…`."""

    sessions = Several(_("Sessions that may move"))
    venues = Several(_("Venues"))
    step = Choice(_("Sessions begin every"))
    changeover = Number(_("Minutes of changeover"), least=0, most=MOST_CHANGEOVER)
    speakers = Slider(_("Speakers outside their night"))
    audience = Slider(_("Registrants outside their night"))
    changes = Slider(_("Few changes"))
    seconds = Number(_("Seconds to search"), least=SECONDS[0], most=SECONDS[1])

    days: tuple[date, ...] = ()

    def validate(self, extra_validators: Any = None) -> bool:
        """As every form does; there must be something to move, somewhere and some time to move it to."""
        good = bool(super().validate(extra_validators))
        if not self.sessions.data:
            good = self._refuse(self.sessions, _("Tick at least one session."))
        elif len(self.sessions.data) > MOST_MOVED:
            good = self._refuse(
                self.sessions, _("Tick %(most)d sessions at most: a day, or a track, at a time.", most=MOST_MOVED)
            )
        if not self.venues.data and self.venues.choices:
            good = self._refuse(self.venues, _("Tick at least one venue."))
        used = [day for day in self.days if self[f"use_{day}"].data]
        if self.days and not used:
            good = self._refuse(self[f"use_{self.days[0]}"], _("Tick at least one day."))
        for day in used:
            begin, end = self[f"from_{day}"], self[f"until_{day}"]
            for field in (begin, end):
                if field.data is None and not field.errors:
                    good = self._refuse(field, _("Enter a time of day, like 09:30."))
            if begin.data is not None and begin.data == end.data:
                good = self._refuse(end, _("The end must not be the begin."))
        return good

    def wishes(self) -> Wishes:
        """What the form says. Only for one that validated."""
        return Wishes(
            keys=tuple(self.sessions.data or ()),
            venues=tuple(self.venues.data or ()),
            hours={
                day: (self[f"from_{day}"].data, self[f"until_{day}"].data)
                for day in self.days
                if self[f"use_{day}"].data
            },
            step=int(self.step.data),
            changeover=self.changeover.data or 0,
            weights=Weights(self.speakers.data or 0, self.audience.data or 0, self.changes.data or 0),
            seconds=self.seconds.data or SECONDS[0],
        )

    @staticmethod
    def _refuse(field: Any, message: Any) -> bool:
        field.errors = [*field.errors, message]
        return False


def arrange_form(
    sent: Any,
    *,
    sessions: Sequence[tuple[str, str]],
    venues: Sequence[tuple[str, str]],
    days: Mapping[date, tuple[str, tuple[time, time]]],
    ticked: Sequence[str],
    changeover: int,
) -> ArrangeForm:
    """The form, with what was sent, or with what suits most. `days` have their names and hours."""
    fields: dict[str, Any] = {"days": tuple(days)}
    data: dict[str, Any] = {
        "sessions": list(ticked),
        "venues": [key for key, _name in venues],
        "step": "10",
        "changeover": changeover,
        "speakers": 3,
        "audience": 2,
        "changes": 1,
        "seconds": 20,
    }
    for day, (name, hours) in days.items():
        fields[f"use_{day}"] = BooleanField(name)
        fields[f"from_{day}"] = Hour(_("From"))
        fields[f"until_{day}"] = Hour(_("Until"))
        data |= {f"use_{day}": True, f"from_{day}": hours[0], f"until_{day}": hours[1]}
    form: ArrangeForm = type("ArrangeFormOfEvent", (ArrangeForm,), fields)(sent, data=data)
    form.sessions.choices = list(sessions)
    form.venues.choices = list(venues)
    form.step.choices = [(str(step), _("%(num)d minutes", num=step)) for step in STEPS]
    return form
