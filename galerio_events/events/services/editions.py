"""Writes of events, and of their venues and tracks."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from galerio_events import clock
from galerio_events.bulk import Merged, merge_by_key
from galerio_events.errors import ChangeConflict, Conflict, DomainError
from galerio_events.events import queries
from galerio_events.events.domain import OrganiserRole, SlugProblem, slug_problem
from galerio_events.events.models import Event, EventOrganiser, Track, Venue
from galerio_events.translated import Translated


class EventRefused(DomainError):
    """An event that cannot be added; the text says why."""


def add_event(db_session: Session, slug: str, *, zone: str, starts_on: date, ends_on: date) -> Event:
    """A new event, without a programme; its title is its slug until somebody gives it one.

    Raises `EventRefused`, or `ChangeConflict(ALREADY_DONE)` where the slug is in use.
    """
    problem = slug_problem(slug)
    if problem is SlugProblem.RESERVED:
        raise EventRefused(f"{slug!r} is a word of our own addresses and cannot name an event")
    if problem:
        raise EventRefused(f"{slug!r} cannot be an address: use lower-case letters, digits and single hyphens")
    if zone not in clock.zone_names():
        raise EventRefused(f"{zone!r} is not an IANA time zone, such as Asia/Tokyo")
    if ends_on < starts_on:
        raise EventRefused("the event ends before it starts")
    event = Event(slug=slug, title=Translated({"en": slug}), timezone=zone, starts_on=starts_on, ends_on=ends_on)
    try:
        with db_session.begin_nested():
            db_session.add(event)
    except IntegrityError:
        raise ChangeConflict(Conflict.ALREADY_DONE) from None
    return event


def save_edition(
    db_session: Session,
    slug: str,
    values: Mapping[str, Any],
    organisers: Sequence[tuple[OrganiserRole, Translated]],
) -> tuple[int, bool, bool]:
    """Make the event of that slug say this, adding it where there is none. Returns its id, whether added, and changed.

    `values` are columns of `Event`. The event stays locked until the transaction ends.
    """
    known = queries.lock_by_slug(db_session, slug)
    if known is None:
        event = Event(slug=slug, **values)
        event.organisers = [EventOrganiser(position=i, role=r, name=n) for i, (r, n) in enumerate(organisers)]
        try:
            with db_session.begin_nested():
                db_session.add(event)
        except IntegrityError:
            # Somebody else added it since we looked; now it is there to be changed.
            return save_edition(db_session, slug, values, organisers)
        return event.id, True, False
    changed = {name: value for name, value in values.items() if getattr(known, name) != value}
    for name, value in changed.items():
        setattr(known, name, value)
    same = [(o.role, o.name) for o in known.organisers] == list(organisers)
    if not same:
        # Who stays keeps website and logo, of which a file says nothing.
        kept = {tuple(o.name.items()): (o.url, o.logo) for o in known.organisers}
        db_session.execute(sa.delete(EventOrganiser).where(EventOrganiser.event_id == known.id))
        db_session.expire(known, ["organisers"])
        for position, (role, name) in enumerate(organisers):
            url, logo = kept.get(tuple(name.items()), (None, None))
            db_session.add(
                EventOrganiser(event_id=known.id, position=position, role=role, name=name, url=url, logo=logo)
            )
    db_session.flush()
    db_session.expire(known, ["organisers"])
    return known.id, False, bool(changed) or not same


def save_venues(db_session: Session, event_id: int, venues: Mapping[str, Mapping[str, Any]]) -> Merged:
    """Make the event's venues of these keys say this, in this order; others stay."""
    return merge_by_key(db_session, Venue, event_id, venues)


def save_tracks(db_session: Session, event_id: int, tracks: Mapping[str, Mapping[str, Any]]) -> Merged:
    """Make the event's tracks of these keys say this, in this order; others stay."""
    return merge_by_key(db_session, Track, event_id, tracks)
