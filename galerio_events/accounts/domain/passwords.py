"""Which passwords will do, and where a reader may be sent after signing in."""

import secrets
import unicodedata
from enum import StrEnum
from urllib.parse import urlsplit

PASSWORD_MIN = 12
PASSWORD_MAX = 200
_UNAMBIGUOUS = "abcdefghjkmnpqrstuvwxyz23456789"


class PasswordFault(StrEnum):
    """Why a new password will not do."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    TOO_UNIFORM = "too_uniform"
    CONTAINS_ADDRESS = "contains_address"


def normal_password(password: str) -> str:
    """The form in which passwords are hashed and compared: NFKD, so that every keyboard writes the same one."""
    return unicodedata.normalize("NFKD", password)


def password_fault(password: str, email: str) -> PasswordFault | None:
    """Why `password` will not do for the account of that address, or None."""
    if len(password) < PASSWORD_MIN:
        return PasswordFault.TOO_SHORT
    if len(password) > PASSWORD_MAX:
        return PasswordFault.TOO_LONG
    if len(set(password)) < 5:
        return PasswordFault.TOO_UNIFORM
    name = email.split("@", 1)[0]
    if len(name) > 3 and name.casefold() in password.casefold():
        return PasswordFault.CONTAINS_ADDRESS
    return None


def new_password() -> str:
    """A random password of 99 bits, in four groups that can be read out over the telephone."""
    return "-".join("".join(secrets.choice(_UNAMBIGUOUS) for _ in range(5)) for _ in range(4))


def new_uniquifier() -> str:
    """What a sign-in cookie refers to; whoever changes an account's ends all of its sign-ins."""
    return secrets.token_hex(32)


def safe_next(target: str | None) -> str | None:
    """`target` if it is a path on this site that a browser cannot read as another site's address (CWE-601)."""
    if not target or len(target) > 2000 or not target.startswith("/") or target[1:2] in {"/", "\\"}:
        return None
    if "\\" in target or any(unicodedata.category(c)[0] in "CZ" for c in target):
        return None
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    around = parts.path.strip("/").split("/")[1:2]
    return None if parts.scheme or parts.netloc or around in (["sign-in"], ["sign-out"]) else target
