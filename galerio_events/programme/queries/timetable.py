"""Reads of the draft for the timetable: rows instead of objects, as there may be thousands of sessions."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.accounts.models import Account
from galerio_events.events.domain import Deed, Subject, VenueKind
from galerio_events.events.models import Change, Track, Venue
from galerio_events.people.models import Person
from galerio_events.programme.domain import SessionKind, SessionStatus
from galerio_events.programme.models import KindRule, ProgrammeSession, RoleAssignment
from galerio_events.translated import Translated

# What has no part in what the timetable shows.
_ELSEWHERE = (Subject.RELEASE, Subject.ORGANISATION)


@dataclass(frozen=True, slots=True)
class TimetableRow:
    """A session as the timetable shows it; `people` are the keys of those who take part, in order, each once."""

    key: str
    version: int
    kind: SessionKind
    starts_at: datetime
    ends_at: datetime
    title: Translated
    venue: str | None
    track: str | None
    scheduled: bool
    locked: bool
    status: SessionStatus
    removed: bool
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TimetableVenue:
    """A column of the timetable."""

    key: str
    name: Translated
    kind: VenueKind
    capacity: int | None


@dataclass(frozen=True, slots=True)
class TimetableTrack:
    """A track; `colour` is `#rrggbb` where it has one."""

    key: str
    name: Translated
    colour: str | None


@dataclass(frozen=True, slots=True)
class News:
    """What has changed since: `sessions` maps keys to what was last done to them and by whom (an e-mail address, None
    for the command line); `elsewhere` is true where anything else that the timetable shows has changed, too."""

    newest: int
    sessions: Mapping[str, tuple[Deed, str | None]]
    elsewhere: bool


@dataclass(frozen=True, slots=True)
class Past:
    """An entry of a session's history: the plain values before and after, who it was and when."""

    before: dict[str, Any] | None
    after: dict[str, Any] | None
    email: str | None
    at: datetime


def timetable_rows(
    db_session: Session, event_id: int, keys: Collection[str] | None = None
) -> tuple[list[TimetableRow], dict[str, Translated]]:
    """The sessions of the draft (those with these keys) by start, end and key, and the names of the people in them.

    Removed sessions are there only where they are asked for by key. Two queries, however many there are.
    """
    s, r = ProgrammeSession, RoleAssignment
    wanted = [s.event_id == event_id, s.removed_at.is_(None) if keys is None else s.key.in_(list(keys))]
    found = db_session.execute(
        sa.select(
            s.id, s.key, s.version, s.kind, s.starts_at, s.ends_at, s.title, Venue.key.label("venue"),
            Track.key.label("track"), s.scheduled,
            s.locked, s.status, s.removed_at,
        )
        .outerjoin(Venue, Venue.id == s.venue_id)
        .outerjoin(Track, Track.id == s.track_id)
        .where(*wanted)
        .order_by(s.starts_at, s.ends_at, s.key)
    ).all()  # fmt: skip
    taking_part = db_session.execute(
        sa.select(r.session_id, Person.key, Person.name)
        .join(s, s.id == r.session_id)
        .join(Person, Person.id == r.person_id)
        .where(*wanted)
        .order_by(r.session_id, r.position)
    )
    people: dict[int, dict[str, None]] = {}
    names: dict[str, Translated] = {}
    for session_id, key, name in taking_part:
        people.setdefault(session_id, {})[key] = None
        names[key] = name
    rows = [
        TimetableRow(
            row.key, row.version, row.kind, row.starts_at, row.ends_at, row.title, row.venue, row.track, row.scheduled,
            row.locked, row.status, row.removed_at is not None, tuple(people.get(row.id, ())),
        )
        for row in found
    ]  # fmt: skip
    return rows, names


def timetable_venues(db_session: Session, event_id: int) -> list[TimetableVenue]:
    """The venues of the event in its own order."""
    rows = db_session.execute(
        sa.select(Venue.key, Venue.name, Venue.kind, Venue.capacity)
        .where(Venue.event_id == event_id)
        .order_by(Venue.position, Venue.id)
    )
    return [TimetableVenue(*row) for row in rows]


def venue_keys(db_session: Session, event_id: int) -> list[str]:
    """The keys of the event's venues in its own order."""
    return list(
        db_session.scalars(sa.select(Venue.key).where(Venue.event_id == event_id).order_by(Venue.position, Venue.id))
    )


def timetable_tracks(db_session: Session, event_id: int) -> list[TimetableTrack]:
    """The tracks of the event in its own order."""
    rows = db_session.execute(
        sa.select(Track.key, Track.name, Track.colour)
        .where(Track.event_id == event_id)
        .order_by(Track.position, Track.id)
    )
    return [TimetableTrack(*row) for row in rows]


def usual_minutes(db_session: Session, event_id: int) -> dict[SessionKind, int]:
    """How long new sessions of a kind are, for the kinds for which the event says so."""
    rows = db_session.execute(
        sa.select(KindRule.kind, KindRule.minutes).where(KindRule.event_id == event_id, KindRule.minutes.is_not(None))
    )
    return {row.kind: row.minutes for row in rows if row.minutes}


def news_since(db_session: Session, event_id: int, since: int) -> News:
    """What has been done to the event after the change of that id."""
    rows = db_session.execute(
        sa.select(Change.id, Change.subject, Change.key, Change.deed, Account.email)
        .outerjoin(Account, Account.id == Change.account_id)
        .where(Change.event_id == event_id, Change.id > since)
        .order_by(Change.id)
    ).all()
    sessions = {row.key: (row.deed, row.email) for row in rows if row.subject is Subject.SESSION}
    elsewhere = any(row.subject is not Subject.SESSION and row.subject not in _ELSEWHERE for row in rows)
    return News(rows[-1].id if rows else since, sessions, elsewhere)


def session_past(db_session: Session, event_id: int, key: str, since: int) -> list[Past]:
    """What was done to the session after the change of that id, in order."""
    rows = db_session.execute(
        sa.select(Change.before, Change.after, Account.email, Change.at)
        .outerjoin(Account, Account.id == Change.account_id)
        .where(Change.event_id == event_id, Change.subject == Subject.SESSION, Change.key == key, Change.id > since)
        .order_by(Change.id)
    )
    return [Past(*row) for row in rows]


def keys_taken(db_session: Session, event_id: int) -> set[str]:
    """The keys of every session of the event, removed ones among them."""
    return set(db_session.scalars(sa.select(ProgrammeSession.key).where(ProgrammeSession.event_id == event_id)))
