"""How to call the address of something, from what it is called."""

import re
import unicodedata
from collections.abc import Callable
from itertools import count

from galerio_events.events.domain import KEY_LENGTH, is_key
from galerio_events.translated import Translated


def suggested_key(name: Translated, otherwise: str, free: Callable[[str], bool]) -> str:
    """A key for which `free` holds: the words of the name in Latin letters, else `otherwise`; with a number if need be.

    English is looked at first. `free` holds for all but finitely many keys.
    """
    words = ""
    for text in (name.get("en", ""), *name.values()):
        plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
        words = "-".join(re.findall(r"[a-z0-9]+", plain))
        if words:
            break
    base = words[: KEY_LENGTH - 5].strip("-")
    if not is_key(base):
        base = otherwise
    return base if free(base) else next(key for n in count(2) if free(key := f"{base}-{n}"))
