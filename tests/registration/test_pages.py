"""The public form and the pages around it, as a browser gets them."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events import countries
from galerio_events.extensions import db
from galerio_events.registration import queries
from galerio_events.registration.models import Intake
from tests.registration.support import answers, errors_at, mails, open_event, registrations, send
from tests.support.builders import NOW, make_event, tr

DONE = "/en/ascc11/register/done"


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_form_offers_everything(client: FlaskClient, db_session: Session, language: str) -> None:
    open_event(db_session)
    response = client.get(f"/{language}/ascc11/register?session=session-2")
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    options = re.findall(r'<option value="([A-Z]{2})" data-spellings="[^"]+"[^>]*>([^<]+)<', response.text)
    assert len(options) == 249
    assert dict(options)["VN"] == countries.name("VN", language)
    assert re.findall(r'name="sessions" type="checkbox" value="([\w-]+)"', response.text) == [
        "session-1",
        "session-2",
        "session-3",
    ]
    assert re.findall(r'value="(session-\d)"\s+checked', response.text) == ["session-2"]
    assert re.findall(r'name="language" type="radio" value="(\w\w)" required\s+checked', response.text) == [language]
    # No consent is ticked beforehand.
    boxes = re.findall(r'<input id="\w+" name="(\w+)" type="checkbox" value="y"([^>]*)>', response.text)
    assert [name for name, _rest in boxes] == ["agreed", "future_events", "share_with_partners"]
    assert not any("checked" in rest for _name, rest in boxes)
    assert f'href="/{language}/ascc11/privacy"' in response.text
    autocomplete = dict(re.findall(r'name="(\w+)" [^>]*?autocomplete="([\w-]+)"', response.text))
    assert {name: autocomplete[name] for name in ("name", "email", "country", "organisation", "position")} == {
        "name": "name",
        "email": "email",
        "country": "country",
        "organisation": "organization",
        "position": "organization-title",
    }


def test_times_are_those_of_the_zone_that_was_asked_for(client: FlaskClient, db_session: Session) -> None:
    open_event(db_session)
    for zone, hours, label in (
        ("", "13:10–14:20", "Japan time (UTC+9)"),
        ("?tz=Asia/Bangkok", "11:10–12:20", "Thailand time (UTC+7)"),
        ("?tz=America/Los_Angeles", "20:10–21:20", "UTC−8)"),
    ):
        page = client.get(f"/en/ascc11/register{zone}").text
        assert re.findall(r'session-choice__hours number">([^<]+)<', page)[0] == hours
        assert label in page
    # Nobody who is about to register is sent away for a zone that does not exist.
    response = client.get("/en/ascc11/register?tz=Mars/Base")
    assert response.status_code == 200
    assert re.findall(r'session-choice__hours number">([^<]+)<', response.text)[0] == "13:10–14:20"


def test_registering(client: FlaskClient, db_session: Session) -> None:
    open_event(db_session)
    response = send(client, sessions=["session-1", "session-3"], future_events="y", name="Zoë 🙂\u202e  Example\x00")
    assert (response.status_code, response.location) == (303, DONE)
    (made,) = registrations(db_session)
    assert (made.name, made.country, made.language) == ("Zoë 🙂 Example", "TH", "en")
    assert queries.chosen_sessions(db_session, made.id) == ("session-1", "session-3")
    assert [c.given for c in made.consents] == [True, True, False]
    assert [mail.kind for mail in mails(db_session)] == ["registration_confirmation"]
    assert "niran@example.org" in client.get(DONE).text


def test_the_mail_is_in_the_registrants_language_not_in_that_of_the_page(
    client: FlaskClient, db_session: Session
) -> None:
    open_event(db_session)
    send(client, page="ja", language="en")
    (mail,) = mails(db_session)
    assert mail.language == "en"


def test_the_page_does_not_say_whether_an_address_is_registered(app: Flask, db_session: Session) -> None:
    open_event(db_session)

    def visit(form_key: str) -> list[tuple[int, str | None, str]]:
        client = app.test_client()
        sent = send(client, form_key=form_key, name="Somebody else")
        shown = client.get(DONE)
        return [(a.status_code, a.location, a.text) for a in (sent, shown)]

    assert visit("first") == visit("second") == visit("third")
    assert len(registrations(db_session)) == 1
    assert [mail.kind for mail in mails(db_session)] == ["registration_confirmation", "registration_known"]


def test_a_form_sent_twice_is_one_registration_and_shows_the_same_page(
    client: FlaskClient, db_session: Session
) -> None:
    open_event(db_session)
    key = form_key(client)
    answers_seen = [send(client, form_key=key) for _ in range(3)]
    assert {(a.status_code, a.location) for a in answers_seen} == {(303, DONE)}
    assert (len(registrations(db_session)), len(mails(db_session))) == (1, 1)


def form_key(client: FlaskClient) -> str:
    found = re.search(r'name="form_key" value="([^"]+)"', client.get("/en/ascc11/register").text)
    assert found is not None
    return found[1]


def test_two_tabs_are_one_form_until_it_is_accepted(client: FlaskClient, db_session: Session) -> None:
    open_event(db_session)
    first, second = form_key(client), form_key(client)
    assert first == second
    send(client, form_key=first)
    send(client, form_key=second)
    assert (len(registrations(db_session)), len(mails(db_session))) == (1, 1)
    assert form_key(client) != first


@pytest.mark.parametrize(
    ("wrong", "field", "message"),
    [
        ({"name": ""}, "name", "Enter your name."),
        ({"name": " \u200b\u3000 "}, "name", "Enter your name."),
        ({"name": "x" * 201}, "name", "Use at most 200 characters; these are 201."),
        ({"organisation": "x" * 500}, "organisation", "Use at most 200 characters; these are 500."),
        ({"position": "..."}, "position", "Use at least one letter or digit."),
        ({"email": ""}, "email", "Enter your e-mail address."),
        ({"email": "niran@example"}, "email", "Check the e-mail address. It should look like name@example.org."),
        (
            {"email": "niran@example.con"},
            "email",
            "Check the end of the e-mail address. Did you mean .com, .org or .net?",
        ),
        (
            {"email": "x" * 300 + "@example.org"},
            "email",
            "This e-mail address is too long. An address has at most 254 characters.",
        ),
        ({"country": ""}, "country", "Choose a country or region."),
        ({"country": "th"}, "country", "Choose a country or region."),
        ({"country": "XX"}, "country", "Choose a country or region."),
        ({"affiliation_kind": "wizard"}, "affiliation_kind", "Choose what describes your organisation best."),
        ({"language": "de"}, "language", "Choose a language."),
        ({"agreed": ""}, "agreed", "Without your agreement to the privacy notice we cannot register you."),
        (
            {"sessions": ["session-1", "session-9"]},
            "sessions",
            "A session you chose is no longer in the programme. Check your choice.",
        ),
    ],
)
def test_a_bad_answer_is_explained_at_its_field_and_nothing_is_written(
    client: FlaskClient, db_session: Session, wrong: dict[str, Any], field: str, message: str
) -> None:
    open_event(db_session)
    given = {"name": "Zoë Example", "organisation": "Kept & kept", "sessions": ["session-1"]} | wrong
    response = send(client, **given)
    assert response.status_code == 422
    assert errors_at(response) == {field: message}
    assert re.findall(r'<li><a href="#([\w-]+)">', response.text) == [
        field + ("-group" if field in {"language", "sessions"} else "")
    ]
    assert f'id="{field}' in response.text
    if field != "organisation":
        assert 'value="Kept &amp; kept"' in response.text
    selected = re.findall(r'<option value="(..)"[^>]* selected>', response.text)
    assert selected == ([] if field == "country" else ["TH"])
    assert re.findall(r'value="(session-\d)"\s+checked', response.text) == ["session-1"]
    assert (registrations(db_session), mails(db_session)) == ([], [])


def test_everything_wrong_at_once_in_japanese(client: FlaskClient, db_session: Session) -> None:
    open_event(db_session)
    response = client.post("/ja/ascc11/register", data={})
    assert response.status_code == 422
    assert errors_at(response) == {
        "name": "お名前を入力してください。",
        "email": "メールアドレスを入力してください。",
        "country": "国・地域を選んでください。",
        "affiliation_kind": "所属に最も近いものを選んでください。",
        "language": "言語を選んでください。",
        "agreed": "個人情報の取扱いに同意いただけない場合は、登録を受け付けられません。",
    }
    assert response.text.index("error-summary") < response.text.index("<form class")


def test_markup_in_answers_is_text(client: FlaskClient, db_session: Session) -> None:
    open_event(db_session)
    response = send(client, name="<script>alert(1)</script>", email="")
    assert "<script>alert" not in response.text
    assert "&lt;script&gt;alert(1)" in response.text


def test_a_full_session_says_so_and_cannot_be_chosen(client: FlaskClient, db_session: Session) -> None:
    open_event(db_session, places={"session-2": 1})
    send(client, email="a@example.org", form_key="a", sessions=["session-2"])
    page = client.get("/en/ascc11/register?session=session-2").text
    assert re.findall(r'value="(session-\d)"\s+disabled', page) == ["session-2"]
    assert re.findall(r'value="(session-\d)"\s+checked', page) == []
    response = send(client, sessions=["session-1", "session-2"])
    assert response.status_code == 422
    assert errors_at(response) == {"sessions": "A session you chose has no places left. Choose again."}
    assert re.findall(r'value="(session-\d)"\s+checked', response.text) == ["session-1"]
    assert len(registrations(db_session)) == 1


def test_a_full_event_says_so(client: FlaskClient, db_session: Session) -> None:
    open_event(db_session, capacity=1)
    send(client)
    assert "The conference is full." in client.get("/en/ascc11/register").text
    response = send(client, email="b@example.org", form_key="b")
    assert response.status_code == 409
    assert "The conference is full." in response.text
    # Whoever is registered and asks again is told the same as everybody else.
    again = send(client, form_key="c")
    assert (again.status_code, again.text) == (409, response.text)


@pytest.mark.parametrize(
    ("intake", "text"),
    [
        (
            {"opens_at": datetime(2099, 10, 1, 0, 0, tzinfo=UTC)},
            "It opens on Thursday 1 October 2099, 09:00, Japan time (UTC+9).",
        ),
        ({"closes_at": datetime(2022, 11, 25, 15, tzinfo=UTC)}, "Registration is closed."),
    ],
)
def test_outside_the_time_of_registration(
    client: FlaskClient, db_session: Session, intake: dict[str, datetime], text: str
) -> None:
    edition = open_event(db_session)
    db_session.execute(sa.update(Intake).where(Intake.event_id == edition.event_id).values(**intake))
    db_session.commit()
    response = client.get("/en/ascc11/register")
    assert (response.status_code, text in response.text, "<form class" in response.text) == (200, True, False)
    response = send(client)
    assert (response.status_code, text in response.text) == (409, True)
    assert registrations(db_session) == []


@time_machine.travel(datetime(2022, 11, 25, 14, 59, tzinfo=UTC), tick=False)
def test_before_its_first_release_an_event_takes_registrations_only_where_its_organisers_say_so(
    client: FlaskClient, db_session: Session
) -> None:
    event = make_event(db_session, title=tr("まだ秘密", "Still secret"))
    db_session.commit()
    for path in ("register", "register/done", "privacy"):
        page = client.get(f"/en/ascc11/{path}", follow_redirects=True)
        assert page.status_code == 200
        assert "Still secret" not in page.text
    assert "Registration is not open yet." in client.get("/en/ascc11/register").text
    assert send(client).status_code == 409
    assert registrations(db_session) == []
    db_session.add(Intake(event_id=event.id, opens_at=NOW - timedelta(days=1), closes_at=None))
    db_session.commit()
    page = client.get("/en/ascc11/register")
    assert "Still secret" in page.text
    assert 'name="sessions"' not in page.text
    assert send(client).status_code == 303
    assert len(registrations(db_session)) == 1


def test_a_program_that_fills_in_everything_sees_success_and_writes_nothing(
    client: FlaskClient, db_session: Session
) -> None:
    open_event(db_session)
    response = send(client, website="https://example.org")
    assert (response.status_code, response.location) == (303, DONE)
    assert (registrations(db_session), mails(db_session)) == ([], [])


@pytest.mark.parametrize("path", ["register", "register/done", "privacy"])
def test_an_event_that_does_not_exist(client: FlaskClient, path: str) -> None:
    assert client.get(f"/en/ascc99/{path}").status_code == 404


def test_posts_without_a_csrf_token_are_refused(make_app: Callable[..., Flask]) -> None:
    app = make_app(WTF_CSRF_ENABLED=True)
    with app.app_context():
        open_event(db.session())
    client = app.test_client()
    assert send(client).status_code == 400
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/en/ascc11/register").text)
    assert token is not None
    # Over HTTPS too, although pages behind private links send no Referer.
    data = answers(csrf_token=token[1])
    assert client.post("/en/ascc11/register", data=data, base_url="https://localhost").status_code == 303


@pytest.mark.parametrize(
    ("wrong", "cookies", "said"),
    [
        ({}, True, "What you entered is still here: please press the button again."),
        ({"csrf_token": "nonsense"}, True, "What you entered is still here: please press the button again."),
        ({}, False, "Please allow cookies for this site"),
    ],
)
def test_a_form_that_has_expired_comes_back_as_it_was_sent(
    make_app: Callable[..., Flask], wrong: dict[str, str], cookies: bool, said: str
) -> None:
    app = make_app(WTF_CSRF_ENABLED=True)
    with app.app_context():
        open_event(db.session())
    client = app.test_client()
    if cookies:
        client.get("/en/ascc11/register")
    given: dict[str, Any] = {"name": "Zoë Example", "sessions": ["session-1"], "future_events": "y"}
    response = send(client, **given, **wrong)
    assert response.status_code == 400
    assert said in response.text
    assert 'value="Zoë Example"' in response.text
    assert 'value="a form"' in response.text
    assert re.findall(r'<option value="(..)"[^>]* selected>', response.text) == ["TH"]
    assert re.findall(r'value="(session-\d)"\s+checked', response.text) == ["session-1"]
    assert re.findall(r'name="(\w+)" type="checkbox" value="y" checked', response.text) == ["agreed", "future_events"]
    with app.app_context():
        assert registrations(db.session()) == []
    token = re.search(r'name="csrf_token" value="([^"]+)"', response.text)
    assert token is not None
    assert send(client, **given, csrf_token=token[1]).status_code == 303


def test_one_network_address_cannot_register_people_for_ever(make_app: Callable[..., Flask]) -> None:
    app = make_app(RATELIMIT_ENABLED=True, REGISTRATION_RATE="3 per 10 minutes")
    with app.app_context():
        open_event(db.session())
    client = app.test_client()

    def statuses(numbers: range, **wrong: str) -> list[int]:
        sent = [send(client, form_key=f"{n}", **({"email": f"p{n}@example.org"} | wrong)) for n in numbers]
        return [response.status_code for response in sent]

    # Forms with mistakes in them lock nobody out.
    assert statuses(range(4), email="nothing") == [422] * 4
    assert statuses(range(4)) == [303, 303, 303, 429]
    response = send(client, name="Zoë Example", sessions=["session-2"])
    assert response.status_code == 429
    assert 0 < int(response.headers["Retry-After"]) <= 601
    assert re.search(r"Please press the button again in \d+ minutes; what you entered is still here", response.text)
    assert 'value="Zoë Example"' in response.text
    assert re.findall(r'value="(session-\d)"\s+checked', response.text) == ["session-2"]
    assert client.get("/en/ascc11/register").status_code == 200
    with app.app_context():
        assert len(registrations(db.session())) == 3


def test_there_is_a_ceiling_for_forms_with_mistakes_too(make_app: Callable[..., Flask]) -> None:
    app = make_app(RATELIMIT_ENABLED=True, REGISTRATION_POST_RATE="2 per hour")
    with app.app_context():
        open_event(db.session())
    client = app.test_client()
    assert [send(client, email="nothing").status_code for _ in range(3)] == [422, 422, 429]
    assert 601 < int(send(client).headers["Retry-After"]) <= 3601


def test_a_session_that_ends_on_another_date_says_so(client: FlaskClient, db_session: Session) -> None:
    open_event(db_session)
    page = client.get("/en/ascc11/register?tz=Pacific/Auckland").text
    assert "session-choice__note" not in page
    # 13:10–14:20 in Tokyo.
    page = client.get("/en/ascc11/register?tz=America/New_York").text
    assert re.findall(r'session-choice__note">([^<]+)<', page)[0] == "ends Fri 25 Nov"


@pytest.mark.parametrize(("language", "title"), [("ja", "個人情報の取扱いについて"), ("en", "Privacy notice")])
def test_the_privacy_notice_has_a_version(client: FlaskClient, db_session: Session, language: str, title: str) -> None:
    open_event(db_session)
    page = client.get(f"/{language}/ascc11/privacy").text
    assert f"<h1>{title}</h1>" in page
    assert "2026-11" in page


def test_the_form_asks_the_database_the_same_whether_one_session_or_three_are_limited(
    client: FlaskClient, db_session: Session, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    edition = open_event(db_session, places={"session-1": 5})
    client.get("/en/ascc11/register")
    one = count_queries(lambda: client.get("/en/ascc11/register"))
    db_session.execute(sa.text("UPDATE programme_sessions SET capacity = 5"))
    db_session.commit()
    assert count_queries(lambda: client.get("/en/ascc11/register")) == one
    assert edition.slug == "ascc11"
