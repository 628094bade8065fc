"""A whole draft as values: all that its organisers have entered and that a file may carry, the tray among it.

What is private to somebody (a person's address and availability) and what belongs to one installation (pictures,
registrations, what was accepted of conflicts) is not among it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from galerio_events.events.domain import EventFormat, OrganiserRole, VenueKind
from galerio_events.programme.domain.values import SessionValues
from galerio_events.translated import EMPTY, Translated


@dataclass(frozen=True, slots=True)
class WholeOrganiser:
    role: OrganiserRole
    name: Translated
    url: str | None = None


@dataclass(frozen=True, slots=True)
class WholeEvent:
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
    changeover_minutes: int = 0
    organisers: tuple[WholeOrganiser, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WholeVenue:
    key: str
    kind: VenueKind
    name: Translated
    capacity: int | None = None
    url: str | None = None
    join_address: str | None = None
    opens_at: time | None = None
    closes_at: time | None = None


@dataclass(frozen=True, slots=True)
class WholeTrack:
    key: str
    name: Translated
    colour: str | None = None


@dataclass(frozen=True, slots=True)
class WholeOrganisation:
    key: str
    name: Translated


@dataclass(frozen=True, slots=True)
class WholePerson:
    key: str
    name: Translated
    affiliation: Translated = EMPTY
    bio: Translated = EMPTY
    country: str | None = None


@dataclass(frozen=True, slots=True)
class WholeSession:
    key: str
    uid: str
    values: SessionValues


@dataclass(frozen=True, slots=True)
class WholeProgramme:
    """Everything in the event's own order; sessions by start, end and key.

    What `public` says is what the public may know: its organisers' fields are those of a new session.
    """

    event: WholeEvent
    venues: tuple[WholeVenue, ...]
    tracks: tuple[WholeTrack, ...]
    organisations: tuple[WholeOrganisation, ...]
    people: tuple[WholePerson, ...]
    sessions: tuple[WholeSession, ...]
    public: bool = False
