"""Accounts of staff, moderators and speakers, and what each is on which event."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_security import RoleMixin, UserMixin
from sqlalchemy.orm import Mapped, mapped_column, relationship

from galerio_events.accounts.domain import Method, Proof
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
    # The secret of an app for one-time codes, sealed; and the step of the last code that was accepted.
    totp: Mapped[str | None] = mapped_column(sa.String(255))
    totp_step: Mapped[int] = mapped_column(sa.BigInteger, default=0)

    grants: Mapped[list["RoleGrant"]] = relationship(cascade="all, delete-orphan", lazy="selectin")
    sign_ins: Mapped[list["SignIn"]] = relationship(cascade="all, delete-orphan", order_by="SignIn.id")
    passkeys: Mapped[list["Passkey"]] = relationship(cascade="all, delete-orphan", order_by="Passkey.id")
    recovery_codes: Mapped[list["RecoveryCode"]] = relationship(
        cascade="all, delete-orphan", order_by="RecoveryCode.id"
    )

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


class CodeRequest(Base):
    """Somebody asked to be sent a code and a link with which the owner of that mailbox signs in.

    There is one for addresses that nobody has as well: what is known of an address shows only where mails are made.
    """

    __tablename__ = "code_requests"
    __table_args__ = (
        sa.CheckConstraint("tries >= 0", name="tries_not_negative"),
        sa.CheckConstraint("expires_at > asked_at", name="expires_later"),
        sa.CheckConstraint("NOT mailed OR settled_at IS NOT NULL", name="mailed_is_settled"),
        sa.Index("ix_code_requests_email_asked_at", "email", "asked_at"),
        sa.Index("ix_code_requests_browser_hash", "browser_hash"),
        sa.Index("ix_code_requests_asked_at", "asked_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # What the page on which the code is typed carries in its address.
    handle: Mapped[str] = mapped_column(sa.String(32), unique=True)
    # As `text.email_key` makes it, which is also what is written to.
    email: Mapped[str] = mapped_column(sa.String(320))
    # Whether the address was typed in that browser, so that it may be shown there.
    shown: Mapped[bool]
    language: Mapped[str] = mapped_column(sa.String(12))
    # Code and link are made of it with the application's key; it stands in the mail's values, they never do.
    nonce: Mapped[str] = mapped_column(sa.String(32))
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    browser_hash: Mapped[str] = mapped_column(sa.String(64))
    # Where the reader wanted to go: a path of this site, or ''.
    target: Mapped[str] = mapped_column(sa.String(2000), default="")
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    # When it was found out whether anybody has that address, and whether a mail was written.
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    mailed: Mapped[bool] = mapped_column(default=False)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class SignIn(Base):
    """A browser in which somebody is signed in; ending that deletes the row, and the cookie is worth nothing."""

    __tablename__ = "sign_ins"
    __table_args__ = (
        sa.CheckConstraint("expires_at > created_at", name="expires_later"),
        sa.Index("ix_sign_ins_account_id", "account_id"),
        sa.Index("ix_sign_ins_expires_at", "expires_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    # Of the secret in the browser's cookie.
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    method: Mapped[Method] = mapped_column(enum_column(Method, "method"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    password_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    factor_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # What the browser says of itself.
    agent: Mapped[str] = mapped_column(sa.String(300), default="")

    @property
    def proof(self) -> Proof:
        """What it proves, as the rules see it."""
        return Proof(self.password_at, self.factor_at)


class Passkey(Base):
    """A key in somebody's device (WebAuthn)."""

    __tablename__ = "passkeys"
    __table_args__ = (sa.Index("ix_passkeys_account_id", "account_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    # URL-safe Base64; at most 1023 bytes (WebAuthn Level 2, section 4).
    credential_id: Mapped[str] = mapped_column(sa.String(1400), unique=True)
    public_key: Mapped[bytes] = mapped_column(sa.LargeBinary)
    sign_count: Mapped[int] = mapped_column(sa.BigInteger)
    name: Mapped[str] = mapped_column(sa.String(60))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class RecoveryCode(Base):
    """Stands for the second factor once; only its hash is known here."""

    __tablename__ = "recovery_codes"
    __table_args__ = (sa.UniqueConstraint("account_id", "code_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    code_hash: Mapped[str] = mapped_column(sa.String(64))
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class UnusedRole(RoleMixin):
    """Flask-Security asks for a role model; ours are `RoleGrant`s."""
