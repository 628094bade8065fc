"""Second factors: an app for codes, passkeys, and recovery codes for whoever has lost both."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.accounts import queries
from galerio_events.accounts.domain import new_uniquifier, recovery, sealing, totp
from galerio_events.accounts.domain.passkeys import MOST_PASSKEYS, NAME_LENGTH, NewPasskey, Site, authenticated
from galerio_events.accounts.models import Account, Passkey, RecoveryCode
from galerio_events.errors import ChangeConflict, Conflict
from galerio_events.text import one_line

_TOTP = "totp"


def set_up_app(
    db_session: Session, account: Account, secret: str, typed: str, *, secret_key: str, now: datetime
) -> bool:
    """Take codes of that secret as the second factor from now on; False where the code typed is not one of them."""
    stored = queries.lock_account(db_session, account.id)
    step = totp.accepted_step(secret, totp.typed_code(typed), now=now, after=0)
    if step is None:
        return False
    stored.totp, stored.totp_step = sealing.seal(secret_key, _TOTP, secret), step
    db_session.flush()
    return True


def use_app(db_session: Session, account: Account, typed: str, *, secret_key: str, now: datetime) -> bool:
    """Whether that is a code of the account's app that was not used before; it is used up by this."""
    stored = queries.lock_account(db_session, account.id)
    secret = sealing.unseal(secret_key, _TOTP, stored.totp or "")
    if secret is None:
        return False
    step = totp.accepted_step(secret, totp.typed_code(typed), now=now, after=stored.totp_step)
    if step is None:
        return False
    stored.totp_step = step
    db_session.flush()
    return True


def remove_app(db_session: Session, account: Account) -> None:
    """Take codes of the app no longer."""
    account.totp, account.totp_step = None, 0
    _drop_useless_codes(db_session, account)


def add_passkey(db_session: Session, account: Account, made: NewPasskey, name: str, *, now: datetime) -> Passkey:
    """Keep a new passkey. Raises `ChangeConflict` where it is known already, or there are too many."""
    queries.lock_account(db_session, account.id)
    known = queries.passkeys(db_session, account.id)
    if len(known) >= MOST_PASSKEYS or queries.passkey(db_session, made.credential_id) is not None:
        raise ChangeConflict(Conflict.ALREADY_DONE)
    added = Passkey(
        account_id=account.id,
        credential_id=made.credential_id,
        public_key=made.public_key,
        sign_count=made.sign_count,
        name=one_line(name)[:NAME_LENGTH],
        created_at=now,
    )
    db_session.add(added)
    db_session.flush()
    return added


def use_passkey(
    db_session: Session, found: Passkey, answer: str, challenge: bytes, *, site: Site, now: datetime
) -> bool:
    """Whether the answer proves that this passkey was used for that challenge."""
    count = authenticated(site, answer, challenge, public_key=found.public_key, sign_count=found.sign_count)
    if count is None:
        return False
    found.sign_count, found.used_at = count, now
    db_session.flush()
    return True


def remove_passkey(db_session: Session, account: Account, passkey_id: int) -> bool:
    """Take that passkey of the account no longer; whether there was one."""
    found = next((key for key in queries.passkeys(db_session, account.id) if key.id == passkey_id), None)
    if found is None:
        return False
    db_session.delete(found)
    db_session.flush()
    _drop_useless_codes(db_session, account)
    return True


def new_recovery_codes(db_session: Session, account: Account, *, secret_key: str) -> list[str]:
    """Ten recovery codes in the place of all earlier ones, to be shown once."""
    queries.lock_account(db_session, account.id)
    _drop_codes(db_session, account)
    made = recovery.new_codes()
    db_session.add_all(
        RecoveryCode(account_id=account.id, code_hash=recovery.code_hash(secret_key, account.id, code)) for code in made
    )
    db_session.flush()
    return made


def use_recovery_code(db_session: Session, account: Account, typed: str, *, secret_key: str, now: datetime) -> bool:
    """Whether that is a recovery code of the account that was not used before; it is used up by this."""
    if not recovery.typed_code(typed):
        return False
    used = db_session.execute(
        sa.update(RecoveryCode)
        .where(
            RecoveryCode.account_id == account.id,
            RecoveryCode.code_hash == recovery.code_hash(secret_key, account.id, typed),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(RecoveryCode.id)
        .execution_options(synchronize_session=False)
    ).all()
    return bool(used)


def reset(db_session: Session, account: Account) -> bool:
    """Forget every second factor of the account and end all of its sign-ins; whether it had any second factor."""
    had = queries.has_factor(db_session, account.id)
    account.totp, account.totp_step = None, 0
    account.passkeys.clear()
    account.recovery_codes.clear()
    account.sign_ins.clear()
    account.fs_uniquifier = new_uniquifier()
    db_session.flush()
    return had


def _drop_useless_codes(db_session: Session, account: Account) -> None:
    """Recovery codes without a second factor stand for nothing."""
    db_session.flush()
    if not queries.has_factor(db_session, account.id):
        _drop_codes(db_session, account)


def _drop_codes(db_session: Session, account: Account) -> None:
    db_session.execute(
        sa.delete(RecoveryCode)
        .where(RecoveryCode.account_id == account.id)
        .execution_options(synchronize_session=False)
    )
    db_session.expire(account, ["recovery_codes"])
