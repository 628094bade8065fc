"""The settings in a real browser: axe finds nothing, nothing scrolls sideways, a keyboard is enough."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page

from galerio_events.events import queries as events
from galerio_events.extensions import db
from galerio_events.permissions import AccountRole
from tests.browser.conftest import Site, signed_in
from tests.browser.test_organise_axe import EMAIL, problems
from tests.settings.pictures import encoded, picture
from tests.support.builders import make_account
from tests.support.demo import released_demo

pytestmark = pytest.mark.browser

SETTINGS = "/organise/ascc11/settings"
PATHS = [
    "",
    "/organisers",
    "/organisers/new",
    "/venues",
    "/venues/new",
    "/venues/webinar",
    "/venues/webinar/remove",
    "/tracks",
    "/tracks/new",
    "/tracks/smart-city",
    "/tracks/smart-city/remove",
    "/kinds",
]


@pytest.fixture
def site(serve: Callable[..., Site]) -> Site:
    def prepare(_app: Flask) -> None:
        db_session = db.session()
        event = released_demo(db_session)
        events.tracks_of(db_session, event.id)[0].colour = "#1f77c4"
        make_account(db_session, EMAIL, AccountRole.ADMINISTRATOR)
        db_session.commit()

    return serve(prepare)


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_nothing_is_found(
    site: Site, open_page: Callable[..., Page], tmp_path: Path, language: str, width: int, scheme: str
) -> None:
    page = open_page(width=width, scheme=scheme, language=language)
    signed_in(page, site, EMAIL)
    base = f"{site.url}/{language}{SETTINGS}"
    found: list[str] = []
    for path in PATHS:
        page.goto(base + path)
        found += problems(page, path)
    page.goto(f"{base}/organisers")
    page.click(".entries li:first-child h2 a")
    logo = tmp_path / "logo.png"
    logo.write_bytes(encoded(picture(300, 100), "PNG"))
    page.set_input_files("#logo", logo)
    page.click(".form-foot button")
    page.wait_for_url("**/settings/organisers")
    found += problems(page, "organisers with a logo")
    page.click(".entries li:first-child h2 a")
    found += problems(page, "an organiser with a logo")
    page.goto(f"{base}/tracks/smart-city")
    page.fill("#colour", "#ffee00")
    page.click(".form-foot button")
    page.wait_for_load_state()
    assert page.evaluate("document.activeElement.className") == "error-summary"
    found += problems(page, "a colour that cannot be seen")
    page.goto(base)
    page.select_option("#timezone", "America/New_York")
    page.select_option("#languages_en", "")
    page.click(".form-foot button")
    page.wait_for_load_state()
    found += problems(page, "a question")
    assert found == []


def test_a_new_zone_with_the_keyboard(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(width=1280)
    signed_in(page, site, EMAIL)
    page.goto(f"{site.url}/en{SETTINGS}")
    page.select_option("#timezone", "Asia/Bangkok")
    page.focus("#ordinal")
    page.keyboard.press("Enter")
    page.wait_for_selector(".question")
    assert page.evaluate("document.activeElement.className") == "note note-warning question"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.value") == "clock-stay"
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.value") == "moment-stay"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(".flash")
    assert page.input_value("#timezone") == "Asia/Bangkok"


def test_the_browsers_picker_and_the_text_say_the_same(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(width=1280)
    signed_in(page, site, EMAIL)
    page.goto(f"{site.url}/en{SETTINGS}/tracks/decarbonisation")
    assert page.input_value("[data-colour-pick]") == "#1f77c4"
    page.fill("#colour", "#c94a4a")
    assert page.input_value("[data-colour-pick]") == "#c94a4a"
    page.fill("[data-colour-pick]", "#2e8540")
    assert page.input_value("#colour") == "#2e8540"
    page.click(".form-foot button")
    page.wait_for_url("**/settings/tracks#decarbonisation")
    assert page.locator(".entries rect").first.get_attribute("fill") == "#2e8540"


def test_without_a_script_the_palette_works(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(width=390, java_script_enabled=False)
    signed_in(page, site, EMAIL)
    page.goto(f"{site.url}/en{SETTINGS}/tracks/smart-city")
    page.fill("#name_en", "Still here")
    page.click(".palette li:nth-child(3) button")
    page.wait_for_load_state()
    assert (page.input_value("#colour"), page.input_value("#name_en")) == ("#2e8540", "Still here")
