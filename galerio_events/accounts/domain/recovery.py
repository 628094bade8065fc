"""Recovery codes: each stands for the second factor once, where that was lost."""

import hashlib
import hmac
import re
import secrets
import unicodedata

HOW_MANY = 10
_UNAMBIGUOUS = "abcdefghjkmnpqrstuvwxyz23456789"
_LENGTH = 12


def new_codes() -> list[str]:
    """Ten codes of 59 bits each, in three groups of four."""
    return [
        "-".join("".join(secrets.choice(_UNAMBIGUOUS) for _ in range(4)) for _ in range(3)) for _ in range(HOW_MANY)
    ]


def typed_code(text: str) -> str:
    """What somebody typed as such a code, without groups, in small letters; '' where it cannot be one."""
    kept = re.sub(r"[\s\-‐‑–—]", "", unicodedata.normalize("NFKC", text)).lower()
    return kept if len(kept) == _LENGTH and all(c in _UNAMBIGUOUS for c in kept) else ""


def code_hash(secret_key: str, account_id: int, code: str) -> str:
    """What is stored of a code: an HMAC, so that whoever reads the database cannot even try codes out."""
    message = f"recovery:{account_id}:{typed_code(code)}"
    return hmac.new(secret_key.encode(), message.encode(), hashlib.sha256).hexdigest()
