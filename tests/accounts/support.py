"""What the tests of signing in share: asking for codes, reading them out of the mails, codes of an app."""

import re
from dataclasses import dataclass

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from galerio_events import clock
from galerio_events.accounts.domain import totp
from galerio_events.accounts.services import send_waiting
from galerio_events.outbox.models import OutboxMail
from galerio_events.text import private_digits, private_token

ASK = "/en/sign-in"
PASSWORD_PAGE = "/en/sign-in/password"


@dataclass(frozen=True)
class Sent:
    """A mail with a code."""

    to: str
    code: str
    link: str


def ask(client: FlaskClient, email: str, language: str = "en", **more: str) -> str:
    """Ask for a code; gives the address of the page on which it is typed."""
    answer = client.post(f"/{language}/sign-in", data={"email": email, **more})
    assert answer.status_code == 302, answer.text
    return answer.location


def sent(app: Flask, db_session: Session) -> list[Sent]:
    """Let the mails be written as the worker does, and read all there are."""
    send_waiting(db_session, now=clock.utc_now())
    db_session.commit()
    key, found = app.config["SECRET_KEY"], []
    for row in db_session.scalars(
        sa.select(OutboxMail).where(OutboxMail.kind == "sign_in_code").order_by(OutboxMail.id)
    ):
        nonce = row.values["signin"]
        link = f"/{row.language}/sign-in/link/{private_token(key, 'signin', nonce)}"
        found.append(Sent(row.recipient_email, private_digits(key, "signin", nonce), link))
    return found


def wrong(code: str) -> str:
    """Another code."""
    return f"{(int(code) + 1) % 10**8:08d}"


def set_up_app(client: FlaskClient) -> str:
    """Set up an app for codes; gives its secret."""
    page = client.get("/en/account/app")
    assert page.status_code == 200, page.location
    secret = "".join(re.findall(r"<code>([A-Z2-7 ]+)</code>", page.text)[0].split())
    sealed = re.findall(r'name="sealed"[^>]*value="([^"]+)"', page.text)[0]
    answer = client.post("/en/account/app", data={"sealed": sealed, "code": app_code(secret)})
    assert answer.status_code in {200, 302}, answer.text
    return secret


def app_code(secret: str, later: int = 0) -> str:
    """What an app with that secret shows now, or so many steps later."""
    return totp.code_at(secret, totp.step_at(clock.utc_now()) + later)


def by_password(client: FlaskClient, email: str, password: str, **more: str) -> TestResponse:
    """Send the form with address and password."""
    return client.post(PASSWORD_PAGE, data={"email": email, "password": password, **more})
