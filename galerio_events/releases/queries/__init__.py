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

__all__ = [
    "DRAFT",
    "NOT_RELEASED",
    "Pointer",
    "draft_programme",
    "forget",
    "newest_event_slug",
    "newest_of",
    "newest_pointer",
    "newest_programme",
    "programme_by_number",
    "programme_of",
    "releases_of",
]
