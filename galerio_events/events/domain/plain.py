"""Settings as plain JSON, as the history keeps them, and digests by which a form knows what it was shown."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, time
from enum import StrEnum
from typing import Any

from galerio_events.events.domain.settings import EventSettings, OrganiserSettings, TrackSettings, VenueSettings
from galerio_events.translated import Translated


def settings_to_plain(values: EventSettings | OrganiserSettings | VenueSettings | TrackSettings) -> dict[str, Any]:
    """The settings in JSON: dates and times of day as ISO 8601, enums as their values, texts by language."""
    return {name: _plain(getattr(values, name)) for name in type(values).__dataclass_fields__}


def digest_of(plain: Mapping[str, Any] | None) -> str:
    """What a form carries to know later whether these values are still the stored ones: 128 bits in hexadecimal."""
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


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
