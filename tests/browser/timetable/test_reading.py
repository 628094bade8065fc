"""Everybody can read and use the timetable: any width, no script, no mouse, a finger; axe finds nothing."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, axe_violations, sideways
from tests.browser.timetable.support import (
    block,
    saved,
    stands,
    stop_the_clock,
)
from tests.support.builders import utc

pytestmark = pytest.mark.browser


def test_zoom_and_filters(opened: Callable[..., Page]) -> None:
    page = opened()

    def height() -> float:
        box = page.locator("[data-key=panel]").bounding_box()
        assert box is not None
        return box["height"]

    hours = page.locator("[data-hours]")
    assert (hours.get_attribute("href") or "").endswith("/organise/ascc11/hours")
    page.click(".tt-tab:text('Fri 25 Nov')")
    assert (hours.get_attribute("href") or "").endswith("/organise/ascc11/hours?day=2022-11-25")
    page.click(".tt-tab:text('Thu 24 Nov')")
    before = height()
    # Nothing is drawn anew: among 1,500 sessions that would be felt.
    page.evaluate("document.querySelector('[data-key=panel]').drawn = 'once'")
    page.click("[data-zoom='1']")
    assert height() == pytest.approx(before * 1.5, abs=1)
    expect(page.locator("[data-key=panel]")).not_to_have_class(re.compile("is-short"))
    for _ in range(2):
        page.click("[data-zoom='-1']")
    assert height() == pytest.approx(before * 0.55 / 0.8, abs=1)
    expect(page.locator("[data-key=panel]")).to_have_class(re.compile("is-short"))
    assert page.evaluate("document.querySelector('[data-key=panel]').drawn") == "once"
    page.select_option("[data-filter=status]", "confirmed")
    expect(page.locator(".tt-block:not(.is-off)")).to_have_count(1)
    expect(page.locator("[data-status]")).to_have_text("Shown: 1 of 3")
    page.click(".tt-tab:text('All days')")
    page.select_option("[data-filter=status]", "")
    page.select_option("[data-filter=track]", "smart-city")
    expect(page.locator(".tt-block:not(.is-off)")).to_have_count(2)
    page.select_option("[data-filter=track]", "")
    page.fill("[data-filter=query]", "pablo")
    expect(page.locator(".tt-block:not(.is-off)")).to_have_count(1)
    expect(page).to_have_url(re.compile("q=pablo"))
    assert axe_violations(page) == []


def test_the_whole_job_without_a_script_and_without_a_mouse(site: Site, opened: Callable[..., Page]) -> None:
    page = opened(java_script_enabled=False)

    def send(selector: str, address: str) -> None:
        page.focus(selector)
        with page.expect_navigation(url=address):
            page.keyboard.press("Enter")

    assert axe_violations_without_script(page) == []
    send("#panel button[value=later]", "**/programme#panel")
    assert stands(site, "panel")[0] == utc(24, 1, 15)
    send("#panel a:has-text('Place…')", "**/panel/place")
    page.select_option("[name=day]", "2022-11-25")
    page.fill("[name=start]", "16:00")
    page.fill("[name=minutes]", "95")
    page.select_option("[name=venue]", "hall")
    page.check("[name=locked]")
    page.focus(".form-foot [value=check]")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=If it stood there")
    send(".form-foot [value=save]", "**/programme#panel")
    assert stands(site, "panel") == (utc(25, 7), utc(25, 8, 35), "hall", True, True)
    assert page.locator("#panel button[value=later]").count() == 0
    send("#panel button[value=unlock]", "**/programme#panel")
    send("#panel button[value=tray]", "**/programme#panel")
    assert stands(site, "panel")[3] is False
    send("#panel button[value=timetable]", "**/programme#panel")
    assert stands(site, "panel")[3] is True
    send("a:has-text('New break')", "**/programme/new?*")
    page.fill("[name=title_en]", "Coffee")
    send("button.btn-primary[value=save]", "**/programme#coffee")
    assert stands(site, "coffee")[0] == utc(24, 3)
    send("#coffee a:has-text('Place…')", "**/coffee/place")
    send("a:has-text('Remove this session…')", "**/coffee/remove")
    send("main form button[type=submit]", "**/programme")
    assert page.locator("#coffee").count() == 0


def axe_violations_without_script(page: Page) -> list[str]:
    """Where scripts are off axe does not run either; what it would look at first is looked at by hand."""
    unnamed = [button for button in page.locator("main button").all() if not button.inner_text().strip()]
    return ["a button without a name"] * len(unnamed) + (["too wide"] if sideways(page) > 0 else [])


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (390, "dark"), (1280, "dark"), (1280, "light")])
def test_axe_finds_nothing(site: Site, opened: Callable[..., Page], language: str, width: int, scheme: str) -> None:
    page = opened(language=language, width=width, scheme=scheme)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    found = [f"grid: {each}" for each in axe_violations(page)]
    assert sideways(page) <= 0
    if width < 500:
        page.click("[data-more] summary")
    page.click("[data-help-open]")
    found += [f"help: {each}" for each in axe_violations(page)]
    page.keyboard.press("Escape")
    page.locator("[data-key=talk]").click()
    found += [f"details: {each}" for each in axe_violations(page)]
    page.keyboard.press("Escape")
    expect(page.locator("[data-key=talk]")).to_be_focused()
    page.click("[data-new=session]")
    found += [f"new: {each}" for each in axe_violations(page)]
    assert (found, said) == ([], [])


def test_a_finger_scrolls_unless_it_waits(site: Site, opened: Callable[..., Page]) -> None:
    page = opened(width=390, has_touch=True)
    before = stands(site, "panel")
    x, y = block(page, "panel")
    hand = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": px, "y": py} for px, py in points]})

    stop_the_clock(page)
    touch("touchStart", (x, y))
    touch("touchMove", (x, y - 40))
    touch("touchEnd")
    assert page.locator(".tt-ghost").count() == 0
    assert stands(site, "panel") == before
    x, y = block(page, "panel")
    touch("touchStart", (x, y))
    page.clock.run_for(400)
    expect(page.locator(".tt-ghost")).to_be_visible()
    hour = page.evaluate(
        "60 * parseFloat(getComputedStyle(document.querySelector('.tt-col')).getPropertyValue('--tt-minute'))"
    )
    touch("touchMove", (x, y + 20))
    touch("touchMove", (x, y + hour / 2))
    touch("touchEnd")
    saved(page)
    assert stands(site, "panel") == (utc(24, 1, 30), utc(24, 2, 30), "webinar", True, False)


def test_two_quick_clicks_open_the_details(opened: Callable[..., Page]) -> None:
    page = opened()
    address = page.url
    page.mouse.dblclick(*block(page, "panel"))
    expect(page.locator("[data-dialog=card]")).to_be_visible()
    assert page.url == address


def test_on_a_phone_the_grid_is_on_the_first_screen(opened: Callable[..., Page]) -> None:
    page = opened(width=390)
    box = page.locator("[data-scroll]").bounding_box()
    assert box is not None
    assert box["y"] < 700
    page.click("[data-more] summary")
    expect(page.locator("[data-filter=query]")).to_be_visible()
    assert axe_violations(page) == []
