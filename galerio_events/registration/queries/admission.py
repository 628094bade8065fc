"""What decides about a registration, read while the event's lock is held."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.events.models import Event
from galerio_events.programme.models import ProgrammeSession
from galerio_events.registration.domain import Intake, Places, RegistrationState, default_intake
from galerio_events.registration.models import Intake as IntakeRow
from galerio_events.registration.models import Registration, SessionChoice
from galerio_events.registration.queries.parts import (
    IS_ACTIVE,
    IS_CANCELLED,
    REGISTRATIONS,
    SESSIONS,
    among_keys,
    constant,
)
from galerio_events.text import email_key

_EVENTS = Event.__table__.c
_INTAKES = IntakeRow.__table__.c


@dataclass(frozen=True, slots=True)
class Admission:
    """All that decides about a registration, as of one moment."""

    intake: Intake
    taken: int
    places: tuple[Places, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """The registration that stands in the way of a further one."""

    registration_id: int
    reference: str
    state: RegistrationState
    name: str
    email: str
    language: str
    same_submission: bool


# These are sent for every registration, so they are put together once.
_LOCK = (
    sa.select(Event.__table__.c.id).where(Event.__table__.c.id == sa.bindparam("event")).with_for_update(key_share=True)
)
_KNOWN = sa.select(sa.literal(1)).where(
    REGISTRATIONS.event_id == sa.bindparam("event"), REGISTRATIONS.email_key == sa.bindparam("email"), IS_ACTIVE
)


def _chosen() -> sa.ColumnElement[int]:
    """How many active registrations have chosen a session.

    Few registrations are cancelled: all choices less those of cancelled ones are far sooner counted than each choice's
    registration is looked up.
    """
    choices = SessionChoice.__table__.c
    everybody = sa.select(sa.func.count()).where(choices.session_id == SESSIONS.id)
    cancelled = (
        sa.select(sa.func.count())
        .select_from(Registration.__table__)
        .where(
            REGISTRATIONS.event_id == SESSIONS.event_id,
            IS_CANCELLED,
            sa.exists()
            .where(choices.registration_id == REGISTRATIONS.id, choices.session_id == SESSIONS.id)
            .correlate(Registration.__table__, ProgrammeSession.__table__),
        )
        .correlate(ProgrammeSession.__table__)
    )
    return everybody.scalar_subquery() - cancelled.scalar_subquery()


def _admission(which: str, *, array: bool) -> sa.Select[Any]:
    """Intake, count and places; `which` are the sessions: `named`, `limited` ones, or `none`."""
    registered = (
        sa.select(sa.func.count())
        .select_from(Registration.__table__)
        .where(REGISTRATIONS.event_id == sa.bindparam("event"), IS_ACTIVE)
        .scalar_subquery()
    )
    wanted = SESSIONS.event_id == _EVENTS.id
    if which == "named":
        wanted &= among_keys(array=array)
    else:
        wanted &= SESSIONS.capacity.is_not(None)
    source = Event.__table__.outerjoin(IntakeRow.__table__, _INTAKES.event_id == _EVENTS.id)
    places: list[Any] = [sa.null(), sa.null(), sa.null(), sa.null()]
    if which != "none":
        source = source.outerjoin(ProgrammeSession.__table__, wanted)
        places = [
            SESSIONS.id,
            SESSIONS.key,
            SESSIONS.capacity,
            sa.case((SESSIONS.capacity.is_not(None), _chosen()), else_=constant(0)),
        ]
    return (
        sa.select(
            _EVENTS.ends_on,
            _EVENTS.timezone,
            _EVENTS.day_starts_at,
            _INTAKES.event_id,
            _INTAKES.opens_at,
            _INTAKES.closes_at,
            _INTAKES.capacity,
            sa.case((_INTAKES.capacity.is_not(None), registered), else_=constant(0)),
            *places,
        )
        .select_from(source)
        .where(_EVENTS.id == sa.bindparam("event"))
    )


_ADMISSION = {
    (dialect, which): _admission(which, array=dialect == "postgresql")
    for dialect in ("postgresql", "sqlite")
    for which in ("named", "limited", "none")
}


def lock_intake(db_session: Session, event_id: int) -> None:
    """Wait until no other admission to this event is under way, until the end of the transaction.

    PostgreSQL locks the event's row, which always exists (the intake's may not), in the mode that leaves rows free to
    refer to it. On SQLite the transaction itself, begun IMMEDIATE, is the lock; see `galerio_events.db`.
    """
    if db_session.get_bind().dialect.name == "postgresql":
        db_session.connection().execute(_LOCK, {"event": event_id})


def admission(db_session: Session, event_id: int, keys: Collection[str] | None) -> Admission:
    """Intake, active registrations and the places of the sessions of these keys; None means every session that has a
    capacity.

    It is one statement, so that all of it is of the same moment; where nothing is limited, nothing is counted.
    """
    which = "limited" if keys is None else "named" if keys else "none"
    given: dict[str, Any] = {"event": event_id} | ({"keys": sorted(keys)} if keys else {})
    connection = db_session.connection()
    rows = connection.execute(_ADMISSION[connection.dialect.name, which], given).all()
    ends_on, zone_name, day_starts_at, has_intake, opens_at, closes_at, capacity, taken = rows[0][:8]
    intake = Intake(opens_at, closes_at, capacity) if has_intake else default_intake(ends_on, zone_name, day_starts_at)
    places = tuple(Places(row[9], row[8], row[10], row[11]) for row in rows if row[8] is not None)
    return Admission(intake, taken, places)


def has_intake(db_session: Session, event_id: int) -> bool:
    """Whether the organisers have said when the event takes registrations."""
    return db_session.scalar(sa.select(IntakeRow.event_id).where(IntakeRow.event_id == event_id)) is not None


def is_registered(db_session: Session, event_id: int, email: str) -> bool:
    """Whether the event has an active registration with that address."""
    known = {"event": event_id, "email": email_key(email)}
    return db_session.connection().execute(_KNOWN, known).first() is not None


def known_beforehand(db_session: Session, event_id: int, email: str) -> bool | None:
    """As `is_registered`; None on PostgreSQL, where the statement that registers says what was there when it began."""
    if db_session.get_bind().dialect.name == "postgresql":
        return None
    return is_registered(db_session, event_id, email)


def in_the_way(db_session: Session, event_id: int, *, email: str, submission: str) -> Known | None:
    """The registration made from the same submission, else the active one with that address."""
    active = (Registration.email_key == email_key(email)) & (Registration.state == RegistrationState.ACTIVE)
    row = db_session.execute(
        sa.select(
            Registration.id,
            Registration.reference,
            Registration.state,
            Registration.name,
            Registration.email,
            Registration.language,
            Registration.submission_key == submission,
        )
        .where(Registration.event_id == event_id, (Registration.submission_key == submission) | active)
        .order_by((Registration.submission_key == submission).desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else Known(*row[:6], same_submission=bool(row[6]))
