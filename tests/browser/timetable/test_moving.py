"""What is dragged, drawn, typed or undone is stored on the event's clock, whatever the browser's says."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, axe_violations
from tests.browser.timetable.support import block, drag, drag_to, edit, place, saved, stands
from tests.support.builders import tr, utc

pytestmark = pytest.mark.browser


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
