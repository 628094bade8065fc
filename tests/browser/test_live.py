"""A session that runs, on several devices: in step, told when they are not, and the same after a reload."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Page, Route, expect

from galerio_events import clock
from galerio_events.accounts.models import Account
from galerio_events.events.domain.plain import digest_of
from galerio_events.extensions import db
from galerio_events.permissions import AccountRole
from galerio_events.programme.domain import RoleKind
from galerio_events.programme.domain.run_sheet import sheet_to_plain
from galerio_events.programme.services.run_sheet import save_run_sheet
from tests.browser.conftest import Site, axe_violations, sideways
from tests.live.support import SHEET
from tests.support.builders import make_account, make_event, make_person, make_session, sign_in, tr

pytestmark = pytest.mark.browser

MODERATOR, SPEAKER, ORGANISER = "mori@example.org", "pablo@example.org", "organiser@example.org"
PATH = "/desk/ascc11/sessions/session-3"


@pytest.fixture
def site(serve: Callable[..., Site]) -> Site:
    """A session of an hour that should have begun six minutes ago."""

    def prepare(_app: Flask) -> None:
        db_session, now = db.session(), clock.utc_now()
        event = make_event(db_session, starts_on=now.date(), ends_on=now.date() + timedelta(days=1))
        mori = make_person(db_session, event, "mori", name=tr("森", "Mori"), email=MODERATOR)
        pablo = make_person(db_session, event, "pablo", email=SPEAKER)
        begins = now - timedelta(minutes=6)
        session = make_session(
            db_session, event, people=((RoleKind.MODERATOR, mori), (RoleKind.PANELIST, pablo)),
            starts_at=begins, ends_at=begins + timedelta(hours=1),
        )  # fmt: skip
        save_run_sheet(db_session, event.id, session.key, SHEET, seen=digest_of(sheet_to_plain(())), now=now)
        for address in (MODERATOR, SPEAKER):
            make_account(db_session, address, None)
        make_account(db_session, ORGANISER, AccountRole.ORGANISER, event)
        db_session.commit()

    return serve(prepare)


def signed_in(page: Page, site: Site, address: str) -> Page:
    """Give the browser the cookie of somebody who has signed in."""
    client = site.app.test_client()
    with site.app.app_context():
        account = db.session.scalars(sa.select(Account).where(Account.email == address)).one()
        db.session.expunge(account)
    sign_in(client, account)
    cookie = client.get_cookie("galerio")
    assert cookie is not None
    page.context.add_cookies([{"name": "galerio", "value": cookie.value, "url": site.url}])
    return page


def test_devices_stay_in_step_and_a_press_counts_once(site: Site, open_page: Callable[..., Page]) -> None:
    moderator = signed_in(open_page(width=390), site, MODERATOR)
    screen = signed_in(open_page(width=1920), site, SPEAKER)
    other = signed_in(open_page(), site, ORGANISER)
    # A device whose clock is years ahead counts with the server's.
    screen.clock.set_fixed_time("2031-05-05T05:05:05Z")
    moderator.goto(f"{site.url}/en{PATH}/live")
    screen.goto(f"{site.url}/en{PATH}/screen")
    other.goto(f"{site.url}/en{PATH}/live")
    now, clock_text = screen.locator("[data-now-title]"), screen.locator("[data-clock]")
    expect(now).to_have_text("Not started")
    expect(clock_text).to_have_text(re.compile("^−6:"))

    moderator.keyboard.press("Control+Enter")
    expect(now).to_have_text("Welcome")
    expect(clock_text).to_have_text(re.compile("^4:[0-5][0-9]$"))
    expect(screen.locator("[data-slip]")).to_have_text("6 min late")
    expect(other.locator("[data-part-slip]")).to_have_text(["", *["6 min late"] * 3])

    # Whoever has not seen yet that somebody else went on does not go on twice.
    other.route("**/live/*.json", lambda route: route.abort())
    moderator.get_by_role("button", name="Go on").click()
    expect(now).to_have_text("Ports")
    other.get_by_role("button", name="Go on").click()
    expect(other.get_by_role("alert")).to_contain_text("Somebody else pressed first.")
    expect(other.locator("[data-now-title]")).to_have_text("Ports")
    expect(moderator.locator("[data-now-title]")).to_have_text("Ports")

    moderator.get_by_role("button", name="Undo").click()
    expect(now).to_have_text("Welcome")
    moderator.get_by_role("button", name="+5 min").click()
    expect(screen.locator("[data-slip]")).to_have_text("11 min late")
    moderator.reload()
    expect(moderator.locator("[data-now-title]")).to_have_text("Welcome")
    expect(moderator.locator("[data-slip]")).to_have_text("11 min late")


def test_a_lost_connection_is_told_and_made_up_for(site: Site, open_page: Callable[..., Page]) -> None:
    moderator = signed_in(open_page(width=390), site, MODERATOR)
    screen = signed_in(open_page(), site, SPEAKER)
    moderator.goto(f"{site.url}/en{PATH}/live")
    screen.goto(f"{site.url}/en{PATH}/screen")
    told = screen.get_by_text("No connection")
    expect(told).to_be_hidden()
    screen.context.set_offline(True)
    expect(told).to_be_visible()
    expect(screen.locator("[data-stale-since]")).to_have_text(re.compile(r"^\d\d:\d\d:\d\d$"))
    moderator.get_by_role("button", name="Start").click()
    expect(moderator.locator("[data-now-title]")).to_have_text("Welcome")
    expect(screen.locator("[data-now-title]")).to_have_text("Not started")
    screen.context.set_offline(False)
    expect(screen.locator("[data-now-title]")).to_have_text("Welcome", timeout=15000)
    expect(told).to_be_hidden()

    moderator.context.set_offline(True)
    moderator.get_by_role("button", name="Go on").click()
    alert = moderator.get_by_role("alert")
    expect(alert).to_contain_text("this may not have arrived")
    moderator.context.set_offline(False)
    expect(alert).to_contain_text("has not arrived. Press again.", timeout=15000)

    # The press arrives, its answer does not.
    def swallow(route: Route) -> None:
        route.fetch()
        route.abort()

    moderator.route(f"**{PATH}/live", swallow)
    moderator.get_by_role("button", name="Go on").click()
    expect(alert).to_contain_text("What you pressed has arrived", timeout=15000)
    expect(moderator.locator("[data-now-title]")).to_have_text("Ports")
    moderator.unroute_all()
    moderator.get_by_role("button", name="Undo").click()
    expect(moderator.locator("[data-now-title]")).to_have_text("Welcome")
    expect(alert).to_be_hidden()


def test_a_reload_without_a_network_leads_to_the_copies_and_back(site: Site, open_page: Callable[..., Page]) -> None:
    page = signed_in(open_page(width=390), site, MODERATOR)
    page.add_init_script(
        "window.asked = []; navigator.wakeLock.request = async (what) => { window.asked.push(what); };"
    )
    page.goto(f"{site.url}/en{PATH}")
    page.wait_for_function("async (path) => Boolean(await caches.match(path))", arg=f"/en{PATH}")
    page.goto(f"{site.url}/en{PATH}/live")
    # The display of the telephone on the lectern does not go dark.
    assert page.evaluate("window.asked") == ["screen"]
    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_text("It appears by itself")).to_be_visible()
    expect(page.get_by_role("link")).to_have_text(["The copy of this session"])
    page.context.set_offline(False)
    expect(page.get_by_role("button", name="Start")).to_be_visible(timeout=15000)
    page.get_by_role("link", name="Questions").click()
    page.get_by_role("link", name="Live mode").click()
    expect(page).to_have_url(f"{site.url}/en{PATH}/live")
    page.get_by_role("link", name="Session").click()
    expect(page).to_have_url(f"{site.url}/en{PATH}")


@pytest.mark.parametrize(("width", "scheme", "language"), [(390, "dark", "ja"), (1920, "light", "en")])
def test_axe_finds_nothing(site: Site, open_page: Callable[..., Page], width: int, scheme: str, language: str) -> None:
    page = signed_in(open_page(width=width, scheme=scheme, language=language), site, ORGANISER)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)

    def look(path: str) -> None:
        page.goto(f"{site.url}/{language}{path}")
        assert axe_violations(page) == []
        assert sideways(page) <= 0

    look(f"{PATH}/live")
    page.locator(".presses button:visible").first.click()
    expect(page.locator(".part[data-part-state='on']")).to_be_visible()
    assert axe_violations(page) == []
    for each in (f"{PATH}/screen", f"{PATH}/run-sheet", f"{PATH}/run-sheet/print"):
        look(each)
    for each in ("", "/session"):
        look(f"/organise/ascc11/settings/run-sheets{each}")
    assert said == []
