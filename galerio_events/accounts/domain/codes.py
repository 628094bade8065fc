"""Codes and links that are sent by mail: how long they are good, how often they may be tried, by whom."""

import hmac
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from galerio_events.errors import DomainError
from galerio_events.outbox.domain import checked_address
from galerio_events.text import email_key, narrow, private_digits

# The purpose of the nonces in the mails; their templates call them so.
PURPOSE = "signin"
LASTS = timedelta(minutes=10)
DIGITS = 8
# So often a code may be tried from the browser that asked for it.
TRIES = 5
# So many codes are sent to one address in an hour, whoever asks for them. One client asks for fewer (`web.codes`), so
# that nobody alone keeps an address from its owner.
MOST_AN_HOUR = 20
# Where a code is typed, that of the request and so many others are looked at, the newest ones: a code may be read on
# another device than the one that asked, and who guesses hits one of few.
OTHERS = 3
# Requests are kept so long, to say of a link that it was used or is too old.
KEPT = timedelta(days=1)
ADDRESS_LENGTH = 320


class CodeRefusal(StrEnum):
    """Why a code or a link signs nobody in."""

    UNKNOWN = "unknown"
    EXPIRED = "expired"
    USED = "used"
    # Tried too often.
    SPENT = "spent"
    WRONG = "wrong"
    # Opened in a browser that has not asked for it.
    ELSEWHERE = "elsewhere"


class TooManyCodes(DomainError):
    """So many codes were asked for that address that no further one is sent for now."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What became of a request for a code so far."""

    expires_at: datetime
    tries: int
    used_at: datetime | None


def address_of(text: str) -> str | None:
    """The mailbox that somebody typed, as it is compared and written to; None where it cannot be one."""
    key = email_key(text)
    try:
        checked_address(key)
    except (ValueError, UnicodeError):
        return None
    host = key.rpartition("@")[2]
    return key if len(key) <= ADDRESS_LENGTH and "." in host.strip(".") and ".." not in host else None


def refusal(standing: Standing | None, *, now: datetime, typed: bool) -> CodeRefusal | None:
    """Why this request signs nobody in (any more); tries count for what is typed, as nobody guesses a link."""
    if standing is None:
        return CodeRefusal.UNKNOWN
    if standing.used_at is not None:
        return CodeRefusal.USED
    if now >= standing.expires_at:
        return CodeRefusal.EXPIRED
    return CodeRefusal.SPENT if typed and standing.tries >= TRIES else None


def code_of(secret_key: str, nonce: str) -> str:
    """The code that belongs to a nonce: eight digits, which nobody can make without the key."""
    return private_digits(secret_key, PURPOSE, nonce)


def typed_code(text: str) -> str:
    """The digits of what somebody typed or pasted, in whatever width and groups; '' where it is no code."""
    kept = "".join(c for c in narrow(text) if not (c.isspace() or c in "-‐‑‒–—.·" or unicodedata.category(c) == "Cf"))
    return kept if len(kept) == DIGITS and kept.isascii() and kept.isdecimal() else ""


def matching(nonces: Iterable[str], typed: str, secret_key: str) -> str | None:
    """That of the nonces whose code was typed. All of them are compared, so that the time it takes says nothing."""
    found = None
    for nonce in nonces:
        if hmac.compare_digest(code_of(secret_key, nonce), typed):
            found = nonce
    return found


def masked(email: str) -> str:
    """`m•••@e•••.org`: enough of an address for its owner to know it by."""
    local, _at, host = email.rpartition("@")
    name, dot, end = host.rpartition(".")
    return f"{local[:1]}•••@{name[:1]}•••{dot}{end}"
