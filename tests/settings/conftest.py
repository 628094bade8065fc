"""An event with a session in it, and its organiser."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events.accounts.models import Account
from galerio_events.events.models import Event
from tests.support.builders import make_account, make_event, make_session, sign_in


@pytest.fixture
def event(db_session: Session) -> Event:
    """The event of the builders with one session, `session-3`, at 15:50–17:00 on its second day."""
    event = make_event(db_session)
    make_session(db_session, event)
    db_session.commit()
    return event


@pytest.fixture
def account(db_session: Session, event: Event) -> Account:
    account = make_account(db_session, event=event)
    db_session.commit()
    return account


@pytest.fixture
def organiser(app: Flask, account: Account) -> FlaskClient:
    client = app.test_client()
    sign_in(client, account)
    return client


@pytest.fixture
def shown(organiser: FlaskClient) -> Callable[[str], dict[str, str]]:
    """What the form of a page holds, as a browser would send it back."""

    def read(path: str) -> dict[str, str]:
        from tests.settings.support import filled

        return filled(organiser.get(path).text)

    return read
