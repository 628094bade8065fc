"""What conflicts are looked for in, and what is found."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from enum import StrEnum
from typing import NamedTuple

from galerio_events import clock
from galerio_events.events.domain import VenueKind
from galerio_events.programme.domain import RoleKind, RoleState, SessionKind
from galerio_events.programme.domain.rules import Frame

Span = tuple[datetime, datetime]

# How long the reason for which a conflict is accepted may be.
REASON_LENGTH = 500


class ConflictKind(StrEnum):
    """What is wrong, in the order in which it is listed among things that begin at the same time."""

    PERSON_TWICE = "person_twice"
    VENUE_TWICE = "venue_twice"
    OUTSIDE_EVENT = "outside_event"
    OUTSIDE_VENUE_HOURS = "outside_venue_hours"
    OUTSIDE_AVAILABILITY = "outside_availability"
    VENUE_CHANGEOVER = "venue_changeover"
    PERSON_CHANGEOVER = "person_changeover"
    MODERATOR_MISSING = "moderator_missing"
    ROLE_MISSING = "role_missing"
    INTERPRETER_MISSING = "interpreter_missing"
    PLAN_TOO_LONG = "plan_too_long"
    CAPACITY_ABOVE_VENUE = "capacity_above_venue"


_CONFIRMED = RoleState.CONFIRMED


class Part(NamedTuple):
    """Who has which role in a session, and for how many of its minutes, where that is planned."""

    role: RoleKind
    person: str
    minutes: int | None = None
    state: RoleState = RoleState.CONFIRMED


@dataclass(frozen=True, slots=True)
class Slot:
    """A session as far as it can be in conflict. Times are UTC, the end after the start; names are keys.

    `people` is everybody who is planned for it, each once; `planned` the minutes of its run sheet (`segments`) where it
    has one, else of their roles together. Who has declined, was withdrawn or replaced is in `parts` and counts nowhere.
    """

    key: str
    kind: SessionKind
    starts_at: datetime
    ends_at: datetime
    venue: str | None = None
    parts: tuple[Part, ...] = ()
    capacity: int | None = None
    needs_interpreter: bool = False
    scheduled: bool = True
    segments: int | None = None
    people: tuple[str, ...] = field(init=False, compare=False, repr=False)
    planned: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        here = self.parts_planned
        object.__setattr__(self, "people", tuple(dict.fromkeys([part.person for part in here])))
        planned = sum([part.minutes or 0 for part in here]) if self.segments is None else self.segments
        object.__setattr__(self, "planned", planned)

    @property
    def parts_planned(self) -> tuple[Part, ...]:
        """The parts of those who are planned for it."""
        if all(part.state is _CONFIRMED for part in self.parts):
            return self.parts
        return tuple(part for part in self.parts if part.state.is_planned)


@dataclass(frozen=True, slots=True)
class Place:
    """A venue: how many it holds, and the wall-clock hours of every day at which it is open (None: always, any).

    Closing at or before the opening means after midnight.
    """

    kind: VenueKind
    capacity: int | None = None
    hours: tuple[time, time] | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """All that conflicts depend on. Sessions that are removed are not in it.

    `availability` has the people who named times at which they can take part; who is not in it is free at all times.
    `required` has, for each kind of session for which the organisers made a rule, the roles that it needs;
    `required_roles` says what holds for the others.
    """

    frame: Frame
    changeover_minutes: int = 0
    venues: Mapping[str, Place] = field(default_factory=dict)
    availability: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    required: Mapping[SessionKind, tuple[RoleKind, ...]] = field(default_factory=dict)
    sessions: tuple[Slot, ...] = ()


@dataclass(frozen=True, slots=True)
class Conflict:
    """Something in the draft that cannot be meant so, or that somebody should know of.

    `sessions` are keys, by start. `spans` is when it is so, in order and never empty: the overlap of two sessions, the
    time for which somebody is not available, the gap that is too short (of no length where there is none), else the
    whole session. `found` and `allowed` are the figures where there are any: minutes of a changeover, minutes of a plan
    and of its slot, places of a session and of its venue.
    """

    kind: ConflictKind
    sessions: tuple[str, ...]
    spans: tuple[Span, ...]
    person: str | None = None
    venue: str | None = None
    role: RoleKind | None = None
    found: int | None = None
    allowed: int | None = None

    @property
    def starts_at(self) -> datetime:
        """When it begins to be so."""
        return self.spans[0][0]

    @property
    def ends_at(self) -> datetime:
        """When it stops being so."""
        return self.spans[-1][1]

    @property
    def minutes(self) -> int:
        """For how many minutes it is so, begun ones counted."""
        return -(-_seconds(self.spans) // 60)

    @property
    def fingerprint(self) -> str:
        """By which a conflict that was accepted is known again: 64 hexadecimal digits (SHA-256).

        It is made of the kind, the sessions, the person, venue and role, and of how bad it is. An overlap counts by its
        length: sessions that move together stay accepted, and one that grows (or shrinks) is a new one, to be decided
        anew. What lies outside something counts by the very times; figures count as they are.
        """
        extent: object = [self.found, self.allowed]
        if self.kind in _BY_LENGTH:
            extent = _seconds(self.spans)
        elif self.kind in _BY_TIMES:
            extent = [[clock.to_text(moment) for moment in span] for span in self.spans]
        identity = [self.kind, sorted(self.sessions), self.person, self.venue, self.role, extent]
        return hashlib.sha256(json.dumps(identity, ensure_ascii=True).encode()).hexdigest()


_BY_LENGTH = frozenset({ConflictKind.PERSON_TWICE, ConflictKind.VENUE_TWICE})
_BY_TIMES = frozenset({ConflictKind.OUTSIDE_EVENT, ConflictKind.OUTSIDE_VENUE_HOURS, ConflictKind.OUTSIDE_AVAILABILITY})


def _seconds(spans: tuple[Span, ...]) -> int:
    return sum(int((end - start).total_seconds()) for start, end in spans)


# What kinds of session need where the organisers have made no rule for the kind: a panel has somebody who leads it.
# Openings, receptions and matching may well do without, and a break needs nobody.
_NEEDED: Mapping[SessionKind, tuple[RoleKind, ...]] = {SessionKind.SESSION: (RoleKind.MODERATOR,)}


def required_roles(kind: SessionKind, required: Mapping[SessionKind, tuple[RoleKind, ...]]) -> tuple[RoleKind, ...]:
    """The roles that a session of that kind needs: those of the organisers' rule, also where it asks for none; a
    moderator for a kind `session` without a rule; nobody else."""
    return required.get(kind, _NEEDED.get(kind, ()))


def put(draft: Draft, slot: Slot) -> Draft:
    """The draft with that session instead of the one of its key, or besides the others."""
    return replace(draft, sessions=(*(other for other in draft.sessions if other.key != slot.key), slot))


def without(draft: Draft, key: str) -> Draft:
    """The draft without that session."""
    return replace(draft, sessions=tuple(other for other in draft.sessions if other.key != key))


def placed(
    draft: Draft, key: str, *, starts_at: datetime, ends_at: datetime, venue: str | None, scheduled: bool = True
) -> Draft:
    """The draft with that session elsewhere. Raises `KeyError` where it has none of that key."""
    found = next((slot for slot in draft.sessions if slot.key == key), None)
    if found is None:
        raise KeyError(key)
    return put(draft, replace(found, starts_at=starts_at, ends_at=ends_at, venue=venue, scheduled=scheduled))
