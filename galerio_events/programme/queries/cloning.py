"""Reads of what a new edition takes over and no file carries."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.events.models import Change, Event, EventOrganiser, Image
from galerio_events.people.models import Person
from galerio_events.programme.domain.cloning import Private
from galerio_events.programme.models import KindRule


def logos(db_session: Session, event_id: int) -> tuple[str | None, ...]:
    """The digests of the logos of the event's organisers, in their order."""
    found = db_session.scalars(
        sa.select(EventOrganiser.logo).where(EventOrganiser.event_id == event_id).order_by(EventOrganiser.position)
    )
    return tuple(found)


def private_details(db_session: Session, event_id: int) -> dict[str, Private]:
    """Key to private details of every person of the event."""
    rows = db_session.execute(
        sa.select(Person.key, Person.email, Person.language, Person.timezone).where(Person.event_id == event_id)
    )
    return {key: Private(*details) for key, *details in rows}


@dataclass(frozen=True, slots=True)
class Tables:
    """Selections to insert from: the pictures in use and the rules of the kinds of one event, as those of another."""

    images: sa.Select[tuple[object, ...]]
    kinds: sa.Select[tuple[object, ...]]


def copied(old_id: int, new_id: int, *, logos: bool = True, photos: bool = True) -> Tables:
    """The rows of the old event as the new one's, in the order of `IMAGE_COLUMNS` and `KIND_COLUMNS`; of the pictures
    those that are logos, or photos of people, as is wished."""
    used = sa.union(
        sa.select(EventOrganiser.logo).where(EventOrganiser.event_id == old_id, sa.literal(logos)),
        sa.select(Person.photo).where(Person.event_id == old_id, sa.literal(photos)),
    )
    return Tables(
        images=sa.select(
            sa.literal(new_id), *(getattr(Image, name) for name in IMAGE_COLUMNS[1:])
        ).where(Image.event_id == old_id, Image.digest.in_(used)),
        kinds=sa.select(sa.literal(new_id), *(getattr(KindRule, name) for name in KIND_COLUMNS[1:])).where(
            KindRule.event_id == old_id
        ),
    )  # fmt: skip


IMAGE_COLUMNS = ("event_id", "digest", "mimetype", "width", "height", "data", "created_at")
KIND_COLUMNS = ("event_id", "kind", "required_roles", "minutes")


def first_change(db_session: Session, event_id: int) -> Change | None:
    """The oldest entry in the event's history, which says who has made it."""
    return db_session.scalar(sa.select(Change).where(Change.event_id == event_id).order_by(Change.id).limit(1))


def slugs(db_session: Session) -> frozenset[str]:
    """The slugs that are in use."""
    return frozenset(db_session.scalars(sa.select(Event.slug)))
