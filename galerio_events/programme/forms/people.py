"""The forms in which organisers edit persons and organisations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import Field, Form, FormField, HiddenField, RadioField, SelectField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from galerio_events import clock, countries
from galerio_events.people.domain import (
    AFFILIATION_LENGTH,
    BIO_LENGTH,
    JOB_TITLE_LENGTH,
    MOST_AVAILABILITIES,
    MOST_POSITION,
    NAME_LENGTH,
    PRONUNCIATION_LENGTH,
    READING_LENGTH,
    OrganisationDetails,
    PersonDetails,
    PersonProblem,
    Span,
)
from galerio_events.people.domain.email import BadEmail, EmailProblem, normal_email
from galerio_events.programme.domain.rules import Frame
from galerio_events.programme.forms.fields import FORMATS, Choice, Line, Lines, Places, Rows, WallTime, not_clear
from galerio_events.programme.forms.rows import Kind
from galerio_events.text import one_line
from galerio_events.translated import EMPTY, Translated

_: Any = lazy_gettext

SPANS = Kind("times", "add-time", "time-", {"starts": "", "ends": ""}, MOST_AVAILABILITIES)

EMAIL_PROBLEMS = {
    EmailProblem.NOT_ONE: _("Check the e-mail address. It should look like name@example.org."),
    EmailProblem.MISTYPED_ENDING: _("Check the end of the e-mail address. Did you mean .com, .org or .net?"),
    EmailProblem.TOO_LONG: _("This e-mail address is too long. An address has at most 254 characters."),
}
_NO_POSITION = _("Enter a whole number from 0 to 1,000,000.")
_TOO_LONG = _("This is too long: %(max)d characters at most.")

# The field at which a rule of the domain is explained, and how.
EXPLAINED: dict[PersonProblem, tuple[str, Any]] = {
    PersonProblem.NAME_MISSING: ("name", _("Enter a name in at least one language.")),
    PersonProblem.NAME_TOO_LONG: ("name", _("This name is too long.")),
    PersonProblem.AFFILIATION_TOO_LONG: ("affiliation", _("This affiliation is too long.")),
    PersonProblem.BIO_TOO_LONG: ("bio", _("This text is too long.")),
    PersonProblem.COUNTRY_UNKNOWN: ("country", _("Choose one from the list.")),
    PersonProblem.EMAIL_INVALID: ("email", EMAIL_PROBLEMS[EmailProblem.NOT_ONE]),
    PersonProblem.LANGUAGE_UNKNOWN: ("language", _("Choose one from the list.")),
    PersonProblem.TIMEZONE_UNKNOWN: ("timezone", _("Choose one from the list.")),
    PersonProblem.POSITION_INVALID: ("position", _NO_POSITION),
    PersonProblem.AVAILABILITY_BACKWARDS: ("times", _("The end must be after the start.")),
    PersonProblem.TOO_MANY_AVAILABILITIES: ("times", _("A person has at most 50 of these.")),
    PersonProblem.READING_TOO_LONG: ("reading", _("This text is too long.")),
    PersonProblem.JOB_TITLE_TOO_LONG: ("job_title", _("This text is too long.")),
    PersonProblem.LINK_INVALID: ("links", _("Enter web addresses that begin with https://.")),
    PersonProblem.TOO_MANY_LINKS: ("links", _("A person has at most 8 of these.")),
    PersonProblem.PRONUNCIATION_TOO_LONG: ("pronunciation", _("This text is too long.")),
    PersonProblem.NEEDS_TOO_LONG: ("technical_needs", _("This text is too long.")),
    PersonProblem.KEY_INVALID: (
        "key",
        _("Use lower-case letters a to z, digits and single hyphens between words, 60 characters at most."),
    ),
    PersonProblem.KEY_RESERVED: ("key", _("This address is used by the system. Choose another one.")),
    PersonProblem.KEY_TAKEN: ("key", _("This address is taken already. Choose another one.")),
}


class CountryOrRegion(Choice):
    """A code; names and other spellings that somebody sends are understood, and an unknown one is a question."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        typed = one_line(valuelist[0] if valuelist else "")[:100]
        self.data = countries.parse(typed) or typed
        if typed and self.data not in countries.codes():
            raise ValueError(_("Which country or region is “%(typed)s”? Choose one from the list.", typed=typed))

    def pre_validate(self, form: Any) -> None:
        if not self.process_errors:
            super().pre_validate(form)


class SpanForm(Form):
    """From when until when a person can take part; a row without either is left out."""

    starts = WallTime(_("From"), format=FORMATS, validators=[Optional()])
    starts_meant = SelectField(_("Which of them?"), validate_choice=False)
    ends = WallTime(_("Until"), format=FORMATS, validators=[Optional()])
    ends_meant = SelectField(_("Which of them?"), validate_choice=False)


@dataclass(slots=True)
class Spans:
    """What rows of times mean: the intervals as far as they are clear, and by field name in the form between which
    moments there is a choice. `clear` is whether every row could be understood."""

    spans: list[Span] = field(default_factory=list)
    questions: dict[str, tuple[datetime, ...]] = field(default_factory=dict)
    clear: bool = True


class EntryForm(FlaskForm):
    """What persons and organisations share. Texts per language are added by `person_form` and `organisation_form`.

    `seen` is the digest of the values that the form was filled with, or of the keys that were there; `base` is there
    once somebody else has saved since.
    """

    seen = HiddenField()
    base = HiddenField()
    key = Line(_("Address"))

    languages: tuple[str, ...] = ()
    # The texts as they are stored; what they say in other languages than the event's is kept.
    stored: Mapping[str, Translated] = MappingProxyType({})

    def text(self, name: str) -> Translated:
        """What was entered under that name, in all languages."""
        entered = {language: self[f"{name}_{language}"].data or "" for language in self.languages}
        return Translated({**self.stored.get(name, EMPTY), **entered})

    def explain(self, problem: PersonProblem) -> None:
        """Say at the right field what is wrong."""
        name, message = EXPLAINED[problem]
        _add_error(self[name] if name in self else self[f"{name}_{self.languages[0]}"], message)


class OrganisationForm(EntryForm):
    """The form of an organisation."""

    def values(self) -> OrganisationDetails:
        """What the form says. Only for a form that validated."""
        return OrganisationDetails(self.text("name"))


class PersonForm(EntryForm):
    """The form of a person; times are wall-clock times of the event's zone, or of the person's own."""

    reading = Line(
        _("Reading of the name"), validators=[Length(max=READING_LENGTH, message=_("This text is too long."))]
    )
    pronunciation = Line(
        _("How the name is said"), validators=[Length(max=PRONUNCIATION_LENGTH, message=_("This text is too long."))]
    )
    country = CountryOrRegion(_("Country or region"), default="")
    email = Line(_("E-mail address"))
    language = Choice(_("Language of mails"), default="")
    timezone = Choice(_("Time zone"), default="")
    position = Places(
        _("Place in lists"),
        no_number=_NO_POSITION,
        validators=[InputRequired(_NO_POSITION), NumberRange(min=0, max=MOST_POSITION, message=_NO_POSITION)],
    )
    clock = RadioField(_("The times below are those of clocks in"), default="event", validate_choice=False)
    times = Rows(FormField(SpanForm), max_entries=MOST_AVAILABILITIES)

    # What is stored and the form does not ask for stays.
    kept: PersonDetails | None = None

    def validate_email(self, given: Field) -> None:
        """One address, written as mail is sent to it, or nothing."""
        if given.data:
            try:
                given.data = normal_email(given.data)
            except BadEmail as bad:
                raise ValidationError(EMAIL_PROBLEMS[bad.problem]) from None

    def zone(self, frame: Frame) -> str:
        """The zone of whose clocks the times are."""
        own = self.timezone.data if self.clock.data == "own" else ""
        return own if own in clock.zone_names() else frame.timezone

    def spans(self, frame: Frame) -> Spans:
        """What the rows of times mean."""
        found = Spans()
        for row in self.times:
            ends = [self._moment(row.form, name, frame, found) for name in ("starts", "ends")]
            if ends[0] is not None and ends[1] is not None:
                found.spans.append(Span(ends[0], ends[1]))
            elif any(row.form[name].data or row.form[name].errors for name in ("starts", "ends")):
                found.clear = False
        return found

    def ask(self, frame: Frame, spans: Spans) -> None:
        """Say at the rows of times what is not clear about them."""
        for row in self.times:
            given = {name: row.form[name] for name in ("starts", "ends")}
            for name, other in (("starts", "ends"), ("ends", "starts")):
                at, wall = given[name], given[name].data
                if at.errors:
                    continue
                if wall is None and given[other].data:
                    _add_error(at, _("Enter both, from when and until when."))
                elif wall is not None and not _near(wall, frame):
                    _add_error(at, _("This is too far from the days of the event."))
                elif at.name in spans.questions and self.moment(row.form, name, frame) is None:
                    _add_error(at, not_clear(wall, self.zone(frame)))
            moments = [self.moment(row.form, name, frame) for name in ("starts", "ends")]
            if moments[0] is not None and moments[1] is not None and moments[1] <= moments[0]:
                _add_error(given["ends"], _("The end must be after the start."))
                spans.clear = False

    def values(self, spans: Spans) -> PersonDetails:
        """What the form says. Only for a form that validated and times that are clear."""
        return replace(
            self.kept or PersonDetails(EMPTY),
            name=self.text("name"),
            affiliation=self.text("affiliation"),
            job_title=self.text("job_title"),
            bio=self.text("bio"),
            reading=self.reading.data or "",
            pronunciation=self.pronunciation.data or "",
            country=self.country.data or None,
            email=self.email.data or None,
            language=self.language.data or None,
            timezone=self.timezone.data or None,
            position=self.position.data or 0,
            availabilities=tuple(sorted(set(spans.spans))),
        )

    def moment(self, row: Any, name: str, frame: Frame) -> datetime | None:
        """What one end of a row (`starts` or `ends`) means; None where that is not clear."""
        return self._moment(row, name, frame, Spans())

    def _moment(self, row: Any, name: str, frame: Frame, found: Spans) -> datetime | None:
        wall = row[name].data
        if wall is None or not _near(wall, frame):
            return None
        candidates = clock.candidates(wall, self.zone(frame))
        meant = [moment for moment in candidates if clock.to_text(moment) == row[f"{name}_meant"].data]
        if len(candidates) > 1:
            found.questions[row[name].name] = candidates
            if not meant:
                return None
        return (meant or candidates)[0]


def person_form(languages: Sequence[str], names: Mapping[str, str]) -> type[PersonForm]:
    """The form for a person in an event with those languages; `names` says what each of them is called."""
    made: dict[str, Any] = {"languages": tuple(languages)}
    for language in languages:
        called = names.get(language, language)
        made[f"name_{language}"] = _line(_("Name (%(language)s)", language=called), NAME_LENGTH)
        made[f"affiliation_{language}"] = _line(_("Affiliation (%(language)s)", language=called), AFFILIATION_LENGTH)
        made[f"job_title_{language}"] = _line(_("Position (%(language)s)", language=called), JOB_TITLE_LENGTH)
        made[f"bio_{language}"] = Lines(
            _("About the person (%(language)s)", language=called),
            validators=[Length(max=BIO_LENGTH, message=_TOO_LONG)],
        )
    return type("PersonFormOfEvent", (PersonForm,), made)


def organisation_form(languages: Sequence[str], names: Mapping[str, str]) -> type[OrganisationForm]:
    """The form for an organisation in an event with those languages."""
    made: dict[str, Any] = {"languages": tuple(languages)}
    for language in languages:
        label = _("Name (%(language)s)", language=names.get(language, language))
        made[f"name_{language}"] = _line(label, NAME_LENGTH)
    return type("OrganisationFormOfEvent", (OrganisationForm,), made)


def person_data(values: PersonDetails, zone_name: str, languages: Sequence[str]) -> dict[str, Any]:
    """What the form shows for a person of whom this is stored, with times on the clocks of that zone."""
    data: dict[str, Any] = {
        "country": values.country or "",
        "email": values.email or "",
        "language": values.language or "",
        "timezone": values.timezone or "",
        "position": values.position,
        "reading": values.reading,
        "pronunciation": values.pronunciation,
        "clock": "event",
        "times": [
            {
                "starts": clock.in_zone(span.starts_at, zone_name).replace(tzinfo=None),
                "starts_meant": clock.to_text(span.starts_at),
                "ends": clock.in_zone(span.ends_at, zone_name).replace(tzinfo=None),
                "ends_meant": clock.to_text(span.ends_at),
            }
            for span in values.availabilities
        ],
    }
    for name in ("name", "affiliation", "job_title", "bio"):
        text: Translated = getattr(values, name)
        data |= {f"{name}_{language}": text.get(language, "") for language in languages}
    return data


def organisation_data(values: OrganisationDetails, languages: Sequence[str]) -> dict[str, Any]:
    """What the form shows for an organisation of which this is stored."""
    return {f"name_{language}": values.name.get(language, "") for language in languages}


def _line(label: Any, most: int) -> Line:
    return Line(
        label,
        validators=[Length(max=most, message=_TOO_LONG)],
    )


def _add_error(at: Field, message: Any) -> None:
    at.errors = [*at.errors, message]


def _near(wall: datetime, frame: Frame) -> bool:
    """Whether the wall-clock time is close enough to the event to be turned into an instant."""
    return abs(wall.date() - frame.starts_on) <= (frame.ends_on - frame.starts_on) + timedelta(days=400)
