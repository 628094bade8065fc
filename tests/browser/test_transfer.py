"""Importing in a real browser: axe finds nothing on the way, nothing scrolls sideways, and a keyboard is enough."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page

from galerio_events.extensions import db
from galerio_events.permissions import AccountRole
from tests.browser.conftest import Site, signed_in
from tests.browser.test_organise_axe import EMAIL, problems
from tests.imports.test_frab import event as one
from tests.imports.test_frab import xml
from tests.support.builders import make_account
from tests.support.demo import released_demo

pytestmark = pytest.mark.browser

FILES = {
    "schedule.xml": xml(
        one('id="1"', persons="<person>Mara Quay</person>") + one('id="2"', duration="0", type="hover")
    ),
    "table.csv": b"What,When,How long\nWelcome,2022-11-24 10:00,60\n",
    "picture.png": b"\x89PNG\r\n",
}


@pytest.fixture
def site(serve: Callable[..., Site]) -> Site:
    def prepare(_app: Flask) -> None:
        released_demo(db.session())
        make_account(db.session(), EMAIL, AccountRole.ADMINISTRATOR)
        db.session.commit()

    return serve(prepare)


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_nothing_is_found(
    site: Site, open_page: Callable[..., Page], tmp_path: Path, language: str, width: int, scheme: str
) -> None:
    page = open_page(width=width, scheme=scheme, language=language)
    signed_in(page, site, EMAIL)
    found = []
    for name, data in FILES.items():
        file = tmp_path / name
        file.write_bytes(data)
        page.goto(f"{site.url}/{language}/organise/ascc11/transfer")
        found += problems(page, "the page")
        page.set_input_files("#file", file)
        page.click("form[enctype] button")
        page.wait_for_load_state()
        found += problems(page, name)
    assert found == []


def test_a_file_is_imported_with_the_keyboard_alone(site: Site, open_page: Callable[..., Page], tmp_path: Path) -> None:
    page = open_page(width=1280, language="en")
    signed_in(page, site, EMAIL)
    page.goto(f"{site.url}/en/organise/ascc11/transfer")
    file = tmp_path / "schedule.xml"
    file.write_bytes(FILES["schedule.xml"])
    page.set_input_files("#file", file)
    page.focus("form[enctype] button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/transfer/*")
    page.focus("#leave-out")
    page.keyboard.press("Space")
    page.focus("button[value=import] >> nth=0")
    page.keyboard.press("Enter")
    page.wait_for_url("**/programme")
    assert "1 left out" in page.inner_text("main")
