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


def lock_by_slug(db_session: Session, slug: str) -> Event | None:
    """The event of that slug as it is now, locked until the transaction ends; None where there is none.

    Rows that refer to the event can be written meanwhile.
    """
    return db_session.scalar(
        sa.select(Event)
        .where(Event.slug == slug)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def slug_of(db_session: Session, event_id: int) -> str:
    """The slug of that event. Raises `NoResultFound` where there is no such event."""
    return db_session.execute(sa.select(Event.slug).where(Event.id == event_id)).scalar_one()
