"""Reads of accounts, of what is sent to them, and of where they are signed in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.accounts.domain.codes import KEPT, OTHERS, Standing
from galerio_events.accounts.models import Account, CodeRequest, Passkey, RecoveryCode, RoleGrant, SignIn
from galerio_events.db import Base
from galerio_events.events.models import Event
from galerio_events.permissions import GRANTS, AccountRole, Permission
from galerio_events.text import email_key


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A sign-in that is good, its account, and whether that has a second factor.

    `required_somewhere`: whether any event requires one, so that it matters at all.
    """

    account: Account
    sign_in: SignIn
    has_factor: bool
    required_somewhere: bool


@dataclass(frozen=True, slots=True)
class Organiser:
    """Somebody with a role on an event (or on all of them), and whether they have a second factor."""

    email: str
    role: AccountRole
    everywhere: bool
    has_factor: bool


def by_email(db_session: Session, email: str) -> Account | None:
    """The account of that address, however its letters are cased."""
    return db_session.scalar(sa.select(Account).where(Account.email == email_key(email)))


def by_email_alone(db_session: Session, email: str) -> Account | None:
    """As `by_email`, in one statement whether there is such an account or not: its roles come when they are needed."""
    wanted = sa.select(Account).where(Account.email == email_key(email))
    return db_session.scalar(wanted.options(sa.orm.lazyload(Account.grants)))


def by_id(db_session: Session, account_id: int) -> Account | None:
    """The account with that id."""
    return db_session.get(Account, account_id)


def emails_of(db_session: Session, account_ids: Iterable[int]) -> dict[int, str]:
    """The addresses of those accounts, by id."""
    wanted = sa.select(Account.id, Account.email).where(Account.id.in_(set(account_ids)))
    return {row.id: row.email for row in db_session.execute(wanted)}


def roles_on(db_session: Session, account_id: int, event_id: int) -> list[AccountRole]:
    """The roles that the account has on that very event."""
    wanted = sa.select(RoleGrant.role).where(RoleGrant.account_id == account_id, RoleGrant.event_id == event_id)
    return list(db_session.scalars(wanted.order_by(RoleGrant.role)))


_HAS_FACTOR = sa.or_(Account.totp.is_not(None), sa.exists().where(Passkey.account_id == Account.id))


def signed_in(db_session: Session, uniquifier: str, token_hash: str, *, now: datetime) -> SignedIn | None:
    """Who is signed in with that cookie; None where the sign-in has ended or the account is switched off.

    One indexed read, and the account's roles.
    """
    row = db_session.execute(
        sa.select(Account, SignIn, _HAS_FACTOR, sa.exists().where(Event.second_factor_required))
        .join(SignIn, SignIn.account_id == Account.id)
        .where(
            SignIn.token_hash == token_hash,
            SignIn.expires_at > now,
            Account.fs_uniquifier == uniquifier,
            Account.active,
        )
    ).one_or_none()
    return None if row is None else SignedIn(row[0], row[1], bool(row[2]), bool(row[3]))


def has_factor(db_session: Session, account_id: int) -> bool:
    """Whether the account has an app for codes or a passkey."""
    return bool(db_session.scalar(sa.select(_HAS_FACTOR).where(Account.id == account_id)))


def events_requiring_factor(db_session: Session) -> frozenset[int]:
    """The events whose organisers have to prove a second factor."""
    return frozenset(db_session.scalars(sa.select(Event.id).where(Event.second_factor_required)))


def sign_ins(db_session: Session, account_id: int, *, now: datetime) -> list[SignIn]:
    """Where the account is signed in, the one seen last first."""
    wanted = sa.select(SignIn).where(SignIn.account_id == account_id, SignIn.expires_at > now)
    return list(db_session.scalars(wanted.order_by(SignIn.seen_at.desc(), SignIn.id.desc())))


def passkeys(db_session: Session, account_id: int) -> list[Passkey]:
    """The account's passkeys, the oldest first."""
    return list(db_session.scalars(sa.select(Passkey).where(Passkey.account_id == account_id).order_by(Passkey.id)))


def passkey(db_session: Session, credential_id: str) -> Passkey | None:
    """The passkey with that id, whosever it is."""
    return db_session.scalar(sa.select(Passkey).where(Passkey.credential_id == credential_id))


def recovery_codes_left(db_session: Session, account_id: int) -> int:
    """How many recovery codes the account has not used yet."""
    wanted = sa.select(sa.func.count()).where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    return db_session.scalar(wanted) or 0


def lock_account(db_session: Session, account_id: int) -> Account:
    """The account as it is stored, held until the transaction ends: two requests do not use one code."""
    return db_session.scalars(
        sa.select(Account).where(Account.id == account_id).with_for_update().execution_options(populate_existing=True)
    ).one()


def code_request(db_session: Session, handle: str) -> CodeRequest | None:
    """The request for a code with that handle."""
    return db_session.scalar(sa.select(CodeRequest).where(CodeRequest.handle == handle))


def newest_of_browser(db_session: Session, browser_hash: str) -> CodeRequest | None:
    """The last request for a code that came from that browser."""
    wanted = sa.select(CodeRequest).where(CodeRequest.browser_hash == browser_hash)
    return db_session.scalar(wanted.order_by(CodeRequest.id.desc()).limit(1))


def request_of_link(db_session: Session, token_hash: str) -> CodeRequest | None:
    """The request whose mail had that link."""
    return db_session.scalar(sa.select(CodeRequest).where(CodeRequest.token_hash == token_hash))


def live_nonces(db_session: Session, request: CodeRequest, *, now: datetime) -> dict[str, bool]:
    """The nonces of that request and of the newest others for the same address that are still good, and whether a mail
    was written. There are as many of them for an address that nobody has."""
    wanted = (
        sa.select(CodeRequest.nonce, CodeRequest.mailed)
        .where(CodeRequest.email == request.email, CodeRequest.used_at.is_(None), CodeRequest.expires_at > now)
        .order_by((CodeRequest.id == request.id).desc(), CodeRequest.id.desc())
        .limit(1 + OTHERS)
    )
    return {row.nonce: row.mailed for row in db_session.execute(wanted)}


def asked_since(db_session: Session, email: str, since: datetime) -> int:
    """How many codes were asked for that address since then, whoever asked and whether anybody has it."""
    wanted = sa.select(sa.func.count()).where(CodeRequest.email == email, CodeRequest.asked_at > since)
    return db_session.scalar(wanted) or 0


def unsettled(db_session: Session, *, since: datetime) -> list[CodeRequest]:
    """The requests of which nobody knows yet whether a mail is to be written, the oldest first."""
    wanted = sa.select(CodeRequest).where(CodeRequest.settled_at.is_(None), CodeRequest.asked_at > since)
    return list(db_session.scalars(wanted.order_by(CodeRequest.id)))


def active_among(db_session: Session, emails: Iterable[str]) -> tuple[set[str], set[str]]:
    """Which of the addresses belong to accounts that are switched on, and which to accounts that are not."""
    found = db_session.execute(sa.select(Account.email, Account.active).where(Account.email.in_(set(emails)))).all()
    return {row.email for row in found if row.active}, {row.email for row in found if not row.active}


def standing_of(request: CodeRequest | None) -> Standing | None:
    """What became of the request, as the rules see it."""
    return None if request is None else Standing(request.expires_at, request.tries, request.used_at)


_ORGANISING = [role for role, permissions in GRANTS.items() if Permission.EVENT_READ in permissions]


def organisers_of(db_session: Session, event_id: int) -> list[Organiser]:
    """Who may see the event as an organiser, by address; one entry for each account. One query."""
    rows = db_session.execute(
        sa.select(Account.email, RoleGrant.role, RoleGrant.event_id, _HAS_FACTOR)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(
            Account.active,
            RoleGrant.role.in_(_ORGANISING),
            sa.or_(RoleGrant.event_id == event_id, RoleGrant.event_id.is_(None)),
        )
        .order_by(Account.email, RoleGrant.id)
    )
    found: dict[str, Organiser] = {}
    for email, role, granted_on, factor in rows:
        found.setdefault(email, Organiser(email, role, granted_on is None, bool(factor)))
    return list(found.values())


def purgeable(db_session: Session, *, now: datetime) -> bool:
    """Whether there are codes or sign-ins whose time is over."""
    codes, over = CodeRequest.asked_at < now - KEPT, SignIn.expires_at <= now
    return bool(db_session.scalar(sa.select(sa.exists().where(codes) | sa.exists().where(over))))


def unused_accounts(db_session: Session) -> list[int]:
    """The accounts without password, role and sign-in to which no row of any table refers. One that a code may be about
    to sign in is not among them."""
    wanted = sa.select(Account.id).where(
        Account.password.is_(None), Account.active, Account.email.not_in(sa.select(CodeRequest.email))
    )
    for table in Base.metadata.sorted_tables:
        for column in table.c:
            if any(key.column is Account.__table__.c.id for key in column.foreign_keys):
                wanted = wanted.where(Account.id.not_in(sa.select(column).where(column.is_not(None))))
    return list(db_session.scalars(wanted.order_by(Account.id)))
