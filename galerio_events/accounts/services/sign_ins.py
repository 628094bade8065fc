"""Where an account is signed in: begun, proved further, noted as seen, ended."""

import secrets
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.accounts import queries
from galerio_events.accounts.domain.sign_ins import MOST_SIGN_INS, Method, lasts
from galerio_events.accounts.models import Account, SignIn
from galerio_events.text import one_line, token_hash


def begin(
    db_session: Session, account: Account, method: Method, *, agent: str, proved: bool, factor: bool, now: datetime
) -> str:
    """Sign the account in; gives the secret for the browser's cookie.

    `proved`: a password was given (or a passkey used); `factor`: a second factor as well.
    """
    for old in queries.sign_ins(db_session, account.id, now=now)[MOST_SIGN_INS - 1 :]:
        db_session.delete(old)
    secret = secrets.token_urlsafe(32)
    made = SignIn(
        account_id=account.id,
        token_hash=token_hash(secret),
        method=method,
        created_at=now,
        seen_at=now,
        expires_at=now + lasts(method),
        password_at=now if proved else None,
        factor_at=now if factor else None,
        agent=one_line(agent)[:300],
    )
    db_session.add(made)
    db_session.flush()
    return secret


def prove(sign_in: SignIn, *, password: bool = True, factor: bool, now: datetime) -> None:
    """Note that in this sign-in the password was given, a second factor, or both."""
    if password:
        sign_in.password_at = now
    if factor:
        sign_in.factor_at = now


def seen(db_session: Session, sign_in_id: int, *, now: datetime) -> None:
    """Note that a sign-in is in use."""
    db_session.execute(
        sa.update(SignIn)
        .where(SignIn.id == sign_in_id)
        .values(seen_at=now)
        .execution_options(synchronize_session=False)
    )


def end(db_session: Session, account_id: int, sign_in_id: int) -> bool:
    """End that sign-in of the account; whether there was one."""
    ended = db_session.execute(
        sa.delete(SignIn)
        .where(SignIn.account_id == account_id, SignIn.id == sign_in_id)
        .returning(SignIn.id)
        .execution_options(synchronize_session=False)
    ).all()
    return bool(ended)


def end_others(db_session: Session, account_id: int, kept: int | None) -> int:
    """End every sign-in of the account but that one; how many there were."""
    ended = db_session.execute(
        sa.delete(SignIn)
        .where(SignIn.account_id == account_id, SignIn.id != (kept or 0))
        .returning(SignIn.id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(ended)
