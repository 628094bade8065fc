"""What no unit test sees: every public page in a real browser, at both widths, in both languages, light and dark."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page

from galerio_events.extensions import db
from tests.browser.conftest import Site, axe_violations, sideways
from tests.support.demo import released_demo

pytestmark = [pytest.mark.browser]

PLACES = (
    "/ascc11/",
    "/ascc11/programme",
    "/ascc11/programme?tz=America/Los_Angeles",
    "/ascc11/sessions/session-1",
    "/ascc11/sessions/business-matching?tz=America/Los_Angeles",
    "/ascc11/people",
    "/ascc11/people/tan",
    "/ascc11/archive",
    "/ascc11/changes",
    "/ascc11/changes/1",
)
REFUSED = (("/ascc11/programme?tz=Nowhere", 400), ("/ascc11/people/nobody", 404))


def released(app: Flask) -> None:
    released_demo(db.session())
    db.session.commit()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_public_page(
    serve: Callable[..., Site], open_page: Callable[..., Page], language: str, width: int, scheme: str
) -> None:
    site = serve(released)
    page = open_page(width=width, scheme=scheme, language=language)
    said: list[str] = []
    page.on("console", lambda m: said.append(m.text) if m.type in {"error", "warning"} else None)
    found: dict[str, object] = {}
    for place, status in (*((p, 200) for p in PLACES), *REFUSED):
        answer = page.goto(f"{site.url}/{language}{place}")
        assert answer is not None
        if answer.status != status:
            found[f"{place} status"] = answer.status
        if width == 390 and "programme" in place:
            page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true; })")
        if violations := axe_violations(page):
            found[place] = violations
        if sideways(page) > 0:
            found[f"{place} sideways"] = sideways(page)
    refusals = [text for text in said if "400" in text or "404" in text]
    assert (found, [text for text in said if text not in refusals]) == ({}, [])


def test_axe_does_find_what_is_wrong(serve: Callable[..., Site], open_page: Callable[..., Page]) -> None:
    site = serve(released)
    page = open_page()
    page.goto(f"{site.url}/en/ascc11/programme")
    page.evaluate("""() => {
            document.documentElement.removeAttribute("lang");
            document.querySelector("details").open = true;
            document.querySelector("label").remove();
        }""")
    assert sorted({line.partition(":")[0] for line in axe_violations(page)}) == ["html-has-lang", "select-name"]


def test_one_click_to_the_readers_own_zone(serve: Callable[..., Site], open_page: Callable[..., Page]) -> None:
    site = serve(released)
    page = open_page(zone="Asia/Bangkok", width=390)
    page.goto(f"{site.url}/en/ascc11/programme")
    page.get_by_role("link", name="Show in your time zone: Asia/Bangkok").click()
    assert page.url == f"{site.url}/en/ascc11/programme?tz=Asia/Bangkok"
    assert page.locator(".zone strong").inner_text() == "Thailand time (UTC+7)"
    assert page.locator(".entry__time").first.inner_text() == "10:30–12:15"
    assert page.locator("[data-own-zone]").is_hidden()
    page.get_by_role("link", name="日本語").click()
    assert page.url == f"{site.url}/ja/ascc11/programme?tz=Asia/Bangkok"


def test_without_scripts_the_zone_is_a_form(serve: Callable[..., Site], open_page: Callable[..., Page]) -> None:
    site = serve(released)
    page = open_page(zone="Asia/Bangkok", java_script_enabled=False)
    page.goto(f"{site.url}/en/ascc11/programme")
    page.locator("summary").click()
    page.get_by_label("Time zone").select_option("America/Los_Angeles")
    page.get_by_role("button", name="Show times").click()
    assert page.url.endswith("/en/ascc11/programme?tz=America%2FLos_Angeles")
    assert page.locator(".day__title").all_inner_texts() == [
        "Wednesday 23 November 2022",
        "Thursday 24 November 2022",
        "Friday 25 November 2022",
    ]


def test_keyboard_readers_can_skip_to_the_content(serve: Callable[..., Site], open_page: Callable[..., Page]) -> None:
    site = serve(released)
    page = open_page()
    page.goto(f"{site.url}/en/ascc11/programme")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
