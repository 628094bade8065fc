"""Signing in and out."""

from functools import lru_cache

from flask import Blueprint, Response, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_limiter import RateLimitExceeded
from flask_security.utils import hash_password, login_user, logout_user, verify_and_update_password, verify_password

from galerio_events.accounts import queries
from galerio_events.accounts.domain import normal_password, safe_next
from galerio_events.accounts.forms import SignInForm
from galerio_events.accounts.models import Account
from galerio_events.extensions import db, limiter
from galerio_events.permissions import ANONYMOUS, Permission, can_anywhere
from galerio_events.text import email_key
from galerio_events.web.client import client_address
from galerio_events.web.guards import actor, public

bp = Blueprint("accounts", __name__)
blueprints = (bp,)


@bp.route("/<language:language>/sign-in", methods=["GET", "POST"])
@public
def sign_in(language: str) -> ResponseReturnValue:
    """The form; a signed-in reader is sent on, or told that there is nothing for them here."""
    target = safe_next(request.values.get("next"))
    if actor() != ANONYMOUS:
        if can_anywhere(actor(), Permission.EVENT_READ):
            return redirect(target or url_for("events.organise_index"))
        return _page(None, 200)
    form = SignInForm(data={"next": target or ""})  # type: ignore[no-untyped-call]
    if request.method == "GET":
        return _page(form, 200)
    if not form.validate():
        return _page(form, 422)
    try:
        account = _attempt(form.email.data or "", form.password.data or "")
    except RateLimitExceeded:
        problem = _("Too many attempts to sign in. Wait ten minutes and try again.")
        return _page(form, 429, problem, {"Retry-After": "600"})
    if account is None:
        problem = _("This e-mail address and password do not belong together. Check both and try again.")
        return _page(form, 422, problem)
    db.session.commit()
    session.clear()
    g.pop("csrf_token", None)
    login_user(account, remember=False, authn_via=["password"])
    return redirect(target or url_for("accounts.sign_in"))


@bp.route("/<language:language>/sign-out", methods=["GET", "POST"])
@public
def sign_out(language: str) -> ResponseReturnValue:
    """End this sign-in. Signing out twice is no error; following a link to here ends nothing."""
    if request.method != "POST":
        return redirect(url_for("accounts.sign_in"))
    logout_user()
    session.clear()
    flash(_("You are signed out."), "success")
    return redirect(url_for("accounts.sign_in"))


def _account_here_key() -> str:
    return f"{client_address()} account:{email_key(request.form.get('email', ''))[:320]}"


def _failed(response: Response) -> bool:
    return response.status_code == 422


@limiter.limit("30 per 10 minutes", deduct_when=_failed)
@limiter.limit("10 per 10 minutes; 40 per hour", key_func=_account_here_key, deduct_when=_failed)
def _attempt(email: str, password: str) -> Account | None:
    """The account, if the password is its own. An unknown address costs the same work as a wrong password.

    Raises `RateLimitExceeded` after so many failures from one address, on one account or on several. What fails
    elsewhere does not count: nobody can lock others out by failing in their name.
    """
    account = queries.by_email(db.session(), email)
    given = normal_password(password)
    if account is None or not account.active or not account.password:
        verify_password(given, _nobodys_password())
        return None
    return account if verify_and_update_password(given, account) else None


@lru_cache(maxsize=1)
def _nobodys_password() -> str:
    hashed: str = hash_password("the password of no account at all")
    return hashed


def _page(
    form: SignInForm | None, status: int, problem: str = "", headers: dict[str, str] | None = None
) -> ResponseReturnValue:
    return render_template("accounts/sign_in.html", form=form, problem=problem), status, headers or {}
