"""Sessions while they run: how each stands, what was pressed, and the secret addresses of screens."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from galerio_events.db import Base, UTCDateTime, enum_column
from galerio_events.live.domain import LiveDeed


class LiveRun(Base):
    """A session that has been begun at least once. Every action counts `version` up, and is done only by whoever has
    seen the version that it is done to."""

    __tablename__ = "live_runs"
    __table_args__ = (sa.CheckConstraint("version >= 0", name="version"),)

    session_id: Mapped[int] = mapped_column(sa.ForeignKey("programme_sessions.id"), primary_key=True)
    version: Mapped[int] = mapped_column(default=0)
    # The run sheet as it was when the session began: `starts_at`, `ends_at` and `segments`.
    plan: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    # As `standing_to_plain` writes it; what the actions come to.
    state: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)


class LiveAction(Base):
    """What was pressed by whom. The version that it made is part of the key: it advances once."""

    __tablename__ = "live_actions"
    __table_args__ = (
        sa.CheckConstraint("version > 0", name="version"),
        sa.CheckConstraint("(number IS NOT NULL) = (deed IN ('skip', 'add'))", name="number"),
    )

    session_id: Mapped[int] = mapped_column(sa.ForeignKey("live_runs.session_id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    deed: Mapped[LiveDeed] = mapped_column(enum_column(LiveDeed, "deed"))
    # The part that is left out, or the minutes that are added.
    number: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))


class LiveScreen(Base):
    """The secret address under which a computer in the hall shows a session; another nonce makes another address."""

    __tablename__ = "live_screens"

    session_id: Mapped[int] = mapped_column(sa.ForeignKey("programme_sessions.id"), primary_key=True)
    nonce: Mapped[str] = mapped_column(sa.String(22))
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
