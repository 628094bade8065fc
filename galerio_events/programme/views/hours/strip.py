"""The strip of hours: for a day or one session, what the clock shows wherever people are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Response, abort, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from galerio_events import clock, countries
from galerio_events.events.models import Event
from galerio_events.extensions import db
from galerio_events.permissions import Permission
from galerio_events.programme.domain import SessionKind
from galerio_events.programme.domain.arranging import is_night
from galerio_events.programme.domain.hours import (
    Band,
    Share,
    by_number,
    local_times,
    share_awake,
    together,
    zones_of,
    zones_of_country,
)
from galerio_events.programme.domain.placing import day_begins, days_of
from galerio_events.programme.queries import arranging as reads
from galerio_events.programme.queries import timetable
from galerio_events.programme.queries.arranging import Whereabouts
from galerio_events.programme.queries.timetable import TimetableRow
from galerio_events.programme.services.arranging import Registered, registered
from galerio_events.programme.views import live
from galerio_events.programme.views.editor import day_of
from galerio_events.programme.views.hours.blueprint import bp
from galerio_events.web.compression import compressed
from galerio_events.web.filters import tr_text
from galerio_events.web.guards import requires
from galerio_events.web.locale import page_language
from galerio_events.web.times import zone_label

# An hour of the strip has so many columns, of five minutes each.
PARTS = 12
_PART = timedelta(minutes=60 // PARTS)
_HOUR = timedelta(hours=1)
# So many names stand before a row; and around a session, so many hours before and after it.
NAMED = 4
_AROUND = 2


@dataclass(frozen=True, slots=True)
class Cell:
    """What clocks show when an hour of the strip begins; `band` is the worst where it depends on the place."""

    text: str
    band: Band
    sure: bool
    within: bool


@dataclass(frozen=True, slots=True)
class Row:
    """Somewhere, or some people. `number` is how many are registered from there, `share` of all in per cent."""

    name: str
    zones: str
    cells: tuple[Cell, ...]
    note: str = ""
    number: int | None = None
    share: int | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a lane, in columns: a session, or nothing."""

    columns: int
    session: TimetableRow | None = None


@dataclass(frozen=True, slots=True)
class Fall:
    """Whom a session keeps awake: names of those who take part in it in their night, and the audience's share."""

    session: TimetableRow
    asleep: tuple[str, ...]
    share: Share


@bp.get("/<language:language>/organise/<slug>/hours")
@requires(Permission.PROGRAMME_READ)
def strip(language: str, slug: str) -> ResponseReturnValue:
    """The strip of `?day=`, else of the first day; with `?session=` the hours around that session."""
    event: Event = g.event
    rows, _names = timetable.timetable_rows(db.session(), event.id)
    planned = [row for row in rows if row.scheduled]
    key = request.args.get("session", "")
    chosen = next((row for row in rows if row.key == key), None)
    if key and chosen is None:
        abort(404)
    days = days_of(live.frame_of(event))
    if chosen is not None:
        day, sessions = day_of(event, chosen.starts_at), [chosen]
        hours = _hours(chosen.starts_at - _AROUND * _HOUR, chosen.ends_at + _AROUND * _HOUR, event)
    else:
        day = {each.isoformat(): each for each in days}.get(request.args.get("day", ""), days[0])
        sessions = [row for row in planned if day_of(event, row.starts_at) == day]
        frame = live.frame_of(event)
        hours = _hours(day_begins(day, frame), day_begins(day + timedelta(days=1), frame), event)
    people = reads.whereabouts(db.session(), event.id, {person for row in sessions for person in row.people})
    counted = registered(db.session(), event.id)
    audience = (counted.by_session.get(chosen.key) if chosen else None) or counted.everybody
    page = render_template(
        "organise/hours.html",
        event=event,
        day=day,
        days=[(each, sum(day_of(event, row.starts_at) == each for row in planned)) for each in days],
        chosen=chosen,
        chose=bool(chosen and counted.by_session.get(chosen.key)),
        hours=[clock.in_zone(hour, event.timezone) for hour in hours],
        own=_row(_("Event"), (event.timezone,), hours, sessions if chosen else ()),
        lanes=_lanes(sessions, hours),
        speakers=_speakers(people.values(), hours, sessions if chosen else ()),
        registrants=_registrants(audience, hours, sessions if chosen else ()),
        total=sum(audience.values()),
        nowhere=[
            tr_text(person.name) or person.key
            for person in people.values()
            if not zones_of(person.country, person.timezone)
        ],
        falls=[_fall(row, people, counted) for row in sessions],
        parts=PARTS,
    )
    return compressed(Response(page, mimetype="text/html"))


def _hours(begin: datetime, end: datetime, event: Event) -> list[datetime]:
    """The instants at which the hours of the event's clock begin, from the one that holds `begin` on."""
    local = clock.in_zone(begin, event.timezone)
    at = begin - timedelta(minutes=local.minute, seconds=local.second)
    found: list[datetime] = []
    while at < end and len(found) < 72:
        found.append(at)
        at += _HOUR
    return found


def _row(
    name: str,
    zones: Sequence[str],
    hours: Sequence[datetime],
    within: Sequence[TimetableRow],
    *,
    note: str = "",
    number: int | None = None,
    share: int | None = None,
) -> Row:
    cells = []
    for hour in hours:
        local = local_times(zones, hour)
        if local is None:
            continue
        text = _clock(local.first) if local.first == local.last else f"{_clock(local.first)}–{_clock(local.last)}"
        inside = any(row.starts_at < hour + _HOUR and hour < row.ends_at for row in within)
        cells.append(Cell(text, local.worst, local.sure, inside))
    return Row(name, _zones_text(zones, hours), tuple(cells), note, number, share)


def _clock(wall: datetime) -> str:
    return f"{wall.hour}:{wall.minute:02}" if wall.minute else f"{wall.hour}"


def _zones_text(zones: Sequence[str], hours: Sequence[datetime]) -> str:
    """The zone; where there are several, the offsets between which they lie."""
    offsets = sorted({clock.in_zone(hours[0], name).utcoffset() or timedelta(): name for name in zones}.items())
    if not offsets:
        return ""
    if len(zones) == 1:
        return zone_label(zones[0], hours[:1], page_language())
    ends = dict.fromkeys(clock.offset_label(hours[0], name) for _offset, name in (offsets[0], offsets[-1]))
    return " – ".join(ends)


def _lanes(sessions: Sequence[TimetableRow], hours: Sequence[datetime]) -> list[list[Piece]]:
    """The sessions side by side, as few lanes as hold them, in columns of five minutes."""
    total = len(hours) * PARTS
    lanes: list[list[Piece]] = []
    ends: list[int] = []
    for row in sessions:
        first = max(0, (row.starts_at - hours[0]) // _PART)
        last = min(total, max(first + 1, -(-(row.ends_at - hours[0]) // _PART)))
        if first >= total:
            continue
        lane = next((i for i, end in enumerate(ends) if end <= first), len(lanes))
        if lane == len(lanes):
            lanes.append([])
            ends.append(0)
        if first > ends[lane]:
            lanes[lane].append(Piece(first - ends[lane]))
        lanes[lane].append(Piece(last - first, row))
        ends[lane] = last
    for pieces, end in zip(lanes, ends, strict=True):
        if end < total:
            pieces.append(Piece(total - end))
    return lanes


def _speakers(people: Iterable[Whereabouts], hours: Sequence[datetime], within: Sequence[TimetableRow]) -> list[Row]:
    """Those who take part, together by where they are: the most first."""
    known = {person.key: person for person in people}
    groups = together((key, zones_of(person.country, person.timezone)) for key, person in known.items())
    rows = []
    for zones, keys in sorted(groups.items(), key=lambda group: (-len(group[1]), group[0])):
        if not zones:
            continue
        names = [tr_text(known[key].name) or key for key in keys]
        places = dict.fromkeys(country for key in keys if (country := known[key].country))
        listed = _(", ").join(names[:NAMED])
        if len(names) > NAMED:
            listed = _("%(names)s and %(num)d more", names=listed, num=len(names) - NAMED)
        where = _(", ").join(countries.name(code, page_language()) for code in places if code in countries.codes())
        rows.append(_row(where or _zones_text(zones, hours), zones, hours, within, note=listed, number=len(keys)))
    return rows


def _registrants(audience: Mapping[str, int], hours: Sequence[datetime], within: Sequence[TimetableRow]) -> list[Row]:
    total = sum(audience.values())
    return [
        _row(
            countries.name(code, page_language()),
            zones_of_country(code),
            hours,
            within,
            number=number,
            share=round(100 * number / total),
        )
        for code, number in by_number(audience)
        if code in countries.codes()
    ]


def _fall(row: TimetableRow, people: Mapping[str, Whereabouts], counted: Registered) -> Fall:
    asleep = tuple(
        tr_text(people[key].name) or key
        for key in row.people
        if is_night(zones_of(people[key].country, people[key].timezone), row.starts_at, row.ends_at)
    )
    audience = {} if row.kind is SessionKind.BREAK else counted.by_session.get(row.key) or counted.everybody
    return Fall(row, asleep, share_awake(audience, row.starts_at, row.ends_at))
