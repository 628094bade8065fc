"""Reading an event's history: what an entry changed, and what undoing it would make of what is there now."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Plain = Mapping[str, Any]

# What nobody decides: where a thing stands in lists follows from the order in which it was written.
_UNTOLD = frozenset({"position"})


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of something in plain JSON, before and after; None where it said nothing."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Undoing:
    """What undoing a change would do: `wanted` is the whole of what would be said then.

    `contested` are the fields of the change that somebody has changed since: before it, after it, and now.
    """

    wanted: dict[str, Any]
    contested: tuple[tuple[str, Any, Any, Any], ...]


def differences(before: Plain | None, after: Plain | None) -> tuple[Difference, ...]:
    """The fields that differ, in the order in which they are written down. Nothing is as good as an empty field."""
    old, new = before or {}, after or {}
    return tuple(
        Difference(field, old.get(field), new.get(field))
        for field in dict.fromkeys((*new, *old))
        if field not in _UNTOLD and not _same(old.get(field), new.get(field))
    )


def undoing(before: Plain, after: Plain, now: Plain) -> Undoing:
    """What it would be to undo the change from `before` to `after` where `now` is what is there.

    Only the fields that the change concerned are put back; what was changed besides stays as it is now.
    """
    changed = [difference.field for difference in differences(before, after)]
    wanted = {**now, **{field: before.get(field) for field in changed}}
    contested = tuple(
        (field, before.get(field), after.get(field), now.get(field))
        for field in changed
        if not _same(now.get(field), after.get(field))
    )
    return Undoing(wanted, contested)


def _same(one: Any, other: Any) -> bool:
    return one == other or (_empty(one) and _empty(other))


def _empty(value: Any) -> bool:
    return value is None or value in ("", [], {})
