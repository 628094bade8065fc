"""Which characters the fonts can show. PDF/UA allows no glyph that stands for «missing», so nothing else is set."""

import re
import struct
import unicodedata
from functools import lru_cache
from pathlib import Path

import noto_cjk_sans_jp_bold
import noto_cjk_sans_jp_regular

FONTS = (Path(str(noto_cjk_sans_jp_regular.FONT_PATH)), Path(str(noto_cjk_sans_jp_bold.FONT_PATH)))
# The geta mark, which Japanese printers have always set where a character is missing.
MISSING = "〓"
# What joins or varies characters, shows nothing by itself and needs no glyph.
_SILENT = frozenset("\u00ad\u200b\u200c\u200d\u2060")
_VARIATION = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")


@lru_cache(maxsize=1)
def known() -> frozenset[int]:
    """The code points that both fonts have a glyph for (OpenType `cmap`, format 12)."""
    regular, bold = (frozenset(_cmap(path.read_bytes())) for path in FONTS)
    return regular & bold


def settable(text: str) -> str:
    """The text with a geta mark for what the fonts cannot show, and nothing put in that cannot be seen: what is copied
    out of the document is to be what was typed."""
    return re.sub(f"{MISSING}{{2,}}", MISSING, "".join(_shown(text)))


def _shown(text: str) -> list[str]:
    found, glyphs = [], known()
    for character in text:
        if character == "\n" or ord(character) in glyphs:
            found.append(character)
        elif _VARIATION.match(character):
            # An ideograph in a form of its own (as in names) keeps it; of anything else only the ground form is set.
            if found and unicodedata.category(found[-1]) == "Lo":
                found.append(character)
        elif character in _SILENT or unicodedata.category(character) in {"Cc", "Cf", "Cs"}:
            continue
        else:
            found.append(MISSING)
    return found


def _cmap(data: bytes) -> set[int]:
    tables = struct.unpack_from(">H", data, 4)[0]
    places = {data[12 + 16 * n : 16 + 16 * n]: struct.unpack_from(">I", data, 20 + 16 * n)[0] for n in range(tables)}
    at = places[b"cmap"]
    found: set[int] = set()
    for n in range(struct.unpack_from(">H", data, at + 2)[0]):
        begin = at + struct.unpack_from(">I", data, at + 4 + 8 * n + 4)[0]
        if struct.unpack_from(">H", data, begin)[0] == 12:
            for group in range(struct.unpack_from(">I", data, begin + 12)[0]):
                first, last, _glyph = struct.unpack_from(">III", data, begin + 16 + 12 * group)
                found.update(range(first, last + 1))
    return found
