"""Small, pure rules about text that people type and files that other programs open."""

import hashlib
import hmac
import re
import secrets
import unicodedata
from base64 import urlsafe_b64encode

# Direction overrides, controls (Cc) but line feed and tab, and halves of surrogate pairs (Cs).
_UNSEEN = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}
# What shows nothing by itself although it is no format character: joiners, fillers, variation selectors, a blank.
_BLANK = frozenset(
    map(chr, [0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, *range(0x180B, 0x1810),
              *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)])
)  # fmt: skip


def one_line(text: str) -> str:
    """NFC, without control characters and direction overrides, white space collapsed to single spaces.

    Empty where nothing of it can be seen.
    """
    return " ".join(clean(text).split())


def clean(text: str) -> str:
    """NFC, line ends as `\\n`, without control characters (but line feed and tab) and direction overrides.

    Empty where nothing of it can be seen.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _UNSEEN.sub("", text).strip()
    return text if any(map(_visible, text)) else ""


def _visible(character: str) -> bool:
    return character not in _BLANK and unicodedata.category(character) not in {"Cc", "Cf", "Zs", "Zl", "Zp"}


def hides(text: str) -> bool:
    """Whether `clean` would take something out of the text that cannot be seen: a control or a direction mark."""
    return _UNSEEN.search(text.replace("\r\n", "\n").replace("\r", "\n")) is not None


def narrow(text: str) -> str:
    """What somebody typed as a number or a time, with digits, signs and spaces of full width as plain ones.

    Not NFKC, which makes a two of `²` as well.
    """
    return text.translate(_FULL_WIDTH).strip()


def fold(text: str) -> str:
    """A form for comparing names across width, case and kana script: NFKC, case-folded, katakana as hiragana."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    folded = "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" else c for c in folded)
    decomposed = unicodedata.normalize("NFD", folded)
    plain = "".join(c for c in decomposed if not "̀" <= c <= "ͯ")
    return re.sub(r"[\W_]+", " ", unicodedata.normalize("NFC", plain)).strip()


def email_key(address: str) -> str:
    """What two spellings of one mailbox share: case and width do not matter, anything else does."""
    return unicodedata.normalize("NFKC", address).strip().lower()


def spreadsheet_safe(value: str) -> str:
    """`value` so that a spreadsheet shows it and does not run it (CWE-1236).

    A leading `=`, `@`, tab or line end, and a `+` or `-` that does not begin a plain number, get an apostrophe in
    front, also in full width, which spreadsheets set to Japanese read alike; `+81 45 671 2121` stays as it is.
    """
    if not value:
        return value
    first = unicodedata.normalize("NFKC", value[0])
    if first in "=@\t\r\n" or (first in "+-" and not re.fullmatch(r"[\d\s().,-]*", value[1:])):
        return "'" + value
    return value


def new_nonce() -> str:
    """128 random bits, in 22 URL-safe characters."""
    return secrets.token_urlsafe(16)


def private_token(secret_key: str, purpose: str, nonce: str) -> str:
    """The private token that belongs to a nonce: 192 bits of HMAC-SHA-256, in 32 URL-safe characters.

    Only the nonce and the token's hash are stored; whoever reads the database cannot make the token without the key.
    """
    mac = hmac.new(secret_key.encode(), f"{purpose}:{nonce}".encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(mac[:24]).decode()


def private_digits(secret_key: str, purpose: str, nonce: str) -> str:
    """The private code that belongs to a nonce: eight digits, made as `private_token` is, for people to type."""
    mac = hmac.new(secret_key.encode(), f"digits:{purpose}:{nonce}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(mac[:16], 'big') % 10**8:08d}"


def token_hash(token: str) -> str:
    """What is stored of a private token: SHA-256, in hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()
