"""Conflicts and history in a real browser: axe finds nothing, and neither a mouse nor a script is needed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy.orm import Session

from galerio_events.events.models import Event
from galerio_events.extensions import db
from galerio_events.programme import queries, services
from galerio_events.programme.domain.conflicts import find
from galerio_events.programme.queries.conflicts import conflict_draft
from galerio_events.programme.services.warnings import accept_warning
from tests.browser.conftest import Site, axe_violations, sideways, signed_in
from tests.browser.test_organise_axe import EMAIL
from tests.support.builders import NOW, make_account, utc
from tests.support.demo import imported_ascc11

pytestmark = pytest.mark.browser

CONFLICTS = "/organise/ascc11/programme/conflicts"
HISTORY = "/organise/ascc11/programme/history"


def change(db_session: Session, event: Event, key: str, **fields: object) -> None:
    session = queries.session_by_key(db_session, event.id, key)
    assert session is not None
    values = replace(queries.values_of(session), **fields)  # type: ignore[arg-type]
    services.save_session(db_session, event.id, key, values, expected_version=session.version, now=NOW)


@pytest.fixture
def site(serve: Callable[..., Site]) -> Site:
    """A draft in which the closing overlaps session 3, and session 2 lacks a moderator, which is accepted."""

    def prepare(_app: Flask) -> None:
        db_session = db.session()
        event = imported_ascc11(db_session)
        make_account(db_session, EMAIL, event=event)
        begins = utc(25, 7, 50)
        change(db_session, event, "closing", starts_at=begins, ends_at=begins + timedelta(minutes=30))
        session = queries.session_by_key(db_session, event.id, "session-2")
        assert session is not None
        change(db_session, event, "session-2", people=queries.values_of(session).people[1:])
        missing = find(conflict_draft(db_session, event.id), only="session-2")[0]
        accept_warning(db_session, event.id, missing.fingerprint, "They lead it together.", by=None, now=NOW)
        change(db_session, event, "opening", capacity=3)
        change(db_session, event, "opening", capacity=4)
        db_session.commit()

    return serve(prepare)


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_nothing_is_found(site: Site, open_page: Callable[..., Page], language: str, width: int, scheme: str) -> None:
    page = open_page(width=width, scheme=scheme, language=language)
    signed_in(page, site, EMAIL)
    found = []

    def look(what: str) -> None:
        found.extend(f"{what}: {problem}" for problem in axe_violations(page))
        found.extend([f"{what}: too wide"] if sideways(page) > 0 else [])

    for address in (CONFLICTS, f"{CONFLICTS}?kind=person_twice", HISTORY, f"{HISTORY}?session=opening"):
        page.goto(f"{site.url}/{language}{address}")
        look(address)
    page.goto(f"{site.url}/{language}{HISTORY}?session=opening")
    page.locator(".past-entry form button").nth(1).click()
    page.wait_for_load_state()
    assert page.locator(".table tbody tr").count() == 1
    look("a change that was changed again")
    page.goto(f"{site.url}/{language}{CONFLICTS}")
    page.click(".conflict-accept > summary")
    page.fill(".conflict-accept textarea", "x")
    page.evaluate("document.querySelector('.conflict-accept textarea').value = ' '")
    page.click(".conflict-accept button")
    page.wait_for_load_state()
    assert page.evaluate("document.activeElement.className") == "error-summary"
    look("a reason that is missing")
    assert found == []


def test_accepting_and_undoing_without_mouse_or_script(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(java_script_enabled=False)
    signed_in(page, site, EMAIL)
    page.goto(f"{site.url}/en{CONFLICTS}")
    page.focus(".conflict-accept > summary")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("The panel stays on.")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator(".conflicts-accepted .conflict").count() == 2
    assert "The panel stays on." in page.inner_text(".conflicts-accepted")
    page.goto(f"{site.url}/en{HISTORY}?session=closing")
    page.focus(".past-entry form button")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.goto(f"{site.url}/en{CONFLICTS}")
    # The closing begins when session 3 ends, as it did: only what is accepted is left.
    assert page.locator(".conflict").count() == 1
