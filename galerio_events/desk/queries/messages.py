"""Reads of the messages from organisers to the people of a session."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.desk.models import MessageReceipt, SessionMessage
from galerio_events.events.models import Event
from galerio_events.people.models import Person
from galerio_events.programme.domain import RoleState
from galerio_events.programme.models import ProgrammeSession, RoleAssignment
from galerio_events.text import email_key
from galerio_events.translated import Translated

_TAKES_PART = tuple(state for state in RoleState if state.takes_part)
# Long after its session nobody needs to read it any more.
_LINGERS = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Receiver:
    """Somebody who takes part in a session, and how to write to them."""

    person_id: int
    name: Translated
    email: str | None
    language: str | None
    country: str | None
    timezone: str | None

    @property
    def mailbox(self) -> str:
        """What the addresses of two persons share who read the same mail; empty without an address."""
        return email_key(self.email) if self.email else ""


@dataclass(frozen=True, slots=True)
class Received:
    """A message as one of its receivers sees it on their desk."""

    id: int
    slug: str
    zone: str
    session: str
    title: Translated
    body: Translated
    sent_at: datetime
    read_at: datetime | None


def receivers(db_session: Session, session_id: int) -> list[Receiver]:
    """Those who are invited to or have confirmed a role in that session, each once, in programme order."""
    rows = db_session.execute(
        sa.select(Person.id, Person.name, Person.email, Person.language, Person.country, Person.timezone)
        .join(RoleAssignment, RoleAssignment.person_id == Person.id)
        .where(RoleAssignment.session_id == session_id, RoleAssignment.state.in_(_TAKES_PART))
        .order_by(RoleAssignment.position)
    )
    return list({row.id: Receiver(*row) for row in rows}.values())


def received(db_session: Session, email: str, now: datetime) -> list[Received]:
    """What the person of that mailbox was told about sessions in which they take part, until a day after them, the
    latest first. One query."""
    has_part = (
        sa.select(RoleAssignment.id)
        .where(
            RoleAssignment.session_id == SessionMessage.session_id,
            RoleAssignment.person_id == MessageReceipt.person_id,
            RoleAssignment.state.in_(_TAKES_PART),
        )
        .exists()
    )
    rows = db_session.execute(
        sa.select(
            SessionMessage.id,
            Event.slug,
            Event.timezone,
            ProgrammeSession.key,
            ProgrammeSession.title,
            SessionMessage.body,
            SessionMessage.sent_at,
            MessageReceipt.read_at,
        )
        .join(MessageReceipt, MessageReceipt.message_id == SessionMessage.id)
        .join(Person, Person.id == MessageReceipt.person_id)
        .join(ProgrammeSession, ProgrammeSession.id == SessionMessage.session_id)
        .join(Event, Event.id == SessionMessage.event_id)
        .where(
            Person.email_key == email_key(email),
            ProgrammeSession.removed_at.is_(None),
            ProgrammeSession.ends_at > now - _LINGERS,
            has_part,
        )
        .order_by(SessionMessage.id.desc())
    )
    return list({row.id: Received(*row) for row in rows}.values())


def was_sent(db_session: Session, event_id: int, nonce: str) -> bool:
    """Whether the form of that nonce has sent its message."""
    return (
        db_session.scalar(
            sa.select(SessionMessage.id).where(SessionMessage.event_id == event_id, SessionMessage.nonce == nonce)
        )
        is not None
    )


def sent_since(db_session: Session, event_id: int, session_id: int, since: datetime) -> tuple[int, int]:
    """How many messages have left since then: for that session, and for the whole event."""
    row = db_session.execute(
        sa.select(
            sa.func.count(sa.case((SessionMessage.session_id == session_id, 1))),
            sa.func.count(),
        ).where(SessionMessage.event_id == event_id, SessionMessage.sent_at > since)
    ).one()
    return row[0], row[1]


def persons_of(db_session: Session, email: str) -> list[int]:
    """The persons of that mailbox, on every event."""
    return list(db_session.scalars(sa.select(Person.id).where(Person.email_key == email_key(email))))
