"""The form in which organisers edit a session."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import (
    DateTimeLocalField,
    Field,
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, StopValidation, ValidationError

from galerio_events import clock
from galerio_events.programme.domain import RoleKind, SessionKind
from galerio_events.programme.domain.rules import (
    MOST_PLACES,
    SUMMARY_LENGTH,
    TEXT_LENGTH,
    TITLE_LENGTH,
    Frame,
    SessionProblem,
    role_twice,
    time_problems,
)
from galerio_events.programme.domain.values import RoleValue, SessionValues
from galerio_events.text import clean, one_line
from galerio_events.translated import Translated

_: Any = lazy_gettext

MOST_CREDITS = 60
_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M"]

# The field at which a rule of the domain is explained, and how.
EXPLAINED: dict[SessionProblem, tuple[str, Any]] = {
    SessionProblem.TITLE_MISSING: ("title", _("Enter a title in at least one language.")),
    SessionProblem.TITLE_TOO_LONG: ("title", _("This title is too long.")),
    SessionProblem.SUMMARY_TOO_LONG: ("summary", _("This summary is too long.")),
    SessionProblem.ABSTRACT_TOO_LONG: ("abstract", _("This abstract is too long.")),
    SessionProblem.ENDS_BEFORE_START: ("ends_at", _("The end must be after the start.")),
    SessionProblem.STARTS_OUTSIDE_EVENT: ("starts_at", _("This is outside the days of the event.")),
    SessionProblem.ENDS_OUTSIDE_EVENT: ("ends_at", _("This is outside the days of the event.")),
    SessionProblem.UNKNOWN_VENUE: ("venue", _("This venue is not there any more. Choose another one.")),
    SessionProblem.UNKNOWN_TRACK: ("track", _("This track is not there any more. Choose another one.")),
    SessionProblem.UNKNOWN_ORGANISER: ("organiser", _("This organisation is not there any more. Choose another one.")),
    SessionProblem.UNKNOWN_PERSON: ("people", _("One of these people is not there any more. Choose somebody else.")),
    SessionProblem.ROLE_TWICE: ("people", _("The same person has the same role twice. Remove one of them.")),
    SessionProblem.CAPACITY_INVALID: ("capacity", _("Enter a whole number from 0 to 1,000,000.")),
    SessionProblem.KEY_INVALID: (
        "key",
        _("Use lower-case letters a to z, digits and single hyphens between words, 60 characters at most."),
    ),
    SessionProblem.KEY_RESERVED: ("key", _("This address is used by the system. Choose another one.")),
    SessionProblem.KEY_TAKEN: ("key", _("Another session has this address already. Choose another one.")),
}


class Rows(FieldList):  # type: ignore[type-arg]
    """A list of entries whose names in the form may be anything that somebody sends."""

    def _extract_indices(self, prefix: str, formdata: Any) -> Iterator[int]:
        for name in formdata:
            if found := re.fullmatch(rf"{re.escape(prefix)}-([0-9]{{1,4}})-[a-z]+", name):
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
    """A whole number, or nothing."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        if not "".join(valuelist).strip():
            self.data = None
            return
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Enter a whole number from 0 to 1,000,000.")) from None

    def pre_validate(self, form: Any) -> None:
        if self.process_errors:
            raise StopValidation


class CreditForm(Form):
    """Somebody's role in the session."""

    role = Choice(_("Role"))
    person = Choice(_("Person"))


class SessionForm(FlaskForm):
    """Texts per language are added by `session_form`; instants are typed as wall-clock times of the event's zone.

    `version` is the stored version that would be overwritten, `base` the one that was opened where somebody else has
    saved since, and `nonce` is there for new sessions, so that sending the form twice makes one.
    """

    version = HiddenField()
    base = HiddenField()
    nonce = HiddenField()
    key = StringField(_("Address"), filters=[lambda value: one_line(value or "")])
    kind = Choice(_("Kind"))
    venue = Choice(_("Venue"))
    track = Choice(_("Track"))
    organiser = Choice(_("Run by"))
    starts_at = WallTime(
        _("Start"), format=_FORMATS, validators=[InputRequired(_("Enter date and time of the start."))]
    )
    starts_at_meant = SelectField(_("Which of them?"), validate_choice=False)
    ends_at = WallTime(_("End"), format=_FORMATS, validators=[InputRequired(_("Enter date and time of the end."))])
    ends_at_meant = SelectField(_("Which of them?"), validate_choice=False)
    capacity = Places(
        _("Places"),
        validators=[
            Optional(),
            NumberRange(min=0, max=MOST_PLACES, message=_("Enter a whole number from 0 to 1,000,000.")),
        ],
    )
    people = Rows(FormField(CreditForm), max_entries=MOST_CREDITS)

    languages: tuple[str, ...] = ()

    def text(self, name: str) -> Translated:
        """What was entered under that name (`title`, `summary`, `abstract`), in all languages."""
        return Translated({language: self[f"{name}_{language}"].data or "" for language in self.languages})

    def credits(self) -> tuple[RoleValue, ...]:
        """The roles in order; rows in which nobody was chosen are left out."""
        return tuple(
            RoleValue(RoleKind(row.form.role.data), row.form.person.data) for row in self.people if row.form.person.data
        )

    def instants(self, frame: Frame) -> "Instants":
        """What start and end mean in UTC, as far as that is clear."""
        found = Instants()
        for name in ("starts_at", "ends_at"):
            wall = self[name].data
            if wall is None:
                continue
            if not _near(wall, frame):
                found.outside.append(name)
                continue
            candidates = clock.candidates(wall, frame.timezone)
            meant = [moment for moment in candidates if clock.to_text(moment) == self[f"{name}_meant"].data]
            if len(candidates) > 1:
                found.questions[name] = candidates
                if not meant:
                    found.open.append(name)
                    continue
            found.moments[name] = (meant or candidates)[0]
        return found

    def ask(self, instants: "Instants") -> None:
        """Say at the times what is not clear about them."""
        for name in instants.outside:
            self._add_error(self[name], EXPLAINED[SessionProblem.STARTS_OUTSIDE_EVENT][1])
        for name in instants.open:
            self._add_error(
                self[name], _("The clocks change in this night, so this time can mean two moments. Choose one below.")
            )

    def values(self, instants: "Instants") -> SessionValues:
        """What the form says. Only for a form that validated and instants without open questions."""
        return SessionValues(
            kind=SessionKind(self.kind.data),
            starts_at=instants.moments["starts_at"],
            ends_at=instants.moments["ends_at"],
            title=self.text("title"),
            summary=self.text("summary"),
            abstract=self.text("abstract"),
            venue=self.venue.data or None,
            track=self.track.data or None,
            organiser=self.organiser.data or None,
            people=self.credits(),
            capacity=self.capacity.data,
        )

    def problems(self, frame: Frame, instants: "Instants") -> list[SessionProblem]:
        """The rules that are broken already, of a form that may be invalid otherwise."""
        found = [] if self.text("title") else [SessionProblem.TITLE_MISSING]
        if len(instants.moments) == 2:
            found += time_problems(instants.moments["starts_at"], instants.moments["ends_at"], frame)
        if not self.people.errors and role_twice(self.credits()):
            found.append(SessionProblem.ROLE_TWICE)
        return found

    def nonce_sent(self) -> str | None:
        """What this form was given so that it makes one session only; None where it is not of ours."""
        given = self.nonce.data or ""
        return given if re.fullmatch(r"[A-Za-z0-9_-]{22}", given) else None

    def explain(self, problem: SessionProblem) -> None:
        """Say at the right field what is wrong."""
        name, message = EXPLAINED[problem]
        self._add_error(self[name] if name in self else self[f"{name}_{self.languages[0]}"], message)

    @staticmethod
    def _add_error(at: Field, message: Any) -> None:
        at.errors = [*at.errors, message]


@dataclass(slots=True)
class Instants:
    """By field name: what the times mean, and between which moments there is a choice.

    `open` names the times for which nobody has chosen yet, `outside` those that are nowhere near the event.
    """

    moments: dict[str, datetime] = field(default_factory=dict)
    questions: dict[str, tuple[datetime, ...]] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)


def session_form(languages: Sequence[str], names: Mapping[str, str]) -> type[SessionForm]:
    """The form for an event with those languages; `names` says what each of them is called."""
    made: dict[str, Any] = {"languages": tuple(languages)}
    for language in languages:
        name = names.get(language, language)
        made[f"title_{language}"] = StringField(
            _("Title (%(language)s)", language=name),
            filters=[lambda value: one_line(value or "")],
            validators=[Length(max=TITLE_LENGTH, message=_("This title is too long: %(max)d characters at most."))],
        )
        made[f"summary_{language}"] = TextAreaField(
            _("Summary (%(language)s)", language=name),
            filters=[lambda value: one_line(value or "")],
            validators=[Length(max=SUMMARY_LENGTH, message=_("This summary is too long: %(max)d characters at most."))],
        )
        made[f"abstract_{language}"] = TextAreaField(
            _("Abstract (%(language)s)", language=name),
            filters=[lambda value: clean(value or "")],
            validators=[Length(max=TEXT_LENGTH, message=_("This abstract is too long: %(max)d characters at most."))],
        )
    return type("SessionFormOfEvent", (SessionForm,), made)


def form_data(values: SessionValues, zone_name: str, *, version: int, languages: Sequence[str]) -> dict[str, Any]:
    """What the form shows for a session that says this."""
    data: dict[str, Any] = {
        "version": str(version),
        "kind": values.kind.value,
        "venue": values.venue or "",
        "track": values.track or "",
        "organiser": values.organiser or "",
        "capacity": values.capacity,
        "people": [{"role": credit.role.value, "person": credit.person} for credit in values.people],
    }
    for name, moment in (("starts_at", values.starts_at), ("ends_at", values.ends_at)):
        data[name] = clock.in_zone(moment, zone_name).replace(tzinfo=None)
        data[f"{name}_meant"] = clock.to_text(moment)
    for name, text in (("title", values.title), ("summary", values.summary), ("abstract", values.abstract)):
        data |= {f"{name}_{language}": text.get(language, "") for language in languages}
    return data


def rearranged(sent: MultiDict[str, str], command: str) -> MultiDict[str, str] | None:
    """What was sent, with the rows of people changed by a command of `rearrange`; None where it is no such command."""
    numbers = sorted({int(found[1]) for name in sent if (found := re.fullmatch(r"people-([0-9]{1,4})-person", name))})
    rows = [{part: sent.get(f"people-{n}-{part}", "") for part in ("role", "person")} for n in numbers]
    moved = rearrange(rows[:MOST_CREDITS], command)
    if moved is None:
        return None
    kept = [(name, value) for name, value in sent.items(multi=True) if not name.startswith("people-")]
    new = [(f"people-{n}-{part}", row[part]) for n, row in enumerate(moved) for part in row]
    return MultiDict(kept + new)


def rearrange(rows: list[dict[str, str]], command: str) -> list[dict[str, str]] | None:
    """The rows after `add-person`, `remove-N`, `up-N` or `down-N` (N counts from 0); None for any other command."""
    if command == "add-person":
        return [*rows, {"role": RoleKind.SPEAKER.value, "person": ""}]
    found = re.fullmatch(r"(remove|up|down)-([0-9]{1,4})", command)
    if found is None:
        return None
    verb, at = found[1], int(found[2])
    moved = list(rows)
    if at >= len(moved):
        return moved
    row = moved.pop(at)
    if verb != "remove":
        moved.insert(max(0, at - 1) if verb == "up" else at + 1, row)
    return moved


def _near(wall: datetime, frame: Frame) -> bool:
    """Whether the wall-clock time is close enough to the event to be turned into an instant."""
    return abs(wall.date() - frame.starts_on) <= (frame.ends_on - frame.starts_on) + timedelta(days=400)
