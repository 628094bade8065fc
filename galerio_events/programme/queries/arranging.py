"""Reads of suggestions, and of where people are who speak."""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.events import queries as events
from galerio_events.events.domain import Subject
from galerio_events.events.models import Change
from galerio_events.people.models import Person
from galerio_events.programme.domain import ArrangementState
from galerio_events.programme.models import Arrangement
from galerio_events.translated import Translated

UNDER_WAY = (ArrangementState.WAITING, ArrangementState.RUNNING)
# Changes of these leave it as true as it was where and when sessions can be.
_WITHOUT_EFFECT = (
    *(Subject.TRACK, Subject.ORGANISATION, Subject.WARNING, Subject.RELEASE),
    *(Subject.RUN_SHEET, Subject.RUN_SHEET_TEMPLATE, Subject.MATERIAL, Subject.LEARNINGS, Subject.ARCHIVE),
)

newest_change = events.newest_change


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Somebody in the programme: their name, country and, where it is known, their own zone."""

    key: str
    name: Translated
    country: str | None
    timezone: str | None


def arrangement(db_session: Session, event_id: int, arrangement_id: int) -> Arrangement | None:
    """The event's suggestion of that id, as it is stored now."""
    return db_session.scalar(
        sa.select(Arrangement)
        .where(Arrangement.event_id == event_id, Arrangement.id == arrangement_id)
        .execution_options(populate_existing=True)
    )


def under_way(db_session: Session, event_id: int) -> Arrangement | None:
    """The event's suggestion that waits or is being computed; there is at most one."""
    return db_session.scalar(
        sa.select(Arrangement)
        .where(Arrangement.event_id == event_id, Arrangement.state.in_(UNDER_WAY))
        .execution_options(populate_existing=True)
    )


def newest_arrangement(db_session: Session, event_id: int) -> Arrangement | None:
    """What was asked for last in the event."""
    return db_session.scalar(
        sa.select(Arrangement).where(Arrangement.event_id == event_id).order_by(Arrangement.id.desc()).limit(1)
    )


def oldest_waiting(db_session: Session) -> int | None:
    """The id of the suggestion that waits longest, of any event."""
    return db_session.scalar(
        sa.select(Arrangement.id).where(Arrangement.state == ArrangementState.WAITING).order_by(Arrangement.id).limit(1)
    )


def changed_since(db_session: Session, event_id: int, change: int) -> bool:
    """Whether anything that an arrangement depends on was changed after the change of that id."""
    found = db_session.scalar(
        sa.select(Change.id)
        .where(Change.event_id == event_id, Change.id > change, Change.subject.not_in(_WITHOUT_EFFECT))
        .limit(1)
    )
    return found is not None


def whereabouts(db_session: Session, event_id: int, keys: Collection[str] | None = None) -> dict[str, Whereabouts]:
    """Where the people of the event (those of these keys) are, by key, in the order of lists."""
    p = Person
    query = sa.select(p.key, p.name, p.country, p.timezone).where(p.event_id == event_id)
    # Past that many, reading all of them costs less than naming each; and there is a limit to what can be named.
    if keys is not None and len(keys) <= 500:
        query = query.where(p.key.in_(sorted(keys)))
    rows = db_session.execute(query.order_by(p.position, p.id))
    return {row.key: Whereabouts(*row) for row in rows if keys is None or row.key in keys}
