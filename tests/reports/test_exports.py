"""Files of a summary: their exact shape, and that nothing in them is run by a spreadsheet."""

import csv
import json
from datetime import UTC, datetime
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook

from galerio_events.registration.domain import AffiliationKind
from galerio_events.reports import domain, exports
from galerio_events.reports.domain import Basis, CountryFigure, SessionFigure, Source, Summary
from galerio_events.translated import Translated
from tests.reports import readers
from tests.support.builders import tr

NAMES = {kind: tr(f"種別{kind.value}", kind.value.upper()) for kind in AffiliationKind}
MADE_AT = datetime(2022, 12, 1, tzinfo=UTC)
NASTY = '=HYPERLINK("http://example.org","x")'


def summary_of(title: Translated) -> Summary:
    """Twelve thousand people in two countries and one session of that title."""
    return Summary(
        event="ascc11",
        basis=Basis.REGISTERED,
        total=12345,
        overseas=345,
        countries=(
            CountryFigure("JP", tr("日本", "Japan"), 12000),
            CountryFigure("CI", tr("コートジボワール", "Côte d’Ivoire"), 345),
        ),
        affiliations=domain.affiliation_figures({AffiliationKind.COMPANY: 2, AffiliationKind.OTHER: 1}),
        sessions=(SessionFigure("opening", title, 7, 5, 48),),
        generated_from=Source(3, 12345, 3, "active registrations"),
    )


def test_the_object_that_programs_rely_on() -> None:
    made = exports.to_json(summary_of(tr("開会")), NAMES)
    found = json.loads(made)
    assert list(found) == [
        "event",
        "basis",
        "total",
        "overseas",
        "countries",
        "affiliations",
        "sessions",
        "generated_from",
    ]
    assert (found["event"], found["basis"], found["total"], found["overseas"]) == ("ascc11", "registered", 12345, 345)
    assert found["countries"][0] == {"code": "JP", "name": {"ja": "日本", "en": "Japan"}, "count": 12000}
    assert found["affiliations"][0] == {
        "kind": "company",
        "name": {"ja": "種別company", "en": "COMPANY"},
        "count": 2,
        "share_percent": 66.7,
    }
    assert found["sessions"] == [
        {"key": "opening", "title": {"ja": "開会"}, "registered": 7, "attended": 5, "minutes": 48}
    ]
    assert found["generated_from"] == {
        "release": 3,
        "registrations": 12345,
        "affiliations_stated": 3,
        "basis": "active registrations",
    }
    assert made.endswith(b"}\n")
    assert "日本".encode() in made


def test_csv_is_one_row_a_figure() -> None:
    made = exports.to_csv(summary_of(tr("開会", "Opening")), NAMES)
    assert made.startswith(b"\xef\xbb\xbffigure,key,name_ja,name_en,value\r\n")
    assert made.count(b"\n") == made.count(b"\r\n")
    lines = made.decode("utf-8-sig").split("\r\n")
    assert "total,,,,12345" in lines
    assert "country_count,CI,コートジボワール,Côte d’Ivoire,345" in lines
    assert "affiliation_share_percent,company,種別company,COMPANY,66.7" in lines
    assert "session_minutes,opening,開会,Opening,48" in lines


@pytest.mark.parametrize("title", [NASTY, "@SUM(A1)", "-1+cmd|' /C calc'!A0", "+1+1=2", "\t=1"])
def test_formulas_are_neutralised(title: str) -> None:
    summary = summary_of(Translated({"ja": title, "en": title}))
    rows = list(csv.reader(StringIO(exports.to_csv(summary, NAMES).decode("utf-8-sig"), newline="")))
    shown = title.strip()
    assert {row[2] for row in rows if row[1] == "opening"} == {f"'{shown}"}
    cell = load_workbook(BytesIO(exports.to_xlsx(summary, NAMES, made_at=MADE_AT)))["Sessions"]["B2"]
    assert (cell.data_type, cell.value) == ("s", f"'{shown}")


def test_the_workbook() -> None:
    book = load_workbook(BytesIO(exports.to_xlsx(summary_of(tr("開会", "Opening")), NAMES, made_at=MADE_AT)))
    assert book.sheetnames == ["Summary", "Countries", "Affiliations", "Sessions"]
    rows = list(book["Countries"].iter_rows(values_only=True))
    assert rows == [
        ("code", "name_ja", "name_en", "count"),
        ("JP", "日本", "Japan", 12000),
        ("CI", "コートジボワール", "Côte d’Ivoire", 345),
    ]
    assert book["Affiliations"]["E2"].value == 66.7
    assert book["Affiliations"]["E2"].number_format == "0.0"
    assert book.properties.created == datetime(2022, 12, 1)  # noqa: DTZ001 the format has no zones


def test_every_form_has_the_same_figures() -> None:
    summary = summary_of(tr("開会", "Opening"))
    figures = readers.of_json(exports.to_json(summary, NAMES))
    assert readers.of_csv(exports.to_csv(summary, NAMES)) == figures
    assert readers.of_xlsx(exports.to_xlsx(summary, NAMES, made_at=MADE_AT)) == figures
    assert len(figures) == 2 + 2 + 2 * 9 + 3


def test_equal_summaries_give_equal_bytes() -> None:
    one, other = summary_of(tr("開会")), summary_of(tr("開会"))
    assert exports.to_json(one, NAMES) == exports.to_json(other, NAMES)
    assert exports.to_csv(one, NAMES) == exports.to_csv(other, NAMES)
    assert exports.to_xlsx(one, NAMES, made_at=MADE_AT) == exports.to_xlsx(other, NAMES, made_at=MADE_AT)
