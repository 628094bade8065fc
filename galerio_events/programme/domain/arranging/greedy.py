"""A first arrangement, made without looking back: the search begins with it, and betters it.

Nobody's best idea, but it is there at once, and with many sessions a search that begins with nothing may find nothing.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from galerio_events.programme.domain import SessionKind
from galerio_events.programme.domain.arranging.problem import Movable, Problem
from galerio_events.programme.domain.arranging.values import Stand
from galerio_events.programme.domain.conflicts import Slot

_NONE = timedelta()
_ROUNDS = 20


def first_arrangement(problem: Problem) -> dict[str, Stand]:
    """Where each session could be, of as many as find a place: those with the fewest choices first, each where it costs
    least beside those before it; where it costs the same, as early as possible.

    What finds no place goes first in the next of several rounds; then each session in turn takes a better place as long
    as any finds one.
    """
    order = sorted(problem.movable, key=_choices)
    best: dict[str, Stand] = {}
    for _round in range(_ROUNDS):
        found = _in_turn(problem, order)
        if len(found) > len(best):
            best = found
        left = [movable for movable in order if movable.slot.key not in found]
        if not left:
            break
        order = [*left, *(movable for movable in order if movable.slot.key in found)]
    return _bettered(problem, best)


def cost_of(problem: Problem, stands: Mapping[str, Stand]) -> int:
    """What the arrangement costs."""
    return sum(_cost(problem, movable, stands[movable.slot.key]) for movable in problem.movable)


def least_cost(problem: Problem) -> int:
    """What no arrangement can be cheaper than: every session where it costs least."""
    return sum(
        min(_cost(problem, movable, Stand(at, at, room)) for room, starts in movable.rooms.items() for at in starts)
        for movable in problem.movable
    )


def beside(problem: Problem, stands: Mapping[str, Stand], keys: Collection[str]) -> Problem:
    """The problem of those sessions alone, all others staying where they stand."""
    placed = [(m.slot, stands[m.slot.key]) for m in problem.movable if m.slot.key not in keys]
    left = []
    for movable in problem.movable:
        if movable.slot.key in keys:
            rooms = {room: _free(movable, room, problem, placed) for room in movable.rooms}
            rooms = {room: starts for room, starts in rooms.items() if starts}
            possible = frozenset().union(*rooms.values())
            starts = {at: cost for at, cost in movable.starts.items() if at in possible}
            left.append(replace(movable, starts=starts, rooms=rooms))
    return replace(problem, movable=tuple(left))


def _in_turn(problem: Problem, order: Iterable[Movable]) -> dict[str, Stand]:
    placed: list[tuple[Slot, Stand]] = []
    found: dict[str, Stand] = {}
    for movable in order:
        stand = _cheapest(movable, problem, placed)
        if stand is not None:
            placed.append((movable.slot, stand))
            found[movable.slot.key] = stand
    return found


def _bettered(problem: Problem, stands: dict[str, Stand]) -> dict[str, Stand]:
    for _round in range(_ROUNDS):
        changed = False
        for movable in problem.movable:
            key = movable.slot.key
            if key not in stands:
                continue
            others = [
                (m.slot, stands[m.slot.key]) for m in problem.movable if m is not movable and m.slot.key in stands
            ]
            stand = _cheapest(movable, problem, others)
            if stand is not None and _cost(problem, movable, stand) < _cost(problem, movable, stands[key]):
                stands[key], changed = stand, True
        if not changed:
            break
    return stands


def _cost(problem: Problem, movable: Movable, stand: Stand) -> int:
    moved = movable.present.scheduled and stand.starts_at != movable.present.starts_at
    away = _is_change(movable, stand.venue)
    return movable.starts[stand.starts_at] + problem.change_cost * (moved + away)


def _free(
    movable: Movable, room: str | None, problem: Problem, placed: Iterable[tuple[Slot, Stand]]
) -> frozenset[datetime]:
    people = frozenset(movable.slot.people)
    spans = [
        span
        for slot, stand in placed
        if (span := _blocked(movable, room, problem, slot, stand, same=not people.isdisjoint(slot.people)))
    ]
    return frozenset(at for at in movable.rooms[room] if not any(first < at < last for first, last in spans))


def _choices(movable: Movable) -> tuple[int, timedelta, str]:
    return sum(map(len, movable.rooms.values())), -movable.length, movable.slot.key


def _cheapest(movable: Movable, problem: Problem, placed: list[tuple[Slot, Stand]]) -> Stand | None:
    ranked = (
        (_cost(problem, movable, Stand(at, at, room)), at, room or "", room)
        for room in movable.rooms
        for at in _free(movable, room, problem, placed)
    )
    best = min(ranked, key=lambda rank: rank[:3], default=None)
    return None if best is None else Stand(best[1], best[1] + movable.length, best[3])


def _is_change(movable: Movable, room: str | None) -> bool:
    return movable.present.venue is not None and room != movable.present.venue


def _blocked(
    movable: Movable, room: str | None, problem: Problem, slot: Slot, stand: Stand, *, same: bool
) -> tuple[datetime, datetime] | None:
    """Between which starts (both left out) the session would get into the way of that one, if any."""
    gaps = []
    if room is not None and room == stand.venue:
        breaks = SessionKind.BREAK in {slot.kind, movable.slot.kind}
        gaps.append(_NONE if breaks else problem.changeover)
    if same:
        walk = None not in {room, stand.venue} and room != stand.venue
        far = walk and not problem.onsite.isdisjoint({room, stand.venue})
        gaps.append(problem.changeover if far else _NONE)
    if not gaps:
        return None
    return stand.starts_at - movable.length - max(gaps), stand.ends_at + max(gaps)
