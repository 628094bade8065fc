"""One-time codes from an app: TOTP (RFC 6238) over HMAC-SHA-1, six digits, thirty seconds, as every app does it."""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

from galerio_events.text import narrow

STEP = 30
DIGITS = 6
# A clock may go wrong by one step in either direction.
WINDOW = 1


def new_secret() -> str:
    """A random secret of 160 bits (RFC 4226, section 4), in Base32 as the apps read it."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def code_at(secret: str, step: int) -> str:
    """The code of that step: the truncated HMAC of the counter (RFC 4226, section 5.3)."""
    mac = hmac.new(base64.b32decode(secret), step.to_bytes(8, "big"), hashlib.sha1).digest()
    offset = mac[-1] & 0x0F
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def step_at(now: datetime) -> int:
    """The number of the step at that instant."""
    return int(now.timestamp()) // STEP


def accepted_step(secret: str, typed: str, *, now: datetime, after: int) -> int | None:
    """The step whose code was typed, or None. Steps up to `after` were used already: a code is good once (section 5.2).

    All steps of the window are compared, whichever it is.
    """
    found = None
    for step in range(step_at(now) - WINDOW, step_at(now) + WINDOW + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), typed.encode()) and step > after:
            found = step
    return found


def typed_code(text: str) -> str:
    """The digits of what somebody typed; '' where it is no such code."""
    kept = "".join(narrow(text).split())
    return kept if len(kept) == DIGITS and kept.isascii() and kept.isdecimal() else ""


def address(secret: str, email: str, issuer: str) -> str:
    """The `otpauth://` address that apps read from a QR code."""
    label = quote(f"{issuer}:{email}", safe="@:")
    return f"otpauth://totp/{label}?" + urlencode(
        {"secret": secret, "issuer": issuer, "digits": DIGITS, "period": STEP}, quote_via=quote
    )


def in_groups(secret: str) -> str:
    """The secret in groups of four, to be typed where no camera is at hand."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
