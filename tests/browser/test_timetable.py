"""The timetable in a real browser, set to New York: what is dragged is stored on the event's clock; others see it."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, Route, expect

from galerio_events.events.models import Event, Venue
from galerio_events.extensions import db
from galerio_events.permissions import AccountRole
from galerio_events.programme import queries, services
from galerio_events.programme.domain import RoleKind, SessionKind, SessionStatus
from tests.browser.conftest import Site, axe_violations, sideways
from tests.support.builders import NOW, PASSWORD, make_account, make_event, make_person, make_session, tr, utc

pytestmark = pytest.mark.browser
# A slow machine is no defect.
expect.set_options(timeout=20_000)

EMAIL, OTHER = "organiser@example.org", "other@example.org"
AT = "/organise/ascc11/programme"


@pytest.fixture
def site(serve: Callable[..., Site]) -> Site:
    def prepare(app: Flask) -> None:
        db_session = db.session()
        event = make_event(db_session)
        hall = Venue(event_id=event.id, key="hall", kind="onsite", name=tr("大ホール", "Hall"), position=1)
        db_session.add(hall)
        pablo = make_person(db_session, event)
        make_session(
            db_session, event, "panel", title=tr("討論", "Panel"), starts_at=utc(24, 1), ends_at=utc(24, 2),
            people=((RoleKind.MODERATOR, pablo),), status=SessionStatus.CONFIRMED,
        )  # fmt: skip
        make_session(
            db_session, event, "talk", title=tr("講演", "Talk"), starts_at=utc(24, 3), ends_at=utc(24, 4),
            kind=SessionKind.KEYNOTE, track=None, venue=hall,
        )  # fmt: skip
        make_session(
            db_session, event, "closing", title=tr("閉会", "Closing"), starts_at=utc(25, 1), ends_at=utc(25, 2),
            kind=SessionKind.CLOSING,
        )  # fmt: skip
        make_account(db_session, EMAIL, AccountRole.ADMINISTRATOR)
        make_account(db_session, OTHER, AccountRole.ADMINISTRATOR)
        db_session.commit()

    return serve(prepare)


def sign_in(page: Page, site: Site, email: str = EMAIL, language: str = "en") -> None:
    page.goto(f"{site.url}/{language}/sign-in/password")
    page.fill("input[name=email]", email)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_load_state()


@pytest.fixture
def opened(site: Site, open_page: Callable[..., Page]) -> Callable[..., Page]:
    """Opens the timetable, signed in, in a browser whose clock is New York's."""

    def make(email: str = EMAIL, language: str = "en", **more: object) -> Page:
        page = open_page(zone="America/New_York", language=language, **more)
        sign_in(page, site, email, language)
        page.goto(f"{site.url}/{language}{AT}")
        if more.get("java_script_enabled", True):
            page.wait_for_selector("[data-timetable]:not([hidden]) .tt-block")
            if page.viewport_size and page.viewport_size["width"] > 500:
                # So that the whole day fits into the window.
                page.click("[data-zoom='-1']")
                page.click("[data-zoom='-1']")
        return page

    return make


def stands(site: Site, key: str) -> tuple[datetime, datetime, str | None, bool, bool]:
    """Start, end, venue, whether it is scheduled and locked, as stored."""
    with site.app.app_context():
        event = db.session().query(Event).one()
        session = queries.session_by_key(db.session(), event.id, key)
        assert session is not None
        values = queries.values_of(session)
        return values.starts_at, values.ends_at, values.venue, values.scheduled, values.locked


def saved(page: Page) -> None:
    """Wait until the server has answered everything."""
    expect(page.locator(".is-saving")).to_have_count(0)


def hears_nothing(page: Page) -> None:
    """What others do is not told to this page any more; as far as it knows, nothing happens."""
    page.route("**/timetable.json?since=*", lambda route: route.fulfill(status=304))


def stop_the_clock(page: Page) -> None:
    """From now on the page's timers go on only when the test says so."""
    page.clock.install(time=NOW)
    page.clock.pause_at(NOW + timedelta(minutes=1))


def block(page: Page, key: str) -> tuple[float, float]:
    """A point in the block, 8 pixels below its upper edge."""
    found = page.locator(f".tt-block[data-key={key}]")
    found.scroll_into_view_if_needed()
    box = found.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + 8


def place(page: Page, day: int, venue: str, wall: str) -> tuple[float, float]:
    """The point of the grid that stands for that time in that column."""
    return tuple(  # type: ignore[return-value]
        page.evaluate(
            """([id, wall]) => {
                const column = document.querySelector(`[data-col="${id}"]`);
                const hours = [...column.parentElement.querySelectorAll(".tt-hour")];
                const box = column.getBoundingClientRect();
                const scale = parseFloat(getComputedStyle(column).getPropertyValue("--tt-minute"));
                const [first, top] = [hours[0].textContent.split(":"), hours[0].offsetTop];
                const [h, m] = wall.split(":");
                return [box.x + box.width / 2, box.y + top + ((h - first[0]) * 60 + (m - first[1])) * scale];
            }""",
            [f"{day} {venue}", wall],
        )
    )


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + 6, start[1] + 6)
    page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    page.mouse.move(*end, steps=4)
    page.mouse.up()


def drag_to(page: Page, key: str, day: int, venue: str, wall: str) -> None:
    start = block(page, key)
    x, y = place(page, day, venue, wall)
    drag(page, start, (x, y + 8))
    saved(page)


def test_dragging_between_rooms_and_days_is_stored_on_the_events_clock(site: Site, opened: Callable[..., Page]) -> None:
    page = opened()
    expect(page.locator("[data-key=panel] .tt-when")).to_have_text("10:00–11:00")
    drag_to(page, "panel", 0, "hall", "13:30")
    assert stands(site, "panel") == (utc(24, 4, 30), utc(24, 5, 30), "hall", True, False)
    expect(page.locator("[data-key=panel] .tt-when")).to_have_text("13:30–14:30")
    expect(page.locator("[data-status]")).to_have_text("Panel: Thu 24 Nov, 13:30–14:30, Hall")
    drag_to(page, "panel", 1, "webinar", "11:15")
    assert stands(site, "panel") == (utc(25, 2, 15), utc(25, 3, 15), "webinar", True, False)
    page.reload()
    page.wait_for_selector(".tt-block")
    expect(page.locator("[data-key=panel] .tt-when")).to_have_text("11:15–12:15")


def test_held_over_the_name_of_a_day_it_gets_to_that_day(site: Site, opened: Callable[..., Page]) -> None:
    page = opened()
    page.click(".tt-tab:text('Thu 24 Nov')")
    assert page.locator(".tt-day").count() == 1
    page.mouse.move(*block(page, "panel"))
    page.mouse.down()
    tab = page.locator(".tt-tab:text('Fri 25 Nov')").bounding_box()
    assert tab is not None
    page.mouse.move(tab["x"] + 20, tab["y"] + 10, steps=3)
    expect(page.locator(".tt-tab[aria-pressed=true]")).to_have_text("Fri 25 Nov")
    x, y = place(page, 1, "hall", "14:00")
    page.mouse.move(x, y + 8, steps=3)
    page.mouse.up()
    saved(page)
    assert stands(site, "panel") == (utc(25, 5), utc(25, 6), "hall", True, False)


def test_the_edge_changes_the_length(site: Site, opened: Callable[..., Page]) -> None:
    page = opened()
    box = page.locator("[data-key=panel]").bounding_box()
    assert box is not None
    edge = (box["x"] + box["width"] / 2, box["y"] + box["height"] - 3)
    _x, y = place(page, 0, "webinar", "11:45")
    drag(page, edge, (edge[0], y))
    saved(page)
    assert stands(site, "panel") == (utc(24, 1), utc(24, 2, 45), "webinar", True, False)


def test_tray_out_and_in(site: Site, opened: Callable[..., Page]) -> None:
    page = opened()
    tray = page.locator("[data-tray]").bounding_box()
    assert tray is not None
    drag(page, block(page, "talk"), (tray["x"] + 50, tray["y"] + 80))
    saved(page)
    assert stands(site, "talk") == (utc(24, 3), utc(24, 4), "hall", False, False)
    expect(page.locator("[data-tray-title]")).to_have_text("Tray (1)")
    # A session from the tray is held fifteen minutes below its upper edge.
    x, y = place(page, 1, "webinar", "13:15")
    drag(page, block(page, "talk"), (x, y))
    saved(page)
    assert stands(site, "talk") == (utc(25, 4), utc(25, 5), "webinar", True, False)
    expect(page.locator("[data-tray-title]")).to_have_text("Tray (0)")


def test_drawing_makes_a_session_and_undo_takes_it_away(site: Site, opened: Callable[..., Page]) -> None:
    page = opened()
    first, second = place(page, 0, "hall", "14:00"), place(page, 0, "hall", "15:20")
    drag(page, (first[0], first[1] + 2), (second[0], second[1] - 2))
    expect(page.locator("[data-dialog=new]")).to_be_visible()
    assert (page.input_value("[data-new-start]"), page.input_value("[data-new-minutes]")) == ("14:00", "80")
    assert axe_violations(page) == []
    page.click("[data-new-form] button[type=submit]")
    expect(page.locator("[data-new-problem]")).to_have_text("Enter a title in at least one language.")
    page.fill("[name=title_en]", "Drawn <b>here</b>")
    page.keyboard.press("Enter")
    expect(page.locator("[data-key=drawn-b-here-b]")).to_be_focused()
    assert stands(site, "drawn-b-here-b") == (utc(24, 5), utc(24, 6, 20), "hall", True, False)
    page.click("[data-undo]")
    expect(page.locator("[data-key=drawn-b-here-b]")).to_have_count(0)
    page.click("[data-redo]")
    expect(page.locator("[data-key=drawn-b-here-b]")).to_be_visible()
    expect(page.locator("[data-key=drawn-b-here-b] .tt-title")).to_have_text("Drawn <b>here</b>")


def test_enter_at_once_after_drawing_is_not_lost(opened: Callable[..., Page]) -> None:
    page = opened()
    page.evaluate(
        """() => window.addEventListener("pointerup", () => {
            document.querySelector("[name=title_en]").value = "Drawn";
            document.querySelector("[data-new-form] [type=submit]").click();
        }, { once: true })"""
    )
    first, second = place(page, 0, "hall", "14:00"), place(page, 0, "hall", "15:20")
    drag(page, (first[0], first[1] + 2), (second[0], second[1] - 2))
    expect(page.locator("[data-key=drawn]")).to_be_focused()


def test_a_click_on_what_is_drawn_anew_meanwhile_is_not_lost(site: Site, opened: Callable[..., Page]) -> None:
    page = opened()
    page.mouse.move(*block(page, "panel"))
    page.mouse.down()
    edit(site, "panel", title=tr("", "Renamed"))
    expect(page.locator("[data-key=panel] .tt-title")).to_have_text("Renamed")
    page.mouse.up()
    expect(page.locator("[data-card-title]")).to_have_text("Renamed")


def test_a_break_is_added_quickly_and_can_be_removed(site: Site, opened: Callable[..., Page]) -> None:
    page = opened()
    page.click("[data-new=break]")
    assert (page.input_value("[name=title_ja]"), page.input_value("[name=title_en]")) == ("休憩", "Break")
    assert page.input_value("[data-new-minutes]") == "15"
    page.fill("[data-new-start]", "12:30")
    page.click("[data-new-form] button[type=submit]")
    expect(page.locator("[data-key=break]")).to_be_focused()
    assert stands(site, "break") == (utc(24, 3, 30), utc(24, 3, 45), "webinar", True, False)
    page.keyboard.press("Enter")
    page.click("[data-card-do=remove]")
    expect(page.locator("[data-key=break]")).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(page.locator("[data-key=break]")).to_be_visible()


def test_undo_and_redo(site: Site, opened: Callable[..., Page]) -> None:
    page = opened()
    start = stands(site, "panel")
    drag_to(page, "panel", 0, "hall", "13:30")
    moved = stands(site, "panel")
    page.keyboard.press("l")
    saved(page)
    expect(page.locator("[data-key=panel].is-locked")).to_have_count(1)
    for _ in range(2):
        page.keyboard.press("Control+z")
        saved(page)
    assert stands(site, "panel") == start
    expect(page.locator("[data-undo]")).to_be_disabled()
    page.keyboard.press("Control+Shift+z")
    saved(page)
    assert stands(site, "panel") == moved
    page.click("[data-redo]")
    saved(page)
    assert stands(site, "panel") == (*moved[:4], True)


def test_a_locked_session_is_not_dragged(site: Site, opened: Callable[..., Page]) -> None:
    page = opened()
    page.focus("[data-key=panel]")
    page.keyboard.press("l")
    saved(page)
    before = stands(site, "panel")
    assert before[4] is True
    drag_to(page, "panel", 0, "hall", "13:30")
    assert stands(site, "panel") == before
    expect(page.locator("[data-status]")).to_have_text("Panel is locked. Unlock it before you move it.")
    page.focus("[data-key=panel]")
    page.keyboard.press("Alt+ArrowDown")
    saved(page)
    assert stands(site, "panel") == before


def test_the_keyboard_alone(site: Site, opened: Callable[..., Page]) -> None:
    page = opened()
    page.focus("[data-key=panel]")
    for key in ("Alt+ArrowDown", "Alt+ArrowDown", "Alt+ArrowRight", "Shift+Alt+ArrowUp", "Alt+PageDown"):
        page.keyboard.press(key)
    saved(page)
    expect(page.locator("[data-key=panel]")).to_be_focused()
    assert stands(site, "panel") == (utc(25, 1, 10), utc(25, 2, 5), "hall", True, False)
    expect(page.locator("[data-status]")).to_have_text("Panel: Fri 25 Nov, 10:10–11:05, Hall")
    page.keyboard.press("t")
    saved(page)
    assert stands(site, "panel")[3] is False
    page.keyboard.press("Control+z")
    saved(page)
    assert stands(site, "panel")[3] is True


def test_conflicts_are_told_while_dragging_and_jumped_to(site: Site, opened: Callable[..., Page]) -> None:
    page = opened()
    expect(page.locator("[data-conflict-count]")).to_have_text("No conflicts")
    start, (x, y) = block(page, "talk"), place(page, 0, "webinar", "10:30")
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + 6, start[1] + 6)
    page.mouse.move(x, y + 8, steps=4)
    expect(page.locator(".tt-drop")).to_have_class("tt-drop is-bad")
    assert "overlap in Webinar by 30 minutes, 10:30–11:00" in page.inner_text("[data-status]")
    assert stands(site, "talk")[2] == "hall"
    page.mouse.up()
    saved(page)
    expect(page.locator("[data-conflict-count]")).to_have_text("Conflicts: 1")
    assert page.locator(".is-bad.tt-block").count() == 2
    page.click(".tt-tab:text('Fri 25 Nov')")
    page.click("[data-conflict='1']")
    expect(page.locator("[data-key=panel]")).to_be_focused()
    expect(page.locator(".tt-tab[aria-pressed=true]")).to_have_text("Thu 24 Nov")
    assert page.inner_text("[data-status]").startswith("Conflict 1 of 1:")
    assert axe_violations(page) == []


def test_escape_leaves_everything_where_it_was(site: Site, opened: Callable[..., Page]) -> None:
    page = opened()
    before = stands(site, "talk")
    page.mouse.move(*block(page, "talk"))
    page.mouse.down()
    x, y = place(page, 1, "webinar", "14:00")
    page.mouse.move(x, y, steps=4)
    page.keyboard.press("Escape")
    page.mouse.up()
    assert page.locator(".tt-drop, .tt-ghost").count() == 0
    assert stands(site, "talk") == before
    assert not page.is_visible("[data-dialog=card]")


def test_zoom_and_filters(opened: Callable[..., Page]) -> None:
    page = opened()

    def height() -> float:
        box = page.locator("[data-key=panel]").bounding_box()
        assert box is not None
        return box["height"]

    hours = page.locator("[data-hours]")
    assert (hours.get_attribute("href") or "").endswith("/organise/ascc11/hours")
    page.click(".tt-tab:text('Fri 25 Nov')")
    assert (hours.get_attribute("href") or "").endswith("/organise/ascc11/hours?day=2022-11-25")
    page.click(".tt-tab:text('Thu 24 Nov')")
    before = height()
    # Nothing is drawn anew: among 1,500 sessions that would be felt.
    page.evaluate("document.querySelector('[data-key=panel]').drawn = 'once'")
    page.click("[data-zoom='1']")
    assert height() == pytest.approx(before * 1.5, abs=1)
    expect(page.locator("[data-key=panel]")).not_to_have_class(re.compile("is-short"))
    for _ in range(2):
        page.click("[data-zoom='-1']")
    assert height() == pytest.approx(before * 0.55 / 0.8, abs=1)
    expect(page.locator("[data-key=panel]")).to_have_class(re.compile("is-short"))
    assert page.evaluate("document.querySelector('[data-key=panel]').drawn") == "once"
    page.select_option("[data-filter=status]", "confirmed")
    expect(page.locator(".tt-block:not(.is-off)")).to_have_count(1)
    expect(page.locator("[data-status]")).to_have_text("Shown: 1 of 3")
    page.click(".tt-tab:text('All days')")
    page.select_option("[data-filter=status]", "")
    page.select_option("[data-filter=track]", "smart-city")
    expect(page.locator(".tt-block:not(.is-off)")).to_have_count(2)
    page.select_option("[data-filter=track]", "")
    page.fill("[data-filter=query]", "pablo")
    expect(page.locator(".tt-block:not(.is-off)")).to_have_count(1)
    expect(page).to_have_url(re.compile("q=pablo"))
    assert axe_violations(page) == []


def test_two_organisers_at_once(site: Site, opened: Callable[..., Page]) -> None:
    mine, theirs = opened(), opened(OTHER)
    # Both move what they saw.
    hears_nothing(mine)
    drag_to(theirs, "panel", 0, "hall", "13:30")
    drag(mine, block(mine, "panel"), place(mine, 1, "webinar", "14:00"))
    expect(mine.locator("[data-dialog=compare]")).to_be_visible()
    rows = {
        row.locator("th").inner_text(): row.locator("td").all_inner_texts()
        for row in mine.locator("[data-compare-rows] tr").all()
    }
    assert [cell.strip() for cell in rows["Venue"]] == ["Webinar", "unchanged", "Hall"]
    assert rows["Time"][2].strip() == "Thursday 24 November 2022, 13:30–14:30"
    assert OTHER in mine.inner_text("[data-compare-who]")
    assert axe_violations(mine) == []
    assert stands(site, "panel") == (utc(24, 4, 30), utc(24, 5, 30), "hall", True, False)
    mine.click("[data-compare-mine]")
    saved(mine)
    # My day and time, their room.
    start, end, venue, *_rest = stands(site, "panel")
    assert (start.day, end - start, venue) == (25, utc(25, 2) - utc(25, 1), "hall")


def test_keeping_theirs_loses_nothing_of_theirs(site: Site, opened: Callable[..., Page]) -> None:
    mine, theirs = opened(), opened(OTHER)
    hears_nothing(mine)
    drag_to(theirs, "panel", 0, "hall", "13:30")
    drag(mine, block(mine, "panel"), place(mine, 1, "webinar", "14:00"))
    mine.click("[data-dialog=compare] [data-close]:visible")
    saved(mine)
    expect(mine.locator("[data-key=panel] .tt-when")).to_have_text("13:30–14:30")
    expect(mine.locator("[data-undo]")).to_be_disabled()
    assert stands(site, "panel") == (utc(24, 4, 30), utc(24, 5, 30), "hall", True, False)


def test_what_was_to_follow_a_lost_race_is_not_sent(site: Site, opened: Callable[..., Page]) -> None:
    mine, theirs = opened(), opened(OTHER)
    hears_nothing(mine)
    drag_to(theirs, "panel", 0, "hall", "13:30")
    mine.focus("[data-key=panel]")
    for _ in range(4):
        mine.keyboard.press("Alt+ArrowDown")
    expect(mine.locator("[data-dialog=compare]")).to_be_visible()
    saved(mine)
    mine.click("[data-dialog=compare] [data-close]:visible")
    expect(mine.locator("[data-key=panel] .tt-when")).to_have_text("13:30–14:30")
    assert stands(site, "panel") == (utc(24, 4, 30), utc(24, 5, 30), "hall", True, False)


def test_the_comparison_knows_what_one_has_changed_oneself_before(site: Site, opened: Callable[..., Page]) -> None:
    mine = opened()
    hears_nothing(mine)
    drag_to(mine, "panel", 0, "hall", "13:30")
    theirs = opened(OTHER)
    theirs.focus("[data-key=panel]")
    theirs.keyboard.press("Alt+ArrowLeft")
    saved(theirs)
    mine.focus("[data-key=panel]")
    mine.keyboard.press("Alt+ArrowDown")
    expect(mine.locator("[data-dialog=compare]")).to_be_visible()
    rows = [
        [cell.strip() for cell in row.locator("th, td").all_inner_texts()]
        for row in mine.locator("[data-compare-rows] tr").all()
    ]
    day = "Thursday 24 November 2022, "
    assert rows == [
        ["Time", day + "13:30–14:30", day + "13:35–14:35", "unchanged"],
        ["Venue", "Hall", "unchanged", "Webinar"],
    ]


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
    sign_in(page, site)
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


def test_what_others_change_appears_by_itself(site: Site, opened: Callable[..., Page]) -> None:
    page = opened()
    with site.app.app_context():
        event = db.session().query(Event).one()
        session = queries.session_by_key(db.session(), event.id, "panel")
        assert session is not None
        values = replace(queries.values_of(session), title=tr("", "Renamed"), starts_at=utc(24, 1, 30))
        services.save_session(db.session(), event.id, "panel", values, expected_version=1, now=NOW)
        services.remove_session(db.session(), event.id, "closing", expected_version=1, now=NOW)
        db.session.commit()
    expect(page.locator("[data-key=panel] .tt-title")).to_have_text("Renamed")
    expect(page.locator("[data-key=panel] .tt-when")).to_have_text("10:30–11:00")
    expect(page.locator("[data-key=closing]")).to_have_count(0)
    expect(page.locator("[data-status]")).to_have_text("2 sessions were changed by others")


def test_the_whole_job_without_a_script_and_without_a_mouse(site: Site, opened: Callable[..., Page]) -> None:
    page = opened(java_script_enabled=False)

    def send(selector: str, address: str) -> None:
        page.focus(selector)
        with page.expect_navigation(url=address):
            page.keyboard.press("Enter")

    assert axe_violations_without_script(page) == []
    send("#panel button[value=later]", "**/programme#panel")
    assert stands(site, "panel")[0] == utc(24, 1, 15)
    send("#panel a:has-text('Place…')", "**/panel/place")
    page.select_option("[name=day]", "2022-11-25")
    page.fill("[name=start]", "16:00")
    page.fill("[name=minutes]", "95")
    page.select_option("[name=venue]", "hall")
    page.check("[name=locked]")
    page.focus(".form-foot [value=check]")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=If it stood there")
    send(".form-foot [value=save]", "**/programme#panel")
    assert stands(site, "panel") == (utc(25, 7), utc(25, 8, 35), "hall", True, True)
    assert page.locator("#panel button[value=later]").count() == 0
    send("#panel button[value=unlock]", "**/programme#panel")
    send("#panel button[value=tray]", "**/programme#panel")
    assert stands(site, "panel")[3] is False
    send("#panel button[value=timetable]", "**/programme#panel")
    assert stands(site, "panel")[3] is True
    send("a:has-text('New break')", "**/programme/new?*")
    page.fill("[name=title_en]", "Coffee")
    send("button.btn-primary[value=save]", "**/programme#coffee")
    assert stands(site, "coffee")[0] == utc(24, 3)
    send("#coffee a:has-text('Place…')", "**/coffee/place")
    send("a:has-text('Remove this session…')", "**/coffee/remove")
    send("main form button[type=submit]", "**/programme")
    assert page.locator("#coffee").count() == 0


def axe_violations_without_script(page: Page) -> list[str]:
    """Where scripts are off axe does not run either; what it would look at first is looked at by hand."""
    unnamed = [button for button in page.locator("main button").all() if not button.inner_text().strip()]
    return ["a button without a name"] * len(unnamed) + (["too wide"] if sideways(page) > 0 else [])


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (390, "dark"), (1280, "dark"), (1280, "light")])
def test_axe_finds_nothing(site: Site, opened: Callable[..., Page], language: str, width: int, scheme: str) -> None:
    page = opened(language=language, width=width, scheme=scheme)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    found = [f"grid: {each}" for each in axe_violations(page)]
    assert sideways(page) <= 0
    if width < 500:
        page.click("[data-more] summary")
    page.click("[data-help-open]")
    found += [f"help: {each}" for each in axe_violations(page)]
    page.keyboard.press("Escape")
    page.locator("[data-key=talk]").click()
    found += [f"details: {each}" for each in axe_violations(page)]
    page.keyboard.press("Escape")
    expect(page.locator("[data-key=talk]")).to_be_focused()
    page.click("[data-new=session]")
    found += [f"new: {each}" for each in axe_violations(page)]
    assert (found, said) == ([], [])


def test_a_finger_scrolls_unless_it_waits(site: Site, opened: Callable[..., Page]) -> None:
    page = opened(width=390, has_touch=True)
    before = stands(site, "panel")
    x, y = block(page, "panel")
    hand = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": px, "y": py} for px, py in points]})

    stop_the_clock(page)
    touch("touchStart", (x, y))
    touch("touchMove", (x, y - 40))
    touch("touchEnd")
    assert page.locator(".tt-ghost").count() == 0
    assert stands(site, "panel") == before
    x, y = block(page, "panel")
    touch("touchStart", (x, y))
    page.clock.run_for(400)
    expect(page.locator(".tt-ghost")).to_be_visible()
    hour = page.evaluate(
        "60 * parseFloat(getComputedStyle(document.querySelector('.tt-col')).getPropertyValue('--tt-minute'))"
    )
    touch("touchMove", (x, y + 20))
    touch("touchMove", (x, y + hour / 2))
    touch("touchEnd")
    saved(page)
    assert stands(site, "panel") == (utc(24, 1, 30), utc(24, 2, 30), "webinar", True, False)


def compared(page: Page) -> dict[str, list[str]]:
    expect(page.locator("[data-dialog=compare]")).to_be_visible()
    return {
        row.locator("th").inner_text(): [cell.strip() for cell in row.locator("td:visible").all_inner_texts()]
        for row in page.locator("[data-compare-rows] tr").all()
    }


def edit(site: Site, key: str, **values: object) -> None:
    """Somebody else saves the session with these values."""
    with site.app.app_context():
        event = db.session().query(Event).one()
        session = queries.session_by_key(db.session(), event.id, key)
        assert session is not None
        changed = replace(queries.values_of(session), **values)  # type: ignore[arg-type]
        services.save_session(
            db.session(), event.id, key, changed, expected_version=session.version, now=datetime.now(UTC)
        )
        db.session.commit()


def take_hold(page: Page, key: str, day: int, venue: str, wall: str) -> None:
    """Drags the session there, and keeps the button pressed."""
    start, (x, y) = block(page, key), place(page, day, venue, wall)
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + 6, start[1] + 6)
    page.mouse.move(x, y + 8, steps=4)


def test_a_long_drag_does_not_overwrite_what_came_in_meanwhile(site: Site, opened: Callable[..., Page]) -> None:
    page = opened()
    take_hold(page, "panel", 1, "webinar", "14:00")
    edit(site, "panel", venue="hall", starts_at=utc(24, 4), ends_at=utc(24, 5))
    expect(page.locator("[data-col='0 hall'] [data-key=panel]")).to_be_visible()
    page.mouse.up()
    assert compared(page)["Venue"] == ["Webinar", "unchanged", "Hall"]
    assert stands(site, "panel")[:3] == (utc(24, 4), utc(24, 5), "hall")
    page.click("[data-compare-mine]")
    saved(page)
    assert stands(site, "panel")[:3] == (utc(25, 5), utc(25, 6), "hall")


def test_a_length_that_is_changed_slowly_does_not_overwrite_either(site: Site, opened: Callable[..., Page]) -> None:
    page = opened()
    box = page.locator("[data-key=panel]").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, place(page, 0, "webinar", "11:45")[1]
    page.mouse.move(x, box["y"] + box["height"] - 3)
    page.mouse.down()
    page.mouse.move(x, y, steps=4)
    edit(site, "panel", starts_at=utc(24, 1), ends_at=utc(24, 1, 30))
    expect(page.locator("[data-key=panel] .tt-when")).to_have_text("10:00–10:30")
    page.mouse.up()
    assert compared(page)["Length"] == ["60 minutes", "105 minutes", "30 minutes"]
    assert stands(site, "panel")[:2] == (utc(24, 1), utc(24, 1, 30))


def test_presses_of_one_key_are_one_move_and_do_not_overwrite_either(site: Site, opened: Callable[..., Page]) -> None:
    page = opened()
    stop_the_clock(page)
    page.focus("[data-key=panel]")
    page.keyboard.press("Alt+ArrowDown")
    saved(page)
    edit(site, "panel", venue="hall")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("[data-col='0 hall'] [data-key=panel]")).to_be_focused()
    page.keyboard.press("Alt+ArrowDown")
    day = "Thursday 24 November 2022, "
    assert compared(page) == {
        "Time": [day + "10:05–11:05", day + "10:10–11:10", "unchanged"],
        "Venue": ["Webinar", "unchanged", "Hall"],
    }
    page.click("[data-dialog=compare] [data-close]:visible")
    saved(page)
    # Whoever has seen theirs goes on from there.
    page.keyboard.press("Alt+ArrowDown")
    saved(page)
    assert stands(site, "panel")[:3] == (utc(24, 1, 10), utc(24, 2, 10), "hall")


def test_what_is_removed_is_what_was_seen(site: Site, opened: Callable[..., Page]) -> None:
    page = opened()
    hears_nothing(page)
    edit(site, "panel", title=tr("", "Renamed"))
    page.focus("[data-key=panel]")
    page.keyboard.press("Delete")
    assert compared(page) == {"Title (日本語)": ["討論", "–"], "Title (English)": ["Panel", "Renamed"]}
    assert page.locator("[data-dialog=compare] button:visible").all_inner_texts() == [
        "Remove it all the same", "Keep it",
    ]  # fmt: skip
    assert axe_violations(page) == []
    page.click("[data-dialog=compare] [data-close]:visible")
    saved(page)
    expect(page.locator("[data-key=panel] .tt-title")).to_have_text("Renamed")
    page.focus("[data-key=panel]")
    page.keyboard.press("Delete")
    # Undone as soon as it is done, and nothing before it.
    page.keyboard.press("Control+z")
    expect(page.locator("[data-status]")).to_have_text("Undone: Renamed was removed")
    edit(site, "panel", title=tr("", "Again"))
    page.focus("[data-key=panel]")
    page.keyboard.press("Delete")
    assert compared(page) == {"Title (English)": ["Renamed", "Again"]}
    page.click("[data-compare-remove]")
    expect(page.locator("[data-key=panel]")).to_have_count(0)
    expect(page.locator("[data-status]")).to_have_text("Again was removed")


def test_what_a_stale_answer_says_is_told(opened: Callable[..., Page]) -> None:
    page = opened()
    hears_nothing(page)
    answer = {
        "stale": True,
        "problems": {"start": "Of another version."},
        "sessions": [],
        "people": {},
        "conflicts": [],
    }
    page.route("**/panel/place", lambda route: route.fulfill(status=409, json=answer))
    page.focus("[data-key=panel]")
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("[data-status]")).to_have_text("Of another version.")
    expect(page.locator("[data-key=panel] .tt-when")).to_have_text("10:00–11:00")


def test_a_lock_that_comes_in_during_a_drag_holds(site: Site, opened: Callable[..., Page]) -> None:
    page = opened()
    take_hold(page, "panel", 1, "webinar", "14:00")
    edit(site, "panel", locked=True)
    expect(page.locator("[data-status]")).to_contain_text("Panel is locked.")
    page.mouse.up()
    saved(page)
    assert stands(site, "panel") == (utc(24, 1), utc(24, 2), "webinar", True, True)
    expect(page.locator("[data-key=panel] .tt-when")).to_have_text("10:00–11:00")


def test_all_steps_that_were_asked_for_are_compared(site: Site, opened: Callable[..., Page]) -> None:
    page = opened()
    hears_nothing(page)
    edit(site, "panel", venue="hall")
    page.focus("[data-key=panel]")
    page.evaluate(
        """() => { for (let i = 0; i < 4; i += 1) document.querySelector("[data-key=panel]").dispatchEvent(
            new KeyboardEvent("keydown", { key: "ArrowDown", altKey: true, bubbles: true })); }"""
    )
    assert compared(page)["Time"][1] == "Thursday 24 November 2022, 10:20–11:20"
    page.click("[data-compare-mine]")
    saved(page)
    assert stands(site, "panel")[:3] == (utc(24, 1, 20), utc(24, 2, 20), "hall")


def test_an_answer_that_is_lost_is_looked_for(site: Site, opened: Callable[..., Page]) -> None:
    page = opened()

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/panel/place", lose)
    page.focus("[data-key=panel]")
    page.keyboard.press("Alt+ArrowDown")
    saved(page)
    assert stands(site, "panel")[0] == utc(24, 1, 5)
    expect(page.locator("[data-status]")).to_have_text("Panel: Thu 24 Nov, 10:05–11:05, Webinar")
    page.unroute("**/panel/place")
    page.click("[data-undo]")
    saved(page)
    assert stands(site, "panel")[0] == utc(24, 1)


def test_what_was_wanted_is_kept_while_one_signs_in_again(site: Site, opened: Callable[..., Page]) -> None:
    page = opened()
    page.context.clear_cookies()
    page.focus("[data-key=panel]")
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("[data-status] a")).to_have_attribute("target", "_blank")
    assert stands(site, "panel")[0] == utc(24, 1)
    other = page.context.new_page()
    # What the page says meanwhile takes nobody's focus.
    page.focus("[data-offer=again]")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("[data-offer=again]")).to_be_focused()
    sign_in(other, site)
    expect(page.locator("[data-status] a")).to_have_count(0)
    expect(page.locator("[data-offer=again]")).to_be_focused()
    page.keyboard.press("Enter")
    saved(page)
    assert stands(site, "panel")[0] == utc(24, 1, 5)


def test_what_somebody_removes_is_not_dragged_on(site: Site, opened: Callable[..., Page]) -> None:
    page = opened()
    hears_nothing(page)
    with site.app.app_context():
        event = db.session().query(Event).one()
        services.remove_session(db.session(), event.id, "panel", expected_version=1, now=NOW)
        db.session.commit()
    take_hold(page, "panel", 1, "webinar", "14:00")
    expect(page.locator("[data-status]")).to_have_text("Somebody else has removed this session meanwhile.")
    page.mouse.up()
    expect(page.locator("[data-key=panel], .tt-ghost")).to_have_count(0)


def test_two_quick_clicks_open_the_details(opened: Callable[..., Page]) -> None:
    page = opened()
    address = page.url
    page.mouse.dblclick(*block(page, "panel"))
    expect(page.locator("[data-dialog=card]")).to_be_visible()
    assert page.url == address


def nights(serve: Callable[..., Site], month: int, first: int) -> Site:
    def prepare(app: Flask) -> None:
        db_session = db.session()
        event = make_event(
            db_session,
            timezone="America/New_York",
            starts_on=date(2022, month, first),
            ends_on=date(2022, month, first + 1),
        )
        starts_at = datetime(2022, month, first, 16, 30, tzinfo=UTC)
        make_session(db_session, event, "noon", starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))
        make_account(db_session, EMAIL, AccountRole.ADMINISTRATOR)
        db_session.commit()

    return serve(prepare)


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
    sign_in(page, site)
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
    sign_in(page, site)
    page.goto(f"{site.url}/en{AT}")
    page.focus("[data-key=noon]")
    page.keyboard.press("Alt+PageDown")
    saved(page)
    expect(page.locator("[data-key=noon] .tt-when")).to_contain_text("12:30–13:30")
    assert stands(site, "noon")[0] == datetime(2022, 11, 6, 17, 30, tzinfo=UTC)


def test_on_a_phone_the_grid_is_on_the_first_screen(opened: Callable[..., Page]) -> None:
    page = opened(width=390)
    box = page.locator("[data-scroll]").bounding_box()
    assert box is not None
    assert box["y"] < 700
    page.click("[data-more] summary")
    expect(page.locator("[data-filter=query]")).to_be_visible()
    assert axe_violations(page) == []
