"""Reads of the draft: its sessions, and what they may refer to."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from galerio_events.events.models import Event, Track, Venue
from galerio_events.people.models import Organisation, Person
from galerio_events.programme.domain import SessionKind
from galerio_events.programme.domain.plain import links_from_plain
from galerio_events.programme.domain.rules import Frame, Known
from galerio_events.programme.domain.values import RoleValue, SessionValues
from galerio_events.programme.models import KindRule, ProgrammeSession, RoleAssignment
from galerio_events.translated import Translated

WHOLE: tuple[ExecutableOption, ...] = (
    joinedload(ProgrammeSession.venue),
    joinedload(ProgrammeSession.track),
    joinedload(ProgrammeSession.organiser),
    selectinload(ProgrammeSession.roles).joinedload(RoleAssignment.person),
)


@dataclass(frozen=True, slots=True)
class Choices:
    """(key, name) of what a session of an event may refer to, in the event's own order."""

    venues: tuple[tuple[str, Translated], ...]
    tracks: tuple[tuple[str, Translated], ...]
    organisations: tuple[tuple[str, Translated], ...]
    people: tuple[tuple[str, Translated], ...]


@dataclass(frozen=True, slots=True)
class Ids:
    """Key to id of what a session of an event may refer to."""

    venues: Mapping[str, int]
    tracks: Mapping[str, int]
    organisations: Mapping[str, int]
    people: Mapping[str, int]

    @property
    def known(self) -> Known:
        """The keys alone, as the rules take them."""
        return Known(*(frozenset(part) for part in (self.venues, self.tracks, self.organisations, self.people)))


def sessions_of(db_session: Session, event_id: int) -> list[ProgrammeSession]:
    """Every session of the event's draft with all it refers to, removed ones among them, by start, end and key.

    Two queries, however many there are.
    """
    found = db_session.scalars(sa.select(ProgrammeSession).where(ProgrammeSession.event_id == event_id).options(*WHOLE))
    return sorted(found, key=lambda s: (s.starts_at, s.ends_at, s.key))


def session_by_key(db_session: Session, event_id: int, key: str) -> ProgrammeSession | None:
    """The session of that key in that event, removed or not, with all it refers to; None where there is none."""
    return db_session.scalar(
        sa.select(ProgrammeSession)
        .where(ProgrammeSession.event_id == event_id, ProgrammeSession.key == key)
        .options(*WHOLE)
    )


def session_by_nonce(db_session: Session, event_id: int, nonce: str) -> ProgrammeSession | None:
    """The session that the form with that nonce has made in the event, if it has."""
    return db_session.scalar(
        sa.select(ProgrammeSession).where(ProgrammeSession.event_id == event_id, ProgrammeSession.nonce == nonce)
    )


def values_of(session: ProgrammeSession) -> SessionValues:
    """What the session says now, in the form in which `services.save_session` takes it."""
    return SessionValues(
        kind=session.kind,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        title=session.title,
        summary=session.summary,
        abstract=session.abstract,
        venue=session.venue.key if session.venue else None,
        track=session.track.key if session.track else None,
        organiser=session.organiser.key if session.organiser else None,
        people=tuple(
            RoleValue(assigned.role, assigned.person.key, assigned.title, assigned.minutes, assigned.state)
            for assigned in session.roles
        ),
        capacity=session.capacity,
        scheduled=session.scheduled,
        locked=session.locked,
        status=session.status,
        language=session.language,
        needs_interpreter=session.needs_interpreter,
        links=links_from_plain(session.links),
    )


def choices(db_session: Session, event_id: int) -> Choices:
    """What a session of the event may refer to."""
    return Choices(
        venues=_named(db_session, sa.select(Venue.key, Venue.name)
                      .where(Venue.event_id == event_id).order_by(Venue.position, Venue.id)),
        tracks=_named(db_session, sa.select(Track.key, Track.name)
                      .where(Track.event_id == event_id).order_by(Track.position, Track.id)),
        organisations=_named(db_session, sa.select(Organisation.key, Organisation.name)
                             .where(Organisation.event_id == event_id).order_by(Organisation.key)),
        people=_named(db_session, sa.select(Person.key, Person.name)
                      .where(Person.event_id == event_id).order_by(Person.position, Person.id)),
    )  # fmt: skip


def frame_of(db_session: Session, event_id: int) -> Frame:
    """The days of the event. Raises `NoResultFound` where there is no such event."""
    row = db_session.execute(
        sa.select(Event.timezone, Event.starts_on, Event.ends_on, Event.day_starts_at).where(Event.id == event_id)
    ).one()
    return Frame(*row)


def ids_by_key(db_session: Session, event_id: int, people: Collection[str] | None = None) -> Ids:
    """Key to id of everything in the event that a session may refer to; of people only those named, where any are."""
    found = []
    for model in (Venue, Track, Organisation, Person):
        query = sa.select(model.key, model.id).where(model.event_id == event_id)
        if model is Person and people is not None:
            query = query.where(Person.key.in_(sorted(people)))
        found.append({row.key: row.id for row in db_session.execute(query)})
    return Ids(*found)


def minutes_of_kind(db_session: Session, event_id: int, kind: SessionKind) -> int | None:
    """How long a new session of that kind is in the event, where its organisers have said so."""
    return db_session.scalar(sa.select(KindRule.minutes).where(KindRule.event_id == event_id, KindRule.kind == kind))


def times_by_key(db_session: Session, event_id: int) -> dict[str, tuple[datetime, datetime]]:
    """Key to (start, end) of every session that is not removed."""
    s = ProgrammeSession
    rows = db_session.execute(
        sa.select(s.key, s.starts_at, s.ends_at).where(s.event_id == event_id, s.removed_at.is_(None))
    )
    return {row.key: (row.starts_at, row.ends_at) for row in rows}


def _named(db_session: Session, query: sa.Select[str, Translated]) -> tuple[tuple[str, Translated], ...]:
    return tuple((key, name) for key, name in db_session.execute(query))


def session_ids(db_session: Session, event_id: int) -> dict[str, int]:
    """Key to id of every session of the event, removed or not."""
    s = ProgrammeSession
    return {row.key: row.id for row in db_session.execute(sa.select(s.key, s.id).where(s.event_id == event_id))}
