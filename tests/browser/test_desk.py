"""The desk on a phone: a clock that ticks, pages that are there without a network, and nothing that stays behind."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from galerio_events import clock
from galerio_events.extensions import db
from galerio_events.programme.domain import RoleKind
from tests.browser.conftest import Site, axe_violations, sideways, signed_in
from tests.support.builders import make_account, make_event, make_person, make_session, tr

pytestmark = pytest.mark.browser

FIRST, SECOND = "first@example.org", "second@example.org"


@pytest.fixture
def site(serve: Callable[..., Site]) -> Site:
    """Two moderators; the first one's session begins in a quarter of an hour, the second one has none."""

    def prepare(_app: Flask) -> None:
        db_session, now = db.session(), clock.utc_now()
        event = make_event(db_session, starts_on=now.date(), ends_on=now.date() + timedelta(days=1))
        event.venues[0].join_address = "https://webinar.example.org/j/secret"
        first = make_person(db_session, event, "first", name=tr("森 由里", "Yuri Mori"), email=FIRST)
        speaker = make_person(db_session, event, "speaker", email="speaker@example.org")
        for key, minutes in (("soon", 15), ("later", 180)):
            make_session(
                db_session, event, key, title=tr("資金", f"Finance, {key}"),
                people=((RoleKind.MODERATOR, first), (RoleKind.SPEAKER, speaker)),
                starts_at=now + timedelta(minutes=minutes), ends_at=now + timedelta(minutes=minutes + 60),
            )  # fmt: skip
        for address in (FIRST, SECOND):
            make_account(db_session, address, None)
        db_session.commit()

    return serve(prepare)


def expect_kept(page: Page, paths: list[str]) -> None:
    """Wait until the browser keeps exactly these pages."""
    page.wait_for_function(
        """async (wanted) => {
            const paths = new Set();
            for (const name of await caches.keys()) {
                for (const request of await (await caches.open(name)).keys()) {
                    paths.add(new URL(request.url).pathname);
                }
            }
            const found = [...paths].filter((path) => /^\\/[a-z]{2}\\/desk/.test(path)).sort();
            return found.join() === wanted.join();
        }""",
        arg=paths,
    )


def test_there_without_a_network_and_gone_after_signing_out(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(width=390)
    signed_in(page, site, FIRST)
    page.goto(f"{site.url}/en/desk")
    expect_kept(page, ["/en/desk"])
    page.get_by_role("link", name="Finance, soon").click()
    expect_kept(page, ["/en/desk", "/en/desk/ascc11/sessions/soon"])
    stale = page.get_by_text("There is no connection.")
    expect(stale).to_be_hidden()

    page.context.set_offline(True)
    expect(stale).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Finance, soon")).to_be_visible()
    expect(stale).to_be_visible()
    expect(page.locator("[data-copy-note]")).to_contain_text("You are reading a copy of")
    # The style sheet is there as well.
    assert page.evaluate("getComputedStyle(document.querySelector('.run-card__columns')).display") == "grid"
    page.get_by_role("link", name="All my sessions").click()
    expect(page.get_by_role("heading", name="My sessions")).to_be_visible()
    page.goto(f"{site.url}/en/desk/ascc11/sessions/later")
    expect(page.get_by_text("this page is not kept on this device")).to_be_visible()

    page.context.set_offline(False)
    page.goto(f"{site.url}/en/desk")
    expect(stale).to_be_hidden()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/en/sign-in"))
    expect_kept(page, [])
    page.context.set_offline(True)
    with pytest.raises(Exception, match="ERR_INTERNET_DISCONNECTED"):
        page.goto(f"{site.url}/en/desk")


def test_the_copies_of_one_reader_are_not_for_the_next(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page()
    signed_in(page, site, FIRST)
    page.goto(f"{site.url}/en/desk/ascc11/sessions/soon")
    expect_kept(page, ["/en/desk/ascc11/sessions/soon"])
    signed_in(page, site, SECOND)
    page.goto(f"{site.url}/en/desk")
    expect(page.get_by_text("There is no session here for you yet.")).to_be_visible()
    expect_kept(page, ["/en/desk"])
    page.context.clear_cookies()
    page.goto(f"{site.url}/en/desk")
    expect(page).to_have_url(re.compile("/en/sign-in"))
    expect_kept(page, [])


@pytest.mark.parametrize(("width", "scheme", "language"), [(390, "dark", "ja"), (1280, "light", "en")])
def test_axe_finds_nothing(site: Site, open_page: Callable[..., Page], width: int, scheme: str, language: str) -> None:
    page = open_page(width=width, scheme=scheme, language=language)
    signed_in(page, site, FIRST)
    for path in ("desk", "desk?zones=1", "desk/ascc11/sessions/soon"):
        page.goto(f"{site.url}/{language}/{path}")
        assert axe_violations(page) == []
        assert sideways(page) <= 0
    ticking = page.locator("[data-countdown]")
    expect(ticking).to_have_text(re.compile("14"))
    shown = ticking.inner_text()
    expect(ticking).not_to_have_text(shown)
    page.evaluate("document.documentElement.setAttribute('data-kept', '')")
    assert axe_violations(page) == []
