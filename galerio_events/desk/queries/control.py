"""Reads for the control room: only what is around now, in as many queries for a thousand sessions as for one."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.desk.domain.control import is_here
from galerio_events.desk.models import Arrival, JoinOpening, MessageReceipt, SessionMessage
from galerio_events.events.models import Change
from galerio_events.live.domain import LAPSED, LiveState
from galerio_events.live.models import LiveRun
from galerio_events.programme.domain import RoleState
from galerio_events.programme.models import ProgrammeSession, RoleAssignment
from galerio_events.registration.domain import RegistrationState
from galerio_events.registration.models import Registration, SessionChoice

_S = ProgrammeSession
_TAKES_PART = tuple(state for state in RoleState if state.takes_part)
# Of those that begin next in a venue at the same time, so many are shown at the most.
_AT_ONCE = 6


@dataclass(frozen=True, slots=True)
class Extent:
    """When the first session of an event begins and the last one ends; None where nothing is scheduled."""

    first: datetime | None
    last: datetime | None


@dataclass(frozen=True, slots=True)
class Mark:
    """The last mark of somebody's coming: how many there were, when it was made, and by which account."""

    number: int
    at: datetime
    by: int | None

    @property
    def here(self) -> bool:
        """Whether it says that they are here."""
        return is_here(self.number)


def extent(db_session: Session, event_id: int) -> Extent:
    """From when to when the event has sessions."""
    row = db_session.execute(
        sa.select(sa.func.min(_S.starts_at), sa.func.max(_S.ends_at)).where(*_scheduled(event_id))
    ).one()
    return Extent(row[0], row[1])


def around(db_session: Session, event_id: int, now: datetime) -> list[ProgrammeSession]:
    """What is on in the event's venues, what still runs there although its time is over, and what begins next in each
    of them, in order of time. One query."""
    ahead = (
        sa.select(
            _S.id,
            sa.func.rank().over(partition_by=_S.venue_id, order_by=_S.starts_at).label("rank"),
            sa.func.row_number().over(partition_by=_S.venue_id, order_by=(_S.starts_at, _S.id)).label("number"),
        )
        .where(*_scheduled(event_id), _S.starts_at > now)
        .subquery()
    )
    following = sa.select(ahead.c.id).where(ahead.c.rank == 1, ahead.c.number <= _AT_ONCE)
    running = sa.select(LiveRun.session_id).where(LiveRun.state["state"].as_string() == LiveState.RUNNING.value)
    return list(
        db_session.scalars(
            sa.select(_S)
            .where(
                *_scheduled(event_id),
                sa.or_(
                    (_S.starts_at <= now) & (_S.ends_at > now),
                    (_S.starts_at <= now) & (_S.ends_at > now - timedelta(seconds=LAPSED)) & _S.id.in_(running),
                    _S.id.in_(following),
                ),
            )
            .order_by(_S.starts_at, _S.ends_at, _S.id)
        )
    )


def _scheduled(event_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    return _S.event_id == event_id, _S.removed_at.is_(None), _S.scheduled.is_(True)


def marks(db_session: Session, session_ids: Collection[int]) -> dict[tuple[int, int], Mark]:
    """By session and person: the last mark of their coming. One query."""
    newest = (
        sa.select(Arrival.session_id, Arrival.person_id, sa.func.max(Arrival.number).label("number"))
        .where(Arrival.session_id.in_(session_ids))
        .group_by(Arrival.session_id, Arrival.person_id)
        .subquery()
    )
    rows = db_session.execute(
        sa.select(Arrival.session_id, Arrival.person_id, Arrival.number, Arrival.at, Arrival.account_id).join(
            newest,
            (newest.c.session_id == Arrival.session_id)
            & (newest.c.person_id == Arrival.person_id)
            & (newest.c.number == Arrival.number),
        )
    )
    return {(row.session_id, row.person_id): Mark(row.number, row.at, row.account_id) for row in rows}


def openings(db_session: Session, session_ids: Collection[int]) -> dict[tuple[int, int], datetime]:
    """By session and person: when they last opened their way in from the desk. One query."""
    rows = db_session.execute(
        sa.select(JoinOpening.session_id, JoinOpening.person_id, JoinOpening.last_at).where(
            JoinOpening.session_id.in_(session_ids)
        )
    )
    return {(row.session_id, row.person_id): row.last_at for row in rows}


def chosen(db_session: Session, session_ids: Collection[int]) -> dict[int, int]:
    """By session: how many registrants have chosen it. One query."""
    rows = db_session.execute(
        sa.select(SessionChoice.session_id, sa.func.count())
        .join(Registration, Registration.id == SessionChoice.registration_id)
        .where(SessionChoice.session_id.in_(session_ids), Registration.state == RegistrationState.ACTIVE)
        .group_by(SessionChoice.session_id)
    )
    return {row[0]: row[1] for row in rows}


def takes_part(db_session: Session, session_id: int, person_id: int) -> bool:
    """Whether that person is invited to or has confirmed a role in that session."""
    return (
        db_session.scalar(
            sa.select(RoleAssignment.id)
            .where(
                RoleAssignment.session_id == session_id,
                RoleAssignment.person_id == person_id,
                RoleAssignment.state.in_(_TAKES_PART),
            )
            .limit(1)
        )
        is not None
    )


@dataclass(frozen=True, slots=True)
class Sent:
    """A message to people of a session: to how many it went, and how many have said that they have read it."""

    message: SessionMessage
    receivers: int
    readers: int


def sent(db_session: Session, session_ids: Collection[int]) -> dict[int, list[Sent]]:
    """By session: what its people were told, the latest first. One query."""
    rows = db_session.execute(
        sa.select(SessionMessage, sa.func.count(), sa.func.count(MessageReceipt.read_at))
        .join(MessageReceipt, MessageReceipt.message_id == SessionMessage.id)
        .where(SessionMessage.session_id.in_(session_ids))
        .group_by(SessionMessage.id)
        .order_by(SessionMessage.id.desc())
    )
    found: defaultdict[int, list[Sent]] = defaultdict(list)
    for message, receivers, readers in rows:
        found[message.session_id].append(Sent(message, receivers, readers))
    return found


def pulse(db_session: Session, event_id: int) -> tuple[int, ...]:
    """What changes whenever anything that the control room shows may have changed, but for the time and for who
    registers: the newest change of the draft, what was pressed in live mode, marks, ways in that were opened, messages
    and who has read them. One query."""
    of_event = sa.select(_S.id).where(_S.event_id == event_id)
    messages = sa.select(SessionMessage.id).where(SessionMessage.event_id == event_id)
    row = db_session.execute(
        sa.select(
            sa.select(sa.func.max(Change.id)).where(Change.event_id == event_id).scalar_subquery(),
            sa.select(sa.func.sum(LiveRun.version)).where(LiveRun.session_id.in_(of_event)).scalar_subquery(),
            sa.select(sa.func.count()).where(Arrival.session_id.in_(of_event)).scalar_subquery(),
            sa.select(sa.func.count()).where(JoinOpening.session_id.in_(of_event)).scalar_subquery(),
            sa.select(sa.func.max(SessionMessage.id)).where(SessionMessage.event_id == event_id).scalar_subquery(),
            sa.select(sa.func.count(MessageReceipt.read_at))
            .where(MessageReceipt.message_id.in_(messages))
            .scalar_subquery(),
        )
    ).one()
    return tuple(int(number or 0) for number in row)
