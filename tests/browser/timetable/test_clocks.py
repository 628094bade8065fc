"""The timetable on nights in which clocks change."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from galerio_events.extensions import db
from galerio_events.permissions import AccountRole
from galerio_events.programme.domain import SessionKind
from tests.browser.conftest import Site, axe_violations, signed_in
from tests.browser.timetable.support import AT, EMAIL, drag, nights, saved, stands
from tests.support.builders import make_account, make_event, make_session

pytestmark = pytest.mark.browser


def test_a_night_in_which_the_clocks_go_back(serve: Callable[..., Site], open_page: Callable[..., Page]) -> None:
    def prepare(app: Flask) -> None:
        db_session = db.session()
        event = make_event(
            db_session, timezone="America/New_York", starts_on=date(2022, 11, 5), ends_on=date(2022, 11, 6)
        )
        starts_at = datetime(2022, 11, 6, 5, 50, tzinfo=UTC)
        ends_at = starts_at + timedelta(minutes=30)
        make_session(db_session, event, "night", kind=SessionKind.OPENING, starts_at=starts_at, ends_at=ends_at)
        make_account(db_session, EMAIL, AccountRole.ADMINISTRATOR)
        db_session.commit()

    site = serve(prepare)
    page = open_page(zone="Asia/Tokyo")
    signed_in(page, site, EMAIL)
    page.goto(f"{site.url}/en{AT}")
    expect(page.locator("[data-key=night] .tt-when")).to_have_text("01:50–01:20")
    assert page.locator(".tt-day:last-child .tt-hour").all_inner_texts()[:4] == ["00:00", "01:00", "01:00", "02:00"]
    page.focus("[data-key=night]")
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Alt+ArrowDown")
    saved(page)
    expect(page.locator("[data-key=night] .tt-when")).to_have_text("01:00–01:30")
    assert stands(site, "night")[0] == datetime(2022, 11, 6, 6, 0, tzinfo=UTC)
    # The second time that clocks show 01:30 is drawn on; nobody is asked which of them it is.
    page.click("[data-whole]")
    hour = page.evaluate("document.querySelectorAll('.tt-day:last-child .tt-hour')[2].offsetTop")
    scale = hour / 120
    # In the middle of the window, far from the edges at which the grid scrolls while somebody draws.
    page.evaluate(
        """to => {
            const grid = document.querySelector("[data-scroll]");
            grid.scrollTop = to - grid.clientHeight / 2;
        }""",
        160 * scale,
    )
    box = page.locator("[data-col='1 webinar']").bounding_box()
    assert box is not None
    x = box["x"] + box["width"] / 2
    drag(page, (x, box["y"] + 152 * scale), (x, box["y"] + 168 * scale))
    page.fill("[name=title_en]", "Drawn")
    page.keyboard.press("Enter")
    expect(page.locator("[data-key=drawn]")).to_be_focused()
    assert stands(site, "drawn")[:2] == (
        datetime(2022, 11, 6, 6, 30, tzinfo=UTC), datetime(2022, 11, 6, 6, 50, tzinfo=UTC)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("month", "first", "time", "question", "answers", "start"),
    [
        (11, 5, "01:30", "twice", ["before", "after"], datetime(2022, 11, 6, 6, 30, tzinfo=UTC)),
        (3, 12, "02:30", "never", ["01:30", "03:30"], datetime(2022, 3, 13, 7, 30, tzinfo=UTC)),
    ],
)
def test_a_time_that_is_not_one_is_asked_about(
    serve: Callable[..., Site], open_page: Callable[..., Page], month: int, first: int, time: str, question: str,
    answers: list[str], start: datetime,
) -> None:  # fmt: skip
    site = nights(serve, month, first)
    page = open_page()
    signed_in(page, site, EMAIL)
    page.goto(f"{site.url}/en{AT}")
    page.click("[data-new=session]")
    page.fill("[name=title_en]", "Night")
    page.select_option("[data-new-day]", "1")
    page.fill("[data-new-start]", time)
    page.click("[data-new-form] button[type=submit]")
    expect(page.locator("[data-new-question]")).to_contain_text(question)
    told = page.locator("[data-new-answers] label").all_inner_texts()
    assert [word in text for word, text in zip(answers, told, strict=True)] == [True, True]
    assert axe_violations(page) == []
    page.click("[data-new-answers] label:last-child")
    page.click("[data-new-form] button[type=submit]")
    expect(page.locator("[data-key=night]")).to_be_focused()
    assert stands(site, "night")[0] == start


def test_the_next_day_keeps_what_clocks_show(serve: Callable[..., Site], open_page: Callable[..., Page]) -> None:
    site = nights(serve, 11, 5)
    page = open_page()
    signed_in(page, site, EMAIL)
    page.goto(f"{site.url}/en{AT}")
    page.focus("[data-key=noon]")
    page.keyboard.press("Alt+PageDown")
    saved(page)
    expect(page.locator("[data-key=noon] .tt-when")).to_contain_text("12:30–13:30")
    assert stands(site, "noon")[0] == datetime(2022, 11, 6, 17, 30, tzinfo=UTC)
