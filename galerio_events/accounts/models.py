"""Accounts of staff, moderators and speakers, and what each is on which event."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_security import RoleMixin, UserMixin
from sqlalchemy.orm import Mapped, mapped_column, relationship

from galerio_events.db import Base, UTCDateTime, enum_column
from galerio_events.permissions import AccountRole, Actor

_EVERYWHERE = sa.text("event_id IS NULL")


class Account(Base, UserMixin):
    """Somebody who signs in. The attribute names are those that Flask-Security expects."""

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(320), unique=True)
    password: Mapped[str | None] = mapped_column(sa.String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    language: Mapped[str] = mapped_column(sa.String(12), default="ja")

    grants: Mapped[list["RoleGrant"]] = relationship(cascade="all, delete-orphan", lazy="selectin")

    @property
    def roles(self) -> list[Any]:  # type: ignore[override]
        """Flask-Security's own roles, which this application does not use."""
        return []

    def actor(self) -> Actor:
        """The account as the permission rules see it."""
        return Actor(self.id, frozenset((grant.event_id, grant.role) for grant in self.grants))


class RoleGrant(Base):
    """A role on one event, or (without an event) on all of them."""

    __tablename__ = "role_grants"
    __table_args__ = (
        sa.Index("uq_role_grants_on_event", "account_id", "event_id", "role", unique=True),
        sa.Index(
            "uq_role_grants_everywhere",
            "account_id",
            "role",
            unique=True,
            postgresql_where=_EVERYWHERE,
            sqlite_where=_EVERYWHERE,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    event_id: Mapped[int | None] = mapped_column(sa.ForeignKey("events.id"))
    role: Mapped[AccountRole] = mapped_column(enum_column(AccountRole, "role"))


class UnusedRole(RoleMixin):
    """Flask-Security asks for a role model; ours are `RoleGrant`s."""
