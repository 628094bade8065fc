"""Colours of tracks: whether text on them and marks of them can be seen (WCAG 2.2, 1.4.3 and 1.4.11).

A colour is `#rrggbb` in small letters.
"""

import colorsys
import re
from dataclasses import dataclass
from functools import lru_cache

TEXT_CONTRAST = 4.5
MARK_CONTRAST = 3.0

# What marks stand on: the backgrounds of the public site and of the organisers' pages.
LIGHT_PAGES = ("#ffffff", "#f3f6f9", "#e8f0f8")
DARK_PAGES = ("#10161d", "#18212b", "#172a3d")
BLACK, WHITE = "#000000", "#ffffff"

# Colours to begin with, each of which can be seen everywhere.
PALETTE = (
    *("#1f77c4", "#0a8577", "#2e8540", "#7d7a1c", "#b5651d"),
    *("#c94a4a", "#c2418c", "#8e5bc4", "#5b6bc9", "#6b7985"),
)


@dataclass(frozen=True, slots=True)
class Contrast:
    """How well a colour can be seen; each figure is a ratio from 1 to 21, the lowest of its kind.

    `text` is black or white, whichever can be read better on the colour.
    """

    text: str
    on_colour: float
    on_light: float
    on_dark: float

    @property
    def enough(self) -> bool:
        """Whether text on the colour can be read, and a mark of it be seen on light and on dark pages."""
        return self.on_colour >= TEXT_CONTRAST and min(self.on_light, self.on_dark) >= MARK_CONTRAST


def colour_of(text: str) -> str | None:
    """The colour that somebody typed (`#1F77C4`, `1f77c4`, `#17c`); None where it is none."""
    found = re.fullmatch(r"#?([0-9a-f]{6}|[0-9a-f]{3})", text.strip().lower())
    if found is None:
        return None
    digits = found[1]
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


@lru_cache(maxsize=256)
def contrast_of(colour: str) -> Contrast:
    """How well that colour can be seen."""
    black, white = ratio(colour, BLACK), ratio(colour, WHITE)
    return Contrast(
        text=BLACK if black > white else WHITE,
        on_colour=max(black, white),
        on_light=min(ratio(colour, page) for page in LIGHT_PAGES),
        on_dark=min(ratio(colour, page) for page in DARK_PAGES),
    )


@lru_cache(maxsize=256)
def nearest_visible(colour: str) -> str:
    """The colour itself where it can be seen, else the one of the same hue and the least other lightness that can."""
    if contrast_of(colour).enough:
        return colour
    hue, lightness, saturation = colorsys.rgb_to_hls(*(part / 255 for part in _parts(colour)))
    steps = sorted((step / 1000 for step in range(1001)), key=lambda step: abs(step - lightness))
    tries = (_colour(colorsys.hls_to_rgb(hue, step, saturation)) for step in steps)
    return next(candidate for candidate in tries if contrast_of(candidate).enough)


def ratio(one: str, other: str) -> float:
    """The contrast ratio of two colours, as WCAG 2.2 defines it: 1 for equal ones, 21 for black and white."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (
        part / 255 / 12.92 if part / 255 <= 0.04045 else ((part / 255 + 0.055) / 1.055) ** 2.4
        for part in _parts(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _parts(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour[1:]))


def _colour(parts: tuple[float, float, float]) -> str:
    return "#" + bytes(round(part * 255) for part in parts).hex()
