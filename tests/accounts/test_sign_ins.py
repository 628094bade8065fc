"""Where an account is signed in: listed, noted as seen, ended; and what a sign-in is worth."""

from collections.abc import Callable
from datetime import datetime

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events.accounts.domain.browsers import described
from galerio_events.accounts.models import Account, SignIn
from galerio_events.events.models import Event
from galerio_events.extensions import db
from tests.accounts.support import ask, by_password, sent
from tests.support.builders import PASSWORD, make_account, make_event, sign_in

EMAIL = "organiser@example.org"
ORGANISE = "/en/organise/ascc11/"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile/15E148 Safari/604.1"
)


@pytest.fixture
def event(db_session: Session) -> Event:
    made = make_event(db_session)
    db_session.commit()
    return made


@pytest.fixture
def account(event: Event, db_session: Session) -> Account:
    made = make_account(db_session, EMAIL)
    db_session.commit()
    return made


def by_code(app: Flask, db_session: Session, agent: str = "") -> FlaskClient:
    """A browser that has signed in with a code."""
    client = app.test_client()
    client.environ_base["HTTP_USER_AGENT"] = agent
    page = ask(client, EMAIL)
    assert client.post(page, data={"code": sent(app, db_session)[-1].code}).status_code == 302
    return client


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/en/account").status_code == 200


def ids(db_session: Session) -> list[int]:
    return list(db_session.scalars(sa.select(SignIn.id).order_by(SignIn.id)))


def test_sign_ins_are_listed_and_ended_one_by_one(
    app: Flask, client: FlaskClient, account: Account, db_session: Session
) -> None:
    by_password(client, EMAIL, PASSWORD)
    phone = by_code(app, db_session, SAFARI)
    page = client.get("/en/account").text
    assert page.count("this browser") == 1
    assert "Safari on iPhone" in page
    assert "with a code by mail" in page
    assert "with a password" in page
    here, there = ids(db_session)
    answer = client.post(f"/en/account/sign-ins/{there}/end", follow_redirects=True)
    assert "That browser is signed out." in answer.text
    assert (is_signed_in(client), is_signed_in(phone)) == (True, False)
    assert client.post(f"/en/account/sign-ins/{there}/end").status_code == 302
    assert ids(db_session) == [here]


def test_all_others_are_ended_at_once(app: Flask, client: FlaskClient, account: Account, db_session: Session) -> None:
    by_password(client, EMAIL, PASSWORD)
    others = [by_code(app, db_session) for _ in range(2)]
    answer = client.post("/en/account/sign-ins/end-others", follow_redirects=True)
    assert "2 other browsers are signed out." in answer.text
    assert [is_signed_in(each) for each in (client, *others)] == [True, False, False]


def test_nobody_ends_anothers(app: Flask, client: FlaskClient, account: Account, db_session: Session) -> None:
    by_password(client, EMAIL, PASSWORD)
    stranger = app.test_client()
    sign_in(stranger, make_account(db_session, "stranger@example.org", None))
    mine = ids(db_session)[0]
    stranger.post(f"/en/account/sign-ins/{mine}/end")
    stranger.post("/en/account/sign-ins/end-others")
    assert is_signed_in(client)


def test_signing_out_ends_the_row_so_that_a_stolen_cookie_is_worth_nothing(
    app: Flask, client: FlaskClient, account: Account, db_session: Session
) -> None:
    by_password(client, EMAIL, PASSWORD)
    with client.session_transaction() as cookie:
        stolen = dict(cookie)
    thief = app.test_client()
    with thief.session_transaction() as cookie:
        cookie.update(stolen)
    assert is_signed_in(thief)
    client.post("/en/sign-out")
    assert (is_signed_in(thief), ids(db_session)) == (False, [])


def test_a_cookie_without_its_row_is_nobodys(client: FlaskClient, account: Account) -> None:
    for secret in ("guessed", 7, None):
        with client.session_transaction() as cookie:
            cookie["_user_id"] = account.fs_uniquifier
            cookie["sign_in"] = secret
        assert not is_signed_in(client)


def test_a_sign_in_is_noted_as_seen_every_five_minutes(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    with app.app_context():
        make_event(db.session())
        make_account(db.session(), EMAIL)
        db.session.commit()
    client = app.test_client()

    def seen() -> datetime:
        with app.app_context():
            return db.session.scalars(sa.select(SignIn.seen_at)).one()

    with time_machine.travel("2022-11-25T00:00:00Z", tick=False) as now:
        by_password(client, EMAIL, PASSWORD)
        began = seen()
        now.shift(299)
        client.get(ORGANISE)
        assert seen() == began
        now.shift(1)
        client.get(ORGANISE)
        assert (seen() - began).total_seconds() == 300


def test_a_code_lasts_a_month_a_password_a_day(app: Flask, account: Account, db_session: Session) -> None:
    with time_machine.travel("2022-11-01T00:00:00Z", tick=False) as now:
        client = by_code(app, db_session)
        now.shift(30 * 24 * 3600 - 1)
        assert is_signed_in(client)
        now.shift(1)
        assert not is_signed_in(client)


def test_the_fifty_first_sign_in_ends_the_one_not_seen_for_longest(
    app: Flask, account: Account, db_session: Session
) -> None:
    for _ in range(52):
        sign_in(app.test_client(), account)
    by_password(app.test_client(), EMAIL, PASSWORD)
    assert len(ids(db_session)) == 50


def test_knowing_who_asks_takes_one_read_and_the_roles(
    client: FlaskClient, account: Account, db_session: Session, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    sign_in(client, account)
    assert count_queries(lambda: client.get("/en/sign-in?next=/en/account")) == 2


def test_the_list_costs_the_same_however_many_there_are(
    client: FlaskClient, account: Account, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    sign_in(client, account)
    one = count_queries(lambda: client.get("/en/account"))
    for _ in range(2):
        sign_in(client.application.test_client(), account)
    assert count_queries(lambda: client.get("/en/account")) == one


def test_a_code_is_not_enough_to_organise(app: Flask, account: Account, event: Event, db_session: Session) -> None:
    client = by_code(app, db_session)
    asked = client.get(ORGANISE)
    assert (asked.status_code, asked.location) == (302, "/en/sign-in/confirm?next=/en/organise/ascc11/")
    assert client.get("/en/organise").location == "/en/sign-in/confirm?next=/en/organise"
    assert client.post("/en/organise/ascc11/release").status_code == 401
    assert client.get("/en/organise/ascc99/").status_code == 404
    page = client.get(asked.location)
    assert "What you want to do takes your password as well." in page.text
    wrong = client.post(asked.location, data={"password": "wrong wrong wrong"})
    assert (wrong.status_code, "This is not the password of this account." in wrong.text) == (422, True)
    assert client.get(ORGANISE).status_code == 302
    answer = client.post(asked.location, data={"password": PASSWORD})
    assert answer.location == "/en/organise/ascc11/"
    assert client.get(ORGANISE).status_code == 200
    assert len(ids(db_session)) == 1


def test_a_password_counts_for_twelve_hours_in_a_sign_in_that_lasts_longer(
    app: Flask, account: Account, db_session: Session
) -> None:
    with time_machine.travel("2022-11-01T00:00:00Z", tick=False) as now:
        client = by_code(app, db_session)
        client.post("/en/sign-in/confirm", data={"password": PASSWORD})
        now.shift(12 * 3600 - 1)
        assert client.get(ORGANISE).status_code == 200
        now.shift(1)
        assert client.get(ORGANISE).location == "/en/sign-in/confirm?next=/en/organise/ascc11/"
        assert is_signed_in(client)


def test_an_organiser_without_a_password_is_told_so(app: Flask, account: Account, db_session: Session) -> None:
    account.password = None
    db_session.commit()
    client = by_code(app, db_session)
    page = client.get("/en/sign-in/confirm?next=/en/organise")
    assert "this account has no password yet" in page.text
    assert client.get("/en/account/app").location == "/en/account"


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (SAFARI, ("Safari", "iPhone")),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36 Edg/140.0", ("Edge", "Windows")),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", ("Chrome", "Android")),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", ("Firefox", "Linux")),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari Line/14.0", ("LINE", "iPhone")),
        ("curl/8", ("", "")),
        ("", ("", "")),
    ],
)  # fmt: skip
def test_what_browsers_are_called(agent: str, said: tuple[str, str]) -> None:
    assert described(agent) == said


def test_an_agent_may_say_anything(app: Flask, account: Account, db_session: Session) -> None:
    client = app.test_client()
    client.environ_base["HTTP_USER_AGENT"] = "<b>" + "x" * 5000
    by_password(client, EMAIL, PASSWORD)
    page = client.get("/en/account")
    assert "A browser that does not say what it is" in page.text
    assert len(db_session.scalars(sa.select(SignIn.agent)).one()) == 300
