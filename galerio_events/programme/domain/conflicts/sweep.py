"""What overlaps and what follows too closely, of sessions that share a venue or a person: one pass, not all pairs.

Intervals are half-open: what ends at 17:00 does not meet what begins at 17:00. Every function takes slots in the order
of `in_order`.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from galerio_events.programme.domain.conflicts.spans import merged
from galerio_events.programme.domain.conflicts.values import Slot, Span

# A cluster of sessions with more overlapping pairs than this for each session is told as one.
CROWD = 4


def in_order(slot: Slot) -> tuple[datetime, datetime, str]:
    """By start, end and key."""
    return slot.starts_at, slot.ends_at, slot.key


def apart(slots: Sequence[Slot], least: timedelta) -> bool:
    """Whether each begins at least so long after all before it have ended: there is nothing to tell of them."""
    latest = slots[0].ends_at
    for slot in slots[1:]:
        if slot.starts_at - latest < least:
            return False
        latest = max(latest, slot.ends_at)
    return True


def overlaps(slots: Sequence[Slot]) -> Iterator[tuple[tuple[Slot, ...], tuple[Span, ...]]]:
    """Which sessions run at the same time, and when.

    Sessions that hang together by overlaps are a cluster. A cluster is told pair by pair, each with its overlap. Where
    that would be more than `CROWD` pairs for each of its sessions (ten or more at once), it is told as one, with all
    the times at which at least two of them run: what is told never grows faster than the number of sessions.
    """
    begin = 0
    latest: datetime | None = None
    for i, slot in enumerate(slots):
        if latest is None or slot.starts_at >= latest:
            if i - begin > 1:
                yield from _cluster(slots[begin:i])
            begin, latest = i, slot.ends_at
        elif slot.ends_at > latest:
            latest = slot.ends_at
    if len(slots) - begin > 1:
        yield from _cluster(slots[begin:])


def _cluster(slots: Sequence[Slot]) -> Iterator[tuple[tuple[Slot, ...], tuple[Span, ...]]]:
    if _pairs(slots) > CROWD * len(slots):
        yield tuple(slots), _shared(slots)
        return
    running: list[Slot] = []
    for slot in slots:
        running = [other for other in running if other.ends_at > slot.starts_at]
        for other in running:
            yield (other, slot), ((slot.starts_at, min(other.ends_at, slot.ends_at)),)
        running.append(slot)


def _pairs(slots: Sequence[Slot]) -> int:
    """How many pairs overlap, without looking at each of them."""
    ends = sorted(slot.ends_at for slot in slots)
    pairs = over = 0
    for i, slot in enumerate(slots):
        while ends[over] <= slot.starts_at:
            over += 1
        pairs += i - over
    return pairs


def _shared(slots: Sequence[Slot]) -> tuple[Span, ...]:
    """The times at which at least two of them run."""
    latest = slots[0].ends_at
    found: list[Span] = []
    for slot in slots[1:]:
        if slot.starts_at < latest:
            found.append((slot.starts_at, min(latest, slot.ends_at)))
        latest = max(latest, slot.ends_at)
    return merged(found)


def changeovers(
    slots: Sequence[Slot], least: timedelta, counts: Callable[[Slot, Slot], bool]
) -> Iterator[tuple[Slot, Slot]]:
    """The session before and the one after each pause shorter than `least`.

    A pause is told once: between what ended last and what begins first. `counts` says whether a change from the one to
    the other needs any time.
    """
    before: Slot | None = None
    for slot in slots:
        if before is None:
            before = slot
            continue
        if before.ends_at <= slot.starts_at < before.ends_at + least and counts(before, slot):
            yield before, slot
        if slot.ends_at >= before.ends_at:
            before = slot
