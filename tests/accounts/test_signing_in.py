"""Signing in and out, as a browser does it."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events.accounts import services
from galerio_events.accounts.models import Account
from galerio_events.accounts.views import sign_in as views
from galerio_events.extensions import db, limiter
from galerio_events.permissions import AccountRole
from tests.support.builders import PASSWORD, PASSWORD_HASH, make_account, make_event, sign_in

SIGN_IN = "/en/sign-in/password"
FIRST = "/en/sign-in"


@pytest.fixture
def account(db_session: Session) -> Account:
    make_event(db_session)
    made = make_account(db_session)
    db_session.commit()
    return made


def attempt(client: FlaskClient, email: str = "organiser@example.org", password: str = PASSWORD, **more: str):  # type: ignore[no-untyped-def]
    return client.post(SIGN_IN, data={"email": email, "password": password, **more})


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/en/organise/ascc11/").status_code == 200


def test_the_right_password_signs_in_and_leads_to_the_page_that_was_wanted(
    client: FlaskClient, account: Account
) -> None:
    asked = client.get("/en/organise/ascc11/programme?show=untranslated")
    assert asked.location == "/en/sign-in?next=/en/organise/ascc11/programme?show%3Duntranslated"
    asked = client.get(asked.location)
    action = "/en/sign-in/password?next=/en/organise/ascc11/programme?show%3Duntranslated"
    assert asked.location == action
    form = client.get(asked.location)
    assert f'action="{action}"' in form.text
    assert client.post(action, data={"email": "x@example.org"}).text.count(f'action="{action}"') == 1
    assert 'href="/ja/sign-in/password?next=%2Fja%2Forganise%2Fascc11%2Fprogramme%3Fshow%3Duntranslated"' in form.text
    answer = attempt(client, next="/en/organise/ascc11/programme?show=untranslated")
    assert (answer.status_code, answer.location) == (302, "/en/organise/ascc11/programme?show=untranslated")
    assert is_signed_in(client)


def test_an_address_is_the_same_in_any_case(client: FlaskClient, account: Account) -> None:
    assert attempt(client, email=" Organiser@EXAMPLE.org ").status_code == 302
    assert is_signed_in(client)


def test_without_a_wish_it_leads_to_the_events(client: FlaskClient, account: Account) -> None:
    answer = attempt(client)
    assert client.get(answer.location).location == "/en/organise"
    assert client.get("/en/organise").location == "/en/organise/ascc11/"


@pytest.mark.parametrize("target", ["https://example.com/", "//example.com", "/\\example.com"])
def test_it_never_leads_elsewhere(client: FlaskClient, account: Account, target: str) -> None:
    assert attempt(client, next=target).location == FIRST


def test_unknown_wrong_and_switched_off_look_alike(
    client: FlaskClient,
    account: Account,
    db_session: Session,
    monkeypatch: pytest.MonkeyPatch,
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    checked: list[str] = []

    def noted(real: Callable[..., bool]) -> Callable[..., bool]:
        def check(*args: object) -> bool:
            checked.append(real.__name__)
            return real(*args)

        return check

    monkeypatch.setattr(views, "verify_password", noted(views.verify_password))
    monkeypatch.setattr(views, "verify_and_update_password", noted(views.verify_and_update_password))
    off = make_account(db_session, "off@example.org")
    off.active = False
    blank = make_account(db_session, "blank@example.org")
    blank.password = None
    db_session.commit()
    pages, counts = set(), set()
    attempt(client, "warm@example.org")
    checked.clear()
    for email, password in (
        ("organiser@example.org", "wrong wrong wrong"),
        ("nobody@example.org", PASSWORD),
        ("off@example.org", PASSWORD),
        ("blank@example.org", PASSWORD),
    ):
        answers: list[Any] = []
        counts.add(count_queries(lambda: answers.append(attempt(client, email, password))))  # noqa: B023
        answer = answers[0]
        assert answer.status_code == 422
        # A challenge for passkeys is never the same, nor is what protects the form in the next second.
        changing = 'data-options="[^"]*"|name="csrf_token" value="[^"]*"'
        pages.add(re.sub(changing, "", answer.text.replace(email, "ADDRESS")))
    assert len(pages) == 1
    assert "This e-mail address and password do not belong together" in pages.pop()
    # One password check each and as many statements, so that the time it takes says nothing either.
    assert (len(checked), len(counts)) == (4, 1)
    assert not is_signed_in(client)


def test_the_password_is_not_sent_back(client: FlaskClient, account: Account) -> None:
    assert "wrong wrong wrong" not in attempt(client, password="wrong wrong wrong").text


@pytest.mark.parametrize(
    ("language", "data", "message"),
    [
        ("en", {}, "Enter your e-mail address."),
        ("en", {"email": "a@example.org"}, "Enter your password."),
        ("en", {"email": "a" * 400, "password": "x"}, "This e-mail address is too long."),
        ("en", {"email": "a@example.org", "password": "x" * 5000}, "This password is too long."),
    ],
)
def test_what_is_missing_is_said_at_the_field(
    client: FlaskClient, account: Account, language: str, data: dict[str, str], message: str
) -> None:
    answer = client.post(f"/{language}/sign-in/password", data=data)
    assert answer.status_code == 422
    assert message in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_odd_bytes_are_no_error(client: FlaskClient, account: Account) -> None:
    for email in ("\x00", "a\x00@example.org", "\u202e@example.org", "😀", "' OR 1=1 --", "<script>alert(1)</script>"):
        answer = attempt(client, email=email, password="\x00\ud7ff")
        assert answer.status_code == 422
        assert "<script>alert" not in answer.text


def test_a_signed_in_reader_is_not_asked_again(client: FlaskClient, account: Account) -> None:
    attempt(client)
    assert client.get(SIGN_IN).location == "/en/organise"
    assert client.get(SIGN_IN + "?next=/ja/organise/ascc11/").location == "/ja/organise/ascc11/"


def test_an_account_without_a_role_is_told_so_and_can_leave(client: FlaskClient, db_session: Session) -> None:
    make_account(db_session, "visitor@example.org", None)
    db_session.commit()
    page = client.get(attempt(client, "visitor@example.org").location)
    assert page.status_code == 200
    assert "You are signed in as visitor@example.org." in page.text
    assert client.post("/en/sign-out").location == FIRST
    assert "You are signed out." in client.get(FIRST).text


def test_signing_out_ends_it_and_can_be_done_twice(client: FlaskClient, account: Account) -> None:
    attempt(client)
    assert client.get("/en/sign-out").location == FIRST
    assert is_signed_in(client)
    for _ in range(2):
        assert client.post("/en/sign-out").status_code == 302
        assert not is_signed_in(client)


def test_what_was_in_the_cookie_before_does_not_survive_signing_in(client: FlaskClient, account: Account) -> None:
    with client.session_transaction() as cookie:
        cookie["planted"] = "by somebody else"
        cookie["csrf_token"] = "known to somebody else"
    attempt(client)
    with client.session_transaction() as cookie:
        assert "planted" not in cookie
        assert cookie.get("csrf_token") != "known to somebody else"
        assert cookie["_fresh"] is True
        assert cookie["_user_id"] == account.fs_uniquifier


def test_a_new_password_signs_out_everywhere(app: Flask, account: Account, db_session: Session) -> None:
    clients = [app.test_client() for _ in range(2)]
    for client in clients:
        attempt(client)
        assert is_signed_in(client)
    services.change_password(account, PASSWORD_HASH)
    db_session.commit()
    assert [is_signed_in(client) for client in clients] == [False, False]


def test_a_cookie_is_good_for_twelve_hours(client: FlaskClient, account: Account) -> None:
    with time_machine.travel("2022-11-25T00:00:00Z", tick=False) as clock:
        attempt(client)
        assert is_signed_in(client)
        clock.shift(12 * 3600 - 60)
        assert is_signed_in(client)
        clock.shift(120)
        assert not is_signed_in(client)


def test_a_weak_hash_becomes_a_strong_one_when_its_owner_signs_in(
    client: FlaskClient, account: Account, db_session: Session
) -> None:
    assert account.password == PASSWORD_HASH
    attempt(client)
    db_session.refresh(account)
    assert account.password is not None
    assert account.password != PASSWORD_HASH
    assert account.password.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert is_signed_in(client)


def test_a_form_from_another_site_is_refused(make_app: Callable[..., Flask]) -> None:
    app = make_app(WTF_CSRF_ENABLED=True)
    client = app.test_client()
    answer = attempt(client)
    assert answer.status_code == 400
    assert "This form has expired" in answer.text
    assert client.post("/en/sign-out").status_code == 400


@pytest.fixture
def limited(make_app: Callable[..., Flask]) -> Iterator[Flask]:
    """An application that counts attempts, with two accounts."""
    app = make_app(RATELIMIT_ENABLED=True)
    with app.app_context():
        session = db.session()
        for name in ("organiser", "second"):
            make_account(session, f"{name}@example.org")
        session.commit()
    limiter.reset()
    yield app
    limiter.reset()
    limiter.enabled = False


def test_the_eleventh_attempt_on_an_account_is_refused_even_with_the_right_password(limited: Flask) -> None:
    client = limited.test_client()
    statuses = [attempt(client, password="wrong wrong wrong").status_code for _ in range(10)]
    assert statuses == [422] * 10
    answer = attempt(client)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "600")
    assert "Too many attempts to sign in. Wait ten minutes and try again." in answer.text
    assert attempt(client, email="ORGANISER@example.org").status_code == 429
    assert client.get(SIGN_IN).status_code == 200
    assert attempt(client, email="second@example.org").status_code == 302


def test_another_address_can_still_sign_in_while_somebody_tries_passwords(limited: Flask) -> None:
    client = limited.test_client()
    for _ in range(11):
        attempt(client, password="wrong wrong wrong")
    elsewhere = limited.test_client()
    elsewhere.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    assert attempt(elsewhere).status_code == 302


def test_many_accounts_from_one_address_are_refused_too(limited: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "verify_password", lambda *_args: False)
    client = limited.test_client()
    statuses = [attempt(client, email=f"{number}@example.org").status_code for number in range(31)]
    assert statuses == [422] * 30 + [429]


def test_strangers_who_fail_everywhere_lock_nobody_out(limited: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    strangers, owner = limited.test_client(), limited.test_client()
    with monkeypatch.context() as quick:
        quick.setattr(views, "verify_and_update_password", lambda *_args: False)
        statuses = []
        for number in range(150):
            strangers.environ_base["REMOTE_ADDR"] = f"192.0.2.{number // 5}"
            statuses.append(attempt(strangers).status_code)
    assert statuses == [422] * 150
    owner.environ_base["REMOTE_ADDR"] = "198.51.100.1"
    assert attempt(owner).status_code == 302


def test_signing_in_well_is_not_counted(limited: Flask) -> None:
    client = limited.test_client()
    for _ in range(12):
        assert attempt(client).status_code == 302
        client.post("/en/sign-out")


def test_forty_failures_an_hour_are_enough(limited: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "verify_and_update_password", lambda *_args: False)
    client = limited.test_client()
    statuses = []
    with time_machine.travel("2022-11-25T00:00:00Z", tick=False) as clock:
        for _ in range(5):
            statuses += [attempt(client).status_code for _ in range(10)]
            clock.shift(601)
    assert statuses == [422] * 40 + [429] * 10


def test_reading_pages_is_not_counted(limited: Flask) -> None:
    client = limited.test_client()
    assert {client.get(SIGN_IN).status_code for _ in range(40)} == {200}


def test_the_page_costs_the_same_however_many_events_there_are(
    client: FlaskClient, db_session: Session, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    account = make_account(db_session, role=AccountRole.ADMINISTRATOR)
    make_event(db_session, "one")
    make_event(db_session, "two")
    db_session.commit()
    sign_in(client, account)
    few = count_queries(lambda: client.get("/en/organise"))
    for number in range(3):
        make_event(db_session, f"more-{number}")
    db_session.commit()
    assert count_queries(lambda: client.get("/en/organise")) == few
