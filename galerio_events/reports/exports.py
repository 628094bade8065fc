"""Summaries as files. `names` says what the kinds of affiliation are called; every format holds the same figures."""

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO, StringIO
from typing import Any

import xlsxwriter

from galerio_events.registration.domain import AffiliationKind
from galerio_events.reports.domain import Summary
from galerio_events.text import spreadsheet_safe
from galerio_events.translated import EMPTY, Translated

Names = Mapping[AffiliationKind, Translated]

CSV_COLUMNS = ("figure", "key", "name_ja", "name_en", "value")


def to_object(summary: Summary, names: Names) -> dict[str, Any]:
    """The object that other programs rely on; docs/reports.md describes it. Names are objects of language to text,
    `share_percent` is a number with one decimal."""
    source = summary.generated_from
    return {
        "event": summary.event,
        "basis": summary.basis.value,
        "total": summary.total,
        "overseas": summary.overseas,
        "countries": [{"code": c.code, "name": _both(c.name), "count": c.count} for c in summary.countries],
        "affiliations": [
            {
                "kind": a.kind.value,
                "name": _both(names[a.kind]),
                "count": a.count,
                "share_percent": a.share_tenths / 10,
            }
            for a in summary.affiliations
        ],
        "sessions": [
            {
                "key": s.key,
                "title": dict(s.title),
                "registered": s.registered,
                "attended": s.attended,
                "minutes": s.minutes,
            }
            for s in summary.sessions
        ],
        "generated_from": {
            "release": source.release,
            "registrations": source.registrations,
            "affiliations_stated": source.affiliations_stated,
            "basis": source.basis,
        },
    }


def to_json(summary: Summary, names: Names) -> bytes:
    """`to_object` as indented UTF-8 with a line feed at the end; equal summaries give equal bytes."""
    return (json.dumps(to_object(summary, names), ensure_ascii=False, indent=2) + "\n").encode()


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: what it is, of what, what that is called, and the value. A share is a text with one decimal."""

    figure: str
    key: str
    name: Translated
    value: int | str


def rows(summary: Summary, names: Names) -> Iterator[Row]:
    """Every figure of the summary in the order of the JSON object."""
    source = summary.generated_from
    yield Row("event", "", EMPTY, summary.event)
    yield Row("basis", "", EMPTY, summary.basis.value)
    yield Row("total", "", EMPTY, summary.total)
    yield Row("overseas", "", EMPTY, summary.overseas)
    for country in summary.countries:
        yield Row("country_count", country.code, country.name, country.count)
    for affiliation in summary.affiliations:
        name = names[affiliation.kind]
        yield Row("affiliation_count", affiliation.kind.value, name, affiliation.count)
        yield Row("affiliation_share_percent", affiliation.kind.value, name, affiliation.share_text)
    for session in summary.sessions:
        yield Row("session_registered", session.key, session.title, session.registered)
        yield Row("session_attended", session.key, session.title, session.attended)
        yield Row("session_minutes", session.key, session.title, session.minutes)
    yield Row("generated_from_release", "", EMPTY, "" if source.release is None else source.release)
    yield Row("generated_from_registrations", "", EMPTY, source.registrations)
    yield Row("generated_from_affiliations_stated", "", EMPTY, source.affiliations_stated)
    yield Row("generated_from_basis", "", EMPTY, source.basis)


def to_csv(summary: Summary, names: Names) -> bytes:
    """One row a figure under `CSV_COLUMNS`: UTF-8 with a byte order mark, CRLF (RFC 4180), formulas neutralised."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    for row in rows(summary, names):
        cells = (row.figure, row.key, row.name.get("ja", ""), row.name.get("en", ""), str(row.value))
        writer.writerow([spreadsheet_safe(cell) for cell in cells])
    return out.getvalue().encode("utf-8-sig")


def to_xlsx(summary: Summary, names: Names, *, made_at: datetime) -> bytes:
    """A workbook with the sheets Summary, Countries, Affiliations and Sessions; numbers are numbers, text is never a
    formula. `made_at` is the date in its properties; equal arguments give equal bytes."""
    source = summary.generated_from
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True, "in_memory": True})
    book.set_properties({"title": f"{summary.event}: summary", "created": made_at.replace(tzinfo=None)})
    _sheet(
        book,
        "Summary",
        ("figure", "value"),
        [
            ("event", summary.event),
            ("basis", summary.basis.value),
            ("total", summary.total),
            ("overseas", summary.overseas),
            ("countries", len(summary.countries)),
            ("release", "" if source.release is None else source.release),
            ("registrations", source.registrations),
            ("affiliations_stated", source.affiliations_stated),
            ("basis_definition", source.basis),
        ],
        widths=(22, 44),
    )
    _sheet(
        book,
        "Countries",
        ("code", "name_ja", "name_en", "count"),
        [(c.code, *_pair(c.name), c.count) for c in summary.countries],
        widths=(8, 28, 28, 10),
    )
    _sheet(
        book,
        "Affiliations",
        ("kind", "name_ja", "name_en", "count", "share_percent"),
        [(a.kind.value, *_pair(names[a.kind]), a.count, a.share_tenths / 10) for a in summary.affiliations],
        widths=(28, 24, 32, 10, 14),
    )
    _sheet(
        book,
        "Sessions",
        ("key", "title_ja", "title_en", "registered", "attended", "minutes"),
        [(s.key, *_pair(s.title), s.registered, s.attended, s.minutes) for s in summary.sessions],
        widths=(22, 48, 48, 12, 12, 12),
    )
    book.close()
    return out.getvalue()


def _sheet(
    book: Any,
    name: str,
    columns: tuple[str, ...],
    lines: list[tuple[str | int | float, ...]],
    *,
    widths: tuple[int, ...],
) -> None:
    sheet = book.add_worksheet(name)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)
    head = book.add_format({"bold": True})
    share = book.add_format({"num_format": "0.0"})
    for column, title in enumerate(columns):
        sheet.write_string(0, column, title, head)
    for number, line in enumerate(lines, 1):
        for column, value in enumerate(line):
            if isinstance(value, str):
                sheet.write_string(number, column, spreadsheet_safe(value))
            else:
                sheet.write_number(number, column, value, share if isinstance(value, float) else None)


def _both(name: Translated) -> dict[str, str]:
    ja, en = _pair(name)
    return {"ja": ja, "en": en}


def _pair(name: Translated) -> tuple[str, str]:
    return name.get("ja", ""), name.get("en", "")
