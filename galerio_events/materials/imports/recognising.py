"""What a file is: by its first bytes and, where it is a ZIP, by the names of what is in it. Nothing is decompressed."""

import os
from typing import BinaryIO

from galerio_events.materials.domain import FileFormat, FileLimits, FileProblem, FileRefused
from galerio_events.materials.imports.zips import END, END_WITHIN, Entry, Window, looks_like_an_end, read_entries

_START = 16
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_MIMETYPE = b"application/vnd.oasis.opendocument."
_MOST_NESTED = 4 * 1024 * 1024


def recognised(file: BinaryIO, limits: FileLimits) -> FileFormat:
    """The format of that file, which can be sought in and stands anywhere. Raises `FileRefused`.

    A picture is only recognised by its first bytes here: `clean_picture` then reads it.
    """
    size = file.seek(0, os.SEEK_END)
    if not size:
        raise FileRefused(FileProblem.EMPTY)
    if size > max(limits.document, limits.picture):
        raise FileRefused(FileProblem.TOO_LARGE)
    file.seek(0)
    kind = _format(file.read(_START), Window(file, 0, size))
    if size > limits.most(kind):
        raise FileRefused(FileProblem.PICTURE_TOO_LARGE if kind.is_picture else FileProblem.TOO_LARGE)
    return kind


def _format(start: bytes, whole: Window) -> FileFormat:
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileFormat.PNG
    if start.startswith(b"\xff\xd8\xff"):
        return FileFormat.JPEG
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return FileFormat.WEBP
    if start.startswith(b"%PDF-"):
        _check_pdf(whole)
        return FileFormat.PDF
    if start.startswith(_ZIP):
        return _zipped(whole)
    if start.startswith(_OLE):
        raise FileRefused(FileProblem.OLD_OR_ENCRYPTED)
    raise FileRefused(FileProblem.UNKNOWN_FORMAT)


def _check_pdf(whole: Window) -> None:
    """Its end is there (ISO 32000-1, 7.5.5), and it is not the end of a ZIP file as well."""
    tail = whole.read(max(0, whole.size - END_WITHIN), END_WITHIN)
    if b"%%EOF" not in tail[-2048:]:
        raise FileRefused(FileProblem.DAMAGED)
    at = tail.rfind(END)
    while at >= 0:
        if looks_like_an_end(tail[at:], whole.size - len(tail) + at):
            raise FileRefused(FileProblem.SECOND_FILE)
        at = tail.rfind(END, 0, at)


def _zipped(whole: Window) -> FileFormat:
    entries = read_entries(whole)
    names = {entry.name for entry in entries}
    if any(entry.encrypted for entry in entries) or "encrypted-package" in names:
        raise FileRefused(FileProblem.ENCRYPTED)
    if any(name.lower().endswith("vbaproject.bin") or name.startswith(("Basic/", "Scripts/")) for name in names):
        raise FileRefused(FileProblem.MACROS)
    if "[Content_Types].xml" in names and "ppt/presentation.xml" in names:
        return FileFormat.PPTX
    if "mimetype" in names:
        return _open_document(whole, entries)
    if _is_keynote(whole, entries):
        return FileFormat.KEY
    office = names & {"word/document.xml", "xl/workbook.xml", "Index/Document.iwa", "Index.zip", "index.xml"}
    raise FileRefused(FileProblem.OTHER_DOCUMENT if office else FileProblem.UNKNOWN_FORMAT)


def _open_document(whole: Window, entries: list[Entry]) -> FileFormat:
    """`mimetype` is the first entry and stored as it is (OpenDocument 1.3, part 2, 3.3)."""
    first = min(entries, key=lambda entry: entry.offset)
    if first.name != "mimetype" or not first.stored or first.offset or first.size > 200:
        raise FileRefused(FileProblem.UNKNOWN_FORMAT)
    stated = whole.within(first).read(0, first.size).strip()
    if stated == _MIMETYPE + b"presentation":
        return FileFormat.ODP
    raise FileRefused(FileProblem.OTHER_DOCUMENT if stated.startswith(_MIMETYPE) else FileProblem.UNKNOWN_FORMAT)


def _is_keynote(whole: Window, entries: list[Entry]) -> bool:
    """Numbers and Pages have the same folders, but no slides; the slides may lie in a stored ZIP of their own."""
    if any(entry.name in {"index.apxl", "index.apxl.gz"} or _is_slide(entry.name) for entry in entries):
        return True
    inner = next((entry for entry in entries if entry.name == "Index.zip"), None)
    if inner is None or not inner.stored or inner.size > _MOST_NESTED:
        return False
    return any(_is_slide(entry.name) for entry in read_entries(whole.within(inner)))


def _is_slide(name: str) -> bool:
    folder, _slash, file = name.rpartition("/")
    slides = ("Slide", "MasterSlide", "TemplateSlide")
    return folder in {"", "Index"} and file.startswith(slides) and file.endswith(".iwa")
