"""Time. Instants are aware datetimes in UTC; wall-clock times are naive and only mean something with a zone.

This is the only module that touches `zoneinfo`.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones


class UnknownZone(ValueError):
    """The name is not an IANA time zone."""


class NonexistentTime(ValueError):
    """The wall-clock time is skipped in that zone (the clocks go forward over it)."""


class AmbiguousTime(ValueError):
    """The wall-clock time happens twice in that zone (the clocks go back over it)."""

    def __init__(self, earlier: datetime, later: datetime) -> None:
        super().__init__(f"{earlier.isoformat()} or {later.isoformat()}")
        self.earlier = earlier
        self.later = later


def utc_now() -> datetime:
    """The present instant in UTC, to the second; only views, the command line and workers ask for it."""
    return datetime.now(UTC).replace(microsecond=0)


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """Every IANA zone name, older ones (`Japan`, `EST5EDT`, `US/Pacific`) among them."""
    return frozenset(available_timezones() - {"Factory", "localtime"})


@lru_cache(maxsize=1)
def listed_zone_names() -> frozenset[str]:
    """The names that a list to choose from has: those of places, and UTC."""
    return frozenset(name for name in zone_names() if "/" in name or name == "UTC")


@lru_cache(maxsize=1)
def _names_by_spelling() -> dict[str, str]:
    return {name.lower(): name for name in zone_names()}


def zone_name(text: str) -> str:
    """The IANA name as it is spelt, for a name in any mixture of capitals and small letters. Raises `UnknownZone`."""
    try:
        return _names_by_spelling()[text.lower()]
    except KeyError:
        raise UnknownZone(text) from None


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """The zone of that IANA name. Raises `UnknownZone`, also for names that look like paths."""
    if name not in zone_names():
        raise UnknownZone(name)
    return ZoneInfo(name)


def require_utc(moment: datetime) -> datetime:
    """`moment` in UTC. Raises `ValueError` where it is naive."""
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    return moment.astimezone(UTC)


def from_wall(wall: datetime, zone_name: str) -> datetime:
    """The instant in UTC at which a clock in the zone shows `wall` (naive).

    Raises `NonexistentTime` in the gap and `AmbiguousTime` in the fold of a daylight-saving change, so that whoever
    typed the time is asked and nobody guesses.
    """
    if wall.tzinfo is not None:
        raise ValueError("a wall-clock time has no zone of its own")
    there = zone(zone_name)
    first = wall.replace(tzinfo=there, fold=0)
    second = wall.replace(tzinfo=there, fold=1)
    earlier, later = first.astimezone(UTC), second.astimezone(UTC)
    if earlier.astimezone(there).replace(tzinfo=None) != wall:
        raise NonexistentTime(wall.isoformat(timespec="minutes"))
    if earlier != later:
        raise AmbiguousTime(first, second)
    return earlier


def candidates(wall: datetime, zone_name: str) -> tuple[datetime, ...]:
    """The instants in UTC that a person who types `wall` (naive) can mean, the earlier first.

    One as a rule. In a fold the two at which a clock in the zone shows `wall`; in a gap, where no clock does, what the
    clocks before and after the change would call so.
    """
    if wall.tzinfo is not None:
        raise ValueError("a wall-clock time has no zone of its own")
    there = zone(zone_name)
    return tuple(sorted({wall.replace(tzinfo=there, fold=fold).astimezone(UTC) for fold in (0, 1)}))


def never_shown(wall: datetime, zone_name: str) -> bool:
    """Whether clocks in the zone go forward over `wall` (naive), so that none of them ever shows it."""
    return all(in_zone(moment, zone_name).replace(tzinfo=None) != wall for moment in candidates(wall, zone_name))


def in_zone(moment: datetime, zone_name: str) -> datetime:
    """The same instant on a clock of that zone."""
    return require_utc(moment).astimezone(zone(zone_name))


def programme_day(moment: datetime, zone_name: str, day_starts_at: time = time(0)) -> date:
    """The day of the programme an instant belongs to, where days begin at `day_starts_at` local time."""
    local = in_zone(moment, zone_name)
    return local.date() if local.time() >= day_starts_at else local.date() - timedelta(days=1)


@lru_cache(maxsize=4096)
def offset_label(moment: datetime, zone_name: str) -> str:
    """`UTC+9`, `UTC−3:30`: the offset in force at that instant."""
    return offset_text(in_zone(moment, zone_name))


def happens_twice(local: datetime) -> bool:
    """Whether clocks of its zone show the time of that instant twice."""
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def offset_text(local: datetime) -> str:
    """As `offset_label`, of an instant on the clock of a zone."""
    seconds = int((local.utcoffset() or timedelta()).total_seconds())
    sign = "+" if seconds >= 0 else "−"
    hours, minutes = divmod(abs(seconds) // 60, 60)
    return f"UTC{sign}{hours}" + (f":{minutes:02}" if minutes else "")


def to_text(moment: datetime) -> str:
    """RFC 3339 in UTC with a `Z`, to the second."""
    return require_utc(moment).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


@lru_cache(maxsize=4096)
def from_text(text: str) -> datetime:
    """The instant that `to_text` wrote. Raises `ValueError` for anything else."""
    moment = datetime.fromisoformat(text)
    if to_text(moment) != text:
        raise ValueError(f"{text} is not written as YYYY-MM-DDThh:mm:ssZ")
    return moment
