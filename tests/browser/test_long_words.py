"""A word of 120 letters without a break makes no page wider than a telephone."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page

from galerio_events import clock
from galerio_events.extensions import db
from galerio_events.people.models import Person
from galerio_events.programme import queries
from galerio_events.releases.services import release_programme
from tests.browser.conftest import Site, sideways, signed_in
from tests.browser.test_organise_axe import EMAIL
from tests.support.builders import make_account, tr
from tests.support.demo import released_demo

pytestmark = pytest.mark.browser

WORD = "Donaudampfschifffahrtsgesellschaft" * 4
PUBLIC = ("", "programme", "sessions/session-1", "sessions/session-2", "people", "people/tan", "register")
ORGANISE = ("", "programme", "programme/session-1", "programme/session-1/remove", "release")


def prepare(app: Flask) -> None:
    session = db.session()
    event = released_demo(session)
    make_account(session, EMAIL)
    titled = queries.session_by_key(session, event.id, "session-1")
    assert titled is not None
    titled.title = titled.summary = tr(WORD[:120], WORD[:120])
    session.query(Person).filter_by(key="tan").one().name = tr(WORD[:120], WORD[:120])
    release_programme(session, event.id, account_id=None, now=clock.utc_now())
    titled.title = tr("", WORD[5:125])
    titled.abstract = tr("", WORD[:120])
    session.commit()


@pytest.mark.parametrize("language", ["en", "ja"])
def test_nothing_scrolls_sideways(serve: Callable[..., Site], open_page: Callable[..., Page], language: str) -> None:
    site = serve(prepare)
    page = open_page(width=390, language=language)
    signed_in(page, site, EMAIL)
    places = [f"ascc11/{place}" for place in PUBLIC] + [f"organise/ascc11/{place}" for place in ORGANISE]
    wide = {}
    for place in places:
        answer = page.goto(f"{site.url}/{language}/{place}")
        assert answer is not None
        assert answer.status == 200
        wide[place] = sideways(page)
    assert wide == dict.fromkeys(places, 0)
