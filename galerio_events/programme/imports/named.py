"""What a file names in passing: venues, tracks, organisations and persons."""

import re

from galerio_events.events.domain import is_key
from galerio_events.programme.domain.incoming import Thing
from galerio_events.text import fold, one_line
from galerio_events.translated import Translated

_WITH_KEY = re.compile(r"(.*?)\s*\[([a-z0-9-]{1,60})\]")


class Named:
    """Things by handle. A name is a reference: it is written only where the event has no such thing yet."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.things: dict[str, Thing] = {}

    def handle(self, text: str, row: int = 0) -> str | None:
        """The handle of what is called so: `Name`, `key` or `Name [key]`; None where nothing is said."""
        text = one_line(text)
        if not text:
            return None
        found = _WITH_KEY.fullmatch(text)
        key = found[2] if found and is_key(found[2]) else None
        name = found[1] if found and key else text
        if key:
            self.things.setdefault(key, self._thing(row, name or key, key, sure=True))
            return key
        handle = fold(text) or text
        self.things.setdefault(handle, self._thing(row, text, text if is_key(text) else None))
        return handle

    def _thing(self, row: int, name: str, key: str | None, *, sure: bool = False) -> Thing:
        return Thing(row, name, when_new={"name": Translated({self.language: name})}, key=key, sure=sure)
