"""Pictures, encoded anew: nothing of a file but its pixels is kept.

No metadata (such as where a photograph was taken) survives, and no second file in front of, within or
behind the picture.
"""

import struct
from io import BytesIO
from typing import BinaryIO

from PIL import Image, ImageOps, UnidentifiedImageError

from galerio_events.materials.domain import FileFormat, FileProblem, FileRefused

MOST_PIXELS = 40_000_000
MOST_SIDE = 16_000

_FORMATS = {FileFormat.PNG: "PNG", FileFormat.JPEG: "JPEG", FileFormat.WEBP: "WEBP"}
# What Pillow raises for files that are not what they say.
_BROKEN = (OSError, ValueError, SyntaxError, EOFError, struct.error, OverflowError, IndexError, KeyError, TypeError)


def clean_picture(file: BinaryIO, kind: FileFormat) -> bytes:
    """The picture in that file, upright, in the same format. Raises `FileRefused`."""
    file.seek(0)
    lossless = kind is FileFormat.PNG or b"VP8L" in file.read(64)
    file.seek(0)
    try:
        with Image.open(file, formats=(_FORMATS[kind],)) as opened:
            return _anew(opened, kind, lossless=lossless)
    except UnidentifiedImageError:
        raise FileRefused(FileProblem.DAMAGED) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise FileRefused(FileProblem.TOO_MANY_PIXELS) from None
    except _BROKEN:
        raise FileRefused(FileProblem.DAMAGED) from None


def _anew(opened: Image.Image, kind: FileFormat, *, lossless: bool) -> bytes:
    width, height = opened.size
    if width * height > MOST_PIXELS or max(width, height) > MOST_SIDE:
        raise FileRefused(FileProblem.TOO_MANY_PIXELS)
    # Cameras put a small second picture behind the first (MPO); that is no animation.
    if getattr(opened, "is_animated", False) and opened.format != "MPO":
        raise FileRefused(FileProblem.ANIMATED)
    opened.load()
    upright = ImageOps.exif_transpose(opened)
    if upright.mode.startswith("I"):
        # Grey of sixteen bits, which `convert` would cut off instead of scaling.
        upright = upright.convert("I").point(lambda value: value / 256).convert("L")
    transparent = upright.has_transparency_data and kind is not FileFormat.JPEG
    picture = upright.convert("RGBA" if transparent else "L" if upright.mode in {"1", "L"} else "RGB")
    # What was read along with the pixels stays behind.
    clean = Image.new(picture.mode, picture.size)
    clean.paste(picture)
    made = BytesIO()
    if kind is FileFormat.PNG:
        clean.save(made, "PNG")
    elif kind is FileFormat.JPEG:
        clean.save(made, "JPEG", quality=92)
    else:
        clean.save(made, "WEBP", lossless=lossless, quality=92, method=4, exact=False)
    return made.getvalue()
