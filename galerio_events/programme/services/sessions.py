"""Writes of the draft programme, one session at a time."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from galerio_events.errors import ChangeConflict, Conflict, NotFound
from galerio_events.events.domain import Deed, Entry, Subject
from galerio_events.events.queries import lock, slug_of
from galerio_events.events.services import record
from galerio_events.programme import queries
from galerio_events.programme.domain.placing import moves_what_is_locked, placement_of
from galerio_events.programme.domain.plain import links_to_plain, session_to_plain
from galerio_events.programme.domain.rules import (
    SessionProblem,
    SessionRefused,
    key_problem,
    session_problems,
    session_uid,
)
from galerio_events.programme.domain.values import (
    SessionValues,
)
from galerio_events.programme.models import ProgrammeSession, RoleAssignment
from galerio_events.programme.queries import Ids


def add_session(
    db_session: Session,
    event_id: int,
    key: str,
    values: SessionValues,
    *,
    nonce: str | None = None,
    by: int | None = None,
    now: datetime,
) -> ProgrammeSession:
    """A new session in the event's draft; where one was made with that `nonce` already, that one as it is.

    Raises `SessionRefused` with everything that is wrong with the key and the values; a key that a removed session has
    is taken, too.
    """
    lock(db_session, event_id)
    if nonce is not None and (made := queries.session_by_nonce(db_session, event_id, nonce)):
        return made
    taken = queries.session_by_key(db_session, event_id, key) is not None
    problem = key_problem(key, {key} if taken else ())
    ids, problems = _checked(db_session, event_id, values)
    if problem or problems:
        raise SessionRefused([*problems, *([problem] if problem else [])])
    session = ProgrammeSession(
        event_id=event_id, key=key, uid=session_uid(slug_of(db_session, event_id), key), nonce=nonce
    )
    _write(session, values, ids, now)
    try:
        with db_session.begin_nested():
            db_session.add(session)
    except IntegrityError:
        raise SessionRefused([SessionProblem.KEY_TAKEN]) from None
    _write_roles(db_session, session, values, ids)
    _record(db_session, session, Deed.ADDED, None, values, by=by, now=now)
    return session


def save_session(
    db_session: Session,
    event_id: int,
    key: str,
    values: SessionValues,
    *,
    expected_version: int,
    by: int | None = None,
    now: datetime,
    batch: str | None = None,
) -> ProgrammeSession:
    """Make the session of that key say this. What says it already is not touched and keeps its version.

    `expected_version` is the version that whoever changes it has seen, `by` their account; what is saved at once has
    the same `batch` in the history. Raises `NotFound`, `SessionRefused` (also where it is locked, stays so and would be
    moved), and `ChangeConflict(STALE)` where somebody
    else was faster.
    """
    session = _expected(db_session, event_id, key, expected_version)
    before = queries.values_of(session)
    if before == values:
        return session
    ids, problems = _checked(db_session, event_id, values)
    if moves_what_is_locked(placement_of(before), placement_of(values)):
        problems = (SessionProblem.LOCKED, *problems)
    if problems:
        raise SessionRefused(problems)
    _write(session, values, ids, now)
    _flush(db_session)
    if before.people != values.people:
        session.roles.clear()
        db_session.flush()
        _write_roles(db_session, session, values, ids)
    _record(db_session, session, Deed.CHANGED, before, values, by=by, now=now, batch=batch)
    return session


def remove_session(
    db_session: Session, event_id: int, key: str, *, expected_version: int, by: int | None = None, now: datetime
) -> ProgrammeSession:
    """Take the session out of the draft; the next release cancels it, and it can be restored.

    Raises as `save_session` does, and `ChangeConflict(ALREADY_DONE)` where it is out already.
    """
    session = _expected(db_session, event_id, key, expected_version)
    if session.removed_at is not None:
        raise ChangeConflict(Conflict.ALREADY_DONE)
    session.removed_at = now
    _touch(session, now)
    _flush(db_session)
    _record(db_session, session, Deed.REMOVED, queries.values_of(session), None, by=by, now=now)
    return session


def restore_session(
    db_session: Session, event_id: int, key: str, *, expected_version: int, by: int | None = None, now: datetime
) -> ProgrammeSession:
    """Put a removed session back into the draft.

    Raises as `save_session` does, and `ChangeConflict(ALREADY_DONE)` where it is in the draft already.
    """
    session = _expected(db_session, event_id, key, expected_version)
    if session.removed_at is None:
        raise ChangeConflict(Conflict.ALREADY_DONE)
    values = queries.values_of(session)
    _, problems = _checked(db_session, event_id, values)
    if problems:
        raise SessionRefused(problems)
    session.removed_at = None
    _touch(session, now)
    _flush(db_session)
    _record(db_session, session, Deed.RESTORED, None, values, by=by, now=now)
    return session


def _expected(db_session: Session, event_id: int, key: str, version: int) -> ProgrammeSession:
    lock(db_session, event_id)
    session = queries.session_by_key(db_session, event_id, key)
    if session is None:
        raise NotFound(key)
    if session.version != version:
        raise ChangeConflict(Conflict.STALE)
    return session


def _checked(db_session: Session, event_id: int, values: SessionValues) -> tuple[Ids, tuple[SessionProblem, ...]]:
    ids = queries.ids_by_key(db_session, event_id, {role.person for role in values.people})
    return ids, session_problems(values, queries.frame_of(db_session, event_id), ids.known)


def _write(session: ProgrammeSession, values: SessionValues, ids: Ids, now: datetime) -> None:
    session.venue_id = ids.venues[values.venue] if values.venue else None
    session.track_id = ids.tracks[values.track] if values.track else None
    session.organiser_id = ids.organisations[values.organiser] if values.organiser else None
    session.kind, session.capacity = values.kind, values.capacity
    session.starts_at, session.ends_at = values.starts_at, values.ends_at
    session.title, session.summary, session.abstract = values.title, values.summary, values.abstract
    session.scheduled, session.locked, session.status = values.scheduled, values.locked, values.status
    session.language, session.needs_interpreter = values.language, values.needs_interpreter
    session.links = links_to_plain(values.links)
    _touch(session, now)


def _write_roles(db_session: Session, session: ProgrammeSession, values: SessionValues, ids: Ids) -> None:
    session.roles.extend(
        RoleAssignment(
            role=role.role,
            person_id=ids.people[role.person],
            position=position,
            title=role.title,
            minutes=role.minutes,
            state=role.state,
        )
        for position, role in enumerate(values.people)
    )
    db_session.flush()


def _record(
    db_session: Session,
    session: ProgrammeSession,
    deed: Deed,
    before: SessionValues | None,
    after: SessionValues | None,
    *,
    by: int | None,
    now: datetime,
    batch: str | None = None,
) -> None:
    plain = [None if values is None else session_to_plain(values) for values in (before, after)]
    entry = Entry(Subject.SESSION, session.key, deed, *plain)
    record(db_session, session.event_id, [entry], by=by, now=now, batch=batch)


def _touch(session: ProgrammeSession, now: datetime) -> None:
    """Every change counts the version up, also one that concerns the roles alone, twice in one second."""
    session.updated_at = now
    if sa.inspect(session).persistent:
        flag_modified(session, "updated_at")


def _flush(db_session: Session) -> None:
    try:
        db_session.flush()
    except StaleDataError:
        raise ChangeConflict(Conflict.STALE) from None
