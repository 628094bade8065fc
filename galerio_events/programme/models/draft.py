"""The draft programme: sessions and who has which role in them."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from galerio_events.db import Base, TranslatedText, UTCDateTime, enum_column
from galerio_events.events.models import Event, Track, Venue
from galerio_events.people.models import Organisation, Person
from galerio_events.programme.domain import ArrangementState, RoleKind, RoleState, SessionKind, SessionStatus
from galerio_events.translated import EMPTY, Translated

_UNDER_WAY = sa.text("state IN ('waiting', 'running')")


class ProgrammeSession(Base):
    __tablename__ = "programme_sessions"
    __table_args__ = (
        sa.UniqueConstraint("event_id", "key"),
        sa.CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        sa.CheckConstraint("capacity >= 0", name="capacity_not_negative"),
        sa.Index("ix_programme_sessions_event_id_starts_at", "event_id", "starts_at"),
        sa.Index("uq_programme_sessions_event_id_nonce", "event_id", "nonce", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    key: Mapped[str] = mapped_column(sa.String(80))
    # The calendars' UID; made once, never changed.
    uid: Mapped[str] = mapped_column(sa.String(120), unique=True)
    kind: Mapped[SessionKind] = mapped_column(enum_column(SessionKind, "kind"))
    venue_id: Mapped[int | None] = mapped_column(sa.ForeignKey("venues.id"))
    track_id: Mapped[int | None] = mapped_column(sa.ForeignKey("tracks.id"))
    organiser_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisations.id"))
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    title: Mapped[Translated] = mapped_column(TranslatedText)
    summary: Mapped[Translated] = mapped_column(TranslatedText, default=EMPTY)
    abstract: Mapped[Translated] = mapped_column(TranslatedText, default=EMPTY)
    # Places for registrants; none means no limit.
    capacity: Mapped[int | None]
    # Where not, it lies in the tray with the times that were last meant for it; no release has it.
    scheduled: Mapped[bool] = mapped_column(default=True)
    # Not moved by dragging or by suggestions.
    locked: Mapped[bool] = mapped_column(default=False)
    status: Mapped[SessionStatus] = mapped_column(enum_column(SessionStatus, "status"), default=SessionStatus.TENTATIVE)
    # The language that is spoken, as a tag.
    language: Mapped[str | None] = mapped_column(sa.String(12))
    needs_interpreter: Mapped[bool] = mapped_column(default=False)
    # Objects with `url`, `title` and `kind` (see LinkKind).
    links: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)
    # Taken out of the programme, but kept: registrations, presences and calendars still refer to it.
    removed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1)
    # Of the form that made it, so that a form that is sent twice makes one session.
    nonce: Mapped[str | None] = mapped_column(sa.String(22))

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 SQLAlchemy's own form

    event: Mapped[Event] = relationship()
    venue: Mapped[Venue | None] = relationship()
    track: Mapped[Track | None] = relationship()
    organiser: Mapped[Organisation | None] = relationship()
    roles: Mapped[list["RoleAssignment"]] = relationship(
        order_by="RoleAssignment.position", cascade="all, delete-orphan", back_populates="programme_session"
    )


class RoleAssignment(Base):
    __tablename__ = "role_assignments"
    __table_args__ = (
        sa.UniqueConstraint("session_id", "position"),
        sa.UniqueConstraint("session_id", "person_id", "role"),
        sa.Index("ix_role_assignments_person_id", "person_id"),
        sa.CheckConstraint("minutes > 0", name="minutes_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(sa.ForeignKey("programme_sessions.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("persons.id"))
    role: Mapped[RoleKind] = mapped_column(enum_column(RoleKind, "role"))
    position: Mapped[int]
    # The talk's, where there is one.
    title: Mapped[Translated] = mapped_column(TranslatedText, default=EMPTY)
    minutes: Mapped[int | None]
    state: Mapped[RoleState] = mapped_column(enum_column(RoleState, "state"), default=RoleState.CONFIRMED)

    programme_session: Mapped[ProgrammeSession] = relationship(back_populates="roles")
    person: Mapped[Person] = relationship()


class KindRule(Base):
    """What the organisers of an event expect of sessions of a kind; of a kind without a row, what is usual
    is expected: a moderator of a session, nobody of the others."""

    __tablename__ = "kind_rules"
    __table_args__ = (sa.CheckConstraint("minutes > 0", name="minutes_positive"),)

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"), primary_key=True)
    kind: Mapped[SessionKind] = mapped_column(enum_column(SessionKind, "kind"), primary_key=True)
    # Values of RoleKind, each of which a session of this kind needs at least once.
    required_roles: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    # How long a new session of this kind is.
    minutes: Mapped[int | None]


class AcceptedWarning(Base):
    """A conflict that organisers know of and accept; it is recognised by its fingerprint."""

    __tablename__ = "accepted_warnings"
    __table_args__ = (sa.UniqueConstraint("event_id", "fingerprint"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    fingerprint: Mapped[str] = mapped_column(sa.String(64))
    reason: Mapped[str] = mapped_column(sa.String(500))
    accepted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    accepted_by: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))


class Upload(Base):
    """A file that somebody looks at before it is imported; it is kept for a day at most.

    Once it is imported, only what came of it is kept for the rest of the day.
    """

    __tablename__ = "uploads"
    __table_args__ = (
        sa.UniqueConstraint("nonce"),
        sa.CheckConstraint("length(data) > 0", name="not_empty"),
        sa.CheckConstraint("(data IS NULL) = (done_at IS NOT NULL)", name="waits_or_done"),
        sa.CheckConstraint("(done_at IS NULL) = (outcome IS NULL)", name="outcome_when_done"),
        sa.Index("ix_uploads_created_at", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    # Names it in its address, so that nobody finds it by counting.
    nonce: Mapped[str] = mapped_column(sa.String(22))
    filename: Mapped[str] = mapped_column(sa.String(200))
    data: Mapped[bytes | None] = mapped_column(sa.LargeBinary, deferred=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # How many things were added, changed, left as they are, removed and left out.
    outcome: Mapped[dict[str, int] | None] = mapped_column(sa.JSON(none_as_null=True))


class Arrangement(Base):
    """A request to suggest times for sessions, and what came of it. Nothing changes until somebody accepts it."""

    __tablename__ = "arrangements"
    __table_args__ = (
        sa.Index("ix_arrangements_event_id_id", "event_id", "id"),
        # One at a time for each event.
        sa.Index(
            "uq_arrangements_under_way",
            "event_id",
            unique=True,
            postgresql_where=_UNDER_WAY,
            sqlite_where=_UNDER_WAY,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    requested_by: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    requested_at: Mapped[datetime] = mapped_column(UTCDateTime)
    state: Mapped[ArrangementState] = mapped_column(
        enum_column(ArrangementState, "state"), default=ArrangementState.WAITING
    )
    wishes: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    progress: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    result: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    # When whoever computes it last gave a sign of life.
    seen_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
