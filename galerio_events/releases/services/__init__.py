"""Writes of releases: releasing, bringing an earlier release back, and telling those whom it concerns."""

from galerio_events.releases.services.announcing import (
    KIND,
    FindConcerned,
    Telling,
    Turnover,
    audience,
    batch_of,
    number_of,
    register_audience,
    unsent,
)
from galerio_events.releases.services.releasing import (
    Seen,
    bring_back,
    draft_digest,
    release_programme,
    to_bring_back,
)

__all__ = [
    "KIND",
    "FindConcerned",
    "Seen",
    "Telling",
    "Turnover",
    "audience",
    "batch_of",
    "bring_back",
    "draft_digest",
    "number_of",
    "register_audience",
    "release_programme",
    "to_bring_back",
    "unsent",
]
