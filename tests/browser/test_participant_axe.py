"""The pages that a registrant meets, and the figures and mails that come of it: axe finds nothing."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Page, expect

from galerio_events.demo.services import load_participants
from galerio_events.extensions import db
from galerio_events.outbox.models import OutboxMail
from galerio_events.permissions import AccountRole
from galerio_events.registration.domain import LinkPurpose
from galerio_events.registration.models import PrivateLink
from galerio_events.text import private_token
from tests.browser.conftest import Site, axe_violations, sideways, signed_in
from tests.browser.test_organise_axe import EMAIL
from tests.support.builders import make_account
from tests.support.demo import released_demo

pytestmark = pytest.mark.browser


def prepare(app: Flask) -> None:
    """The 11th ASCC with forty participants and an organiser, open for registration."""
    event = released_demo(db.session())
    load_participants(db.session(), event, 40, notice_version="1", progress=lambda _done, _of: None)
    make_account(db.session(), EMAIL, AccountRole.ADMINISTRATOR)
    db.session.commit()


def manage_path(app: Flask) -> str:
    """The private address of the one registration that came through the form."""
    with app.app_context():
        nonce = db.session.scalars(sa.select(PrivateLink.nonce).where(PrivateLink.purpose == LinkPurpose.MANAGE)).one()
    return f"/ascc11/registration/{private_token(app.config['SECRET_KEY'], 'manage', nonce)}"


def fill_in(page: Page) -> None:
    page.fill("#name", "Participant 9002")
    page.fill("#email", "participant-9002@example.org")
    page.locator("#country").evaluate("select => { select.tomselect.setValue('KH'); }")
    page.select_option("#affiliation_kind", "university")
    page.check("#agreed")


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_nothing_is_found(
    serve: Callable[..., Site], open_page: Callable[..., Page], language: str, width: int, scheme: str
) -> None:
    site = serve(prepare)
    page = open_page(width=width, scheme=scheme, language=language)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    found: dict[str, object] = {}

    def look(what: str) -> None:
        if violations := axe_violations(page):
            found[what] = violations
        if sideways(page) > 0:
            found[f"{what}, too wide"] = sideways(page)

    def visit(path: str) -> None:
        page.goto(f"{site.url}/{language}{path}")
        look(path)

    visit("/ascc11/privacy")
    visit("/ascc11/outcomes")
    visit("/ascc11/register?session=session-1")
    page.locator(".ts-control").click()
    look("choosing a country")
    page.keyboard.press("Escape")
    expect(page.locator("#country-ts-dropdown")).to_be_hidden()
    page.locator("main form button[type=submit]").click()
    page.wait_for_selector(".error-summary")
    look("errors")
    fill_in(page)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/register/done*")
    look("done")
    private = manage_path(site.app)
    for path in (private, f"{private}/change", f"{private}/cancel", f"{private}x"):
        visit(path)
    # What is printed lies about: it shows the registration, and not the address that opens the calendar.
    page.goto(f"{site.url}/{language}{private}")
    page.emulate_media(media="print")
    expect(page.get_by_text("Participant 9002")).to_be_visible()
    expect(page.locator(".private-address")).to_be_hidden()
    page.emulate_media(media="screen")
    signed_in(page, site, EMAIL)
    for path in ("summary", "summary?basis=attended", "outbox"):
        visit(f"/organise/ascc11/{path}")
    with site.app.app_context():
        (mail,) = db.session.scalars(sa.select(OutboxMail.id))
    visit(f"/organise/ascc11/outbox/{mail}")
    assert (found, [text for text in said if "422" not in text and "404" not in text]) == ({}, [])
