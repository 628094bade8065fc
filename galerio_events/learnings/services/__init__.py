"""Writes of key learnings and of the archive."""

from galerio_events.learnings.services.archive import save_entry
from galerio_events.learnings.services.reminding import REMINDER, Reminded, remind
from galerio_events.learnings.services.writing import SENT_BACK, Write, write

__all__ = ["REMINDER", "SENT_BACK", "Reminded", "Write", "remind", "save_entry", "write"]
