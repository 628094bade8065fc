"""Signing in with a code, a link or a password, and signing out."""

from functools import lru_cache
from urllib.parse import urlsplit

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_limiter import RateLimitExceeded
from flask_security.utils import hash_password, logout_user, verify_and_update_password, verify_password

from galerio_events.accounts import queries
from galerio_events.accounts.domain import Method, normal_password
from galerio_events.accounts.domain.codes import TooManyCodes, address_of
from galerio_events.accounts.forms import AddressForm, SignInForm
from galerio_events.accounts.models import Account
from galerio_events.accounts.services import sign_ins
from galerio_events.accounts.views.blueprint import begin, bp, desk, failed, keep_pending, onwards, wanted
from galerio_events.accounts.views.ceremonies import use_options
from galerio_events.extensions import db, limiter
from galerio_events.permissions import ANONYMOUS, Permission, can_anywhere
from galerio_events.text import email_key
from galerio_events.web.client import client_address
from galerio_events.web.codes import ask_for_code
from galerio_events.web.guards import actor, public, roles
from galerio_events.web.sign_ins import signed_in

WAIT = {"Retry-After": "600"}


@bp.route("/<language:language>/sign-in", methods=["GET", "POST"])
@public
def sign_in(language: str) -> ResponseReturnValue:
    """Asks for the address and sends a code; organisers go on to the password."""
    target = wanted()
    if actor() != ANONYMOUS:
        return _already(target)
    if request.method == "GET" and target and _is_organising(target):
        return redirect(url_for("accounts.password", next=target))
    form = AddressForm()
    if request.method == "GET":
        return _page(form, 200)
    if not form.validate():
        return _page(form, 422)
    try:
        page = ask_for_code(address_of(form.email.data or "") or "", shown=True, target=target or "")
    except RateLimitExceeded:
        return _page(form, 429, _("Too many codes were asked for here. Wait ten minutes and try again."), WAIT)
    except TooManyCodes:
        problem = _("Too many codes were sent to this address. Use the last one, or wait an hour and try again.")
        return _page(form, 429, problem, {"Retry-After": "3600"})
    db.session.commit()
    return redirect(page)


@bp.route("/<language:language>/sign-in/password", methods=["GET", "POST"])
@public
def password(language: str) -> ResponseReturnValue:
    """Address and password; where the account has a second factor, that is asked for next."""
    target = wanted()
    if actor() != ANONYMOUS:
        return _already(target)
    form = SignInForm()
    if request.method == "GET":
        return _password_page(form, 200)
    if not form.validate():
        return _password_page(form, 422)
    try:
        account = _attempt(form.email.data or "", form.password.data or "")
    except RateLimitExceeded:
        problem = _("Too many attempts to sign in. Wait ten minutes and try again.")
        return _password_page(form, 429, problem, WAIT)
    if account is None:
        problem = _("This e-mail address and password do not belong together. Check both and try again.")
        return _password_page(form, 422, problem)
    if queries.has_factor(db.session(), account.id):
        db.session.commit()
        session.clear()
        keep_pending(account, Method.PASSWORD)
        return redirect(url_for("accounts.second_factor", next=target))
    begin(account, Method.PASSWORD, proved=True)
    return redirect(target or url_for("accounts.sign_in"))


@bp.route("/<language:language>/sign-out", methods=["GET", "POST"])
@public
def sign_out(language: str) -> ResponseReturnValue:
    """End this sign-in. Signing out twice is no error; following a link to here ends nothing."""
    if request.method != "POST":
        return redirect(url_for("accounts.sign_in"))
    actor()
    if (found := signed_in()) is not None:
        sign_ins.end(db.session(), found.account.id, found.sign_in.id)
        db.session.commit()
    logout_user()
    session.clear()
    flash(_("You are signed out."), "success")
    return redirect(url_for("accounts.sign_in"))


def check_password(account: Account | None, given: str) -> bool:
    """Whether that is the account's password. No account costs the same work as a wrong password."""
    given = normal_password(given)
    if account is None or not account.active or not account.password:
        verify_password(given, _nobodys_password())
        return False
    return bool(verify_and_update_password(given, account))


def _account_here_key() -> str:
    return f"{client_address()} account:{email_key(request.form.get('email', ''))[:320]}"


@limiter.limit("30 per 10 minutes", deduct_when=failed)
@limiter.limit("10 per 10 minutes; 40 per hour", key_func=_account_here_key, deduct_when=failed)
def _attempt(email: str, given: str) -> Account | None:
    """The account, if the password is its own. An unknown address costs the same work as a wrong password.

    Raises `RateLimitExceeded` after so many failures from one address, on one account or on several. What fails
    elsewhere does not count: nobody can lock others out by failing in their name.
    """
    account = queries.by_email_alone(db.session(), email)
    return account if check_password(account, given) else None


@lru_cache(maxsize=1)
def _nobodys_password() -> str:
    hashed: str = hash_password("the password of no account at all")
    return hashed


def _already(target: str | None) -> ResponseReturnValue:
    """Whoever is signed in is sent on, or told what there is for them."""
    if target:
        return redirect(target)
    if can_anywhere(actor(), Permission.EVENT_READ):
        return onwards(None, organising=True)
    organises = can_anywhere(roles(), Permission.EVENT_READ)
    return render_template("accounts/signed_in.html", desk=desk(), organises=organises)


def _is_organising(target: str) -> bool:
    """Whether a path leads to the organisers' pages, for which a code by mail is not enough."""
    return urlsplit(target).path.split("/")[2:3] == ["organise"]


def _page(
    form: AddressForm, status: int, problem: str = "", headers: dict[str, str] | None = None
) -> ResponseReturnValue:
    shown = render_template("accounts/sign_in.html", form=form, problem=problem, target=wanted(), options=use_options())
    return shown, status, headers or {}


def _password_page(
    form: SignInForm, status: int, problem: str = "", headers: dict[str, str] | None = None
) -> ResponseReturnValue:
    shown = render_template(
        "accounts/password.html", form=form, problem=problem, target=wanted(), options=use_options()
    )
    return shown, status, headers or {}
