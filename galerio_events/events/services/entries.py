"""Writes of venues and tracks, one at a time. Each takes the event's lock and notes in its history what it did."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from galerio_events.errors import ChangeConflict, Conflict, NotFound
from galerio_events.events import queries
from galerio_events.events.domain import Deed, Entry, Subject, is_key
from galerio_events.events.domain.plain import digest_of, settings_to_plain
from galerio_events.events.domain.settings import (
    RESERVED_KEYS,
    SettingProblem,
    SettingsRefused,
    TrackSettings,
    VenueSettings,
    moved,
    track_problems,
    venue_problems,
)
from galerio_events.events.models import Track, Venue
from galerio_events.events.services.history import record

EntrySettings = VenueSettings | TrackSettings


@dataclass(frozen=True, slots=True)
class Sort:
    """What venues and tracks differ in."""

    subject: Subject
    model: type[Venue] | type[Track]
    rows: Callable[[Session, int], list[Any]]
    values: Callable[[Any], Any]
    problems: Callable[..., tuple[SettingProblem, ...]]


VENUES = Sort(Subject.VENUE, Venue, queries.venues_of, queries.venue_settings, venue_problems)
TRACKS = Sort(Subject.TRACK, Track, queries.tracks_of, queries.track_settings, track_problems)


def add_entry(
    db_session: Session,
    event_id: int,
    sort: Sort,
    key: str,
    values: EntrySettings,
    *,
    seen: str | None = None,
    by: int | None = None,
    now: datetime,
) -> str:
    """A new venue or track, the last of its sort; its key.

    `seen` is `keys_digest` of those that were there when the form was opened. One that has come since and says the very
    same is what a form that was sent twice has made already: its key is returned. Raises `SettingsRefused`.
    """
    queries.lock(db_session, event_id)
    rows = sort.rows(db_session, event_id)
    if seen is not None and seen != keys_digest([row.key for row in rows]):
        twin = next((row for row in reversed(rows) if sort.values(row) == values), None)
        if twin is not None:
            return str(twin.key)
    problems = [*sort.problems(values, others=len(rows))]
    if not is_key(key):
        problems.append(SettingProblem.KEY_INVALID)
    elif key in RESERVED_KEYS:
        problems.append(SettingProblem.KEY_RESERVED)
    elif key in {row.key for row in rows}:
        problems.append(SettingProblem.KEY_TAKEN)
    if problems:
        raise SettingsRefused(problems)
    position = max((row.position for row in rows), default=-1) + 1
    row = sort.model(event_id=event_id, key=key, position=position, **_columns(values))
    db_session.add(row)
    db_session.flush()
    record(db_session, event_id, [Entry(sort.subject, key, Deed.ADDED, None, _plain(sort, row))], by=by, now=now)
    return key


def save_entry(
    db_session: Session,
    event_id: int,
    sort: Sort,
    key: str,
    values: EntrySettings,
    *,
    seen: str,
    by: int | None = None,
    now: datetime,
) -> bool:
    """Make the venue or track say this; whether anything changed by it.

    `seen` is the digest of the settings that the reader was shown. Raises `NotFound`, `SettingsRefused`, and
    `ChangeConflict(STALE)` where somebody else was faster.
    """
    queries.lock(db_session, event_id)
    row = _row(db_session, event_id, sort, key)
    stored = sort.values(row)
    if stored == values:
        return False
    if seen != digest_of(settings_to_plain(stored)):
        raise ChangeConflict(Conflict.STALE)
    if problems := sort.problems(values):
        raise SettingsRefused(problems)
    before = _plain(sort, row)
    for name, value in _columns(values).items():
        setattr(row, name, value)
    db_session.flush()
    entry = Entry(sort.subject, key, Deed.CHANGED, before, _plain(sort, row))
    record(db_session, event_id, [entry], by=by, now=now)
    return True


def move_entry(
    db_session: Session, event_id: int, sort: Sort, key: str, step: int, *, by: int | None = None, now: datetime
) -> None:
    """Put the venue or track so many places further on (back, where negative). Raises `NotFound`."""
    queries.lock(db_session, event_id)
    rows = {row.key: row for row in sort.rows(db_session, event_id)}
    if key not in rows:
        raise NotFound(key)
    entries = []
    for position, each in enumerate(moved(list(rows), key, step)):
        row = rows[each]
        if row.position != position:
            before = _plain(sort, row)
            row.position = position
            entries.append(Entry(sort.subject, each, Deed.CHANGED, before, _plain(sort, row)))
    db_session.flush()
    record(db_session, event_id, entries, by=by, now=now)


def remove_entry(
    db_session: Session,
    event_id: int,
    sort: Sort,
    key: str,
    *,
    by: int | None = None,
    now: datetime,
    batch: str | None = None,
) -> None:
    """Delete the venue or track, to which no session may refer any more. Raises `NotFound`."""
    queries.lock(db_session, event_id)
    row = _row(db_session, event_id, sort, key)
    entry = Entry(sort.subject, key, Deed.REMOVED, _plain(sort, row), None)
    db_session.delete(row)
    db_session.flush()
    record(db_session, event_id, [entry], by=by, now=now, batch=batch)


def keys_digest(keys: list[str]) -> str:
    """What a form for a new entry carries of those that are there."""
    return digest_of({"keys": sorted(keys)})


def _row(db_session: Session, event_id: int, sort: Sort, key: str) -> Any:
    row = next((row for row in sort.rows(db_session, event_id) if row.key == key), None)
    if row is None:
        raise NotFound(key)
    return row


def _columns(values: EntrySettings) -> dict[str, Any]:
    return {name: getattr(values, name) for name in type(values).__dataclass_fields__}


def _plain(sort: Sort, row: Any) -> dict[str, Any]:
    return settings_to_plain(sort.values(row)) | {"position": row.position}
