"""Who is signed in: the cookie holds a secret, the row of that sign-in says what it is worth."""

import secrets

from flask import Flask, g, has_request_context, session
from flask_security.utils import login_user

from galerio_events import clock
from galerio_events.accounts import queries
from galerio_events.accounts.models import Account
from galerio_events.accounts.queries import SignedIn
from galerio_events.text import token_hash

# What the cookie holds: the secret of the sign-in, and that of a browser that has asked for a code.
_SECRET = "sign_in"  # noqa: S105 a name
_BROWSER = "browser"


def init_app(app: Flask) -> None:
    """Find out who is signed in with our own rows."""
    from galerio_events.extensions import security

    security.login_manager.user_loader(_load)  # type: ignore[no-untyped-call]


def signed_in() -> SignedIn | None:
    """The sign-in with which this request was made, as far as anybody has asked; None where there is none."""
    found: SignedIn | None = g.get("signed_in") if has_request_context() else None
    return found


def log_in(account: Account, secret: str, *, method: str, lasting: bool) -> None:
    """Make this browser signed in, with nothing left of what its cookie held. `secret` is the new sign-in's.

    `lasting`: the browser keeps it when it is closed.
    """
    session.clear()
    g.pop("csrf_token", None)
    g.pop("signed_in", None)
    login_user(account, remember=False, authn_via=[method])
    session[_SECRET] = secret
    session.permanent = lasting


def browser_secret() -> str:
    """The secret by which this browser is known again as one that has asked for a code; made where it has none."""
    if not isinstance(session.get(_BROWSER), str):
        session[_BROWSER] = secrets.token_urlsafe(24)
    return str(session[_BROWSER])


def known_browser() -> str | None:
    """The secret of a browser that has asked for a code; None for one that has not."""
    found = session.get(_BROWSER)
    return found if isinstance(found, str) else None


def _load(uniquifier: str) -> Account | None:
    from galerio_events.extensions import db

    secret = session.get(_SECRET)
    if not isinstance(secret, str):
        return None
    now = clock.utc_now()
    found = queries.signed_in(db.session(), uniquifier, token_hash(secret), now=now)
    if found is None:
        return None
    g.signed_in = found
    return found.account
