"""Tables of sessions (CSV, XLSX): which column holds what, and what each row says.

A column that is there says something in every row, also where its cell is empty; a column that is not there leaves what
it would hold alone.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from galerio_events import clock
from galerio_events.events.domain import is_key
from galerio_events.programme.domain import LinkKind, RoleState, SessionKind
from galerio_events.programme.domain.columns import (
    ATTACHMENT,
    BY_LANGUAGE,
    BY_PERSON,
    UNLIMITED,
    Column,
    from_cell,
    from_lines,
    in_two_languages,
)
from galerio_events.programme.domain.incoming import (
    FileKind,
    InLanguages,
    ProgrammeFile,
    RowProblem,
    Target,
    Thing,
    Told,
    unreadable,
)
from galerio_events.programme.domain.rules import MOST_LINKS, MOST_PLACES, TITLE_LENGTH
from galerio_events.programme.domain.values import LinkValue
from galerio_events.programme.imports import moments, words
from galerio_events.programme.imports.dates import DayOrder, order_of
from galerio_events.programme.imports.html_text import plain
from galerio_events.programme.imports.moments import Unclear
from galerio_events.programme.imports.named import Named
from galerio_events.programme.imports.plain_values import web_address
from galerio_events.programme.imports.roles import roles_of
from galerio_events.programme.imports.sheets import Sheet
from galerio_events.text import one_line

_MIDNIGHT = re.compile(r" 0{1,2}:00(:00)?$")
_TIMES = frozenset({Column.STARTS_AT, Column.ENDS_AT, Column.DATE, Column.START, Column.END})


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of the file: what stands above it, some of what stands in it, and what it is taken to hold."""

    at: int
    text: str
    samples: tuple[str, ...]
    column: Column
    language: str | None
    guessed: bool
    # Nobody knows what it holds, unlike a column of remarks.
    unknown: bool = False

    @property
    def choice(self) -> str:
        """What the column holds, as a form names it."""
        return f"{self.column.value}:{self.language}" if self.language else self.column.value


def headings(sheet: Sheet, target: Target, chosen: Mapping[int, str]) -> tuple[Heading, ...]:
    """The columns of the table; `chosen` maps places to what somebody has said they hold. Raises `Unreadable`."""
    if not sheet.rows:
        raise unreadable(Told.EMPTY)
    first = sheet.rows[0][1]
    width = max(len(cells) for _number, cells in sheet.rows)
    language = target.language if target.language in target.languages else target.languages[0]
    found: list[Heading] = []
    used: set[tuple[Column, str | None]] = set()
    texts = {at: from_cell(first[at]) if at < len(first) else "" for at in range(width)}
    meant = in_two_languages(texts, language)
    for at, text in texts.items():
        samples = tuple(
            dict.fromkeys(cells[at][:80] for _number, cells in sheet.rows[1:40] if at < len(cells) and cells[at])
        )
        held = _chosen(chosen.get(at), target) or _possible(meant.get(at), target)
        if held in used:
            held = None
        column, of = held or (Column.IGNORED, None)
        if column is not Column.IGNORED:
            used.add((column, of))
        if text or samples:
            found.append(Heading(at, text[:80], samples[:3], column, of, at not in chosen, unknown=held is None))
    return tuple(found)


def parse(sheet: Sheet, kind: FileKind, target: Target, columns: Mapping[int, str]) -> ProgrammeFile:
    """All that the table says. `columns` are as in `headings`. Raises `Unreadable`."""
    found = headings(sheet, target, columns)
    held = {(heading.column, heading.language): heading.at for heading in found}
    if not any(column is Column.TITLE for column, _language in held):
        raise unreadable(Told.NO_TITLE_COLUMN, sheet.rows[0][0])
    reader = _Reader(target, held, _order(sheet, held))
    problems = [
        RowProblem(sheet.rows[0][0], Told.COLUMN_IGNORED, heading.text or str(heading.at + 1))
        for heading in found
        if heading.column is Column.IGNORED and (heading.guessed or heading.text)
    ]
    sessions = [thing for number, cells in sheet.rows[1:] if (thing := reader.row(number, cells))]
    stopped = {problem.row for problem in sheet.problems if problem.stops}
    return ProgrammeFile(
        kind,
        venues=reader.venues.things,
        tracks=reader.tracks.things,
        organisations=reader.organisations.things,
        people=reader.people.things,
        sessions=tuple(thing for thing in sessions if thing.row not in stopped),
        problems=(*problems, *sheet.problems, *reader.problems),
        language=target.language if target.language in target.languages else target.languages[0],
    )


def _order(sheet: Sheet, held: Mapping[tuple[Column, str | None], int]) -> DayOrder | None:
    """Which of day and month comes first in the dates of the table."""
    places = [at for (column, _language), at in held.items() if column in _TIMES]
    return order_of(from_cell(cells[at]) for _number, cells in sheet.rows[1:] for at in places if at < len(cells))


def _possible(meant: tuple[Column, str | None] | None, target: Target) -> tuple[Column, str | None] | None:
    """What a heading means, if the event has that language."""
    return None if meant is None or (meant[0] in BY_LANGUAGE and meant[1] not in target.languages) else meant


def _chosen(choice: str | None, target: Target) -> tuple[Column, str | None] | None:
    """What a form has chosen for a column, if that is possible."""
    if choice is None:
        return None
    name, _colon, language = choice.partition(":")
    try:
        column = Column(name)
    except ValueError:
        return None
    if column in BY_LANGUAGE:
        return (column, language) if language in target.languages else None
    return column, None


class _Reader:
    """Reads the rows of one table."""

    def __init__(self, target: Target, held: Mapping[tuple[Column, str | None], int], order: DayOrder | None) -> None:
        self.target, self.held, self.order = target, held, order
        self.zone = target.frame.timezone
        self.problems: list[RowProblem] = []
        language = target.language if target.language in target.languages else target.languages[0]
        self.venues, self.tracks = Named(language), Named(language)
        self.organisations, self.people = Named(language), Named(language)
        self.number, self.label = 0, ""
        self.cells: tuple[str, ...] = ()
        self.faulty = False

    def row(self, number: int, cells: Sequence[str]) -> Thing | None:
        """What the row says; None where it cannot be used (its problems are told)."""
        self.number, self.cells, self.faulty = number, tuple(cells), False
        titles = self._texts(Column.TITLE)
        self.label = next((text for text in titles.values() if text), self._said(Column.KEY))
        key, uid = self._said(Column.KEY), self._said(Column.UID)
        fields: dict[str, Any] = {"title": InLanguages(titles)}
        for column in (Column.SUMMARY, Column.ABSTRACT):
            if texts := self._texts(column):
                fields[column.value] = InLanguages(texts)
        fields |= self._times()
        for column, named in (
            (Column.VENUE, self.venues),
            (Column.TRACK, self.tracks),
            (Column.ORGANISER, self.organisations),
        ):
            if self._has(column):
                fields[column.value] = named.handle(self._said(column), number)
        if self._has(Column.PEOPLE):
            fields["people"] = self._people()
        new: dict[str, Any] = {}
        self._words(fields, new)
        if self.faulty:
            return None
        if not is_key(key):
            # What another system calls it, perhaps: enough to know it again.
            return Thing(number, self.label, fields, new, uid=uid or None, foreign=f"row {key}" if key else None)
        return Thing(number, self.label, fields, new, key=key, uid=uid or None, sure=True)

    def _has(self, column: Column, language: str | None = None) -> bool:
        return (column, language) in self.held

    def _said(self, column: Column, language: str | None = None) -> str:
        at = self.held.get((column, language))
        return from_cell(self.cells[at]).strip() if at is not None and at < len(self.cells) else ""

    def _lines(self, column: Column, language: str | None = None) -> list[str]:
        """The lines of a cell, the empty ones at its beginning among them."""
        at = self.held.get((column, language))
        return from_lines(from_cell(self.cells[at])) if at is not None and at < len(self.cells) else []

    def _texts(self, column: Column) -> dict[str, str]:
        """The texts of a column that there is for several languages."""
        found = {}
        for language in self.target.languages:
            if self._has(column, language):
                text = self._said(column, language)
                found[language] = plain(text) if column is Column.ABSTRACT else one_line(text)
        return found

    def _times(self) -> dict[str, Any]:
        """Start and end, out of whichever columns there are. Rows without any time are told of where they are new."""
        try:
            starts_at = self._start()
            ends_at = None if starts_at is None else self._end(starts_at)
        except Unclear as unclear:
            self._no(unclear.told, **unclear.details)
            return {}
        if starts_at is None:
            return {}
        if ends_at is None:
            self._no(Told.NO_LENGTH)
            return {}
        return {"starts_at": starts_at, "ends_at": ends_at}

    def _start(self) -> datetime | None:
        if given := self._said(Column.STARTS_AT):
            day_given = self._said(Column.DATE)
            if day_given and (of_day := moments.read_time(given)):
                return moments.at(self._day(day_given, given), of_day[0], self.zone, of_day[1])
            return self._moment(given)
        day_given, start = self._said(Column.DATE), self._said(Column.START)
        if not start or not day_given:
            if start and not self._has(Column.DATE):
                return self._moment(start)
            if start or day_given:
                raise Unclear(Told.NO_START)
            return None
        day, start_of_day = self._day(day_given, start), moments.read_time(start)
        if start_of_day is None:
            raise Unclear(Told.BAD_TIME, value=f"{day_given} {start}"[:60])
        return moments.at(day, start_of_day[0], self.zone, start_of_day[1])

    def _moment(self, given: str) -> datetime:
        return moments.read_moment(given, self.zone, self.order)[0]

    def _day(self, given: str, start: str) -> date:
        """The date, also where a spreadsheet has put midnight behind it. Raises `Unclear`."""
        return moments.day_of(_MIDNIGHT.sub("", given), self.order, told_as=f"{given} {start}")

    def _end(self, starts_at: datetime) -> datetime | None:
        if length := self._said(Column.MINUTES):
            read = moments.read_length(length)
            if read is None or read > timedelta(days=31):
                raise Unclear(Told.BAD_LENGTH, value=length[:60])
            return starts_at + read
        given = self._said(Column.ENDS_AT) or self._said(Column.END)
        if not given:
            return None
        of_day = moments.read_time(given)
        if of_day is None:
            return self._moment(given)
        # A time alone is the next one after the start: at night that is tomorrow's.
        day = clock.in_zone(starts_at, self.zone).date()
        ends_at = moments.at(day, of_day[0], self.zone, of_day[1])
        if ends_at < starts_at:
            ends_at = moments.at(day + timedelta(days=1), of_day[0], self.zone, of_day[1])
        return ends_at

    def _people(self) -> Any:
        by_line: dict[Column, list[str]] = {column: self._lines(column) for column in BY_PERSON if self._has(column)}
        talks = {
            language: self._lines(Column.TALK, language)
            for language in self.target.languages
            if self._has(Column.TALK, language)
        }
        minutes = by_line.get(Column.TALK_MINUTES)
        states = by_line.get(Column.INVITATION)
        if states is not None:
            states = [state or RoleState.CONFIRMED.value for state in states]
        return roles_of(
            self._said(Column.PEOPLE),
            self.people,
            self.number,
            self._role_problem,
            talks=talks,
            minutes=minutes,
            states=states,
        )

    def _role_problem(self, told: Told, **details: str) -> None:
        self.problems.append(RowProblem(self.number, told, self.label, details))
        self.faulty = self.faulty or self.problems[-1].stops

    def _words(self, fields: dict[str, Any], new: dict[str, Any]) -> None:
        """What the row says in single words."""
        if kind := self._said(Column.KIND):
            meant = words.kind_of(kind)
            if meant is None:
                new["kind"] = SessionKind.SESSION
                self._role_problem(Told.UNKNOWN_KIND, value=kind[:60])
            else:
                fields["kind"] = meant
        if self._has(Column.LANGUAGE):
            language = self._said(Column.LANGUAGE)
            fields["language"] = words.language_of(language) if language else None
            if language and fields["language"] is None:
                del fields["language"]
                self._role_problem(Told.UNKNOWN_LANGUAGE, value=language[:60])
        for column, name in (
            (Column.INTERPRETER, "needs_interpreter"),
            (Column.SCHEDULED, "scheduled"),
            (Column.LOCKED, "locked"),
        ):
            if said := self._said(column):
                fields[name] = words.flag_of(said)
                if fields[name] is None:
                    self._no(Told.BAD_VALUE, field=column.value, value=said[:60])
        if status := self._said(Column.STATUS):
            fields["status"] = words.status_of(status)
            if fields["status"] is None:
                self._no(Told.BAD_VALUE, field=Column.STATUS.value, value=status[:60])
        if places := self._said(Column.PLACES):
            self._places(places, fields)
        if self._has(Column.LINKS):
            fields["links"] = self._links()

    def _places(self, said: str, fields: dict[str, Any]) -> None:
        number = said.replace(",", "")
        if said.lower() in {UNLIMITED, "無制限", "制限なし", "no limit"}:
            fields["capacity"] = None
        elif number.isascii() and number.isdecimal() and len(number) < 9 and int(number) <= MOST_PLACES:
            fields["capacity"] = int(number)
        else:
            self._no(Told.BAD_VALUE, field=Column.PLACES.value, value=said[:60])

    def _links(self) -> tuple[LinkValue, ...]:
        links: list[LinkValue] = []
        for line in from_lines(self._said(Column.LINKS)):
            if not line:
                continue
            attached = line.lower().startswith(ATTACHMENT)
            address, _space, title = (line[len(ATTACHMENT) :] if attached else line).partition(" ")
            if not web_address(address) or len(links) >= MOST_LINKS:
                self._role_problem(Told.BAD_ADDRESS, value=address[:100])
                continue
            kind = LinkKind.ATTACHMENT if attached else LinkKind.LINK
            links.append(LinkValue(address, one_line(title)[:TITLE_LENGTH], kind))
        return tuple(links)

    def _no(self, told: Told, **details: str) -> None:
        self.problems.append(RowProblem(self.number, told, self.label, details))
        self.faulty = True
