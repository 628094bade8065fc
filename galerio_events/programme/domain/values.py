"""Programmes and sessions as values: what an import reads and a form sends. They refer to other things by key."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from galerio_events.events.domain import EventFormat, OrganiserRole, VenueKind
from galerio_events.programme.domain import LinkKind, RoleKind, RoleState, SessionKind, SessionStatus
from galerio_events.translated import EMPTY, Translated


@dataclass(frozen=True, slots=True)
class RoleValue:
    """Who has which role; `title` is that of the talk, `minutes` how long it is planned to be."""

    role: RoleKind
    person: str
    title: Translated = EMPTY
    minutes: int | None = None
    state: RoleState = RoleState.CONFIRMED


@dataclass(frozen=True, slots=True)
class LinkValue:
    """A web address (http or https) that goes with a session, and what to call it."""

    url: str
    title: str = ""
    kind: LinkKind = LinkKind.LINK


@dataclass(frozen=True, slots=True)
class SessionValues:
    """What a session says. Times are UTC; `people` are in the order in which the programme names them.

    `capacity` is the number of places for registrants; None means no limit. A session that is not `scheduled` lies in
    the tray: it keeps the length that its times have, and no release has it. `language` is the one that is spoken, a
    tag such as `en`. A `locked` session is not moved by hand or by suggestion.
    """

    kind: SessionKind
    starts_at: datetime
    ends_at: datetime
    title: Translated
    summary: Translated = EMPTY
    abstract: Translated = EMPTY
    venue: str | None = None
    track: str | None = None
    organiser: str | None = None
    people: tuple[RoleValue, ...] = ()
    capacity: int | None = None
    scheduled: bool = True
    locked: bool = False
    status: SessionStatus = SessionStatus.TENTATIVE
    language: str | None = None
    needs_interpreter: bool = False
    links: tuple[LinkValue, ...] = ()


@dataclass(frozen=True, slots=True)
class OrganiserValue:
    """Who stands behind the event; `logo` is the digest of a picture."""

    role: OrganiserRole
    name: Translated
    url: str | None = None
    logo: str | None = None


@dataclass(frozen=True, slots=True)
class EventValues:
    slug: str
    title: Translated
    timezone: str
    starts_on: date
    ends_on: date
    ordinal: int | None = None
    theme: Translated = EMPTY
    day_starts_at: time = time(0)
    languages: tuple[str, ...] = ("ja", "en")
    format: EventFormat = EventFormat.ONLINE
    organisers: tuple[OrganiserValue, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    changeover_minutes: int = 0


@dataclass(frozen=True, slots=True)
class VenueValues:
    """`opens_at` and `closes_at` are wall-clock times in the event's zone, both or neither."""

    kind: VenueKind
    name: Translated
    capacity: int | None = None
    url: str | None = None
    join_address: str | None = None
    opens_at: time | None = None
    closes_at: time | None = None


@dataclass(frozen=True, slots=True)
class TrackValues:
    """`colour` is `#rrggbb` in small letters."""

    name: Translated
    colour: str | None = None


@dataclass(frozen=True, slots=True)
class PersonValues:
    """`availability` are the intervals, in UTC, in which the person can take part; none means at all times."""

    name: Translated
    affiliation: Translated = EMPTY
    bio: Translated = EMPTY
    country: str | None = None
    email: str | None = None
    language: str | None = None
    timezone: str | None = None
    availability: tuple[tuple[datetime, datetime], ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedProgramme:
    """A whole programme file, checked: every key that is referred to is there. Mappings are by key, in file order.

    `open` are the fields that the file leaves open, as (section, key, field), where it could have named them: they stay
    as they are. Those of a role are (`roles`, session, `number.field`), numbers counting from 0.
    `uids` has those of the sessions to which the file gives one.
    """

    event: EventValues
    venues: Mapping[str, VenueValues]
    tracks: Mapping[str, TrackValues]
    organisations: Mapping[str, Translated]
    people: Mapping[str, PersonValues]
    sessions: Mapping[str, SessionValues]
    open: frozenset[tuple[str, str, str]] = frozenset()
    uids: Mapping[str, str] = field(default_factory=dict)

    @property
    def entries(self) -> int:
        """How many things the file describes, the event being one of them."""
        return 1 + sum(map(len, (self.venues, self.tracks, self.organisations, self.people, self.sessions)))


@dataclass(frozen=True, slots=True)
class Counts:
    """What an import did, counted in entries: the event, venues, tracks, organisations, people and sessions."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0

    @property
    def read(self) -> int:
        return self.added + self.changed + self.unchanged

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.added + other.added, self.changed + other.changed, self.unchanged + other.unchanged)
