"""Reads of events."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.events.models import Change, Event


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


def lock(db_session: Session, event_id: int) -> None:
    """Wait for, then hold, the right to change the draft of that event or to release it until the transaction ends.

    Rows that refer to the event can be written meanwhile. On SQLite the transaction of a writer is that lock already.
    Raises `NoResultFound` where there is no such event.
    """
    db_session.execute(sa.select(Event.id).where(Event.id == event_id).with_for_update(key_share=True)).one()


def hold_still(db_session: Session, event_id: int) -> None:
    """Wait for who holds the `lock`, then keep others from taking it until the transaction ends.

    Whoever reads a draft in several statements sees one state of it so, where each statement sees the latest one.
    """
    db_session.execute(sa.select(Event.id).where(Event.id == event_id).with_for_update(read=True)).one()


def slug_of(db_session: Session, event_id: int) -> str:
    """The slug of that event. Raises `NoResultFound` where there is no such event."""
    return db_session.execute(sa.select(Event.slug).where(Event.id == event_id)).scalar_one()


def newest_change(db_session: Session, event_id: int) -> int:
    """The id of the last entry in the event's history; 0 where nothing was changed yet."""
    return db_session.scalar(sa.select(sa.func.max(Change.id)).where(Change.event_id == event_id)) or 0
