"""Pictures that people send: what is taken, and that nothing but the picture is kept."""

import hashlib
import struct
import zlib
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from galerio_events.events.domain.pictures import Picture, PictureProblem, PictureRefused
from galerio_events.events.imports.pictures import read_picture
from tests.settings.pictures import encoded, picture


def problem(data: bytes) -> PictureProblem:
    with pytest.raises(PictureRefused) as refused:
        read_picture(data)
    return refused.value.problem


def opened(kept: Picture) -> Image.Image:
    return Image.open(BytesIO(kept.data), formats=["WEBP"])


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_every_kind_is_kept_as_webp(kind: str) -> None:
    kept = read_picture(encoded(picture(300, 120), kind))
    assert (kept.width, kept.height, kept.mimetype) == (300, 120, "image/webp")
    assert kept.data[:4] == b"RIFF"
    assert kept.data[8:12] == b"WEBP"
    assert kept.digest == hashlib.sha256(kept.data).hexdigest()
    assert opened(kept).size == (300, 120)


def test_the_content_counts_and_the_same_file_gives_the_same_picture() -> None:
    data = encoded(picture(40, 40), "PNG")
    assert read_picture(data) == read_picture(data)


@pytest.mark.parametrize(
    ("size", "kept"), [((1600, 400), (800, 200)), ((500, 2000), (200, 800)), ((800, 800), (800, 800))]
)
def test_large_pictures_are_made_smaller(size: tuple[int, int], kept: tuple[int, int]) -> None:
    found = read_picture(encoded(picture(*size), "PNG"))
    assert (found.width, found.height) == kept


def test_colours_survive_without_loss() -> None:
    source = Image.new("RGBA", (4, 4), (18, 74, 134, 255))
    source.putpixel((0, 0), (255, 0, 0, 0))
    kept = opened(read_picture(encoded(source, "PNG"))).convert("RGBA")
    assert kept.getpixel((3, 3)) == (18, 74, 134, 255)
    assert kept.getpixel((0, 0))[3] == 0  # type: ignore[index]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_mode_of_png(mode: str) -> None:
    source = Image.new("I;16", (8, 8), 65535) if mode == "I;16" else Image.new("RGBA", (8, 8), "white").convert(mode)
    kept = opened(read_picture(encoded(source, "PNG"))).convert("RGB")
    assert kept.getpixel((4, 4)) == (255, 255, 255)


def test_a_grey_of_sixteen_bits_stays_the_same_grey() -> None:
    kept = opened(read_picture(encoded(Image.new("I;16", (8, 8), 128 * 256), "PNG"))).convert("RGB")
    assert kept.getpixel((4, 4)) == (128, 128, 128)


def test_printers_colours() -> None:
    kept = opened(read_picture(encoded(Image.new("CMYK", (8, 8), (0, 0, 0, 0)), "JPEG")))
    assert (kept.mode, kept.convert("RGB").getpixel((4, 4))) == ("RGB", (255, 255, 255))


def test_where_a_photograph_was_taken_is_not_kept_and_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Camera of somebody"
    exif.get_ifd(0x8825)[2] = (35.0, 26.0, 39.0)
    data = encoded(picture(60, 20), "JPEG", exif=exif.tobytes(), comment=b"a secret")
    assert b"Camera of somebody" in data
    assert b"a secret" in data
    kept = read_picture(data)
    assert (kept.width, kept.height) == (20, 60)
    assert dict(opened(kept).getexif()) == {}
    assert b"Camera" not in kept.data
    assert b"EXIF" not in kept.data
    assert b"secret" not in kept.data


def test_texts_and_profiles_in_a_png_are_not_kept() -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", "a secret", zip=False)
    data = encoded(picture(20, 20), "PNG", pnginfo=texts, icc_profile=b"a secret profile")
    assert b"a secret" in data
    kept = read_picture(data)
    assert set(opened(kept).info) <= {"loop", "background", "timestamp", "duration"}
    assert b"secret" not in kept.data


def test_what_hides_behind_a_picture_is_not_kept() -> None:
    for hidden in (b"<script>alert(1)</script>", b"PK\x03\x04 a zip", b"<?php system('id') ?>", b"%PDF-1.7"):
        kept = read_picture(encoded(picture(20, 20), "PNG") + hidden)
        assert hidden not in kept.data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x89PNG",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<?xml version='1.0'?><svg/>",
        b"GIF89a",
        b"%PDF-1.7",
        b"MZ",
        b"\xff\xd8",
        b"RIFF\x00\x00\x00\x00WEBP",
        b"\x00" * 1000,
    ],
)
def test_what_is_no_picture(data: bytes) -> None:
    assert problem(data) in {PictureProblem.UNKNOWN_FORMAT, PictureProblem.DAMAGED}


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "ICO", "PPM", "TGA", "PDF"])
def test_other_formats_are_refused_whatever_they_are_called(kind: str) -> None:
    assert problem(encoded(picture(20, 20), kind)) is PictureProblem.UNKNOWN_FORMAT


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("part", [0.5, 0.9])
def test_a_file_that_breaks_off(kind: str, part: float) -> None:
    data = encoded(picture(200, 200), kind)
    assert problem(data[: int(len(data) * part)]) in {PictureProblem.DAMAGED, PictureProblem.UNKNOWN_FORMAT}


def test_a_file_that_is_too_large() -> None:
    assert problem(encoded(picture(20, 20), "PNG") + b"\0" * 5 * 1024 * 1024) is PictureProblem.TOO_LARGE


def png(width: int, height: int, *, more: bytes = b"") -> bytes:
    """A PNG that says it is that large, with a few bytes of black pixels in it."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + more + pixels + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(5001, 5000), (30_000, 30_000), (12_001, 1), (100_000, 100_000), (2**31 - 1, 1)])
def test_a_bomb_is_refused_before_it_is_unpacked(size: tuple[int, int]) -> None:
    assert problem(png(*size)) is PictureProblem.TOO_MANY_PIXELS


def test_a_text_that_unpacks_to_a_hundred_megabytes() -> None:
    packed = b"Comment\0\0" + zlib.compress(b"\0" * 100_000_000, 9)
    more = struct.pack(">I", len(packed)) + b"zTXt" + packed + struct.pack(">I", zlib.crc32(b"zTXt" + packed))
    assert problem(png(10, 10, more=more)) is PictureProblem.DAMAGED


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_moving_picture_is_refused(kind: str) -> None:
    first, second = Image.new("RGB", (20, 20), "red"), Image.new("RGB", (20, 20), "blue")
    data = encoded(first, kind, save_all=True, append_images=[second], duration=100)
    assert problem(data) is PictureProblem.ANIMATED


def test_a_photograph_with_a_second_one_behind_it_is_a_photograph() -> None:
    first, second = picture(60, 20), picture(30, 10)
    kept = read_picture(encoded(first, "MPO", save_all=True, append_images=[second]))
    assert (kept.width, kept.height) == (60, 20)


@given(st.sampled_from(["PNG", "JPEG", "WEBP"]), st.integers(0, 2000), st.binary(min_size=1, max_size=8))
def test_whatever_is_wrong_with_a_file_is_said_and_is_no_error(kind: str, at: int, noise: bytes) -> None:
    data = bytearray(encoded(picture(24, 24), kind))
    at %= len(data)
    data[at : at + len(noise)] = noise
    try:
        kept = read_picture(bytes(data))
    except PictureRefused:
        return
    assert max(kept.width, kept.height) <= 800
