"""Asking for a code and a link by mail, for every page that leads to signing in.

An invitation, say, knows an address and may offer to send a code there, without showing whose it is:
`ask_for_code(email, shown=False, target=…)`, commit, redirect to what it gave.
"""

from flask import current_app, g, url_for

from galerio_events import clock
from galerio_events.accounts.services import request_code
from galerio_events.extensions import db, limiter
from galerio_events.web.client import client_address
from galerio_events.web.locale import page_language
from galerio_events.web.sign_ins import browser_secret


def ask_for_code(email: str, *, shown: bool, target: str) -> str:
    """Have a code sent to that address (as `codes.address_of` makes it); gives the page on which it is typed.

    `shown`: whether the address may be shown there, as one may that was typed in this browser. The caller commits.
    The same is done for an address that nobody has. Raises `TooManyCodes` where the address, and `RateLimitExceeded`
    where this client has asked for too many.
    """
    g.code_asked_for = email
    return _ask(email, shown, target)


def _this_address_here() -> str:
    return f"{client_address()} code:{g.code_asked_for}"


@limiter.limit("60 per 10 minutes; 300 per day")
@limiter.limit("6 per 10 minutes; 8 per hour", key_func=_this_address_here)
def _ask(email: str, shown: bool, target: str) -> str:
    asked = request_code(
        db.session(),
        email,
        shown=shown,
        browser=browser_secret(),
        language=page_language(),
        target=target,
        secret_key=current_app.config["SECRET_KEY"],
        now=clock.utc_now(),
    )
    return url_for("accounts.code", request=asked.handle)
