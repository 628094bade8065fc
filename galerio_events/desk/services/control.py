"""Writes of the control room: who has come, and what people are told."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events import clock
from galerio_events.desk.domain.control import is_here
from galerio_events.desk.domain.messages import (
    WINDOW,
    Draft,
    MessageRefusal,
    MessageRefused,
    too_many,
    written,
)
from galerio_events.desk.models import Arrival, JoinOpening, MessageReceipt, SessionMessage
from galerio_events.desk.queries import control, messages
from galerio_events.desk.queries.messages import Receiver
from galerio_events.errors import NotFound
from galerio_events.events.domain import OrganiserRole
from galerio_events.events.models import Event
from galerio_events.events.queries import lock
from galerio_events.outbox import services as outbox
from galerio_events.outbox.domain import Mail
from galerio_events.programme.domain.inviting import LANGUAGES, mail_language
from galerio_events.programme.models import ProgrammeSession
from galerio_events.programme.queries.inviting import unwanted
from galerio_events.text import one_line

MAIL = "session_message"


def mark_arrival(
    db_session: Session, session: ProgrammeSession, person_id: int, *, here: bool, by: int | None, now: datetime
) -> bool:
    """Write down that the person has come to the session, or that they are not here after all; False where that was
    the last that was written down. Raises `NotFound` for somebody without a part in the session."""
    lock(db_session, session.event_id)
    if not control.takes_part(db_session, session.id, person_id):
        raise NotFound("a person of this session")
    known = control.marks(db_session, [session.id]).get((session.id, person_id))
    number = known.number if known else 0
    if is_here(number) is here:
        return False
    row = Arrival(session_id=session.id, person_id=person_id, number=number + 1, at=now, account_id=by)
    db_session.add(row)
    db_session.flush()
    return True


def note_opening(
    db_session: Session, event_id: int, session_id: int, person_ids: Collection[int], *, now: datetime
) -> None:
    """Write down that these persons have opened their way into the session of that event."""
    lock(db_session, event_id)
    for person_id in person_ids:
        row = db_session.get(JoinOpening, (session_id, person_id))
        if row is None:
            db_session.add(JoinOpening(session_id=session_id, person_id=person_id, first_at=now, last_at=now))
        else:
            row.last_at = max(row.last_at, now)
    db_session.flush()


@dataclass(frozen=True, slots=True)
class Told:
    """To how many a message went: on their desk, and by mail."""

    receivers: int
    mails: int


def send_message(
    db_session: Session,
    event: Event,
    session: ProgrammeSession,
    draft: Draft,
    *,
    to: Collection[int],
    nonce: str,
    by: int | None,
    now: datetime,
) -> Told | None:
    """Send the message to those of `to` (persons, by id) who have a part in the session: on their desk, and by mail to
    every mailbox among them once, but for those who want no mail of the event. None where the form of that nonce has
    sent it already.

    Raises `MessageRefused` where nobody is left, nothing is said, or too much was sent within a short time.
    """
    lock(db_session, event.id)
    if messages.was_sent(db_session, event.id, nonce):
        return None
    body = written(draft.body)
    if not body:
        raise MessageRefused(MessageRefusal.NO_TEXT)
    receivers = [one for one in messages.receivers(db_session, session.id) if one.person_id in to and one.mailbox]
    if not receivers:
        raise MessageRefused(MessageRefusal.NOBODY)
    if too_many(*messages.sent_since(db_session, event.id, session.id, now - WINDOW)):
        raise MessageRefused(MessageRefusal.TOO_MANY)
    row = SessionMessage(
        event_id=event.id, session_id=session.id, kind=draft.kind, body=body, sent_at=now, account_id=by, nonce=nonce
    )
    db_session.add(row)
    db_session.flush()
    db_session.execute(
        sa.insert(MessageReceipt), [{"message_id": row.id, "person_id": one.person_id} for one in receivers]
    )
    silent = unwanted(db_session, event.id)
    mails = [
        Mail(
            event_id=event.id,
            kind=MAIL,
            language=language_of(one, event),
            recipient_email=one.email or "",
            recipient_name=one_line(
                one.name.text(mail_language(one.language, one.country, event.languages), LANGUAGES)
            ),
            values=values_for(event, session, Draft(draft.kind, body), one),
            dedupe_key=f"{MAIL}:{row.id}:{one.person_id}",
            urgent=True,
        )
        for one in one_a_mailbox(receivers)
        if one.mailbox not in silent
    ]
    return Told(len(receivers), outbox.enqueue_all(db_session, mails, now=now))


def one_a_mailbox(receivers: Sequence[Receiver]) -> list[Receiver]:
    """The first of those who read the same mailbox; nobody without one."""
    return list({one.mailbox: one for one in reversed(receivers) if one.mailbox}.values())[::-1]


def language_of(receiver: Receiver, event: Event) -> str:
    """The language that stands first in the mail to that receiver."""
    return mail_language(receiver.language, receiver.country, event.languages)


def values_for(event: Event, session: ProgrammeSession, draft: Draft, receiver: Receiver) -> dict[str, Any]:
    """What the mail to that receiver is made with."""
    zone = receiver.timezone if receiver.timezone in clock.zone_names() else None
    language = language_of(receiver, event)
    return {
        "event": event.slug,
        "event_title": dict(event.title),
        "zone": event.timezone,
        "own_zone": zone if zone != event.timezone else None,
        "called": dict(receiver.name),
        "session": session.key,
        "title": dict(session.title),
        "starts_at": clock.to_text(session.starts_at),
        "ends_at": clock.to_text(session.ends_at),
        "about": draft.kind.value,
        "body": dict(draft.body),
        "other": next(each for each in LANGUAGES if each != language),
        "hosts": [dict(each.name) for each in event.organisers if each.role is OrganiserRole.HOST],
    }


def read_message(db_session: Session, message_id: int, email: str, *, now: datetime) -> bool:
    """Write down that the person of that mailbox has read the message; False where it did not go to them. To say so
    twice keeps the first time."""
    persons = messages.persons_of(db_session, email)
    mine = (MessageReceipt.message_id == message_id, MessageReceipt.person_id.in_(persons))
    found = db_session.execute(
        sa.update(MessageReceipt)
        .where(*mine)
        .values(read_at=sa.func.coalesce(MessageReceipt.read_at, sa.bindparam("now", now, MessageReceipt.read_at.type)))
        .execution_options(synchronize_session=False)
    )
    return bool(found.rowcount)  # type: ignore[attr-defined]
