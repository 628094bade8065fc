"""What a private link opens, and that nothing else does."""

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import structlog
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy.orm import Session

from galerio_events.extensions import db
from galerio_events.outbox import exports, worker
from galerio_events.outbox import queries as outbox_queries
from galerio_events.outbox import services as outbox
from galerio_events.registration import queries
from galerio_events.registration.domain import RegistrationState
from galerio_events.registration.models import Intake, PrivateLink
from galerio_events.web.logs import loggable_path
from tests.registration.support import answers, errors_at, mails, open_event, registrations, send, token_of
from tests.support.builders import NOW, make_event, sample_programme, store_release, utc


@pytest.fixture
def token(client: FlaskClient, db_session: Session) -> str:
    """The private link of somebody who registered for sessions 1 and 3."""
    open_event(db_session, places={"session-2": 1})
    send(client, sessions=["session-1", "session-3"])
    return token_of(mails(db_session)[0])


def calendar_path(db_session: Session) -> str:
    return f"/calendar/{token_of(mails(db_session)[0], 'calendar')}.ics"


def vevents(data: bytes) -> list[Any]:
    return list(Calendar.from_ical(data).walk("VEVENT"))


def statuses(client: FlaskClient, path: str) -> list[tuple[str, str]]:
    response = client.get(path)
    assert response.status_code == 200
    events = vevents(response.data)
    return [(str(event["SUMMARY"]), str(event["STATUS"])) for event in events]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_page_of_a_registration(client: FlaskClient, db_session: Session, token: str, language: str) -> None:
    response = client.get(f"/{language}/ascc11/registration/{token}")
    assert response.status_code == 200
    (made,) = registrations(db_session)
    assert made.reference in response.text
    assert "niran@example.org" in response.text
    assert f"http://localhost:8000{calendar_path(db_session)}" in response.text
    assert response.text.count("/sessions/session-") == 2


@pytest.mark.parametrize("rest", ["", "/change", "/cancel"])
def test_private_pages_are_kept_by_nobody_and_tell_nobody(client: FlaskClient, token: str, rest: str) -> None:
    response = client.get(f"/en/ascc11/registration/{token}{rest}")
    assert {name: response.headers[name] for name in ("Referrer-Policy", "X-Robots-Tag", "Cache-Control")} == {
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex, nofollow, noarchive",
        "Cache-Control": "no-store",
    }
    assert '<meta name="robots" content="noindex">' in response.text
    assert 'rel="canonical"' not in response.text


@pytest.mark.parametrize(
    ("method", "rest"),
    [
        ("GET", ""),
        ("GET", "/change"),
        ("POST", "/change"),
        ("GET", "/cancel"),
        ("POST", "/cancel"),
        ("POST", "/restore"),
        ("POST", "/calendar"),
    ],
)
def test_a_token_opens_its_own_registration_only(
    client: FlaskClient, db_session: Session, token: str, method: str, rest: str
) -> None:
    make_event(db_session, "ascc12")
    db_session.commit()
    calendar_token = token_of(mails(db_session)[0], "calendar")
    for slug, tried in (("ascc11", token[:-1]), ("ascc11", "x" * 32), ("ascc11", calendar_token), ("ascc12", token)):
        response = client.open(f"/en/{slug}/registration/{tried}{rest}", method=method, data=answers())
        assert response.status_code == 404
        assert response.headers["Referrer-Policy"] == "no-referrer"
    assert len(mails(db_session)) == 1


def test_a_get_changes_nothing(client: FlaskClient, db_session: Session, token: str) -> None:
    for rest in ("", "/change", "/cancel"):
        client.get(f"/en/ascc11/registration/{token}{rest}")
    for rest in ("/restore", "/calendar"):
        assert client.get(f"/en/ascc11/registration/{token}{rest}").status_code == 405
    (made,) = registrations(db_session)
    assert (made.version, made.state, len(mails(db_session))) == (1, RegistrationState.ACTIVE, 1)
    assert db_session.scalar(sa.select(sa.func.count()).select_from(PrivateLink)) == 2


def test_change(client: FlaskClient, db_session: Session, token: str) -> None:
    path = f"/en/ascc11/registration/{token}/change"
    page = client.get(path).text
    assert 'value="Niran Example"' in page
    assert page.count("checked") == 3  # the language and two sessions
    form = answers(version="1", name="Niran B. Example", sessions=["session-2"], email="other@example.org")
    response = client.post(path, data=form)
    assert (response.status_code, response.location) == (303, f"/en/ascc11/registration/{token}")
    (made,) = registrations(db_session)
    assert (made.name, made.email, queries.chosen_sessions(db_session, made.id)) == (
        "Niran B. Example",
        "niran@example.org",
        ("session-2",),
    )
    assert [mail.kind for mail in mails(db_session)] == ["registration_confirmation", "registration_changed"]


def test_change_in_two_windows(client: FlaskClient, db_session: Session, token: str) -> None:
    path = f"/en/ascc11/registration/{token}/change"
    client.post(path, data=answers(version="1", name="First window"))
    form = answers(version="1", name="Second window", sessions=["session-2"])
    for version in ("1", "x"):
        response = client.post(path, data=form | {"version": version})
        assert response.status_code == 409
        assert "This registration was changed in another window meanwhile." in response.text
        assert 'value="Second window"' in response.text
        assert 'name="version" value="2"' in response.text
        assert re.findall(r'value="(session-\d)"\s+checked', response.text) == ["session-2"]
    assert registrations(db_session)[0].name == "First window"
    assert client.post(path, data=form | {"version": "2"}).status_code == 303
    assert registrations(db_session)[0].name == "Second window"


def test_a_link_that_was_cut_off_says_what_can_be_done(client: FlaskClient, db_session: Session, token: str) -> None:
    pages = {
        client.get(f"/en/ascc11/registration/{tried}").text.replace(tried, "")
        for tried in (token[:-1], token + "x", "x" * 32, token_of(mails(db_session)[0], "calendar"))
    }
    assert len(pages) == 1
    assert "This link opens no registration" in pages.pop()
    # An event that does not exist has no form to go to.
    assert "This link opens" not in client.get(f"/en/ascc99/registration/{token}").text


@pytest.mark.parametrize("rest", ["/change", "/cancel", "/restore", "/calendar"])
def test_buttons_that_have_expired_change_nothing(make_app: Callable[..., Flask], rest: str) -> None:
    app = make_app(WTF_CSRF_ENABLED=False)
    with app.app_context():
        open_event(db.session())
        client = app.test_client()
    send(client)
    app.config["WTF_CSRF_ENABLED"] = True
    with app.app_context():
        token = token_of(mails(db.session())[0])
    path = f"/en/ascc11/registration/{token}"
    response = client.post(path + rest, data=answers(version="1", name="Changed"))
    assert response.status_code == 400
    assert "please press the button again" in response.text
    assert ('value="Changed"' in response.text) == (rest == "/change")
    wrong = client.post(f"{path}x{rest}")
    assert (wrong.status_code, "This link opens no registration" in wrong.text) == (404, True)
    with app.app_context():
        (made,) = registrations(db.session())
        assert (made.name, made.version, len(made.links)) == ("Niran Example", 1, 2)


def test_a_zone_that_does_not_exist_sends_nobody_away(client: FlaskClient, token: str) -> None:
    for rest in ("", "/change"):
        response = client.get(f"/en/ascc11/registration/{token}{rest}?tz=Mars/Base")
        assert (response.status_code, "Japan time (UTC+9)" in response.text) == (200, True)


def test_calendar_programs_get_no_cookie(client: FlaskClient, db_session: Session, token: str) -> None:
    client.get("/en/ascc11/register")
    response = client.get(calendar_path(db_session))
    assert (response.headers.get("Set-Cookie"), response.headers.get("Vary")) == (None, "Accept-Encoding")


def test_change_explains_what_is_wrong(client: FlaskClient, db_session: Session, token: str) -> None:
    send(client, email="b@example.org", form_key="b", sessions=["session-2"])
    path = f"/en/ascc11/registration/{token}/change"
    response = client.post(path, data=answers(version="1", name=""))
    assert (response.status_code, errors_at(response)) == (422, {"name": "Enter your name."})
    response = client.post(path, data=answers(version="1", sessions=["session-2"]))
    assert (response.status_code, errors_at(response)) == (
        422,
        {"sessions": "A session you chose has no places left. Choose again."},
    )
    assert registrations(db_session)[0].version == 1


def test_cancel_and_undo(client: FlaskClient, db_session: Session, token: str) -> None:
    path = f"/en/ascc11/registration/{token}"
    assert client.post(path + "/cancel").status_code == 303
    assert client.post(path + "/cancel").status_code == 303
    assert registrations(db_session)[0].state is RegistrationState.CANCELLED
    assert "This registration is cancelled." in client.get(path).text
    for rest in ("/change", "/cancel"):
        assert client.get(path + rest).location == path
    assert client.post(path + "/restore").status_code == 303
    assert "You are registered again." in client.get(path).text
    assert [mail.kind for mail in mails(db_session)] == [
        "registration_confirmation",
        "registration_cancelled",
        "registration_confirmation",
    ]


def test_undoing_beside_a_newer_registration_is_explained(client: FlaskClient, db_session: Session, token: str) -> None:
    path = f"/en/ascc11/registration/{token}"
    client.post(path + "/cancel")
    send(client, form_key="another")
    client.post(path + "/restore")
    page = client.get(path).text
    assert "There is a newer registration with your e-mail address already." in page
    # The page does not offer again what cannot be.
    assert "You have registered again since, with the same e-mail address." in page
    assert "/restore" not in page
    assert registrations(db_session)[0].state is RegistrationState.CANCELLED


def test_the_calendar_holds_the_chosen_sessions_and_is_the_same_each_time(
    client: FlaskClient, db_session: Session, token: str
) -> None:
    path = calendar_path(db_session)
    first, second = client.get(path), client.get(path)
    assert first.data == second.data
    assert first.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert first.headers["Cache-Control"] == "private, max-age=0, must-revalidate"
    assert statuses(client, path) == [("Session 1", "CONFIRMED"), ("Session 3", "CONFIRMED")]
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_the_calendar_follows_releases(client: FlaskClient, db_session: Session, token: str) -> None:
    path = calendar_path(db_session)
    before = client.get(path).headers["ETag"]
    programme = sample_programme(3)
    first, second, third = programme.sessions
    moved = replace(first, starts_at=utc(25, 1), ends_at=utc(25, 2), sequence=1)
    sessions = (moved, second, replace(third, cancelled=True, sequence=1))
    (made,) = registrations(db_session)
    store_release(db_session, made.event, replace(programme, number=2, sessions=sessions))
    db_session.commit()
    assert client.get(path).headers["ETag"] != before
    assert statuses(client, path) == [("Session 1", "CONFIRMED"), ("Session 3", "CANCELLED")]
    events = vevents(client.get(path).data)
    assert [int(event["SEQUENCE"]) for event in events] == [1, 1]


def test_who_chose_no_session_has_the_whole_programme(client: FlaskClient, db_session: Session) -> None:
    open_event(db_session)
    send(client)
    found = statuses(client, calendar_path(db_session))
    assert found == [(f"Session {number}", "CONFIRMED") for number in (1, 2, 3)]


def test_the_calendar_of_a_cancelled_registration_says_so(client: FlaskClient, db_session: Session, token: str) -> None:
    client.post(f"/en/ascc11/registration/{token}/cancel")
    found = statuses(client, calendar_path(db_session))
    assert found == [("Session 1", "CANCELLED"), ("Session 3", "CANCELLED")]


def test_each_word_of_a_registrants_calendar_outdoes_the_one_before(
    client: FlaskClient, db_session: Session, token: str
) -> None:
    path = calendar_path(db_session)

    def said() -> list[tuple[str, int, datetime, datetime]]:
        events = vevents(client.get(path).data)
        return [(str(e["STATUS"]), int(e["SEQUENCE"]), e["DTSTAMP"].dt, e["LAST-MODIFIED"].dt) for e in events]

    assert said() == [("CONFIRMED", 0, NOW, NOW)] * 2
    later, last = NOW + timedelta(days=30), NOW + timedelta(days=31)
    with time_machine.travel(later, tick=False):
        client.post(f"/en/ascc11/registration/{token}/cancel")
    assert said() == [("CANCELLED", 1, later, later)] * 2
    with time_machine.travel(last, tick=False):
        client.post(f"/en/ascc11/registration/{token}/restore")
    assert said() == [("CONFIRMED", 2, last, last)] * 2


def test_the_files_of_the_mails_outdo_each_other_too(
    app: Flask, client: FlaskClient, db_session: Session, token: str
) -> None:
    path = f"/en/ascc11/registration/{token}"
    client.post(path + "/change", data=answers(version="1", sessions=["session-1", "session-2"]))
    client.post(path + "/cancel")
    client.post(path + "/restore")
    found = []
    for mail in mails(db_session):
        with app.app_context():
            (attached,) = outbox.attachments(db_session, outbox_queries.outgoing(mail))
        events = vevents(attached.data)
        found.append([(str(e["SUMMARY"]), str(e["STATUS"]), int(e["SEQUENCE"])) for e in events])
    assert found == [
        [("Session 1", "CONFIRMED", 0), ("Session 3", "CONFIRMED", 0)],
        [("Session 1", "CONFIRMED", 1), ("Session 2", "CONFIRMED", 1), ("Session 3", "CANCELLED", 1)],
        [("Session 1", "CANCELLED", 2), ("Session 2", "CANCELLED", 2)],
        [("Session 1", "CONFIRMED", 3), ("Session 2", "CONFIRMED", 3)],
    ]


def test_who_chooses_after_having_had_everything_gets_the_rest_taken_back(
    app: Flask, client: FlaskClient, db_session: Session
) -> None:
    open_event(db_session)
    send(client)
    token = token_of(mails(db_session)[0])
    client.post(f"/en/ascc11/registration/{token}/change", data=answers(version="1", sessions=["session-2"]))
    with app.app_context():
        (attached,) = outbox.attachments(db_session, outbox_queries.outgoing(mails(db_session)[1]))
    events = vevents(attached.data)
    assert [str(event["STATUS"]) for event in events] == ["CANCELLED", "CONFIRMED", "CANCELLED"]


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("url", [None, "https://meeting.example.org/1"])
def test_a_confirmation_says_when_and_how_even_where_nothing_was_chosen(
    app: Flask, client: FlaskClient, db_session: Session, language: str, url: str | None
) -> None:
    event = make_event(db_session)
    programme = sample_programme(3)
    store_release(db_session, event, replace(programme, venues=(replace(programme.venues[0], url=url),)))
    db_session.add(Intake(event_id=event.id))
    db_session.commit()
    send(client, language=language)
    (mail,) = mails(db_session)
    renderer = worker.renderer(app.config, Path(str(app.template_folder)))
    text, html = exports.parts(renderer.message(outbox_queries.outgoing(mail)))
    days = {
        "ja": "2022年11月24日（木）～2022年11月25日（金）",
        "en": "Thursday 24 November 2022 – Friday 25 November 2022",
    }
    zone = {"ja": "日本時間（UTC+9）", "en": "Japan time (UTC+9)"}
    link = {"ja": "参加用のリンクは、決まり次第、", "en": "The link to join a session appears"}
    for said in (text, html):
        assert days[language] in said
        assert zone[language] in said
        assert f"http://localhost:8000/{language}/ascc11/programme" in said
        assert (link[language] in said) == (url is None)


def test_a_new_calendar_address(client: FlaskClient, db_session: Session, token: str) -> None:
    path = f"/en/ascc11/registration/{token}"
    old = calendar_path(db_session)
    assert client.post(path + "/calendar").status_code == 303
    assert client.get(old).status_code == 404
    page = client.get(path).text
    assert old not in page
    new = page.partition("http://localhost:8000/calendar/")[2].partition(".ics")[0]
    assert client.get(f"/calendar/{new}.ics").status_code == 200


@pytest.mark.parametrize("wrong", ["x", "x" * 32, "%00", "x" * 5000])
def test_a_calendar_address_that_leads_nowhere(client: FlaskClient, db_session: Session, wrong: str) -> None:
    assert client.get(f"/calendar/{wrong}.ics").status_code == 404


def test_the_mail_has_a_calendar_and_opens_the_registration(
    app: Flask, client: FlaskClient, db_session: Session, token: str
) -> None:
    (mail,) = mails(db_session)
    with app.app_context():
        (attached,) = outbox.attachments(db_session, outbox_queries.outgoing(mail))
        (again,) = outbox.attachments(db_session, outbox_queries.outgoing(mail))
    assert attached == again
    assert (attached.filename, attached.mimetype) == ("ascc11.ics", "text/calendar")
    summaries = [str(event["SUMMARY"]) for event in vevents(attached.data)]
    assert summaries == ["Session 1", "Session 3"]
    assert b"\r\nDTSTART;TZID=Asia/Tokyo:20221125T131000\r\n" in attached.data
    assert attached.data.count(b"BEGIN:VTIMEZONE\r\n") == 1


def test_no_token_reaches_the_database_or_the_logs(client: FlaskClient, db_session: Session, token: str) -> None:
    calendar_token = token_of(mails(db_session)[0], "calendar")
    with structlog.testing.capture_logs() as said:
        client.get(f"/en/ascc11/registration/{token}")
        client.get(f"/en/ascc11/registration/{token}/change?tz=Asia/Tokyo")
        client.post(f"/en/ascc11/registration/{token}/cancel")
        client.get(f"/calendar/{calendar_token}.ics")
    written = io.StringIO()
    json.dump(said, written, default=str)
    assert len(said) == 4
    assert token not in written.getvalue()
    assert calendar_token not in written.getvalue()
    assert loggable_path(f"/calendar/{calendar_token}.ics") == "/calendar/***"
    for table in ("private_links", "outbox_mails", "registrations"):
        rows = db_session.execute(sa.text(f"SELECT * FROM {table}")).all()
        assert token not in repr(rows)
        assert calendar_token not in repr(rows)


def test_the_page_asks_the_database_the_same_for_one_session_as_for_three(
    client: FlaskClient, db_session: Session, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    open_event(db_session)
    found = []
    for number, sessions in enumerate((["session-1"], ["session-1", "session-2", "session-3"])):
        send(client, form_key=f"{number}", email=f"p{number}@example.org", sessions=sessions)
        mail = mails(db_session)[number]
        paths = [
            f"/en/ascc11/registration/{token_of(mail)}",
            f"/en/ascc11/registration/{token_of(mail)}/change",
            f"/calendar/{token_of(mail, 'calendar')}.ics",
        ]
        db_session.commit()
        for path in paths:
            client.get(path)
        found.append([count_queries(lambda path=path: client.get(path)) for path in paths])  # type: ignore[misc]
    assert found[0] == found[1]
