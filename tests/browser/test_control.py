"""The control room of two organisers at once: what one marks, the other sees; and axe finds nothing."""

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

ONE, OTHER, MODERATOR = "one@example.org", "other@example.org", "moderator@example.org"


@pytest.fixture
def site(serve: Callable[..., Site]) -> Site:
    """A session that should have begun five minutes ago."""

    def prepare(_app: Flask) -> None:
        db_session, now = db.session(), clock.utc_now()
        event = make_event(db_session, starts_on=now.date(), ends_on=now.date() + timedelta(days=1))
        mori = make_person(db_session, event, "mori", name=tr("森 由里", "Yuri Mori"), email=MODERATOR)
        pablo = make_person(db_session, event, "pablo", email="pablo@example.org")
        make_session(
            db_session, event, "talk", title=tr("資金", "Finance"),
            people=((RoleKind.MODERATOR, mori), (RoleKind.SPEAKER, pablo)),
            starts_at=now - timedelta(minutes=5), ends_at=now + timedelta(minutes=55),
        )  # fmt: skip
        for address in (ONE, OTHER):
            make_account(db_session, address, event=event)
        make_account(db_session, MODERATOR, None)
        db_session.commit()

    return serve(prepare)


def test_two_organisers_see_the_same(site: Site, open_page: Callable[..., Page]) -> None:
    one, other = open_page(width=390, scheme="dark", language="ja"), open_page()
    signed_in(one, site, ONE)
    signed_in(other, site, OTHER)
    one.goto(f"{site.url}/ja/organise/ascc11/control")
    other.goto(f"{site.url}/en/organise/ascc11/control")
    for page in (one, other):
        assert axe_violations(page) == []
        assert sideways(page) <= 0
    expect(other.get_by_text("0 of 2 here")).to_be_visible()
    one.locator("#here-talk-mori").click()
    expect(other.get_by_text("1 of 2 here")).to_be_visible()
    expect(other.get_by_text(f"by {ONE}")).to_be_visible()
    # Whoever pressed is where they were, and can take it back with the same key.
    expect(one.locator("#here-talk-mori")).to_be_focused()
    one.keyboard.press("Enter")
    expect(other.get_by_text("0 of 2 here")).to_be_visible()
    other.get_by_role("link", name="5 min…", exact=True).first.click()
    expect(other.get_by_role("heading", name="Send this to 2 people?")).to_be_visible()
    assert axe_violations(other) == []
    other.get_by_role("button", name="Send to 2 people").click()
    expect(other.get_by_text("Sent to 2 people, by mail and on their desk.")).to_be_visible()
    expect(one.locator("#n-talk")).to_be_visible()

    desk = open_page(width=390)
    signed_in(desk, site, MODERATOR)
    desk.goto(f"{site.url}/en/desk/ascc11/sessions/talk")
    expect(desk.get_by_text("We will start about 5 minutes late.")).to_be_visible()
    assert axe_violations(desk) == []
    desk.context.set_offline(True)
    expect(desk.get_by_role("button", name="I have read this")).to_be_hidden()
    expect(desk.get_by_text("We will start about 5 minutes late.")).to_be_visible()
