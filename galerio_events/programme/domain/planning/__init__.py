"""What taking in a file would do to a draft: worked out without touching anything."""

from galerio_events.programme.domain.planning.making import make_plan
from galerio_events.programme.domain.planning.values import (
    FRESH,
    Draft,
    Item,
    Plan,
    Question,
    Stored,
    StoredSession,
    session_fields,
)

__all__ = ["FRESH", "Draft", "Item", "Plan", "Question", "Stored", "StoredSession", "make_plan", "session_fields"]
