"""Writes of the draft programme: importing a whole one, and one session at a time."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from galerio_events.bulk import Merged, merge_by_key
from galerio_events.errors import ChangeConflict, Conflict, ImportRefused, NotFound, Problem
from galerio_events.events.domain import Deed, Entry, Subject
from galerio_events.events.queries import lock, slug_of
from galerio_events.events.services import record, save_edition, save_tracks, save_venues
from galerio_events.people.services import save_organisations, save_people
from galerio_events.programme import queries
from galerio_events.programme.domain import RoleKind
from galerio_events.programme.domain.plain import links_to_plain, session_to_plain
from galerio_events.programme.domain.rules import (
    Frame,
    SessionProblem,
    SessionRefused,
    key_problem,
    session_problems,
    session_uid,
)
from galerio_events.programme.domain.values import (
    Counts,
    EventValues,
    ParsedProgramme,
    PersonValues,
    SessionValues,
    VenueValues,
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
    the same `batch` in the history. Raises `NotFound`, `SessionRefused`, and `ChangeConflict(STALE)` where somebody
    else was faster.
    """
    session = _expected(db_session, event_id, key, expected_version)
    before = queries.values_of(session)
    if before == values:
        return session
    ids, problems = _checked(db_session, event_id, values)
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


def import_programme(db_session: Session, parsed: ParsedProgramme, *, now: datetime) -> Counts:
    """Make the draft of the event that the file is about say what the file says.

    The event is added where there is none. What the file does not mention stays, also a session's number of places; a
    removed session that it does mention is restored. Importing the same file again changes nothing. Raises
    `ImportRefused` where a session that stays would lie outside the event's new days.
    """
    db_session.flush()
    event_id, added, changed = save_edition(
        db_session,
        parsed.event.slug,
        _event_columns(parsed.event),
        [(organiser.role, organiser.name) for organiser in parsed.event.organisers],
    )
    _refuse_left_outside(db_session, event_id, parsed)
    named = [
        save_venues(db_session, event_id, _positioned({k: _columns(v) for k, v in parsed.venues.items()})),
        save_tracks(db_session, event_id, _positioned({k: {"name": name} for k, name in parsed.tracks.items()})),
        save_organisations(db_session, event_id, {k: {"name": name} for k, name in parsed.organisations.items()}),
        save_people(db_session, event_id, _positioned({k: _columns(p) for k, p in parsed.people.items()})),
    ]
    venues, tracks, organisations, people = (merged.ids for merged in named)
    roles = {
        key: tuple((role.role, people[role.person]) for role in values.people)
        for key, values in parsed.sessions.items()
    }
    before = queries.roles_by_session(db_session, event_id)
    places = queries.capacities_by_key(db_session, event_id)
    other_roles = frozenset(key for key, wanted in roles.items() if before.get(key, ()) != wanted)
    sessions = merge_by_key(
        db_session,
        ProgrammeSession,
        event_id,
        {
            key: {
                "kind": values.kind,
                "starts_at": values.starts_at,
                "ends_at": values.ends_at,
                "title": values.title,
                "summary": values.summary,
                "abstract": values.abstract,
                "venue_id": venues[values.venue] if values.venue else None,
                "track_id": tracks[values.track] if values.track else None,
                "organiser_id": organisations[values.organiser] if values.organiser else None,
                "capacity": places.get(key) if key in parsed.without_capacity else values.capacity,
                "removed_at": None,
            }
            for key, values in parsed.sessions.items()
        },
        only_when_added={
            key: {"uid": session_uid(parsed.event.slug, key), "updated_at": now, "version": 1}
            for key in parsed.sessions
        },
        when_changed={"updated_at": now, "version": ProgrammeSession.__table__.c.version + 1},
        always_changed=other_roles,
    )
    _replace_roles(db_session, {sessions.ids[key]: roles[key] for key in other_roles})
    db_session.expire_all()
    counts = Counts(int(added), int(changed), int(not added and not changed))
    for merged, wanted in zip(
        [*named, sessions],
        (parsed.venues, parsed.tracks, parsed.organisations, parsed.people, parsed.sessions),
        strict=True,
    ):
        counts += _counted(merged, len(wanted))
    return counts


def _event_columns(event: EventValues) -> dict[str, Any]:
    return {
        "ordinal": event.ordinal,
        "title": event.title,
        "theme": event.theme,
        "timezone": event.timezone,
        "starts_on": event.starts_on,
        "ends_on": event.ends_on,
        "day_starts_at": event.day_starts_at,
        "languages": list(event.languages),
        "format": event.format,
        "facts": dict(event.facts),
    }


def _columns(values: VenueValues | PersonValues) -> dict[str, Any]:
    return {field.name: getattr(values, field.name) for field in fields(values)}


def _positioned(entries: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    return {key: {**values, "position": position} for position, (key, values) in enumerate(entries.items())}


def _counted(merged: Merged, wanted: int) -> Counts:
    added, changed = len(merged.added), len(merged.changed)
    return Counts(added, changed, wanted - added - changed)


def _refuse_left_outside(db_session: Session, event_id: int, parsed: ParsedProgramme) -> None:
    event = parsed.event
    frame = Frame(event.timezone, event.starts_on, event.ends_on, event.day_starts_at)
    outside = [
        key
        for key, times in queries.times_by_key(db_session, event_id).items()
        if key not in parsed.sessions and not frame.holds(*times)
    ]
    if outside:
        raise ImportRefused(
            tuple(
                Problem(0, f"session {key!r}, which the file does not mention, would lie outside the event's days")
                for key in sorted(outside)
            )
        )


def _replace_roles(db_session: Session, wanted: Mapping[int, tuple[tuple[RoleKind, int], ...]]) -> None:
    if not wanted:
        return
    connection = db_session.connection()
    table = cast(sa.Table, RoleAssignment.__table__)
    connection.execute(
        sa.delete(table).where(table.c.session_id == sa.bindparam("the_session")),
        [{"the_session": session_id} for session_id in wanted],
    )
    rows = [
        {"session_id": session_id, "position": position, "role": role, "person_id": person_id}
        for session_id, roles in wanted.items()
        for position, (role, person_id) in enumerate(roles)
    ]
    if rows:
        connection.execute(sa.insert(table), rows)


def _expected(db_session: Session, event_id: int, key: str, version: int) -> ProgrammeSession:
    lock(db_session, event_id)
    session = queries.session_by_key(db_session, event_id, key)
    if session is None:
        raise NotFound(key)
    if session.version != version:
        raise ChangeConflict(Conflict.STALE)
    return session


def _checked(db_session: Session, event_id: int, values: SessionValues) -> tuple[Ids, tuple[SessionProblem, ...]]:
    ids = queries.ids_by_key(db_session, event_id)
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
