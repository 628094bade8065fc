"""The organisers' timetable: as lists that work everywhere, and as data for the script that makes a grid of them."""

from dataclasses import dataclass
from datetime import date

from flask import Response, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from galerio_events.events import queries as events
from galerio_events.events.models import Event
from galerio_events.extensions import db
from galerio_events.permissions import Permission
from galerio_events.programme.domain import SessionKind, SessionStatus
from galerio_events.programme.domain.placing import days_of
from galerio_events.programme.queries import timetable as reads
from galerio_events.programme.queries.timetable import TimetableRow
from galerio_events.programme.views import live, live_conflicts
from galerio_events.programme.views.editor import MOST_ROWS, day_of, number
from galerio_events.programme.views.pages import bp
from galerio_events.text import fold, new_nonce, one_line
from galerio_events.translated import Translated
from galerio_events.web.answers import matches
from galerio_events.web.compression import compressed
from galerio_events.web.filters import LANGUAGE_NAMES
from galerio_events.web.guards import requires
from galerio_events.web.labels import label
from galerio_events.web.locale import page_language

# A session that somebody draws is this long where the event expects nothing of its kind.
_USUAL_MINUTES = 60


@dataclass(frozen=True, slots=True)
class Filters:
    """What the reader wants to see; empty texts let everything through."""

    query: str
    track: str
    status: str

    def let(self, row: TimetableRow, names: dict[str, Translated]) -> bool:
        """Whether the session is to be shown."""
        if (self.track and row.track != self.track) or (self.status and row.status != self.status):
            return False
        if not self.query:
            return True
        texts = [row.key, *row.title.values(), *(text for key in row.people for text in names[key].values())]
        return fold(self.query) in fold(" ".join(texts))


@bp.get("/<language:language>/organise/<slug>/programme")
@requires(Permission.PROGRAMME_READ)
def sessions(language: str, slug: str) -> ResponseReturnValue:
    """The timetable; `?q=`, `?track=` and `?status=` filter it.

    Where more than `MOST_ROWS` sessions are to be listed, the page has those of one day: that of `?day=`, else the
    first. The script that turns the page into a grid asks for all of them by itself.
    """
    event: Event = g.event
    rows, names = reads.timetable_rows(db.session(), event.id)
    filters = Filters(
        one_line(request.args.get("q", ""))[:100], request.args.get("track", ""), request.args.get("status", "")
    )
    chosen = [row for row in rows if filters.let(row, names)]
    planned = [row for row in chosen if row.scheduled]
    days: dict[date, list[TimetableRow]] = {}
    for row in planned:
        days.setdefault(day_of(event, row.starts_at), []).append(row)
    wanted = {each.isoformat(): each for each in days}.get(request.args.get("day", ""))
    first = wanted or next(iter(days), None)
    tracks = reads.timetable_tracks(db.session(), event.id)
    venues = reads.timetable_venues(db.session(), event.id)
    page = render_template(
        "organise/timetable.html",
        event=event,
        days={first: days[first]} if first and len(planned) > MOST_ROWS else days,
        pages=[(each, len(found)) for each, found in days.items()] if len(planned) > MOST_ROWS else [],
        tray=[row for row in chosen if not row.scheduled],
        names=names,
        venues={venue.key: venue for venue in venues},
        tracks={track.key: track for track in tracks},
        kinds=[(kind.value, label(kind)) for kind in SessionKind],
        statuses=[(status.value, label(status)) for status in SessionStatus],
        event_days=days_of(live.frame_of(event)),
        filters=filters,
        count=len(chosen),
        total=len(rows),
        change=events.newest_change(db.session(), event.id),
        conflicts=live_conflicts.counted(event),
        words=live.words(),
        addresses=live.addresses(event),
        language_names=LANGUAGE_NAMES,
        usual_minutes=_USUAL_MINUTES,
        nonce=new_nonce(),
    )
    return compressed(Response(page, mimetype="text/html"))


@bp.get("/<language:language>/organise/<slug>/programme/timetable.json")
@requires(Permission.PROGRAMME_READ)
def timetable_data(language: str, slug: str) -> ResponseReturnValue:
    """The timetable as data; with `?since=` a change's id, only what has changed after it.

    The entity tag is that of the newest change, so that asking whether there is anything new costs next to nothing.
    """
    event: Event = g.event
    newest = events.newest_change(db.session(), event.id)
    tag = f'"{page_language()}-{newest}"'
    if matches(request.headers.get("If-None-Match", ""), tag):
        return Response(status=304, headers={"ETag": tag})
    since = number(request.args.get("since"))
    answer = jsonify(live.whole(event) if since < 0 else live.news(event, since))
    answer.headers["ETag"] = tag
    return compressed(answer)
