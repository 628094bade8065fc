"""The event (one edition), who stands behind it, its venues and tracks."""

from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from galerio_events.db import Base, TranslatedText, UTCDateTime, enum_column
from galerio_events.events.domain import Deed, EventFormat, OrganiserRole, Subject, VenueKind
from galerio_events.translated import EMPTY, Translated


class Event(Base):
    __tablename__ = "events"
    __table_args__ = (
        sa.CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        sa.CheckConstraint("changeover_minutes BETWEEN 0 AND 240", name="changeover_minutes"),
    )

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
    # How long a venue stays empty between two sessions, and a person between two places.
    changeover_minutes: Mapped[int] = mapped_column(default=0)
    # Whether whoever organises it has to prove a second factor.
    second_factor_required: Mapped[bool] = mapped_column(default=False)
    # Another one with every change of what public pages show besides the newest release, such as what was learnt.
    public_version: Mapped[str] = mapped_column(sa.String(22), default="", server_default="")
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
    url: Mapped[str | None] = mapped_column(sa.String(500))
    # The digest of an `Image` of this event.
    logo: Mapped[str | None] = mapped_column(sa.String(64))


class Image(Base):
    """A picture as it is published: encoded anew by us, so that nothing but the picture is in it.

    Releases name pictures by digest and never change, so what a release has shown is kept for good; what nothing shows
    is swept.
    """

    __tablename__ = "images"
    __table_args__ = (sa.UniqueConstraint("event_id", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    digest: Mapped[str] = mapped_column(sa.String(64))
    mimetype: Mapped[str] = mapped_column(sa.String(60))
    width: Mapped[int]
    height: Mapped[int]
    data: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Venue(Base):
    __tablename__ = "venues"
    __table_args__ = (
        sa.UniqueConstraint("event_id", "key"),
        sa.CheckConstraint("capacity > 0", name="capacity_positive"),
        sa.CheckConstraint("(opens_at IS NULL) = (closes_at IS NULL)", name="hours_whole"),
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
    # Where those who take part go in; never published.
    join_address: Mapped[str | None] = mapped_column(sa.String(500))
    # Wall-clock hours on every day of the event; closing at or before the opening means after midnight.
    opens_at: Mapped[time | None]
    closes_at: Mapped[time | None]


class Track(Base):
    __tablename__ = "tracks"
    __table_args__ = (
        sa.UniqueConstraint("event_id", "key"),
        sa.CheckConstraint("length(colour) = 7 AND colour = lower(colour)", name="colour"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    key: Mapped[str] = mapped_column(sa.String(60))
    position: Mapped[int] = mapped_column(default=0)
    name: Mapped[Translated] = mapped_column(TranslatedText)
    # `#rrggbb` in small letters.
    colour: Mapped[str | None] = mapped_column(sa.String(7))


class Change(Base):
    """The history of an event: who changed what when. Rows are only ever added; ids of one event rise with time,
    because whoever changes an event holds its lock."""

    __tablename__ = "changes"
    __table_args__ = (
        sa.Index("ix_changes_event_id_id", "event_id", "id"),
        sa.Index("ix_changes_event_id_subject_key", "event_id", "subject", "key", "id"),
        sa.Index("ix_changes_event_id_account_id", "event_id", "account_id", "id"),
        sa.Index("ix_changes_event_id_at", "event_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    # The same for all that was done at once, such as an import.
    batch: Mapped[str] = mapped_column(sa.String(36))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    # None for what the command line did.
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    subject: Mapped[Subject] = mapped_column(enum_column(Subject, "subject"))
    key: Mapped[str] = mapped_column(sa.String(80))
    deed: Mapped[Deed] = mapped_column(enum_column(Deed, "deed"))
    # What the subject said, in plain JSON; none where it was not there.
    before: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
