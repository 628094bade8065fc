"""Writes of events, of what belongs to them, and of their history."""

from galerio_events.events.services.editions import (
    EventRefused,
    add_event,
    save_edition,
    save_tracks,
    save_venues,
)
from galerio_events.events.services.history import record

__all__ = ["EventRefused", "add_event", "record", "save_edition", "save_tracks", "save_venues"]
