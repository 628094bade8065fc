"""Reads of what conflicts depend on, of how to call what is in conflict, and of what was accepted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events import clock
from galerio_events.events.domain import Deed, Subject
from galerio_events.events.models import Change, Event, Venue
from galerio_events.people.models import Availability, Person
from galerio_events.programme.domain import RoleKind, RoleState, SessionKind
from galerio_events.programme.domain.apart import SPACE, apart_from
from galerio_events.programme.domain.conflicts import Conflict, Draft, Part, Place, Slot, Span
from galerio_events.programme.domain.rules import Frame
from galerio_events.programme.models import AcceptedWarning, KindRule, ProgrammeSession, RoleAssignment
from galerio_events.programme.queries.run_sheet import minutes_by_session
from galerio_events.translated import Translated

# A draft that is behind by more changes than this is read anew, rather than brought up to date.
_MOST_BEHIND = 64
# Drafts of so many events are kept.
_MOST_KEPT = 8
# Changes of these leave a draft, as conflicts see it, what it was.
_WITHOUT_EFFECT = frozenset(
    {
        *(Subject.TRACK, Subject.ORGANISATION, Subject.WARNING, Subject.RELEASE, Subject.RUN_SHEET_TEMPLATE),
        *(Subject.LEARNINGS, Subject.ARCHIVE, Subject.MATERIAL),
    }
)
_SESSION_DEEDS = frozenset({Deed.ADDED, Deed.CHANGED, Deed.REMOVED, Deed.RESTORED})


@dataclass(frozen=True, slots=True)
class Names:
    """How to call what is in conflict: titles of sessions, names of persons and venues, by key."""

    sessions: Mapping[str, Translated]
    people: Mapping[str, Translated]
    venues: Mapping[str, Translated]


@dataclass(frozen=True, slots=True)
class Accepted:
    """Why a conflict was accepted, when, and by which account."""

    reason: str
    at: datetime
    by: int | None


@dataclass(frozen=True, slots=True)
class _Kept:
    """A draft as of the change of that id and batch."""

    change: int
    batch: str
    draft: Draft


_kept: dict[int, _Kept] = {}
_lock = Lock()


def conflict_draft(db_session: Session, event_id: int) -> Draft:
    """All that the conflicts of the event's draft depend on. Raises `NoResultFound` where there is no such event.

    It is kept in memory as of the newest change in the event's history, and brought up to date with the changes since:
    every write of a draft or of settings records one under the event's lock. Seven queries where it is read anew, one
    where it is kept. A change is known by its id and its batch, because SQLite gives the id of a change that was
    rolled back to another one.
    """
    with _lock:
        kept = _kept.get(event_id)
    if kept is not None:
        kept = _caught_up(db_session, event_id, kept)
    if kept is None:
        newest = _newest(db_session, event_id)
        draft = _read(db_session, event_id)
        if newest is None:
            return draft
        kept = _Kept(*newest, draft)
    with _lock:
        _kept.pop(event_id, None)
        _kept[event_id] = kept
        while len(_kept) > _MOST_KEPT:
            del _kept[next(iter(_kept))]
    return kept.draft


def forget() -> None:
    """Keep no draft in memory any more."""
    with _lock:
        _kept.clear()


def names_in(db_session: Session, event_id: int, conflicts: Iterable[Conflict]) -> Names:
    """How to call all that is in those conflicts. At most three queries."""
    found = list(conflicts)
    return Names(
        sessions=_named(
            db_session,
            ProgrammeSession.key,
            ProgrammeSession.title,
            ProgrammeSession.event_id == event_id,
            {key for conflict in found for key in conflict.sessions},
        ),
        people=_named(
            db_session,
            Person.key,
            Person.name,
            Person.event_id == event_id,
            {conflict.person for conflict in found if conflict.person},
        ),
        venues=_named(
            db_session,
            Venue.key,
            Venue.name,
            Venue.event_id == event_id,
            {conflict.venue for conflict in found if conflict.venue},
        ),
    )


def accepted_warnings(db_session: Session, event_id: int) -> dict[str, Accepted]:
    """What was accepted in the event, by fingerprint, whether it is so at present or not."""
    w = AcceptedWarning
    rows = db_session.execute(
        sa.select(w.fingerprint, w.reason, w.accepted_at, w.accepted_by).where(
            w.event_id == event_id, w.fingerprint.not_like(f"{SPACE}%")
        )
    )
    return {row.fingerprint: Accepted(row.reason, row.accepted_at, row.accepted_by) for row in rows}


def kept_apart(db_session: Session, event_id: int, of: str) -> set[frozenset[str]]:
    """The pairs of keys of which somebody has said that they are two persons (or `organisation`s)."""
    w = AcceptedWarning
    said = db_session.scalars(sa.select(w.reason).where(w.event_id == event_id, w.fingerprint.like(f"{SPACE}%")))
    return {pair.keys for pair in map(apart_from, said) if pair.of == of}


def accepted_warning(db_session: Session, event_id: int, fingerprint: str) -> AcceptedWarning | None:
    """The acceptance of the conflict with that fingerprint, if there is one."""
    return db_session.scalar(
        sa.select(AcceptedWarning).where(
            AcceptedWarning.event_id == event_id, AcceptedWarning.fingerprint == fingerprint
        )
    )


def _named(
    db_session: Session, key: Any, name: Any, condition: sa.ColumnElement[bool], keys: set[str]
) -> dict[str, Translated]:
    if not keys:
        return {}
    query = sa.select(key, name).where(condition)
    # Past that many, reading all of them costs less than naming each; and there is a limit to what can be named.
    if len(keys) <= 500:
        query = query.where(key.in_(sorted(keys)))
    return {row[0]: row[1] for row in db_session.execute(query) if row[0] in keys}


def _newest(db_session: Session, event_id: int) -> tuple[int, str] | None:
    row = db_session.execute(
        sa.select(Change.id, Change.batch).where(Change.event_id == event_id).order_by(Change.id.desc()).limit(1)
    ).one_or_none()
    return None if row is None else (row.id, row.batch)


def _caught_up(db_session: Session, event_id: int, kept: _Kept) -> _Kept | None:
    """What is kept with the changes since applied; None where it has to be read anew."""
    c = Change
    rows = db_session.execute(
        sa.select(c.id, c.batch, c.subject, c.key, c.deed, c.after)
        .where(c.event_id == event_id, c.id >= kept.change)
        .order_by(c.id)
        .limit(_MOST_BEHIND + 2)
    ).all()
    if not rows or (rows[0].id, rows[0].batch) != (kept.change, kept.batch) or len(rows) > _MOST_BEHIND + 1:
        return None
    if len(rows) == 1:
        return kept
    slots = {slot.key: slot for slot in kept.draft.sessions}
    for row in rows[1:]:
        if row.subject in _WITHOUT_EFFECT:
            continue
        known = slots.get(row.key)
        if row.subject is Subject.RUN_SHEET and known is not None:
            minutes = [each["minutes"] for each in row.after["segments"]]
            slots[row.key] = replace(known, segments=sum(minutes) if minutes else None)
            continue
        if row.subject is not Subject.SESSION or row.deed not in _SESSION_DEEDS or row.deed is Deed.RESTORED:
            return None
        if row.after is None:
            slots.pop(row.key, None)
        else:
            slots[row.key] = slot_from_plain(row.key, row.after, known.segments if known else None)
    return _Kept(rows[-1].id, rows[-1].batch, replace(kept.draft, sessions=tuple(slots.values())))


def slot_from_plain(key: str, plain: Mapping[str, Any], segments: int | None = None) -> Slot:
    """The session that `session_to_plain` wrote, as conflicts see it; `segments` are the minutes of its run sheet."""
    return Slot(
        key,
        SessionKind(plain["kind"]),
        clock.from_text(plain["starts_at"]),
        clock.from_text(plain["ends_at"]),
        plain["venue"],
        tuple(
            Part(RoleKind(part["role"]), part["person"], part["minutes"], RoleState(part["state"]))
            for part in plain["people"]
        ),
        plain["capacity"],
        plain["needs_interpreter"],
        plain["scheduled"],
        segments,
    )


def _read(db_session: Session, event_id: int) -> Draft:
    e, v = Event, Venue
    event = db_session.execute(
        sa.select(e.timezone, e.starts_on, e.ends_on, e.day_starts_at, e.changeover_minutes).where(e.id == event_id)
    ).one()
    venues = db_session.execute(
        sa.select(v.key, v.kind, v.capacity, v.opens_at, v.closes_at).where(v.event_id == event_id)
    )
    rules = db_session.execute(sa.select(KindRule.kind, KindRule.required_roles).where(KindRule.event_id == event_id))
    return Draft(
        frame=Frame(event.timezone, event.starts_on, event.ends_on, event.day_starts_at),
        changeover_minutes=event.changeover_minutes,
        venues={
            key: Place(kind, capacity, None if opens_at is None or closes_at is None else (opens_at, closes_at))
            for key, kind, capacity, opens_at, closes_at in venues
        },
        availability=_availability(db_session, event_id),
        required={kind: tuple(map(RoleKind, roles)) for kind, roles in rules},
        sessions=_slots(db_session, event_id),
    )


def _availability(db_session: Session, event_id: int) -> dict[str, tuple[Span, ...]]:
    rows = db_session.execute(
        sa.select(Person.key, Availability.starts_at, Availability.ends_at)
        .join(Availability, Availability.person_id == Person.id)
        .where(Person.event_id == event_id)
        .order_by(Availability.starts_at, Availability.id)
    )
    found: dict[str, list[Span]] = {}
    for key, starts_at, ends_at in rows:
        found.setdefault(key, []).append((starts_at, ends_at))
    return {key: tuple(spans) for key, spans in found.items()}


def _slots(db_session: Session, event_id: int) -> tuple[Slot, ...]:
    s, r = ProgrammeSession, RoleAssignment
    present = sa.and_(s.event_id == event_id, s.removed_at.is_(None))
    parts: dict[int, list[Part]] = {}
    for session_id, role, person, minutes, state in db_session.execute(
        sa.select(r.session_id, r.role, Person.key, r.minutes, r.state)
        .join(s, s.id == r.session_id)
        .join(Person, Person.id == r.person_id)
        .where(present)
        .order_by(r.session_id, r.position)
    ):
        parts.setdefault(session_id, []).append(Part(role, person, minutes, state))
    rows = db_session.execute(
        sa.select(s.id, s.key, s.kind, s.starts_at, s.ends_at, Venue.key, s.capacity, s.needs_interpreter, s.scheduled)
        .join(Venue, Venue.id == s.venue_id, isouter=True)
        .where(present)
        .order_by(s.id)
    )
    sheets = minutes_by_session(db_session, event_id)
    return tuple(
        Slot(
            key,
            kind,
            starts_at,
            ends_at,
            venue,
            tuple(parts.get(session_id, ())),
            capacity,
            interpreter,
            scheduled,
            sheets.get(session_id),
        )
        for session_id, key, kind, starts_at, ends_at, venue, capacity, interpreter, scheduled in rows
    )
