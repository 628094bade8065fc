"""What signing in leaves behind is deleted when its time is over, by the worker and by command."""

from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events.accounts.models import Account, CodeRequest, SignIn
from galerio_events.accounts.views.codes import purge_what_is_over
from galerio_events.events.models import Change, Event
from galerio_events.outbox import services as outbox
from galerio_events.outbox.models import OutboxMail
from galerio_events.permissions import AccountRole
from tests.accounts.support import ask, sent
from tests.support.builders import NOW, make_account, make_event, make_person

MODERATOR = "mod@example.org"
DAY = 24 * 3600


@pytest.fixture
def event(db_session: Session) -> Event:
    made = make_event(db_session)
    make_person(db_session, made, email=MODERATOR)
    db_session.commit()
    return made


def rows(db_session: Session, *tables: Any) -> list[int]:
    db_session.expire_all()
    return [db_session.scalar(sa.select(sa.func.count(table.id))) or 0 for table in tables]


def look_after(app: Flask) -> None:
    """What the worker does every minute."""
    with app.app_context():
        purge_what_is_over()


def sign_in_with_a_code(app: Flask, client: FlaskClient, db_session: Session) -> None:
    page = ask(client, MODERATOR)
    assert client.post(page, data={"code": sent(app, db_session)[-1].code}).status_code == 302


def test_codes_and_their_mails_go_after_a_day_and_sign_ins_when_they_are_over(
    app: Flask, client: FlaskClient, event: Event, db_session: Session
) -> None:
    everything = (CodeRequest, OutboxMail, SignIn, Account)
    with time_machine.travel("2022-11-01T00:00:00Z", tick=False) as now:
        sign_in_with_a_code(app, client, db_session)
        ask(app.test_client(), "nobody@example.org")
        now.shift(DAY)
        look_after(app)
        assert rows(db_session, *everything) == [2, 1, 1, 1]
        now.shift(1)
        look_after(app)
        assert rows(db_session, *everything) == [0, 0, 1, 1]
        assert client.get("/en/account").status_code == 200
        now.shift(29 * DAY)
        look_after(app)
        assert rows(db_session, *everything) == [0, 0, 0, 0]
        # The next code makes the account again.
        sign_in_with_a_code(app, client, db_session)
        assert rows(db_session, *everything) == [1, 1, 1, 1]


def test_accounts_that_stand_for_something_stay(app: Flask, event: Event, db_session: Session) -> None:
    role = make_account(db_session, "role@example.org", AccountRole.MODERATOR, event)
    plain = make_account(db_session, "plain@example.org", None)
    off = make_account(db_session, "off@example.org", None)
    wrote = make_account(db_session, "wrote@example.org", None)
    asking = make_account(db_session, "asking@example.org", None)
    make_account(db_session, "password@example.org", None)
    for account in (role, plain, off, wrote, asking):
        account.password = None
    off.active = False
    db_session.add(
        Change(event_id=event.id, batch="b", at=NOW, account_id=wrote.id, subject="event", key="x", deed="changed")
    )
    db_session.commit()
    ask(app.test_client(), "asking@example.org")
    result = app.test_cli_runner().invoke(args=["accounts", "purge"])
    assert (result.exit_code, result.output) == (0, "Deleted: codes 0, mails 0, sign-ins 0, accounts 1.\n")
    db_session.expire_all()
    assert db_session.scalars(sa.select(Account.email).order_by(Account.email)).all() == [
        f"{name}@example.org" for name in ("asking", "off", "password", "role", "wrote")
    ]


def test_the_worker_looks_after_it(app: Flask) -> None:
    assert purge_what_is_over in outbox.chores()
