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


class PictureRefused(DomainError):
    """A file that cannot be a picture of ours."""

    def __init__(self, problem: PictureProblem) -> None:
        self.problem = problem
        super().__init__(problem.value)


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
