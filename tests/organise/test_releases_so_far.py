"""Announcing from the page, what a draft keeps back, and reading and comparing earlier releases."""

import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events.programme.domain import RoleKind, RoleState
from galerio_events.programme.models import RoleAssignment
from galerio_events.programme.queries import conflicts
from galerio_events.releases import queries
from galerio_events.releases.services import release_programme
from tests.releases.support import LATER, World, mails, make_registration, world
from tests.support.builders import make_account, make_person, make_session, sign_in, tr, utc
from tests.support.html import parse

PAGE = "/en/organise/ascc11/release"
PLACE = "/en/organise/ascc11/releases"


@pytest.fixture
def made(db_session: Session) -> World:
    return world(db_session)


@pytest.fixture
def organiser(app: Flask, db_session: Session, made: World) -> FlaskClient:
    account = make_account(db_session, event=made.event)
    db_session.commit()
    client = app.test_client()
    sign_in(client, account)
    return client


def form(page: str) -> dict[str, str]:
    return {name: re.findall(rf'name="{name}" type="hidden" value="([^"]*)"', page)[0] for name in ("shown", "after")}


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def move(db_session: Session, made: World, *keys: str) -> None:
    for key in keys:
        made.sessions[key].starts_at += timedelta(minutes=10)
    db_session.commit()


def test_announcing_from_the_page(organiser: FlaskClient, db_session: Session, made: World) -> None:
    make_registration(db_session, made, "chose@example.org", ["third"])
    move(db_session, made, "first", "third")
    page = organiser.get(PAGE).text
    words = text_of(page)
    assert "Mails to 3 people are drafted." in words
    assert "Who would get a mail (3 people)" in words
    assert "Anna anna@example.org English in the programme" in words
    assert "Name of chose@example.org chose@example.org English registered" in words
    assert "Not reachable: 1 person without an e-mail address Dora" in words
    sent = form(page) | {"way": "announced", "announcement_en": "We begin\nlater.", "announcement_ja": "<b>遅れ</b>"}
    answer = organiser.post(PAGE, data=sent)
    assert (answer.status_code, answer.location) == (302, f"{PLACE}/2")
    assert sorted(mails(db_session)) == ["anna@example.org", "ben@example.org", "chose@example.org"]
    shown = organiser.get(f"{PLACE}/2")
    words = text_of(shown.text)
    assert "3 mails are drafts" in words
    assert "Not reachable: 1 person without an e-mail address Dora" in words
    assert "&lt;b&gt;遅れ&lt;/b&gt;" in shown.text
    assert 'href="/en/organise/ascc11/outbox?batch=release-2"' in shown.text
    assert "We begin later. Note" not in words
    assert organiser.post(PAGE, data=sent).location == f"{PLACE}/2"
    assert len(mails(db_session)) == 3


def test_the_mails_that_the_page_drafts_are_in_their_readers_language(
    organiser: FlaskClient, db_session: Session, made: World
) -> None:
    first = made.sessions["first"]
    first.title, first.language = tr("新しい題", "New title"), "en"
    first.links = [{"url": "https://example.org/slides", "title": "Slides", "kind": "attachment"}]
    first.roles[0].title = tr("話", "A talk")
    db_session.commit()
    organiser.post(PAGE, data=form(organiser.get(PAGE).text) | {"way": "announced"})
    found = mails(db_session)
    assert found["anna@example.org"].values["changes"][0]["rows"] == [
        {"field": "Title (English)", "before": "Title 1", "after": "New title", "language": "en"},
        {
            "field": "People",
            "before": "Speaker: Anna / World Bank",
            "after": "Speaker: Anna / World Bank, “A talk”",
            "language": "",
        },
        {"field": "Language spoken", "before": "", "after": "English", "language": ""},
        {"field": "Links and documents", "before": "", "after": "Slides https://example.org/slides", "language": ""},
    ]
    rows = found["ben@example.org"].values["changes"][0]["rows"]
    assert [(row["field"], row["after"]) for row in rows] == [
        ("タイトル (日本語)", "新しい題"),
        ("登壇者", "登壇者：アンナ / 世界銀行「話」"),
        ("使用言語", "英語"),
        ("リンク・資料", "Slides https://example.org/slides"),
    ]


def test_every_mail_can_be_read_in_the_outbox(organiser: FlaskClient, db_session: Session, made: World) -> None:
    make_registration(db_session, made, "chose@example.org", ["first"], language="ja")
    made.sessions["second"].removed_at = LATER
    move(db_session, made, "first")
    organiser.post(PAGE, data=form(organiser.get(PAGE).text) | {"way": "announced"})
    for name, row in mails(db_session).items():
        page = organiser.get(f"/en/organise/ascc11/outbox/{row.id}")
        assert page.status_code == 200
        assert "This mail cannot be made" not in page.text, name
        assert "ascc11.ics" in page.text
        assert organiser.get(f"/en/organise/ascc11/outbox/{row.id}/html").status_code == 200
    ben = text_of(organiser.get(f"/en/organise/ascc11/outbox/{mails(db_session)['ben@example.org'].id}").text)
    assert (
        "［日時・会場の変更］ 変更前：2022年11月25日（金） 10:00–11:00 変更後：2022年11月25日（金） 10:10–11:00" in ben
    )
    assert "お住まいの地域の時刻：2022年11月25日（金） 08:10–09:00、タイ時間（UTC+7）" in ben
    assert "［中止］" in ben


def test_what_is_kept_back_is_said(organiser: FlaskClient, db_session: Session, made: World) -> None:
    make_session(db_session, made.event, "tray", scheduled=False, title=tr("", "In the tray"), starts_at=utc(25, 7))
    role = RoleAssignment(person=made.people["carl"], role=RoleKind.MC, position=9, state=RoleState.TO_BE_INVITED)
    made.sessions["first"].roles.append(role)
    db_session.commit()
    words = text_of(organiser.get(PAGE).text)
    assert "1 session lies in the tray and is not released: In the tray" in words
    assert "1 role is still to be invited and is not released." in words
    assert "There is nothing to release" in words


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"announcement_en": "x" * 2001}, "This announcement is too long: 2000 characters at most."),
        ({"way": "shout"}, "Not a valid choice"),
    ],
)
def test_a_form_that_cannot_be(
    organiser: FlaskClient, db_session: Session, made: World, sent: dict[str, str], message: str
) -> None:
    move(db_session, made, "first")
    answer = organiser.post(PAGE, data=form(organiser.get(PAGE).text) | {"note": "kept"} | sent)
    assert answer.status_code == 422
    assert message in answer.text
    assert "kept" in answer.text
    assert [r.number for r in queries.releases_of(db_session, made.event.id)] == [1]


def test_what_cannot_be_seen_in_an_announcement_is_told(
    organiser: FlaskClient, db_session: Session, made: World
) -> None:
    move(db_session, made, "first")
    sent = form(organiser.get(PAGE).text) | {"announcement_en": " a\x07\u202eb\r\nc ", "announcement_ja": "\u200b"}
    told = organiser.post(PAGE, data=sent)
    assert told.status_code == 422
    assert "This held characters that cannot be seen" in told.text
    assert queries.release_by_number(db_session, made.event.id, 2) is None
    assert "This held characters that cannot be seen" in organiser.post(PAGE, data=sent | {"note": "\u202e"}).text
    organiser.post(PAGE, data=sent | {"announcement_en": " ab\r\nc "})
    release = queries.release_by_number(db_session, made.event.id, 2)
    assert release is not None
    assert dict(release.announcement) == {"en": "ab\nc"}


def test_an_earlier_release_is_read_as_the_public_saw_it(
    organiser: FlaskClient, db_session: Session, made: World
) -> None:
    made.sessions["first"].title = tr("", "Renamed since")
    made.sessions["second"].removed_at = LATER
    release_programme(db_session, made.event.id, account_id=None, note="for us", now=LATER)
    db_session.commit()
    first, second = (text_of(organiser.get(f"{PLACE}/{number}").text) for number in (1, 2))
    assert "10:00 – 11:00 Title 1 Speakers: Anna, Ben" in first
    assert "Bring this programme back…" in first
    assert "Renamed since" not in first
    assert "Renamed since" in second
    assert "Cancelled sessions Title 3" in second
    assert "This is what the public sees now." in second
    assert "Note for us" in second
    assert "Bring this programme back" not in second


def test_any_two_can_be_compared(organiser: FlaskClient, db_session: Session, made: World) -> None:
    for number, title in ((2, "Second title"), (3, "Third title")):
        made.sessions["first"].title = tr("", title)
        release_programme(db_session, made.event.id, account_id=None, now=LATER)
        made.people["anna"].affiliation = tr("", f"Bank {number}")
    db_session.commit()
    for query, before, after in (
        ("?from=1&to=3", "Title 1", "Third title"),
        ("?from=3&to=1", "Third title", "Title 1"),
        ("?from=1&to=draft", "Title 1", "Third title"),
    ):
        words = text_of(organiser.get(f"{PLACE}/compare{query}").text)
        assert f"Title (English) before: {before} after: {after}" in words
    default = text_of(organiser.get(f"{PLACE}/compare").text)
    assert "before: Speaker: Anna / Bank 2 after: Speaker: Anna / Bank 3" in default
    assert "They say the same." in organiser.get(f"{PLACE}/compare?from=2&to=2").text


@pytest.mark.parametrize("query", ["?from=9", "?to=0", "?from=x&to=1", "?from=1&to=²", "?from=-1", "?to=" + "9" * 400])
def test_comparisons_that_make_no_sense(organiser: FlaskClient, query: str) -> None:
    assert organiser.get(f"{PLACE}/compare{query}").status_code == 404


def test_colours_logos_and_addresses_are_told(organiser: FlaskClient, db_session: Session, made: World) -> None:
    made.event.tracks[0].colour = "#1f77c4"
    organiser_of = made.event.organisers[0]
    organiser_of.url, organiser_of.logo = "https://example.org/", "f" * 64
    db_session.commit()
    words = text_of(organiser.get(PAGE).text)
    assert "Colour after: #1f77c4" in words
    assert "after: Hosted by: City of Yokohama / https://example.org/ / with a logo" in words


def test_the_page_of_a_release_takes_as_many_queries_whatever_is_in_it(
    app: Flask, db_session: Session, made: World, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    account = make_account(db_session, event=made.event)
    db_session.commit()
    client = app.test_client()
    sign_in(client, account)
    counts = []
    for more in (1, 2):
        for number in range(more):
            make_registration(db_session, made, f"one{more}{number}@example.org", ["first"])
            make_session(db_session, made.event, f"more-{more}-{number}", starts_at=utc(25, 7), ends_at=utc(25, 8))
        db_session.commit()
        queries.forget()
        conflicts.forget()
        places = (PAGE, f"{PLACE}/1", f"{PLACE}/compare")
        counts.append([count_queries(partial(client.get, place)) for place in places])
    assert counts[0] == counts[1]


def test_every_page_is_well_formed(organiser: FlaskClient, db_session: Session, made: World) -> None:
    move(db_session, made, "first")
    release_programme(db_session, made.event.id, account_id=None, now=LATER)
    move(db_session, made, "second")
    for language in ("ja", "en"):
        for place in ("release", "releases/1", "releases/compare?from=1&to=2", "releases/1/bring-back"):
            answer = organiser.get(f"/{language}/organise/ascc11/{place}")
            assert answer.status_code == 200
            page = parse(answer.text)
            assert len(page.all("h1")) == 1
            ids = [element.attributes["id"] for element in page.all() if "id" in element.attributes]
            assert len(ids) == len(set(ids))


def test_a_form_that_is_sent_twice_says_once_that_the_release_is_out(
    organiser: FlaskClient, db_session: Session, made: World
) -> None:
    move(db_session, made, "first")
    sent = form(organiser.get(PAGE).text)
    for _turn in range(2):
        assert organiser.post(PAGE, data=sent).location == PAGE
    assert organiser.get(PAGE).text.count("Release 2 is out.") == 1
    move(db_session, made, "first")
    organiser.post(PAGE, data=form(organiser.get(PAGE).text))
    assert organiser.get(PAGE).text.count("Release 3 is out.") == 1


@pytest.mark.parametrize(("number", "folded"), [(10, 0), (12, 2)])
def test_many_who_cannot_be_reached_are_folded_and_each_leads_to_their_entry(
    organiser: FlaskClient, db_session: Session, made: World, number: int, folded: int
) -> None:
    people = [make_person(db_session, made.event, f"p-{n}", name=tr("", f"Person {n}")) for n in range(number)]
    made.sessions["third"].roles = [
        RoleAssignment(person=person, role=RoleKind.SPEAKER, position=n + 7) for n, person in enumerate(people)
    ]
    made.people["dora"].email = "dora@example.org"
    db_session.commit()
    names = parse(organiser.get(PAGE).text).all("div", class_="names")[-1]
    assert names.one("p").text == f"Not reachable: {number} people without an e-mail address"
    assert sorted(a.attributes["href"] for a in names.all("a")) == sorted(
        f"/en/organise/ascc11/people/p-{n}" for n in range(number)
    )
    hidden = names.all("details")
    assert [len(each.all("a")) for each in hidden] == [folded for _each in hidden]
    assert [each.one("summary").text for each in hidden] == ([f"and {folded} more"] if folded else [])


def test_each_cell_of_the_releases_so_far_is_named_for_small_screens(organiser: FlaskClient) -> None:
    table = parse(organiser.get(PAGE).text).one("table", class_="releases")
    (row,) = table.one("tbody").all("tr")
    heads = [th.text for th in table.one("thead").all("th")]
    assert [
        row.one("span", class_="releases__label").text,
        *(td.attributes["data-label"] for td in row.all("td")),
    ] == heads
