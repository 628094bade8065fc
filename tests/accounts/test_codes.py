"""Signing in with a code or a link from a mail."""

import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events import clock
from galerio_events.accounts.domain import codes
from galerio_events.accounts.models import Account, CodeRequest, SignIn
from galerio_events.events.models import Event
from galerio_events.extensions import db, limiter
from galerio_events.outbox import queries as outbox
from galerio_events.outbox import services as outbox_services
from galerio_events.outbox.domain import Mail
from galerio_events.outbox.models import OutboxMail
from galerio_events.text import private_digits
from tests.accounts.support import ASK, ask, sent, wrong
from tests.support.builders import make_account, make_event, make_person

MODERATOR = "mod@example.org"


@pytest.fixture
def event(db_session: Session) -> Event:
    made = make_event(db_session)
    make_person(db_session, made, email="Mod@Example.org")
    db_session.commit()
    return made


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/en/account").status_code == 200


def test_a_code_signs_in_whoever_has_a_part_in_a_programme(
    app: Flask, client: FlaskClient, event: Event, db_session: Session
) -> None:
    page = ask(client, f" {MODERATOR.upper()} ", next="/en/account?x=1")
    assert db_session.scalar(sa.select(sa.func.count(Account.id))) == 0
    assert MODERATOR in client.get(page).text
    (mail,) = sent(app, db_session)
    assert mail.to == MODERATOR
    answer = client.post(page, data={"code": f"{mail.code[:4]} {mail.code[4:]}"})
    assert (answer.status_code, answer.location) == (302, "/en/account?x=1")
    assert is_signed_in(client)
    account = db_session.scalars(sa.select(Account)).one()
    assert (account.email, account.password, account.grants, account.language) == (MODERATOR, None, [], "en")
    assert client.get("/en/organise/ascc11/").status_code == 404
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "Expires=" in cookie


@pytest.mark.parametrize("typed", ["{0}", "{1}-{2}", "{1} {2}", "　{full}　"])
def test_a_code_is_read_however_it_is_typed(
    app: Flask, client: FlaskClient, event: Event, db_session: Session, typed: str
) -> None:
    page = ask(client, MODERATOR)
    code = sent(app, db_session)[0].code
    full = "".join(chr(ord(digit) + 0xFEE0) for digit in code)
    answer = client.post(page, data={"code": typed.format(code, code[:4], code[4:], full=full)})
    assert answer.status_code == 302
    assert is_signed_in(client)


def test_looking_at_the_link_does_nothing_and_pressing_signs_in_once(
    app: Flask, client: FlaskClient, event: Event, db_session: Session
) -> None:
    ask(client, MODERATOR)
    link = sent(app, db_session)[0].link
    for _ in range(2):
        page = client.get(link)
        assert (page.status_code, is_signed_in(client)) == (200, False)
        assert "Press the button to sign in as <strong>mod@example.org</strong>." in page.text
    assert client.post(link).status_code == 302
    assert is_signed_in(client)
    again = client.post(link)
    assert again.status_code == 410
    assert "This was used already" in again.text


def test_a_link_works_only_where_it_was_asked_for_and_is_not_used_up_elsewhere(
    app: Flask, client: FlaskClient, event: Event, db_session: Session
) -> None:
    ask(client, MODERATOR)
    link, other = sent(app, db_session)[0].link, app.test_client()
    ask(other, "somebody-else@example.org")
    for method, status in (("GET", 200), ("POST", 409)):
        answer = other.open(link, method=method)
        assert answer.status_code == status
        assert "This link works only in the browser that asked for it" in answer.text
        assert MODERATOR not in answer.text
    assert not is_signed_in(other)
    assert client.post(link).status_code == 302


def test_a_typed_code_works_in_any_browser_that_asked_for_that_address(
    app: Flask, client: FlaskClient, event: Event, db_session: Session
) -> None:
    ask(client, MODERATOR)
    phone, stranger = app.test_client(), app.test_client()
    mine = sent(app, db_session)[0]
    page, elsewhere = ask(phone, MODERATOR), ask(stranger, "somebody-else@example.org")
    assert stranger.post(elsewhere, data={"code": mine.code}).status_code == 422
    assert not is_signed_in(stranger)
    assert phone.post(page, data={"code": mine.code}).status_code == 302
    assert is_signed_in(phone)


def test_the_page_of_a_request_takes_its_code_on_another_device(
    app: Flask, client: FlaskClient, event: Event, db_session: Session
) -> None:
    page, other = ask(client, MODERATOR), app.test_client()
    assert other.post(page, data={"code": sent(app, db_session)[0].code}).status_code == 302
    assert is_signed_in(other)


def test_without_its_address_the_page_is_found_by_the_browser(
    app: Flask, client: FlaskClient, event: Event, db_session: Session
) -> None:
    assert client.get("/en/sign-in/code").location == ASK
    ask(client, MODERATOR)
    answer = client.post("/en/sign-in/code", data={"code": sent(app, db_session)[0].code})
    assert answer.status_code == 302
    assert client.post("/en/sign-in/code?request=no-such-one", data={"code": "1"}).location == ASK


def test_after_ten_minutes_it_is_over(app: Flask, client: FlaskClient, event: Event, db_session: Session) -> None:
    with time_machine.travel("2022-11-25T00:00:00Z", tick=False) as now:
        page = ask(client, MODERATOR)
        mail = sent(app, db_session)[0]
        now.shift(10 * 60)
        answer, link = client.post(page, data={"code": mail.code}), client.post(mail.link)
        assert (answer.status_code, link.status_code) == (422, 410)
        for text in (answer.text, link.text, client.get(page).text):
            assert "This was good for ten minutes, which are over" in text
        assert not is_signed_in(client)
        now.shift(-1)
        assert client.post(page, data={"code": mail.code}).status_code == 302


def test_a_code_is_good_once_and_takes_all_others_of_the_address_with_it(
    app: Flask, client: FlaskClient, event: Event, db_session: Session
) -> None:
    other = app.test_client()
    first, second = ask(client, MODERATOR), ask(other, MODERATOR)
    one, two = sent(app, db_session)
    assert client.post(first, data={"code": one.code}).status_code == 302
    for page, code in ((first, one.code), (second, two.code), (second, one.code)):
        answer = other.post(page, data={"code": code})
        assert answer.status_code == 422
        assert "This was used already" in answer.text
    assert other.post(two.link).status_code == 410


def test_five_wrong_codes_are_all_there_are(app: Flask, client: FlaskClient, event: Event, db_session: Session) -> None:
    page = ask(client, MODERATOR)
    mail = sent(app, db_session)[0]
    said = [client.post(page, data={"code": wrong(mail.code)}).text for _ in range(5)]
    assert ["You may try 4 more times" in said[0], "You may try 1 more time." in said[3]] == [True, True]
    assert "Too many wrong codes" in said[4]
    answer = client.post(page, data={"code": mail.code})
    assert (answer.status_code, is_signed_in(client)) == (422, False)
    assert db_session.scalars(sa.select(CodeRequest.tries)).all() == [5]
    # The link is not guessed, and still good.
    assert client.post(mail.link).status_code == 302


@pytest.mark.parametrize("typed", ["", "1", "123456789", "abcdefgh", "\x00", "²²²²²²²²", "1" * 400])
def test_what_cannot_be_a_code_costs_no_try(
    app: Flask, client: FlaskClient, event: Event, db_session: Session, typed: str
) -> None:
    answer = client.post(ask(client, MODERATOR), data={"code": typed})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert db_session.scalars(sa.select(CodeRequest.tries)).all() == [0]


def test_nobody_learns_whether_an_address_is_known(
    app: Flask,
    client: FlaskClient,
    event: Event,
    db_session: Session,
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    off = make_account(db_session, "off@example.org")
    off.active = False
    make_person(db_session, event, "off", email="off@example.org")
    db_session.commit()
    ask(app.test_client(), "warm@example.org")
    pages, counts = set(), set()
    for email in (MODERATOR, "nobody@example.org", "off@example.org"):
        other = app.test_client()
        counts.add(count_queries(lambda: pages.add(plain(other, ask(other, email), email))))  # noqa: B023
    assert len(pages) == 1
    assert len(counts) == 1
    assert [mail.to for mail in sent(app, db_session)] == [MODERATOR]
    settled = db_session.execute(sa.select(CodeRequest.email, CodeRequest.mailed).order_by(CodeRequest.id)).all()
    assert [tuple(row) for row in settled[1:]] == [
        (MODERATOR, True),
        ("nobody@example.org", False),
        ("off@example.org", False),
    ]


def plain(client: FlaskClient, page: str, email: str) -> str:
    """The page without what is never the same."""
    return without_what_changes(client.get(page).text).replace(email, "ADDRESS")


def without_what_changes(text: str) -> str:
    return re.sub(r'request=[\w-]+|name="csrf_token"[^>]* value="[^"]*"', "", text)


def test_no_code_is_accepted_that_was_not_sent(app: Flask, client: FlaskClient, db_session: Session) -> None:
    """Whoever reads the database and the key might make it; it still signs nobody in whom nobody knows."""
    page = ask(client, "nobody@example.org")
    assert sent(app, db_session) == []
    request = db_session.scalars(sa.select(CodeRequest)).one()
    code = private_digits(app.config["SECRET_KEY"], "signin", request.nonce)
    assert client.post(page, data={"code": code}).status_code == 422
    assert db_session.scalar(sa.select(sa.func.count(Account.id))) == 0


def test_a_mail_goes_to_the_address_that_is_known_not_to_one_that_looks_like_it(
    app: Flask, client: FlaskClient, event: Event, db_session: Session
) -> None:
    ask(client, "ｍｏｄ@example.org")
    assert [mail.to for mail in sent(app, db_session)] == [MODERATOR]


@pytest.mark.parametrize(
    "email",
    ["", "mod", "mod@", "@example.org", "a b@example.org", "mod@example", "a,b@example.org", "a@b@example.org",
     "mod@exa..mple.org", "<script>@example.org", "a" * 330 + "@example.org", "\x00"],
)  # fmt: skip
def test_what_is_no_address_is_said_at_the_field(client: FlaskClient, db_session: Session, email: str) -> None:
    answer = client.post(ASK, data={"email": email})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert "<script>@" not in answer.text
    assert db_session.scalar(sa.select(sa.func.count(CodeRequest.id))) == 0


def test_so_many_codes_an_hour_and_no_more_whoever_asks(app: Flask, event: Event, db_session: Session) -> None:
    for email in (MODERATOR, "nobody@example.org"):
        statuses = [app.test_client().post(ASK, data={"email": email}).status_code for _ in range(21)]
        assert statuses == [302] * 20 + [429]
    assert len(sent(app, db_session)) == 20
    later = clock.utc_now().timestamp() + 3601
    with time_machine.travel(later):
        assert app.test_client().post(ASK, data={"email": MODERATOR}).status_code == 302


@pytest.fixture
def limited(make_app: Callable[..., Flask]) -> Iterator[Flask]:
    app = make_app(RATELIMIT_ENABLED=True)
    limiter.reset()
    yield app
    limiter.reset()
    limiter.enabled = False


def test_a_client_asks_for_one_address_six_times_in_ten_minutes(limited: Flask) -> None:
    client = limited.test_client()
    statuses = [client.post(ASK, data={"email": MODERATOR}).status_code for _ in range(7)]
    assert statuses == [302] * 6 + [429]
    assert client.post(ASK, data={"email": MODERATOR.upper()}).headers["Retry-After"] == "600"
    assert client.post(ASK, data={"email": "other@example.org"}).status_code == 302


def test_one_client_does_not_keep_an_address_from_its_owner(limited: Flask) -> None:
    stranger, owner = limited.test_client(), limited.test_client()
    owner.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    statuses = []
    with time_machine.travel("2022-11-25T00:00:00Z", tick=False) as now:
        for _ in range(5):
            statuses += [stranger.post(ASK, data={"email": MODERATOR}).status_code for _ in range(3)]
            now.shift(601)
        assert statuses == [302] * 8 + [429] * 7
        assert owner.post(ASK, data={"email": MODERATOR}).status_code == 302


def test_whoever_asks_first_keeps_their_own_code_while_others_ask(
    app: Flask, client: FlaskClient, event: Event, db_session: Session
) -> None:
    page = ask(client, MODERATOR)
    other = app.test_client()
    later = [ask(other, MODERATOR) for _ in range(5)][-1]
    mails = sent(app, db_session)
    assert len({mail.code for mail in mails}) == 6
    # An old code of another request is looked at no more: who guesses hits one of four, not of twenty.
    assert other.post(later, data={"code": mails[0].code}).status_code == 422
    assert client.post(page, data={"code": mails[0].code}).status_code == 302
    assert is_signed_in(client)


def test_the_head_of_a_page_signs_nobody_in(app: Flask, client: FlaskClient, event: Event, db_session: Session) -> None:
    ask(client, MODERATOR)
    link = sent(app, db_session)[0].link
    answer = client.head(link)
    assert (answer.status_code, answer.data, is_signed_in(client)) == (200, b"", False)
    assert client.post(link).status_code == 302
    assert client.head("/en/sign-out").status_code == 302
    assert is_signed_in(client)


def test_wrong_codes_cost_the_same_for_an_address_that_nobody_has(
    app: Flask,
    client: FlaskClient,
    event: Event,
    db_session: Session,
    count_queries: Callable[[Callable[[], object]], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared: list[int] = []
    real = codes.matching

    def noted(nonces: Iterable[str], typed: str, secret_key: str) -> str | None:
        compared.append(len(list(nonces)))
        return real(nonces, typed, secret_key)

    monkeypatch.setattr(codes, "matching", noted)
    pages, counts = set(), set()
    for email in (MODERATOR, "nobody@example.org"):
        other = app.test_client()
        page = ask(other, email)
        sent(app, db_session)

        def wrongly(other: FlaskClient = other, page: str = page, email: str = email) -> None:
            answer = other.post(page, data={"code": "00000000"})
            pages.add(without_what_changes(answer.text).replace(email, "ADDRESS"))

        counts.add(count_queries(wrongly))
    assert (len(pages), len(counts), compared) == (1, 1, [1, 1])


@pytest.mark.parametrize("how", ["code", "link"])
def test_of_many_who_use_one_at_once_one_is_signed_in(make_app: Callable[..., Flask], how: str) -> None:
    """The same code in eight browsers, and the same link pressed eight times: one sign-in, and one account."""
    app = make_app()
    with app.app_context():
        make_person(db.session(), make_event(db.session()), email=MODERATOR)
        db.session.commit()
    client = app.test_client()
    page = ask(client, MODERATOR)
    with client.session_transaction() as cookie:
        asked = dict(cookie)
    with app.app_context():
        mail = sent(app, db.session())[0]
    browsers = [app.test_client() for _ in range(8)]
    for browser in browsers:
        with browser.session_transaction() as cookie:
            cookie.update(asked)
    barrier = Barrier(len(browsers))

    def use(browser: FlaskClient) -> int:
        barrier.wait()
        if how == "link":
            return browser.post(mail.link).status_code
        return browser.post(page, data={"code": mail.code}).status_code

    with ThreadPoolExecutor(len(browsers)) as pool:
        statuses = sorted(pool.map(use, browsers))
    assert statuses[0] == 302
    assert set(statuses[1:]) <= {410, 422}
    with app.app_context():
        counts = [db.session.scalar(sa.select(sa.func.count(table.id))) for table in (Account, SignIn)]
    assert counts == [1, 1]


def test_the_mail_says_it_in_the_readers_language_and_leaves_before_bulk_mail(
    app: Flask, client: FlaskClient, event: Event, db_session: Session
) -> None:
    bulk = Mail(
        event_id=event.id, kind="delivery_check", language="en", recipient_email="a@example.org", recipient_name="",
        values={"asked_at": "2022-10-01T00:00:00Z", "zone": "Asia/Tokyo"}, dedupe_key="bulk", bulk=True,
    )  # fmt: skip
    outbox_services.enqueue(db_session, bulk, now=clock.utc_now())
    db_session.commit()
    ask(client, MODERATOR, "ja")
    mail = sent(app, db_session)[0]
    first = outbox.due(db_session, now=clock.utc_now(), limit=1)[0]
    row = db_session.get_one(OutboxMail, first)
    assert (row.kind, row.event_id, row.bulk) == ("sign_in_code", None, False)
    made = app.extensions["outbox_renderer"].message(outbox.outgoing(row))
    shown = f"{mail.code[:4]} {mail.code[4:]}"
    assert made["Subject"].startswith(f"サインイン用コード：{shown}")
    text = made.get_body(("plain",)).get_content()
    assert shown in text
    assert f"http://localhost:8000{mail.link}" in text
    assert mail.code not in str(row.values)
    masked = app.extensions["outbox_renderer"].message(outbox.outgoing(row), masked=True)
    assert shown not in masked.as_string()


def test_the_worker_sends_it(app: Flask, client: FlaskClient, event: Event, db_session: Session) -> None:
    ask(client, MODERATOR)
    result = app.test_cli_runner().invoke(args=["outbox", "deliver"])
    assert result.exit_code == 0
    assert "sent 1" in result.output
    states = db_session.execute(sa.select(OutboxMail.recipient_email, OutboxMail.state)).all()
    assert [(email, state.value) for email, state in states] == [(MODERATOR, "sent")]


@pytest.mark.parametrize("change", ["tries = -1", "expires_at = asked_at", "mailed = (1 = 1)"])
def test_the_database_keeps_requests_whole(client: FlaskClient, db_session: Session, change: str) -> None:
    ask(client, MODERATOR)
    with pytest.raises(sa.exc.IntegrityError):
        db_session.execute(sa.text(f"UPDATE code_requests SET {change}"))


def test_a_sign_in_that_ends_before_it_began_is_none(db_session: Session) -> None:
    account = make_account(db_session)
    now = clock.utc_now()
    db_session.add(
        SignIn(account_id=account.id, token_hash="a", method="code", created_at=now, seen_at=now, expires_at=now)
    )
    with pytest.raises(sa.exc.IntegrityError):
        db_session.flush()
