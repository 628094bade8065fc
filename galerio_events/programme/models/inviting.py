"""Invitations into roles, what was done about them, and who wants no mail."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from galerio_events.db import Base, TranslatedText, UTCDateTime, enum_column
from galerio_events.people.models import Person
from galerio_events.programme.domain import RoleKind, RoleState
from galerio_events.programme.domain.inviting import Act, InvitationState, InvitationWish
from galerio_events.programme.models.draft import ProgrammeSession
from galerio_events.translated import EMPTY, Translated


class Invitation(Base):
    """How one person was asked to take one role in one session, and what they said.

    It belongs to the role by session, person and kind, not by row: the rows of roles are made anew with every change
    of a session. So there is never more than one for a role.
    """

    __tablename__ = "invitations"
    __table_args__ = (
        sa.UniqueConstraint("session_id", "person_id", "role"),
        sa.Index("ix_invitations_event_id", "event_id"),
        sa.Index("ix_invitations_person_id", "person_id"),
        sa.Index(
            "ix_invitations_remind_at",
            "remind_at",
            postgresql_where=sa.text("remind_at IS NOT NULL"),
            sqlite_where=sa.text("remind_at IS NOT NULL"),
        ),
        sa.CheckConstraint("deadline_at > invited_at", name="deadline_after_invitation"),
        sa.CheckConstraint("reminders >= automatic AND automatic >= 0", name="reminders"),
        sa.CheckConstraint("state <> 'invited' OR answered_at IS NULL", name="open_without_answer"),
        sa.CheckConstraint("state NOT IN ('accepted', 'declined') OR answered_at IS NOT NULL", name="answer_has_time"),
        sa.CheckConstraint("(wish IS NULL) = (wished_at IS NULL)", name="wish_has_time"),
        sa.CheckConstraint(
            "wish_starts_at IS NULL OR (wish IS NOT NULL AND wish = 'other_time')", name="proposed_by_wish"
        ),
        sa.CheckConstraint("wish IS NULL OR wish <> 'other_time' OR wish_starts_at IS NOT NULL", name="wish_proposes"),
        sa.CheckConstraint("(wish_starts_at IS NULL) = (wish_ends_at IS NULL)", name="proposed_whole"),
        sa.CheckConstraint("wish_ends_at > wish_starts_at", name="proposed_ends_after_start"),
        sa.CheckConstraint("state NOT IN ('withdrawn', 'replaced') OR wish IS NULL", name="closed_without_wish"),
        sa.CheckConstraint("(agreed_starts_at IS NULL) = (agreed_ends_at IS NULL)", name="agreed_whole"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    session_id: Mapped[int] = mapped_column(sa.ForeignKey("programme_sessions.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("persons.id"))
    role: Mapped[RoleKind] = mapped_column(enum_column(RoleKind, "role"))
    state: Mapped[InvitationState] = mapped_column(enum_column(InvitationState, "state"))
    # The role was confirmed already when this was asked.
    was_confirmed: Mapped[bool] = mapped_column(default=False)
    # The private link: what makes its token, and the token's hash. The token itself is kept nowhere.
    nonce: Mapped[str] = mapped_column(sa.String(22))
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    invited_at: Mapped[datetime] = mapped_column(UTCDateTime)
    invited_by: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    deadline_at: Mapped[datetime] = mapped_column(UTCDateTime)
    note: Mapped[Translated] = mapped_column(TranslatedText, default=EMPTY)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # When the session was when it was accepted; none where that was not settled.
    agreed_starts_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    agreed_ends_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # Why somebody declined, in their own words.
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    wish: Mapped[InvitationWish | None] = mapped_column(enum_column(InvitationWish, "wish"))
    wished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    wish_text: Mapped[str] = mapped_column(sa.Text, default="")
    wish_starts_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    wish_ends_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # All reminders of the present question, and those of them that left by themselves.
    reminders: Mapped[int] = mapped_column(default=0)
    automatic: Mapped[int] = mapped_column(default=0)
    # When the next one leaves by itself.
    remind_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_mail_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 SQLAlchemy's own form

    programme_session: Mapped[ProgrammeSession] = relationship()
    person: Mapped[Person] = relationship()
    steps: Mapped[list["InvitationStep"]] = relationship(
        order_by="InvitationStep.id", cascade="all, delete-orphan", back_populates="invitation"
    )


class InvitationStep(Base):
    """Something that was done to an invitation. Rows are only ever added, but for what is taken back."""

    __tablename__ = "invitation_steps"
    __table_args__ = (
        sa.Index("ix_invitation_steps_invitation_id", "invitation_id"),
        # How many mails there were lately, of the event and to a mailbox.
        sa.Index("ix_invitation_steps_event_id_at", "event_id", "at"),
        sa.Index("ix_invitation_steps_mailbox_at", "mailbox", "at"),
        sa.CheckConstraint("(mailbox IS NULL) = (mail_id IS NULL)", name="mail_whole"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    invitation_id: Mapped[int] = mapped_column(sa.ForeignKey("invitations.id"))
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    act: Mapped[Act] = mapped_column(enum_column(Act, "act"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    # The organiser; none where the person did it, or the clock.
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    # What was said with it: a reason, a proposed time.
    said: Mapped[str] = mapped_column(sa.Text, default="")
    # The state of the role before somebody was invited, for taking that back.
    role_before: Mapped[RoleState | None] = mapped_column(enum_column(RoleState, "role_before"))
    # The mail that it sent: to whom (as `text.email_key`), and which one of the outbox.
    mailbox: Mapped[str | None] = mapped_column(sa.String(320))
    mail_id: Mapped[int | None] = mapped_column(sa.ForeignKey("outbox_mails.id"))
    # What was sent at once has the same.
    batch: Mapped[str | None] = mapped_column(sa.String(36))

    invitation: Mapped[Invitation] = relationship(back_populates="steps")


class UnwantedMail(Base):
    """A mailbox whose owner has asked for no more mail about invitations of an event."""

    __tablename__ = "unwanted_mails"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"), primary_key=True)
    mailbox: Mapped[str] = mapped_column(sa.String(320), primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
