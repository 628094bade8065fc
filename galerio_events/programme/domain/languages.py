"""The languages that are spoken in sessions: tags with CLDR names through Babel."""

from functools import lru_cache

from babel import Locale

from galerio_events.text import fold

LENGTH = 12

# What a list to choose from has; any tag that CLDR knows can be stored.
_LISTED = (
    *("ar", "bn", "de", "en", "es", "fa", "fil", "fr", "hi", "id", "it", "ja", "jv", "km", "ko", "lo", "mn", "ms"),
    *("my", "ne", "nl", "pt", "ru", "si", "sw", "ta", "te", "th", "tr", "ur", "uz", "vi", "yue", "zh"),
)


@lru_cache(maxsize=8)
def _names(language: str) -> dict[str, str]:
    return {str(tag).replace("_", "-"): str(name) for tag, name in Locale.parse(language).languages.items()}


def is_known(tag: str) -> bool:
    """Whether CLDR has a name for the tag (`ja`, `zh-Hant`), and it is short enough to be stored."""
    return len(tag) <= LENGTH and tag in _names("en")


def name(tag: str, language: str) -> str:
    """What the language of that tag is called in `language`; the tag itself where CLDR does not know it."""
    return _names(language).get(tag, tag)


def choices(language: str, first: tuple[str, ...] = (), also: str | None = None) -> list[tuple[str, str]]:
    """(tag, name) to choose from: those in `first`, then the others in the order in which readers look names up.

    `also` is a tag that is there even where the list would not have it.
    """
    others = {*_LISTED, *([also] if also else [])} - set(first)
    return [(tag, name(tag, language)) for tag in (*first, *sorted(others, key=lambda tag: fold(name(tag, language))))]
