"""Writing the history of an event."""

from collections.abc import Iterable
from datetime import datetime
from typing import cast
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.events.domain import Entry
from galerio_events.events.models import Change


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
