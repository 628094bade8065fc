"""Key learnings, reminders of them, and what the archive holds of a session."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from galerio_events.db import Base, TranslatedText, UTCDateTime, enum_column
from galerio_events.learnings.domain import MOST_REMINDERS, LearningsState
from galerio_events.translated import EMPTY, Translated


class Learnings(Base):
    """The key learnings of a session: those that are being worked on, and those that are public."""

    __tablename__ = "learnings"
    __table_args__ = (
        sa.CheckConstraint("version > 0", name="version"),
        sa.CheckConstraint("(published IS NULL) = (approved_at IS NULL)", name="approved_at"),
        sa.CheckConstraint("state <> 'approved' OR published IS NOT NULL", name="published"),
        sa.CheckConstraint("(state = 'sent_back') = (note <> '')", name="note"),
    )

    session_id: Mapped[int] = mapped_column(sa.ForeignKey("programme_sessions.id"), primary_key=True)
    state: Mapped[LearningsState] = mapped_column(enum_column(LearningsState, "state"))
    # Objects of language to text, in order.
    points: Mapped[list[dict[str, str]]] = mapped_column(sa.JSON)
    published: Mapped[list[dict[str, str]] | None] = mapped_column(sa.JSON(none_as_null=True))
    # Why the organisers sent them back; only as long as they are.
    note: Mapped[str] = mapped_column(sa.Text, default="")
    # Counted up with every write.
    version: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    handed_in_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    approved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class LearningsReminder(Base):
    """That the people of a session were reminded of its key learnings, for the first, second … time."""

    __tablename__ = "learnings_reminders"
    __table_args__ = (sa.CheckConstraint(f"number BETWEEN 1 AND {MOST_REMINDERS}", name="number"),)

    session_id: Mapped[int] = mapped_column(sa.ForeignKey("programme_sessions.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))


class ArchiveRow(Base):
    """What the archive holds of a session besides what others say of it."""

    __tablename__ = "archive_entries"
    __table_args__ = (sa.CheckConstraint("video LIKE 'https://%'", name="video"),)

    session_id: Mapped[int] = mapped_column(sa.ForeignKey("programme_sessions.id"), primary_key=True)
    video: Mapped[str | None] = mapped_column(sa.String(500))
    videos: Mapped[Translated] = mapped_column(TranslatedText, default=EMPTY)
    # The digest of an `Image` of the event.
    thumbnail: Mapped[str | None] = mapped_column(sa.String(64))
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
