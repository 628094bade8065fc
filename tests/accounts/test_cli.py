"""`flask accounts add`."""

import re

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask
from flask_security.utils import verify_password
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from galerio_events.accounts import queries, services
from galerio_events.accounts.models import Account, RoleGrant
from galerio_events.permissions import AccountRole
from tests.support.builders import NOW, make_account, make_event


def run(app: Flask, *arguments: str, text: str | None = None) -> Result:
    return app.test_cli_runner().invoke(args=["accounts", "add", *arguments], input=text)


def grants(db_session: Session, email: str) -> set[tuple[int | None, AccountRole]]:
    db_session.expire_all()
    account = queries.by_email(db_session, email)
    assert account is not None
    return {(grant.event_id, grant.role) for grant in account.grants}


def accepts(app: Flask, db_session: Session, email: str, password: str) -> bool:
    db_session.expire_all()
    account = queries.by_email(db_session, email)
    assert account is not None
    assert account.password is not None
    with app.app_context():
        return bool(verify_password(password, account.password))


def test_a_new_account_gets_a_password_that_is_printed_once(app: Flask, db_session: Session) -> None:
    event = make_event(db_session)
    db_session.commit()
    done = run(app, "Chief@Example.org", "--role", "organiser", "--event", "ascc11")
    assert done.exit_code == 0
    printed = re.fullmatch(r"chief@example\.org is now organiser on ascc11\.\nPassword: (\S+)\n", done.output)
    assert printed is not None
    assert grants(db_session, "chief@example.org") == {(event.id, AccountRole.ORGANISER)}
    assert accepts(app, db_session, "chief@example.org", printed[1])


def test_an_account_that_exists_gets_one_more_role_and_keeps_its_password(app: Flask, db_session: Session) -> None:
    event = make_event(db_session)
    account = make_account(db_session, "chief@example.org", AccountRole.REPORTER, event)
    before = (account.password, account.fs_uniquifier)
    db_session.commit()
    done = run(app, "chief@example.org", "--role", "organiser")
    assert done.output == "chief@example.org is now organiser on every event.\n"
    assert grants(db_session, "chief@example.org") == {(event.id, AccountRole.REPORTER), (None, AccountRole.ORGANISER)}
    assert (account.password, account.fs_uniquifier) == before
    again = run(app, "CHIEF@example.org", "--role", "organiser")
    assert again.output == "chief@example.org was already organiser on every event.\n"
    assert len(grants(db_session, "chief@example.org")) == 2


def test_the_password_comes_from_standard_input(app: Flask, db_session: Session) -> None:
    done = run(app, "chief@example.org", "--role", "administrator", "--password-stdin", text="correct horse battery\n")
    assert done.output == "chief@example.org is now administrator on every event.\n"
    assert accepts(app, db_session, "chief@example.org", "correct horse battery")


def test_a_new_password_for_an_old_account_signs_it_out_everywhere(app: Flask, db_session: Session) -> None:
    account = make_account(db_session, "chief@example.org", AccountRole.ADMINISTRATOR)
    before = account.fs_uniquifier
    db_session.commit()
    done = run(app, "chief@example.org", "--role", "administrator", "--password-stdin", text="another long password\n")
    assert done.output == ("chief@example.org was already administrator on every event.\nThe password was changed.\n")
    assert accepts(app, db_session, "chief@example.org", "another long password")
    assert account.fs_uniquifier != before


@pytest.mark.parametrize(
    ("arguments", "text", "status", "message"),
    [
        (("chief@example.org", "--role", "organiser", "--event", "ascc99"), None, 1, "There is no event ascc99."),
        (("chief", "--role", "organiser"), None, 1, "chief is not an e-mail address"),
        (("", "--role", "organiser"), None, 1, "is not an e-mail address"),
        (("chief@example.org", "--role", "boss"), None, 2, "'boss' is not one of"),
        (("chief@example.org",), None, 2, "Missing option '--role'"),
        (("chief@example.org", "--role", "speaker", "--password-stdin"), "short\n", 1, "at least 12 characters"),
        (("chief@example.org", "--role", "speaker", "--password-stdin"), "", 1, "at least 12 characters"),
        (("chief@example.org", "--role", "speaker", "--password-stdin"), "x" * 300, 1, "200 characters at most"),
        (("chief@example.org", "--role", "speaker", "--password-stdin"), "a" * 20, 1, "at least five different"),
        (("chief@example.org", "--role", "speaker", "--password-stdin"), "chief of us all", 1, "contains the e-mail"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    app: Flask, db_session: Session, arguments: tuple[str, ...], text: str | None, status: int, message: str
) -> None:
    done = run(app, *arguments, text=text)
    assert done.exit_code == status
    assert message in done.output
    assert "Traceback" not in done.output
    assert db_session.scalar(sa.select(sa.func.count()).select_from(Account)) == 0


def test_a_new_account_without_a_password_is_a_mistake_of_the_caller(db_session: Session) -> None:
    with pytest.raises(ValueError, match="needs a password"):
        services.add_account(db_session, "a@example.org", AccountRole.SPEAKER, None, password_hash=None, now=NOW)


@pytest.mark.parametrize("everywhere", [True, False])
def test_the_same_role_cannot_be_held_twice(db_session: Session, everywhere: bool) -> None:
    event = make_event(db_session)
    account = make_account(db_session, "chief@example.org", AccountRole.ORGANISER, None if everywhere else event)
    with pytest.raises(IntegrityError), db_session.begin_nested():
        db_session.add(
            RoleGrant(account_id=account.id, role=AccountRole.ORGANISER, event_id=None if everywhere else event.id)
        )
        db_session.flush()


def test_two_accounts_cannot_share_an_address(db_session: Session) -> None:
    make_account(db_session, "chief@example.org")
    with pytest.raises(IntegrityError), db_session.begin_nested():
        db_session.add(
            Account(email="chief@example.org", password=None, fs_uniquifier="another", created_at=NOW, active=True)
        )
        db_session.flush()


def test_nothing_of_flask_securitys_own_is_offered(app: Flask) -> None:
    assert "users" not in app.cli.commands
    assert "roles" not in app.cli.commands
    assert {rule.endpoint for rule in app.url_map.iter_rules() if "security" in rule.endpoint} == set()
