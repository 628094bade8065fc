"""Conflicts as plain JSON, as the history keeps those that were accepted."""

from collections.abc import Mapping
from typing import Any

from galerio_events import clock
from galerio_events.programme.domain import RoleKind
from galerio_events.programme.domain.conflicts.values import Conflict, ConflictKind


def conflict_to_plain(conflict: Conflict) -> dict[str, Any]:
    """The conflict in JSON: instants as RFC 3339 in UTC, enums as their values."""
    return {
        "kind": conflict.kind.value,
        "sessions": list(conflict.sessions),
        "spans": [[clock.to_text(moment) for moment in span] for span in conflict.spans],
        "person": conflict.person,
        "venue": conflict.venue,
        "role": None if conflict.role is None else conflict.role.value,
        "found": conflict.found,
        "allowed": conflict.allowed,
    }


def conflict_from_plain(plain: Mapping[str, Any]) -> Conflict:
    """The conflict that `conflict_to_plain` wrote."""
    return Conflict(
        kind=ConflictKind(plain["kind"]),
        sessions=tuple(plain["sessions"]),
        spans=tuple((clock.from_text(start), clock.from_text(end)) for start, end in plain["spans"]),
        person=plain["person"],
        venue=plain["venue"],
        role=None if plain["role"] is None else RoleKind(plain["role"]),
        found=plain["found"],
        allowed=plain["allowed"],
    )
