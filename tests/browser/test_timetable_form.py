"""The form of a session among many people: one types a name, and nothing is chosen but by the organiser."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from galerio_events.extensions import db
from galerio_events.permissions import AccountRole
from galerio_events.programme.domain import RoleKind
from tests.browser.conftest import Site, axe_violations, signed_in
from tests.browser.timetable.support import EMAIL
from tests.support.builders import make_account, make_event, make_person, make_session, tr

pytestmark = pytest.mark.browser


def prepare(app: Flask) -> None:
    db_session = db.session()
    event = make_event(db_session)
    people = [
        make_person(db_session, event, f"person-{number}", name=tr("", f"Taro Yamada {number}")) for number in range(30)
    ]
    make_session(db_session, event, "panel", people=((RoleKind.PANELIST, people[3]),))
    make_account(db_session, EMAIL, AccountRole.ADMINISTRATOR)
    db_session.commit()


def test_a_person_is_found_by_typing(serve: Callable[..., Site], open_page: Callable[..., Page]) -> None:
    site, page = serve(prepare), open_page(width=390)
    signed_in(page, site, EMAIL)
    page.goto(f"{site.url}/en/organise/ascc11/programme/panel")
    box = page.get_by_role("combobox", name="Person", exact=True)
    box.focus()
    page.keyboard.press("Tab")
    assert page.locator("#people-0-person").input_value() == "person-3"
    box.focus()
    page.keyboard.type("yamada 27")
    expect(page.locator(".ts-dropdown .option:visible")).to_have_text(["Taro Yamada 27"])
    assert axe_violations(page) == []
    page.keyboard.press("Enter")
    assert page.locator("#people-0-person").input_value() == "person-27"
    page.click("button.btn-primary[value=save]")
    page.wait_for_url("**/programme#panel")
    page.goto(f"{site.url}/en/organise/ascc11/programme/panel")
    assert page.locator("#people-0-person").input_value() == "person-27"
