"""Writes of run sheets and of the templates that they begin with."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.errors import ChangeConflict, Conflict, NotFound
from galerio_events.events.domain import Deed, Entry, Subject
from galerio_events.events.domain.plain import digest_of
from galerio_events.events.queries import lock
from galerio_events.events.services import record
from galerio_events.programme import queries
from galerio_events.programme.domain import SessionKind
from galerio_events.programme.domain.run_sheet import (
    RunSheetRefused,
    Segments,
    Steps,
    problems_of,
    sheet_to_plain,
    template_to_plain,
)
from galerio_events.programme.models import ProgrammeSession, RunSheetTemplate, SegmentRow
from galerio_events.programme.queries import run_sheet as stored


def save_run_sheet(
    db_session: Session,
    event_id: int,
    key: str,
    segments: Segments,
    *,
    seen: str,
    by: int | None = None,
    now: datetime,
) -> bool:
    """Make that the run sheet of the session of that key; whether anything changed by it.

    `seen` is the digest of the sheet (`sheet_to_plain`) that the reader was shown. Raises `NotFound`,
    `RunSheetRefused`, and `ChangeConflict(STALE)` where somebody else was faster.
    """
    session = _session(db_session, event_id, key)
    before = stored.segments_of(db_session, session.id)
    if before == segments:
        return False
    if seen != digest_of(sheet_to_plain(before)):
        raise ChangeConflict(Conflict.STALE)
    ids = stored.person_ids(db_session, event_id, {s.person for s in segments if s.person is not None})
    if problems := problems_of(segments, ids):
        raise RunSheetRefused(problems)
    _write(db_session, session.id, segments, ids)
    _record(db_session, event_id, key, before, segments, by=by, now=now)
    return True


def undo_run_sheet(
    db_session: Session, event_id: int, key: str, *, change: int, by: int | None = None, now: datetime
) -> None:
    """Put the run sheet back to what it was before its last change, which has to be the one of that id in the history.

    People who are not there any more are left out of the segments. Raises `NotFound`, and `ChangeConflict(STALE)` where
    it was changed since.
    """
    session = _session(db_session, event_id, key)
    last = stored.last_change(db_session, event_id, key)
    present = stored.segments_of(db_session, session.id)
    if last is None or last.id != change:
        raise ChangeConflict(Conflict.STALE)
    ids = stored.person_ids(db_session, event_id, {s.person for s in last.before if s.person is not None})
    _write(db_session, session.id, last.before, ids)
    _record(db_session, event_id, key, present, stored.segments_of(db_session, session.id), by=by, now=now)


def save_template(
    db_session: Session,
    event_id: int,
    kind: SessionKind,
    steps: Steps,
    *,
    seen: str,
    by: int | None = None,
    now: datetime,
) -> bool:
    """Let plans of that kind of session begin with those steps; whether anything changed by it.

    Raises as `save_run_sheet` does.
    """
    lock(db_session, event_id)
    before = stored.template_of(db_session, event_id, kind)
    if before == steps:
        return False
    if seen != digest_of(template_to_plain(before)):
        raise ChangeConflict(Conflict.STALE)
    if problems := problems_of(steps):
        raise RunSheetRefused(problems)
    plain = template_to_plain(steps)
    t = RunSheetTemplate
    db_session.execute(sa.delete(t).where(t.event_id == event_id, t.kind == kind))
    db_session.execute(sa.insert(t).values(event_id=event_id, kind=kind, steps=plain["steps"]))
    entry = Entry(Subject.RUN_SHEET_TEMPLATE, kind.value, Deed.CHANGED, template_to_plain(before), plain)
    record(db_session, event_id, [entry], by=by, now=now)
    return True


def hand_segments_on(db_session: Session, *, dropped: int, kept: int) -> list[Entry]:
    """Let the person of the second id have the segments of the first; what is to be recorded of it, a line for each
    run sheet that changes by it. Under the event's lock."""
    keys = stored.sessions_with_segments_of(db_session, dropped)
    before = stored.segments_by_session(db_session, list(keys))
    db_session.execute(sa.update(SegmentRow).where(SegmentRow.person_id == dropped).values(person_id=kept))
    after = stored.segments_by_session(db_session, list(keys))
    return [_entry(key, before[session_id], after[session_id]) for session_id, key in keys.items()]


def copy_templates(db_session: Session, old_id: int, new_id: int) -> None:
    """Let the plans of another event begin with what those of the first one do."""
    rows = stored.templates_as_of(old_id, new_id)
    db_session.execute(sa.insert(RunSheetTemplate).from_select(["event_id", "kind", "steps"], rows))


def _session(db_session: Session, event_id: int, key: str) -> ProgrammeSession:
    lock(db_session, event_id)
    session = queries.session_by_key(db_session, event_id, key)
    if session is None or session.removed_at is not None:
        raise NotFound(key)
    return session


def _write(db_session: Session, session_id: int, segments: Segments, ids: dict[str, int]) -> None:
    db_session.execute(sa.delete(SegmentRow).where(SegmentRow.session_id == session_id))
    rows = [
        {
            "session_id": session_id,
            "position": position,
            "kind": each.kind,
            "title": each.title,
            "role": each.role,
            "person_id": None if each.person is None else ids.get(each.person),
            "minutes": each.minutes,
            "cue": each.cue,
            "slide": each.slide,
        }
        for position, each in enumerate(segments)
    ]
    if rows:
        db_session.execute(sa.insert(SegmentRow), rows)


def _record(
    db_session: Session,
    event_id: int,
    key: str,
    before: Segments,
    after: Segments,
    *,
    by: int | None,
    now: datetime,
) -> None:
    record(db_session, event_id, [_entry(key, before, after)], by=by, now=now)


def _entry(key: str, before: Segments, after: Segments) -> Entry:
    return Entry(Subject.RUN_SHEET, key, Deed.CHANGED, sheet_to_plain(before), sheet_to_plain(after))
