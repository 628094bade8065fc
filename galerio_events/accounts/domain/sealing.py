"""Secrets that the application has to read again, such as that of an app for codes, are stored sealed."""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken


def seal(secret_key: str, purpose: str, text: str) -> str:
    """`text`, encrypted and authenticated with a key of its own for that purpose."""
    return _fernet(secret_key, purpose).encrypt(text.encode()).decode()


def unseal(secret_key: str, purpose: str, sealed: str, *, seconds: int | None = None) -> str | None:
    """What was sealed for that purpose, at most so long ago; None where it is no such thing."""
    try:
        return _fernet(secret_key, purpose).decrypt(sealed.encode(), ttl=seconds).decode()
    except (InvalidToken, UnicodeError):
        return None


def _fernet(secret_key: str, purpose: str) -> Fernet:
    key = hmac.new(secret_key.encode(), f"sealed:{purpose}".encode(), hashlib.sha256).digest()
    return Fernet(base64.urlsafe_b64encode(key))
