"""Half-open intervals of time: what is covered by others, and when a venue is open."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time

from galerio_events import clock
from galerio_events.programme.domain.conflicts.values import Span

# A venue's hours are looked up day by day for that long from the start of a session; what lasts longer is outside.
_MOST_DAYS = 40


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same times as intervals in order that neither overlap nor touch."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            if end > found[-1][1]:
                found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return tuple(found)


def uncovered(starts_at: datetime, ends_at: datetime, cover: Sequence[Span]) -> tuple[Span, ...]:
    """The parts of the interval that no interval of `cover` (as `merged` makes it) has."""
    if len(cover) < 9:
        # As a rule one of few has it whole.
        for start, end in cover:
            if start <= starts_at and ends_at <= end:
                return ()
    at = max(bisect_right(cover, starts_at, key=_start) - 1, 0)
    left: list[Span] = []
    for start, end in cover[at:]:
        if start >= ends_at:
            break
        if start > starts_at:
            left.append((starts_at, start))
        starts_at = max(starts_at, end)
        if starts_at >= ends_at:
            return tuple(left)
    return (*left, (starts_at, ends_at))


def _start(span: Span) -> datetime:
    return span[0]


class OpeningHours:
    """When venues are open, worked out once for all sessions of the same days."""

    def __init__(self, zone_name: str) -> None:
        self._zone = zone_name
        self._open: dict[tuple[tuple[time, time], int, int], tuple[Span, ...]] = {}

    def closed(self, starts_at: datetime, ends_at: datetime, hours: tuple[time, time]) -> tuple[Span, ...]:
        """The parts of the interval at which a venue with those hours is closed."""
        # The local date is at most one day off the one in UTC, and hours can reach into the day after.
        first = starts_at.toordinal() - 2
        last = min(ends_at.toordinal() + 1, first + _MOST_DAYS)
        key = (hours, first, last)
        if key not in self._open:
            days = range(max(first, date.min.toordinal() + 2), min(last, date.max.toordinal() - 2) + 1)
            self._open[key] = merged(self._on(date.fromordinal(day), hours) for day in days)
        return uncovered(starts_at, ends_at, self._open[key])

    def _on(self, day: date, hours: tuple[time, time]) -> Span:
        opens, closes = hours
        closing_day = day if closes > opens else date.fromordinal(day.toordinal() + 1)
        return (
            clock.candidates(datetime.combine(day, opens), self._zone)[0],
            clock.candidates(datetime.combine(closing_day, closes), self._zone)[-1],
        )


def utc_bounds(zone_name: str, starts_on: date, ends_on: date, day_starts_at: time) -> Span:
    """Instants between which everything certainly lies within those days, whatever clocks do where the days begin.

    The first can be after the second.
    """
    begin = clock.candidates(datetime.combine(starts_on, day_starts_at), zone_name)[-1]
    after = ends_on.toordinal() + 1
    if after >= date.max.toordinal():
        return begin, datetime.min.replace(tzinfo=UTC)
    return begin, clock.candidates(datetime.combine(date.fromordinal(after), day_starts_at), zone_name)[0]
