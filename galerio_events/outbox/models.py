"""Every mail that leaves is a row, written in the transaction that causes it."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from galerio_events.db import Base, UTCDateTime, enum_column
from galerio_events.outbox.domain import MailState


class OutboxMail(Base):
    __tablename__ = "outbox_mails"
    __table_args__ = (
        sa.CheckConstraint("attempts >= 0", name="attempts_not_negative"),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_has_time"),
        sa.CheckConstraint("(state = 'sending') = (claim IS NOT NULL)", name="sending_has_claim"),
        sa.CheckConstraint("(claim IS NULL) = (claimed_at IS NULL)", name="claim_has_time"),
        sa.Index(
            "ix_outbox_mails_due",
            "next_attempt_at",
            postgresql_where=sa.text("state IN ('queued', 'sending')"),
            sqlite_where=sa.text("state IN ('queued', 'sending')"),
        ),
        sa.Index("ix_outbox_mails_event_id_id", "event_id", "id"),
        sa.Index("ix_outbox_mails_event_id_state_id", "event_id", "state", "id"),
        sa.Index(
            "ix_outbox_mails_event_id_batch_id",
            "event_id",
            "batch",
            "id",
            postgresql_where=sa.text("batch IS NOT NULL"),
            sqlite_where=sa.text("batch IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int | None] = mapped_column(sa.ForeignKey("events.id"))
    kind: Mapped[str] = mapped_column(sa.String(60))
    template_version: Mapped[int] = mapped_column(default=1)
    language: Mapped[str] = mapped_column(sa.String(12))
    recipient_email: Mapped[str] = mapped_column(sa.String(320))
    recipient_name: Mapped[str] = mapped_column(sa.String(200), default="")
    # Everything that rendering needs; private links appear as nonces, never as tokens.
    values: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    bulk: Mapped[bool] = mapped_column(default=False)
    # What was written at once and is looked through and sent together: the mails about one release.
    batch: Mapped[str | None] = mapped_column(sa.String(60))
    state: Mapped[MailState] = mapped_column(enum_column(MailState, "state"), default=MailState.QUEUED)
    dedupe_key: Mapped[str] = mapped_column(sa.String(200), unique=True)
    message_id: Mapped[str] = mapped_column(sa.String(200), unique=True)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(UTCDateTime)
    claim: Mapped[str | None] = mapped_column(sa.String(40))
    claimed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_error: Mapped[str] = mapped_column(sa.Text, default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
