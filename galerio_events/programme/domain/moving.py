"""What becomes of the sessions when the zone or the days of their event change."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from galerio_events import clock
from galerio_events.errors import DomainError
from galerio_events.programme.domain.rules import Frame


class Keeping(StrEnum):
    """What sessions keep when their event gets another zone: what the clock on the wall shows, or the moment."""

    CLOCK = "clock"
    MOMENT = "moment"


class Obstacle(StrEnum):
    """Why a session cannot go along."""

    OUTSIDE = "outside"
    SKIPPED = "skipped"
    TWICE = "twice"
    REVERSED = "reversed"


@dataclass(frozen=True, slots=True)
class Timed:
    """A session's times; `fixed` where it has a place in the programme, so that its times have to be good."""

    key: str
    starts_at: datetime
    ends_at: datetime
    fixed: bool = True


@dataclass(frozen=True, slots=True)
class Move:
    """The new times by key of the sessions that move, and what keeps others (or the same) from it, by key."""

    times: Mapping[str, tuple[datetime, datetime]]
    obstacles: Mapping[str, Obstacle]


class MoveRefused(DomainError):
    """Sessions that cannot go along; nothing was written."""

    def __init__(self, obstacles: Mapping[str, Obstacle]) -> None:
        self.obstacles = obstacles
        super().__init__(", ".join(f"{key}: {why}" for key, why in obstacles.items()))


def move(before: Frame, after: Frame, sessions: Iterable[Timed], *, keeping: Keeping, days: int = 0) -> Move:
    """Where the sessions go when the frame changes; they also move by so many days on their clock.

    One without a place in the programme goes along as well as it can: where its times would lie outside the days, or
    mean nothing or two moments, it is laid at the beginning of the first day, as long as it was.
    """
    times: dict[str, tuple[datetime, datetime]] = {}
    obstacles: dict[str, Obstacle] = {}
    zone = after.timezone if keeping is Keeping.CLOCK else before.timezone
    for session in sessions:
        span = (session.starts_at, session.ends_at)
        why: Obstacle | None = None
        if days or zone != before.timezone:
            try:
                span = (
                    _moved(session.starts_at, before.timezone, zone, days),
                    _moved(session.ends_at, before.timezone, zone, days),
                )
            except (clock.NonexistentTime, OverflowError):
                why = Obstacle.SKIPPED
            except clock.AmbiguousTime:
                why = Obstacle.TWICE
        if why is None and span[1] <= span[0]:
            why = Obstacle.REVERSED
        if why is None and not after.holds(*span):
            why = Obstacle.OUTSIDE
        if why is not None and session.fixed:
            obstacles[session.key] = why
            continue
        if why is not None:
            begins = clock.candidates(datetime.combine(after.starts_on, after.day_starts_at), after.timezone)[0]
            span = (begins, begins + (session.ends_at - session.starts_at))
        if span != (session.starts_at, session.ends_at):
            times[session.key] = span
    return Move(times, obstacles)


@dataclass(frozen=True, slots=True)
class Free:
    """A time at which a person can take part; `id` is that of its row, `person` their key."""

    id: int
    person: str
    starts_at: datetime
    ends_at: datetime


def moved_along(
    before: Frame, after: Frame, times: Iterable[Free], *, keeping: Keeping, days: int = 0
) -> dict[int, tuple[datetime, datetime]]:
    """The new times by id, where people's times go along with the sessions as `move` takes them. One that would mean
    nothing or two moments, because the clocks change, stays what it is."""
    zone = after.timezone if keeping is Keeping.CLOCK else before.timezone
    if not days and zone == before.timezone:
        return {}
    moved = {}
    for free in times:
        try:
            starts_at, ends_at = (_moved(at, before.timezone, zone, days) for at in (free.starts_at, free.ends_at))
        except (clock.NonexistentTime, clock.AmbiguousTime, OverflowError):
            continue
        if starts_at < ends_at and (starts_at, ends_at) != (free.starts_at, free.ends_at):
            moved[free.id] = (starts_at, ends_at)
    return moved


def people_outside(frame: Frame, times: Iterable[Free]) -> frozenset[str]:
    """The keys of those who have named a time that lies wholly before or after the days of the event."""
    begins, ends = (
        clock.candidates(datetime.combine(day, frame.day_starts_at), frame.timezone)[0]
        for day in (frame.starts_on, frame.ends_on + timedelta(days=1))
    )
    return frozenset(free.person for free in times if free.ends_at <= begins or free.starts_at >= ends)


def _moved(moment: datetime, zone: str, new_zone: str, days: int) -> datetime:
    wall = clock.in_zone(moment, zone).replace(tzinfo=None, fold=0) + timedelta(days=days)
    return clock.from_wall(wall, new_zone)
