"""Writing the history of an event."""

from collections.abc import Iterable
from datetime import datetime
from typing import cast
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.events.domain import Entry
from galerio_events.events.models import Change, Event
from galerio_events.text import new_nonce

# Set in a session's `info` by `publish_besides`, for whoever keeps public pages.
PUBLISHED_BESIDES = "published_besides"


def record(
    db_session: Session,
    event_id: int,
    entries: Iterable[Entry],
    *,
    by: int | None,
    now: datetime,
    batch: str | None = None,
) -> None:
    """Write what was done into the event's history, in one statement. Call it under the event's lock.

    `by` is the account that did it (None: the command line). What was done at once shares a `batch`.
    """
    together = batch or str(uuid4())
    rows = [
        {
            "event_id": event_id,
            "batch": together,
            "at": now,
            "account_id": by,
            "subject": entry.subject,
            "key": entry.key,
            "deed": entry.deed,
            "before": None if entry.before is None else dict(entry.before),
            "after": None if entry.after is None else dict(entry.after),
        }
        for entry in entries
    ]
    if rows:
        db_session.connection().execute(sa.insert(cast(sa.Table, Change.__table__)), rows)


def publish_besides(db_session: Session, event_id: int) -> None:
    """Say that something is public now, or is not any more, which no release holds: pages that are kept are made anew.

    Call it under the event's lock, with every write after which a public page looks different.
    """
    db_session.execute(
        sa.update(Event)
        .where(Event.id == event_id)
        .values(public_version=new_nonce())
        .execution_options(synchronize_session=False)
    )
    db_session.info[PUBLISHED_BESIDES] = True
