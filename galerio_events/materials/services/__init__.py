"""Writes of slides and documents, and the store of their files."""

from galerio_events.materials.services.store import Store
from galerio_events.materials.services.writing import (
    add_material,
    add_version,
    bring_back,
    give_to_session,
    hand_over,
    remove_material,
    remove_version,
    save_material,
    seen_digest,
)

__all__ = [
    "Store",
    "add_material",
    "add_version",
    "bring_back",
    "give_to_session",
    "hand_over",
    "remove_material",
    "remove_version",
    "save_material",
    "seen_digest",
]
