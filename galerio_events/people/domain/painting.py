"""When somebody can take part, painted on a calendar: the half hours of the event's days on the clocks of one zone.

A half hour is named by the instant at which it begins. On a day on which the clocks go back, one time of day stands
there twice; where they go forward, one is missing.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from galerio_events import clock
from galerio_events.people.domain import Span, united

STEP = timedelta(minutes=30)
# A calendar of more days than that would be too long to be painted.
MOST_DAYS = 31


class Covered(StrEnum):
    """How much of a half hour somebody can take part in."""

    WHOLE = "whole"
    PARTLY = "partly"
    NOT = "not"


@dataclass(frozen=True, slots=True)
class Cell:
    """A half hour: when it begins (UTC), how much of it is covered, and whether the programme has sessions in it."""

    starts_at: datetime
    covered: Covered
    busy: bool = False

    @property
    def name(self) -> str:
        """What it is called in forms."""
        return clock.to_text(self.starts_at)


@dataclass(frozen=True, slots=True)
class Line:
    """The half hours that begin at one time of day; None on the days that do not have it.

    `again` is whether it is the second of two times of day that look alike.
    """

    time: str
    again: bool
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days from left to right, times of day from above."""

    days: tuple[date, ...]
    lines: tuple[Line, ...]

    @property
    def cells(self) -> Iterator[Cell]:
        """All of them, line by line."""
        return (cell for line in self.lines for cell in line.cells if cell is not None)


def half_hours(starts_at: datetime, ends_at: datetime) -> tuple[datetime, ...]:
    """When each half hour begins from `starts_at` on that ends by `ends_at`."""
    number = (min(ends_at, starts_at + timedelta(days=MOST_DAYS)) - starts_at) // STEP
    return tuple(starts_at + step * STEP for step in range(number))


def calendar(
    starts_at: datetime,
    ends_at: datetime,
    zone_name: str,
    spans: Collection[Span],
    busy: Iterable[tuple[datetime, datetime]] = (),
) -> Calendar:
    """The half hours from `starts_at` to `ends_at` as that zone's clocks show them, with what the intervals cover."""
    taken = united(Span(*each) for each in busy)
    free = united(spans)
    found: dict[tuple[str, bool], dict[date, Cell]] = {}
    days: list[date] = []
    for begin in half_hours(starts_at, ends_at):
        local = clock.in_zone(begin, zone_name)
        if not days or days[-1] != local.date():
            days.append(local.date())
        slot = (f"{local:%H:%M}", bool(local.fold))
        cell = Cell(begin, _covered(begin, free), _covered(begin, taken) is not Covered.NOT)
        found.setdefault(slot, {})[local.date()] = cell
    return Calendar(
        tuple(days),
        tuple(
            Line(time, again, tuple(cells.get(day) for day in days)) for (time, again), cells in sorted(found.items())
        ),
    )


def painted(spans: Sequence[Span], shown: Calendar, chosen: Collection[str]) -> tuple[Span, ...]:
    """The intervals once the half hours of those names, and no others of the calendar, are covered.

    What the calendar does not show stays; so does a half hour that is covered in part and was left alone.
    """
    before = {cell.name for cell in shown.cells if cell.covered is Covered.WHOLE}
    now = {cell.name for cell in shown.cells if cell.name in chosen}
    made = united([*spans, *(_span(name) for name in now - before)])
    for name in before - now:
        made = tuple(piece for span in made for piece in _without(span, _span(name)))
    return made


def _span(name: str) -> Span:
    begin = clock.from_text(name)
    return Span(begin, begin + STEP)


def _without(span: Span, hole: Span) -> Iterator[Span]:
    if hole.ends_at <= span.starts_at or span.ends_at <= hole.starts_at:
        yield span
        return
    if span.starts_at < hole.starts_at:
        yield Span(span.starts_at, hole.starts_at)
    if hole.ends_at < span.ends_at:
        yield Span(hole.ends_at, span.ends_at)


def _covered(begin: datetime, spans: Sequence[Span]) -> Covered:
    end = begin + STEP
    for span in spans:
        if span.starts_at <= begin and end <= span.ends_at:
            return Covered.WHOLE
        if span.starts_at < end and begin < span.ends_at:
            return Covered.PARTLY
    return Covered.NOT
