"""Somebody's own profile on a telephone: times are drawn, the square of a photo is chosen, and axe finds nothing."""

from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Page, expect

from galerio_events import clock
from galerio_events.extensions import db
from galerio_events.programme.domain import RoleKind
from tests.browser.conftest import Site, axe_violations, sideways, signed_in
from tests.support.builders import make_account, make_event, make_person, make_session

pytestmark = pytest.mark.browser

EMAIL = "pablo@example.org"


@pytest.fixture
def site(serve: Callable[..., Site]) -> Site:
    """An event of one day with somebody who has a role in it."""

    def prepare(_app: Flask) -> None:
        db_session, today = db.session(), clock.utc_now().date()
        event = make_event(db_session, starts_on=today, ends_on=today)
        pablo = make_person(db_session, event, email=EMAIL)
        make_session(db_session, event, people=((RoleKind.MODERATOR, pablo),))
        make_account(db_session, EMAIL, None)
        db_session.commit()

    return serve(prepare)


def two_colours() -> bytes:
    """A picture twice as wide as high, red on its left and blue on its right."""
    made = Image.new("RGB", (400, 200), "red")
    made.paste("blue", (200, 0, 400, 200))
    data = BytesIO()
    made.save(data, "PNG")
    return data.getvalue()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state()
    assert (axe_violations(page), sideways(page)) == ([], 0)


def test_times_are_drawn_and_the_square_of_a_photo_is_chosen(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(width=390, scheme="dark")
    signed_in(page, site, EMAIL)
    own = f"{site.url}/en/desk/ascc11/profile"

    page.goto(f"{own}/availability")
    boxes = page.locator(".paint__cell input")
    boxes.nth(23).scroll_into_view_if_needed()
    first, last = boxes.nth(20).bounding_box(), boxes.nth(23).bounding_box()
    assert first is not None
    assert last is not None
    page.mouse.move(first["x"] + 4, first["y"] + 4)
    page.mouse.down()
    page.mouse.move(last["x"] + 4, last["y"] + 4)
    page.mouse.up()
    page.keyboard.press("Shift+ArrowUp")
    press(page, "Save")
    page.goto(f"{own}/availability")
    ticked = boxes.evaluate_all("all => all.flatMap((box, number) => box.checked ? [number] : [])")
    assert (ticked, page.locator("#when-painted").is_checked()) == ([19, 20, 21, 22, 23], True)

    page.goto(f"{own}/photo")
    page.set_input_files("[name=photo]", {"name": "me.png", "mimeType": "image/png", "buffer": two_colours()})
    canvas = page.get_by_role("img", name="What is cut out.")
    expect(canvas).to_be_visible()
    assert axe_violations(page) == []
    canvas.focus()
    for _step in range(25):
        page.keyboard.press("ArrowRight")
    assert page.input_value("[name=left]") == "100"
    colour = "canvas => [...canvas.getContext('2d').getImageData(5, 200, 1, 1).data]"
    assert canvas.evaluate(colour) == [0, 0, 255, 255]
    press(page, "Send the photo")
    kept = page.locator("main img").first
    expect(kept).to_have_js_property("complete", True)
    # What is kept is what was shown: the right half.
    shown = """picture => {
        const paper = document.createElement("canvas").getContext("2d");
        paper.drawImage(picture, 0, 0);
        const [red, , blue] = paper.getImageData(5, 5, 1, 1).data;
        return blue > 200 && red < 50;
    }"""
    assert kept.evaluate(shown)

    page.goto(f"{own}/consents")
    assert (axe_violations(page), sideways(page)) == ([], 0)
    page.locator("[name=photo][value=yes]").check()
    press(page, "Save my answers")
    expect(page.locator(".profile-answers")).to_contain_text("Photo: agreed")
