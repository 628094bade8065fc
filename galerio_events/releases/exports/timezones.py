"""VTIMEZONE (RFC 5545 section 3.6.5) of any zone, for the years that a programme needs."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vDatetime, vText, vUTCOffset

from galerio_events import clock

# How far back the observance in force at the beginning is looked for.
_LOOK_BACK = timedelta(days=550)


@lru_cache(maxsize=64)
def vtimezone(zone_name: str, first_year: int, last_year: int) -> Timezone:
    """The VTIMEZONE component: right for every local time from 1 January `first_year` to 31 December `last_year`.

    Every change of the clocks is an observance of its own, without recurrence rules, so that readers need not agree on
    how rules are bounded. The changes are looked for here, since `Timezone.from_tzinfo` puts those to summer time an
    hour late and misses those that are undone within weeks (docs/adr/0008). Raises `clock.UnknownZone`. The component
    is shared and must not be changed.
    """
    begins = datetime(first_year, 1, 1, tzinfo=UTC) - timedelta(days=1)
    ends = datetime(last_year + 1, 1, 1, tzinfo=UTC) + timedelta(days=1)
    changes = _changes(zone_name, begins - _LOOK_BACK, ends)
    before = [change for change in changes if change <= begins]
    component = Timezone()
    component["TZID"] = vText(zone_name)
    if not before:
        component.add_component(_observance(zone_name, begins, _offset(zone_name, begins)))
    for change in before[-1:] + [change for change in changes if change > begins]:
        component.add_component(_observance(zone_name, change, _offset(zone_name, change - timedelta(seconds=1))))
    return component


def _observance(zone_name: str, onset: datetime, offset_from: timedelta) -> TimezoneStandard | TimezoneDaylight:
    local = clock.in_zone(onset, zone_name)
    component = TimezoneDaylight() if local.dst() else TimezoneStandard()
    # The onset is written as the clock showed it just before it was changed.
    component["DTSTART"] = vDatetime((onset + offset_from).replace(tzinfo=None))
    component["TZOFFSETFROM"] = vUTCOffset(offset_from)
    component["TZOFFSETTO"] = vUTCOffset(_offset(zone_name, onset))
    label = local.tzname()
    if label:
        component["TZNAME"] = vText(label)
    return component


def _changes(zone_name: str, begins: datetime, ends: datetime) -> list[datetime]:
    """The instants, to the second, at which the zone's offset changes, looked for once a day and then halved."""
    found = []
    earlier, at_earlier = begins, _offset(zone_name, begins)
    while earlier < ends:
        later = earlier + timedelta(days=1)
        at_later = _offset(zone_name, later)
        if at_later != at_earlier:
            low, high = earlier, later
            while high - low > timedelta(seconds=1):
                middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
                if _offset(zone_name, middle) == at_earlier:
                    low = middle
                else:
                    high = middle
            found.append(high)
        earlier, at_earlier = later, at_later
    return found


def _offset(zone_name: str, moment: datetime) -> timedelta:
    return clock.in_zone(moment, zone_name).utcoffset() or timedelta()
