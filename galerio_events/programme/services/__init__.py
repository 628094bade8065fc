"""Writes of the draft programme."""

from galerio_events.programme.services.importing import (
    OtherRemovals,
    PlanRefused,
    import_file,
    import_programme,
    plan_import,
)
from galerio_events.programme.services.placing import place_session
from galerio_events.programme.services.sessions import add_session, remove_session, restore_session, save_session
from galerio_events.programme.services.uploads import KEPT_FOR, drop_upload, finish_upload, keep_upload

__all__ = [
    "KEPT_FOR",
    "OtherRemovals",
    "PlanRefused",
    "add_session",
    "drop_upload",
    "finish_upload",
    "import_file",
    "import_programme",
    "keep_upload",
    "place_session",
    "plan_import",
    "remove_session",
    "restore_session",
    "save_session",
]
