"""Rows of a form that are added, removed and moved without a script: by buttons that send the form."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from galerio_events.programme.domain import LinkKind, RoleKind
from galerio_events.programme.domain.rules import MOST_LINKS

MOST_CREDITS = 60

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Kind:
    """Rows of one kind: their name in the form and in commands (`add-WORD`; `word` empty: `remove-3`, not
    `remove-WORD-3`), what a new one holds, and how many there may be."""

    name: str
    added_by: str
    word: str
    new: Mapping[str, str]
    most: int


CREDITS = Kind("people", "add-person", "", {"role": RoleKind.SPEAKER.value, "person": ""}, MOST_CREDITS)
LINKS = Kind("links", "add-link", "link-", {"kind": LinkKind.LINK.value, "title": "", "url": ""}, MOST_LINKS)


def rearranged(
    sent: MultiDict[str, str], command: str, kinds: tuple[Kind, ...] = (CREDITS, LINKS)
) -> MultiDict[str, str] | None:
    """What was sent, with its rows changed by a command of `rearrange`; None where it is no such command."""
    for kind in kinds:
        moved = rearrange(_rows(sent, kind), command, kind)
        if moved is not None:
            kept = [(name, value) for name, value in sent.items(multi=True) if not name.startswith(f"{kind.name}-")]
            new = [(f"{kind.name}-{n}-{part}", row[part]) for n, row in enumerate(moved) for part in row]
            return MultiDict(kept + new)
    return None


def rearrange(rows: list[Row], command: str, kind: Kind = CREDITS) -> list[Row] | None:
    """The rows after `add-person`, `remove-N`, `up-N` or `down-N` (N counts from 0), or what these are called for
    another kind; None for any other command."""
    if command == kind.added_by:
        return [*rows, dict(kind.new)][: kind.most]
    found = re.fullmatch(rf"(remove|up|down)-{kind.word}([0-9]{{1,4}})", command)
    if found is None:
        return None
    verb, at = found[1], int(found[2])
    moved = list(rows)
    if at >= len(moved):
        return moved
    row = moved.pop(at)
    if verb != "remove":
        moved.insert(max(0, at - 1) if verb == "up" else at + 1, row)
    return moved


def _rows(sent: MultiDict[str, str], kind: Kind) -> list[Row]:
    """The rows that were sent, in the order of their numbers, each with every part that any has."""
    rows: dict[int, Row] = {}
    for name, value in sent.items():
        if found := re.fullmatch(rf"{kind.name}-([0-9]{{1,4}})-([A-Za-z_-]+)", name):
            rows.setdefault(int(found[1]), dict(kind.new))[found[2]] = value
    return [rows[number] for number in sorted(rows)][: kind.most]
