"""Tables to fill in: the columns that an import knows, an example, and what can be written where."""

import csv
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO, StringIO

import xlsxwriter

from galerio_events.programme.domain import RoleKind, SessionKind, SessionStatus
from galerio_events.programme.domain.columns import NO, UNLIMITED, YES, Column, header, headers, to_cell

# What somebody who plans a programme fills in; identities come by themselves.
COLUMNS = (
    *(Column.KEY, Column.TITLE, Column.KIND, Column.STARTS_AT, Column.ENDS_AT, Column.VENUE, Column.TRACK),
    *(Column.ORGANISER, Column.PEOPLE, Column.TALK, Column.SUMMARY, Column.ABSTRACT, Column.LANGUAGE),
    *(Column.INTERPRETER, Column.PLACES, Column.STATUS, Column.SCHEDULED, Column.LINKS),
)
_SHEETS = {"ja": ("セッション", "書ける値"), "en": ("Sessions", "Values")}
_EXAMPLE = {
    "ja": {
        "title": "（例）スマートシティの実践",
        "summary": "この行は例です。消してからお使いください。",
        "people": "moderator: 横浜 花子\npanelist: 都市 太郎",
        "talk": "\n",
        "track": "スマートシティ",
        "venue": "メイン会場",
    },
    "en": {
        "title": "(Example) Smart cities in practice",
        "summary": "This row is an example: delete it.",
        "people": "moderator: Hanako Yokohama\npanelist: Taro Toshi",
        "talk": "\n",
        "track": "Smart cities",
        "venue": "Main hall",
    },
}
_WIDE = {Column.TITLE: 36, Column.PEOPLE: 36, Column.SUMMARY: 36, Column.ABSTRACT: 48, Column.LINKS: 30}


@dataclass(frozen=True, slots=True)
class Sample:
    """What of an event an example needs; `venues` and `tracks` are their names."""

    zone: str
    starts_on: date
    venues: tuple[str, ...] = ()
    tracks: tuple[str, ...] = ()


def template_csv(sample: Sample, languages: tuple[str, ...], language: str) -> bytes:
    """The table in UTF-8 with a byte order mark, for readers of `language`."""
    out = StringIO(newline="")
    csv.writer(out).writerows(_rows(sample, languages, language))
    return out.getvalue().encode("utf-8-sig")


def template_xlsx(sample: Sample, languages: tuple[str, ...], language: str) -> bytes:
    """The table as a workbook, with a second sheet of what can be written where."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001 a time of the format, without a zone
    heading = book.add_format({"bold": True, "bg_color": "#E6EEF2", "bottom": 1, "valign": "top"})
    plain = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    sessions, values = _SHEETS[language]
    sheet = book.add_worksheet(sessions)
    sheet.freeze_panes(1, 1)
    for at, (column, _of, _name) in enumerate(headers(COLUMNS, language, languages)):
        sheet.set_column(at, at, _WIDE.get(column, 18), plain)
    for number, row in enumerate(_rows(sample, languages, language)):
        for at, cell in enumerate(row):
            sheet.write_string(number, at, cell, plain if number else heading)
    listed = book.add_worksheet(values)
    lists = possible(sample, language)
    for at, (name, _words) in enumerate(lists):
        listed.set_column(at, at, 24)
        listed.write_string(0, at, name, heading)
    for number in range(max(len(words) for _name, words in lists)):
        for at, (_name, words) in enumerate(lists):
            if number < len(words):
                listed.write_string(number + 1, at, to_cell(words[number]), plain)
    book.close()
    return out.getvalue()


def possible(sample: Sample, language: str) -> list[tuple[str, tuple[str, ...]]]:
    """(heading, words) of what can be written in the columns that know only certain words."""
    return [
        (header(Column.KIND, language), tuple(kind.value for kind in SessionKind)),
        (header(Column.PEOPLE, language), tuple(role.value for role in RoleKind)),
        (header(Column.STATUS, language), tuple(status.value for status in SessionStatus)),
        (header(Column.INTERPRETER, language), (YES, NO)),
        (header(Column.SCHEDULED, language), (YES, NO)),
        (header(Column.PLACES, language), ("100", UNLIMITED)),
        (header(Column.VENUE, language), sample.venues),
        (header(Column.TRACK, language), sample.tracks),
    ]


def _rows(sample: Sample, languages: tuple[str, ...], language: str) -> list[list[str]]:
    wanted = headers(COLUMNS, language, languages)
    example = _EXAMPLE[language]
    day = sample.starts_on.isoformat()
    fixed = {
        Column.KEY: "example-session",
        Column.KIND: SessionKind.SESSION.value,
        Column.STARTS_AT: f"{day} 10:00",
        Column.ENDS_AT: f"{day} 11:30",
        Column.VENUE: sample.venues[0] if sample.venues else example["venue"],
        Column.TRACK: sample.tracks[0] if sample.tracks else example["track"],
        Column.PEOPLE: example["people"],
        Column.LANGUAGE: "en",
        Column.INTERPRETER: NO,
        Column.PLACES: "100",
        Column.STATUS: SessionStatus.TENTATIVE.value,
        Column.SCHEDULED: YES,
        Column.LINKS: "https://www.example.org/",
    }
    row = []
    for column, of, _name in wanted:
        text = _EXAMPLE.get(of or language, example).get(column.value, "") if of else fixed.get(column, "")
        row.append(to_cell(text.strip()))
    return [[name for _column, _of, name in wanted], row]
