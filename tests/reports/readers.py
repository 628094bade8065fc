"""Reads every form of a summary back into the same flat figures, to compare them to the last digit."""

import csv
import json
from html.parser import HTMLParser
from io import BytesIO, StringIO
from typing import Any

from openpyxl import load_workbook

# (figure, key) to what the file says, as text.
Figures = dict[tuple[str, str], str]


def of_json(made: bytes) -> Figures:
    """The figures of the JSON object."""
    found: dict[str, Any] = json.loads(made)
    figures = {(name, ""): str(found[name]) for name in ("total", "overseas")}
    for country in found["countries"]:
        figures["country_count", country["code"]] = str(country["count"])
    for affiliation in found["affiliations"]:
        figures["affiliation_count", affiliation["kind"]] = str(affiliation["count"])
        figures["affiliation_share_percent", affiliation["kind"]] = str(affiliation["share_percent"])
    for session in found["sessions"]:
        for name in ("registered", "attended", "minutes"):
            figures[f"session_{name}", session["key"]] = str(session[name])
    return figures


def of_csv(made: bytes) -> Figures:
    """The figures of the CSV."""
    rows = csv.DictReader(StringIO(made.decode("utf-8-sig"), newline=""))
    return {
        (row["figure"], row["key"]): row["value"]
        for row in rows
        if row["figure"] not in {"event", "basis"} and not row["figure"].startswith("generated_from")
    }


def of_xlsx(made: bytes) -> Figures:
    """The figures of the workbook."""
    book = load_workbook(BytesIO(made), data_only=False)
    totals = dict(book["Summary"].iter_rows(min_row=2, values_only=True))
    figures = {(name, ""): str(totals[name]) for name in ("total", "overseas")}
    for code, *_names, count in book["Countries"].iter_rows(min_row=2, values_only=True):
        figures["country_count", str(code)] = str(count)
    for kind, _ja, _en, count, share in book["Affiliations"].iter_rows(min_row=2, values_only=True):
        figures["affiliation_count", str(kind)] = str(count)
        figures["affiliation_share_percent", str(kind)] = f"{share:.1f}"
    for key, _ja, _en, *values in book["Sessions"].iter_rows(min_row=2, values_only=True):
        for name, value in zip(("registered", "attended", "minutes"), values, strict=True):
            figures[f"session_{name}", str(key)] = str(value)
    return figures


class _Tables(HTMLParser):
    """Collects the `data` elements of each row or total, by the id of what holds them and the row's key."""

    def __init__(self) -> None:
        super().__init__()
        self.table = ""
        self.key = ""
        self.found: dict[tuple[str, str], list[str]] = {}
        self.texts: list[str] = []
        self.value: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in {"table", "dl"}:
            self.table = given.get("id", "")
        if "data-key" in given:
            self.key = given["data-key"]
        if tag == "data":
            self.value = given["value"]
            self.found.setdefault((self.table, self.key), []).append(self.value)
            self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "data":
            # What people read is what programs read, but for separators of thousands and the sign.
            assert self.texts[-1].replace(",", "").removesuffix("%") == self.value
            self.value = None

    def handle_data(self, data: str) -> None:
        if self.value is not None:
            self.texts[-1] += data


def of_html(made: bytes) -> Figures:
    """The figures of a page's tables."""
    parser = _Tables()
    parser.feed(made.decode())
    names = {
        "countries": ("country_count",),
        "affiliations": ("affiliation_count", "affiliation_share_percent"),
        "sessions": ("session_registered", "session_attended", "session_minutes"),
    }
    figures: Figures = {}
    for (table, key), values in parser.found.items():
        if table == "totals":
            if key != "countries":
                figures[key, ""] = values[0]
            continue
        for name, value in zip(names[table], values, strict=True):
            figures[name, key] = value
    return figures
