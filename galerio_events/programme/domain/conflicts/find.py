"""Looking for conflicts in a draft.

Only sessions that are scheduled are looked at: what lies in the tray has no time yet, and nobody needs to have been
found for it. A person who is still to be invited counts like any other, because it is before inviting that one wants
to know; whoever has declined, was withdrawn or replaced counts nowhere.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta

from galerio_events.events.domain import VenueKind
from galerio_events.programme.domain import RoleKind, SessionKind
from galerio_events.programme.domain.conflicts.spans import OpeningHours, merged, uncovered, utc_bounds
from galerio_events.programme.domain.conflicts.sweep import apart, changeovers, in_order, overlaps
from galerio_events.programme.domain.conflicts.values import (
    Conflict,
    ConflictKind,
    Draft,
    Slot,
    Span,
    required_roles,
)

_ORDER = {kind: position for position, kind in enumerate(ConflictKind)}


def find(draft: Draft, only: str | None = None) -> tuple[Conflict, ...]:
    """Every conflict of the draft, by start, kind, sessions, person and role; with `only`, those of that session.

    The time it takes grows as sorting the sessions does, not as the number of their pairs.
    """
    slots = [slot for slot in draft.sessions if slot.scheduled]
    if only is not None:
        slots = _near(slots, [slot for slot in slots if slot.key == only])
    slots.sort(key=in_order)
    chosen = slots if only is None else [slot for slot in slots if slot.key == only]
    found = [*_in_venues(draft, slots, chosen, only), *_of_people(draft, slots, chosen, only)]
    for look in (_outside, _lacking, _too_much):
        found += look(draft, chosen)
    return tuple(sorted(found, key=_place))


def _place(conflict: Conflict) -> tuple[object, ...]:
    return conflict.starts_at, _ORDER[conflict.kind], conflict.sessions, conflict.person or "", conflict.role or ""


def _near(slots: list[Slot], chosen: list[Slot]) -> list[Slot]:
    """The chosen one, and those that share its venue or a person with it."""
    if not chosen:
        return []
    venue, people = chosen[0].venue, frozenset(chosen[0].people)
    return [
        slot
        for slot in slots
        if slot is chosen[0]
        or (venue is not None and slot.venue == venue)
        or (people and not people.isdisjoint(slot.people))
    ]


def _in_venues(draft: Draft, slots: list[Slot], chosen: list[Slot], only: str | None) -> Iterator[Conflict]:
    wanted = {slot.venue for slot in chosen}
    groups: dict[str, list[Slot]] = {}
    for slot in slots:
        if slot.venue is not None and slot.venue in wanted:
            groups.setdefault(slot.venue, []).append(slot)
    for venue, group in groups.items():
        if len(group) < 2:
            continue
        for together, spans in overlaps(group):
            if (keys := _keys(together, only)) is not None:
                yield Conflict(ConflictKind.VENUE_TWICE, keys, spans, venue=venue)
        if draft.changeover_minutes:
            # Nothing has to be made ready for a break: it is itself the time for that.
            busy = [slot for slot in group if slot.kind is not SessionKind.BREAK]
            yield from _changeovers(draft, busy, _always, only, ConflictKind.VENUE_CHANGEOVER, venue=venue)


def _of_people(draft: Draft, slots: list[Slot], chosen: list[Slot], only: str | None) -> Iterator[Conflict]:
    groups: dict[str, list[Slot]] = {}
    if only is None:
        for slot in slots:
            for person in slot.people:
                if person in groups:
                    groups[person].append(slot)
                else:
                    groups[person] = [slot]
    else:
        for person in (person for slot in chosen for person in slot.people):
            groups[person] = [slot for slot in slots if person in slot.people]
    onsite = frozenset(key for key, place in draft.venues.items() if place.kind is VenueKind.ONSITE)

    def far(before: Slot, after: Slot) -> bool:
        # Between two online venues nobody has to walk.
        return before.venue != after.venue and not onsite.isdisjoint((before.venue, after.venue))

    least = timedelta(minutes=draft.changeover_minutes)
    for person, group in groups.items():
        if len(group) < 2 or apart(group, least):
            continue
        for together, spans in overlaps(group):
            if (keys := _keys(together, only)) is not None:
                yield Conflict(ConflictKind.PERSON_TWICE, keys, spans, person=person)
        if draft.changeover_minutes:
            somewhere = [slot for slot in group if slot.venue is not None]
            yield from _changeovers(draft, somewhere, far, only, ConflictKind.PERSON_CHANGEOVER, person=person)


def _keys(together: tuple[Slot, ...], only: str | None) -> tuple[str, ...] | None:
    keys = tuple(slot.key for slot in together)
    return keys if only is None or only in keys else None


def _always(_before: Slot, _after: Slot) -> bool:
    return True


def _changeovers(
    draft: Draft,
    slots: list[Slot],
    counts: Callable[[Slot, Slot], bool],
    only: str | None,
    kind: ConflictKind,
    *,
    person: str | None = None,
    venue: str | None = None,
) -> Iterator[Conflict]:
    for before, after in changeovers(slots, timedelta(minutes=draft.changeover_minutes), counts):
        if only is None or only in (before.key, after.key):
            yield Conflict(
                kind,
                (before.key, after.key),
                ((before.ends_at, after.starts_at),),
                person=person,
                venue=venue,
                found=int((after.starts_at - before.ends_at).total_seconds()) // 60,
                allowed=draft.changeover_minutes,
            )


def _outside(draft: Draft, slots: list[Slot]) -> Iterator[Conflict]:
    """What lies outside the event, outside the hours of its venue, or outside the times at which its people can."""
    frame = draft.frame
    begin, end = utc_bounds(frame.timezone, frame.starts_on, frame.ends_on, frame.day_starts_at)
    available = {person: merged(spans) for person, spans in draft.availability.items() if spans}
    hours = {key: place.hours for key, place in draft.venues.items() if place.hours}
    opening = OpeningHours(frame.timezone)
    for slot in slots:
        inside = begin <= slot.starts_at and slot.ends_at <= end
        if not inside and not frame.holds(slot.starts_at, slot.ends_at):
            yield Conflict(ConflictKind.OUTSIDE_EVENT, (slot.key,), (_whole(slot),))
        if slot.venue in hours and (closed := opening.closed(slot.starts_at, slot.ends_at, hours[slot.venue])):
            yield Conflict(ConflictKind.OUTSIDE_VENUE_HOURS, (slot.key,), closed, venue=slot.venue)
        if available:
            for person in slot.people:
                if person in available and (away := uncovered(slot.starts_at, slot.ends_at, available[person])):
                    yield Conflict(ConflictKind.OUTSIDE_AVAILABILITY, (slot.key,), away, person=person)


def _lacking(draft: Draft, slots: list[Slot]) -> Iterator[Conflict]:
    """Which roles nobody has."""
    needed = {kind: required_roles(kind, draft.required) for kind in SessionKind}
    for slot in slots:
        wanted = needed[slot.kind]
        if not wanted and not slot.needs_interpreter:
            continue
        roles = [part.role for part in slot.parts_planned]
        for role in wanted:
            if role not in roles:
                moderator = role is RoleKind.MODERATOR
                kind = ConflictKind.MODERATOR_MISSING if moderator else ConflictKind.ROLE_MISSING
                yield Conflict(kind, (slot.key,), (_whole(slot),), role=role)
        if slot.needs_interpreter and RoleKind.INTERPRETER not in roles and RoleKind.INTERPRETER not in wanted:
            yield Conflict(ConflictKind.INTERPRETER_MISSING, (slot.key,), (_whole(slot),), role=RoleKind.INTERPRETER)


def _too_much(draft: Draft, slots: list[Slot]) -> Iterator[Conflict]:
    """Plans that are longer than their slot, and sessions with more places than their venue has.

    A session without a limit is not compared: who follows it from elsewhere needs no chair.
    """
    places = {key: place.capacity for key, place in draft.venues.items() if place.capacity is not None}
    for slot in slots:
        if slot.planned and timedelta(minutes=slot.planned) > slot.ends_at - slot.starts_at:
            length = int((slot.ends_at - slot.starts_at).total_seconds()) // 60
            yield Conflict(ConflictKind.PLAN_TOO_LONG, (slot.key,), (_whole(slot),), found=slot.planned, allowed=length)
        if slot.capacity and slot.venue in places and slot.capacity > places[slot.venue]:
            yield Conflict(
                ConflictKind.CAPACITY_ABOVE_VENUE,
                (slot.key,),
                (_whole(slot),),
                venue=slot.venue,
                found=slot.capacity,
                allowed=places[slot.venue],
            )


def _whole(slot: Slot) -> Span:
    return slot.starts_at, slot.ends_at
