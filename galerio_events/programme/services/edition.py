"""Changes of an event that concern its sessions: its zone and days, and venues and tracks that go away."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, cast
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.errors import ChangeConflict, Conflict, DomainError
from galerio_events.events import queries as events
from galerio_events.events import services as event_services
from galerio_events.events.domain import Deed, Entry, Subject
from galerio_events.events.domain.plain import digest_of, settings_to_plain
from galerio_events.events.domain.settings import EventSettings, SettingProblem, SettingsRefused, event_problems
from galerio_events.events.models import Venue
from galerio_events.people.services import move_availabilities
from galerio_events.programme import queries
from galerio_events.programme.domain.moving import Keeping, Move, MoveRefused, move, moved_along
from galerio_events.programme.domain.plain import session_to_plain
from galerio_events.programme.domain.rules import Frame
from galerio_events.programme.domain.values import SessionValues
from galerio_events.programme.models import ProgrammeSession
from galerio_events.programme.queries.settings import free_times, timed_sessions, uses


class InUse(DomainError):
    """A venue or track cannot go while sessions refer to it and nobody has said where they go."""


def change_event(
    db_session: Session,
    event_id: int,
    values: EventSettings,
    *,
    seen: str,
    keeping: Keeping,
    days: int = 0,
    people: bool = False,
    by: int | None = None,
    now: datetime,
) -> tuple[int, int]:
    """Settle that for the event and move its sessions accordingly, and with `people` also the times at which these can
    take part; how many sessions moved, and of how many people the times.

    `seen` is the digest of the settings that the reader was shown; `keeping` and `days` say what the sessions do, as
    `moving.move` takes them. Raises `SettingsRefused`, `MoveRefused`, and `ChangeConflict(STALE)` where somebody else
    was faster.
    """
    events.lock(db_session, event_id)
    stored = events.event_settings(events.by_id(db_session, event_id))
    if stored == values:
        return 0, 0
    if seen != digest_of(settings_to_plain(stored)):
        raise ChangeConflict(Conflict.STALE)
    if problems := event_problems(values):
        raise SettingsRefused(problems)
    before, after = frame_of(stored), frame_of(values)
    found = Move({}, {})
    if before != after or days:
        found = move(before, after, timed_sessions(db_session, event_id), keeping=keeping, days=days)
    if found.obstacles:
        raise MoveRefused(found.obstacles)
    batch = str(uuid4())
    event_services.save_event_settings(db_session, event_id, values, seen=seen, by=by, now=now, batch=batch)
    changed = {key: {"starts_at": times[0], "ends_at": times[1]} for key, times in found.times.items()}
    _change_sessions(db_session, event_id, changed, by=by, now=now, batch=batch)
    along = moved_along(before, after, free_times(db_session, event_id), keeping=keeping, days=days) if people else {}
    if not along:
        return len(changed), 0
    return len(changed), len(move_availabilities(db_session, event_id, along, by=by, now=now, batch=batch))


def remove_place(
    db_session: Session,
    event_id: int,
    sort: event_services.Sort,
    key: str,
    *,
    instead: str | None = None,
    expected: frozenset[str] = frozenset(),
    by: int | None = None,
    now: datetime,
) -> int:
    """Delete a venue or track; how many sessions had it and have the one of the key `instead` now (or none).

    `expected` are the keys of the sessions of the draft which the reader knows to be concerned; where there are others,
    `InUse` is raised. Raises `NotFound`, and `SettingsRefused(KEY_INVALID)` where there is no other one of that key.
    """
    events.lock(db_session, event_id)
    if instead is not None and (instead == key or instead not in {row.key for row in sort.rows(db_session, event_id)}):
        raise SettingsRefused([SettingProblem.KEY_INVALID])
    using = uses(db_session, event_id, sort.model, key)
    if not {use.key for use in using if not use.removed} <= expected:
        raise InUse(key)
    batch = str(uuid4())
    field = "venue" if sort.model is Venue else "track"
    changed = {use.key: {field: instead} for use in using}
    _change_sessions(db_session, event_id, changed, by=by, now=now, batch=batch)
    event_services.remove_entry(db_session, event_id, sort, key, by=by, now=now, batch=batch)
    return sum(not use.removed for use in using)


def frame_of(values: EventSettings) -> Frame:
    """The days of an event that is settled so."""
    return Frame(values.timezone, values.starts_on, values.ends_on, values.day_starts_at)


def _change_sessions(
    db_session: Session,
    event_id: int,
    changed: Mapping[str, Mapping[str, Any]],
    *,
    by: int | None,
    now: datetime,
    batch: str,
) -> None:
    """Change times, venue or track of many sessions, in a number of statements that does not grow with them."""
    if not changed:
        return
    concerned = [each for each in queries.sessions_of(db_session, event_id) if each.key in changed]
    before = {each.key: queries.values_of(each) for each in concerned}
    after = {key: replace(values, **changed[key]) for key, values in before.items()}
    ids = queries.ids_by_key(db_session, event_id)
    table = cast(sa.Table, ProgrammeSession.__table__)
    columns = {
        "starts_at": sa.bindparam("the_start", type_=table.c.starts_at.type),
        "ends_at": sa.bindparam("the_end", type_=table.c.ends_at.type),
        "venue_id": sa.bindparam("the_venue"),
        "track_id": sa.bindparam("the_track"),
        "updated_at": now,
        "version": table.c.version + 1,
    }
    db_session.flush()
    db_session.connection().execute(
        sa.update(table).where(table.c.id == sa.bindparam("the_id")).values(columns),
        [
            {
                "the_id": each.id,
                "the_start": after[each.key].starts_at,
                "the_end": after[each.key].ends_at,
                "the_venue": ids.venues[venue] if (venue := after[each.key].venue) else None,
                "the_track": ids.tracks[track] if (track := after[each.key].track) else None,
            }
            for each in concerned
        ],
    )
    db_session.expire_all()
    entries = _entries((each, before[each], after[each]) for each in before)
    event_services.record(db_session, event_id, entries, by=by, now=now, batch=batch)


def _entries(changes: Iterable[tuple[str, SessionValues, SessionValues]]) -> list[Entry]:
    return [
        Entry(Subject.SESSION, key, Deed.CHANGED, session_to_plain(before), session_to_plain(after))
        for key, before, after in changes
    ]
