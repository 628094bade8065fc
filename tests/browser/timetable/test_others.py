"""Two organisers at once: what others change appears by itself, and nobody's work is overwritten or lost."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Page, Route, expect

from galerio_events.events.models import Event
from galerio_events.extensions import db
from galerio_events.programme import queries, services
from tests.browser.conftest import Site, axe_violations
from tests.browser.timetable.support import (
    OTHER,
    block,
    compared,
    drag,
    drag_to,
    edit,
    hears_nothing,
    place,
    saved,
    sign_in,
    stands,
    stop_the_clock,
    take_hold,
)
from tests.support.builders import NOW, tr, utc

pytestmark = [pytest.mark.browser, pytest.mark.both]


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
