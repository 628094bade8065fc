"""Keeping a file between its preview and its import."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.programme.models import Upload
from galerio_events.text import new_nonce, one_line

KEPT_FOR = timedelta(days=1)


def keep_upload(
    db_session: Session, event_id: int, data: bytes, filename: str, *, by: int | None = None, now: datetime
) -> str:
    """Keep the file for a day; the nonce by which it is found. Files whose day is over go."""
    db_session.execute(sa.delete(Upload).where(Upload.created_at < now - KEPT_FOR))
    nonce = new_nonce()
    name = one_line(filename)[-200:] or "file"
    db_session.add(Upload(event_id=event_id, account_id=by, nonce=nonce, filename=name, data=data, created_at=now))
    db_session.flush()
    return nonce


def drop_upload(db_session: Session, event_id: int, nonce: str) -> None:
    """Forget the file; nothing happens where it is gone already."""
    db_session.execute(sa.delete(Upload).where(Upload.event_id == event_id, Upload.nonce == nonce))


def finish_upload(db_session: Session, event_id: int, nonce: str, outcome: Mapping[str, int], *, now: datetime) -> None:
    """Forget what is in the file, which was imported, and keep what came of it until its day is over."""
    db_session.execute(
        sa.update(Upload)
        .where(Upload.event_id == event_id, Upload.nonce == nonce, Upload.done_at.is_(None))
        .values(data=None, done_at=now, outcome=dict(outcome))
    )
