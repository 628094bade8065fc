"""What must hold for persons and organisations, whoever writes them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from galerio_events import clock, countries
from galerio_events.errors import DomainError
from galerio_events.events.domain import is_key
from galerio_events.people.domain.email import BadEmail, normal_email
from galerio_events.people.domain.links import (
    MOST_LINKS,
    PersonLink,
    is_good_link,
    links_from_plain,
)
from galerio_events.translated import EMPTY, Translated

NAME_LENGTH = 200
AFFILIATION_LENGTH = 300
BIO_LENGTH = 10_000
READING_LENGTH = 200
JOB_TITLE_LENGTH = 200
PRONUNCIATION_LENGTH = 300
NEEDS_LENGTH = 2_000
MOST_POSITION = 1_000_000
MOST_AVAILABILITIES = 50
# The languages that mail is written in.
MAIL_LANGUAGES = ("ja", "en")
# What stands beside the addresses of persons and of organisations in the organisers' pages.
RESERVED_KEYS = frozenset({"new", "duplicates"})


class PersonProblem(StrEnum):
    """Why a person or an organisation cannot be as somebody wants it."""

    NAME_MISSING = "name_missing"
    NAME_TOO_LONG = "name_too_long"
    AFFILIATION_TOO_LONG = "affiliation_too_long"
    BIO_TOO_LONG = "bio_too_long"
    COUNTRY_UNKNOWN = "country_unknown"
    EMAIL_INVALID = "email_invalid"
    LANGUAGE_UNKNOWN = "language_unknown"
    TIMEZONE_UNKNOWN = "timezone_unknown"
    POSITION_INVALID = "position_invalid"
    AVAILABILITY_BACKWARDS = "availability_backwards"
    TOO_MANY_AVAILABILITIES = "too_many_availabilities"
    READING_TOO_LONG = "reading_too_long"
    JOB_TITLE_TOO_LONG = "job_title_too_long"
    LINK_INVALID = "link_invalid"
    TOO_MANY_LINKS = "too_many_links"
    PRONUNCIATION_TOO_LONG = "pronunciation_too_long"
    NEEDS_TOO_LONG = "needs_too_long"
    KEY_INVALID = "key_invalid"
    KEY_RESERVED = "key_reserved"
    KEY_TAKEN = "key_taken"


class PersonRefused(DomainError):
    """A person or organisation that breaks rules; nothing was written. `problems` are in the order of their enum."""

    def __init__(self, problems: Iterable[PersonProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__(", ".join(self.problems))


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open interval in UTC."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class PersonDetails:
    """What a person's entry says. E-mail address, language (of mail), time zone, availabilities, reading (of the name),
    pronunciation and technical needs are not published.

    Whoever has no availability is taken to be free at all times. `position` orders lists to choose from. `photo` is the
    digest of a picture of the event.
    """

    name: Translated
    affiliation: Translated = EMPTY
    bio: Translated = EMPTY
    country: str | None = None
    email: str | None = None
    language: str | None = None
    timezone: str | None = None
    position: int = 0
    availabilities: tuple[Span, ...] = ()
    reading: str = ""
    job_title: Translated = EMPTY
    photo: str | None = None
    links: tuple[PersonLink, ...] = ()
    pronunciation: str = ""
    technical_needs: str = ""


@dataclass(frozen=True, slots=True)
class OrganisationDetails:
    """What an organisation's entry says."""

    name: Translated


Details = PersonDetails | OrganisationDetails


def person_problems(values: PersonDetails) -> tuple[PersonProblem, ...]:
    """Everything that keeps the person from being written."""
    wrong = {
        **_name_problems(values.name),
        PersonProblem.AFFILIATION_TOO_LONG: _longest(values.affiliation) > AFFILIATION_LENGTH,
        PersonProblem.BIO_TOO_LONG: _longest(values.bio) > BIO_LENGTH,
        PersonProblem.COUNTRY_UNKNOWN: values.country is not None and values.country not in countries.codes(),
        PersonProblem.EMAIL_INVALID: values.email is not None and not _is_email(values.email),
        PersonProblem.LANGUAGE_UNKNOWN: values.language is not None and values.language not in MAIL_LANGUAGES,
        PersonProblem.TIMEZONE_UNKNOWN: values.timezone is not None and values.timezone not in clock.zone_names(),
        PersonProblem.POSITION_INVALID: not 0 <= values.position <= MOST_POSITION,
        PersonProblem.AVAILABILITY_BACKWARDS: any(span.ends_at <= span.starts_at for span in values.availabilities),
        PersonProblem.TOO_MANY_AVAILABILITIES: len(values.availabilities) > MOST_AVAILABILITIES,
        PersonProblem.READING_TOO_LONG: len(values.reading) > READING_LENGTH,
        PersonProblem.JOB_TITLE_TOO_LONG: _longest(values.job_title) > JOB_TITLE_LENGTH,
        PersonProblem.LINK_INVALID: not all(map(is_good_link, values.links)),
        PersonProblem.TOO_MANY_LINKS: len(values.links) > MOST_LINKS,
        PersonProblem.PRONUNCIATION_TOO_LONG: len(values.pronunciation) > PRONUNCIATION_LENGTH,
        PersonProblem.NEEDS_TOO_LONG: len(values.technical_needs) > NEEDS_LENGTH,
    }
    return tuple(problem for problem in PersonProblem if wrong.get(problem))


def organisation_problems(values: OrganisationDetails) -> tuple[PersonProblem, ...]:
    """Everything that keeps the organisation from being written."""
    wrong = _name_problems(values.name)
    return tuple(problem for problem in PersonProblem if wrong.get(problem))


def key_problem(key: str, taken: Collection[str] = ()) -> PersonProblem | None:
    """What keeps a key (the last part of an address) from being used for a new entry, or None."""
    if not is_key(key):
        return PersonProblem.KEY_INVALID
    if key in RESERVED_KEYS:
        return PersonProblem.KEY_RESERVED
    return PersonProblem.KEY_TAKEN if key in taken else None


def united(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The time that any of the intervals covers, in order, as few intervals as there can be: those that overlap or
    touch are one."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda each: each.starts_at):
        if found and span.starts_at <= found[-1].ends_at:
            found[-1] = Span(found[-1].starts_at, max(found[-1].ends_at, span.ends_at))
        else:
            found.append(span)
    return tuple(found)


def to_plain(values: Details) -> dict[str, Any]:
    """The entry in JSON, as the history keeps it: instants as RFC 3339 in UTC, texts by language."""
    return {each.name: _plain(getattr(values, each.name)) for each in fields(values)}


def from_plain(plain: Mapping[str, Any]) -> Details:
    """The entry that `to_plain` wrote."""
    if "availabilities" not in plain:
        return OrganisationDetails(Translated(plain["name"]))
    spans = tuple(Span(clock.from_text(first), clock.from_text(last)) for first, last in plain["availabilities"])
    texts = {name: Translated(plain.get(name)) for name in ("name", "affiliation", "bio", "job_title")}
    links = links_from_plain(plain.get("links", []))
    return PersonDetails(**{**plain, **texts, "availabilities": spans, "links": links})


def _plain(value: Any) -> Any:
    if isinstance(value, Translated):
        return dict(value)
    if isinstance(value, tuple):
        return [each.plain() if isinstance(each, PersonLink) else _plain_span(each) for each in value]
    return value


def _plain_span(span: Span) -> list[str]:
    return [clock.to_text(span.starts_at), clock.to_text(span.ends_at)]


def _name_problems(name: Translated) -> dict[PersonProblem, bool]:
    return {PersonProblem.NAME_MISSING: not name, PersonProblem.NAME_TOO_LONG: _longest(name) > NAME_LENGTH}


def _longest(text: Translated) -> int:
    return max(map(len, text.values()), default=0)


def _is_email(text: str) -> bool:
    try:
        return normal_email(text) == text
    except BadEmail:
        return False
