"""Pictures that organisers send, as they are kept."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from galerio_events.errors import DomainError

MOST_BYTES = 5 * 1024 * 1024
# Of what is sent: what is kept is made from it and never wider or higher than `KEPT_SIDE`.
MOST_PIXELS = 25_000_000
MOST_SIDE = 12_000
KEPT_SIDE = 800
# A portrait is a square of so many pixels; of what is sent at least `LEAST_SIDE` must be cut out.
PORTRAIT_SIDE = 400
LEAST_SIDE = 100
# What every picture is kept as, and the end of its address.
MIMETYPE = "image/webp"
EXTENSION = "webp"


class PictureProblem(StrEnum):
    """Why a file cannot be a picture of ours."""

    TOO_LARGE = "too_large"
    UNKNOWN_FORMAT = "unknown_format"
    DAMAGED = "damaged"
    TOO_MANY_PIXELS = "too_many_pixels"
    ANIMATED = "animated"
    TOO_SMALL = "too_small"


class PictureRefused(DomainError):
    """A file that cannot be a picture of ours."""

    def __init__(self, problem: PictureProblem) -> None:
        self.problem = problem
        super().__init__(problem.value)


@dataclass(frozen=True, slots=True)
class Cut:
    """Which square of a picture is kept: how far from the left and from the top, and how much closer, in percent.

    At 100 % the square is as large as the picture allows; 50 from the left and the top is its middle.
    """

    left: int = 50
    top: int = 50
    closer: int = 100

    def box(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Left, upper, right and lower edge of the square in a picture of that size, in pixels."""
        side = max(1, min(width, height) * 100 // self.closer)
        left, top = (width - side) * self.left // 100, (height - side) * self.top // 100
        return left, top, left + side, top + side


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is kept: sides in pixels, and the bytes, whose SHA-256 is its name."""

    width: int
    height: int
    data: bytes
    mimetype: str = MIMETYPE

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes, in hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()
