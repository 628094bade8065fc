"""Who signed up for what, and what they agreed to."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from galerio_events.db import Base, UTCDateTime, enum_column
from galerio_events.events.models import Event
from galerio_events.programme.models import ProgrammeSession
from galerio_events.registration.domain import AffiliationKind, ConsentKind, LinkPurpose, RegistrationState

_ACTIVE = sa.text("state = 'active'")


class Intake(Base):
    """When and for how many an event takes registrations; its row is the lock that admissions queue at."""

    __tablename__ = "intakes"
    __table_args__ = (
        sa.CheckConstraint("capacity >= 0", name="capacity_not_negative"),
        sa.CheckConstraint("closes_at > opens_at", name="closes_after_opening"),
    )

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"), primary_key=True)
    opens_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    capacity: Mapped[int | None]


class Registration(Base):
    __tablename__ = "registrations"
    __table_args__ = (
        sa.CheckConstraint("(state = 'cancelled') = (cancelled_at IS NOT NULL)", name="cancelled_has_time"),
        sa.CheckConstraint("length(country) = 2 AND country = upper(country)", name="country_code"),
        sa.Index(
            "uq_registrations_active_email",
            "event_id",
            "email_key",
            unique=True,
            postgresql_where=_ACTIVE,
            sqlite_where=_ACTIVE,
        ),
        sa.UniqueConstraint("event_id", "submission_key"),
        sa.Index("ix_registrations_event_id_state_country", "event_id", "state", "country", "affiliation_kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    # What a registrant quotes on the telephone.
    reference: Mapped[str] = mapped_column(sa.String(16), unique=True)
    state: Mapped[RegistrationState] = mapped_column(
        enum_column(RegistrationState, "state"), default=RegistrationState.ACTIVE
    )
    name: Mapped[str] = mapped_column(sa.String(200))
    reading: Mapped[str] = mapped_column(sa.String(200), default="")
    email: Mapped[str] = mapped_column(sa.String(320))
    email_key: Mapped[str] = mapped_column(sa.String(320))
    country: Mapped[str] = mapped_column(sa.String(2))
    organisation: Mapped[str] = mapped_column(sa.String(200), default="")
    position: Mapped[str] = mapped_column(sa.String(200), default="")
    # None where it was not stated, as in registrations that come from elsewhere; shares are of those who stated it.
    affiliation_kind: Mapped[AffiliationKind | None] = mapped_column(enum_column(AffiliationKind, "affiliation_kind"))
    language: Mapped[str] = mapped_column(sa.String(12))
    # Sent with the form; the same form sent twice is one registration.
    submission_key: Mapped[str] = mapped_column(sa.String(64))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 SQLAlchemy's own form

    event: Mapped[Event] = relationship()
    choices: Mapped[list["SessionChoice"]] = relationship(cascade="all, delete-orphan")
    consents: Mapped[list["ConsentRecord"]] = relationship(cascade="all, delete-orphan", order_by="ConsentRecord.id")
    links: Mapped[list["PrivateLink"]] = relationship(cascade="all, delete-orphan")


class SessionChoice(Base):
    """A session that a registrant wants to attend."""

    __tablename__ = "session_choices"
    __table_args__ = (sa.Index("ix_session_choices_session_id", "session_id"),)

    registration_id: Mapped[int] = mapped_column(sa.ForeignKey("registrations.id"), primary_key=True)
    session_id: Mapped[int] = mapped_column(sa.ForeignKey("programme_sessions.id"), primary_key=True)

    programme_session: Mapped[ProgrammeSession] = relationship()


class ConsentRecord(Base):
    """One answer to one question about personal data; a later answer is a further row."""

    __tablename__ = "consent_records"
    __table_args__ = (sa.Index("ix_consent_records_registration_id", "registration_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(sa.ForeignKey("registrations.id"))
    kind: Mapped[ConsentKind] = mapped_column(enum_column(ConsentKind, "kind"))
    given: Mapped[bool]
    text_version: Mapped[str] = mapped_column(sa.String(40))
    language: Mapped[str] = mapped_column(sa.String(12))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class PrivateLink(Base):
    """A link that opens one registration without an account. Only the hash of its token is kept."""

    __tablename__ = "private_links"
    __table_args__ = (sa.Index("ix_private_links_registration_id", "registration_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(sa.ForeignKey("registrations.id"))
    purpose: Mapped[LinkPurpose] = mapped_column(enum_column(LinkPurpose, "purpose"))
    nonce: Mapped[str] = mapped_column(sa.String(40), unique=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    registration: Mapped[Registration] = relationship(back_populates="links")
