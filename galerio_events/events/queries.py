"""Reads of events, and of what is settled for them."""

import sqlalchemy as sa
from sqlalchemy.orm import Session, undefer

from galerio_events.events.domain import Deed, Subject
from galerio_events.events.domain.settings import EventSettings, OrganiserSettings, TrackSettings, VenueSettings
from galerio_events.events.models import Change, Event, EventOrganiser, Image, Track, Venue


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


def was_removed(db_session: Session, event_id: int, subject: Subject, key: str) -> bool:
    """Whether the event's history knows of something of that key that was deleted."""
    wanted = (Change.event_id == event_id, Change.subject == subject, Change.key == key, Change.deed == Deed.REMOVED)
    return db_session.scalar(sa.select(Change.id).where(*wanted).limit(1)) is not None


def by_id(db_session: Session, event_id: int) -> Event:
    """The event as it is stored now. Raises `NoResultFound` where there is none."""
    return db_session.scalars(
        sa.select(Event).where(Event.id == event_id).execution_options(populate_existing=True)
    ).one()


def organisers_of(db_session: Session, event_id: int) -> list[EventOrganiser]:
    """Who stands behind the event, in order, as stored now."""
    return list(
        db_session.scalars(
            sa.select(EventOrganiser)
            .where(EventOrganiser.event_id == event_id)
            .order_by(EventOrganiser.position)
            .execution_options(populate_existing=True)
        )
    )


def venues_of(db_session: Session, event_id: int) -> list[Venue]:
    """The event's venues, in order, as stored now."""
    return list(
        db_session.scalars(
            sa.select(Venue)
            .where(Venue.event_id == event_id)
            .order_by(Venue.position, Venue.id)
            .execution_options(populate_existing=True)
        )
    )


def tracks_of(db_session: Session, event_id: int) -> list[Track]:
    """The event's tracks, in order, as stored now."""
    return list(
        db_session.scalars(
            sa.select(Track)
            .where(Track.event_id == event_id)
            .order_by(Track.position, Track.id)
            .execution_options(populate_existing=True)
        )
    )


def image(db_session: Session, event_id: int, digest: str) -> Image | None:
    """The event's picture of that digest, with its bytes."""
    return db_session.scalar(
        sa.select(Image).where(Image.event_id == event_id, Image.digest == digest).options(undefer(Image.data))
    )


def has_image(db_session: Session, event_id: int, digest: str) -> bool:
    """Whether the event has a picture of that digest."""
    found = db_session.scalar(sa.select(Image.id).where(Image.event_id == event_id, Image.digest == digest))
    return found is not None


def has_logo(db_session: Session, event_id: int, digest: str) -> bool:
    """Whether the picture is the logo of somebody in the event's draft."""
    found = db_session.scalar(
        sa.select(EventOrganiser.id).where(EventOrganiser.event_id == event_id, EventOrganiser.logo == digest).limit(1)
    )
    return found is not None


def event_settings(event: Event) -> EventSettings:
    """What is settled for the event."""
    return EventSettings(
        title=event.title,
        timezone=event.timezone,
        starts_on=event.starts_on,
        ends_on=event.ends_on,
        theme=event.theme,
        ordinal=event.ordinal,
        day_starts_at=event.day_starts_at,
        languages=tuple(event.languages),
        format=event.format,
        changeover_minutes=event.changeover_minutes,
    )


def organiser_settings(organiser: EventOrganiser) -> OrganiserSettings:
    """What is settled for one of those behind the event."""
    return OrganiserSettings(organiser.role, organiser.name, organiser.url, organiser.logo)


def venue_settings(venue: Venue) -> VenueSettings:
    """What is settled for the venue."""
    return VenueSettings(
        kind=venue.kind,
        name=venue.name,
        capacity=venue.capacity,
        url=venue.url,
        join_address=venue.join_address,
        opens_at=venue.opens_at,
        closes_at=venue.closes_at,
    )


def track_settings(track: Track) -> TrackSettings:
    """What is settled for the track."""
    return TrackSettings(track.name, track.colour)
