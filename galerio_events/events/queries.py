"""Reads of events."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.events.models import Event


def by_slug(db_session: Session, slug: str) -> Event | None:
    """The event of that slug."""
    return db_session.scalar(sa.select(Event).where(Event.slug == slug))


def newest(db_session: Session) -> list[Event]:
    """Every event, the latest first."""
    return list(db_session.scalars(sa.select(Event).order_by(Event.starts_on.desc(), Event.slug)))
