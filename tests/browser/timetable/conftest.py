"""A small programme, and its timetable opened in a browser whose clock is New York's."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from galerio_events.events.models import Venue
from galerio_events.extensions import db
from galerio_events.permissions import AccountRole
from galerio_events.programme.domain import RoleKind, SessionKind, SessionStatus
from tests.browser.conftest import Site, signed_in
from tests.browser.timetable.support import AT, EMAIL, OTHER
from tests.support.builders import make_account, make_event, make_person, make_session, tr, utc

# A slow machine is no defect.
expect.set_options(timeout=20_000)


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


@pytest.fixture
def opened(site: Site, open_page: Callable[..., Page]) -> Callable[..., Page]:
    """Opens the timetable, signed in, in a browser whose clock is New York's."""

    def make(email: str = EMAIL, language: str = "en", **more: object) -> Page:
        page = open_page(zone="America/New_York", language=language, **more)
        signed_in(page, site, email)
        page.goto(f"{site.url}/{language}{AT}")
        if more.get("java_script_enabled", True):
            page.wait_for_selector("[data-timetable]:not([hidden]) .tt-block")
            if page.viewport_size and page.viewport_size["width"] > 500:
                # So that the whole day fits into the window.
                page.click("[data-zoom='-1']")
                page.click("[data-zoom='-1']")
        return page

    return make
