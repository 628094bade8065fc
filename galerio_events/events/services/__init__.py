"""Writes of events, of what belongs to them, and of their history."""

from galerio_events.events.services.editions import EventRefused, add_event
from galerio_events.events.services.entries import (
    TRACKS,
    VENUES,
    Sort,
    add_entry,
    keys_digest,
    move_entry,
    remove_entry,
    save_entry,
)
from galerio_events.events.services.history import PUBLISHED_BESIDES, publish_besides, record
from galerio_events.events.services.organisers import (
    add_organiser,
    keep_image,
    move_organiser,
    organisers_digest,
    remove_organiser,
    save_organiser,
)
from galerio_events.events.services.settings import save_event_settings

__all__ = [
    "PUBLISHED_BESIDES",
    "TRACKS",
    "VENUES",
    "EventRefused",
    "Sort",
    "add_entry",
    "add_event",
    "add_organiser",
    "keep_image",
    "keys_digest",
    "move_entry",
    "move_organiser",
    "organisers_digest",
    "publish_besides",
    "record",
    "remove_entry",
    "remove_organiser",
    "save_entry",
    "save_event_settings",
    "save_organiser",
]
