"""Passkeys prove what they say they prove, and nothing else does."""

import html
import json
import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from galerio_events.accounts.models import Account, Passkey, RecoveryCode
from tests.accounts.authenticator import PRESENT, Authenticator
from tests.accounts.support import by_password
from tests.support.builders import PASSWORD, make_account, make_event, sign_in

EMAIL = "organiser@example.org"
ORGANISE = "/en/organise/ascc11/"


@pytest.fixture
def account(db_session: Session) -> Account:
    make_event(db_session, second_factor_required=True)
    made = make_account(db_session, EMAIL)
    db_session.commit()
    return made


@pytest.fixture
def device(app: Flask, account: Account) -> Authenticator:
    """A device with a passkey of the account, made in another browser."""
    client, made = app.test_client(), Authenticator()
    sign_in(client, account)
    assert add(client, made).status_code == 200
    return made


def options(client: FlaskClient, page: str) -> dict[str, Any]:
    found = re.findall(r'data-options="([^"]+)"', client.get(page).text)
    told: dict[str, Any] = json.loads(html.unescape(found[0]))
    return told


def add(client: FlaskClient, device: Authenticator, name: str = "My telephone") -> TestResponse:
    answer = device.make(options(client, "/en/account/passkey"))
    return client.post("/en/account/passkey", data={"answer": answer, "name": name})


def use(client: FlaskClient, answer: str) -> str:
    """Send what a device has answered; gives where that leads."""
    return client.post("/en/sign-in/passkey?next=/en/organise/ascc11/", data={"answer": answer}).location


def test_a_passkey_stands_for_password_and_second_factor(
    client: FlaskClient, device: Authenticator, db_session: Session
) -> None:
    asked = options(client, "/en/sign-in")
    assert (asked["rpId"], asked["userVerification"], asked["allowCredentials"]) == ("localhost", "required", [])
    assert use(client, device.use(asked)) == ORGANISE
    assert client.get(ORGANISE).status_code == 200
    stored = db_session.scalars(sa.select(Passkey)).one()
    assert (stored.name, stored.sign_count, stored.used_at is not None) == ("My telephone", 1, True)
    assert db_session.scalar(sa.select(sa.func.count(RecoveryCode.id))) == 10


def test_an_answer_is_good_once_and_only_where_it_was_asked_for(
    app: Flask, client: FlaskClient, device: Authenticator
) -> None:
    asked = options(client, "/en/sign-in")
    answer = device.use(asked)
    thief = app.test_client()
    assert use(thief, answer).startswith("/en/sign-in?")
    assert use(client, answer) == ORGANISE
    client.post("/en/sign-out")
    assert use(client, answer).startswith("/en/sign-in?")
    assert client.get(ORGANISE).status_code == 302


@pytest.mark.parametrize(
    "wrong",
    [{"origin": "https://localhost.example.com"}, {"host": "example.com"}, {"flags": PRESENT}, {"count": -1},
     {"key": Authenticator().key}],
    ids=["another site", "another host", "not unlocked", "a copy of the key", "another key"],
)  # fmt: skip
def test_what_does_not_prove_it_signs_nobody_in(
    client: FlaskClient, device: Authenticator, wrong: dict[str, Any]
) -> None:
    assert use(client, device.use(options(client, "/en/sign-in"))) == ORGANISE
    client.post("/en/sign-out")
    for name, value in wrong.items():
        setattr(device, name, value)
    answer = device.use(options(client, "/en/sign-in"))
    assert use(client, answer) == "/en/sign-in?next=/en/organise/ascc11/"
    assert client.get(ORGANISE).status_code == 302


@pytest.mark.parametrize("wrong", [{"origin": "https://example.com"}, {"host": "example.com"}, {"flags": PRESENT}])
def test_what_does_not_prove_one_makes_none(
    client: FlaskClient, account: Account, db_session: Session, wrong: dict[str, Any]
) -> None:
    sign_in(client, account)
    assert add(client, Authenticator(**wrong)).status_code == 422
    assert db_session.scalar(sa.select(sa.func.count(Passkey.id))) == 0


def test_after_the_password_only_the_accounts_own_passkeys_are_asked_for(
    client: FlaskClient, device: Authenticator
) -> None:
    asked = by_password(client, EMAIL, PASSWORD, next=ORGANISE)
    known = options(client, asked.location)["allowCredentials"]
    assert [each["id"] for each in known] == [json.loads(device.use({"challenge": ""}))["id"]]
    assert "If your passkey is not at hand" in client.get(asked.location).text


def test_a_passkey_is_known_once_and_ten_are_enough(
    client: FlaskClient, device: Authenticator, db_session: Session
) -> None:
    assert use(client, device.use(options(client, "/en/sign-in"))) == ORGANISE
    assert add(client, device).status_code == 409
    assert [add(client, Authenticator()).status_code for _ in range(9)] == [302] * 9
    assert "There are ten passkeys already" in client.get("/en/account/passkey").text
    assert db_session.scalar(sa.select(sa.func.count(Passkey.id))) == 10


def test_a_removed_passkey_is_worth_nothing_and_the_event_asks_for_another(
    app: Flask, client: FlaskClient, device: Authenticator, db_session: Session
) -> None:
    use(client, device.use(options(client, "/en/sign-in")))
    key = db_session.scalars(sa.select(Passkey.id)).one()
    assert client.post(f"/en/account/passkeys/{key + 1}/remove").status_code == 302
    assert client.post(f"/en/account/passkeys/{key}/remove").status_code == 302
    assert db_session.scalar(sa.select(sa.func.count(RecoveryCode.id))) == 0
    other = app.test_client()
    assert use(other, device.use(options(other, "/en/sign-in"))).startswith("/en/sign-in?")
