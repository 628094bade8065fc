"""Settings as plain JSON, as the history keeps them, and digests by which a form knows what it was shown."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import date, time
from enum import StrEnum
from typing import Any, TypeVar

from galerio_events.events.domain import EventFormat, OrganiserRole, VenueKind
from galerio_events.events.domain.settings import EventSettings, OrganiserSettings, TrackSettings, VenueSettings
from galerio_events.translated import Translated

Settings = EventSettings | OrganiserSettings | VenueSettings | TrackSettings
T = TypeVar("T", bound=Settings)

# How what is neither text nor number is read; a kind is one of a venue, a role one of an organiser.
_READ: Mapping[str, Callable[[Any], Any]] = {
    "starts_on": date.fromisoformat,
    "ends_on": date.fromisoformat,
    "day_starts_at": time.fromisoformat,
    "opens_at": time.fromisoformat,
    "closes_at": time.fromisoformat,
    "languages": tuple,
    "format": EventFormat,
    "kind": VenueKind,
    "role": OrganiserRole,
}


def settings_to_plain(values: Settings) -> dict[str, Any]:
    """The settings in JSON: dates and times of day as ISO 8601, enums as their values, texts by language."""
    return {name: _plain(getattr(values, name)) for name in type(values).__dataclass_fields__}


def settings_from_plain(sort: type[T], plain: Mapping[str, Any]) -> T:
    """The settings of that sort that `settings_to_plain` wrote; what else stands there is left out."""
    return sort(**{name: _value(name, plain[name]) for name in sort.__dataclass_fields__})


def digest_of(plain: Mapping[str, Any] | None) -> str:
    """What a form carries to know later whether these values are still the stored ones: 128 bits in hexadecimal."""
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _value(name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return Translated(value)
    return _READ[name](value) if name in _READ and value is not None else value


def _plain(value: Any) -> Any:
    if isinstance(value, Translated):
        return dict(value)
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, time):
        return value.isoformat(timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
