"""Dates, times and lengths as people and other programs write them."""

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta, timezone

from galerio_events import clock
from galerio_events.programme.domain.incoming import Told

YEARS = range(1970, 2200)
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:\s*\(?[月火水木金土日]\)?)?", re.ASCII)
_DATE_DAY_FIRST = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)
_TIME = re.compile(
    r"(\d{1,2})(?:[:時](\d{1,2})?分?)(?::(\d{2})(?:[.,]\d{1,9})?)?\s*([ap]m?)?"
    r"\s*(z|utc|[+-]\d{2}:?\d{2})?",
    re.ASCII | re.IGNORECASE,
)
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


def read_date(text: str) -> date | None:
    """The date, or None."""
    text = _folded(text)
    found = _DATE.fullmatch(text)
    year, month, day = found.groups() if found else (None, None, None)
    if not found and (found := _DATE_DAY_FIRST.fullmatch(text)):
        day, month, year = found.groups()
    try:
        made = date(int(year or 0), int(month or 0), int(day or 0))
    except ValueError:
        return None
    return made if made.year in YEARS else None


def read_time(text: str) -> tuple[time, timezone | None] | None:
    """The time of day and its offset, where it has one; `24:00` is no time of day."""
    found = _TIME.fullmatch(_folded(text))
    if not found:
        return None
    hours, minutes, seconds, half, offset = found.groups()
    hour = int(hours)
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half.lower().startswith("p") else 0)
    try:
        return time(hour, int(minutes or 0), int(seconds or 0)), _offset(offset)
    except ValueError:
        return None


def read_moment(text: str, zone: str) -> tuple[datetime, bool]:
    """The instant of a date and time, and whether the text says its offset itself; without one, it is the zone's clock.

    Raises `Unclear`.
    """
    folded = _folded(text)
    parts = re.fullmatch(r"(.+?)(?:[T\s]+|(?<=日))(\S.*)", folded, re.IGNORECASE)
    day = read_date(parts[1]) if parts else None
    given = read_time(parts[2]) if parts else None
    if day is None or given is None:
        raise Unclear(Told.BAD_TIME, value=text[:60])
    return at(day, given[0], zone, given[1]), given[1] is not None


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
    text = _folded(text)
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
    hours, minutes = int(text[1:3]), int(text[-2:])
    if hours > 23 or minutes > 59:
        raise ValueError(text)
    length = timedelta(hours=hours, minutes=minutes)
    return timezone(-length if text[0] == "-" else length)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()[:80]
