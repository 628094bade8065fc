"""The page that makes a new edition from an old one."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events.accounts.models import RoleGrant
from galerio_events.events.models import Change, Event
from galerio_events.permissions import AccountRole
from galerio_events.programme.models import ProgrammeSession
from tests.settings.support import errors
from tests.support.builders import make_account, make_session, sign_in, tr
from tests.support.html import parse

PAGE = "/en/organise/ascc11/clone"
SENT = {
    "slug": "ascc12",
    "title_ja": "第12回",
    "title_en": "12th",
    "ordinal": "12",
    "day": "2023-11-23",
    "parts": ["venues", "sessions"],
}


@pytest.fixture(autouse=True)
def in_2022() -> Iterator[None]:
    with time_machine.travel("2022-12-01T00:00:00Z", tick=True):
        yield


def slugs(db_session: Session) -> list[str]:
    db_session.expire_all()
    return list(db_session.scalars(sa.select(Event.slug).order_by(Event.slug)))


def test_the_page_proposes_the_next_edition(organiser: FlaskClient, event: Event) -> None:
    page = parse(organiser.get(PAGE).text)
    values = {name: page.one("input", id=name).attributes["value"] for name in ("slug", "ordinal", "title_en")}
    assert values == {"slug": "ascc12", "ordinal": "12", "title_en": "12th Asia Smart City Conference"}
    days = page.all("input", type="radio")
    assert [day.attributes["value"] for day in days] == ["2023-11-23", "2024-11-28", "2025-11-27", "other"]
    assert ["checked" in day.attributes for day in days] == [True, False, False, False]
    boxes = page.all("input", type="checkbox")
    assert len(boxes) == 8
    assert all("checked" in box.attributes for box in boxes)


def test_it_is_made_and_may_be_organised(organiser: FlaskClient, event: Event, db_session: Session) -> None:
    answer = organiser.post(PAGE, data=SENT)
    assert (answer.status_code, answer.location) == (302, "/en/organise/ascc12/")
    assert slugs(db_session) == ["ascc11", "ascc12"]
    page = organiser.get("/en/organise/ascc12/")
    assert page.status_code == 200
    assert "It has 1 session." in page.text


def test_who_organises_the_old_event_alone_organises_the_new_one_too(
    organiser: FlaskClient, event: Event, db_session: Session
) -> None:
    grant = db_session.scalars(sa.select(RoleGrant)).one()
    grant.event_id = event.id
    db_session.commit()
    organiser.post(PAGE, data=SENT)
    assert organiser.get("/en/organise/ascc12/").status_code == 200
    db_session.expire_all()
    grants = db_session.scalars(sa.select(RoleGrant).order_by(RoleGrant.id)).all()
    assert [(each.role, each.account_id) for each in grants] == [(AccountRole.ORGANISER, grant.account_id)] * 2


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"slug": "ascc11"}, "Another event has this address already. Choose another one."),
        ({"slug": "en"}, "Two letters stand for a language in our addresses. Choose a longer one."),
        ({"slug": "xq"}, "Two letters stand for a language in our addresses. Choose a longer one."),
        ({"slug": "organise"}, "This address is used by the system. Choose another one."),
        (
            {"slug": "日本"},
            "Use lower-case letters a to z, digits and single hyphens between words, 3 to 40 characters.",
        ),
        ({"title_ja": "", "title_en": " \u200b "}, "Enter a title in at least one language."),
        ({"title_en": "x" * 201}, "This is too long: 200 characters at most."),
        ({"day": "other"}, "Enter the first day."),
        ({"day": "other", "other_day": "31 November"}, "Enter a date, like 2022-11-24."),
        ({"day": "other", "other_day": "9999-12-31"}, "Enter a year from 1990 to 2100."),
        ({"ordinal": "0"}, "Enter a whole number from 1 to 9,999, or nothing."),
        ({"ordinal": "1_2"}, "Enter a whole number from 1 to 9,999, or nothing."),
        ({"ordinal": "twelve"}, "Enter a whole number from 1 to 9,999, or nothing."),
    ],
)
def test_bad_input_is_told_at_the_field(
    organiser: FlaskClient, event: Event, db_session: Session, changed: dict[str, str], told: str
) -> None:
    answer = organiser.post(PAGE, data=SENT | changed)
    assert answer.status_code == 422
    assert list(errors(answer.text).values()) == [told]
    assert slugs(db_session) == ["ascc11"]


@pytest.mark.parametrize("changed", [{"day": "2023-11-24"}, {"day": ""}, {"parts": ["everything", "<b>"]}])
def test_choices_that_were_not_offered_are_refused(
    organiser: FlaskClient, event: Event, db_session: Session, changed: dict[str, object]
) -> None:
    answer = organiser.post(PAGE, data=SENT | changed)
    assert answer.status_code == 422
    (name,) = changed
    assert errors(answer.text) == {name: "Choose one from the list."}
    wrong = [box for box in parse(answer.text).all("input") if "aria-invalid" in box.attributes]
    assert {box.attributes["name"] for box in wrong} == {name}
    assert slugs(db_session) == ["ascc11"]


def test_a_form_that_is_sent_twice_makes_one_event(organiser: FlaskClient, event: Event, db_session: Session) -> None:
    organiser.post(PAGE, data=SENT)
    again = organiser.post(PAGE, data=SENT)
    assert (again.status_code, again.location) == (302, "/en/organise/ascc12/")
    assert "It is there already: this form has made it." in organiser.get("/en/organise/ascc12/").text
    assert slugs(db_session) == ["ascc11", "ascc12"]


@pytest.mark.parametrize("other", ["title", "day", "account", "time"])
def test_another_event_of_that_address_is_another_one(
    app: Flask, organiser: FlaskClient, event: Event, db_session: Session, other: str
) -> None:
    organiser.post(PAGE, data=SENT)
    changed = {"title": {"title_en": "Another"}, "day": {"day": "2024-11-28"}}.get(other, {})
    client = organiser
    if other == "account":
        account = make_account(db_session, "colleague@example.org")
        db_session.commit()
        client = app.test_client()
        sign_in(client, account)
    if other == "time":
        db_session.execute(sa.update(Change).values(at=datetime(2022, 11, 30, 11, tzinfo=UTC)))
        db_session.commit()
    answer = client.post(PAGE, data=SENT | changed)
    assert answer.status_code == 422
    assert errors(answer.text) == {"slug": "Another event has this address already. Choose another one."}


def test_what_the_clocks_have_changed_is_named(organiser: FlaskClient, event: Event, db_session: Session) -> None:
    event.timezone, event.starts_on, event.ends_on = "Europe/Berlin", date(2022, 3, 26), date(2022, 3, 27)
    (session,) = db_session.scalars(sa.select(ProgrammeSession))
    session.title = tr("", "Night <b>shift")
    # 02:30 to 03:30 in Berlin on a Saturday: a time that 26 March 2023 does not have.
    session.starts_at, session.ends_at = (datetime(2022, 3, 26, hour, 30, tzinfo=UTC) for hour in (1, 2))
    make_session(
        db_session, event, "long", title=tr("", "All night"),
        starts_at=datetime(2022, 3, 26, 0, 0, tzinfo=UTC), ends_at=datetime(2022, 3, 26, 4, 0, tzinfo=UTC),
    )  # fmt: skip
    db_session.commit()
    sent = SENT | {"day": "other", "other_day": "2023-03-26"}
    assert organiser.post(PAGE, data=sent).status_code == 302
    page = organiser.get("/en/organise/ascc12/").text
    links = {each.text: each.attributes["href"] for each in parse(page).all("a")}
    assert "1 session is in the tray, because the clocks change at its time:" in page
    assert links["Night <b>shift"] == "/en/organise/ascc12/programme/session-3"
    assert "1 session has another length now, because the clocks change while it lasts:" in page
    assert links["All night"] == "/en/organise/ascc12/programme/long"
    listed = parse(organiser.get("/en/organise/ascc12/programme/list?show=tray").text)
    (row,) = listed.all("li", class_="row-session")
    assert row.attributes["id"] == "session-3"
    assert "in the tray" in row.text
