"""Where each session that may move could stand, and what that would cost: the problem that the search is given.

All that concerns one session alone, or it and sessions that stay, is decided here, by the same rules by which conflicts
are found. What is left to the search is that the sessions that move do not get into each other's way.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from galerio_events import clock
from galerio_events.events.domain import VenueKind
from galerio_events.programme.domain import SessionKind
from galerio_events.programme.domain.arranging.values import Figures, Hindrance, Stand, Wishes
from galerio_events.programme.domain.conflicts import Conflict, ConflictKind, Draft, Slot, Span, find
from galerio_events.programme.domain.conflicts.spans import OpeningHours, merged, uncovered
from galerio_events.programme.domain.hours import EDGE_COUNTS, Band, band_of, burden, distinct, wall, zones_of_country
from galerio_events.programme.domain.placing import wall_time

# What another time or place can solve.
SOLVABLE = frozenset(
    {
        ConflictKind.PERSON_TWICE,
        ConflictKind.VENUE_TWICE,
        ConflictKind.OUTSIDE_EVENT,
        ConflictKind.OUTSIDE_VENUE_HOURS,
        ConflictKind.OUTSIDE_AVAILABILITY,
        ConflictKind.VENUE_CHANGEOVER,
        ConflictKind.PERSON_CHANGEOVER,
        ConflictKind.CAPACITY_ABOVE_VENUE,
    }
)
# One person in their night costs that much for each point of its weight; the whole audience of a session counts as
# several people, a session that is moved as a part of one.
PERSON_COST = 1000
AUDIENCE_COST = 4000
CHANGE_COST = 300
# What any change costs at least, so that nothing is moved for nothing.
LEAST_COST = 1
_GRID = timedelta(minutes=5)
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Where:
    """Where people are: the zones in which each person may be by their key; how many are registered by country, for
    the event as a whole and for the sessions that people chose."""

    people: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    registered: Mapping[str, int] = field(default_factory=dict)
    chose: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def audience(self, key: str) -> Mapping[str, int]:
        """Those who chose the session; all who are registered where nobody did."""
        return self.chose.get(key) or self.registered


@dataclass(frozen=True, slots=True)
class Movable:
    """A session to place. `starts` has what each start costs, in order; `rooms` has the starts that are possible in
    each of them."""

    slot: Slot
    starts: Mapping[datetime, int]
    rooms: Mapping[str | None, frozenset[datetime]]
    present: Stand

    @property
    def length(self) -> timedelta:
        return self.slot.ends_at - self.slot.starts_at


@dataclass(frozen=True, slots=True)
class Problem:
    """`changeover` is how long a room needs between two sessions, `onsite` are the rooms between which people walk.
    `stuck` are sessions that fit nowhere: as long as there are any, there is nothing to search for."""

    movable: tuple[Movable, ...]
    changeover: timedelta
    onsite: frozenset[str]
    changes: int
    stuck: Mapping[str, Hindrance] = field(default_factory=dict)

    @property
    def change_cost(self) -> int:
        """What it costs to give a session another start, and as much for another room."""
        return LEAST_COST + CHANGE_COST * self.changes


def problem_of(draft: Draft, wishes: Wishes, where: Where) -> Problem:
    """The problem. Sessions that the draft does not have (any more) are left out."""
    wanted = frozenset(wishes.keys)
    slots = [slot for slot in draft.sessions if slot.key in wanted]
    fixed = [slot for slot in draft.sessions if slot.key not in wanted and slot.scheduled]
    changeover = max(wishes.changeover, draft.changeover_minutes)
    finder = _Finder(draft, wishes, fixed, timedelta(minutes=changeover), where)
    found: list[Movable] = []
    stuck: dict[str, Hindrance] = {}
    for slot in slots:
        made = finder.place(slot)
        if isinstance(made, Hindrance):
            stuck[slot.key] = made
        else:
            found.append(made)
    onsite = frozenset(key for key, place in draft.venues.items() if place.kind is VenueKind.ONSITE)
    return Problem(tuple(found), timedelta(minutes=changeover), onsite, wishes.weights.changes, stuck)


def allowed_hours(draft: Draft, wishes: Wishes) -> tuple[Span, ...]:
    """The times between which sessions may be, in UTC: those of the wishes that lie within the event."""
    frame = draft.frame
    found = []
    for day, (begin, end) in wishes.hours.items():
        first = wall_time(day, begin.hour, begin.minute, frame)
        last = wall_time(day, end.hour, end.minute, frame)
        if last <= first:
            last += timedelta(days=1)
        span = clock.candidates(first, frame.timezone)[-1], clock.candidates(last, frame.timezone)[0]
        if span[0] < span[1]:
            found.append(span)
    return merged(found)


class _Finder:
    """Finds where one session may be."""

    def __init__(
        self, draft: Draft, wishes: Wishes, fixed: Sequence[Slot], changeover: timedelta, where: Where
    ) -> None:
        self.draft = draft
        self.wishes = wishes
        self.changeover = changeover
        self.hours = allowed_hours(draft, wishes)
        self.costs = _Costs(where, wishes, self.hours)
        self.opening = OpeningHours(draft.frame.timezone)
        self.available = {person: merged(spans) for person, spans in draft.availability.items() if spans}
        self.in_venue: dict[str, list[Slot]] = {}
        self.of_person: dict[str, list[Slot]] = {}
        for slot in fixed:
            if slot.venue is not None:
                self.in_venue.setdefault(slot.venue, []).append(slot)
            for person in slot.people:
                self.of_person.setdefault(person, []).append(slot)

    def place(self, slot: Slot) -> Movable | Hindrance:
        """All there is for it, or what leaves it nothing."""
        length = slot.ends_at - slot.starts_at
        rooms = self._rooms(slot)
        if not rooms:
            return Hindrance.NO_ROOM
        starts = list(self._starts(slot, length))
        if not starts:
            return Hindrance.HOURS
        covers = [self.available[person] for person in slot.people if person in self.available]
        starts = [at for at in starts if not any(uncovered(at, at + length, cover) for cover in covers)]
        if not starts:
            return Hindrance.AVAILABILITY
        open_at = {room: [at for at in starts if self._is_open(room, at, at + length)] for room in rooms}
        if not any(open_at.values()):
            return Hindrance.VENUE_HOURS
        free = {room: frozenset(at for at in some if self._is_free(slot, room, at)) for room, some in open_at.items()}
        free = {room: some for room, some in free.items() if some}
        if not free:
            return Hindrance.FIXED
        present = Stand(slot.starts_at, slot.ends_at, slot.venue, slot.scheduled)
        cost = self.costs.of(slot)
        return Movable(slot, {at: cost(at) for at in sorted(frozenset().union(*free.values()))}, free, present)

    def _rooms(self, slot: Slot) -> list[str | None]:
        """Rooms of the kind of the one in which it is, with enough places; a session in the timetable without a room
        stays so, and one from the tray may be in any."""
        if slot.venue is None and slot.scheduled:
            return [None]
        places = self.draft.venues
        kind = places[slot.venue].kind if slot.venue is not None and slot.venue in places else None
        return [
            key
            for key in self.wishes.venues
            if key in places
            and kind in {None, places[key].kind}
            and not (slot.capacity and (places[key].capacity or slot.capacity) < slot.capacity)
        ]

    def _starts(self, slot: Slot, length: timedelta) -> Iterator[datetime]:
        """On the grid from the beginning of each stretch of allowed hours; the present one, too."""
        step = timedelta(minutes=self.wishes.step)
        found: set[datetime] = set()
        for begin, end in self.hours:
            at = begin
            while at + length <= end:
                found.add(at)
                at += step
            if slot.scheduled and begin <= slot.starts_at and slot.ends_at <= end:
                found.add(slot.starts_at)
        holds = self.draft.frame.holds
        return iter(sorted(at for at in found if holds(at, at + length)))

    def _is_open(self, room: str | None, starts_at: datetime, ends_at: datetime) -> bool:
        hours = self.draft.venues[room].hours if room is not None else None
        return hours is None or not self.opening.closed(starts_at, ends_at, hours)

    def _is_free(self, slot: Slot, room: str | None, starts_at: datetime) -> bool:
        """Whether it gets into the way of nothing that stays."""
        ends_at = starts_at + (slot.ends_at - slot.starts_at)
        none = timedelta()
        for other in self.in_venue.get(room or "", ()):
            busy = slot.kind is not SessionKind.BREAK and other.kind is not SessionKind.BREAK
            if _meet(starts_at, ends_at, other, self.changeover if busy else none):
                return False
        for person in slot.people:
            for other in self.of_person.get(person, ()):
                walk = room is not None and other.venue not in {None, room} and self._far(room, other.venue)
                if _meet(starts_at, ends_at, other, self.changeover if walk else none):
                    return False
        return True

    def _far(self, *rooms: str | None) -> bool:
        places = self.draft.venues
        return any(room is not None and room in places and places[room].kind is VenueKind.ONSITE for room in rooms)


def _meet(starts_at: datetime, ends_at: datetime, other: Slot, apart: timedelta) -> bool:
    return starts_at < other.ends_at + apart and other.starts_at < ends_at + apart


class _Costs:
    """What it costs to let a session begin then: by the nights of those who speak and of those who listen.

    For every set of zones, and every audience, the burden of all five minutes is summed up once; what a session costs
    is the difference of two sums.
    """

    def __init__(self, where: Where, wishes: Wishes, hours: Sequence[Span]) -> None:
        self.where = where
        self.weights = wishes.weights
        self.begin = hours[0][0] if hours else _NEVER
        # A session ends within the hours; one step more, for those that end between two steps.
        self.count = (hours[-1][1] - self.begin) // _GRID + 2 if hours else 0
        self._sums: dict[tuple[str, ...], list[float]] = {}
        self._audiences: dict[tuple[tuple[str, int], ...], list[float]] = {}

    def of(self, slot: Slot) -> Callable[[datetime], int]:
        """What each start of that session costs, in whole points; lower is better."""
        length = max(1, -(-(slot.ends_at - slot.starts_at) // _GRID))
        curves = [(self.weights.audience * AUDIENCE_COST, self._audience(slot.key))] if self.weights.audience else []
        if self.weights.speakers:
            zones = [self.where.people.get(person, ()) for person in slot.people]
            curves += [(self.weights.speakers * PERSON_COST, self._sum(each)) for each in zones if each]

        def cost(starts_at: datetime) -> int:
            first = (starts_at - self.begin) // _GRID
            last = min(first + length, self.count)
            return round(sum(weight * (sums[last] - sums[first]) for weight, sums in curves) / length)

        return cost

    def _sum(self, zones: tuple[str, ...]) -> list[float]:
        known = self._sums.get(zones)
        if known is None:
            known = self._sums[zones] = _summed(self._points(zones))
        return known

    def _audience(self, key: str) -> list[float]:
        counts = {code: number for code, number in self.where.audience(key).items() if zones_of_country(code)}
        identity = tuple(sorted(counts.items()))
        known = self._audiences.get(identity)
        if known is None:
            total = sum(counts.values()) or 1
            sums = [(number / total, self._sum(zones_of_country(code))) for code, number in identity]
            known = [sum(share * one[i] for share, one in sums) for i in range(self.count + 1)]
            self._audiences[identity] = known
        return known

    def _points(self, zones: tuple[str, ...]) -> Iterator[float]:
        for i in range(self.count):
            at = self.begin + i * _GRID
            bands = [band_of(wall(at, name).time()) for name in distinct(zones, at)]
            points = sum((band is Band.NIGHT) + EDGE_COUNTS * (band is Band.EDGE) for band in bands)
            yield points / len(bands)


def _summed(points: Iterable[float]) -> list[float]:
    """The sums of the first none, one, two and so on."""
    return [0.0, *accumulate(points)]


def applied(draft: Draft, moves: Mapping[str, Stand]) -> Draft:
    """The draft with those sessions elsewhere."""

    def moved(slot: Slot) -> Slot:
        to = moves.get(slot.key)
        if to is None:
            return slot
        return replace(slot, starts_at=to.starts_at, ends_at=to.ends_at, venue=to.venue, scheduled=to.scheduled)

    return replace(draft, sessions=tuple(map(moved, draft.sessions)))


def solvable(draft: Draft) -> list[Conflict]:
    """The conflicts of the draft that another time or place can solve."""
    return [conflict for conflict in find(draft) if conflict.kind in SOLVABLE]


def figures(draft: Draft, where: Where) -> Figures:
    """How good the draft is as it stands. What lies in the tray has no time, so it is in nobody's night."""
    night: dict[str, list[str]] = {}
    audience: list[float] = []
    for slot in sorted((s for s in draft.sessions if s.scheduled), key=lambda s: (s.starts_at, s.key)):
        for person in slot.people:
            if is_night(where.people.get(person, ()), slot.starts_at, slot.ends_at):
                night.setdefault(person, []).append(slot.key)
        counts = where.audience(slot.key)
        total = sum(number for code, number in counts.items() if zones_of_country(code))
        if total and slot.kind is not SessionKind.BREAK:
            share = sum(
                number * burden(zones_of_country(code), slot.starts_at, slot.ends_at).night
                for code, number in counts.items()
            )
            audience.append(share / total)
    return Figures(
        len(solvable(draft)),
        {person: tuple(keys) for person, keys in night.items()},
        round(1000 * sum(audience) / len(audience)) if audience else None,
    )


def is_night(zones: tuple[str, ...], starts_at: datetime, ends_at: datetime) -> bool:
    """Whether any of it is night in at least half of the times that clocks may show to them."""
    names = distinct(zones, starts_at)
    asleep = sum(burden((name,), starts_at, ends_at).night > 0 for name in names)
    return bool(names) and 2 * asleep >= len(names)


def new_conflicts(draft: Draft, moves: Mapping[str, Stand]) -> list[Conflict]:
    """The conflicts, of those that time or place can solve, that the draft has with these moves and not without."""
    known = {conflict.fingerprint for conflict in solvable(draft)}
    return [conflict for conflict in solvable(applied(draft, moves)) if conflict.fingerprint not in known]
