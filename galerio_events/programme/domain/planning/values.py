"""The draft as it stands, and the plan of what a file would do to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, time
from typing import Any

from galerio_events.events.domain import Deed, Subject, VenueKind
from galerio_events.events.domain.plain import digest_of
from galerio_events.programme.domain import SessionKind
from galerio_events.programme.domain.incoming import RowProblem
from galerio_events.programme.domain.rules import Frame
from galerio_events.programme.domain.values import Counts, SessionValues
from galerio_events.translated import EMPTY, Translated


@dataclass(frozen=True, slots=True)
class Stored:
    """A venue, track, organisation or person of the draft, field by field."""

    id: int
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StoredSession:
    id: int
    uid: str
    values: SessionValues
    removed: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """All of an event that a file can speak of. Mappings are by key, in the event's own order.

    `uids_elsewhere` are those of the file's UIDs that sessions of other events have.
    """

    slug: str
    event: Mapping[str, Any]
    venues: Mapping[str, Stored] = field(default_factory=dict)
    tracks: Mapping[str, Stored] = field(default_factory=dict)
    organisations: Mapping[str, Stored] = field(default_factory=dict)
    people: Mapping[str, Stored] = field(default_factory=dict)
    sessions: Mapping[str, StoredSession] = field(default_factory=dict)
    uids_elsewhere: frozenset[str] = frozenset()

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of the event, the first being the default."""
        return tuple(self.event["languages"])


# What a new thing says where the file says nothing.
FRESH: Mapping[Subject, Mapping[str, Any]] = {
    Subject.VENUE: {
        "kind": VenueKind.ONSITE,
        "name": EMPTY,
        "capacity": None,
        "url": None,
        "join_address": None,
        "opens_at": None,
        "closes_at": None,
        "position": 0,
    },
    Subject.TRACK: {"name": EMPTY, "colour": None, "position": 0},
    Subject.ORGANISATION: {"name": EMPTY},
    Subject.PERSON: {
        "name": EMPTY,
        "affiliation": EMPTY,
        "bio": EMPTY,
        "country": None,
        "email": None,
        "language": None,
        "timezone": None,
        "availability": (),
        "position": 0,
    },
    Subject.SESSION: {
        "kind": SessionKind.SESSION,
        "title": EMPTY,
        **{f.name: f.default for f in fields(SessionValues) if f.name not in {"kind", "starts_at", "ends_at", "title"}},
    },
}


def session_fields(values: SessionValues) -> dict[str, Any]:
    """The session field by field."""
    return {f.name: getattr(values, f.name) for f in fields(SessionValues)}


def frame_of(event: Mapping[str, Any]) -> Frame:
    """The days of an event with those fields."""
    starts_on: date = event["starts_on"]
    ends_on: date = event["ends_on"]
    day_starts_at: time = event["day_starts_at"]
    return Frame(event["timezone"], starts_on, ends_on, day_starts_at)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that the plan adds, changes, restores or removes.

    `before` and `after` are all its fields (None where it is not there); `changed` names those that differ. `row` is
    where the file speaks of it, `uid` that of a session.
    """

    subject: Subject
    key: str
    deed: Deed
    name: Translated
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    changed: tuple[str, ...] = ()
    row: int = 0
    id: int | None = None
    uid: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A name of the file that several persons of the event have; `persons` are their keys."""

    handle: str
    name: str
    row: int
    persons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What the file would do: `items` in the order in which they can be written.

    `unchanged` counts what is right already, `refused` what cannot be imported as it is. `missing` are the sessions
    that the file does not name: they stay unless somebody asks for their removal.
    """

    items: tuple[Item, ...] = ()
    unchanged: int = 0
    refused: int = 0
    missing: tuple[Item, ...] = ()
    problems: tuple[RowProblem, ...] = ()
    questions: tuple[Question, ...] = ()
    leaves_out: bool = False
    # Whether the file has something to say of the event itself that this plan does not take over.
    event_differs: tuple[str, ...] = ()
    language: str | None = None

    @property
    def refusals(self) -> tuple[RowProblem, ...]:
        """What keeps rows, or the whole file, from being imported."""
        return tuple(problem for problem in self.problems if problem.stops)

    @property
    def notes(self) -> tuple[RowProblem, ...]:
        """What is told of rows that are imported."""
        return tuple(problem for problem in self.problems if not problem.stops)

    @property
    def possible(self) -> bool:
        """Whether it may be carried out: nothing is wrong, or what is wrong is to be left out."""
        if any(problem.stops_all for problem in self.problems):
            return False
        return self.leaves_out or not self.refusals

    @property
    def missing_digest(self) -> str:
        """What a form carries to know later whether the missing sessions are still those that it showed."""
        return digest_of({"missing": sorted(item.key for item in self.missing)})

    @property
    def counts(self) -> Counts:
        """Entries that are added, changed and unchanged; a session that is taken in again counts as changed."""
        added = sum(item.deed is Deed.ADDED for item in self.items)
        removed = sum(item.deed is Deed.REMOVED for item in self.items)
        return Counts(added, len(self.items) - added - removed, self.unchanged)

    def of(self, deed: Deed) -> tuple[Item, ...]:
        """The items with that deed."""
        return tuple(item for item in self.items if item.deed is deed)
