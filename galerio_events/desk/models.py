"""What the desk needs beside the programme: ways in, and the addresses of own calendars."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from galerio_events.accounts.models import Account
from galerio_events.db import Base, UTCDateTime
from galerio_events.events.models import Event
from galerio_events.people.models import Person
from galerio_events.programme.models import ProgrammeSession

_OPEN = sa.text("ended_at IS NULL")


class DeskSettings(Base):
    """How long before a session its people are shown the way in; an event without a row keeps to what is usual."""

    __tablename__ = "desk_settings"
    __table_args__ = (sa.CheckConstraint("join_minutes BETWEEN 0 AND 10080", name="join_minutes"),)

    event_id: Mapped[int] = mapped_column(sa.ForeignKey(Event.id), primary_key=True)
    join_minutes: Mapped[int]


class JoinLink(Base):
    """The way in that one person has to one session, such as a panellist's link; it comes before the venue's.

    It belongs to person and session rather than to a role, since roles are written anew with every change.
    """

    __tablename__ = "join_links"
    __table_args__ = (
        sa.CheckConstraint("length(address) > 0", name="not_empty"),
        sa.Index("ix_join_links_person_id", "person_id"),
    )

    session_id: Mapped[int] = mapped_column(sa.ForeignKey(ProgrammeSession.id, ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey(Person.id, ondelete="CASCADE"), primary_key=True)
    address: Mapped[str] = mapped_column(sa.String(500))


class DeskFeed(Base):
    """The address of somebody's own calendar. Only the hash of its token is kept; one at a time is open."""

    __tablename__ = "desk_feeds"
    __table_args__ = (
        sa.Index("uq_desk_feeds_open", "account_id", unique=True, postgresql_where=_OPEN, sqlite_where=_OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey(Account.id))
    nonce: Mapped[str] = mapped_column(sa.String(40), unique=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    language: Mapped[str] = mapped_column(sa.String(12))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
