"""Reads of accounts."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.accounts.models import Account, RoleGrant
from galerio_events.permissions import AccountRole
from galerio_events.text import email_key


def by_email(db_session: Session, email: str) -> Account | None:
    """The account of that address, however its letters are cased."""
    return db_session.scalar(sa.select(Account).where(Account.email == email_key(email)))


def emails_of(db_session: Session, account_ids: Iterable[int]) -> dict[int, str]:
    """The addresses of those accounts, by id."""
    wanted = sa.select(Account.id, Account.email).where(Account.id.in_(set(account_ids)))
    return {row.id: row.email for row in db_session.execute(wanted)}


def roles_on(db_session: Session, account_id: int, event_id: int) -> list[AccountRole]:
    """The roles that the account has on that very event."""
    wanted = sa.select(RoleGrant.role).where(RoleGrant.account_id == account_id, RoleGrant.event_id == event_id)
    return list(db_session.scalars(wanted.order_by(RoleGrant.role)))
