"""What the desk needs beside the programme: ways in, own calendars, who has come, and what people were told."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from galerio_events.accounts.models import Account
from galerio_events.db import Base, TranslatedText, UTCDateTime, enum_column
from galerio_events.desk.domain.messages import MessageKind
from galerio_events.events.models import Event
from galerio_events.people.models import Person
from galerio_events.programme.models import ProgrammeSession
from galerio_events.translated import Translated

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


class JoinOpening(Base):
    """That somebody opened their way into a session from the desk, first and last; not that they came in."""

    __tablename__ = "join_openings"
    __table_args__ = (
        sa.CheckConstraint("last_at >= first_at", name="in_order"),
        sa.Index("ix_join_openings_person_id", "person_id"),
    )

    session_id: Mapped[int] = mapped_column(sa.ForeignKey(ProgrammeSession.id, ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey(Person.id, ondelete="CASCADE"), primary_key=True)
    first_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Arrival(Base):
    """A mark that somebody has come to a session, or that they have not after all, and by whom it was made.

    Each mark is the opposite of the one before it (see `is_here`), so of two who make the same mark at once one does.
    """

    __tablename__ = "arrivals"
    __table_args__ = (
        sa.CheckConstraint("number > 0", name="number"),
        sa.Index("ix_arrivals_person_id", "person_id"),
    )

    session_id: Mapped[int] = mapped_column(sa.ForeignKey(ProgrammeSession.id, ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey(Person.id, ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Account.id))


class SessionMessage(Base):
    """What organisers told people of a session. The nonce is that of the form, so that a form sent twice sends once."""

    __tablename__ = "session_messages"
    __table_args__ = (
        sa.UniqueConstraint("event_id", "nonce"),
        sa.Index("ix_session_messages_event_id_sent_at", "event_id", "sent_at"),
        sa.Index("ix_session_messages_session_id", "session_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey(Event.id))
    session_id: Mapped[int] = mapped_column(sa.ForeignKey(ProgrammeSession.id))
    kind: Mapped[MessageKind] = mapped_column(enum_column(MessageKind, "kind"))
    body: Mapped[Translated] = mapped_column(TranslatedText)
    sent_at: Mapped[datetime] = mapped_column(UTCDateTime)
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Account.id))
    nonce: Mapped[str] = mapped_column(sa.String(22))


class MessageReceipt(Base):
    """To whom a message went, and when they said on their desk that they have read it."""

    __tablename__ = "message_receipts"
    __table_args__ = (sa.Index("ix_message_receipts_person_id", "person_id"),)

    message_id: Mapped[int] = mapped_column(sa.ForeignKey(SessionMessage.id), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey(Person.id, ondelete="CASCADE"), primary_key=True)
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
