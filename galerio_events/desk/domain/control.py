"""How an event stands on its day: what is on, what is late, and who is not here yet. Nothing here reads a clock."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from galerio_events.live.domain import LiveState
from galerio_events.programme.domain import SessionKind

# So long before the beginning the people of a session are expected, and so long before it is pressing that they come.
EXPECTED = timedelta(minutes=30)
PRESSING = timedelta(minutes=10)
# A minute is nothing yet; from so many seconds on a delay is a bad one.
_NOTICED, _BAD = 60, 300


class Course(StrEnum):
    """What becomes of a session, by its hours and by live mode."""

    AHEAD = "ahead"
    NOT_STARTED = "not_started"
    UNATTENDED = "unattended"
    RUNNING = "running"
    FINISHED = "finished"


class Alarm(StrEnum):
    """How much something wants looking after."""

    NONE = "none"
    SOME = "some"
    MUCH = "much"


class Lull(StrEnum):
    """Why nothing is on."""

    EMPTY = "empty"
    BEFORE = "before"
    BETWEEN = "between"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Progress:
    """How a session goes. `late` is by how many seconds: it should have begun so long ago, or what comes next in it is
    so much later than planned (earlier: below 0). `over` is by how many seconds its expected end is past its slot."""

    course: Course
    late: int = 0
    over: int = 0

    @property
    def alarm(self) -> Alarm:
        """How much it wants looking after: a late start at once, a slip where it is more than a minute."""
        if self.course is Course.NOT_STARTED:
            return Alarm.MUCH if self.late >= _BAD else Alarm.SOME
        if self.course is not Course.RUNNING or max(self.late, self.over) < _NOTICED:
            return Alarm.NONE
        return Alarm.MUCH if max(self.late, self.over) >= _BAD else Alarm.SOME


def progress(
    kind: SessionKind,
    span: tuple[datetime, datetime],
    state: LiveState,
    *,
    slip: int,
    expected_end: datetime,
    now: datetime,
) -> Progress:
    """How a session of that kind goes that is planned for that span; `slip` and `expected_end` are those of live mode.

    Nobody starts a break, so it is never late.
    """
    starts_at, ends_at = span
    over = max(0, int((expected_end - ends_at).total_seconds()))
    if state is LiveState.FINISHED:
        return Progress(Course.FINISHED, slip)
    if state is LiveState.RUNNING:
        return Progress(Course.RUNNING, slip, over)
    if now < starts_at:
        return Progress(Course.AHEAD)
    if kind is SessionKind.BREAK:
        return Progress(Course.UNATTENDED)
    return Progress(Course.NOT_STARTED, int((now - starts_at).total_seconds()))


def missing_alarm(starts_at: datetime, *, course: Course, missing: int, now: datetime) -> Alarm:
    """How much it wants looking after that so many people of a session are not here yet."""
    if not missing or course is Course.FINISHED or now < starts_at - EXPECTED:
        return Alarm.NONE
    return Alarm.MUCH if now >= starts_at - PRESSING else Alarm.SOME


def lull(first: datetime | None, last: datetime | None, *, on: Collection[object], now: datetime) -> Lull | None:
    """Why nothing is on; None where something is. `first` and `last` are the beginning of the first session and the end
    of the last one, None where nothing is scheduled."""
    if on:
        return None
    if first is None or last is None:
        return Lull.EMPTY
    return Lull.BEFORE if now < first else Lull.AFTER if now >= last else Lull.BETWEEN


def is_here(number: int) -> bool:
    """Whether somebody is here whose presence in a session was marked that often: every mark is the opposite of the
    one before it, and the first one says that they have come."""
    return number % 2 == 1
