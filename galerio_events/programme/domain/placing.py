"""Where a session stands in the timetable, and how it is moved there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from galerio_events import clock
from galerio_events.programme.domain.rules import Frame
from galerio_events.programme.domain.values import SessionValues
from galerio_events.text import narrow

# In minutes: what a length may be, and how far the buttons move a session.
LONGEST = 2880
STEP = 15
# Farther away from the event than so many days, no time is meant.
_NEAR = 400


@dataclass(frozen=True, slots=True)
class Placement:
    """Day, time, length and room of a session (times in UTC), whether it is in the timetable, and whether it stays."""

    starts_at: datetime
    ends_at: datetime
    venue: str | None
    scheduled: bool = True
    locked: bool = False

    @property
    def length(self) -> timedelta:
        return self.ends_at - self.starts_at

    def later(self, minutes: int) -> "Placement":
        """The same, so many minutes later; earlier where they are negative."""
        by = timedelta(minutes=minutes)
        return replace(self, starts_at=self.starts_at + by, ends_at=self.ends_at + by)


class PlaceProblem(StrEnum):
    """What is wrong with what somebody entered for the place of a session."""

    DAY_INVALID = "day_invalid"
    START_INVALID = "start_invalid"
    START_OUTSIDE = "start_outside"
    START_UNCLEAR = "start_unclear"
    START_NEVER = "start_never"
    END_OUTSIDE = "end_outside"
    LENGTH_INVALID = "length_invalid"
    VENUE_UNKNOWN = "venue_unknown"


@dataclass(frozen=True, slots=True)
class Reading:
    """What was entered means: a placement, or by field what is wrong with it.

    `questions` are the instants between which there is a choice, where the clocks change at the time that was entered.
    """

    placement: Placement | None
    problems: Mapping[str, PlaceProblem]
    questions: tuple[datetime, ...] = ()


def placement_of(values: SessionValues) -> Placement:
    """Where the session stands."""
    return Placement(values.starts_at, values.ends_at, values.venue, values.scheduled, values.locked)


def placed(values: SessionValues, at: Placement) -> SessionValues:
    """The session, standing there."""
    return replace(
        values, starts_at=at.starts_at, ends_at=at.ends_at, venue=at.venue, scheduled=at.scheduled, locked=at.locked
    )


def moves_what_is_locked(before: Placement, after: Placement) -> bool:
    """Whether a session that is locked and stays so would be moved."""
    return before.locked and after.locked and before != after


def on_top(base: Placement, mine: Placement, stored: Placement) -> Placement:
    """The stored placement with what was changed between `base` and `mine`: start, length, venue and so on by itself.

    So what two people have changed about different things comes together.
    """
    starts_at = stored.starts_at if mine.starts_at == base.starts_at else mine.starts_at
    length = stored.length if mine.length == base.length else mine.length
    return Placement(
        starts_at,
        starts_at + length,
        stored.venue if mine.venue == base.venue else mine.venue,
        stored.scheduled if mine.scheduled == base.scheduled else mine.scheduled,
        stored.locked if mine.locked == base.locked else mine.locked,
    )


def days_of(frame: Frame) -> list[date]:
    """The days of the event in order."""
    return [frame.starts_on + timedelta(days=i) for i in range((frame.ends_on - frame.starts_on).days + 1)]


def day_begins(day: date, frame: Frame) -> datetime:
    """The instant at which that day of the programme begins; the first one that the clocks call so."""
    return clock.candidates(datetime.combine(day, frame.day_starts_at), frame.timezone)[0]


def wall_time(day: date, hour: int, minute: int, frame: Frame) -> datetime:
    """What clocks and calendar show (naive) at that time of that day of the programme.

    A time before the one at which days begin belongs to the night after the day.
    """
    wall = datetime.combine(day, time(hour, minute))
    return wall if wall.time() >= frame.day_starts_at else wall + timedelta(days=1)


def clock_changes(day: date, frame: Frame) -> list[tuple[int, int]]:
    """How the minutes of a day of the programme are called: (minutes since it began, since midnight on a clock).

    The first entry is for its beginning; another one stands wherever the clocks change. Between two entries both count
    alike, midnight beginning anew after 1440.
    """
    begins, ends = day_begins(day, frame), day_begins(day + timedelta(days=1), frame)
    found: list[tuple[int, int]] = []
    at, known = begins, None
    while at < ends:
        local = clock.in_zone(at, frame.timezone)
        offset = local.utcoffset()
        if offset != known:
            found.append((minutes_between(begins, at), local.hour * 60 + local.minute))
        known = offset
        at += timedelta(minutes=15)
    return found


def minutes_between(first: datetime, second: datetime) -> int:
    """Whole minutes from one instant to another."""
    return round((second - first).total_seconds() / 60)


def read(sent: Mapping[str, str], stored: Placement, frame: Frame, venues: Sequence[str]) -> Reading:
    """What a form means by `day`, `start` and `minutes`, or a script by the instants `starts_at` and `ends_at`.

    `venue`, `scheduled` and `locked` go with them. Where clocks show the time twice or never, `meant` says which
    instant it is.
    """
    problems: dict[str, PlaceProblem] = {}
    questions: tuple[datetime, ...] = ()
    if "starts_at" in sent:
        starts_at, ends_at = _instant(sent["starts_at"]), _instant(sent.get("ends_at", ""))
        if starts_at is None:
            problems["start"] = PlaceProblem.START_INVALID
        elif not _near(starts_at, frame):
            problems["start"] = PlaceProblem.START_OUTSIDE
        elif ends_at is None:
            problems["minutes"] = PlaceProblem.LENGTH_INVALID
        elif not _near(ends_at, frame):
            problems["minutes"] = PlaceProblem.END_OUTSIDE
    else:
        starts_at, questions = _start(sent, stored, frame, problems)
        length = _number(sent.get("minutes", ""), LONGEST)
        if not length:
            problems["minutes"] = PlaceProblem.LENGTH_INVALID
        ends_at = starts_at + timedelta(minutes=length) if starts_at and length else None
    venue = sent.get("venue") or None
    if venue is not None and venue not in venues:
        problems["venue"] = PlaceProblem.VENUE_UNKNOWN
    if starts_at is None or ends_at is None or problems:
        return Reading(None, problems, questions)
    scheduled, locked = sent.get("scheduled") == "1", sent.get("locked") == "1"
    return Reading(Placement(starts_at, ends_at, venue, scheduled, locked), {}, questions)


def _start(
    sent: Mapping[str, str], stored: Placement, frame: Frame, problems: dict[str, PlaceProblem]
) -> tuple[datetime | None, tuple[datetime, ...]]:
    day = _day(sent.get("day", ""), frame)
    if day is None:
        problems["day"] = PlaceProblem.DAY_INVALID
    hour, colon, minute = narrow(sent.get("start", "")).partition(":")
    at = (_number(hour, 23), _number(minute[:2], 59))
    if not colon or at[0] is None or at[1] is None:
        problems["start"] = PlaceProblem.START_INVALID
        return None, ()
    if day is None:
        return None, ()
    wall = wall_time(day, at[0], at[1], frame)
    choice = clock.candidates(wall, frame.timezone)
    if len(choice) == 1:
        return choice[0], ()
    named = sent.get("meant", "")
    meant = [moment for moment in choice if named == clock.to_text(moment)]
    if not meant:
        meant = [moment for moment in choice if not named and moment == stored.starts_at]
    if not meant:
        never = clock.never_shown(wall, frame.timezone)
        problems["start"] = PlaceProblem.START_NEVER if never else PlaceProblem.START_UNCLEAR
        return None, choice
    return meant[0], choice


def _day(text: str, frame: Frame) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if frame.starts_on <= day <= frame.ends_on else None


def _instant(text: str) -> datetime | None:
    try:
        return clock.from_text(text)
    except (ValueError, OverflowError):
        return None


def _near(moment: datetime, frame: Frame) -> bool:
    lasts = (frame.ends_on - frame.starts_on).days
    return abs((moment.date() - frame.starts_on).days) <= _NEAR + lasts


def _number(text: str, most: int) -> int | None:
    text = narrow(text)
    if not (text.isascii() and text.isdecimal() and len(text) <= 4):
        return None
    return int(text) if int(text) <= most else None
