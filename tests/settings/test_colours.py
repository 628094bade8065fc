"""Whether a colour can be seen, and which one could be instead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galerio_events.events.domain.colours import (
    DARK_PAGES,
    LIGHT_PAGES,
    PALETTE,
    Contrast,
    colour_of,
    contrast_of,
    nearest_visible,
    ratio,
)
from tests.architecture.modules import ROOT

COLOURS = st.binary(min_size=3, max_size=3).map(lambda parts: "#" + parts.hex())


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    # The figures of WCAG's own examples and of common contrast checkers.
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#777777", "#ffffff", 4.48),
        ("#767676", "#ffffff", 4.54),
        ("#ff0000", "#ffffff", 4.0),
        ("#0000ff", "#ffffff", 8.59),
    ],
)
def test_contrast_ratios(one: str, other: str, expected: float) -> None:
    assert round(ratio(one, other), 2) == expected
    assert ratio(one, other) == ratio(other, one)


def test_what_is_said_of_a_colour() -> None:
    found = contrast_of("#0000ff")
    assert Contrast(found.text, *(round(f, 2) for f in (found.on_colour, found.on_light, found.on_dark))) == Contrast(
        "#ffffff", 8.59, 7.47, 1.7
    )
    assert not found.enough
    assert contrast_of("#ffff00").text == "#000000"


def test_the_palette_can_be_seen_everywhere() -> None:
    assert [colour for colour in PALETTE if not contrast_of(colour).enough] == []
    assert len(set(PALETTE)) == len(PALETTE) == 10


def test_the_pages_are_those_of_the_style_sheets() -> None:
    for sheet, names in (("base.css", ("paper", "paper-tint")), ("organise/tokens.css", ("paper", "surface"))):
        text = (ROOT / "assets" / "css" / sheet).read_text().replace("#fff;", "#ffffff;")
        light, dark = text.split("prefers-color-scheme: dark", 1)
        for name in names:
            for part, known in ((light, LIGHT_PAGES), (dark, DARK_PAGES)):
                found = part.split(f"--{name}: ", 1)[1][:7]
                assert found in known, f"--{name} of {sheet} is {found}"


@given(COLOURS)
def test_the_nearest_colour_can_be_seen_and_is_the_same_where_that_can(colour: str) -> None:
    nearest = nearest_visible(colour)
    assert contrast_of(nearest).enough
    assert nearest_visible(nearest) == nearest
    assert (nearest == colour) == contrast_of(colour).enough


@given(COLOURS)
def test_black_or_white_can_be_read_on_any_colour(colour: str) -> None:
    assert contrast_of(colour).on_colour >= 4.5


@pytest.mark.parametrize(
    ("typed", "colour"),
    [
        ("#1F77C4", "#1f77c4"),
        ("1f77c4", "#1f77c4"),
        (" #17c ", "#1177cc"),
        ("", None),
        ("#1f77c", None),
        ("red", None),
        ("#1f77c4;", None),
        ("rgb(1,2,3)", None),
        ("#１２３４５６", None),
    ],
)
def test_what_people_type(typed: str, colour: str | None) -> None:
    assert colour_of(typed) == colour
