"""Reads of releases and of the draft in the shape of one."""

from galerio_events.releases.queries.draft import DRAFT, NOT_RELEASED, draft_programme
from galerio_events.releases.queries.newest import (
    Pointer,
    forget,
    newest_event_slug,
    newest_of,
    newest_pointer,
    newest_programme,
    programme_by_number,
    programme_of,
    releases_of,
)
from galerio_events.releases.queries.past import (
    Contact,
    Difference,
    Step,
    Steps,
    Withheld,
    contacts,
    newest_number,
    pointer_to,
    release_by_number,
    steps,
    withheld,
)

__all__ = [
    "DRAFT",
    "NOT_RELEASED",
    "Contact",
    "Difference",
    "Pointer",
    "Step",
    "Steps",
    "Withheld",
    "contacts",
    "draft_programme",
    "forget",
    "newest_event_slug",
    "newest_number",
    "newest_of",
    "newest_pointer",
    "newest_programme",
    "pointer_to",
    "programme_by_number",
    "programme_of",
    "release_by_number",
    "releases_of",
    "steps",
    "withheld",
]
