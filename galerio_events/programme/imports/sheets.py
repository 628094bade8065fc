"""Tables as rows of cells: CSV in whichever encoding and with whichever separator, and a workbook's first sheet."""

import csv
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO, StringIO
from typing import Any

from defusedxml import DefusedXmlException

from galerio_events.programme.domain.incoming import MOST_ROWS, RowProblem, Told, unreadable

MOST_COLUMNS = 200
MOST_CHARACTERS = 200_000
# A workbook unpacks to at most so many bytes, and each part of it to at most so many times its size.
MOST_UNPACKED = 200 * 1024 * 1024
MOST_RATIO = 300
_SMALL = 1024 * 1024
_SEPARATORS = ",;\t"
# A line end at the beginning of a cell says something where lines go with those of another cell.
_SPACES = " \t\r\u3000"


@dataclass(frozen=True, slots=True)
class Sheet:
    """`rows` are (row number, cells); blank rows are left out. Cells are texts, dates and times as ISO 8601."""

    rows: tuple[tuple[int, tuple[str, ...]], ...]
    problems: tuple[RowProblem, ...] = ()


def read_csv(data: bytes) -> Sheet:
    """The rows of the file; row numbers are those of its records. Raises `Unreadable`."""
    text = _decoded(data)
    if "\x00" in text:
        raise unreadable(Told.NOT_RECOGNISED)
    rows: list[tuple[int, tuple[str, ...]]] = []
    csv.field_size_limit(MOST_CHARACTERS)
    lines = csv.reader(StringIO(text, newline=""), delimiter=_separator(text))
    try:
        for number, cells in enumerate(lines, start=1):
            _append(rows, number, [cell.strip(_SPACES) for cell in cells])
    except csv.Error:
        # The only thing that it minds in a text like this.
        raise unreadable(Told.CELL_TOO_LONG, rows[-1][0] + 1 if rows else 1, most=f"{MOST_CHARACTERS:,}") from None
    return Sheet(tuple(rows))


def read_xlsx(data: bytes) -> Sheet:
    """The rows of the first sheet that has any. Raises `Unreadable`."""
    # A tenth of what the application takes to start, for the few requests that read a workbook.
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    _check_size(data)
    try:
        book = openpyxl.load_workbook(BytesIO(data), read_only=True, data_only=True)
        written = openpyxl.load_workbook(BytesIO(data), read_only=True, data_only=False)
        try:
            return _sheet(book, written)
        finally:
            book.close()
            written.close()
    except DefusedXmlException:
        raise unreadable(Told.FORBIDDEN_XML) from None
    except (
        *(InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, IndexError),
        *(OSError, SyntaxError, EOFError, OverflowError, RecursionError, zipfile.LargeZipFile, NotImplementedError),
        # Encrypted parts.
        RuntimeError,
    ):
        raise unreadable(Told.NOT_A_WORKBOOK) from None


def _decoded(data: bytes) -> str:
    """The text: UTF-16 with its mark, else UTF-8, else what spreadsheets in Japan write (CP932). May raise."""
    marked = data[:2] in {b"\xff\xfe", b"\xfe\xff"}
    encodings = ["utf-16"] if marked else ["utf-8-sig", "cp932"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise unreadable(Told.ENCODING)


def _separator(text: str) -> str:
    """What separates the cells: of those that stand in the first line outside quotes, the most frequent."""
    counts = dict.fromkeys(_SEPARATORS, 0)
    quoted = False
    for character in text[:20_000]:
        if character == '"':
            quoted = not quoted
        elif character == "\n" and not quoted and any(counts.values()):
            break
        elif character in counts and not quoted:
            counts[character] += 1
    return max(_SEPARATORS, key=lambda separator: counts[separator])


def _append(rows: list[tuple[int, tuple[str, ...]]], number: int, cells: list[str]) -> None:
    if len(rows) > MOST_ROWS:
        raise unreadable(Told.TOO_MANY_ROWS, number, most=f"{MOST_ROWS:,}")
    if any(cell.strip() for cell in cells):
        rows.append((number, tuple(cells[:MOST_COLUMNS])))


def _check_size(data: bytes) -> None:
    """Refuse what unpacks to far more than it is. Raises `Unreadable`."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise unreadable(Told.NOT_A_WORKBOOK) from None
    if len(parts) > 2_000 or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise unreadable(Told.UNPACKS_TOO_LARGE)
    for part in parts:
        if part.file_size > _SMALL and part.file_size > MOST_RATIO * max(part.compress_size, 1):
            raise unreadable(Told.UNPACKS_TOO_LARGE)


def _sheet(book: Any, written: Any) -> Sheet:
    for name in book.sheetnames:
        values, formulas = book[name], written[name]
        if not hasattr(values, "iter_rows"):
            continue
        rows: list[tuple[int, tuple[str, ...]]] = []
        problems: list[RowProblem] = []
        pairs = zip(_rows(values), _rows(formulas), strict=False)
        for number, (cells, as_written) in enumerate(pairs, start=1):
            row = [_text(cell) for cell in cells[:MOST_COLUMNS]]
            for at, formula in enumerate(as_written[:MOST_COLUMNS]):
                if isinstance(formula, str) and formula.startswith("=") and at < len(row) and row[at] != formula:
                    told = Told.FORMULA_RESULT if row[at] else Told.FORMULA
                    details = {"cell": f"{_letters(at)}{number}", "value": row[at][:60]}
                    problems.append(RowProblem(number, told, "", details))
            _append(rows, number, row)
        if rows:
            return Sheet(tuple(rows), tuple(problems))
    raise unreadable(Told.EMPTY)


def _rows(sheet: Any) -> Iterator[tuple[Any, ...]]:
    # What a workbook says of its own size may be anything.
    sheet.reset_dimensions()
    yield from sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS, max_row=MOST_ROWS + 1000)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime) and value.year < 1901:
        # A time alone, which a workbook counts from the day on which its calendar begins.
        return _rounded(value).time().isoformat("minutes")
    if isinstance(value, datetime):
        return _rounded(value).isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return _rounded(datetime.combine(date(2000, 1, 1), value)).time().isoformat("minutes")
    if isinstance(value, timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60}:{minutes % 60:02}" if minutes >= 0 else ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value).strip(_SPACES)[:MOST_CHARACTERS]


def _rounded(moment: datetime) -> datetime:
    """To the minute: spreadsheets count days in fractions, and 15:50 comes back as 15:49:59.999."""
    return (moment + timedelta(seconds=30)).replace(second=0, microsecond=0)


def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
