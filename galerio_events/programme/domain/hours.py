"""What the clock shows where somebody is, and whether that is their night.

Where somebody is follows from the zone that is known of them, else from their country: CLDR's list of the zones of each
territory. Where a country has several, nobody can know in which of them somebody is: all of them are kept, and a share
of somebody is in each.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache

from babel.core import get_global

from galerio_events import clock, countries

# Local times, on every day: within the night people sleep; the edges are early or late.
NIGHT_BEGINS, NIGHT_ENDS = time(22), time(7)
EDGE_BEGINS, EDGE_ENDS = time(20), time(8)
# How much of a burden an hour at the edge is, measured by an hour of night.
EDGE_COUNTS = 0.25


class Band(StrEnum):
    """What a time of day is to whoever lives there, the better the earlier."""

    DAY = "day"
    EDGE = "edge"
    NIGHT = "night"


@dataclass(frozen=True, slots=True)
class Burden:
    """Which share of an interval is night, and which is at its edges: 0 to 1 each."""

    night: float
    edge: float

    @property
    def weight(self) -> float:
        """Both in one figure: 1 where all of it is night."""
        return self.night + EDGE_COUNTS * self.edge


@dataclass(frozen=True, slots=True)
class LocalTimes:
    """What clocks show at one instant in the zones in which somebody may be: the earliest and the latest of them, as
    naive wall-clock times, and the bands that they are in, best first."""

    first: datetime
    last: datetime
    bands: tuple[Band, ...]

    @property
    def worst(self) -> Band:
        return self.bands[-1]

    @property
    def sure(self) -> bool:
        """Whether it is the same band wherever in the country somebody is."""
        return len(self.bands) == 1


_ORDER = {band: position for position, band in enumerate(Band)}


def band_of(wall: time) -> Band:
    """The band of a wall-clock time."""
    if wall >= NIGHT_BEGINS or wall < NIGHT_ENDS:
        return Band.NIGHT
    return Band.EDGE if wall >= EDGE_BEGINS or wall < EDGE_ENDS else Band.DAY


@lru_cache(maxsize=512)
def zones_of_country(code: str) -> tuple[str, ...]:
    """The IANA zones of the country or region of that ISO 3166-1 code, by name; none where nobody lives."""
    found = get_global("territory_zones").get(code, ()) if code in countries.codes() else ()
    return tuple(sorted(str(name) for name in found if name in clock.zone_names()))


def zones_of(country: str | None, zone_name: str | None = None) -> tuple[str, ...]:
    """The zones in which somebody may be: their own where it is known, else those of their country; else none."""
    if zone_name in clock.zone_names():
        return (str(zone_name),)
    return zones_of_country(country) if country else ()


@lru_cache(maxsize=200_000)
def wall(moment: datetime, zone_name: str) -> datetime:
    """What a clock of that zone shows then (naive)."""
    return clock.in_zone(moment, zone_name).replace(tzinfo=None)


def distinct(zones: Sequence[str], moment: datetime) -> tuple[str, ...]:
    """One zone for each time that clocks show there at that instant, from west to east."""
    if len(zones) < 2:
        return tuple(zones)
    found: dict[datetime, str] = {}
    for name in zones:
        found.setdefault(wall(moment, name), name)
    return tuple(name for _, name in sorted(found.items()))


def local_times(zones: Sequence[str], moment: datetime) -> LocalTimes | None:
    """What clocks show in those zones; None where there is no zone."""
    walls = sorted({wall(moment, name) for name in zones})
    if not walls:
        return None
    bands = sorted({band_of(each.time()) for each in walls}, key=_ORDER.__getitem__)
    return LocalTimes(walls[0], walls[-1], tuple(bands))


@lru_cache(maxsize=100_000)
def burden(zones: tuple[str, ...], starts_at: datetime, ends_at: datetime) -> Burden:
    """How much of the interval is night to somebody who is in one of those zones, each as likely as the others.

    Zones whose clocks show the same count once. It is measured in steps of five minutes; nobody known to be anywhere
    bears nothing.
    """
    where = distinct(zones, starts_at)
    if not where:
        return Burden(0.0, 0.0)
    night = edge = count = 0
    at = starts_at
    while at < ends_at:
        for name in where:
            band = band_of(wall(at, name).time())
            night += band is Band.NIGHT
            edge += band is Band.EDGE
            count += 1
        at += timedelta(minutes=5)
    return Burden(night / count, edge / count) if count else Burden(0.0, 0.0)


@lru_cache(maxsize=100_000)
def awake(zones: tuple[str, ...], starts_at: datetime, ends_at: datetime) -> float:
    """The share of the zones (by the times that clocks show there) in which no part of the interval is night."""
    where = distinct(zones, starts_at)
    if not where:
        return 0.0
    return sum(not burden((name,), starts_at, ends_at).night for name in where) / len(where)


@dataclass(frozen=True, slots=True)
class Share:
    """How many people of whom it is known where they are, and how many of them an interval leaves their night."""

    people: int
    awake: float

    @property
    def percent(self) -> int | None:
        """In whole per cent; None where there is nobody."""
        return None if not self.people else round(100 * self.awake / self.people)


def share_awake(counts: Mapping[str, int], starts_at: datetime, ends_at: datetime) -> Share:
    """How many of so many people of each country can follow the whole of it outside their night."""
    known = {code: number for code, number in counts.items() if number and zones_of_country(code)}
    return Share(
        sum(known.values()),
        sum(number * awake(zones_of_country(code), starts_at, ends_at) for code, number in known.items()),
    )


def night_share(counts: Mapping[str, int], starts_at: datetime, ends_at: datetime) -> float:
    """Which share of the time of those people is night: 0 to 1; 0 where there is nobody."""
    total = sum(number for code, number in counts.items() if zones_of_country(code))
    if not total:
        return 0.0
    return sum(n * burden(zones_of_country(code), starts_at, ends_at).night for code, n in counts.items()) / total


def by_number(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Countries with their numbers, the greatest first, then by code."""
    return sorted(((code, number) for code, number in counts.items() if number), key=lambda pair: (-pair[1], pair[0]))


def together(people: Iterable[tuple[str, tuple[str, ...]]]) -> dict[tuple[str, ...], list[str]]:
    """Who may be in which zones: the keys of people by their zones, in the order in which they come."""
    found: dict[tuple[str, ...], list[str]] = {}
    for key, zones in people:
        found.setdefault(zones, []).append(key)
    return found
