"""What must hold for a session, whoever writes it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import NAMESPACE_URL, uuid5

from galerio_events import clock
from galerio_events.errors import DomainError
from galerio_events.events.domain import is_key
from galerio_events.events.domain.settings import is_web_address
from galerio_events.programme.domain import languages
from galerio_events.programme.domain.values import RoleValue, SessionValues
from galerio_events.translated import Translated

TITLE_LENGTH = 200
SUMMARY_LENGTH = 500
TEXT_LENGTH = 10_000
MOST_PLACES = 1_000_000
URL_LENGTH = 500
MOST_LINKS = 20
# In minutes: as long as the longest talk may be planned to be.
LONGEST_TALK = 1440

# What stands beside the sessions' own addresses.
_RESERVED = frozenset({"conflicts", "history", "list", "new", "translations"})


class SessionProblem(StrEnum):
    """Why a session cannot be as somebody wants it."""

    TITLE_MISSING = "title_missing"
    TITLE_TOO_LONG = "title_too_long"
    SUMMARY_TOO_LONG = "summary_too_long"
    ABSTRACT_TOO_LONG = "abstract_too_long"
    LOCKED = "locked"
    ENDS_BEFORE_START = "ends_before_start"
    STARTS_OUTSIDE_EVENT = "starts_outside_event"
    ENDS_OUTSIDE_EVENT = "ends_outside_event"
    UNKNOWN_VENUE = "unknown_venue"
    UNKNOWN_TRACK = "unknown_track"
    UNKNOWN_ORGANISER = "unknown_organiser"
    UNKNOWN_PERSON = "unknown_person"
    ROLE_TWICE = "role_twice"
    CAPACITY_INVALID = "capacity_invalid"
    TALK_TITLE_TOO_LONG = "talk_title_too_long"
    MINUTES_INVALID = "minutes_invalid"
    LANGUAGE_UNKNOWN = "language_unknown"
    LINK_INVALID = "link_invalid"
    LINK_TITLE_TOO_LONG = "link_title_too_long"
    TOO_MANY_LINKS = "too_many_links"
    KEY_INVALID = "key_invalid"
    KEY_RESERVED = "key_reserved"
    KEY_TAKEN = "key_taken"


class SessionRefused(DomainError):
    """A session that breaks rules; nothing was written. `problems` are in the order of `SessionProblem`."""

    def __init__(self, problems: Iterable[SessionProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__(", ".join(self.problems))


@dataclass(frozen=True, slots=True)
class Frame:
    """The days of an event: local dates in its zone, where a day lasts from `day_starts_at` to the next one's."""

    timezone: str
    starts_on: date
    ends_on: date
    day_starts_at: time = time(0)

    def holds_start(self, starts_at: datetime) -> bool:
        """Whether the instant lies within the days of the event."""
        return self.starts_on <= clock.programme_day(starts_at, self.timezone, self.day_starts_at) <= self.ends_on

    def holds_end(self, ends_at: datetime) -> bool:
        """Whether what ends at the instant ends within the days of the event."""
        return self.holds_start(ends_at - timedelta(seconds=1))

    def holds(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether the interval lies within the days of the event."""
        return self.holds_start(starts_at) and self.holds_end(ends_at)


@dataclass(frozen=True, slots=True)
class Known:
    """The keys of an event that a session may refer to."""

    venues: frozenset[str]
    tracks: frozenset[str]
    organisations: frozenset[str]
    people: frozenset[str]


def session_problems(values: SessionValues, frame: Frame, known: Known) -> tuple[SessionProblem, ...]:
    """Everything that keeps the session from being written."""
    wrong = {
        **dict.fromkeys(time_problems(values.starts_at, values.ends_at, frame, scheduled=values.scheduled), True),
        SessionProblem.TITLE_MISSING: not values.title,
        SessionProblem.TITLE_TOO_LONG: too_long(values.title, TITLE_LENGTH),
        SessionProblem.SUMMARY_TOO_LONG: too_long(values.summary, SUMMARY_LENGTH),
        SessionProblem.ABSTRACT_TOO_LONG: too_long(values.abstract, TEXT_LENGTH),
        SessionProblem.UNKNOWN_VENUE: values.venue is not None and values.venue not in known.venues,
        SessionProblem.UNKNOWN_TRACK: values.track is not None and values.track not in known.tracks,
        SessionProblem.UNKNOWN_ORGANISER: values.organiser is not None and values.organiser not in known.organisations,
        SessionProblem.UNKNOWN_PERSON: any(role.person not in known.people for role in values.people),
        SessionProblem.ROLE_TWICE: role_twice(values.people),
        SessionProblem.CAPACITY_INVALID: values.capacity is not None and not 0 <= values.capacity <= MOST_PLACES,
        SessionProblem.TALK_TITLE_TOO_LONG: any(too_long(role.title, TITLE_LENGTH) for role in values.people),
        SessionProblem.MINUTES_INVALID: any(
            role.minutes is not None and not 1 <= role.minutes <= LONGEST_TALK for role in values.people
        ),
        SessionProblem.LANGUAGE_UNKNOWN: values.language is not None and not languages.is_known(values.language),
        SessionProblem.LINK_INVALID: any(
            len(link.url) > URL_LENGTH or not is_web_address(link.url) for link in values.links
        ),
        SessionProblem.LINK_TITLE_TOO_LONG: any(len(link.title) > TITLE_LENGTH for link in values.links),
        SessionProblem.TOO_MANY_LINKS: len(values.links) > MOST_LINKS,
    }
    return tuple(problem for problem in SessionProblem if wrong.get(problem))


def time_problems(
    starts_at: datetime, ends_at: datetime, frame: Frame, *, scheduled: bool = True
) -> list[SessionProblem]:
    """What is wrong with the times of a session. An end before the start is told as that only.

    What is not scheduled may have times outside the event: only their length counts.
    """
    backwards = ends_at <= starts_at
    wrong = {
        SessionProblem.ENDS_BEFORE_START: backwards,
        SessionProblem.STARTS_OUTSIDE_EVENT: scheduled and not frame.holds_start(starts_at),
        SessionProblem.ENDS_OUTSIDE_EVENT: scheduled and not backwards and not frame.holds_end(ends_at),
    }
    return [problem for problem, is_wrong in wrong.items() if is_wrong]


def role_twice(people: Sequence[RoleValue]) -> bool:
    """Whether the same person has the same role more than once."""
    roles = [(role.role, role.person) for role in people]
    return len(set(roles)) < len(roles)


def key_problem(key: str, taken: Iterable[str] = ()) -> SessionProblem | None:
    """What keeps a key (the last part of the session's address) from being used for a new session, or None."""
    if not is_key(key):
        return SessionProblem.KEY_INVALID
    if key in _RESERVED:
        return SessionProblem.KEY_RESERVED
    return SessionProblem.KEY_TAKEN if key in taken else None


def too_long(text: Translated, most: int) -> bool:
    """Whether the text has more than `most` characters in any language."""
    return any(len(value) > most for value in text.values())


def session_uid(slug: str, key: str) -> str:
    """The calendars' UID of a session (RFC 7986 section 5.3: a UUID): the same for the same event and key, for ever."""
    return str(uuid5(NAMESPACE_URL, f"galerio-events:{slug}/{key}"))
