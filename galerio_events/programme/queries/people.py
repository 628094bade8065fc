"""Reads of who has which part in the programme."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.programme.domain import RoleKind, RoleState
from galerio_events.programme.models import ProgrammeSession, RoleAssignment
from galerio_events.programme.queries.sessions import WHOLE
from galerio_events.translated import EMPTY, Translated


@dataclass(frozen=True, slots=True)
class Part:
    """A session that a person has a role in, or (`role` is None) that an organisation runs."""

    session: str
    title: Translated
    starts_at: datetime
    ends_at: datetime
    scheduled: bool
    removed: bool
    role: RoleKind | None = None
    talk: Translated = EMPTY
    state: RoleState = RoleState.CONFIRMED


def parts_of_person(db_session: Session, person_id: int) -> list[Part]:
    """The roles of the person in the draft, by time; those in removed sessions are among them, at the end."""
    s, r = ProgrammeSession, RoleAssignment
    rows = db_session.execute(
        sa.select(s.key, s.title, s.starts_at, s.ends_at, s.scheduled, s.removed_at, r.role, r.title, r.state)
        .join(r, r.session_id == s.id)
        .where(r.person_id == person_id)
        .order_by(s.starts_at, s.key, r.position)
    )
    return _live_first(Part(row[0], row[1], row[2], row[3], row[4], row[5] is not None, *row[6:]) for row in rows)


def parts_of_organisation(db_session: Session, organisation_id: int) -> list[Part]:
    """The sessions of the draft that the organisation runs, by time; removed ones are among them, at the end."""
    s = ProgrammeSession
    rows = db_session.execute(
        sa.select(s.key, s.title, s.starts_at, s.ends_at, s.scheduled, s.removed_at)
        .where(s.organiser_id == organisation_id)
        .order_by(s.starts_at, s.key)
    )
    return _live_first(Part(row[0], row[1], row[2], row[3], row[4], row[5] is not None) for row in rows)


def _live_first(parts: Iterable[Part]) -> list[Part]:
    return sorted(parts, key=lambda part: part.removed)


def sessions_by_person(db_session: Session, event_id: int) -> Mapping[int, int]:
    """Person id to the number of sessions, not removed, that he or she has any role in."""
    s, r = ProgrammeSession, RoleAssignment
    rows = db_session.execute(
        sa.select(r.person_id, sa.func.count(sa.distinct(r.session_id)))
        .join(s, s.id == r.session_id)
        .where(s.event_id == event_id, s.removed_at.is_(None))
        .group_by(r.person_id)
    )
    return dict(iter(rows))


def sessions_by_organisation(db_session: Session, event_id: int) -> Mapping[int, int]:
    """Organisation id to the number of sessions, not removed, that it runs."""
    s = ProgrammeSession
    rows = db_session.execute(
        sa.select(s.organiser_id, sa.func.count())
        .where(s.event_id == event_id, s.removed_at.is_(None), s.organiser_id.is_not(None))
        .group_by(s.organiser_id)
    )
    return {organisation: number for organisation, number in rows if organisation is not None}


def sessions_with_person(db_session: Session, person_id: int) -> list[ProgrammeSession]:
    """The sessions in which the person has a role, removed or not, with all they refer to."""
    having = sa.select(RoleAssignment.session_id).where(RoleAssignment.person_id == person_id)
    return _whole(db_session, ProgrammeSession.id.in_(having))


def sessions_run_by(db_session: Session, organisation_id: int) -> list[ProgrammeSession]:
    """The sessions that the organisation runs, removed or not, with all they refer to."""
    return _whole(db_session, ProgrammeSession.organiser_id == organisation_id)


def _whole(db_session: Session, condition: sa.ColumnElement[bool]) -> list[ProgrammeSession]:
    query = sa.select(ProgrammeSession).where(condition).order_by(ProgrammeSession.key).options(*WHOLE)
    return list(db_session.scalars(query.execution_options(populate_existing=True)))
