"""Where lines break and what stays together, on the screen and on paper."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page

from galerio_events.extensions import db
from tests.browser.conftest import Site
from tests.support.demo import released_demo

pytestmark = pytest.mark.browser

A4_INSIDE_MARGINS = 673


def released(app: Flask) -> None:
    released_demo(db.session())
    db.session.commit()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_theme_breaks_before_its_dash(
    serve: Callable[..., Site], open_page: Callable[..., Page], width: int
) -> None:
    site = serve(released)
    page = open_page(width=width, language="ja")
    page.goto(f"{site.url}/ja/ascc11/")
    theme, phrase = page.locator(".hero__theme").bounding_box(), page.locator(".hero__theme .phrase").bounding_box()
    assert theme is not None
    assert phrase is not None
    line = page.locator(".hero__theme").evaluate("e => parseFloat(getComputedStyle(e).lineHeight)")
    assert phrase["x"] == pytest.approx(theme["x"], abs=1)
    assert phrase["height"] == pytest.approx(line, abs=2)


@pytest.mark.parametrize("width", [390, 1280])
def test_the_two_times_of_a_session_stand_below_each_other(
    serve: Callable[..., Site], open_page: Callable[..., Page], width: int
) -> None:
    site = serve(released)
    page = open_page(width=width, language="en")
    page.goto(f"{site.url}/en/ascc11/sessions/session-1?tz=Asia/Phnom_Penh")
    lefts = page.locator(".side-facts time").evaluate_all("all => all.map(e => e.getBoundingClientRect().left)")
    assert len(lefts) == 2
    assert lefts[0] == lefts[1]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_figures_stay_together_on_paper(
    serve: Callable[..., Site], open_page: Callable[..., Page], language: str
) -> None:
    site = serve(released)
    page = open_page(width=A4_INSIDE_MARGINS, language=language)
    page.emulate_media(media="print")
    page.goto(f"{site.url}/{language}/ascc11/")
    tops = page.locator(".figures dd").evaluate_all("all => all.map(e => Math.round(e.getBoundingClientRect().top))")
    assert (len(tops), len(set(tops))) == (5, 1)
    page.goto(f"{site.url}/{language}/ascc11/outcomes")
    kept = page.locator(".outcome").evaluate_all("all => all.map(e => getComputedStyle(e).breakInside)")
    assert kept == ["avoid"] * 3
