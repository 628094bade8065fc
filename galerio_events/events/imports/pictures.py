"""Pictures: the bytes that somebody sends to a picture of ours, encoded anew.

What a file is, its content says and not its name. Nothing of it but its pixels survives: no metadata (such as where a
photograph was taken), no second file hidden behind the picture.
"""

import struct
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from galerio_events.events.domain.pictures import (
    KEPT_SIDE,
    MOST_BYTES,
    MOST_PIXELS,
    MOST_SIDE,
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
    if len(data) > MOST_BYTES:
        raise PictureRefused(PictureProblem.TOO_LARGE)
    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as opened:
            return _kept(opened)
    except UnidentifiedImageError:
        raise PictureRefused(PictureProblem.UNKNOWN_FORMAT) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PictureRefused(PictureProblem.TOO_MANY_PIXELS) from None
    except _BROKEN:
        raise PictureRefused(PictureProblem.DAMAGED) from None


def _kept(opened: Image.Image) -> Picture:
    width, height = opened.size
    if width * height > MOST_PIXELS or max(width, height) > MOST_SIDE:
        raise PictureRefused(PictureProblem.TOO_MANY_PIXELS)
    # Cameras put a small second picture behind the first (MPO); that is no animation.
    if getattr(opened, "is_animated", False) and opened.format != "MPO":
        raise PictureRefused(PictureProblem.ANIMATED)
    photograph = opened.format in {"JPEG", "MPO"}
    opened.load()
    upright = ImageOps.exif_transpose(opened)
    transparent = upright.has_transparency_data
    picture = _eight_bits(upright).convert("RGBA" if transparent else "RGB")
    picture.thumbnail((KEPT_SIDE, KEPT_SIDE), Image.Resampling.LANCZOS)
    # What was read along with the pixels stays behind.
    clean = Image.new(picture.mode, picture.size)
    clean.paste(picture)
    out = BytesIO()
    clean.save(out, "WEBP", lossless=not photograph, quality=90, method=4, exact=False)
    return Picture(clean.width, clean.height, out.getvalue())


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Grey pictures of sixteen bits, which `convert` would cut off instead of scaling."""
    if picture.mode.startswith("I"):
        return picture.convert("I").point(lambda value: value / 256).convert("L")
    return picture
