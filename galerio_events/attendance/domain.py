"""Presence (an interval somebody was there) and what it sums up to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class PresenceSource(StrEnum):
    CHECK_IN = "check_in"
    JOIN_LINK = "join_link"
    REPORT = "report"
    BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """Half-open: `start` belongs to it, `end` does not. Both are aware. Raises `ValueError` where it ends before it
    starts; it may be empty."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"leaves at {self.end.isoformat()}, before joining at {self.start.isoformat()}")

    @property
    def length(self) -> timedelta:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Stay:
    """That a registrant was in a session during an interval, and how that is known."""

    registration_id: int
    session_id: int
    interval: Interval
    source: PresenceSource


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of stays that were handed in: new ones, ones now known to have ended later, and known ones."""

    added: int = 0
    extended: int = 0
    known: int = 0


def union(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """The instants that lie in any of the intervals, as the fewest disjoint intervals, in order.

    Intervals that only touch become one; empty ones vanish.
    """
    merged: list[Interval] = []
    for interval in sorted(i for i in intervals if i.start < i.end):
        if merged and interval.start <= merged[-1].end:
            if interval.end > merged[-1].end:
                merged[-1] = Interval(merged[-1].start, interval.end)
        else:
            merged.append(interval)
    return tuple(merged)


def seconds(intervals: Iterable[Interval]) -> int:
    """How many whole seconds the union of the intervals lasts; an instant counts once, however often it is covered."""
    return int(sum((i.length for i in union(intervals)), timedelta()).total_seconds())
