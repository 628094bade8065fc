"""Writes of the draft programme."""

from galerio_events.programme.services.importing import import_programme
from galerio_events.programme.services.sessions import add_session, remove_session, restore_session, save_session

__all__ = ["add_session", "import_programme", "remove_session", "restore_session", "save_session"]
