"""Reads of the outbox."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, load_only

from galerio_events.errors import NotFound
from galerio_events.outbox.domain import MailState, Outgoing
from galerio_events.outbox.models import OutboxMail

PAGE = 50

# In the words of the partial index `ix_outbox_mails_due`; both databases use it only for a condition that they can
# compare with it, which one with parameters is not.
_ON_ITS_WAY = sa.text("outbox_mails.state IN ('queued', 'sending')")


@dataclass(frozen=True, slots=True)
class Held:
    """A mail that a worker took in hand."""

    id: int
    token: str
    attempts: int
    bulk: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Some mails of an event, the newest first. `older` is what to ask for next (`before`), None on the last page."""

    mails: tuple[OutboxMail, ...]
    older: int | None


def outgoing(row: OutboxMail) -> Outgoing:
    """The row as a value."""
    return Outgoing(
        id=row.id,
        event_id=row.event_id,
        kind=row.kind,
        language=row.language,
        recipient_email=row.recipient_email,
        recipient_name=row.recipient_name,
        values=row.values,
        message_id=row.message_id,
        bulk=row.bulk,
        attempts=row.attempts,
        created_at=row.created_at,
    )


def due(db_session: Session, *, now: datetime, limit: int) -> list[int]:
    """The ids of mails to be sent now, the longest due first."""
    return list(
        db_session.scalars(
            sa.select(OutboxMail.id)
            .where(_ON_ITS_WAY, OutboxMail.state == MailState.QUEUED, OutboxMail.next_attempt_at <= now)
            .order_by(OutboxMail.next_attempt_at, OutboxMail.id)
            .limit(limit)
        )
    )


def abandoned(db_session: Session, *, before: datetime) -> list[Held]:
    """Mails that were taken in hand before that instant and never came to anything."""
    # Nothing is claimed before it is due, so that the index on when it is due finds it.
    rows = db_session.execute(
        sa.select(OutboxMail.id, OutboxMail.claim, OutboxMail.attempts, OutboxMail.bulk)
        .where(_ON_ITS_WAY, OutboxMail.state == MailState.SENDING, OutboxMail.claimed_at <= before)
        .where(OutboxMail.next_attempt_at <= before)
        .order_by(OutboxMail.next_attempt_at, OutboxMail.id)
    )
    return [Held(mail_id, token or "", attempts, bulk) for mail_id, token, attempts, bulk in rows]


def due_since(db_session: Session, event_id: int, *, now: datetime) -> datetime | None:
    """Since when the event's mail that is due the longest has been due; None where none is."""
    return db_session.scalar(
        sa.select(sa.func.min(OutboxMail.next_attempt_at)).where(
            _ON_ITS_WAY,
            OutboxMail.state == MailState.QUEUED,
            OutboxMail.event_id == event_id,
            OutboxMail.next_attempt_at <= now,
        )
    )


def counts(
    db_session: Session, event_id: int, *, kind: str | None = None, batch: str | None = None
) -> Mapping[MailState, int]:
    """How many mails of the event (of that kind, of that batch) are in each state; every state is there."""
    found = dict(
        db_session.execute(
            sa.select(OutboxMail.state, sa.func.count())
            .where(OutboxMail.event_id == event_id, *_of(kind, batch))
            .group_by(OutboxMail.state)
        ).all()
    )
    return {state: found.get(state, 0) for state in MailState}


def kinds(db_session: Session, event_id: int) -> list[str]:
    """The kinds of which the event has mails, in alphabetical order."""
    return list(
        db_session.scalars(
            sa.select(OutboxMail.kind).where(OutboxMail.event_id == event_id).distinct().order_by(OutboxMail.kind)
        )
    )


def batches(db_session: Session, event_id: int) -> dict[str, int]:
    """The event's batches, the newest first, each with the number of its mails that are still drafts."""
    rows = db_session.execute(
        sa.select(
            OutboxMail.batch,
            sa.func.sum(sa.case((OutboxMail.state == MailState.DRAFT, 1), else_=0)),
        )
        .where(OutboxMail.event_id == event_id, OutboxMail.batch.is_not(None))
        .group_by(OutboxMail.batch)
        .order_by(sa.func.max(OutboxMail.id).desc())
    )
    return {batch: int(drafts) for batch, drafts in rows}


def page(
    db_session: Session,
    event_id: int,
    *,
    state: MailState | None = None,
    kind: str | None = None,
    batch: str | None = None,
    before: int | None = None,
) -> Page:
    """The newest mails of an event (in that state, of that kind or batch; older than the mail of that id), without
    their values."""
    statement = (
        sa.select(OutboxMail)
        .options(
            load_only(
                OutboxMail.kind,
                OutboxMail.language,
                OutboxMail.recipient_email,
                OutboxMail.recipient_name,
                OutboxMail.state,
                OutboxMail.attempts,
                OutboxMail.next_attempt_at,
                OutboxMail.sent_at,
                OutboxMail.created_at,
                OutboxMail.last_error,
                OutboxMail.bulk,
                raiseload=True,
            )
        )
        .where(OutboxMail.event_id == event_id, *_of(kind, batch))
        .order_by(OutboxMail.id.desc())
        .limit(PAGE + 1)
    )
    if state is not None:
        statement = statement.where(OutboxMail.state == state)
    if before is not None:
        statement = statement.where(OutboxMail.id < before)
    rows = db_session.scalars(statement).all()
    return Page(tuple(rows[:PAGE]), rows[PAGE - 1].id if len(rows) > PAGE else None)


def _of(kind: str | None, batch: str | None) -> list[sa.ColumnElement[bool]]:
    wanted = [] if kind is None else [OutboxMail.kind == kind]
    return wanted if batch is None else [*wanted, OutboxMail.batch == batch]


def lock_mail(db_session: Session, event_id: int, mail_id: int) -> OutboxMail:
    """As `mail_of`; nobody else changes the mail until the transaction ends."""
    row = db_session.scalar(
        sa.select(OutboxMail)
        .where(OutboxMail.id == mail_id, OutboxMail.event_id == event_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound(f"mail {mail_id} of event {event_id}")
    return row


def mail_of(db_session: Session, event_id: int, mail_id: int) -> OutboxMail:
    """The mail of that id, if it belongs to the event. Raises `NotFound`."""
    row = db_session.scalar(sa.select(OutboxMail).where(OutboxMail.id == mail_id, OutboxMail.event_id == event_id))
    if row is None:
        raise NotFound(f"mail {mail_id} of event {event_id}")
    return row


def by_id(db_session: Session, mail_id: int) -> OutboxMail:
    """The mail of that id, whichever event it belongs to. Raises `NotFound`."""
    row = db_session.get(OutboxMail, mail_id)
    if row is None:
        raise NotFound(f"mail {mail_id}")
    return row
