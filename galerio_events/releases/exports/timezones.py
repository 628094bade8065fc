"""VTIMEZONE (RFC 5545 section 3.6.5) of any zone, for the years that a programme needs."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from galerio_events import clock
from galerio_events.releases.exports import contentlines as lines

# How far back the observance in force at the beginning is looked for.
_LOOK_BACK = timedelta(days=550)


@lru_cache(maxsize=64)
def vtimezone(zone_name: str, first_year: int, last_year: int) -> bytes:
    """The VTIMEZONE component: right for every local time from 1 January `first_year` to 31 December `last_year`.

    Every change of the clocks is an observance of its own, without recurrence rules, so that readers need not agree on
    how rules are bounded. Raises `clock.UnknownZone`.
    """
    begins = datetime(first_year, 1, 1, tzinfo=UTC) - timedelta(days=1)
    ends = datetime(last_year + 1, 1, 1, tzinfo=UTC) + timedelta(days=1)
    changes = _changes(zone_name, begins - _LOOK_BACK, ends)
    before = [change for change in changes if change <= begins]
    out = ["BEGIN:VTIMEZONE", f"TZID:{zone_name}"]
    if not before:
        out += _observance(zone_name, begins, offset_from=None)
    for change in before[-1:] + [change for change in changes if change > begins]:
        out += _observance(zone_name, change, offset_from=_offset(zone_name, change - timedelta(seconds=1)))
    out.append("END:VTIMEZONE")
    return lines.folded(out)


def _observance(zone_name: str, onset: datetime, *, offset_from: timedelta | None) -> list[str]:
    local = clock.in_zone(onset, zone_name)
    offset_to = _offset(zone_name, onset)
    if offset_from is None:
        offset_from = offset_to
    name = "DAYLIGHT" if local.dst() else "STANDARD"
    label = local.tzname() or ""
    return [
        f"BEGIN:{name}",
        # The onset is written as the clock showed it just before it was changed.
        f"DTSTART:{lines.wall((onset + offset_from).replace(tzinfo=None))}",
        f"TZOFFSETFROM:{lines.offset(offset_from)}",
        f"TZOFFSETTO:{lines.offset(offset_to)}",
        *([f"TZNAME:{lines.text(label)}"] if label else []),
        f"END:{name}",
    ]


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
