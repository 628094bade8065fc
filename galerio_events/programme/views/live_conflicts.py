"""Conflicts as the timetable shows them: those that nobody has accepted."""

from collections.abc import Collection, Iterable
from typing import Any

from galerio_events.events.models import Event
from galerio_events.extensions import db
from galerio_events.programme.domain.conflicts import Conflict, Draft, find, placed
from galerio_events.programme.domain.placing import Placement
from galerio_events.programme.queries.conflicts import accepted_warnings, conflict_draft, names_in
from galerio_events.programme.views.warnings import told

# Looking for the conflicts of that many sessions one after the other is no faster than looking for all.
_FEW = 5


def counted(event: Event) -> dict[str, int]:
    """How many conflicts each session of the draft is in; sessions without any are left out."""
    counts: dict[str, int] = {}
    for conflict in _open(event, find(conflict_draft(db.session(), event.id))):
        for key in conflict.sessions:
            counts[key] = counts.get(key, 0) + 1
    return counts


def told_of(event: Event, keys: Collection[str] | None = None) -> list[dict[str, Any]]:
    """The conflicts of the draft (those that concern one of these sessions), in order."""
    draft = conflict_draft(db.session(), event.id)
    if keys is None or len(keys) > _FEW:
        found: Iterable[Conflict] = find(draft)
        found = [each for each in found if keys is None or not set(keys).isdisjoint(each.sessions)]
    else:
        found = list({each.fingerprint: each for key in keys for each in find(draft, only=key)}.values())
    return _told(event, _open(event, found))


def told_if(event: Event, key: str, at: Placement) -> list[dict[str, Any]]:
    """The conflicts that the session would have if it stood there; none where it is not in the draft (any more)."""
    draft = conflict_draft(db.session(), event.id)
    if all(slot.key != key for slot in draft.sessions):
        return []
    return _told(event, _open(event, find(_with(draft, key, at), only=key)))


def _with(draft: Draft, key: str, at: Placement) -> Draft:
    return placed(draft, key, starts_at=at.starts_at, ends_at=at.ends_at, venue=at.venue, scheduled=at.scheduled)


def _open(event: Event, found: Iterable[Conflict]) -> list[Conflict]:
    conflicts = list(found)
    if not conflicts:
        return []
    accepted = accepted_warnings(db.session(), event.id)
    return [each for each in conflicts if not accepted or each.fingerprint not in accepted]


def _told(event: Event, found: list[Conflict]) -> list[dict[str, Any]]:
    names = names_in(db.session(), event.id, found)
    return [
        {
            "id": each.fingerprint[:16],
            "kind": each.kind.value,
            "sessions": list(each.sessions),
            "text": told(each, names, event.timezone),
        }
        for each in found
    ]
