"""The pages' blueprint, and what all of them need."""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_timedelta
from flask_babel import gettext as _
from flask_login import current_user

from galerio_events import clock
from galerio_events.accounts import queries
from galerio_events.accounts.domain import Method, safe_next
from galerio_events.accounts.domain.passkeys import Site, site_of
from galerio_events.accounts.models import Account
from galerio_events.accounts.services import sign_ins
from galerio_events.extensions import db
from galerio_events.permissions import Permission, can_anywhere
from galerio_events.web.guards import roles
from galerio_events.web.sign_ins import log_in, signed_in

bp = Blueprint("accounts", __name__)

# Between the password and the second factor.
PENDING = "pending"
PENDING_LASTS = timedelta(minutes=10)


def secret_key() -> str:
    """The application's key."""
    return str(current_app.config["SECRET_KEY"])


def site() -> Site:
    """Whom passkeys are made for."""
    return site_of(str(current_app.config["BASE_URL"]), _("Asia Smart City Conference"))


def wanted() -> str | None:
    """Where the reader wanted to go before signing in."""
    return safe_next(request.values.get("next"))


def me() -> Account:
    """Whoever is signed in; only for pages that require it."""
    found: Any = current_user
    account: Account = found._get_current_object()
    return account


def failed(response: Response) -> bool:
    """Whether an answer says that what was given is wrong, which is counted."""
    return response.status_code == 422


def begin(account: Account, method: Method, *, proved: bool = False, factor: bool = False) -> None:
    """Sign the account in in this browser, or prove more in the sign-in that is there, and commit."""
    now, found = clock.utc_now(), signed_in()
    if found is not None and found.account.id == account.id and proved:
        sign_ins.prove(found.sign_in, factor=factor, now=now)
        db.session.commit()
        session.pop(PENDING, None)
        return
    agent = request.headers.get("User-Agent", "")
    secret = sign_ins.begin(db.session(), account, method, agent=agent, proved=proved, factor=factor, now=now)
    db.session.commit()
    log_in(account, secret, method=method.value, lasting=method in {Method.CODE, Method.LINK})


def keep_pending(account: Account, method: Method) -> None:
    """Remember for ten minutes, in the signed cookie, that this browser has given the account's password."""
    session[PENDING] = {
        "account": account.fs_uniquifier,
        "id": account.id,
        "method": method.value,
        "at": clock.to_text(clock.utc_now()),
    }


def pending() -> Account | None:
    """Whose password this browser has just given, while the second factor is still to come."""
    kept = session.get(PENDING)
    if not isinstance(kept, dict):
        return None
    if clock.utc_now() >= clock.from_text(kept["at"]) + PENDING_LASTS:
        return None
    account = queries.by_id(db.session(), kept["id"])
    good = account is not None and account.active and account.fs_uniquifier == kept["account"]
    return account if good else None


@bp.app_template_filter("ago")
def ago(moment: datetime) -> str:
    """How long ago that was, in whole units: `5 minutes ago`, `5 分前`; what was just now counts as a minute."""
    since = min(moment - clock.utc_now(), timedelta(seconds=-1))
    return str(format_timedelta(since, granularity="minute", add_direction=True))


def onwards(target: str | None, *, organising: bool) -> ResponseReturnValue:
    """To where the reader wanted to go, else to what there is for them."""
    if target:
        return redirect(target)
    if organising and can_anywhere(roles(), Permission.EVENT_READ):
        return redirect(url_for("events.organise_index"))
    return redirect(url_for(desk() or "accounts.sign_in"))


def desk() -> str:
    """The page with a person's own sessions; '' where the application has none."""
    return "desk.index" if "desk.index" in current_app.view_functions else ""
