"""Every file that a programme can be written into: what it is called, what it is, and what it is made of."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePath

from galerio_events.programme.domain.whole import WholeProgramme
from galerio_events.releases.domain.document import PublishedProgramme
from galerio_events.releases.exports import frab_json, frab_xml, ical, pdf, programme_file, tables


class FileKind(StrEnum):
    """A kind of file; its value is what the command line calls it."""

    YAML = "yaml"
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"
    FRAB_XML = "frab-xml"
    FRAB_JSON = "frab-json"
    ICAL = "ical"
    TIMETABLE = "timetable"
    BOOKLET = "booklet"


# The name that a file of that kind has at the end of an address.
NAMES: dict[FileKind, str] = {
    FileKind.YAML: "programme.yaml",
    FileKind.JSON: "programme.json",
    FileKind.CSV: "sessions.csv",
    FileKind.XLSX: "sessions.xlsx",
    FileKind.FRAB_XML: "schedule.xml",
    FileKind.FRAB_JSON: "schedule.json",
    FileKind.ICAL: "programme.ics",
    FileKind.TIMETABLE: "timetable.pdf",
    FileKind.BOOKLET: "booklet.pdf",
}
BY_NAME = {name: kind for kind, name in NAMES.items()}
MIMETYPES: dict[FileKind, str] = {
    FileKind.YAML: "application/yaml",
    FileKind.JSON: "application/json",
    FileKind.CSV: "text/csv",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.FRAB_XML: "application/xml",
    FileKind.FRAB_JSON: "application/json",
    FileKind.ICAL: "text/calendar",
    FileKind.TIMETABLE: "application/pdf",
    FileKind.BOOKLET: "application/pdf",
}
# The two programme files carry every language; each of the others is in one.
EVERY_LANGUAGE = frozenset({FileKind.YAML, FileKind.JSON})
# These carry the organisers' fields and the tray, where they are made of a draft.
WHOLE = frozenset({FileKind.YAML, FileKind.JSON, FileKind.CSV, FileKind.XLSX})
_BY_ENDING = {
    ".yaml": FileKind.YAML,
    ".yml": FileKind.YAML,
    ".json": FileKind.JSON,
    ".csv": FileKind.CSV,
    ".xlsx": FileKind.XLSX,
    ".xml": FileKind.FRAB_XML,
    ".ics": FileKind.ICAL,
    ".pdf": FileKind.TIMETABLE,
}


@dataclass(frozen=True, slots=True)
class Source:
    """What files are made of: the programme as the public may know it and as a whole, and the pictures in it."""

    published: PublishedProgramme
    whole: WholeProgramme
    images: pdf.Images = field(default_factory=dict)


def recognised(file_name: str) -> FileKind | None:
    """The kind that a file of that name is meant to be, by name, else by ending; None where neither is known."""
    path = PurePath(file_name.lower())
    return BY_NAME.get(path.name) or _BY_ENDING.get(path.suffix)


def write(kind: FileKind, source: Source, *, language: str, base_url: str, organiser_address: str = "") -> bytes:
    """The file. Raises `pdf.NotTypeset` where a PDF cannot be made."""
    published, whole = source.published, source.whole
    if kind is FileKind.YAML:
        return programme_file.to_yaml(whole)
    if kind is FileKind.JSON:
        return programme_file.to_json(whole)
    if kind is FileKind.CSV:
        return tables.to_csv(whole, language)
    if kind is FileKind.XLSX:
        return tables.to_xlsx(whole, language)
    if kind is FileKind.FRAB_XML:
        return frab_xml.schedule_xml(published, language=language, base_url=base_url)
    if kind is FileKind.FRAB_JSON:
        return frab_json.schedule_json(published, language=language, base_url=base_url)
    if kind is FileKind.ICAL:
        return ical.feed(published, language=language, base_url=base_url, organiser_address=organiser_address)
    if kind is FileKind.TIMETABLE:
        return pdf.timetable(published, language=language, base_url=base_url, images=source.images)
    return pdf.booklet(published, language=language, base_url=base_url, images=source.images)
