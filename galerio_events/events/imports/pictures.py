"""Pictures: the bytes that somebody sends to a picture of ours, encoded anew.

What a file is, its content says and not its name. Nothing of it but its pixels survives: no metadata (such as where a
photograph was taken), no second file hidden behind the picture.
"""

import struct
from collections.abc import Callable
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from galerio_events.events.domain.pictures import (
    KEPT_SIDE,
    LEAST_SIDE,
    MOST_BYTES,
    MOST_PIXELS,
    MOST_SIDE,
    PORTRAIT_SIDE,
    Cut,
    Picture,
    PictureProblem,
    PictureRefused,
)

_FORMATS = ("PNG", "JPEG", "WEBP")
# What Pillow raises for files that are not what they say.
_BROKEN = (OSError, ValueError, SyntaxError, EOFError, struct.error, OverflowError, IndexError, KeyError, TypeError)


def read_picture(data: bytes) -> Picture:
    """The picture in a PNG, JPEG or WebP file, upright, at most `KEPT_SIDE` pixels wide and high, as WebP.

    What was PNG or WebP is kept without loss, a photograph at high quality. Raises `PictureRefused`.
    """
    return _read(data, _kept)


def read_portrait(data: bytes, cut: Cut) -> Picture:
    """The square `cut` out of a PNG, JPEG or WebP file, upright, `PORTRAIT_SIDE` pixels wide and high at most, as WebP.

    What is transparent becomes white. Raises `PictureRefused`.
    """
    return _read(data, lambda opened: _portrait(opened, cut))


def _read(data: bytes, keep: Callable[[Image.Image], Picture]) -> Picture:
    if len(data) > MOST_BYTES:
        raise PictureRefused(PictureProblem.TOO_LARGE)
    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as opened:
            return keep(opened)
    except UnidentifiedImageError:
        raise PictureRefused(PictureProblem.UNKNOWN_FORMAT) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PictureRefused(PictureProblem.TOO_MANY_PIXELS) from None
    except _BROKEN:
        raise PictureRefused(PictureProblem.DAMAGED) from None


def _kept(opened: Image.Image) -> Picture:
    photograph = opened.format in {"JPEG", "MPO"}
    picture = _upright(opened)
    picture.thumbnail((KEPT_SIDE, KEPT_SIDE), Image.Resampling.LANCZOS)
    return _encoded(picture, lossless=not photograph, quality=90)


def _portrait(opened: Image.Image, cut: Cut) -> Picture:
    picture = _upright(opened)
    box = cut.box(*picture.size)
    if box[2] - box[0] < LEAST_SIDE:
        raise PictureRefused(PictureProblem.TOO_SMALL)
    side = min(PORTRAIT_SIDE, box[2] - box[0])
    square = picture.resize((side, side), Image.Resampling.LANCZOS, box=box)
    white = Image.new("RGB", square.size, "white")
    white.paste(square, mask=square if square.mode == "RGBA" else None)
    return _encoded(white, lossless=False, quality=82)


def _upright(opened: Image.Image) -> Image.Image:
    """The picture's pixels as they are to be looked at. Nothing is decoded before its size is known to be good."""
    width, height = opened.size
    if width * height > MOST_PIXELS or max(width, height) > MOST_SIDE:
        raise PictureRefused(PictureProblem.TOO_MANY_PIXELS)
    # Cameras put a small second picture behind the first (MPO); that is no animation.
    if getattr(opened, "is_animated", False) and opened.format != "MPO":
        raise PictureRefused(PictureProblem.ANIMATED)
    opened.load()
    upright = ImageOps.exif_transpose(opened)
    transparent = upright.has_transparency_data
    return _eight_bits(upright).convert("RGBA" if transparent else "RGB")


def _encoded(picture: Image.Image, *, lossless: bool, quality: int) -> Picture:
    # What was read along with the pixels stays behind.
    clean = Image.new(picture.mode, picture.size)
    clean.paste(picture)
    out = BytesIO()
    clean.save(out, "WEBP", lossless=lossless, quality=quality, method=4, exact=False)
    return Picture(clean.width, clean.height, out.getvalue())


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Grey pictures of sixteen bits, which `convert` would cut off instead of scaling."""
    if picture.mode.startswith("I"):
        return picture.convert("I").point(lambda value: value / 256).convert("L")
    return picture
