"""Organisers prove more than a password: codes of an app, recovery codes, and events that require it."""

import re
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events.accounts.models import Account, RecoveryCode, SignIn
from galerio_events.events.models import Change, Event
from galerio_events.extensions import db, limiter
from galerio_events.permissions import AccountRole
from tests.accounts.support import app_code, ask, by_password, sent, set_up_app, wrong
from tests.support.builders import PASSWORD, make_account, make_event, sign_in

EMAIL = "organiser@example.org"
ORGANISE = "/en/organise/ascc11/"
FACTOR = "/en/sign-in/second-factor"


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


@pytest.fixture
def secret(app: Flask, account: Account) -> str:
    """The secret of the account's app, set up in another browser."""
    client = app.test_client()
    sign_in(client, account)
    return set_up_app(client)


def is_in(client: FlaskClient) -> bool:
    return client.get(ORGANISE).status_code == 200


def codes_of(page: str) -> list[str]:
    return re.findall(r"<li><code>([a-z0-9-]{14})</code></li>", page)


def test_a_password_alone_signs_nobody_in_who_has_an_app(
    client: FlaskClient, account: Account, secret: str, db_session: Session
) -> None:
    before = db_session.scalar(sa.select(sa.func.count(SignIn.id)))
    asked = by_password(client, EMAIL, PASSWORD, next=ORGANISE)
    assert asked.location == f"{FACTOR}?next=/en/organise/ascc11/"
    assert client.get("/en/account").status_code == 302
    assert client.get(asked.location).status_code == 200
    assert db_session.scalar(sa.select(sa.func.count(SignIn.id))) == before
    bad = client.post(asked.location, data={"code": wrong("00" + app_code(secret, 1))[2:]})
    assert (bad.status_code, is_in(client)) == (422, False)
    good = client.post(asked.location, data={"code": app_code(secret, 1)})
    assert (good.status_code, good.location) == (302, ORGANISE)
    assert is_in(client)


def test_a_code_of_the_app_is_good_once_and_for_a_minute_and_a_half(
    app: Flask, account: Account, event: Event, db_session: Session
) -> None:
    with time_machine.travel("2022-11-25T00:00:00Z", tick=False) as now:
        first = app.test_client()
        sign_in(first, account)
        secret = set_up_app(first)
        used = app_code(secret)
        now.shift(30)
        codes = {"used": used, "too late": app_code(secret, 2), "too old": app_code(secret, -2)}
        for code in codes.values():
            client = app.test_client()
            by_password(client, EMAIL, PASSWORD)
            assert client.post(FACTOR, data={"code": code}).status_code == 422
        code = app_code(secret)
        assert client.post(FACTOR, data={"code": f"{code[:3]} {code[3:]}"}).status_code == 302
        other = app.test_client()
        by_password(other, EMAIL, PASSWORD)
        assert other.post(FACTOR, data={"code": code}).status_code == 422


def test_between_password_and_code_there_are_ten_minutes(app: Flask, account: Account, secret: str) -> None:
    client = app.test_client()
    with time_machine.travel("2032-11-25T00:00:00Z", tick=False) as now:
        by_password(client, EMAIL, PASSWORD)
        now.shift(600)
        assert client.post(FACTOR, data={"code": app_code(secret)}).location == "/en/sign-in"
        by_password(client, EMAIL, PASSWORD)
        assert client.post(FACTOR, data={"code": app_code(secret)}).status_code == 302
    assert app.test_client().get(FACTOR).location == "/en/sign-in"


def test_the_secret_is_stored_sealed(account: Account, secret: str, db_session: Session) -> None:
    db_session.refresh(account)
    assert account.totp is not None
    assert secret not in account.totp


def test_setting_up_takes_the_right_first_code_and_a_password_given_just_now(
    app: Flask, client: FlaskClient, account: Account, db_session: Session
) -> None:
    sign_in(client, account)
    page = client.get("/en/account/app").text
    sealed = re.findall(r'name="sealed"[^>]*value="([^"]+)"', page)[0]
    again = client.post("/en/account/app", data={"sealed": sealed, "code": "000000"})
    assert again.status_code == 422
    assert "present code" in again.text
    assert re.findall(r"<code>([A-Z2-7 ]+)</code>", again.text) == re.findall(r"<code>([A-Z2-7 ]+)</code>", page)
    for forged in ("", "x", "a" * 500):
        assert client.post("/en/account/app", data={"sealed": forged, "code": "000000"}).status_code == 422
    db_session.execute(sa.update(SignIn).values(password_at=sa.func.coalesce(SignIn.created_at, SignIn.created_at)))
    db_session.commit()
    assert client.get("/en/account/app").location.startswith("/en/sign-in/confirm?next=/en/account/app")
    assert client.post("/en/account/recovery-codes").location.startswith("/en/sign-in/confirm?next=/en/account")


def test_recovery_codes_stand_for_the_app_once(
    app: Flask, client: FlaskClient, account: Account, db_session: Session
) -> None:
    sign_in(client, account)
    set_up_app(client)
    stale = db_session.scalars(sa.select(RecoveryCode.code_hash)).all()
    codes = codes_of(client.post("/en/account/recovery-codes").text)
    assert (len(stale), len(codes), len(set(codes))) == (10, 10, 10)
    stored = db_session.scalars(sa.select(RecoveryCode.code_hash)).all()
    assert set(stored) & {*codes, *stale} == set()
    other = app.test_client()
    by_password(other, EMAIL, PASSWORD)
    answer = other.post(FACTOR, data={"code": codes[3].upper().replace("-", " ")}, follow_redirects=True)
    assert "That recovery code is used up. You have 9 left." in answer.text
    assert is_in(other)
    third = app.test_client()
    by_password(third, EMAIL, PASSWORD)
    assert third.post(FACTOR, data={"code": codes[3]}).status_code == 422
    assert not is_in(third)


def test_whoever_signed_in_before_the_app_was_there_proves_it_too(
    app: Flask, client: FlaskClient, account: Account
) -> None:
    sign_in(client, account)
    assert is_in(client)
    other = app.test_client()
    sign_in(other, account)
    secret = set_up_app(other)
    assert is_in(other)
    asked = client.get(ORGANISE)
    assert asked.location == "/en/sign-in/confirm?next=/en/organise/ascc11/"
    assert client.get(asked.location).location == f"{FACTOR}?next=/en/organise/ascc11/"
    assert client.post(FACTOR, data={"code": app_code(secret, 1)}).status_code == 302
    assert is_in(client)


def test_a_code_by_mail_then_takes_password_and_app(
    app: Flask, client: FlaskClient, account: Account, secret: str, db_session: Session
) -> None:
    page = ask(client, EMAIL)
    client.post(page, data={"code": sent(app, db_session)[-1].code})
    assert not is_in(client)
    answer = client.post("/en/sign-in/confirm?next=/en/organise/ascc11/", data={"password": PASSWORD})
    assert answer.location == f"{FACTOR}?next=/en/organise/ascc11/"
    assert not is_in(client)
    client.post(answer.location, data={"code": app_code(secret, 1)})
    assert is_in(client)


def test_without_the_app_a_password_is_enough_again(
    client: FlaskClient, account: Account, app: Flask, db_session: Session
) -> None:
    sign_in(client, account)
    set_up_app(client)
    client.post("/en/account/app/remove")
    assert db_session.scalar(sa.select(sa.func.count(RecoveryCode.id))) == 0
    other = app.test_client()
    by_password(other, EMAIL, PASSWORD)
    assert is_in(other)


def test_an_event_that_requires_it_leads_to_setting_it_up(
    app: Flask, client: FlaskClient, account: Account, event: Event, db_session: Session
) -> None:
    make_event(db_session, "ascc12")
    boss = make_account(db_session, "boss@example.org", AccountRole.ADMINISTRATOR)
    db_session.commit()
    first = app.test_client()
    sign_in(first, boss)
    sign_in(client, account)
    answer = first.post("/en/organise/ascc11/sign-in", data={"required": "y"})
    assert answer.status_code == 302
    changes = db_session.scalars(sa.select(Change)).all()
    assert [(each.before["second_factor_required"], each.after["second_factor_required"]) for each in changes] == [
        (False, True)
    ]
    asked = client.get(ORGANISE)
    assert asked.location == "/en/account?next=/en/organise/ascc11/"
    assert "An event requires it of its organisers." in client.get(asked.location).text
    assert client.post("/en/organise/ascc11/release").status_code == 401
    assert client.get("/en/organise/ascc12/").status_code == 200
    assert "ascc11" in client.get("/en/organise").text
    assert [client.get(f"/{language}/organise/ascc99/").status_code for language in ("en", "ja")] == [404, 404]
    # Whoever has switched it on proves it as well.
    assert first.get(ORGANISE).location == "/en/account?next=/en/organise/ascc11/"
    set_up_app(client)
    assert is_in(client)
    page = client.get("/en/organise/ascc11/sign-in").text
    assert re.sub(r"\s+", " ", page).count("<td>Not set up</td>") == 1
    client.post("/en/organise/ascc11/sign-in", data={"do": "save"})
    assert first.get(ORGANISE).status_code == 200


def test_a_reporter_of_another_event_is_not_concerned(
    app: Flask, client: FlaskClient, event: Event, db_session: Session
) -> None:
    event.second_factor_required = True
    other = make_event(db_session, "ascc12")
    reporter = make_account(db_session, "reporter@example.org", AccountRole.REPORTER, other)
    db_session.commit()
    sign_in(client, reporter)
    assert client.get("/en/organise/ascc12/").status_code == 200
    assert client.get(ORGANISE).status_code == 404


def test_a_lost_device_is_reset_by_command(
    app: Flask, client: FlaskClient, account: Account, secret: str, db_session: Session
) -> None:
    runner = app.test_cli_runner()
    result = runner.invoke(args=["accounts", "reset-second-factor", "ORGANISER@example.org"])
    assert (result.exit_code, result.output) == (
        0,
        "organiser@example.org has no second factor any more, and is signed out everywhere.\n",
    )
    assert db_session.scalar(sa.select(sa.func.count(SignIn.id))) == 0
    assert db_session.scalar(sa.select(sa.func.count(RecoveryCode.id))) == 0
    by_password(client, EMAIL, PASSWORD)
    assert is_in(client)
    again = runner.invoke(args=["accounts", "reset-second-factor", EMAIL])
    assert again.output == "organiser@example.org had no second factor, and is signed out everywhere.\n"
    missing = runner.invoke(args=["accounts", "reset-second-factor", "nobody@example.org"])
    assert (missing.exit_code, missing.output) == (1, "Error: There is no account nobody@example.org.\n")


@pytest.fixture
def limited(make_app: Callable[..., Flask]) -> Iterator[Flask]:
    app = make_app(RATELIMIT_ENABLED=True)
    with app.app_context():
        make_event(db.session())
        make_account(db.session(), EMAIL)
        db.session.commit()
    limiter.reset()
    yield app
    limiter.reset()
    limiter.enabled = False


def test_codes_of_an_app_are_not_guessed(limited: Flask) -> None:
    client = limited.test_client()
    by_password(client, EMAIL, PASSWORD)
    secret = set_up_app(client)
    statuses = []
    for _ in range(11):
        other = limited.test_client()
        by_password(other, EMAIL, PASSWORD)
        statuses.append(other.post(FACTOR, data={"code": "000000"}).status_code)
    assert statuses == [422] * 10 + [429]
    assert other.post(FACTOR, data={"code": app_code(secret, 1)}).status_code == 429


@pytest.mark.parametrize(
    "answer", ["", "x", "{}", "[]", "null", '{"id": 1}', '{"response": {"clientDataJSON": "e30"}}', "{" * 9000]
)
def test_what_is_no_passkey_signs_nobody_in(client: FlaskClient, account: Account, answer: str) -> None:
    page = client.post("/en/sign-in/passkey", data={"answer": answer}, follow_redirects=True)
    assert page.status_code == 200
    assert "That passkey is not known here" in page.text
    sign_in(client, account)
    assert client.post("/en/account/passkey", data={"answer": answer, "name": "x"}).status_code == 422
