"""Files that wait for somebody to decide about them."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, undefer

from galerio_events.programme.models import Upload


def upload_by_nonce(db_session: Session, event_id: int, nonce: str, *, since: datetime) -> Upload | None:
    """The file of that event behind that nonce with its bytes, if it came since then."""
    return db_session.scalar(
        sa.select(Upload)
        .where(Upload.event_id == event_id, Upload.nonce == nonce, Upload.created_at >= since)
        .options(undefer(Upload.data))
    )
