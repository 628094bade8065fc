"""What the tests of the timetable in a browser have in common: where things are, and how to take hold of them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from flask import Flask
from playwright.sync_api import Page, expect

from galerio_events.events.models import Event
from galerio_events.extensions import db
from galerio_events.permissions import AccountRole
from galerio_events.programme import queries, services
from tests.browser.conftest import Site
from tests.support.builders import NOW, PASSWORD, make_account, make_event, make_session

EMAIL, OTHER = "organiser@example.org", "other@example.org"
AT = "/organise/ascc11/programme"


def sign_in(page: Page, site: Site, email: str = EMAIL, language: str = "en") -> None:
    page.goto(f"{site.url}/{language}/sign-in/password")
    page.fill("input[name=email]", email)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_load_state()


def stands(site: Site, key: str) -> tuple[datetime, datetime, str | None, bool, bool]:
    """Start, end, venue, whether it is scheduled and locked, as stored."""
    with site.app.app_context():
        event = db.session().query(Event).one()
        session = queries.session_by_key(db.session(), event.id, key)
        assert session is not None
        values = queries.values_of(session)
        return values.starts_at, values.ends_at, values.venue, values.scheduled, values.locked


def saved(page: Page) -> None:
    """Wait until the server has answered everything."""
    expect(page.locator(".is-saving")).to_have_count(0)


def hears_nothing(page: Page) -> None:
    """What others do is not told to this page any more; as far as it knows, nothing happens."""
    page.route("**/timetable.json?since=*", lambda route: route.fulfill(status=304))


def stop_the_clock(page: Page) -> None:
    """From now on the page's timers go on only when the test says so."""
    page.clock.install(time=NOW)
    page.clock.pause_at(NOW + timedelta(minutes=1))


def block(page: Page, key: str) -> tuple[float, float]:
    """A point in the block, 8 pixels below its upper edge."""
    found = page.locator(f".tt-block[data-key={key}]")
    found.scroll_into_view_if_needed()
    box = found.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + 8


def place(page: Page, day: int, venue: str, wall: str) -> tuple[float, float]:
    """The point of the grid that stands for that time in that column."""
    return tuple(  # type: ignore[return-value]
        page.evaluate(
            """([id, wall]) => {
                const column = document.querySelector(`[data-col="${id}"]`);
                const hours = [...column.parentElement.querySelectorAll(".tt-hour")];
                const box = column.getBoundingClientRect();
                const scale = parseFloat(getComputedStyle(column).getPropertyValue("--tt-minute"));
                const [first, top] = [hours[0].textContent.split(":"), hours[0].offsetTop];
                const [h, m] = wall.split(":");
                return [box.x + box.width / 2, box.y + top + ((h - first[0]) * 60 + (m - first[1])) * scale];
            }""",
            [f"{day} {venue}", wall],
        )
    )


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + 6, start[1] + 6)
    page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    page.mouse.move(*end, steps=4)
    page.mouse.up()


def drag_to(page: Page, key: str, day: int, venue: str, wall: str) -> None:
    start = block(page, key)
    x, y = place(page, day, venue, wall)
    drag(page, start, (x, y + 8))
    saved(page)


def compared(page: Page) -> dict[str, list[str]]:
    expect(page.locator("[data-dialog=compare]")).to_be_visible()
    return {
        row.locator("th").inner_text(): [cell.strip() for cell in row.locator("td:visible").all_inner_texts()]
        for row in page.locator("[data-compare-rows] tr").all()
    }


def edit(site: Site, key: str, **values: object) -> None:
    """Somebody else saves the session with these values."""
    with site.app.app_context():
        event = db.session().query(Event).one()
        session = queries.session_by_key(db.session(), event.id, key)
        assert session is not None
        changed = replace(queries.values_of(session), **values)  # type: ignore[arg-type]
        services.save_session(
            db.session(), event.id, key, changed, expected_version=session.version, now=datetime.now(UTC)
        )
        db.session.commit()


def take_hold(page: Page, key: str, day: int, venue: str, wall: str) -> None:
    """Drags the session there, and keeps the button pressed."""
    start, (x, y) = block(page, key), place(page, day, venue, wall)
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + 6, start[1] + 6)
    page.mouse.move(x, y + 8, steps=4)


def nights(serve: Callable[..., Site], month: int, first: int) -> Site:
    def prepare(app: Flask) -> None:
        db_session = db.session()
        event = make_event(
            db_session,
            timezone="America/New_York",
            starts_on=date(2022, month, first),
            ends_on=date(2022, month, first + 1),
        )
        starts_at = datetime(2022, month, first, 16, 30, tzinfo=UTC)
        make_session(db_session, event, "noon", starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))
        make_account(db_session, EMAIL, AccountRole.ADMINISTRATOR)
        db_session.commit()

    return serve(prepare)
