"""Any file that a programme can be read from: what it is, and what it says."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from galerio_events.errors import ImportRefused, Problem
from galerio_events.programme.domain.incoming import (
    MOST_BYTES,
    OWN,
    TABLES,
    FileKind,
    ProgrammeFile,
    RowProblem,
    Target,
    Told,
    Unreadable,
    unreadable,
)
from galerio_events.programme.domain.parsed import file_of
from galerio_events.programme.imports import frab_json, frab_xml, ical_file, table_file, yaml_file
from galerio_events.programme.imports.frab_json import read_json
from galerio_events.programme.imports.sheets import Sheet, read_csv, read_xlsx
from galerio_events.programme.imports.yaml_tree import Mistake

_ENDINGS = {
    "yaml": FileKind.YAML,
    "yml": FileKind.YAML,
    "xml": FileKind.FRAB_XML,
    "json": FileKind.FRAB_JSON,
    "csv": FileKind.CSV,
    "tsv": FileKind.CSV,
    "txt": FileKind.CSV,
    "xlsx": FileKind.XLSX,
    "ics": FileKind.ICAL,
    "ical": FileKind.ICAL,
}
_SECTIONS = re.compile(r"^(edition|venues|tracks|people|sessions|organisations)\s*:", re.MULTILINE)
_OWN_JSON = re.compile(r'^\s*\{\s*"(edition|venues|tracks|people|sessions|organisations)"\s*:')


@dataclass(frozen=True, slots=True)
class Read:
    """A file that was read: `columns` are those of a table."""

    kind: FileKind
    file: ProgrammeFile
    columns: tuple[table_file.Heading, ...] = ()


def recognise(data: bytes, filename: str = "") -> FileKind:
    """What kind of file it is: by its content, and by the end of its name where that says nothing.

    Raises `Unreadable`.
    """
    if not data.strip():
        raise unreadable(Told.EMPTY)
    if data.startswith(b"PK\x03\x04"):
        return FileKind.XLSX
    text = _beginning(data)
    begins = text.lstrip("\ufeff \t\r\n")
    if begins.startswith("<"):
        return FileKind.FRAB_XML
    if begins[:15].upper() == "BEGIN:VCALENDAR":
        return FileKind.ICAL
    if begins.startswith("{"):
        return FileKind.JSON if _OWN_JSON.match(begins) else FileKind.FRAB_JSON
    if _SECTIONS.search(text):
        return FileKind.YAML
    kind = _ENDINGS.get(filename.rpartition(".")[2].lower())
    if kind in {FileKind.YAML, FileKind.FRAB_JSON, FileKind.CSV}:
        return kind
    first = begins.split("\n", 1)[0]
    if "\x00" not in text and any(separator in first for separator in ",;\t"):
        return FileKind.CSV
    raise unreadable(Told.NOT_RECOGNISED)


def read(
    data: bytes, target: Target, *, filename: str = "", kind: FileKind | None = None, columns: Mapping[int, str]
) -> Read:
    """What the file says. `kind` overrides what is recognised, `columns` are those somebody has chosen for a table.

    Raises `Unreadable`.
    """
    if len(data) > MOST_BYTES:
        raise unreadable(Told.TOO_LARGE, most=str(MOST_BYTES >> 20))
    kind = kind or recognise(data, filename)
    if kind in TABLES:
        sheet = sheet_of(data, kind)
        return Read(kind, table_file.parse(sheet, kind, target, columns), table_file.headings(sheet, target, columns))
    if kind is FileKind.JSON:
        # What breaks the file is told in the words of JSON; the rest of it is read as YAML, which knows the lines.
        read_json(data)
    if kind in OWN:
        return Read(kind, _own(data, target))
    parse = {FileKind.FRAB_XML: frab_xml.parse, FileKind.FRAB_JSON: frab_json.parse, FileKind.ICAL: ical_file.parse}
    return Read(kind, parse[kind](data, target))


def sheet_of(data: bytes, kind: FileKind) -> Sheet:
    """The rows of a table. Raises `Unreadable`."""
    return read_xlsx(data) if kind is FileKind.XLSX else read_csv(data)


def _own(data: bytes, target: Target) -> ProgrammeFile:
    """A programme file of our own, whose reader tells in words what is wrong."""
    try:
        return file_of(yaml_file.parse(data, slug=target.slug))
    except ImportRefused as refused:
        raise Unreadable(*map(_told, refused.problems)) from None


def _told(problem: Problem) -> RowProblem:
    if isinstance(problem, Mistake):
        return RowProblem(problem.line, problem.told, "", dict(problem.details))
    return RowProblem(problem.line, Told.IN_OWN_WORDS, "", {"message": problem.message})


def _beginning(data: bytes) -> str:
    """The first of the text, in whichever encoding."""
    some = data[:200_000]
    if some[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return some[: len(some) // 2 * 2].decode("utf-16", "replace")
    return some.decode("utf-8-sig", "replace")
