"""Nodes to values, each with one clear message and its line where it is not what it should be.

Every reader returns None for what it cannot read (or what is not there) and has told why.
"""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlsplit

from galerio_events import clock, countries
from galerio_events.errors import Problem
from galerio_events.events.domain import is_key
from galerio_events.programme.domain.incoming import Told
from galerio_events.programme.imports.yaml_tree import Broken, ListNode, MapNode, Mistake, Node, Scalar
from galerio_events.text import clean, one_line
from galerio_events.translated import EMPTY, Translated

_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_WALL = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(?::00)?([+-]\d{2}:\d{2}|Z)?", re.ASCII)
_TIME = re.compile(r"\d{2}:\d{2}", re.ASCII)
_WHOLE = re.compile(r"0|[1-9]\d{0,8}", re.ASCII)
_NUMBER = re.compile(r"(0|[1-9]\d{0,8})(\.\d{1,6})?", re.ASCII)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
MOST_SUGGESTIONS = 20
MOST_CANDIDATES = 600
_YEARS = range(1970, 2200)
_WHICH_YEARS = f"years from {_YEARS[0]} to {_YEARS[-1]} can be used"

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")


class Fields:
    """The entries of one mapping, of which the allowed keys are known. `what` names it in messages."""

    def __init__(self, reader: "Reader", what: str, node: MapNode) -> None:
        self.reader = reader
        self.what = what
        self.line = node.line
        self._node = node

    def get(self, key: str) -> Node | None:
        """The value of that key, if it is there."""
        return self._node.entries.get(key)

    def line_of(self, key: str) -> int:
        """The line of that key, or of the mapping."""
        return self._node.lines.get(key, self.line)


class Reader:
    """Reads nodes and collects what is wrong with them."""

    def __init__(self, problems: Iterable[Problem] = ()) -> None:
        self.problems = list(problems)
        self._suggestions = 0

    def tell(self, line: int, message: str) -> None:
        """Add a problem."""
        self.problems.append(Problem(line, message))

    def did_you_mean(self, word: str, known: Iterable[str]) -> str:
        """The end of a message about an unknown word: the nearest one that is known, if there is a near one.

        Looking for it takes a while, so a file with very many unknown words gets it for the first of them only.
        """
        self._suggestions += 1
        if self._suggestions > MOST_SUGGESTIONS or len(word) > 100:
            return ""
        near = get_close_matches(word, sorted(known)[:MOST_CANDIDATES], n=1)
        return f"; did you mean {near[0]!r}?" if near else ""

    def mapping(self, node: Node | None, what: str) -> MapNode | None:
        """The node, if it is a mapping."""
        if isinstance(node, MapNode):
            return node
        self._wrong(node, f"{what} must be a mapping (key: value)")
        return None

    def items(self, node: Node | None, what: str) -> list[Node]:
        """The items of the node, if it is a list; none where it is not there."""
        if isinstance(node, ListNode):
            return node.items
        self._wrong(node, f"{what} must be a list")
        return []

    def fields(self, node: Node | None, what: str, *, required: str, optional: str = "") -> Fields | None:
        """The node as a mapping with these keys (separated by spaces) and no others."""
        mapping = self.mapping(node, what)
        if mapping is None:
            return None
        known = required.split() + optional.split()
        for key, line in mapping.lines.items():
            if key not in known:
                self.tell(line, f"{what} has no key {key!r}" + self.did_you_mean(key, known))
        for key in required.split():
            if key not in mapping.entries:
                self.tell(mapping.line, f"{what} lacks its {key!r}")
        return Fields(self, what, mapping)

    def text(self, node: Node | None, what: str, *, most: int, lines: bool = False) -> str | None:
        """A text of 1 to `most` characters, on one line unless `lines`."""
        if not isinstance(node, Scalar):
            self._wrong(node, f"{what} must be a text")
            return None
        if node.misread == "nothing":
            self._no(node, f"{what} is empty")
            return None
        if node.misread:
            message = f"YAML reads {node.text} in {what} as {node.misread}; write it in quotes: '{node.text}'"
            self.problems.append(Mistake(node.line, message, Told.YAML_MISREAD, (("value", node.text[:60]),)))
            return None
        if _CONTROL.search(node.text):
            self._no(node, f"{what} holds a control character")
            return None
        text = clean(node.text) if lines else one_line(node.text)
        if not text:
            self._no(node, f"{what} is empty")
            return None
        if len(text) > most:
            self._no(node, f"{what} has {len(text)} characters; it may have {most}")
            return None
        return text

    def translated(
        self, node: Node | None, what: str, languages: Sequence[str], *, most: int, lines: bool = False
    ) -> Translated:
        """A text in one or more of the languages; `EMPTY` where there is none.

        An unquoted comma in `{en: one, two}` makes YAML see a key `two` without a value: it is the rest of the text.
        """
        if isinstance(node, Scalar):
            example = ", ".join(f"{language}: …" for language in languages)
            self._no(node, f"{what} is given by language: {{{example}}}")
            return EMPTY
        mapping = self.mapping(node, what) if node is not None else None
        if mapping is None:
            return EMPTY
        if not mapping.entries:
            self.tell(mapping.line, f"{what} is empty")
        texts = {}
        for language, value in _with_commas(mapping, languages):
            if language not in languages:
                allowed = ", ".join(languages)
                self.tell(mapping.lines[language], f"{what} is in {language!r}; the event's languages are {allowed}")
            elif text := self.text(value, f"{what} ({language})", most=most, lines=lines):
                texts[language] = text
        return Translated(texts)

    def key(self, node: Node | None, what: str, reserved: Collection[str] = ()) -> str | None:
        """A word that can be the last part of an address, and is none of those that our own addresses use there."""
        text = self.text(node, what, most=200)
        if text is not None and node is not None and not is_key(text):
            self._no(node, f"{what} is {text!r}; use at most 60 lower-case letters, digits and single hyphens")
            return None
        if text in reserved and node is not None:
            self._no(node, f"the key {text!r} is a word that our own addresses use; choose another")
            return None
        return text

    def reference(self, node: Node | None, what: str, known: Collection[str] | None, kind: str) -> str | None:
        """The key of something that the file describes; `known` is None where that could not be read."""
        text = self.text(node, what, most=200)
        if text is not None and node is not None and known is not None and text not in known:
            self._no(node, f"there is no {kind} {text!r}" + self.did_you_mean(text, known))
            return None
        return text

    def choice(self, node: Node | None, what: str, kind: type[E]) -> E | None:
        """One of the values of an enum."""
        text = self.text(node, what, most=200)
        if text is None or node is None:
            return None
        try:
            return kind(text)
        except ValueError:
            self._no(node, f"{what} is {text!r}; it can be {', '.join(kind)}")
            return None

    def country(self, node: Node | None, what: str) -> str | None:
        """An ISO 3166-1 alpha-2 code."""
        text = self.text(node, what, most=200)
        if text is None or node is None or text in countries.codes():
            return text
        meant = countries.parse(text)
        hint = f"; {countries.name(meant, 'en')} is {meant!r}" if meant else ""
        self._no(node, f"{what} is {text!r}, which is no country code of ISO 3166-1{hint}")
        return None

    def whole(self, node: Node | None, what: str, *, least: int = 0, most: int = 1_000_000) -> int | None:
        """A whole number within bounds."""
        text = self._raw(node, what, "a whole number")
        if text is None or node is None:
            return None
        if not _WHOLE.fullmatch(text) or not least <= int(text) <= most:
            self._no(node, f"{what} is {text!r}; it must be a whole number from {least} to {most}")
            return None
        return int(text)

    def flag(self, node: Node | None, what: str) -> bool | None:
        """true or false."""
        text = self._raw(node, what, "true or false")
        if text is None or node is None:
            return None
        if text not in {"true", "false"}:
            self._no(node, f"{what} is {text!r}; it must be true or false")
            return None
        return text == "true"

    def number(self, node: Node | None, what: str, *, most: int) -> float | None:
        """A number from 0 to `most`, with or without decimals."""
        text = self._raw(node, what, "a number")
        if text is None or node is None:
            return None
        if not _NUMBER.fullmatch(text) or float(text) > most:
            self._no(node, f"{what} is {text!r}; it must be a number from 0 to {most}, such as 36.6")
            return None
        return float(text)

    def day(self, node: Node | None, what: str) -> date | None:
        """A date, written 2022-11-24."""
        text = self._raw(node, what, "a date")
        if text is None or node is None:
            return None
        found = _date(text)
        if found is None:
            wanted = (
                _WHICH_YEARS if _DATE.fullmatch(text) and _other_year(text) else "it must be a date such as 2022-11-24"
            )
            self._no(node, f"{what} is {text!r}; {wanted}")
        return found

    def time_of_day(self, node: Node | None, what: str) -> time | None:
        """A time of day, written 05:00."""
        text = self._raw(node, what, "a time")
        if text is None or node is None:
            return None
        if _TIME.fullmatch(text) and text < "24:00" and text[3:] < "60":
            return time.fromisoformat(text)
        self._no(node, f"{what} is {text!r}; it must be a time such as 05:00")
        return None

    def moment(self, node: Node | None, what: str, zone: str | None) -> datetime | None:
        """The instant (UTC) of a wall-clock time, written 2022-11-25T13:00, in that zone (None: the zone is not known).

        A time that happens twice needs its offset: 2022-10-30T02:30+01:00.
        """
        text = self._raw(node, what, "a time")
        if text is None or node is None:
            return None
        found = _WALL.fullmatch(text)
        day = _date(found[1]) if found else None
        if not found or not day or not (found[2] < "24:00" and found[2][3:] < "60"):
            other_year = bool(found) and _other_year(text)
            wanted = _WHICH_YEARS if other_year else "it must be a date and time such as 2022-11-25T13:00"
            self._no(node, f"{what} is {text!r}; {wanted}")
            return None
        wall = datetime.combine(day, time.fromisoformat(found[2]))
        if zone is None:
            return None
        return self._with_offset(node, what, wall, found[3], zone) if found[3] else self._local(node, what, wall, zone)

    def url(self, node: Node | None, what: str) -> str | None:
        """A web address."""
        text = self.text(node, what, most=500)
        if text is None or node is None:
            return None
        try:
            parts = urlsplit(text)
            good = parts.scheme in {"http", "https"} and bool(parts.hostname) and " " not in text
        except ValueError:
            good = False
        if good:
            return text
        self._no(node, f"{what} is {text!r}; it must begin with https:// or http://")
        return None

    def each(
        self,
        node: Node | None,
        what: str,
        read: Callable[[Node, str], T | None],
        *,
        twice: Callable[[T], str] = "{0!r} is".format,
    ) -> list[T]:
        """What `read` makes of each item of a list; an item that is there twice is a problem (told as `twice` says)."""
        found: list[T] = []
        for item in self.items(node, what):
            value = read(item, f"an item of {what}")
            if value is not None and value in found:
                self.tell(item.line, f"{twice(value)} twice in {what}")
            elif value is not None:
                found.append(value)
        return found

    def _local(self, node: Node, what: str, wall: datetime, zone: str) -> datetime | None:
        shown = wall.strftime("%Y-%m-%d %H:%M")
        try:
            return clock.from_wall(wall, zone)
        except clock.NonexistentTime:
            self._no(node, f"{what} is {shown}, which does not exist in {zone}: the clocks go forward over it")
            return None
        except clock.AmbiguousTime as error:
            earlier, later = (m.isoformat(timespec="minutes") for m in (error.earlier, error.later))
            self._no(node, f"{what} is {shown}, which happens twice in {zone}; write {earlier} or {later}")
            return None

    def _with_offset(self, node: Node, what: str, wall: datetime, offset: str, zone: str) -> datetime | None:
        minutes = 0 if offset == "Z" else int(offset[1:3]) * 60 + int(offset[4:])
        moment = wall - timedelta(minutes=-minutes if offset[0] == "-" else minutes)
        there = clock.in_zone(moment.replace(tzinfo=UTC), zone)
        if there.replace(tzinfo=None) == wall:
            return clock.require_utc(there)
        shown = wall.strftime("%Y-%m-%dT%H:%M")
        same = there.isoformat(timespec="minutes")
        self._no(
            node,
            f"{what} is {shown} at {offset}, but clocks in {zone} are not at {offset} then; write {shown} for the time "
            f"that they show, or {same} for the moment that you wrote",
        )
        return None

    def _raw(self, node: Node | None, what: str, kind: str) -> str | None:
        if isinstance(node, Scalar):
            return node.text
        self._wrong(node, f"{what} must be {kind}")
        return None

    def _wrong(self, node: Node | None, message: str) -> None:
        """Tell that a node is of another sort; one that is missing or broken has been told of already."""
        if node is not None and not isinstance(node, Broken):
            self.tell(node.line, message)

    def _no(self, node: Node, message: str) -> None:
        self.tell(node.line, message)


def _with_commas(mapping: MapNode, languages: Sequence[str]) -> list[tuple[str, Node]]:
    entries: list[tuple[str, Node]] = []
    for key, value in mapping.entries.items():
        before = entries[-1][1] if entries else None
        if key not in languages and isinstance(before, Scalar) and isinstance(value, Scalar) and value.absent:
            entries[-1] = (entries[-1][0], Scalar(before.line, f"{before.text}, {key}", before.quoted))
        else:
            entries.append((key, value))
    return entries


def _other_year(text: str) -> bool:
    return int(text[:4]) not in _YEARS


def _date(text: str) -> date | None:
    found = _DATE.fullmatch(text)
    try:
        day = date.fromisoformat(text) if found else None
    except ValueError:
        return None
    return day if day and day.year in _YEARS else None
