"""From finding a session to a calendar that follows it: the whole way through browser, mail server and calendar."""

import re
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
import sqlalchemy as sa
from flask import Flask
from icalendar import Calendar, Component
from playwright.sync_api import Page, expect

from galerio_events.extensions import db
from galerio_events.outbox.domain import MailState
from galerio_events.outbox.models import OutboxMail
from galerio_events.permissions import AccountRole
from galerio_events.registration.models import Intake
from tests.browser.conftest import Site
from tests.outbox.process import PATIENCE, Worker, eventually
from tests.outbox.sink import Sink
from tests.support.builders import PASSWORD, make_account
from tests.support.demo import released_ascc11

pytestmark = [pytest.mark.browser, pytest.mark.both]

UTC_1310_TOKYO = datetime(2022, 11, 25, 4, 10, tzinfo=UTC)
UTC_1325_TOKYO = datetime(2022, 11, 25, 4, 25, tzinfo=UTC)


@pytest.fixture
def sink() -> Iterator[Sink]:
    made = Sink()
    made.start()
    yield made
    made.stop()


def prepare(_app: Flask) -> None:
    """The released 11th ASCC, open for registration, and an organiser."""
    release = released_ascc11(db.session())
    db.session.add(Intake(event_id=release.event_id))
    make_account(db.session(), role=AccountRole.ADMINISTRATOR)
    db.session.commit()


def stopped(running: Worker) -> None:
    """Let the worker finish what it has in hand."""
    running.process.terminate()
    out, _ = running.process.communicate(timeout=PATIENCE)
    assert out == b"The mail worker is ready.\nThe mail worker has stopped.\n"


def events_at(address: str) -> dict[str, Component]:
    """The calendar behind the address, by the last part of each event's page."""
    with urllib.request.urlopen(address) as answer:
        calendar = Calendar.from_ical(answer.read())
    return {str(event["URL"]).rsplit("/", 1)[1]: event for event in calendar.walk("VEVENT")}


def register_from_thailand(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/")
    expect(page).to_have_url(f"{site.url}/en/ascc11/")
    page.get_by_role("navigation").get_by_role("link", name="Programme").first.click()
    opening = page.locator("li.entry", has=page.get_by_role("heading", name="Opening"))
    expect(opening.locator("time").first).to_have_text("13:00")
    page.get_by_role("link", name="Show in your time zone: Asia/Bangkok").click()
    expect(page).to_have_url(re.compile(r"\?tz=Asia/Bangkok"))
    expect(opening.locator("time").first).to_have_text("11:00")

    page.get_by_role("link", name="Effective measures for net zero in the Asia-Pacific region").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Effective measures for net zero in the Asia-Pacific region"
    )
    expect(page.locator("main")).to_contain_text("11:10")
    page.locator("main").get_by_role("link", name=re.compile("^Register")).first.click()
    page.get_by_role("textbox", name="Name").first.fill("Participant 9001")
    page.get_by_role("textbox", name="E-mail address").fill("participant-9001@example.org")
    page.get_by_role("combobox", name="Country or region").fill("タイ")
    page.get_by_role("listbox", name="Country or region").get_by_role("option", name="Thailand").click()
    page.get_by_label("Kind of affiliation").select_option(label="Local government")
    expect(page.get_by_role("checkbox", name=re.compile("Effective measures for net zero"))).to_be_checked()
    page.get_by_label(re.compile("privacy notice", re.IGNORECASE)).check()
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your e-mail")


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_a_visitor_registers_and_the_calendar_follows_the_release(
    serve: Callable[..., Site], open_page: Callable[..., Page], sink: Sink
) -> None:
    site = serve(prepare, SMTP_URL=sink.url, WTF_CSRF_ENABLED=True)
    visitor = open_page(zone="Asia/Bangkok", language="en", width=390)
    register_from_thailand(visitor, site)

    with Worker(site.app.config) as running:
        eventually(lambda: bool(sink.taken), "the confirmation's arrival")
        stopped(running)
    (message,) = sink.messages()
    assert message["To"].addresses[0].addr_spec == "participant-9001@example.org"
    assert "Dear Participant 9001," in text_of(message)
    (attachment,) = message.iter_attachments()
    assert attachment.get_content_type() == "text/calendar"
    (attached,) = Calendar.from_ical(attachment.get_payload(decode=True)).walk("VEVENT")
    assert attached["SEQUENCE"] == 0
    assert attached["DTSTART"].dt == UTC_1310_TOKYO

    (private,) = re.findall(rf"{site.url}/en/ascc11/registration/\S+", text_of(message))
    visitor.goto(private)
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Your registration")
    calendar = visitor.locator(".private-address code").inner_text()
    before = events_at(calendar)
    assert list(before) == ["session-1"]
    assert before["session-1"]["UID"] == attached["UID"]

    organiser = open_page(zone="America/New_York", language="en")
    organiser.goto(f"{site.url}/en/sign-in/password")
    organiser.get_by_label("E-mail").fill("organiser@example.org")
    organiser.get_by_label("Password").fill(PASSWORD)
    organiser.get_by_role("button", name="Sign in").click()
    organiser.goto(f"{site.url}/en/organise/ascc11/programme/session-1")
    organiser.get_by_label("Start").fill("2022-11-25T13:25")
    organiser.get_by_role("button", name="Save").last.click()
    assert events_at(calendar)["session-1"]["DTSTART"].dt == UTC_1310_TOKYO

    organiser.goto(f"{site.url}/en/organise/ascc11/release")
    expect(organiser.get_by_role("heading", name=re.compile("Moved sessions"))).to_be_visible()
    organiser.get_by_role("button", name="Release").click()
    expect(organiser.locator("main")).to_contain_text("There is nothing to release")

    moved = events_at(calendar)["session-1"]
    assert moved["UID"] == before["session-1"]["UID"]
    assert moved["SEQUENCE"] == 1
    assert moved["DTSTART"].dt == UTC_1325_TOKYO
    assert moved["DTEND"].dt == before["session-1"]["DTEND"].dt
    visitor.goto(f"{site.url}/en/ascc11/sessions/session-1?tz=Asia/Bangkok")
    expect(visitor.locator("main")).to_contain_text("11:25")
    with site.app.app_context():
        assert db.session.scalars(sa.select(OutboxMail.state)).all() == [MailState.SENT]
