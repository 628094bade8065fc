"""The timetable as data, for the script that draws it. Times are minutes since the event's first day began."""

import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from galerio_events.events import queries as events
from galerio_events.events.models import Event
from galerio_events.extensions import db
from galerio_events.programme.domain import SessionKind
from galerio_events.programme.domain.placing import clock_changes, day_begins, days_of, minutes_between
from galerio_events.programme.domain.rules import Frame
from galerio_events.programme.queries import timetable as reads
from galerio_events.programme.queries.timetable import TimetableRow
from galerio_events.programme.views import live_conflicts
from galerio_events.translated import Translated
from galerio_events.web.filters import tr_text
from galerio_events.web.labels import label, labels_of
from galerio_events.web.locale import page_language
from galerio_events.web.times import long_date, short_date, zone_label

Data = dict[str, Any]


def wants_json() -> bool:
    """Whether a script asks, and not somebody's form."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def frame_of(event: Event) -> Frame:
    """The days of the event."""
    return Frame(event.timezone, event.starts_on, event.ends_on, event.day_starts_at)


def whole(event: Event) -> Data:
    """Everything that the timetable shows."""
    frame = frame_of(event)
    newest = events.newest_change(db.session(), event.id)
    rows, names = reads.timetable_rows(db.session(), event.id)
    return {
        "change": newest,
        "origin": int(day_begins(event.starts_on, frame).timestamp()),
        "zone": zone_label(event.timezone, (day_begins(event.starts_on, frame),), page_language()),
        "days": [_day(day, frame) for day in days_of(frame)],
        "venues": [
            {"key": v.key, "name": tr_text(v.name) or v.key, "kind": label(v.kind), "capacity": v.capacity}
            for v in reads.timetable_venues(db.session(), event.id)
        ],
        "tracks": [
            {"key": t.key, "name": tr_text(t.name) or t.key, "colour": t.colour}
            for t in reads.timetable_tracks(db.session(), event.id)
        ],
        "kinds": {kind.value: label(kind) for kind in SessionKind},
        "usual": {k.value: minutes for k, minutes in reads.usual_minutes(db.session(), event.id).items()},
        "people": _people(names),
        "sessions": [session(row, frame) for row in rows],
        "conflicts": live_conflicts.told_of(event),
    }


def news(event: Event, since: int) -> Data:
    """What has changed since that change: sessions as they are now, keys of those that are gone, and who it was.

    Where anything else has changed, `elsewhere` says that the whole is to be asked for anew.
    """
    found = reads.news_since(db.session(), event.id, since)
    data = part(event, found.sessions)
    kept = {each["key"] for each in data["sessions"]}
    return data | {
        "change": found.newest,
        "elsewhere": found.elsewhere,
        "gone": sorted(set(found.sessions) - kept),
        "by": {key: email for key, (_deed, email) in found.sessions.items()},
    }


def part(event: Event, keys: Iterable[str]) -> Data:
    """These sessions of the draft, as far as they are in it, what is in conflict with them, and the newest change."""
    newest = events.newest_change(db.session(), event.id)
    wanted = set(keys)
    rows, names = reads.timetable_rows(db.session(), event.id, wanted) if wanted else ([], {})
    frame = frame_of(event)
    return {
        "change": newest,
        "sessions": [session(row, frame) for row in rows if not row.removed],
        "people": _people(names),
        "conflicts": live_conflicts.told_of(event, wanted) if wanted else [],
    }


def session(row: TimetableRow, frame: Frame) -> Data:
    """One session; what is as usual is left out."""
    origin = day_begins(frame.starts_on, frame)
    shown = row.title.shown(page_language())
    data: Data = {
        "key": row.key,
        "version": row.version,
        "kind": row.kind.value,
        "start": _minutes(origin, row.starts_at),
        "length": _minutes(row.starts_at, row.ends_at),
        "title": shown.text or row.key,
        "status": row.status.value,
    }
    if shown.language not in {page_language(), ""}:
        data["lang"] = shown.language
    for name, value in (("venue", row.venue), ("track", row.track), ("people", list(row.people))):
        if value:
            data[name] = value
    if not row.scheduled:
        data["tray"] = True
    if row.locked:
        data["locked"] = True
    return data


def words() -> dict[str, str]:
    """What the script says, in the language of the page."""
    return {
        "no_venue": _("No venue yet"),
        "all_days": _("All days"),
        "minutes": _("%(minutes)s min", minutes="{minutes}"),
        "moved": _("{title}: {day}, {start}–{end}, {venue}"),
        "to_tray": _("{title} is in the tray now"),
        "locked": _("{title} is locked"),
        "unlocked": _("{title} is unlocked"),
        "is_locked": _("{title} is locked. Unlock it before you move it."),
        "removed": _("{title} was removed"),
        "restored": _("{title} is back"),
        "added": _("{title} was added"),
        "undone": _("Undone: {what}"),
        "redone": _("Done again: {what}"),
        "cannot_undo": _("{title} was changed by somebody else meanwhile, so this step is not undone."),
        "others": _("{who} changed {title}"),
        "others_many": _("{count} sessions were changed by others"),
        "somebody": _("Somebody"),
        "failed": _("That did not reach the server. Nothing was changed; try again."),
        "refused": _("That cannot be: {why}"),
        "signed_out": _("You are not signed in any more. Sign in in another tab; this page may stay open."),
        "missing": _("The server does not know this any more, or you may not change it any more. Open the page again."),
        "unknown": _("No answer came from the server, so it is not known whether that was saved."),
        "not_asked": _("The server could not say whether there is a conflict here."),
        "gone": _("Somebody else has removed this session meanwhile."),
        "time_twice": _("The clocks show {time} twice in this night. Which of the two is meant?"),
        "time_never": _("The clocks never show {time} in this night, as they are put forward. Which time is meant?"),
        "time_first": _("{time}, before the clocks are put back"),
        "time_second": _("{time}, after the clocks are put back"),
        "conflicts_none": _("No conflicts"),
        "conflicts": _("Conflicts: {count}"),
        "conflict_here": _("Conflict {number} of {count}: {text}"),
        "would_conflict": _("Here: {text}"),
        "no_conflict_here": _("No conflict here"),
        "tray_empty": _("Nothing waits here. Drag a session here to take it off the timetable."),
        "tray_count": _("Tray ({count})"),
        "outside": _("Outside the event's days"),
        "tentative": _("Tentative"),
        "confirmed": _("Confirmed"),
        "is_locked_short": _("locked"),
        "unchanged": _("unchanged"),
        "offline": _("No connection to the server. Changes by others are not shown until it is back."),
        "break": label(SessionKind.BREAK),
        "breaks": json.dumps(dict(labels_of(SessionKind)[SessionKind.BREAK])),
        "comma": _(", "),
        "shown": _("Shown: {count} of {total}"),
    }


def addresses(event: Event) -> dict[str, str]:
    """Where the script finds what; `KEY` stands for the key of a session."""
    at: Data = {"slug": event.slug}
    return {
        "data": url_for("programme.timetable_data", **at),
        "place": url_for("programme.place_session", key="KEY", **at),
        "edit": url_for("programme.edit_session", key="KEY", **at),
        "remove": url_for("programme.remove_session", key="KEY", **at),
        "restore": url_for("programme.restore_session", key="KEY", **at),
        "new": url_for("programme.new_session", **at),
    }


def _day(day: date, frame: Frame) -> Data:
    begins, ends = (day_begins(each, frame) for each in (day, date.fromordinal(day.toordinal() + 1)))
    return {
        "date": day.isoformat(),
        "name": short_date(day, page_language()),
        "long": long_date(day, page_language()),
        "start": minutes_between(day_begins(frame.starts_on, frame), begins),
        "length": minutes_between(begins, ends),
        "wall": clock_changes(day, frame),
    }


def _people(names: dict[str, Translated]) -> dict[str, str]:
    return {key: tr_text(name) or key for key, name in names.items()}


def _minutes(first: datetime, second: datetime) -> int | float:
    """Minutes between, whole where they are."""
    seconds = (second - first).total_seconds()
    return int(seconds // 60) if seconds % 60 == 0 else round(seconds / 60, 4)
