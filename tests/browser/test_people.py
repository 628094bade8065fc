"""People, talks and translations in a real browser: axe finds nothing, nothing is too wide, a keyboard is enough."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from galerio_events.events.queries import by_slug
from galerio_events.extensions import db
from galerio_events.people.models import Availability, Organisation
from galerio_events.people.queries import person_by_key
from galerio_events.permissions import AccountRole
from galerio_events.programme import queries
from tests.browser.conftest import Site, signed_in
from tests.browser.test_organise_axe import EMAIL, problems
from tests.support.builders import make_account, make_person, tr, utc
from tests.support.demo import released_demo

pytestmark = pytest.mark.browser

PATHS = [
    "people",
    "people/new",
    "people/tan",
    "people/tan/merge",
    "people/tan/merge?with=tan-2",
    "people/tan/delete",
    "people/tan-2/delete",
    "people/duplicates",
    "organisations",
    "organisations/new",
    "organisations/yusa",
    "organisations/duplicates",
    "organisations/yusa/merge?with=yusa-2",
    "programme/session-3",
    "programme/translations",
    "programme/translations?into=en&of=person",
]


@pytest.fixture
def site(serve: Callable[..., Site]) -> Site:
    def prepare(app: Flask) -> None:
        db_session = db.session()
        released_demo(db_session)
        event = by_slug(db_session, "ascc11")
        assert event is not None
        make_account(db_session, EMAIL, AccountRole.ADMINISTRATOR)
        twin = make_person(db_session, event, "tan-2", name=tr("", "Alan TAN Xin Ji"), email="tan@example.org")
        twin.availabilities = [Availability(starts_at=utc(25, 0), ends_at=utc(25, 9))]
        db_session.add(Organisation(event_id=event.id, key="yusa-2", name=tr("ユサ", "Yusa")))
        tan = person_by_key(db_session, event.id, "tan")
        assert tan is not None
        tan.availabilities = [Availability(starts_at=utc(25, 1), ends_at=utc(25, 9))]
        session = queries.session_by_key(db_session, event.id, "session-3")
        assert session is not None
        session.roles[0].title = tr("", "Ports")
        session.roles[0].minutes = 90
        session.links = [{"url": "https://example.org/", "title": "", "kind": "link"}]
        db_session.commit()

    return serve(prepare)


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_nothing_is_found(site: Site, open_page: Callable[..., Page], language: str, width: int, scheme: str) -> None:
    page = open_page(width=width, scheme=scheme, language=language)
    signed_in(page, site, EMAIL)
    found = []
    for path in PATHS:
        page.goto(f"{site.url}/{language}/organise/ascc11/{path}")
        found += problems(page, path)
    page.goto(f"{site.url}/{language}/organise/ascc11/people/new")
    page.fill("#name_en", "x" * 300)
    page.click("button.btn-primary")
    found += problems(page, "a form with errors")
    assert found == []


def test_a_country_is_found_by_typing_and_the_person_saved_by_keyboard(
    site: Site, open_page: Callable[..., Page]
) -> None:
    page = open_page(width=1280)
    signed_in(page, site, EMAIL)
    page.goto(f"{site.url}/en/organise/ascc11/people/new")
    page.fill("#name_en", "Nguyen An")
    box = page.get_by_role("combobox", name="Country or region")
    box.focus()
    box.press_sequentially("viet")
    box.press("Enter")
    page.fill("#email", "an@example.org")
    page.press("#email", "Enter")
    expect(page.locator("#nguyen-an")).to_contain_text("Vietnam")


def test_a_missing_translation_leads_to_its_field(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(width=1280)
    signed_in(page, site, EMAIL)
    page.goto(f"{site.url}/en/organise/ascc11/programme/translations?of=talk")
    page.get_by_role("link", name="Talk title (日本語)").click()
    field = page.locator("#people-0-title_ja")
    expect(field).to_be_visible()
    field.fill("港")
    field.press("Enter")
    page.wait_for_load_state()
    page.goto(f"{site.url}/en/organise/ascc11/programme/translations?of=talk")
    expect(page.locator("main")).to_contain_text("Nothing is missing here.")
