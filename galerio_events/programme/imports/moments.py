"""Times of day, moments and lengths as people and other programs write them."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone

from galerio_events import clock
from galerio_events.programme.domain.incoming import Told
from galerio_events.programme.imports.dates import DayOrder, folded, read_date, two_readings

_TIME = re.compile(
    r"(?P<before>午前|午後|[ap]\.?m\.?)?\s*(?P<hour>\d{1,2})"
    r"(?::(?P<minute>\d{1,2})(?::(?P<second>\d{2})(?:[.,]\d{1,9})?)?|(?P<oclock>時)(?:(?P<past>\d{1,2})分?|(?P<thirty>半))?)?"
    r"\s*(?P<after>[ap]\.?(?:m\.?)?)?\s*(?P<offset>z|utc|jst|[+-]\d{2}:?\d{2})?",
    re.ASCII | re.IGNORECASE,
)
# What may stand between a date and a time of day.
_BETWEEN = re.compile(r",?\s+|T|(?<=[日)])", re.IGNORECASE)
_CLOCK = re.compile(r"(\d{1,4}):(\d{1,2})(?::(\d{1,2}))?", re.ASCII)
_ISO_LENGTH = re.compile(
    r"P(?:(\d{1,3})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,6})S)?)?", re.ASCII | re.IGNORECASE
)
_WORDS = re.compile(
    r"(?:(\d{1,3})\s*(?:h|hours?|hrs?|時間))?\s*(?:(\d{1,4})\s*(?:m|min|mins|minutes?|分)?\.?)?",
    re.ASCII | re.IGNORECASE,
)


class Unclear(ValueError):
    """A time that cannot be used, and why."""

    def __init__(self, told: Told, **details: str) -> None:
        super().__init__(told)
        self.told = told
        self.details = details


def read_time(text: str) -> tuple[time, timezone | None] | None:
    """The time of day and its offset, where it has one; `24:00` is no time of day."""
    found = _TIME.fullmatch(folded(text))
    if not found or (found["before"] and found["after"]):
        return None
    half = found["before"] or found["after"]
    minute = 30 if found["thirty"] else int(found["minute"] or found["past"] or 0)
    if not (half or found["minute"] or found["oclock"]):
        return None
    hour = int(found["hour"])
    if half:
        read = _of_half(hour, minute, half)
        if read is None:
            return None
        hour = read
    try:
        return time(hour, minute, int(found["second"] or 0)), _offset(found["offset"])
    except ValueError:
        return None


def _of_half(hour: int, minute: int, half: str) -> int | None:
    """The hour of the day out of that of its half.

    In English noon is 12 p.m.; in Japanese it is 午後0時, and 午前12時 and 午後12時 do not mean the same to everybody.
    """
    afternoon = half == "午後" or half.lower().startswith("p")
    if half in {"午前", "午後"}:
        if hour > 12 or (hour == 12 and not (afternoon and minute)):
            return None
    elif not 1 <= hour <= 12:
        return None
    return hour % 12 + (12 if afternoon else 0)


def read_moment(text: str, zone: str, order: DayOrder | None = None) -> tuple[datetime, bool]:
    """The instant of a date and time, and whether the text says its offset itself; without one, it is the zone's clock.

    Raises `Unclear`.
    """
    whole = folded(text)
    for between in _BETWEEN.finditer(whole):
        given = read_time(whole[between.end() :])
        if given is None:
            continue
        day = whole[: between.start()]
        if read_date(day, order) or two_readings(day):
            return at(day_of(day, order), given[0], zone, given[1]), given[1] is not None
    raise Unclear(Told.BAD_TIME, value=text[:60])


def day_of(text: str, order: DayOrder | None = None, *, told_as: str = "") -> date:
    """The date. Raises `Unclear`, with `told_as` or the text itself as what cannot be read."""
    if day := read_date(text, order):
        return day
    if both := two_readings(text):
        raise Unclear(Told.AMBIGUOUS_DATE, value=text[:60], **dict(zip(("one", "other"), map(str, both), strict=True)))
    raise Unclear(Told.BAD_TIME, value=(told_as or text)[:60])


def at(day: date, of_day: time, zone: str, offset: timezone | None = None) -> datetime:
    """The instant, in UTC, of a date and time on the zone's clock, or at that offset. Raises `Unclear`."""
    wall = datetime.combine(day, of_day)
    if offset is not None:
        return wall.replace(tzinfo=offset).astimezone(UTC)
    try:
        return clock.from_wall(wall, zone)
    except clock.NonexistentTime:
        raise Unclear(Told.SKIPPED_BY_CLOCKS, value=wall.isoformat(" ", "minutes"), zone=zone) from None
    except clock.AmbiguousTime as error:
        raise Unclear(
            Told.HAPPENS_TWICE,
            value=wall.isoformat(" ", "minutes"),
            zone=zone,
            earlier=error.earlier.isoformat(timespec="minutes"),
            later=error.later.isoformat(timespec="minutes"),
        ) from None


def read_length(text: str) -> timedelta | None:
    """How long something is: `1:30`, `01:30:00`, `90`, `PT1H30M`, `90 min`, `1時間30分`; None for anything else."""
    text = folded(text)
    if found := _CLOCK.fullmatch(text):
        hours, minutes, seconds = (int(part or 0) for part in found.groups())
        return timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if len(text) > 1 and (found := _ISO_LENGTH.fullmatch(text)):
        days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
        return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if text and (found := _WORDS.fullmatch(text)):
        return timedelta(hours=int(found[1] or 0), minutes=int(found[2] or 0))
    return None


def _offset(text: str | None) -> timezone | None:
    if not text:
        return None
    if text.lower() in {"z", "utc"}:
        return UTC
    if text.lower() == "jst":
        return timezone(timedelta(hours=9))
    hours, minutes = int(text[1:3]), int(text[-2:])
    if hours > 23 or minutes > 59:
        raise ValueError(text)
    length = timedelta(hours=hours, minutes=minutes)
    return timezone(-length if text[0] == "-" else length)
