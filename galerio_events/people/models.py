"""Persons who appear in a programme, and organisations that run parts of it."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from galerio_events.db import Base, TranslatedText, UTCDateTime
from galerio_events.text import email_key
from galerio_events.translated import EMPTY, Translated


class Person(Base):
    __tablename__ = "persons"
    __table_args__ = (sa.UniqueConstraint("event_id", "key"), sa.Index("ix_persons_email_key", "email_key"))

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    # Also the person's address: /L/E/people/KEY.
    key: Mapped[str] = mapped_column(sa.String(80))
    position: Mapped[int] = mapped_column(default=0)
    name: Mapped[Translated] = mapped_column(TranslatedText)
    affiliation: Mapped[Translated] = mapped_column(TranslatedText, default=EMPTY)
    bio: Mapped[Translated] = mapped_column(TranslatedText, default=EMPTY)
    country: Mapped[str | None] = mapped_column(sa.String(2))
    # What organisers write to, in which language, and where the person is; never published.
    email: Mapped[str | None] = mapped_column(sa.String(320))
    # Whoever proves to read that mailbox is this person; follows `email`.
    email_key: Mapped[str | None] = mapped_column(sa.String(320))
    language: Mapped[str | None] = mapped_column(sa.String(12))
    timezone: Mapped[str | None] = mapped_column(sa.String(64))

    availabilities: Mapped[list["Availability"]] = relationship(
        order_by="Availability.starts_at", cascade="all, delete-orphan"
    )

    @validates("email")
    def _also_as_key(self, _name: str, email: str | None) -> str | None:
        self.email_key = email_key(email) if email else None
        return email


class Availability(Base):
    """When a person can take part; a person without any is taken to be free at all times."""

    __tablename__ = "availabilities"
    __table_args__ = (
        sa.CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        sa.Index("ix_availabilities_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("persons.id"))
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Organisation(Base):
    __tablename__ = "organisations"
    __table_args__ = (sa.UniqueConstraint("event_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    key: Mapped[str] = mapped_column(sa.String(80))
    name: Mapped[Translated] = mapped_column(TranslatedText)
