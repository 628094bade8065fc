"""The parts of a session's form that came with talks: titles and minutes, states, language, links, tray and lock."""

from collections.abc import Callable
from dataclasses import replace
from datetime import time

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events.events.models import Change, Event
from galerio_events.programme import queries
from galerio_events.programme.domain import LinkKind, RoleKind, RoleState, SessionKind, SessionStatus
from galerio_events.programme.domain import languages as spoken
from galerio_events.programme.domain.values import LinkValue, RoleValue, SessionValues
from galerio_events.programme.models import KindRule
from tests.organise.test_session_form import FORM, NEW, PAGE
from tests.support.builders import make_account, make_event, make_person, make_session, sign_in, tr
from tests.support.html import Element, parse

MORE = {
    "people-0-title_ja": " 港の話 ",
    "people-0-title_en": "Ports <b>😀</b>",
    "people-0-minutes": "20",
    "people-0-state": "confirmed",
    "people-1-title_ja": "",
    "people-1-title_en": "",
    "people-1-minutes": "",
    "people-1-state": "to_be_invited",
    "status": "confirmed",
    "language": "vi",
    "needs_interpreter": "y",
    "locked": "y",
    "links-0-kind": "attachment",
    "links-0-title": "Slides",
    "links-0-url": "https://example.org/slides.pdf",
    "links-1-kind": "link",
    "links-1-title": "",
    "links-1-url": "",
}


@pytest.fixture
def event(db_session: Session) -> Event:
    event = make_event(db_session)
    pablo, tan = make_person(db_session, event), make_person(db_session, event, "tan", name=tr("", "Alan Tan"))
    make_session(db_session, event, people=((RoleKind.MODERATOR, pablo), (RoleKind.PANELIST, tan)))
    db_session.commit()
    return event


@pytest.fixture
def organiser(app: Flask, db_session: Session, event: Event) -> FlaskClient:
    account = make_account(db_session, event=event)
    db_session.commit()
    client = app.test_client()
    sign_in(client, account)
    return client


def stored(db_session: Session, event: Event, key: str = "session-3") -> SessionValues:
    db_session.expire_all()
    session = queries.session_by_key(db_session, event.id, key)
    assert session is not None
    return queries.values_of(session)


def value(page: Element, name: str) -> str:
    """What the form of the page holds under that name."""
    fields = [field for field in page.all() if field.attributes.get("name") == name]
    (field,) = fields
    if field.name == "select":
        return next(option.attributes["value"] for option in field.all("option") if "selected" in option.attributes)
    return field.attributes.get("value", "")


def test_everything_is_saved_shown_and_noted(organiser: FlaskClient, db_session: Session, event: Event) -> None:
    before = stored(db_session, event)
    assert organiser.post(PAGE, data=FORM | MORE).status_code == 302
    assert stored(db_session, event) == replace(
        before,
        people=(
            RoleValue(RoleKind.MODERATOR, "pablo", tr("港の話", "Ports <b>😀</b>"), 20),
            RoleValue(RoleKind.PANELIST, "tan", state=RoleState.TO_BE_INVITED),
        ),
        locked=True,
        status=SessionStatus.CONFIRMED,
        language="vi",
        needs_interpreter=True,
        links=(LinkValue("https://example.org/slides.pdf", "Slides", LinkKind.ATTACHMENT),),
    )
    page = parse(organiser.get(PAGE).text)
    shown = {name: value(page, name) for name in ("people-0-title_en", "people-0-minutes", "people-1-state", "language",
                                                  "status", "links-0-url", "links-0-kind")}  # fmt: skip
    assert shown == {
        "people-0-title_en": "Ports <b>😀</b>",
        "people-0-minutes": "20",
        "people-1-state": "to_be_invited",
        "language": "vi",
        "status": "confirmed",
        "links-0-url": "https://example.org/slides.pdf",
        "links-0-kind": "attachment",
    }
    assert ["open" in fold.attributes for fold in page.all("details", class_="credit-more")] == [True, False]
    (change,) = db_session.scalars(sa.select(Change))
    assert change.account_id is not None
    assert change.after is not None
    assert change.after["people"][0]["minutes"] == 20
    assert organiser.post(PAGE, data=FORM | MORE | {"version": "2"}).status_code == 302
    assert len(db_session.scalars(sa.select(Change)).all()) == 1


@pytest.mark.parametrize(
    ("change", "where", "message"),
    [
        ({"people-0-title_en": "x" * 201}, "people-0-title_en", "This title is too long: 200 characters at most."),
        ({"people-1-minutes": "0"}, "people-1-minutes", "Enter a whole number of minutes from 1 to 1,440."),
        ({"people-1-minutes": "1441"}, "people-1-minutes", "Enter a whole number of minutes from 1 to 1,440."),
        ({"people-1-minutes": "1_0"}, "people-1-minutes", "Enter a whole number of minutes from 1 to 1,440."),
        ({"people-1-minutes": "²"}, "people-1-minutes", "Enter a whole number of minutes from 1 to 1,440."),
        ({"people-1-minutes": "9" * 5000}, "people-1-minutes", "Enter a whole number of minutes from 1 to 1,440."),
        ({"people-0-state": "dead"}, "people-0-state", "Choose one from the list."),
        ({"status": "perhaps"}, "status", "Choose one from the list."),
        ({"language": "tlh-x"}, "language", "Choose one from the list."),
        ({"links-0-url": "javascript:alert(1)"}, "links-0-url", "Enter a web address that begins with https:// or"),
        ({"links-0-url": "http://"}, "links-0-url", "Enter a web address that begins with https:// or"),
        ({"links-0-url": "https://example.org/a b"}, "links-0-url", "Enter a web address that begins with https:// or"),
        ({"links-0-url": "https://e.org/" + "x" * 500}, "links-0-url", "This address is too long: 500 characters at"),
        ({"links-0-title": "x" * 201}, "links-0-title", "This title is too long: 200 characters at most."),
        ({"links-0-kind": "bomb"}, "links-0-kind", "Choose one from the list."),
        ({"people-0-person": ""}, "people-0-person", "Choose the person."),
        ({"people-1-person": "", "people-1-minutes": "5"}, "people-1-person", "Choose the person."),
        ({"links-0-url": ""}, "links-0-url", "Enter the address."),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_nothing_is_written(
    organiser: FlaskClient, db_session: Session, event: Event, change: dict[str, str], where: str, message: str
) -> None:
    before = stored(db_session, event)
    answer = organiser.post(PAGE, data=FORM | MORE | change)
    assert answer.status_code == 422
    page = parse(answer.text)
    assert page.one("p", id=f"{where}-error").text.startswith(message)
    assert f"#{where}" in [link.attributes["href"] for link in page.one("div", class_="error-summary").all("a")]
    assert stored(db_session, event) == before


def test_rows_take_their_talk_with_them(organiser: FlaskClient) -> None:
    page = parse(organiser.post(PAGE, data=FORM | MORE | {"do": "down-0"}).text)
    assert value(page, "people-1-title_en") == "Ports <b>😀</b>"
    assert value(page, "people-1-minutes") == "20"
    assert value(page, "people-0-state") == "to_be_invited"
    assert value(page, "links-0-url") == "https://example.org/slides.pdf"
    added = parse(organiser.post(PAGE, data=FORM | MORE | {"do": "add-link"}).text)
    assert value(added, "links-2-kind") == "link"
    removed = parse(organiser.post(PAGE, data=FORM | MORE | {"do": "remove-link-0"}).text)
    assert value(removed, "links-0-url") == ""
    assert [field for field in removed.all("input") if field.attributes.get("name") == "links-1-url"] == []


def test_the_talks_are_added_up_against_the_slot(organiser: FlaskClient) -> None:
    minutes = {"people-0-minutes": "20", "people-1-minutes": "30", "do": "add-person"}
    page = organiser.post(PAGE, data=FORM | MORE | minutes).text
    assert "The talks take 50 of the session" in page
    over = organiser.post(PAGE, data=FORM | MORE | minutes | {"people-1-minutes": "60"}).text
    assert "The talks take 80 minutes together, 10 more than the session" in over
    nobody = organiser.post(PAGE, data=FORM | MORE | minutes | {"people-1-person": ""}).text
    assert "The talks take 20 of the session" in nobody
    assert "The talks take" not in organiser.get(PAGE).text


def test_what_waits_in_the_tray_may_lie_outside_the_event(
    organiser: FlaskClient, db_session: Session, event: Event
) -> None:
    outside = {"starts_at": "2022-12-01T10:00", "ends_at": "2022-12-01T11:00"}
    assert organiser.post(PAGE, data=FORM | outside).status_code == 422
    assert organiser.post(PAGE, data=FORM | outside | {"in_tray": "y"}).status_code == 302
    assert stored(db_session, event).scheduled is False
    backwards = outside | {"ends_at": "2022-12-01T09:00", "in_tray": "y", "version": "2"}
    assert "The end must be after the start." in organiser.post(PAGE, data=FORM | backwards).text
    assert organiser.post(PAGE, data=FORM | outside | {"version": "2"}).status_code == 422


def test_the_comparison_names_the_new_fields(organiser: FlaskClient) -> None:
    assert organiser.post(PAGE, data=FORM | MORE).status_code == 302
    second = organiser.post(PAGE, data=FORM | {"in_tray": "y", "links-0-url": "https://example.org/mine"})
    assert second.status_code == 409
    table = parse(second.text).one("table", class_="compare")
    rows = [(row.one("th").text, *[cell.text for cell in row.all("td")]) for row in table.one("tbody").all("tr")]
    assert rows == [
        ("Not on the timetable yet", "– → yes", "unchanged"),
        ("Locked", "unchanged", "– → yes"),
        ("Status", "unchanged", "Tentative → Confirmed"),
        ("Spoken language", "unchanged", "– → Vietnamese"),
        ("Needs an interpreter", "unchanged", "– → yes"),
        (
            "People",
            "unchanged",
            "Moderator: Christopher Pablo Panellist: Alan Tan → "
            "Moderator: Christopher Pablo – 港の話 / Ports <b>😀</b> (20 min) Panellist: Alan Tan, To be invited",
        ),
        (
            "Links Both of you changed this",
            "– → Link: https://example.org/mine",
            "– → Document: Slides https://example.org/slides.pdf",
        ),
    ]


def test_a_talk_title_in_a_language_that_the_event_has_no_more_is_kept(
    organiser: FlaskClient, db_session: Session, event: Event
) -> None:
    organiser.post(PAGE, data=FORM | MORE)
    event.languages = ["en"]
    db_session.commit()
    sent = FORM | MORE | {"version": "2", "people-0-title_en": "Harbours", "do": "save"}
    assert organiser.post(PAGE, data=sent).status_code == 302
    assert stored(db_session, event).people[0].title == tr("港の話", "Harbours")
    assert stored(db_session, event).title == tr("魅力ある都市づくり", "Attractive cities")


@pytest.mark.parametrize(
    ("query", "starts", "ends", "kind"),
    [
        ("?day=2022-11-25&start=13:10&minutes=45&venue=webinar", "2022-11-25T13:10", "2022-11-25T13:55", "session"),
        ("?day=2022-11-25&start=13:10&kind=keynote", "2022-11-25T13:10", "2022-11-25T13:40", "keynote"),
        ("?day=2022-11-25&start=13:10&kind=workshop", "2022-11-25T13:10", "2022-11-25T14:10", "workshop"),
        ("?day=2022-11-25&start=02:00&minutes=30", "2022-11-26T02:00", "2022-11-26T02:30", "session"),
        ("?day=2022-11-25&start=13:10&minutes=9999", "2022-11-25T13:10", "2022-11-25T14:10", "session"),
        ("?day=2022-11-25&start=25:10", "", "", "session"),
        ("?day=9999-12-31&start=04:00", "", "", "session"),
        ("?day=%00&start=²&kind=moon&venue=%00&minutes=²", "", "", "session"),
        ("", "", "", "session"),
    ],
)
def test_a_new_session_begins_with_what_was_drawn(
    organiser: FlaskClient, db_session: Session, event: Event, query: str, starts: str, ends: str, kind: str
) -> None:
    event.day_starts_at = time(5)
    db_session.add(KindRule(event_id=event.id, kind=SessionKind.KEYNOTE, required_roles=[], minutes=30))
    db_session.commit()
    answer = organiser.get(NEW + query)
    assert answer.status_code == 200
    page = parse(answer.text)
    assert (value(page, "starts_at"), value(page, "ends_at"), value(page, "kind")) == (starts, ends, kind)
    if "venue=webinar" in query:
        assert value(page, "venue") == "webinar"


def test_a_new_break_has_a_title(organiser: FlaskClient) -> None:
    page = parse(organiser.get(NEW + "?kind=break").text)
    assert (value(page, "title_ja"), value(page, "title_en")) == ("休憩", "Break")


def test_languages_have_names() -> None:
    assert spoken.name("vi", "ja") == "ベトナム語"
    assert spoken.name("zz-none", "en") == "zz-none"
    assert spoken.is_known("zh-Hant")
    assert not spoken.is_known("zh-Hant-x-long-tag")
    listed = spoken.choices("en", ("ja", "en"), also="haw")
    assert listed[:3] == [("ja", "Japanese"), ("en", "English"), ("ar", "Arabic")]
    assert ("haw", "Hawaiian") in listed
    assert len(listed) == len({tag for tag, _name in listed})


def test_queries_do_not_grow_with_talks(
    organiser: FlaskClient,
    db_session: Session,
    event: Event,
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    counts = []
    for number in (0, 2):
        session = queries.session_by_key(db_session, event.id, "session-3")
        assert session is not None
        for each in range(number):
            person = make_person(db_session, event, f"p{each}")
            make_session(db_session, event, f"s{each}", people=((RoleKind.MC, person),))
        db_session.commit()
        counts.append(count_queries(lambda: organiser.get(PAGE)))
    assert counts[0] == counts[1]
