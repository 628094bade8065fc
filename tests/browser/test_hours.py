"""Local hours and suggested times in a real browser: axe finds nothing, nothing is too wide, all steps can be taken."""

from collections.abc import Callable
from datetime import time
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from galerio_events.events.queries import by_slug
from galerio_events.extensions import db
from galerio_events.people.queries import person_by_key
from galerio_events.permissions import AccountRole
from galerio_events.programme import queries
from galerio_events.programme.worker.arranging import Arranger
from tests.browser.conftest import Site, signed_in
from tests.browser.test_organise_axe import EMAIL, problems
from tests.support.builders import make_account
from tests.support.demo import released_demo

pytestmark = pytest.mark.browser

PATHS = ["hours", "hours?day=2022-11-24", "hours?session=session-1", "hours/suggest", "hours/suggest?day=2022-11-25"]


@pytest.fixture
def site(serve: Callable[..., Site]) -> Site:
    def prepare(app: Flask) -> None:
        db_session = db.session()
        released_demo(db_session)
        event = by_slug(db_session, "ascc11")
        assert event is not None
        make_account(db_session, EMAIL, AccountRole.ADMINISTRATOR)
        tan = person_by_key(db_session, event.id, "tan")
        assert tan is not None
        # 13:00 in Tokyo is 23:00 of the day before in New York; 21:00 there is 7:00.
        tan.timezone = "America/New_York"
        db_session.commit()

    return serve(prepare)


def ask(page: Page, site: Site, language: str) -> None:
    """Send the form, with the evening allowed, and arrive on the page of the suggestion."""
    page.goto(f"{site.url}/{language}/organise/ascc11/hours/suggest?day=2022-11-25")
    page.fill("[name='from_2022-11-25']", "08:00")
    page.fill("[name='until_2022-11-25']", "23:30")
    page.fill("[name=seconds]", "5")
    page.locator("main form .form-foot button").click()
    page.wait_for_selector("[data-arrangement]")


def compute(site: Site) -> None:
    """What the process that searches does."""
    with site.app.app_context():
        engine = db.engine
    assert Arranger(lambda: Session(engine), every=0.2).run() == 1


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_nothing_is_found(site: Site, open_page: Callable[..., Page], language: str, width: int, scheme: str) -> None:
    page = open_page(width=width, scheme=scheme, language=language)
    signed_in(page, site, EMAIL)
    found = []
    for path in PATHS:
        page.goto(f"{site.url}/{language}/organise/ascc11/{path}")
        found += problems(page, path)
        if path.startswith("hours?day"):
            # The strip opens at the first session, wherever the window ends.
            expect(page.locator(".hours-session").first).to_be_in_viewport(ratio=0.9)
    page.fill("[name='until_2022-11-25']", "")
    page.fill("[name=seconds]", "9999")
    page.locator("main form .form-foot button").click()
    page.wait_for_selector(".error-summary")
    found += problems(page, "a form with errors")
    ask(page, site, language)
    found += problems(page, "the running page")
    compute(site)
    page.wait_for_selector(".hours-moves")
    found += problems(page, "the result")
    for box in page.locator(".hours-moves input").all():
        box.uncheck()
    page.locator("main .form-foot button.btn-primary").click()
    page.wait_for_selector(".error-summary")
    found += problems(page, "a result of which nothing is ticked")
    assert found == []


def test_a_suggestion_is_asked_for_looked_at_and_accepted(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(width=1280)
    signed_in(page, site, EMAIL)
    ask(page, site, "en")
    expect(page.get_by_role("status").first).to_contain_text("Waiting to begin.")
    compute(site)
    button = page.get_by_role("button", name="Move the ticked sessions")
    expect(button).to_be_visible()
    moved = page.locator(".hours-moves > li").filter(has_text="Attractive cities")
    expect(moved).to_have_count(1)
    button.click()
    expect(page.locator("main")).to_contain_text("Accepted")
    with site.app.app_context():
        event = by_slug(db.session(), "ascc11")
        assert event is not None
        session = queries.session_by_key(db.session(), event.id, "session-3")
        assert session is not None
        local = [moment.astimezone(ZoneInfo("Asia/Tokyo")).time() for moment in (session.starts_at, session.ends_at)]
    # Over when the night begins for those in Japan, which is ten minutes before it ends in New York.
    assert local == [time(20, 50), time(22)]
