"""The organisers' screens in a real browser: axe finds nothing, nothing scrolls sideways, and a keyboard is enough."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page

from galerio_events.extensions import db
from galerio_events.permissions import AccountRole
from tests.browser.conftest import Site, axe_violations, sideways, signed_in
from tests.support.builders import PASSWORD, make_account, make_event, tr
from tests.support.demo import released_demo

pytestmark = pytest.mark.browser

EMAIL = "organiser@example.org"
PATHS = [
    "/organise",
    "/organise/ascc11/",
    "/organise/ascc11/programme",
    "/organise/ascc11/programme/list",
    "/organise/ascc11/programme/list?show=untranslated",
    "/organise/ascc11/programme/session-1/place",
    "/organise/ascc11/programme/new",
    "/organise/ascc11/programme/reception",
    "/organise/ascc11/programme/session-1/remove",
    "/organise/ascc11/release",
    "/organise/ascc11/releases/1",
    "/organise/ascc11/releases/compare",
    "/organise/ascc11/releases/1/bring-back",
    "/organise/ascc11/summary",
    "/organise/ascc11/outbox",
]


@pytest.fixture
def site(serve: Callable[..., Site]) -> Site:
    def prepare(app: Flask) -> None:
        db_session = db.session()
        event = released_demo(db_session)
        make_event(
            db_session, "ascc12", title=tr("第12回アジア・スマートシティ会議", "12th Asia Smart City Conference")
        )
        make_account(db_session, EMAIL, AccountRole.ADMINISTRATOR)
        make_account(db_session, "nobody@example.org", None)
        sessions = {session.key: session for session in _sessions(event.id)}
        sessions["session-1"].title = tr("新しい題名", "A new title")
        db_session.commit()

    return serve(prepare)


def _sessions(event_id: int) -> list[Any]:
    from galerio_events.programme import queries

    return queries.sessions_of(db.session(), event_id)


def sign_in(page: Page, site: Site, language: str = "en", email: str = EMAIL) -> None:
    page.goto(f"{site.url}/{language}/sign-in/password")
    page.fill("input[name=email]", email)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_load_state()


def problems(page: Page, what: str) -> list[str]:
    found = [f"{what}: {problem}" for problem in axe_violations(page)]
    wide = sideways(page)
    return [*found, f"{what}: {wide} px too wide"] if wide > 0 else found


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_nothing_is_found(site: Site, open_page: Callable[..., Page], language: str, width: int, scheme: str) -> None:
    page = open_page(width=width, scheme=scheme, language=language)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.goto(f"{site.url}/{language}/sign-in/password")
    found = problems(page, "sign-in")
    page.click("main button[type=submit]")
    page.wait_for_load_state()
    found += problems(page, "sign-in with errors")
    signed_in(page, site, EMAIL)
    for path in PATHS:
        page.goto(f"{site.url}/{language}{path}")
        found += problems(page, path)
    page.goto(f"{site.url}/{language}/organise/ascc11/")
    page.click(".menu-account summary")
    page.click(".menu-event summary")
    found += problems(page, "menus")
    said.clear()
    page.goto(f"{site.url}/{language}/organise/ascc11/programme/session-1")
    page.fill("[name=title_ja]", "")
    page.fill("[name=title_en]", "")
    page.fill("[name=ends_at]", "2022-11-25T10:00")
    page.click(".form-foot button")
    page.wait_for_load_state()
    assert page.evaluate("document.activeElement.className") == "error-summary"
    found += problems(page, "session with errors")
    assert found == []
    assert [text for text in said if "422" not in text] == []


def test_a_lost_race_is_readable_too(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(width=390)
    signed_in(page, site, EMAIL)
    address = f"{site.url}/en/organise/ascc11/programme/session-2"
    page.goto(address)
    before = page.input_value("[name=title_en]")
    other = page.context.new_page()
    other.goto(address)
    other.fill("[name=title_en]", "Hers")
    other.click(".form-foot button")
    other.wait_for_load_state()
    page.fill("[name=title_en]", "His")
    page.click(".form-foot button")
    page.wait_for_load_state()
    assert page.input_value("[name=title_en]") == "His"
    assert page.locator(".compare td pre").all_inner_texts() == [before, "His", before, "Hers"]
    assert problems(page, "comparison") == []


def test_an_account_without_a_role(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in(page, site, email="nobody@example.org")
    assert "You are signed in as nobody@example.org." in page.inner_text("main")
    assert problems(page, "no role") == []


def test_a_keyboard_is_enough_to_sign_in_move_a_session_and_release(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto(f"{site.url}/en/sign-in?next=/en/organise/ascc11/programme/list")
    keys = page.keyboard
    keys.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    keys.press("Enter")
    keys.press("Tab")
    keys.type(EMAIL)
    keys.press("Tab")
    keys.type(PASSWORD)
    keys.press("Enter")
    page.wait_for_url("**/programme/list")
    _tab_to(page, "a[href$='/programme/closing']")
    keys.press("Enter")
    page.wait_for_url("**/closing")
    _tab_to(page, "[name=title_en]")
    keys.press("Control+a")
    keys.type("Closing words")
    keys.press("Enter")
    page.wait_for_url("**/programme#closing")
    assert "Closing words" in page.inner_text("[data-key=closing]")
    _tab_to(page, "a[href$='/release']")
    keys.press("Enter")
    page.wait_for_url("**/release")
    _tab_to(page, "main form button[type=submit]")
    keys.press("Enter")
    page.wait_for_selector(".flash-success")
    assert "Release 2 is out." in page.inner_text("main")
    page.goto(f"{site.url}/en/ascc11/sessions/closing")
    assert "Closing words" in page.inner_text("main")


def test_people_are_moved_without_scripts_and_the_place_is_kept(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(java_script_enabled=False)
    signed_in(page, site, EMAIL)
    page.goto(f"{site.url}/en/organise/ascc11/programme/session-2")
    page.fill("[name=title_en]", "Not lost")
    page.click("button[value=down-0]")
    page.wait_for_url("**/session-2#people")
    page.click("button[value=add-person]")
    page.wait_for_load_state()
    assert page.locator(".credit").count() == 5
    page.select_option("[name=people-4-person]", "tan")
    page.click("button[value=remove-1]")
    page.wait_for_load_state()
    assert [page.input_value(f"[name=people-{n}-person]") for n in range(4)] == ["akaoka", "nagumo", "tuong", "tan"]
    page.click(".form-foot button")
    page.wait_for_url("**/programme#session-2")
    assert "Not lost" in page.inner_text("#session-2")
    assert "Tan Xin Ji Alan" in page.inner_text("#session-2")


def test_menus_close_with_escape(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page()
    signed_in(page, site, EMAIL)
    page.goto(f"{site.url}/en/organise/ascc11/")
    page.focus(".menu-account summary")
    page.keyboard.press("Enter")
    assert page.is_visible(".menu-account button")
    page.keyboard.press("Escape")
    assert not page.is_visible(".menu-account button")
    page.click(".menu-account summary")
    page.click(".menu-account button")
    page.wait_for_url("**/sign-in")
    assert "You are signed out." in page.inner_text("main")


def _tab_to(page: Page, selector: str) -> None:
    """Press Tab until that element has the focus."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached with Tab")
