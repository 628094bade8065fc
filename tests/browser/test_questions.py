"""Questions in the browser: votes without leaving the place, lists that stay fresh, and axe finds nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from galerio_events import clock
from galerio_events.extensions import db
from galerio_events.questions import services
from galerio_events.questions.domain import Deed
from tests.browser.conftest import Site, axe_violations, sideways, signed_in
from tests.questions.support import Hall, link_of, make_hall, put, settled
from tests.support.builders import sample_programme

pytestmark = pytest.mark.browser


@pytest.fixture
def hall(serve: Callable[..., Site]) -> tuple[Site, str, int]:
    """A session that runs now, with two questions, one of them being answered."""
    made: list[tuple[str, int]] = []

    def prepare(app: Flask) -> None:
        db_session, now = db.session(), clock.utc_now()
        programme = sample_programme(2)
        times = {"starts_at": now - timedelta(minutes=30), "ends_at": now + timedelta(minutes=30)}
        sessions = tuple(replace(each, **times) for each in programme.sessions)
        found = make_hall(db_session, secret=app.config["SECRET_KEY"], programme=replace(programme, sessions=sessions))
        put(db_session, found, "akiko", "港の電化はどこまで進んでいますか。", language="ja")
        taken = put(db_session, found, "niran", "Who pays for it?" + "x" * 300, hide=True)
        services.moderate(db_session, settled(db_session, found), taken, Deed.TAKE, now=now)
        db_session.commit()
        made.append((link_of(found, "lin"), taken))

    site = serve(prepare)
    return site, *made[0]


@pytest.mark.parametrize(("width", "scheme", "language"), [(390, "dark", "ja"), (1280, "light", "en")])
def test_axe_finds_nothing(
    hall: tuple[Site, str, int], open_page: Callable[..., Page], width: int, scheme: str, language: str
) -> None:
    site, link, taken = hall
    page = open_page(width=width, scheme=scheme)
    signed_in(page, site, "mori@example.org")
    page.goto(site.url + link)
    wrong = []
    for path in (Hall.path, Hall.desk, f"{Hall.desk}/{taken}/answer", f"{Hall.desk}/screen"):
        page.goto(site.url + path.replace("/en/", f"/{language}/"))
        for summary in page.locator("main details:not([open]) > summary").all():
            summary.click()
        wrong += [f"{path}: {each}" for each in axe_violations(page)]
        if sideways(page) > 0:
            wrong.append(f"{path} scrolls sideways")
    assert wrong == []


def test_votes_and_what_the_moderator_does_reach_open_pages(
    hall: tuple[Site, str, int], open_page: Callable[..., Page]
) -> None:
    site, link, taken = hall
    reader, moderator = open_page(width=390), open_page()
    reader.goto(site.url + link)
    reader.goto(site.url + Hall.path)
    signed_in(moderator, site, "mori@example.org")
    moderator.goto(site.url + Hall.desk)
    reader.fill("#text", "half a question")
    reader.locator(f"#vote-{taken}").click()
    expect(reader.locator(f"#vote-{taken}")).to_have_text("✓ 1 Take back my vote (1 vote)")
    assert reader.evaluate("document.activeElement.id") == f"vote-{taken}"
    card = moderator.locator(f"#question-{taken}")
    expect(card).to_contain_text("1 vote", timeout=15_000)
    # Without a network the list stays, and says that the button was not heard.
    moderator.context.set_offline(True)
    card.get_by_role("button", name="Hide").click()
    expect(card.get_by_role("alert")).to_contain_text("There is no connection")
    moderator.context.set_offline(False)
    card.get_by_role("button", name="Hide").click()
    expect(card).to_have_count(0)
    expect(reader.locator(f"#question-{taken}")).to_have_count(0, timeout=15_000)
    # What was being written is still there.
    expect(reader.locator("#text")).to_have_value("half a question")
