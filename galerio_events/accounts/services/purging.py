"""What signing in leaves behind has an end: codes and their mails, sign-ins that are over, accounts without a use."""

from dataclasses import dataclass, fields
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.accounts import queries
from galerio_events.accounts.domain.codes import KEPT
from galerio_events.accounts.models import Account, CodeRequest, SignIn
from galerio_events.accounts.services.codes import mail_key
from galerio_events.outbox import services as outbox

_PLAIN = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class Purged:
    """How much of what was deleted."""

    codes: int = 0
    mails: int = 0
    sign_ins: int = 0
    accounts: int = 0

    def __str__(self) -> str:
        return ", ".join(f"{field.name.replace('_', '-')} {getattr(self, field.name)}" for field in fields(self))


def purge(db_session: Session, *, now: datetime) -> Purged:
    """Delete requests for codes a day after they were made, with the mails; sign-ins that are over; and accounts that
    signing in with a code made, once they are signed in nowhere and nothing refers to them.

    Whoever such an account belonged to signs in as before: with the next code there is one again.
    """
    handles = db_session.scalars(
        sa.delete(CodeRequest)
        .where(CodeRequest.asked_at < now - KEPT)
        .returning(CodeRequest.handle)
        .execution_options(**_PLAIN)
    ).all()
    mails = outbox.forget(db_session, [mail_key(handle) for handle in handles])
    over = db_session.scalars(
        sa.delete(SignIn).where(SignIn.expires_at <= now).returning(SignIn.id).execution_options(**_PLAIN)
    ).all()
    unused = queries.unused_accounts(db_session)
    if unused:
        db_session.execute(sa.delete(Account).where(Account.id.in_(unused)).execution_options(**_PLAIN))
    db_session.expire_all()
    return Purged(len(handles), mails, len(over), len(unused))
