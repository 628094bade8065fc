"""Writes of the draft programme."""

from galerio_events.programme.services.importing import PlanRefused, import_file, import_programme, plan_import
from galerio_events.programme.services.placing import place_session
from galerio_events.programme.services.sessions import add_session, remove_session, restore_session, save_session

__all__ = [
    "PlanRefused",
    "add_session",
    "import_file",
    "import_programme",
    "place_session",
    "plan_import",
    "remove_session",
    "restore_session",
    "save_session",
]
