"""Reads of registrations. Counts that decide about admission are made while the event's lock is held."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session, joinedload

from galerio_events.events.models import Event
from galerio_events.programme.models import ProgrammeSession
from galerio_events.registration.domain import Intake, LinkPurpose, Places, RegistrationState, default_intake
from galerio_events.registration.models import ConsentRecord, PrivateLink, Registration, SessionChoice
from galerio_events.registration.models import Intake as IntakeRow
from galerio_events.text import email_key, token_hash

_ACTIVE = Registration.state == RegistrationState.ACTIVE

_REGISTRATIONS = Registration.__table__.c
_EVENTS = Event.__table__.c
_INTAKES = IntakeRow.__table__.c
_SESSIONS = ProgrammeSession.__table__.c


def constant(value: StrEnum | int) -> sa.ColumnElement[Any]:
    """One of our own words or numbers in a statement's text; unlike a parameter, it lets plans use partial indexes."""
    return sa.literal_column(f"'{value.value}'" if isinstance(value, StrEnum) else str(value))


# For the statements that are put together once.
_IS_ACTIVE = _REGISTRATIONS.state == constant(RegistrationState.ACTIVE)
_IS_CANCELLED = _REGISTRATIONS.state == constant(RegistrationState.CANCELLED)


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


@dataclass(frozen=True, slots=True)
class Chooser:
    """A registrant and which of some sessions they chose; `links` are the nonces of their private links by purpose."""

    name: str
    email: str
    language: str
    reference: str
    version: int
    sessions: frozenset[str]
    links: Mapping[str, str]


# These are sent for every registration, so they are put together once.
_LOCK = (
    sa.select(Event.__table__.c.id).where(Event.__table__.c.id == sa.bindparam("event")).with_for_update(key_share=True)
)
_KNOWN = sa.select(sa.literal(1)).where(
    _REGISTRATIONS.event_id == sa.bindparam("event"), _REGISTRATIONS.email_key == sa.bindparam("email"), _IS_ACTIVE
)


def _chosen() -> sa.ColumnElement[int]:
    """How many active registrations have chosen a session.

    Few registrations are cancelled: all choices less those of cancelled ones are far sooner counted than each choice's
    registration is looked up.
    """
    choices = SessionChoice.__table__.c
    everybody = sa.select(sa.func.count()).where(choices.session_id == _SESSIONS.id)
    cancelled = (
        sa.select(sa.func.count())
        .select_from(Registration.__table__)
        .where(
            _REGISTRATIONS.event_id == _SESSIONS.event_id,
            _IS_CANCELLED,
            sa.exists()
            .where(choices.registration_id == _REGISTRATIONS.id, choices.session_id == _SESSIONS.id)
            .correlate(Registration.__table__, ProgrammeSession.__table__),
        )
        .correlate(ProgrammeSession.__table__)
    )
    return everybody.scalar_subquery() - cancelled.scalar_subquery()


def _among_keys(*, array: bool) -> sa.ColumnElement[bool]:
    """Whether a session is one of the parameter `keys`; with an array, the statement is the same for any number."""
    if array:
        return _SESSIONS.key == sa.any_(sa.bindparam("keys", type_=postgresql.ARRAY(sa.String)))
    return _SESSIONS.key.in_(sa.bindparam("keys", expanding=True))


def _admission(which: str, *, array: bool) -> sa.Select[Any]:
    """Intake, count and places; `which` are the sessions: `named`, `limited` ones, or `none`."""
    registered = (
        sa.select(sa.func.count())
        .select_from(Registration.__table__)
        .where(_REGISTRATIONS.event_id == sa.bindparam("event"), _IS_ACTIVE)
        .scalar_subquery()
    )
    wanted = _SESSIONS.event_id == _EVENTS.id
    if which == "named":
        wanted &= _among_keys(array=array)
    else:
        wanted &= _SESSIONS.capacity.is_not(None)
    source = Event.__table__.outerjoin(IntakeRow.__table__, _INTAKES.event_id == _EVENTS.id)
    places: list[Any] = [sa.null(), sa.null(), sa.null(), sa.null()]
    if which != "none":
        source = source.outerjoin(ProgrammeSession.__table__, wanted)
        places = [
            _SESSIONS.id,
            _SESSIONS.key,
            _SESSIONS.capacity,
            sa.case((_SESSIONS.capacity.is_not(None), _chosen()), else_=constant(0)),
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


def parameter(table: sa.FromClause, column: str, number: int | None = None) -> sa.BindParameter[Any]:
    """A parameter for a column, called `TABLE_COLUMN`, or `TABLE_COLUMN_0` where a statement has several of them."""
    name = f"{table.name}_{column}"  # type: ignore[attr-defined]
    return sa.bindparam(name if number is None else f"{name}_{number}", type_=table.c[column].type)


def parameters(
    table: sa.FromClause, same: Sequence[sa.ColumnElement[Any]], kinds: type[StrEnum], varying: Sequence[str]
) -> sa.CompoundSelect[Any]:
    """A row to insert into a table for each of these kinds: what is the `same` in all, the kind, and numbered
    parameters for the `varying` columns."""
    return sa.union_all(
        *(
            sa.select(*same, constant(kind), *(parameter(table, column, number) for column in varying))
            for number, kind in enumerate(kinds)
        )
    )


def choices(registration_id: sa.ColumnElement[int]) -> sa.Select[Any]:
    """One registration with each of the event's sessions of the parameter `keys`. The id is a parameter, or a column
    of the part of a PostgreSQL statement that writes the registration."""
    registration = getattr(registration_id, "table", None)
    wanted = (_SESSIONS.event_id == parameter(Registration.__table__, "event_id")) & _among_keys(
        array=registration is not None
    )
    found = sa.select(registration_id, _SESSIONS.id)
    if registration is None:
        return found.where(wanted)
    return found.select_from(sa.join(registration, ProgrammeSession.__table__, wanted))


def new_and_known(new: sa.CTE) -> sa.Select[bool, bool]:
    """Whether `new`, the part of the statement that writes a registration, wrote one, and whether there was an active
    one with its address before."""
    same = (_REGISTRATIONS.event_id == parameter(Registration.__table__, "event_id")) & (
        _REGISTRATIONS.email_key == parameter(Registration.__table__, "email_key")
    )
    return sa.select(
        sa.exists().select_from(new), sa.exists().select_from(Registration.__table__).where(same, _IS_ACTIVE)
    )


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
        .where(
            Registration.event_id == event_id,
            (Registration.submission_key == submission) | ((Registration.email_key == email_key(email)) & _ACTIVE),
        )
        .order_by((Registration.submission_key == submission).desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else Known(*row[:6], same_submission=bool(row[6]))


def by_token(db_session: Session, token: str, purpose: LinkPurpose) -> Registration | None:
    """The registration that this private token opens for that purpose; None for a token that was revoked."""
    return db_session.scalar(
        sa.select(Registration)
        .join(PrivateLink, PrivateLink.registration_id == Registration.id)
        .where(
            PrivateLink.token_hash == token_hash(token),
            PrivateLink.purpose == purpose,
            PrivateLink.revoked_at.is_(None),
        )
        .options(joinedload(Registration.event))
    )


def by_id(db_session: Session, registration_id: int) -> Registration | None:
    """The registration of that id, as it is in the database now."""
    return db_session.get(Registration, registration_id, populate_existing=True)


def chosen_sessions(db_session: Session, registration_id: int) -> tuple[str, ...]:
    """The keys of the sessions that a registrant wants to attend, in programme order."""
    return tuple(
        db_session.scalars(
            sa.select(ProgrammeSession.key)
            .join(SessionChoice, SessionChoice.session_id == ProgrammeSession.id)
            .where(SessionChoice.registration_id == registration_id)
            .order_by(ProgrammeSession.starts_at, ProgrammeSession.ends_at, ProgrammeSession.key)
        )
    )


def consents(db_session: Session, registration_id: int) -> Sequence[ConsentRecord]:
    """Every answer about personal data that a registrant gave, in the order in which they gave them."""
    return db_session.scalars(
        sa.select(ConsentRecord).where(ConsentRecord.registration_id == registration_id).order_by(ConsentRecord.id)
    ).all()


def link_nonce(db_session: Session, registration_id: int, purpose: LinkPurpose) -> str | None:
    """The nonce of the newest private link of that purpose that still opens."""
    return db_session.scalar(
        sa.select(PrivateLink.nonce)
        .where(
            PrivateLink.registration_id == registration_id,
            PrivateLink.purpose == purpose,
            PrivateLink.revoked_at.is_(None),
        )
        .order_by(PrivateLink.id.desc())
        .limit(1)
    )


def reminders(db_session: Session, registration_id: int) -> Sequence[datetime]:
    """When the registrant was sent a further link to their registration, after the one of the confirmation."""
    made = db_session.scalars(
        sa.select(PrivateLink.created_at)
        .where(PrivateLink.registration_id == registration_id, PrivateLink.purpose == LinkPurpose.MANAGE)
        .order_by(PrivateLink.id)
    ).all()
    return made[1:]


def choosers(db_session: Session, event_id: int, keys: Collection[str]) -> list[Chooser]:
    """The active registrants of the event who chose one of these sessions, in the order in which they registered.

    Four plain statements: SQLite takes a join of the three tables by a thousand keys from the wrong end.
    """
    among = frozenset(keys)
    known = db_session.execute(
        sa.select(ProgrammeSession.id, ProgrammeSession.key).where(ProgrammeSession.event_id == event_id)
    )
    wanted = {row.id: row.key for row in known if row.key in among}
    chosen = db_session.execute(
        sa.select(SessionChoice.registration_id, SessionChoice.session_id).where(SessionChoice.session_id.in_(wanted))
    )
    sessions: dict[int, set[str]] = {}
    for registration_id, session_id in chosen:
        sessions.setdefault(registration_id, set()).add(wanted[session_id])
    r = Registration
    everybody = db_session.execute(
        sa.select(r.id, r.name, r.email, r.language, r.reference, r.version)
        .where(r.event_id == event_id, _ACTIVE)
        .order_by(r.id)
    )
    links = _newest_nonces(db_session, event_id) if sessions else {}
    return [
        Chooser(
            row.name,
            row.email,
            row.language,
            row.reference,
            row.version,
            frozenset(sessions[row.id]),
            links.get(row.id, {}),
        )
        for row in everybody
        if row.id in sessions
    ]


def _newest_nonces(db_session: Session, event_id: int) -> dict[int, dict[str, str]]:
    """By registration and purpose: the nonce of the newest private link that still opens."""
    rows = db_session.execute(
        sa.select(PrivateLink.registration_id, PrivateLink.purpose, PrivateLink.nonce)
        .join(Registration, Registration.id == PrivateLink.registration_id)
        .where(Registration.event_id == event_id, _ACTIVE, PrivateLink.revoked_at.is_(None))
        .order_by(PrivateLink.id)
    )
    found: dict[int, dict[str, str]] = {}
    for registration_id, purpose, nonce in rows:
        found.setdefault(registration_id, {})[purpose.value] = nonce
    return found


def countries_of_registered(db_session: Session, event_id: int) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
    """How many are registered by country; and the same of those who chose a session, by its key. Two queries."""
    everybody = db_session.execute(
        sa.select(Registration.country, sa.func.count())
        .where(Registration.event_id == event_id, _ACTIVE)
        .group_by(Registration.country)
    )
    chose = db_session.execute(
        sa.select(ProgrammeSession.key, Registration.country, sa.func.count())
        .select_from(Registration)
        .join(SessionChoice, SessionChoice.registration_id == Registration.id)
        .join(ProgrammeSession, ProgrammeSession.id == SessionChoice.session_id)
        .where(Registration.event_id == event_id, _ACTIVE)
        .group_by(ProgrammeSession.key, Registration.country)
    )
    by_session: dict[str, dict[str, int]] = {}
    for key, country, number in chose:
        by_session.setdefault(key, {})[country] = number
    return {row[0]: row[1] for row in everybody}, by_session


def countries_of_choosers(db_session: Session, session_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """By session, how many of those who chose it are registered from which country. One query."""
    rows = db_session.execute(
        sa.select(SessionChoice.session_id, Registration.country, sa.func.count())
        .select_from(SessionChoice)
        .join(Registration, Registration.id == SessionChoice.registration_id)
        .where(SessionChoice.session_id.in_(session_ids), _ACTIVE)
        .group_by(SessionChoice.session_id, Registration.country)
    )
    found: dict[int, dict[str, int]] = {}
    for session_id, country, number in rows:
        found.setdefault(session_id, {})[country] = number
    return found
