"""The event (one edition), who stands behind it, its venues and tracks."""

from datetime import date, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from galerio_events.db import Base, TranslatedText, enum_column
from galerio_events.events.domain import EventFormat, OrganiserRole, VenueKind
from galerio_events.translated import EMPTY, Translated


class Event(Base):
    __tablename__ = "events"
    __table_args__ = (sa.CheckConstraint("ends_on >= starts_on", name="ends_after_start"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(40), unique=True)
    ordinal: Mapped[int | None]
    title: Mapped[Translated] = mapped_column(TranslatedText)
    theme: Mapped[Translated] = mapped_column(TranslatedText, default=EMPTY)
    timezone: Mapped[str] = mapped_column(sa.String(64))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    day_starts_at: Mapped[time] = mapped_column(default=time(0))
    languages: Mapped[list[str]] = mapped_column(sa.JSON, default=lambda: ["ja", "en"])
    format: Mapped[EventFormat] = mapped_column(enum_column(EventFormat, "format"), default=EventFormat.ONLINE)
    # What an edition came to, as published: outcomes, archive, business matching, participant figures.
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)

    organisers: Mapped[list["EventOrganiser"]] = relationship(
        order_by="EventOrganiser.position", cascade="all, delete-orphan"
    )
    venues: Mapped[list["Venue"]] = relationship(order_by="Venue.position")
    tracks: Mapped[list["Track"]] = relationship(order_by="Track.position")


class EventOrganiser(Base):
    __tablename__ = "event_organisers"
    __table_args__ = (sa.UniqueConstraint("event_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    position: Mapped[int]
    role: Mapped[OrganiserRole] = mapped_column(enum_column(OrganiserRole, "role"))
    name: Mapped[Translated] = mapped_column(TranslatedText)


class Venue(Base):
    __tablename__ = "venues"
    __table_args__ = (
        sa.UniqueConstraint("event_id", "key"),
        sa.CheckConstraint("capacity > 0", name="capacity_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    key: Mapped[str] = mapped_column(sa.String(60))
    position: Mapped[int] = mapped_column(default=0)
    kind: Mapped[VenueKind] = mapped_column(enum_column(VenueKind, "kind"))
    name: Mapped[Translated] = mapped_column(TranslatedText)
    capacity: Mapped[int | None]
    # Public address of an online venue, if there is one to publish.
    url: Mapped[str | None] = mapped_column(sa.String(500))


class Track(Base):
    __tablename__ = "tracks"
    __table_args__ = (sa.UniqueConstraint("event_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    key: Mapped[str] = mapped_column(sa.String(60))
    position: Mapped[int] = mapped_column(default=0)
    name: Mapped[Translated] = mapped_column(TranslatedText)
