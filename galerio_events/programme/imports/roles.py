"""A cell that names people: `moderator: Christopher Pablo [pablo]`, one a line, or several between semicolons."""

import re
from collections.abc import Mapping, Sequence
from typing import Protocol

from galerio_events.programme.domain import RoleKind
from galerio_events.programme.domain.columns import from_lines
from galerio_events.programme.domain.incoming import IncomingRole, InLanguages, Told
from galerio_events.programme.domain.rules import LONGEST_TALK
from galerio_events.programme.imports import words
from galerio_events.programme.imports.named import Named
from galerio_events.text import one_line

# `Moderator: Name`, `モデレーター：名前`; or `Name (moderator)`.
_ROLE_FIRST = re.compile(r"([^:：\[\]]{1,40})[:：]\s*(.+)")
_ROLE_LAST = re.compile(r"(.+?)\s*[(（]([^()（）]{1,40})[)）]")


class Tell(Protocol):
    def __call__(self, told: Told, **details: str) -> None: ...


def roles_of(
    cell: str,
    people: Named,
    row: int,
    tell: Tell,
    *,
    talks: Mapping[str, Sequence[str]],
    minutes: Sequence[str] | None,
    states: Sequence[str] | None,
) -> tuple[IncomingRole, ...]:
    """The roles that the cell names. `talks` (by language), `minutes` and `states` go line by line with it; where there
    are none, what is stored of them stays. What cannot be read is told."""
    lines = from_lines(cell)
    if len(lines) == 1:
        lines = [part.strip() for part in re.split("[;；]", cell)]
    made: list[IncomingRole] = []
    for number, line in enumerate(lines):
        if not line:
            continue
        role, name = _split(line, tell)
        handle = people.handle(name, row)
        if handle is None:
            continue
        texts = {language: one_line(_line(titles, number)) for language, titles in talks.items()}
        state = None if states is None else words.state_of(_line(states, number) or "confirmed")
        if states is not None and state is None:
            tell(Told.BAD_VALUE, field="invitation", value=_line(states, number)[:60])
        one = IncomingRole(
            handle,
            role,
            title=InLanguages(texts) if talks else None,
            minutes=_minutes(_line(minutes, number), tell) if minutes is not None else None,
            says_minutes=minutes is not None,
            state=state,
        )
        if any((known.role, known.person) == (role, handle) for known in made):
            tell(Told.ROLE_TWICE, name=name)
        else:
            made.append(one)
    return tuple(made)


def _split(line: str, tell: Tell) -> tuple[RoleKind | None, str]:
    """The role that a line names, if it names one, and who has it."""
    if found := _ROLE_FIRST.fullmatch(line):
        role = words.role_of(found[1])
        if role is None:
            tell(Told.UNKNOWN_ROLE, value=one_line(found[1])[:60])
        return role, found[2]
    if (found := _ROLE_LAST.fullmatch(line)) and (role := words.role_of(found[2])):
        return role, found[1]
    return None, line


def _line(lines: Sequence[str], number: int) -> str:
    return lines[number] if number < len(lines) else ""


def _minutes(text: str, tell: Tell) -> int | None:
    if not text:
        return None
    if text.isascii() and text.isdecimal() and len(text) < 6 and 1 <= int(text) <= LONGEST_TALK:
        return int(text)
    tell(Told.BAD_VALUE, field="talk_minutes", value=text[:60])
    return None
