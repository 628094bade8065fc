"""Writes of persons and organisations."""

from galerio_events.people.services.entries import (
    ORGANISATIONS,
    PEOPLE,
    Sort,
    add_entry,
    delete_entry,
    keys_digest,
    merge_entries,
    save_entry,
    seen_digest,
)
from galerio_events.people.services.importing import save_organisations, save_people

__all__ = [
    "ORGANISATIONS",
    "PEOPLE",
    "Sort",
    "add_entry",
    "delete_entry",
    "keys_digest",
    "merge_entries",
    "save_entry",
    "save_organisations",
    "save_people",
    "seen_digest",
]
