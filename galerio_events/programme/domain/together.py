"""What two people have changed about the same thing at the same time, brought together field by field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from galerio_events.programme.domain.placing import on_top, placed, placement_of
from galerio_events.programme.domain.plain import session_from_plain, session_to_plain
from galerio_events.programme.domain.values import SessionValues

_ABSENT = object()

Told = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Both:
    """A field that one of two has changed, or both: what it said before (None where nobody knows any more) and what
    each has made of it, None for the one who left it alone."""

    field: str
    before: str | None
    mine: str | None
    theirs: str | None

    @property
    def clash(self) -> bool:
        """Whether both have changed it, and differently."""
        return self.mine is not None and self.theirs is not None


def together(base: Any, mine: Any, stored: Any) -> Any:
    """The stored values (plain JSON) with what was changed between `base` and `mine`.

    Objects come together key by key, all else is one value: where both have changed it, it is mine.
    """
    if not all(isinstance(each, Mapping) for each in (base, mine, stored)):
        return stored if mine == base else mine
    parts = {
        name: together(base.get(name, _ABSENT), mine.get(name, _ABSENT), stored.get(name, _ABSENT))
        for name in dict.fromkeys([*stored, *mine])
    }
    return {name: part for name, part in parts.items() if part is not _ABSENT}


def session_together(base: SessionValues, mine: SessionValues, stored: SessionValues) -> SessionValues:
    """The stored session with what was changed between `base` and `mine`: start and length each by itself."""
    found = session_from_plain(together(*map(session_to_plain, (base, mine, stored))))
    return placed(found, on_top(placement_of(base), placement_of(mine), placement_of(stored)))


def differences(before: Told | None, entered: Told, stored: Told, untouched: Told | None = None) -> list[Both]:
    """The fields (name and content, the same ones in each) that are not what they were for both.

    `entered` is what stands in a form that theirs was brought into already, so that what differs from `stored` is mine;
    where it was not yet, `untouched` is what its reader was shown. Where `before` is None, each field that differs is
    both's.
    """
    shown = [text for _name, text in untouched] if untouched is not None else [None] * len(entered)
    found = []
    for at, ((name, mine), (_name, theirs)) in enumerate(zip(entered, stored, strict=True)):
        was = None if before is None else before[at][1]
        kept = mine != theirs and mine != shown[at]
        changed = theirs != was if was is not None else kept
        if kept or changed:
            found.append(Both(name, was, mine if kept else None, theirs if changed else None))
    return found
