"""The questions of a session as a table."""

import csv
from collections.abc import Iterable, Mapping
from datetime import datetime
from io import StringIO

from galerio_events import clock
from galerio_events.text import spreadsheet_safe

COLUMNS = (
    "number", "asked_at", "language", "name", "question", "votes", "state", "hidden", "answer_ja", "answer_en",
)  # fmt: skip


def to_csv(rows: Iterable[Mapping[str, object]], zone_name: str) -> bytes:
    """CSV in UTF-8 with a byte order mark, one question a row; `rows` have the `COLUMNS`.

    `asked_at` is an instant, written as a clock in the zone shows it, with its offset from UTC.
    """
    text = StringIO()
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow(COLUMNS)
    for row in rows:
        table.writerow([_cell(row[column], zone_name) for column in COLUMNS])
    return text.getvalue().encode("utf-8-sig")


def _cell(value: object, zone_name: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return clock.in_zone(value, zone_name).isoformat(timespec="minutes")
    return spreadsheet_safe(str(value))
