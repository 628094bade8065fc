"""The form in which organisers edit a session."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, Form, FormField, HiddenField, SelectField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from galerio_events import clock
from galerio_events.programme.domain import LinkKind, RoleKind, RoleState, SessionKind, SessionStatus
from galerio_events.programme.domain.rules import (
    LONGEST_TALK,
    MOST_LINKS,
    MOST_PLACES,
    SUMMARY_LENGTH,
    TEXT_LENGTH,
    TITLE_LENGTH,
    URL_LENGTH,
    Frame,
    SessionProblem,
    role_twice,
    time_problems,
)
from galerio_events.programme.domain.values import LinkValue, RoleValue, SessionValues
from galerio_events.programme.forms.fields import (
    FORMATS,
    Choice,
    Line,
    Lines,
    Places,
    Rows,
    WallTime,
    WebAddress,
    not_clear,
)
from galerio_events.programme.forms.listed import ListedSelect
from galerio_events.programme.forms.rows import MOST_CREDITS
from galerio_events.text import one_line
from galerio_events.translated import EMPTY, Translated

_: Any = lazy_gettext

_NO_MINUTES = _("Enter a whole number of minutes from 1 to 1,440.")

# The field at which a rule of the domain is explained, and how.
EXPLAINED: dict[SessionProblem, tuple[str, Any]] = {
    SessionProblem.TITLE_MISSING: ("title", _("Enter a title in at least one language.")),
    SessionProblem.TITLE_TOO_LONG: ("title", _("This title is too long.")),
    SessionProblem.SUMMARY_TOO_LONG: ("summary", _("This summary is too long.")),
    SessionProblem.ABSTRACT_TOO_LONG: ("abstract", _("This abstract is too long.")),
    SessionProblem.LOCKED: ("starts_at", _("This session is locked. Unlock it before you move it.")),
    SessionProblem.ENDS_BEFORE_START: ("ends_at", _("The end must be after the start.")),
    SessionProblem.STARTS_OUTSIDE_EVENT: ("starts_at", _("This is outside the days of the event.")),
    SessionProblem.ENDS_OUTSIDE_EVENT: ("ends_at", _("This is outside the days of the event.")),
    SessionProblem.UNKNOWN_VENUE: ("venue", _("This venue is not there any more. Choose another one.")),
    SessionProblem.UNKNOWN_TRACK: ("track", _("This track is not there any more. Choose another one.")),
    SessionProblem.UNKNOWN_ORGANISER: ("organiser", _("This organisation is not there any more. Choose another one.")),
    SessionProblem.UNKNOWN_PERSON: ("people", _("One of these people is not there any more. Choose somebody else.")),
    SessionProblem.ROLE_TWICE: ("people", _("The same person has the same role twice. Remove one of them.")),
    SessionProblem.CAPACITY_INVALID: ("capacity", _("Enter a whole number from 0 to 1,000,000.")),
    SessionProblem.TALK_TITLE_TOO_LONG: ("people", _("The title of a talk is too long.")),
    SessionProblem.MINUTES_INVALID: ("people", _NO_MINUTES),
    SessionProblem.LANGUAGE_UNKNOWN: ("language", _("Choose one from the list.")),
    SessionProblem.LINK_INVALID: ("links", _("Enter a web address that begins with https:// or http://.")),
    SessionProblem.LINK_TITLE_TOO_LONG: ("links", _("This title is too long.")),
    SessionProblem.TOO_MANY_LINKS: ("links", _("A session has at most 20 links.")),
    SessionProblem.KEY_INVALID: (
        "key",
        _("Use lower-case letters a to z, digits and single hyphens between words, 60 characters at most."),
    ),
    SessionProblem.KEY_RESERVED: ("key", _("This address is used by the system. Choose another one.")),
    SessionProblem.KEY_TAKEN: ("key", _("Another session has this address already. Choose another one.")),
}


class CreditForm(Form):
    """Somebody's role in the session."""

    role = Choice(_("Role"))
    person = Choice(_("Person"), widget=ListedSelect())
    state = Choice(_("State"), default=RoleState.CONFIRMED.value)
    minutes = Places(
        _("Length in minutes"),
        no_number=_NO_MINUTES,
        validators=[Optional(), NumberRange(min=1, max=LONGEST_TALK, message=_NO_MINUTES)],
    )

    languages: tuple[str, ...] = ()
    # The talk's title as it is stored; what it says in other languages than the event's is kept.
    stored: Translated = EMPTY

    @property
    def folded(self) -> bool:
        """Whether nothing stands in what few talks need."""
        names = ("minutes", *(f"title_{language}" for language in self.languages))
        fields: list[Any] = [self[name] for name in names]
        return not any(field.errors or field._value() for field in fields)

    def validate_person(self, field: Field) -> None:
        """What was written about a talk is not thrown away because nobody gives it."""
        if not field.data and not self.folded:
            raise ValidationError(_("Choose the person."))

    def value(self) -> RoleValue:
        """What the row says. Only for a valid one."""
        return RoleValue(
            role=RoleKind(self.role.data),
            person=self.person.data,
            title=Translated(
                {**self.stored, **{language: self[f"title_{language}"].data or "" for language in self.languages}}
            ),
            minutes=self.minutes.data,
            state=RoleState(self.state.data),
        )


class LinkForm(Form):
    """A web address that goes with the session; a row with neither an address nor a title is left out."""

    kind = Choice(_("Kind"), default=LinkKind.LINK.value)
    title = Line(
        _("Title"),
        validators=[Length(max=TITLE_LENGTH, message=_("This title is too long: %(max)d characters at most."))],
    )
    url = WebAddress(_("Web address"), most=URL_LENGTH)

    def validate_url(self, field: Field) -> None:
        """A title alone leads nowhere."""
        if not field.data and self.title.data:
            raise ValidationError(_("Enter the address."))


class SessionForm(FlaskForm):
    """Texts per language are added by `session_form`; instants are typed as wall-clock times of the event's zone.

    `version` is the stored version that would be overwritten, `base` the one that was opened where somebody else has
    saved since, and `nonce` is there for new sessions, so that sending the form twice makes one.
    """

    version = HiddenField()
    base = HiddenField()
    nonce = HiddenField()
    key = Line(_("Address"))
    kind = Choice(_("Kind"))
    venue = Choice(_("Venue"))
    track = Choice(_("Track"))
    organiser = Choice(_("Run by"))
    starts_at = WallTime(_("Start"), format=FORMATS, validators=[InputRequired(_("Enter date and time of the start."))])
    starts_at_meant = SelectField(_("Which of them?"), validate_choice=False)
    ends_at = WallTime(_("End"), format=FORMATS, validators=[InputRequired(_("Enter date and time of the end."))])
    ends_at_meant = SelectField(_("Which of them?"), validate_choice=False)
    capacity = Places(
        _("Places"),
        validators=[
            Optional(),
            NumberRange(min=0, max=MOST_PLACES, message=_("Enter a whole number from 0 to 1,000,000.")),
        ],
    )
    in_tray = BooleanField(_("Not on the timetable yet"))
    locked = BooleanField(_("Locked"))
    status = Choice(_("Status"), default=SessionStatus.TENTATIVE.value)
    language = Choice(_("Spoken language"), default="")
    needs_interpreter = BooleanField(_("Needs an interpreter"))
    links = Rows(FormField(LinkForm), max_entries=MOST_LINKS)
    # Made anew for each event, with a talk title in each of its languages.
    people: Rows

    languages: tuple[str, ...] = ()
    # The texts as they are stored; what they say in other languages than the event's is kept.
    stored: Mapping[str, Translated] = MappingProxyType({})

    def text(self, name: str) -> Translated:
        """What was entered under that name (`title`, `summary`, `abstract`), in all languages."""
        entered = {language: self[f"{name}_{language}"].data or "" for language in self.languages}
        return Translated({**self.stored.get(name, EMPTY), **entered})

    def credits(self) -> tuple[RoleValue, ...]:
        """The roles in order; empty rows are left out."""
        return tuple(row.form.value() for row in self.people if row.form.person.data)

    def links_given(self) -> tuple[LinkValue, ...]:
        """The links in order; empty rows are left out."""
        return tuple(
            LinkValue(row.form.url.data, row.form.title.data, LinkKind(row.form.kind.data))
            for row in self.links
            if row.form.url.data
        )

    @property
    def minutes_planned(self) -> int:
        """The sum of the talks' minutes, as far as they can be read."""
        minutes = [row.form.minutes.data for row in self.people if row.form.person.data]
        return sum(each for each in minutes if each and 0 < each <= LONGEST_TALK)

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

    def ask(self, frame: Frame, instants: "Instants") -> None:
        """Say at the times what is not clear about them."""
        for name in instants.outside:
            self._add_error(self[name], EXPLAINED[SessionProblem.STARTS_OUTSIDE_EVENT][1])
        for name in instants.open:
            self._add_error(self[name], not_clear(self[name].data, frame.timezone))

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
            scheduled=not self.in_tray.data,
            locked=bool(self.locked.data),
            status=SessionStatus(self.status.data),
            language=self.language.data or None,
            needs_interpreter=bool(self.needs_interpreter.data),
            links=self.links_given(),
        )

    def problems(self, frame: Frame, instants: "Instants") -> list[SessionProblem]:
        """The rules that are broken already, of a form that may be invalid otherwise."""
        found = [] if self.text("title") else [SessionProblem.TITLE_MISSING]
        if len(instants.moments) == 2:
            starts_at, ends_at = instants.moments["starts_at"], instants.moments["ends_at"]
            found += time_problems(starts_at, ends_at, frame, scheduled=not self.in_tray.data)
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
    credit: dict[str, Any] = {"languages": tuple(languages)}
    for language in languages:
        name = names.get(language, language)
        made[f"title_{language}"] = Line(
            _("Title (%(language)s)", language=name),
            validators=[Length(max=TITLE_LENGTH, message=_("This title is too long: %(max)d characters at most."))],
        )
        credit[f"title_{language}"] = Line(
            _("Talk title (%(language)s)", language=name),
            validators=[Length(max=TITLE_LENGTH, message=_("This title is too long: %(max)d characters at most."))],
        )
        made[f"summary_{language}"] = Lines(
            _("Summary (%(language)s)", language=name),
            filters=[lambda value: one_line(value or "")],
            validators=[Length(max=SUMMARY_LENGTH, message=_("This summary is too long: %(max)d characters at most."))],
        )
        made[f"abstract_{language}"] = Lines(
            _("Abstract (%(language)s)", language=name),
            validators=[Length(max=TEXT_LENGTH, message=_("This abstract is too long: %(max)d characters at most."))],
        )
    made["people"] = Rows(FormField(type("CreditFormOfEvent", (CreditForm,), credit)), max_entries=MOST_CREDITS)
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
        "people": [
            {
                "role": credit.role.value,
                "person": credit.person,
                "minutes": credit.minutes,
                "state": credit.state.value,
                **{f"title_{language}": credit.title.get(language, "") for language in languages},
            }
            for credit in values.people
        ],
        "in_tray": not values.scheduled,
        "locked": values.locked,
        "status": values.status.value,
        "language": values.language or "",
        "needs_interpreter": values.needs_interpreter,
        "links": [{"kind": link.kind.value, "title": link.title, "url": link.url} for link in values.links],
    }
    for name, moment in (("starts_at", values.starts_at), ("ends_at", values.ends_at)):
        data[name] = clock.in_zone(moment, zone_name).replace(tzinfo=None)
        data[f"{name}_meant"] = clock.to_text(moment)
    for name, text in (("title", values.title), ("summary", values.summary), ("abstract", values.abstract)):
        data |= {f"{name}_{language}": text.get(language, "") for language in languages}
    return data


def _near(wall: datetime, frame: Frame) -> bool:
    """Whether the wall-clock time is close enough to the event to be turned into an instant."""
    return abs(wall.date() - frame.starts_on) <= (frame.ends_on - frame.starts_on) + timedelta(days=400)
