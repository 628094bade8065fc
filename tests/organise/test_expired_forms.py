"""What organisers have written outlives their sign-in and the token of the form."""

import re
from collections.abc import Callable, Iterator

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events.accounts import services as accounts
from galerio_events.accounts.models import Account
from galerio_events.extensions import db
from galerio_events.programme import queries
from galerio_events.releases import queries as releases
from tests.organise.test_session_form import FORM
from tests.support.builders import PASSWORD, PASSWORD_HASH, make_account, make_event, make_person, make_session, sign_in

EDIT = "/en/organise/ascc11/programme/session-3"
NEW = "/en/organise/ascc11/programme/new"
RELEASE = "/en/organise/ascc11/release"
WRITTEN = {name: value for name, value in FORM.items() if not name.startswith("people")} | {
    "title_en": "Written <for> an hour",
    "abstract_en": "One\n\ntwo",
}


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Iterator[Flask]:
    """An application that checks tokens, with one session."""
    made = make_app(WTF_CSRF_ENABLED=True)
    with made.app_context():
        session = db.session()
        event = make_event(session)
        make_person(session, event)
        make_session(session, event)
        make_account(session)
        session.commit()
    return made


@pytest.fixture
def organiser(app: Flask) -> FlaskClient:
    client = app.test_client()
    enter(client)
    return client


def enter(client: FlaskClient) -> None:
    """Sign in through the form, as browsers do."""
    page = client.get("/en/sign-in/password").text
    data = {"email": "organiser@example.org", "password": PASSWORD, "csrf_token": token(page)}
    assert client.post("/en/sign-in/password", data=data).status_code == 302


def token(page: str) -> str:
    return re.findall(r'name="csrf_token" type="hidden" value="([^"]+)"', page)[0]


def titles(app: Flask) -> list[str]:
    with app.app_context():
        session: Session = db.session()
        return [made.title.get("en", "") for made in queries.sessions_of(session, 1)]


@pytest.mark.parametrize("bad", [None, "", "x", "from another sign-in"])
def test_a_form_with_a_bad_token_comes_back_as_it_was_sent_and_can_be_saved(
    app: Flask, organiser: FlaskClient, bad: str | None
) -> None:
    sent = WRITTEN if bad is None else WRITTEN | {"csrf_token": bad}
    if bad == "from another sign-in":
        sent = WRITTEN | {"csrf_token": token(organiser.get(EDIT).text)}
        with organiser.session_transaction() as cookie:
            del cookie["csrf_token"]
    answer = organiser.post(EDIT, data=sent)
    assert answer.status_code == 422
    assert "It holds what you entered: save again." in answer.text
    assert 'value="Written &lt;for&gt; an hour"' in answer.text
    assert "One\r\n\r\ntwo" in answer.text or "One\n\ntwo" in answer.text
    assert titles(app) == ["Attractive cities"]
    assert organiser.post(EDIT, data=WRITTEN | {"csrf_token": token(answer.text)}).status_code == 302
    assert titles(app) == ["Written <for> an hour"]


@pytest.mark.parametrize(("pauses", "status"), [((13, 0), 422), ((13,), 401)])
def test_a_form_of_more_than_twelve_hours_ago(app: Flask, pauses: tuple[int, ...], status: int) -> None:
    client = app.test_client()
    with time_machine.travel("2022-11-25T00:00:00Z", tick=False) as clock:
        enter(client)
        old = token(client.get(EDIT).text)
        for hours in pauses[:-1]:
            clock.shift(hours * 3600)
            enter(client)
        clock.shift(pauses[-1] * 3600)
        answer = client.post(EDIT, data=WRITTEN | {"csrf_token": old})
    assert answer.status_code == status
    assert "Written &lt;for&gt; an hour" in answer.text
    assert titles(app) == ["Attractive cities"]


def test_rows_move_as_well(organiser: FlaskClient) -> None:
    answer = organiser.post(EDIT, data=WRITTEN | {"do": "add-person"})
    assert answer.status_code == 422
    assert answer.text.count('<li class="credit">') == 1


@pytest.mark.parametrize("path", [EDIT, NEW])
def test_who_is_signed_out_signs_in_elsewhere_and_goes_on(app: Flask, organiser: FlaskClient, path: str) -> None:
    sent = WRITTEN | {"csrf_token": token(organiser.get(path).text)}
    organiser.delete_cookie("galerio")
    kept = organiser.post(path, data=sent)
    assert kept.status_code == 401
    assert "You are not signed in any more" in kept.text
    assert "csrf_token" not in kept.text
    names = set(re.findall(r'<textarea name="([^"]+)"', kept.text))
    assert names == set(WRITTEN)
    assert "Written &lt;for&gt; an hour</textarea>" in kept.text
    assert titles(app) == ["Attractive cities"]
    enter(organiser)
    again = organiser.post(path, data=WRITTEN)
    assert again.status_code == 422
    assert 'value="Written &lt;for&gt; an hour"' in again.text
    assert organiser.post(path, data=WRITTEN | {"csrf_token": token(again.text)}).status_code == 302
    assert "Written <for> an hour" in titles(app)


def test_a_sign_in_that_a_new_password_ended(app: Flask, organiser: FlaskClient) -> None:
    good = token(organiser.get(EDIT).text)
    with app.app_context():
        session = db.session()
        accounts.change_password(session.query(Account).one(), PASSWORD_HASH)
        session.commit()
    answer = organiser.post(EDIT, data=WRITTEN | {"csrf_token": good})
    assert answer.status_code == 401
    assert "Written &lt;for&gt; an hour" in answer.text
    assert titles(app) == ["Attractive cities"]


def test_the_note_of_a_release_is_kept(app: Flask, organiser: FlaskClient) -> None:
    answer = organiser.post(RELEASE, data={"note": "Long <note>", "shown": "x", "after": "0"})
    assert answer.status_code == 422
    assert "Long &lt;note&gt;</textarea>" in answer.text
    assert "nothing is released yet" in answer.text
    with app.app_context():
        assert releases.releases_of(db.session(), 1) == []
    hidden = {name: re.findall(rf'name="{name}" type="hidden" value="([^"]*)"', answer.text)[0]
              for name in ("shown", "after")}  # fmt: skip
    good = hidden | {"note": "Long <note>", "csrf_token": token(answer.text)}
    assert organiser.post(RELEASE, data=good).status_code == 302


def test_another_site_fills_in_no_form(organiser: FlaskClient) -> None:
    answer = organiser.post(EDIT, data=WRITTEN, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 400
    assert "Written" not in answer.text


def test_who_may_not_edit_sees_no_form(app: Flask) -> None:
    with app.app_context():
        session = db.session()
        stranger = make_account(session, "stranger@example.org", None)
        session.commit()
        session.refresh(stranger)
        session.expunge(stranger)
    client = app.test_client()
    sign_in(client, stranger)
    answer = client.post(EDIT, data=WRITTEN)
    assert answer.status_code == 404
    assert "Written" not in answer.text


def test_a_form_without_much_in_it_says_what_to_do(organiser: FlaskClient) -> None:
    answer = organiser.post(EDIT + "/remove", data={"version": "1"})
    assert answer.status_code == 400
    assert "open the page anew" in answer.text
    assert "reload" not in answer.text
