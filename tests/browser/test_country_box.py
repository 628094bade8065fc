"""The box in which a registrant looks for a country or region: nothing is chosen but by the person."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from galerio_events.extensions import db
from galerio_events.registration.models import Intake
from tests.browser.conftest import Site
from tests.support.demo import released_demo

pytestmark = pytest.mark.browser


def prepare(app: Flask) -> None:
    event = released_demo(db.session())
    db.session.add(Intake(event_id=event.id))
    db.session.commit()


@pytest.fixture
def form(serve: Callable[..., Site], open_page: Callable[..., Page]) -> Page:
    page = open_page(width=390)
    page.set_default_timeout(5000)
    page.goto(f"{serve(prepare).url}/en/ascc11/register")
    return page


def value(page: Page) -> str:
    return page.locator("#country").input_value()


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


def test_passing_through_with_the_keyboard_chooses_nothing(form: Page) -> None:
    form.locator("#email").focus()
    passed = []
    for key in ("Tab", "Tab", "Shift+Tab", "Shift+Tab"):
        form.keyboard.press(key)
        passed.append(focused(form))
    assert passed == ["country-ts-control", "organisation", "country-ts-control", "email"]
    assert value(form) == ""
    # Nor does looking at the list, nor Enter on a list in which nothing is active, nor leaving what was typed.
    box = form.get_by_role("combobox", name="Country or region")
    box.click()
    expect(box).to_have_attribute("aria-expanded", "true")
    assert box.get_attribute("aria-activedescendant") is None
    form.keyboard.press("Enter")
    form.keyboard.type("Thai")
    form.keyboard.press("Tab")
    assert (focused(form), value(form)) == ("organisation", "")
    expect(box).to_have_value("")


@pytest.mark.parametrize(
    ("typed", "name", "code"),
    [
        ("タイ", "Thailand", "TH"),
        ("ﾀｲ", "Thailand", "TH"),
        ("Thai", "Thailand", "TH"),
        ("TH", "Thailand", "TH"),
        ("tha", "Thailand", "TH"),
        ("Holland", "Netherlands", "NL"),
        ("香港", "Hong Kong SAR China", "HK"),
    ],
)
def test_what_people_type_finds_the_country(form: Page, typed: str, name: str, code: str) -> None:
    box = form.get_by_role("combobox", name="Country or region")
    box.focus()
    form.keyboard.type(typed)
    active = form.locator(f"#{box.get_attribute('aria-activedescendant')}")
    expect(active).to_have_text(name)
    form.keyboard.press("Enter")
    assert value(form) == code
    expect(box).to_have_accessible_description(f"{name} Where you work or live.")
    form.keyboard.press("Tab")
    assert (focused(form), value(form)) == ("organisation", code)


def test_arrows_begin_at_the_first_and_escape_leaves_everything_as_it_was(form: Page) -> None:
    box = form.get_by_role("combobox", name="Country or region")
    box.focus()
    form.keyboard.press("ArrowDown")
    expect(box).to_have_attribute("aria-expanded", "true")
    form.keyboard.press("ArrowDown")
    expect(form.locator(f"#{box.get_attribute('aria-activedescendant')}")).to_have_text("Afghanistan")
    form.keyboard.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    assert value(form) == ""
    form.keyboard.press("ArrowDown")
    form.keyboard.press("ArrowDown")
    form.keyboard.press("ArrowDown")
    form.keyboard.press("Enter")
    assert value(form) == "AL"
