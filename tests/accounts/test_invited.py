"""The link of an invitation stays good for long, so it only leads to signing in: a code goes to the mailbox."""

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events.accounts.models import Account, SignIn
from galerio_events.extensions import db, limiter
from galerio_events.people.models import Person
from tests.accounts.support import sent
from tests.invitations.support import invite, make_scene, token


def link_of(db_session: Session) -> str:
    """The address of an invitation of somebody whose mailbox is `niran@example.org`."""
    scene = make_scene(db_session)
    invite(db_session, scene)
    return f"/en/invitations/{token(db_session, scene)}"


def test_an_invitation_signs_nobody_in_and_has_a_code_sent_to_its_person(
    app: Flask, client: FlaskClient, db_session: Session
) -> None:
    link = link_of(db_session)
    page = client.get(link)
    assert "Sign in with a code that is sent to n•••@e•••.org." in page.text
    assert "niran@example.org" not in page.text.lower()
    assert client.get("/en/account").status_code == 302
    answer = client.post(link, data={"do": "sign-in"})
    assert answer.status_code == 303
    assert "niran@example.org" not in client.get(answer.location).text
    assert client.get("/en/account").status_code == 302
    assert db_session.scalar(sa.select(sa.func.count(Account.id))) == 0
    (mail,) = sent(app, db_session)
    assert mail.to == "niran@example.org"
    entered = client.post(answer.location, data={"code": mail.code})
    assert (entered.status_code, entered.location) == (302, "/en/desk")
    assert client.get("/en/account").status_code == 200
    assert db_session.scalar(sa.select(sa.func.count(SignIn.id))) == 1


def test_whoever_got_the_link_forwarded_gets_no_code(app: Flask, client: FlaskClient, db_session: Session) -> None:
    link = link_of(db_session)
    asked = client.post(link, data={"do": "sign-in"})
    assert client.post(asked.location, data={"code": "00000000"}).status_code == 422
    assert client.post("/en/invitations/guessed", data={"do": "sign-in"}).status_code == 404
    db_session.execute(sa.update(Person).values(email=None, email_key=None))
    db_session.commit()
    assert "Sign in with a code" not in client.get(link).text
    assert client.post(link, data={"do": "sign-in"}).status_code == 400
    assert [mail.to for mail in sent(app, db_session)] == []


@pytest.fixture
def limited(make_app: Callable[..., Flask]) -> Iterator[Flask]:
    app = make_app(RATELIMIT_ENABLED=True)
    limiter.reset()
    yield app
    limiter.reset()
    limiter.enabled = False


def test_codes_from_there_are_limited_too(limited: Flask) -> None:
    with limited.app_context():
        link = link_of(db.session())
    client = limited.test_client()
    answers = [client.post(link, data={"do": "sign-in"}) for _ in range(7)]
    assert [answer.status_code for answer in answers] == [303] * 6 + [429]
    assert "Too many codes were asked for here." in answers[-1].text
