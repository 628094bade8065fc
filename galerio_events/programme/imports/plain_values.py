"""Values out of files of which nothing is certain: whatever stands there, something harmless comes out."""

from collections.abc import Mapping
from typing import Any

from galerio_events.events.domain.settings import is_web_address
from galerio_events.programme.domain.rules import URL_LENGTH


def as_text(value: Any) -> str:
    """The value as a text: numbers as they are written, an object by its name, anything else as nothing."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int | float):
        return str(value)[:60]
    if isinstance(value, dict):
        return next((v.strip() for k in ("name", "en", "ja", "title") if isinstance(v := value.get(k), str)), "")
    return ""


def as_mapping(value: Any) -> Mapping[str, Any]:
    """The value, if it is an object; else an empty one."""
    return value if isinstance(value, dict) else {}


def as_items(value: Any) -> list[Any]:
    """The items of the value, if it is a list, or the values of an object."""
    if isinstance(value, list):
        return value
    return list(value.values()) if isinstance(value, dict) else []


def web_address(text: str) -> bool:
    """Whether the text can be kept as the address of a link."""
    return len(text) <= URL_LENGTH and is_web_address(text)
