"""Pictures to send."""

from io import BytesIO
from typing import Any

from PIL import Image


def picture(width: int, height: int) -> Image.Image:
    """A picture with a slope of colours in it, so that it is not all the same."""
    slope = Image.linear_gradient("L").resize((width, height))
    return Image.merge("RGB", (slope, slope.transpose(Image.Transpose.FLIP_TOP_BOTTOM), slope))


def encoded(image: Image.Image, kind: str, **more: Any) -> bytes:
    """The picture as a file of that kind."""
    out = BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()
