"""Signing in in a real browser: every page as axe and a narrow screen see it, and a device with passkeys."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from flask import Flask
from playwright.sync_api import Page

from galerio_events.events.models import Event
from galerio_events.extensions import db
from tests.accounts.support import Sent, app_code, sent
from tests.browser.conftest import Site, axe_violations, sideways
from tests.support.builders import PASSWORD, make_account, make_event, make_person

pytestmark = pytest.mark.browser

EMAIL = "organiser@example.org"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def site(serve: Callable[..., Site]) -> Site:
    def prepare(app: Flask) -> None:
        event = make_event(db.session(), second_factor_required=True)
        make_account(db.session(), EMAIL)
        make_person(db.session(), event, email="mod@example.org")
        db.session.commit()
        # Passkeys belong to a name; an address of numbers has none.
        app.config["BASE_URL"] = app.config["BASE_URL"].replace("127.0.0.1", "localhost")

    started = serve(prepare)
    return Site(started.app, started.app.config["BASE_URL"])


def newest(site: Site) -> Sent:
    with site.app.app_context():
        return sent(site.app, db.session())[-1]


def press(page: Page, field: str) -> None:
    page.locator(f"form:has([name={field}]) [type=submit]").first.click()
    page.wait_for_load_state()


@pytest.mark.parametrize(("language", "width", "scheme"), [("en", 1280, "light"), ("ja", 390, "dark")])
def test_every_page_can_be_read_by_everybody(
    site: Site, open_page: Callable[..., Page], language: str, width: int, scheme: str
) -> None:
    page = open_page(width=width, scheme=scheme, language=language)
    base, seen = f"{site.url}/{language}", []

    def look(what: Page = page) -> None:
        assert (axe_violations(what), sideways(what)) == ([], 0), what.url
        seen.append(what.title())

    page.goto(f"{base}/sign-in")
    look()
    page.fill("[name=email]", "nobody@example")
    press(page, "email")
    look()
    page.fill("[name=email]", EMAIL)
    press(page, "email")
    look()
    page.fill("[name=code]", "00000000")
    press(page, "code")
    look()
    mail = newest(site)
    elsewhere = open_page(width=width, scheme=scheme, language=language)
    elsewhere.goto(site.url + mail.link)
    look(elsewhere)
    page.goto(site.url + mail.link)
    look()
    page.locator("main [type=submit]").click()
    page.goto(f"{base}/sign-in")
    look()
    page.goto(f"{base}/organise/ascc11/")
    look()
    page.fill("[name=password]", PASSWORD)
    press(page, "password")
    assert page.url == f"{base}/account?next=/{language}/organise/ascc11/"
    look()
    page.goto(f"{base}/account/passkey")
    look()
    page.goto(f"{base}/account/app?next=/{language}/organise/ascc11/sign-in")
    look()
    secret = "".join(page.inner_text(".secret code").split())
    page.fill("[name=code]", app_code(secret))
    press(page, "code")
    look()
    page.locator("main a.btn-primary").click()
    assert page.url == f"{base}/organise/ascc11/sign-in"
    look()
    page.goto(f"{base}/account")
    look()
    page.locator("form[action$='/sign-out'] button").first.click()
    page.goto(f"{base}/sign-in/password")
    look()
    page.fill("[name=email]", EMAIL)
    page.fill("[name=password]", PASSWORD)
    press(page, "password")
    look()
    page.fill("[name=code]", app_code(secret, 1))
    press(page, "code")
    assert page.url == f"{base}/organise/ascc11/"
    assert len(seen) == 16


def test_a_passkey_is_made_and_used_and_stands_for_password_and_second_factor(
    site: Site, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    page.goto(f"{site.url}/en/sign-in/password?next=/en/organise/ascc11/")
    page.fill("[name=email]", EMAIL)
    page.fill("[name=password]", PASSWORD)
    press(page, "password")
    page.get_by_role("link", name="Add a passkey").click()
    page.fill("[name=name]", "My telephone")
    page.get_by_role("button", name="Add the passkey").click()
    page.wait_for_selector(".recovery-codes")
    assert (axe_violations(page), sideways(page)) == ([], 0)
    codes = page.locator(".recovery-codes code").all_inner_texts()
    assert all(one != other for one, other in pairwise(sorted(codes)))
    page.get_by_role("link", name="I have kept them").click()
    assert page.url == f"{site.url}/en/organise/ascc11/"
    page.goto(f"{site.url}/en/account")
    page.get_by_role("button", name="Sign out here").click()
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{site.url}/en/organise/ascc11/")
    page.goto(f"{site.url}/en/account")
    assert "My telephone" in page.inner_text("main")
    assert (axe_violations(page), sideways(page)) == ([], 0)
    assert "with a passkey" in page.inner_text("main")
    # Where the device is not at hand, a recovery code stands in for it once.
    other = open_page()
    other.goto(f"{site.url}/en/sign-in/password?next=/en/organise/ascc11/")
    other.fill("[name=email]", EMAIL)
    other.fill("[name=password]", PASSWORD)
    press(other, "password")
    other.fill("[name=code]", codes[0])
    press(other, "code")
    assert other.url == f"{site.url}/en/organise/ascc11/"
    with site.app.app_context():
        assert db.session.get_one(Event, 1).second_factor_required
