"""Signing in by mail: asking for a code and a link, sending them to whoever is known, taking them back.

A request does the same for every address. Whether anybody has it is found out by the worker (`send_waiting`), so that
neither the answer nor the time it takes says anything.
"""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from galerio_events.accounts import queries
from galerio_events.accounts.domain import codes, new_uniquifier
from galerio_events.accounts.domain.codes import CodeRefusal, TooManyCodes
from galerio_events.accounts.models import Account, CodeRequest
from galerio_events.outbox import services as outbox
from galerio_events.outbox.domain import Mail
from galerio_events.text import new_nonce, private_token, token_hash

# Which of these addresses (as `text.email_key` makes them) belong to somebody whom that feature knows.
Mailboxes = Callable[[Session, Collection[str]], Collection[str]]

_mailboxes: list[Mailboxes] = []


def register_mailboxes(known: Mailboxes) -> None:
    """From now on, a code is also sent to the addresses that `known` names."""
    if known not in _mailboxes:
        _mailboxes.append(known)


def request_code(
    db_session: Session,
    email: str,
    *,
    shown: bool,
    browser: str,
    language: str,
    target: str,
    secret_key: str,
    now: datetime,
) -> CodeRequest:
    """Note that a code is to be sent to that address (as `codes.address_of` makes it), and wake the worker.

    `browser` is the secret in the cookie of the browser that asks; `shown` says whether the address was typed there.
    Raises `TooManyCodes`.
    """
    if queries.asked_since(db_session, email, now - timedelta(hours=1)) >= codes.MOST_AN_HOUR:
        raise TooManyCodes
    nonce = new_nonce()
    request = CodeRequest(
        handle=new_nonce(),
        email=email,
        shown=shown,
        language=language,
        nonce=nonce,
        token_hash=token_hash(private_token(secret_key, codes.PURPOSE, nonce)),
        browser_hash=token_hash(browser),
        target=target[:2000],
        asked_at=now,
        expires_at=now + codes.LASTS,
    )
    db_session.add(request)
    db_session.flush()
    outbox.wake(db_session)
    return request


def send_waiting(db_session: Session, *, now: datetime) -> int:
    """Write the mails of all requests whose address somebody has, and settle the others. How many mails there were."""
    waiting = queries.unsettled(db_session, since=now - codes.LASTS)
    emails = {request.email for request in waiting}
    known, off = queries.active_among(db_session, emails) if emails else (set[str](), set[str]())
    for mailboxes in _mailboxes if emails else ():
        known |= set(mailboxes(db_session, emails))
    written = 0
    for request in waiting:
        request.settled_at = now
        request.mailed = request.email in known - off
        if request.mailed:
            outbox.enqueue(db_session, _mail(request), now=now)
            written += 1
    db_session.flush()
    return written


def mail_key(handle: str) -> str:
    """The key, in the outbox, of the mail that was written for the request with that handle."""
    return f"sign-in:{handle}"


def _mail(request: CodeRequest) -> Mail:
    return Mail(
        event_id=None,
        kind="sign_in_code",
        language=request.language,
        recipient_email=request.email,
        recipient_name="",
        values={codes.PURPOSE: request.nonce, "minutes": codes.LASTS // timedelta(minutes=1)},
        dedupe_key=mail_key(request.handle),
        urgent=True,
    )


def use_code(
    db_session: Session, request: CodeRequest | None, typed: str, *, secret_key: str, now: datetime
) -> Account | CodeRefusal:
    """Whoever that code signs in, typed in a browser that has asked for one at this request.

    One of the last that were sent to the same address will do. Every try counts, once the caller commits. The same is
    done for an address to which nothing was sent.
    """
    why = codes.refusal(queries.standing_of(request), now=now, typed=True)
    if request is None or why is not None:
        return why or CodeRefusal.UNKNOWN
    if not _count_try(db_session, request):
        return CodeRefusal.SPENT
    live = queries.live_nonces(db_session, request, now=now)
    nonce = codes.matching(live, codes.typed_code(typed), secret_key)
    if nonce is None or not live[nonce]:
        return CodeRefusal.SPENT if request.tries >= codes.TRIES else CodeRefusal.WRONG
    return _used(db_session, request, nonce, now=now)


def use_link(db_session: Session, token: str, *, browser: str | None, now: datetime) -> Account | CodeRefusal:
    """Whoever that link signs in, pressed in the browser with that secret."""
    request = queries.request_of_link(db_session, token_hash(token))
    why = link_refusal(request, browser=browser, now=now)
    if request is None or why is not None:
        return why or CodeRefusal.UNKNOWN
    return _used(db_session, request, request.nonce, now=now)


def link_refusal(request: CodeRequest | None, *, browser: str | None, now: datetime) -> CodeRefusal | None:
    """Why the link of that request signs nobody in here, or None. A wrong browser uses nothing up."""
    why = codes.refusal(queries.standing_of(request), now=now, typed=False)
    if why is not None or request is None:
        return why or CodeRefusal.UNKNOWN
    return None if browser and token_hash(browser) == request.browser_hash else CodeRefusal.ELSEWHERE


def _count_try(db_session: Session, request: CodeRequest) -> bool:
    """Count a try before it is looked at, so that many at once are not more than there may be."""
    counted = db_session.execute(
        sa.update(CodeRequest)
        .where(CodeRequest.id == request.id, CodeRequest.tries < codes.TRIES, CodeRequest.used_at.is_(None))
        .values(tries=CodeRequest.tries + 1)
        .returning(CodeRequest.id)
        .execution_options(synchronize_session=False)
    ).all()
    db_session.refresh(request)
    return bool(counted)


def _used(db_session: Session, request: CodeRequest, nonce: str, *, now: datetime) -> Account | CodeRefusal:
    """Use up all that was sent to that address, of which that nonce has to be one."""
    used = db_session.execute(
        sa.update(CodeRequest)
        .where(CodeRequest.email == request.email, CodeRequest.used_at.is_(None))
        .values(used_at=now)
        .returning(CodeRequest.nonce)
        .execution_options(synchronize_session=False)
    ).all()
    db_session.expire_all()
    if nonce not in {row.nonce for row in used}:
        return CodeRefusal.USED
    account = _account_of(db_session, request.email, request.language, now=now)
    return account if account.active else CodeRefusal.UNKNOWN


def _account_of(db_session: Session, email: str, language: str, *, now: datetime) -> Account:
    """The account of a mailbox that somebody has just proved to read; made with the first sign-in."""
    account = queries.by_email(db_session, email)
    if account is not None:
        return account
    made = Account(email=email, active=True, fs_uniquifier=new_uniquifier(), created_at=now, language=language)
    try:
        with db_session.begin_nested():
            db_session.add(made)
    except IntegrityError:
        # Two browsers have proved it at the same time.
        account = queries.by_email(db_session, email)
        if account is None:
            raise
        return account
    return made
