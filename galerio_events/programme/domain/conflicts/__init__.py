"""What in a draft cannot be meant so: who and what is in two places, what is missing, what does not fit.

`find(draft)` lists it all; `find(placed(draft, key, …), only=key)` says what it would be like to put one session
elsewhere.
"""

from galerio_events.programme.domain.conflicts.find import find
from galerio_events.programme.domain.conflicts.plain import conflict_from_plain, conflict_to_plain
from galerio_events.programme.domain.conflicts.values import (
    REASON_LENGTH,
    Conflict,
    ConflictKind,
    Draft,
    Part,
    Place,
    Slot,
    Span,
    placed,
    put,
    required_roles,
    without,
)

__all__ = [
    "REASON_LENGTH",
    "Conflict",
    "ConflictKind",
    "Draft",
    "Part",
    "Place",
    "Slot",
    "Span",
    "conflict_from_plain",
    "conflict_to_plain",
    "find",
    "placed",
    "put",
    "required_roles",
    "without",
]
