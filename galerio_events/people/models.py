"""Persons who appear in a programme, and organisations that run parts of it."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates
from sqlalchemy.types import TypeDecorator

from galerio_events.db import Base, TranslatedText, UTCDateTime, enum_column
from galerio_events.people.domain.links import PersonLink, links_from_plain, links_to_plain
from galerio_events.people.domain.profile import ProfileConsent, ProposalState
from galerio_events.text import email_key
from galerio_events.translated import EMPTY, Translated


class Links(TypeDecorator[tuple[PersonLink, ...]]):
    """Links, stored as a JSON list of objects with `url` and `title`."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Sequence[PersonLink] | None, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(links_to_plain(value), ensure_ascii=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[PersonLink, ...] | None:
        return None if value is None else () if value == "[]" else links_from_plain(json.loads(value))


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
    # How the name is read, in kana or whatever letters help; and what else helps those who have to say it.
    reading: Mapped[str] = mapped_column(sa.String(200), default="", server_default="")
    pronunciation: Mapped[str] = mapped_column(sa.String(300), default="", server_default="")
    job_title: Mapped[Translated] = mapped_column(TranslatedText, default=EMPTY, server_default="{}")
    # The digest of an `Image` of the event; a release has it where the person has agreed.
    photo: Mapped[str | None] = mapped_column(sa.String(64))
    links: Mapped[tuple[PersonLink, ...]] = mapped_column(Links, default=(), server_default="[]")
    technical_needs: Mapped[str] = mapped_column(sa.Text, default="", server_default="")

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


class Consent(Base):
    """An answer to a question of consent, with the wording that was answered.

    Nothing is ever changed: the newest answer of a person to a question is the one that holds.
    """

    __tablename__ = "consents"
    __table_args__ = (
        sa.CheckConstraint("wording > 0", name="wording_positive"),
        sa.Index("ix_consents_person_id_kind", "person_id", "kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("persons.id"))
    kind: Mapped[ProfileConsent] = mapped_column(enum_column(ProfileConsent, "kind"))
    given: Mapped[bool]
    wording: Mapped[int]
    # The language in which the question was read.
    language: Mapped[str] = mapped_column(sa.String(12))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))


class ProfileProposal(Base):
    """What somebody who is published already wants to have published of them instead.

    `base` is what was stored when they proposed it, `wanted` what they made of it, both in plain JSON.
    """

    __tablename__ = "profile_proposals"
    __table_args__ = (
        sa.Index(
            "uq_profile_proposals_open",
            "person_id",
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        ),
        sa.CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided_once"),
        sa.Index("ix_profile_proposals_event_id_state", "event_id", "state"),
        sa.Index("ix_profile_proposals_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("persons.id"))
    state: Mapped[ProposalState] = mapped_column(enum_column(ProposalState, "state"), default=ProposalState.OPEN)
    base: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    wanted: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    proposed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    note: Mapped[str] = mapped_column(sa.Text, default="")

    person: Mapped[Person] = relationship()
