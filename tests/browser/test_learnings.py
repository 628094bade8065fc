"""Key learnings and the archive in a real browser: nothing is found by axe, and paper shows where the films are."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page

from galerio_events.events.domain.plain import digest_of
from galerio_events.extensions import db
from galerio_events.learnings.domain import Deed
from galerio_events.learnings.domain.archive import ArchiveEntry, entry_to_plain
from galerio_events.learnings.services import save_entry
from galerio_events.permissions import AccountRole
from tests.browser.conftest import Site, axe_violations, sideways
from tests.learnings.support import AFTER, make_scene, write
from tests.support.builders import PASSWORD, make_account

pytestmark = pytest.mark.browser

FILM = "https://video.example.org/watch?v=3"
PLACES = (
    "/ascc11/archive",
    "/ascc11/sessions/session-3",
    "/organise/ascc11/learnings",
    "/organise/ascc11/learnings/remind",
    "/organise/ascc11/learnings/session-3",
    "/organise/ascc11/archive",
    "/organise/ascc11/archive/session-3",
    "/desk/ascc11/sessions/session-9/learnings",
    "/desk/ascc11/sessions/session-9",
)


def prepare(app: Flask) -> None:
    db_session = db.session()
    scene = make_scene(db_session)
    make_account(db_session, "all@example.org", AccountRole.ADMINISTRATOR)
    write(db_session, scene, Deed.APPROVE)
    write(db_session, scene, Deed.SAVE)
    seen = digest_of(entry_to_plain(ArchiveEntry()))
    save_entry(db_session, scene.event.id, "session-3", ArchiveEntry(FILM), seen=seen, by=None, now=AFTER)
    db_session.commit()


@pytest.mark.parametrize(("language", "width", "scheme"), [("ja", 390, "dark"), ("en", 1280, "light")])
def test_nothing_is_found(
    serve: Callable[..., Site], open_page: Callable[..., Page], language: str, width: int, scheme: str
) -> None:
    site = serve(prepare)
    page = open_page(width=width, scheme=scheme, language=language)
    page.goto(f"{site.url}/{language}/sign-in/password")
    page.fill("input[name=email]", "all@example.org")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_load_state()
    found: dict[str, object] = {}
    for place in PLACES:
        answer = page.goto(f"{site.url}/{language}{place}")
        assert answer is not None
        problems = (answer.status, axe_violations(page), sideways(page))
        if problems != (200, [], 0):
            found[place] = problems
    # A draft with nothing in it cannot be handed in; what is wrong is said and focused.
    page.goto(f"{site.url}/{language}/desk/ascc11/sessions/session-9/learnings")
    page.fill("[name=point-0-en]", "Alone")
    page.click("button[value=hand-in]")
    page.wait_for_load_state()
    assert page.evaluate("document.activeElement.className") == "error-summary"
    assert (found, axe_violations(page)) == ({}, [])
    page.click("button[value=down-0]")
    page.wait_for_load_state()
    assert [page.input_value(f"[name=point-{n}-en]") for n in (0, 1)] == ["", "Alone"]

    page.goto(f"{site.url}/{language}/ascc11/archive")
    page.emulate_media(media="print")
    code = page.locator(".archive-entry__code svg").bounding_box()
    assert code is not None
    assert code["width"] == pytest.approx(3.4 * 96 / 2.54, abs=1)
    assert page.locator(".archive-entry__address").inner_text() == FILM
