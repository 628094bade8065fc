"""Presences, and the attendance that they sum up to per person and session."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from galerio_events.attendance.domain import PresenceSource
from galerio_events.db import Base, UTCDateTime, enum_column


class Presence(Base):
    """An interval during which a registrant was there; intervals of one person may overlap."""

    __tablename__ = "presences"
    __table_args__ = (
        sa.CheckConstraint("left_at >= joined_at", name="left_after_joining"),
        sa.UniqueConstraint("session_id", "registration_id", "source", "joined_at"),
        sa.Index("ix_presences_registration_id", "registration_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(sa.ForeignKey("programme_sessions.id"))
    registration_id: Mapped[int] = mapped_column(sa.ForeignKey("registrations.id"))
    source: Mapped[PresenceSource] = mapped_column(enum_column(PresenceSource, "source"))
    joined_at: Mapped[datetime] = mapped_column(UTCDateTime)
    left_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Attendance(Base):
    """The union of one person's presences in one session; kept up to date by `attendance.services`."""

    __tablename__ = "attendances"
    __table_args__ = (
        sa.CheckConstraint("seconds >= 0", name="seconds_not_negative"),
        sa.Index("ix_attendances_session_id_seconds", "session_id", "seconds"),
    )

    registration_id: Mapped[int] = mapped_column(sa.ForeignKey("registrations.id"), primary_key=True)
    session_id: Mapped[int] = mapped_column(sa.ForeignKey("programme_sessions.id"), primary_key=True)
    seconds: Mapped[int]
