"""`flask accounts …`."""

import sys

import click
from email_validator import EmailNotValidError, validate_email
from flask.cli import AppGroup
from flask_security.utils import hash_password

from galerio_events import clock
from galerio_events.accounts import queries, services
from galerio_events.accounts.domain import (
    PASSWORD_MAX,
    PASSWORD_MIN,
    PasswordFault,
    new_password,
    normal_password,
    password_fault,
)
from galerio_events.accounts.services import factors, purging
from galerio_events.events import queries as events
from galerio_events.extensions import db
from galerio_events.permissions import AccountRole

group = AppGroup("accounts", help="Accounts of organisers, moderators and speakers.")
groups = (group,)

FAULTS = {
    PasswordFault.TOO_SHORT: f"The password is too short: it needs at least {PASSWORD_MIN} characters.",
    PasswordFault.TOO_LONG: f"The password is too long: {PASSWORD_MAX} characters at most.",
    PasswordFault.TOO_UNIFORM: "The password repeats too few characters: use at least five different ones.",
    PasswordFault.CONTAINS_ADDRESS: "The password contains the e-mail address.",
}


@group.command("add")
@click.argument("email")
@click.option("--role", required=True, type=click.Choice([role.value for role in AccountRole]), help="What they are.")
@click.option("--event", "slug", help="On this event only; without it, on every event.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add(email: str, role: str, slug: str | None, password_stdin: bool) -> None:
    """Make an account, or give an account that exists one more role.

    Without --password-stdin a new account gets a random password, which is printed once. With it, an account that
    exists gets the new password and is signed out everywhere.
    """
    try:
        address = validate_email(email, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise click.ClickException(f"{email} is not an e-mail address: {error}") from None
    db_session = db.session()
    event = events.by_slug(db_session, slug) if slug else None
    if slug and event is None:
        raise click.ClickException(f"There is no event {slug}.")
    account = queries.by_email(db_session, address)
    known = account is not None
    # Whoever has signed in with codes by mail so far has no password yet, and needs one for a role.
    password, made = _password(address, read=password_stdin, make=account is None or account.password is None)
    added = services.add_account(
        db_session,
        address,
        AccountRole(role),
        event.id if event else None,
        password_hash=hash_password(normal_password(password)) if password else None,
        now=clock.utc_now(),
    )
    db_session.commit()
    where = slug or "every event"
    click.echo(f"{added.account.email} {'is now' if added.role_is_new else 'was already'} {role} on {where}.")
    if made:
        click.echo(f"Password: {made}")
    elif password_stdin and known:
        click.echo("The password was changed.")


@group.command("reset-second-factor")
@click.argument("email")
def reset_second_factor(email: str) -> None:
    """Forget app, passkeys and recovery codes of an account whose owner has lost them, and end all of its sign-ins.

    Make sure by other means than mail that it is the owner who asks.
    """
    db_session = db.session()
    account = queries.by_email(db_session, email)
    if account is None:
        raise click.ClickException(f"There is no account {email}.")
    had = factors.reset(db_session, account)
    db_session.commit()
    click.echo(
        f"{account.email} {'has no second factor any more' if had else 'had no second factor'}, "
        "and is signed out everywhere."
    )


@group.command("purge")
def purge() -> None:
    """Delete codes and their mails after a day, sign-ins that are over, and accounts that stand for nothing any more.

    The mail worker does the same every minute.
    """
    db_session = db.session()
    done = purging.purge(db_session, now=clock.utc_now())
    db_session.commit()
    click.echo(f"Deleted: {done}.")


def _password(address: str, *, read: bool, make: bool) -> tuple[str | None, str | None]:
    """The password to set, and the one to print because nobody has seen it yet."""
    if read:
        given = sys.stdin.readline().rstrip("\r\n")
        if fault := password_fault(given, address):
            raise click.ClickException(FAULTS[fault])
        return given, None
    made = new_password() if make else None
    return made, made
