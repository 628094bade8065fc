"""Reminding the people of sessions that their key learnings are waited for."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from galerio_events.events import queries as events
from galerio_events.learnings import queries
from galerio_events.learnings.models import LearningsReminder
from galerio_events.learnings.services.mails import mail_to
from galerio_events.outbox import services as outbox
from galerio_events.programme import queries as programme

REMINDER = "learnings_reminder"


@dataclass(frozen=True, slots=True)
class Reminded:
    """The keys of the sessions whose people were written to, how many mails that were, and what was left out."""

    sessions: tuple[str, ...]
    mails: int
    left_out: tuple[str, ...]


def remind(db_session: Session, event_id: int, keys: Collection[str], *, by: int | None, now: datetime) -> Reminded:
    """Write to those who may write the key learnings of these sessions, where they are waited for.

    A session is left out whose key learnings are there, or whose people have no address or were written to lately or
    often enough already.
    """
    events.lock(db_session, event_id)
    event = events.by_id(db_session, event_id)
    chosen = [line for line in queries.overview(db_session, event_id, now=now) if line.key in keys]
    told, mails = [], []
    for line in chosen:
        session = programme.session_by_key(db_session, event_id, line.key)
        if session is None or not line.remindable or not line.reachable:
            continue
        number = line.reminders + 1
        mails += [
            mail_to(
                writer, event, session, kind=REMINDER, dedupe_key=f"{REMINDER}:{session.id}:{number}:{writer.person_id}"
            )
            for writer in line.reachable
        ]
        db_session.add(LearningsReminder(session_id=session.id, number=number, at=now, account_id=by))
        told.append(line.key)
    db_session.flush()
    written = outbox.enqueue_all(db_session, mails, now=now)
    return Reminded(tuple(told), written, tuple(line.key for line in chosen if line.key not in told))
