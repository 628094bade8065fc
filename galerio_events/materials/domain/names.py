"""Names of files, as they are shown and sent. On the disk no file has the name that somebody gave it."""

import re
import unicodedata
from urllib.parse import quote

from galerio_events.materials.domain import FileFormat

# Bytes of UTF-8, the end of the name with them: below what file systems take, with room for a browser's " (1)".
MOST_BYTES = 180

_SHOWN_AS = {"jpeg": FileFormat.JPEG, **{kind.value: kind for kind in FileFormat}}
# What Windows, or anybody's shell, reads as something else than a letter of a name.
_UNFIT = re.compile(r'[<>:"|?*%`$;&\x00-\x1f]')
# Also in the superscript digits that Windows takes for digits.
_RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])", re.IGNORECASE)
# Controls, marks that turn the direction of text or cannot be seen, halves of pairs, what no character is.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def clean_name(given: str, kind: FileFormat) -> str:
    """A name for the file that is safe to show and to save: one line, no folder, and the end that its content has.

    The folder is taken off, what cannot be seen is taken out, names that Windows keeps for itself get a `_` in front,
    and a name that is too long loses its end, but never half a character.
    """
    name = unicodedata.normalize("NFC", given.replace("\\", "/").rpartition("/")[2])
    name = "".join(" " if c.isspace() else c for c in name if c.isspace() or unicodedata.category(c) not in _UNSEEN)
    name = " ".join(_UNFIT.sub("_", name).split())
    stem, dot, end = name.rpartition(".")
    if not dot or end.casefold() not in _SHOWN_AS:
        stem = name
    stem = _cut(stem.strip(". "), MOST_BYTES - len(kind.value) - 2).strip(". ")
    if _RESERVED.fullmatch(stem.partition(".")[0].strip()):
        stem = f"_{stem}"
    return f"{stem or 'file'}.{kind.value}"


def _cut(text: str, most: int) -> str:
    """As much of the text as so many bytes of UTF-8 hold, without a letter that has lost its accent."""
    kept = text.encode()[:most].decode(errors="ignore")
    if kept == text:
        return text
    while kept and unicodedata.combining(text[len(kept)]):
        kept = kept[:-1]
        if kept and not unicodedata.combining(text[len(kept)]):
            break
    return kept


def content_disposition(name: str) -> str:
    """`attachment` with that name (RFC 6266): in UTF-8 (RFC 8187), before it in ASCII for who knows nothing else."""
    plain = re.sub(r'[^ -~]|["\\%]', "_", name)
    encoded = quote(name, safe="!#$&+-.^_`|~")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}"
