"""What a file is, by its content; and what is not taken, whatever it is called."""

from io import BytesIO

import pytest
from PIL import Image

from galerio_events.materials.domain import FileFormat, FileLimits, FileProblem, FileRefused
from galerio_events.materials.imports import clean_picture, recognised
from tests.materials import files
from tests.settings.pictures import encoded, picture

F, P = FileFormat, FileProblem
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (files.PDF, F.PDF),
        (files.pptx(), F.PPTX),
        (files.odp(), F.ODP),
        (files.keynote(), F.KEY),
        (files.keynote_within(), F.KEY),
        (files.zipped({"index.apxl": b"<x/>"}), F.KEY),
        (files.png(), F.PNG),
        (files.jpeg(), F.JPEG),
        (files.webp(), F.WEBP),
    ],
)
def test_a_file_is_what_its_content_says(data: bytes, kind: FileFormat) -> None:
    assert recognised(BytesIO(data), files.LIMITS) is kind


def _moved(data: bytes) -> bytes:
    return b"#!/bin/sh\n" + data


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", P.EMPTY),
        (SVG, P.UNKNOWN_FORMAT),
        (b"<?xml version='1.0'?>" + SVG, P.UNKNOWN_FORMAT),
        (HTML, P.UNKNOWN_FORMAT),
        (b"GIF89a" + bytes(20), P.UNKNOWN_FORMAT),
        (b"MZ" + bytes(60), P.UNKNOWN_FORMAT),
        # In front of a real file stands something else: it is that.
        (HTML + files.PDF, P.UNKNOWN_FORMAT),
        (_moved(files.pptx()), P.UNKNOWN_FORMAT),
        (b"%PDF-1.4\nbroken off", P.DAMAGED),
        # A PDF that is a ZIP as well, and one that a comment of the ZIP ends.
        (files.PDF + files.pptx() + b"%%EOF", P.SECOND_FILE),
        (files.PDF[:-6] + files.zipped({"a": b"b"}, comment=b"\n%%EOF\n"), P.SECOND_FILE),
        (files.pptx() + HTML, P.SECOND_FILE),
        (files.zipped({"[Content_Types].xml": b"", "ppt/presentation.xml": b""}, comment=HTML), P.SECOND_FILE),
        (files.pptx()[:-30], P.DAMAGED),
        (b"PK\x03\x04" + bytes(100), P.DAMAGED),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), P.OLD_OR_ENCRYPTED),
        (files.zipped({"[Content_Types].xml": b"", "word/document.xml": b""}), P.OTHER_DOCUMENT),
        (files.zipped({"[Content_Types].xml": b"", "xl/workbook.xml": b""}), P.OTHER_DOCUMENT),
        (files.odp(b"application/vnd.oasis.opendocument.text"), P.OTHER_DOCUMENT),
        (files.odp(b"text/html"), P.UNKNOWN_FORMAT),
        (files.zipped({"content.xml": b"", "mimetype": b"application/vnd.oasis.opendocument.presentation"}),
         P.UNKNOWN_FORMAT),
        (files.pages(), P.OTHER_DOCUMENT),
        (files.zipped({"photo.jpg": b"x"}), P.UNKNOWN_FORMAT),
        (files.zipped({"[Content_Types].xml": b"", "ppt/presentation.xml": b"", "ppt/vbaProject.bin": b""}), P.MACROS),
        (files.encrypted(), P.ENCRYPTED),
        (files.overlapping(), P.BOMB),
        (files.zipped({"ppt/presentation.xml": b"", "[Content_Types].xml": b"", "../../etc/cron.d/x": b""}), P.DAMAGED),
        (files.zipped({"ppt/presentation.xml": b"", "[Content_Types].xml": b"", "/etc/passwd": b""}), P.DAMAGED),
        (files.zipped({f"{i}": b"" for i in range(10_001)}), P.BOMB),
        (files.PDF[:-6] + bytes(2_000_000) + b"%%EOF", P.TOO_LARGE),
        (files.png() + bytes(1_000_000), P.PICTURE_TOO_LARGE),
    ],
)  # fmt: skip
def test_a_file_that_is_not_taken(data: bytes, problem: FileProblem) -> None:
    with pytest.raises(FileRefused) as refused:
        recognised(BytesIO(data), files.LIMITS)
    assert refused.value.problem is problem


def test_a_zip_bomb_is_not_opened() -> None:
    data = files.bomb()
    assert len(data) < 500_000
    with pytest.raises(FileRefused) as refused:
        recognised(BytesIO(data), FileLimits(10**9, 10**9, 10**9))
    assert refused.value.problem is FileProblem.BOMB


@pytest.mark.parametrize("end", range(1, 400, 23))
def test_a_file_that_was_cut_off_is_never_taken_for_a_whole_one(end: int) -> None:
    for data in (files.pptx(), files.odp(), files.keynote_within()):
        if end < len(data):
            with pytest.raises(FileRefused):
                recognised(BytesIO(data[:-end]), files.LIMITS)


@pytest.mark.parametrize("at", range(0, 120, 7))
def test_a_list_with_a_wrong_byte_is_read_or_refused(at: int) -> None:
    data = bytearray(files.odp())
    data[-1 - at] ^= 0xFF
    try:
        assert recognised(BytesIO(bytes(data)), files.LIMITS) in FileFormat
    except FileRefused as refused:
        assert refused.problem in FileProblem


def cleaned(data: bytes, kind: FileFormat) -> bytes:
    return clean_picture(BytesIO(data), kind)


@pytest.mark.parametrize(("data", "kind"), [(files.png(), F.PNG), (files.webp(lossless=True), F.WEBP)])
def test_a_picture_without_loss_keeps_its_pixels(data: bytes, kind: FileFormat) -> None:
    made = cleaned(data, kind)
    with Image.open(BytesIO(made)) as image, Image.open(BytesIO(data)) as given:
        assert image.tobytes() == given.tobytes()


@pytest.mark.parametrize(("kind", "name"), [(F.PNG, "PNG"), (F.JPEG, "JPEG"), (F.WEBP, "WEBP")])
def test_nothing_but_the_picture_is_kept(kind: FileFormat, name: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    data = encoded(picture(40, 30), name, exif=exif) + HTML + files.pptx()
    made = cleaned(data, kind)
    assert b"taken at home" in data
    assert b"taken at home" not in made
    assert b"<script>" not in made
    assert b"PK\x03\x04" not in made
    with Image.open(BytesIO(made)) as image:
        assert (image.format, image.size) == (name, (40, 30))


def test_a_photograph_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    with Image.open(BytesIO(cleaned(files.jpeg(exif=exif), F.JPEG))) as image:
        assert image.size == (30, 40)


@pytest.mark.parametrize(
    ("data", "kind", "problem"),
    [
        (files.huge_png(), F.PNG, P.TOO_MANY_PIXELS),
        (files.png()[:100], F.PNG, P.DAMAGED),
        (b"\xff\xd8\xff" + bytes(100), F.JPEG, P.DAMAGED),
        (b"RIFF\x00\x00\x00\x00WEBP", F.WEBP, P.DAMAGED),
        (encoded(picture(9, 9), "PNG", save_all=True, append_images=[picture(9, 9).rotate(90)]), F.PNG, P.ANIMATED),
    ],
)
def test_a_picture_that_is_not_taken(data: bytes, kind: FileFormat, problem: FileProblem) -> None:
    with pytest.raises(FileRefused) as refused:
        cleaned(data, kind)
    assert refused.value.problem is problem
