"""A programme as one table, a row for each session: CSV and XLSX, the columns of `programme.domain.columns`.

Every cell is text, also times and numbers, so that no spreadsheet turns `2022-11-25 15:50` into something else on the
way to another machine and back. What would be a formula is written so that it is none.
"""

import csv
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO, StringIO

import xlsxwriter

from galerio_events.programme.domain import LinkKind, RoleState
from galerio_events.programme.domain.columns import (
    ATTACHMENT,
    NO,
    ORGANISERS,
    OWN,
    UNLIMITED,
    YES,
    Column,
    headers,
    to_cell,
    to_lines,
)
from galerio_events.programme.domain.values import LinkValue
from galerio_events.programme.domain.whole import WholeProgramme, WholeSession
from galerio_events.releases.exports.programme_file import wall_time
from galerio_events.translated import Translated

# What a cell of a workbook holds at most.
_MOST_CHARACTERS = 32_767
_WIDTHS = {Column.KEY: 22, Column.UID: 12, Column.TITLE: 40, Column.SUMMARY: 40, Column.ABSTRACT: 60, Column.PEOPLE: 50}
_WIDTH = 18
_SHEETS = {"ja": "セッション", "en": "Sessions"}


def to_csv(programme: WholeProgramme, language: str) -> bytes:
    """The table in UTF-8 with a byte order mark, as spreadsheets need it; headings and names in `language`."""
    out = StringIO(newline="")
    csv.writer(out).writerows(rows(programme, language))
    return out.getvalue().encode("utf-8-sig", "replace")


def to_xlsx(programme: WholeProgramme, language: str) -> bytes:
    """The table as a workbook of one sheet; headings and names in `language`. Equal programmes give equal bytes."""
    out = BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, options)
    book.set_properties(
        {"title": programme.event.title.text(language, programme.event.languages), "created": datetime(2000, 1, 1)}  # noqa: DTZ001 a time of the format, without a zone
    )
    sheet = book.add_worksheet(_SHEETS[language])
    sheet.freeze_panes(1, 1)
    for index, (column, _of, _heading) in enumerate(_headers(programme, language)):
        sheet.set_column(index, index, _WIDTHS.get(column, _WIDTH))
    heading = book.add_format({"bold": True, "bg_color": "#E6EEF2", "bottom": 1, "valign": "top"})
    plain = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    for at, row in enumerate(rows(programme, language)):
        for index, cell in enumerate(row):
            sheet.write_string(at, index, _fitting(cell), plain if at else heading)
    book.close()
    return out.getvalue()


def rows(programme: WholeProgramme, language: str) -> Iterator[list[str]]:
    """The headings, then a row of cells for each session."""
    wanted = _headers(programme, language)
    yield [heading for _column, _of, heading in wanted]
    words = _Words(programme, language)
    for session in programme.sessions:
        cells = words.cells(session)
        yield [to_cell(cells[column, of]) for column, of, _heading in wanted]


def _headers(programme: WholeProgramme, language: str) -> list[tuple[Column, str | None, str]]:
    wanted = OWN if programme.public else (*OWN, *ORGANISERS)
    return headers(wanted, language, programme.event.languages)


class _Words:
    def __init__(self, programme: WholeProgramme, language: str) -> None:
        self.language = language
        self.languages = programme.event.languages
        self.zone = programme.event.timezone
        self.venues = {venue.key: self._named(venue.name, venue.key) for venue in programme.venues}
        self.tracks = {track.key: self._named(track.name, track.key) for track in programme.tracks}
        self.organisations = {o.key: self._named(o.name, o.key) for o in programme.organisations}
        self.people = {person.key: self._named(person.name, person.key) for person in programme.people}

    def cells(self, session: WholeSession) -> dict[tuple[Column, str | None], str]:
        """What the row of that session says, by column and the language of its text."""
        v = session.values
        said: dict[tuple[Column, str | None], str] = {
            (Column.KEY, None): session.key,
            (Column.UID, None): session.uid,
            (Column.KIND, None): v.kind.value,
            (Column.STARTS_AT, None): wall_time(v.starts_at, self.zone, " "),
            (Column.ENDS_AT, None): wall_time(v.ends_at, self.zone, " "),
            (Column.VENUE, None): self.venues.get(v.venue or "", ""),
            (Column.TRACK, None): self.tracks.get(v.track or "", ""),
            (Column.ORGANISER, None): self.organisations.get(v.organiser or "", ""),
            (Column.PEOPLE, None): to_lines([f"{r.role.value}: {self.people[r.person]}" for r in v.people]),
            (Column.LANGUAGE, None): v.language or "",
            (Column.LINKS, None): to_lines([_link(link) for link in v.links]),
            (Column.TALK_MINUTES, None): to_lines(["" if r.minutes is None else str(r.minutes) for r in v.people]),
            (Column.INVITATION, None): to_lines(
                ["" if r.state is RoleState.CONFIRMED else r.state.value for r in v.people]
            ),
            (Column.INTERPRETER, None): YES if v.needs_interpreter else NO,
            (Column.PLACES, None): UNLIMITED if v.capacity is None else str(v.capacity),
            (Column.STATUS, None): v.status.value,
            (Column.SCHEDULED, None): YES if v.scheduled else NO,
            (Column.LOCKED, None): YES if v.locked else NO,
        }
        for language in self.languages:
            said[Column.TITLE, language] = v.title.get(language, "")
            said[Column.SUMMARY, language] = v.summary.get(language, "")
            said[Column.ABSTRACT, language] = v.abstract.get(language, "")
            said[Column.TALK, language] = to_lines([r.title.get(language, "") for r in v.people])
        return said

    def _named(self, name: Translated, key: str) -> str:
        return f"{name.text(self.language, self.languages)} [{key}]"


def _link(link: LinkValue) -> str:
    prefix = ATTACHMENT if link.kind is LinkKind.ATTACHMENT else ""
    return f"{prefix}{link.url} {link.title}".rstrip()


def _fitting(cell: str) -> str:
    """As much of the cell as a workbook takes, in whole lines."""
    return cell if len(cell) <= _MOST_CHARACTERS else cell[:_MOST_CHARACTERS].rpartition("\n")[0]
