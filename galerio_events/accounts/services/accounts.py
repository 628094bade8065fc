"""Writes of accounts and their roles. Passwords arrive here as hashes only."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from galerio_events.accounts import queries
from galerio_events.accounts.domain import new_uniquifier
from galerio_events.accounts.models import Account, RoleGrant
from galerio_events.permissions import AccountRole
from galerio_events.text import email_key


@dataclass(frozen=True, slots=True)
class Added:
    """What `add_account` did."""

    account: Account
    account_is_new: bool
    role_is_new: bool


def add_account(
    db_session: Session,
    email: str,
    role: AccountRole,
    event_id: int | None,
    *,
    password_hash: str | None,
    now: datetime,
) -> Added:
    """Give the account of that address the role on that event (None: on every event); make the account if need be.

    `password_hash` becomes the password of a new account, and replaces that of an old one. Raises `ValueError` for a
    new account without one.
    """
    account = queries.by_email(db_session, email)
    is_new = account is None
    if account is None:
        if password_hash is None:
            raise ValueError("a new account needs a password")
        account = Account(
            email=email_key(email), password=password_hash, fs_uniquifier=new_uniquifier(), created_at=now, active=True
        )
        db_session.add(account)
    elif password_hash is not None:
        change_password(account, password_hash)
    role_is_new = not any(grant.role == role and grant.event_id == event_id for grant in account.grants)
    if role_is_new:
        account.grants.append(RoleGrant(role=role, event_id=event_id))
    db_session.flush()
    return Added(account, is_new, role_is_new)


def change_password(account: Account, password_hash: str) -> None:
    """Set a new password and end every sign-in that the account has anywhere."""
    account.password = password_hash
    account.fs_uniquifier = new_uniquifier()
    account.sign_ins.clear()


def hand_on(db_session: Session, account_id: int, old_event_id: int, new_event_id: int) -> None:
    """Give the account on a new event the roles with which it organises the old one."""
    for role in queries.roles_on(db_session, account_id, old_event_id):
        if role in {AccountRole.ADMINISTRATOR, AccountRole.ORGANISER}:
            db_session.add(RoleGrant(account_id=account_id, event_id=new_event_id, role=role))
    db_session.flush()
