"""Writes of persons and organisations."""

from galerio_events.people.services.availabilities import move_availabilities
from galerio_events.people.services.entries import (
    ORGANISATIONS,
    PEOPLE,
    Sort,
    add_entry,
    delete_entry,
    keys_digest,
    merge_entries,
    plain_digest,
    save_entry,
    seen_digest,
)

__all__ = [
    "ORGANISATIONS",
    "PEOPLE",
    "Sort",
    "add_entry",
    "delete_entry",
    "keys_digest",
    "merge_entries",
    "move_availabilities",
    "plain_digest",
    "save_entry",
    "seen_digest",
]
