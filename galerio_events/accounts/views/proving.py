"""Proving more than the password: the password once more, the second factor, a passkey."""

from typing import Any

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_limiter import RateLimitExceeded

from galerio_events import clock
from galerio_events.accounts import queries
from galerio_events.accounts.domain import Lack, Method, lacks, totp
from galerio_events.accounts.domain.passkeys import credential_id_of
from galerio_events.accounts.domain.sign_ins import just_proved
from galerio_events.accounts.forms import CodeForm, PasskeyForm, PasswordForm
from galerio_events.accounts.models import Account
from galerio_events.accounts.services import factors
from galerio_events.accounts.views.blueprint import (
    PENDING,
    begin,
    bp,
    failed,
    keep_pending,
    me,
    onwards,
    pending,
    secret_key,
    site,
    wanted,
)
from galerio_events.accounts.views.ceremonies import challenge_of, use_options
from galerio_events.accounts.views.sign_in import WAIT, check_password
from galerio_events.extensions import db, limiter
from galerio_events.web.client import client_address
from galerio_events.web.guards import public
from galerio_events.web.guards import signed_in as requires_sign_in
from galerio_events.web.sign_ins import signed_in


@bp.route("/<language:language>/sign-in/confirm", methods=["GET", "POST"])
@requires_sign_in
def confirm(language: str) -> ResponseReturnValue:
    """Asks whoever is signed in for what the page that they want takes: the password, then the second factor."""
    who, target = me(), wanted()
    lack = lack_of_this(fresh=bool(request.values.get("fresh")))
    if request.method == "GET" and lack is None:
        return onwards(target, organising=True)
    if request.method == "GET" and lack is Lack.FACTOR:
        keep_pending(who, Method.PASSWORD)
        return redirect(url_for("accounts.second_factor", next=target))
    form = PasswordForm()
    if request.method == "GET":
        return _confirm_page(form, 200)
    if not form.validate():
        return _confirm_page(form, 422)
    try:
        good = _password_of(who, form.password.data or "")
    except RateLimitExceeded:
        return _confirm_page(form, 429, _("Too many attempts to sign in. Wait ten minutes and try again."), WAIT)
    if not good:
        return _confirm_page(form, 422, _("This is not the password of this account."))
    if queries.has_factor(db.session(), who.id):
        db.session.commit()
        keep_pending(who, Method.PASSWORD)
        return redirect(url_for("accounts.second_factor", next=target))
    begin(who, Method.PASSWORD, proved=True)
    return onwards(target, organising=True)


@bp.route("/<language:language>/sign-in/second-factor", methods=["GET", "POST"])
@public
def second_factor(language: str) -> ResponseReturnValue:
    """Takes a code of the app, a recovery code or a passkey from whoever has just given the password."""
    who = pending()
    if who is None:
        return redirect(url_for("accounts.sign_in", next=wanted()))
    form = CodeForm()
    if request.method == "GET":
        return _factor_page(who, form, 200)
    if not form.validate():
        return _factor_page(who, form, 422)
    try:
        how = _second_factor_of(who, form.code.data or "")
    except RateLimitExceeded:
        return _factor_page(who, form, 429, _("Too many wrong codes were typed here. Wait ten minutes and try again."))
    if not how:
        form.code.errors = [*form.code.errors, _("This code is wrong, too old or was used before.")]
        return _factor_page(who, form, 422)
    begin(who, Method.PASSWORD, proved=True, factor=True)
    if how == "recovery":
        left = queries.recovery_codes_left(db.session(), who.id)
        flash(_("That recovery code is used up. You have %(number)d left.", number=left), "warning")
    return onwards(wanted(), organising=True)


@bp.post("/<language:language>/sign-in/passkey")
@public
def use_passkey(language: str) -> ResponseReturnValue:
    """Signs in with a passkey, which stands for the password and the second factor; or proves both once more."""
    form, now = PasskeyForm(), clock.utc_now()
    answer = form.answer.data or ""
    challenge = challenge_of(answer) if form.validate() else None
    found = queries.passkey(db.session(), credential_id_of(answer) or "") if challenge else None
    if found is None or challenge is None:
        return _no_passkey()
    account = queries.by_id(db.session(), found.account_id)
    if account is None or not account.active:
        return _no_passkey()
    if not factors.use_passkey(db.session(), found, answer, challenge, site=site(), now=now):
        return _no_passkey()
    begin(account, Method.PASSKEY, proved=True, factor=True)
    return onwards(wanted(), organising=True)


def lack_of_this(*, fresh: bool) -> Lack | None:
    """What this sign-in lacks; `fresh` asks for a password that was given just now."""
    found, now = signed_in(), clock.utc_now()
    if found is None:
        return Lack.PASSWORD
    lack = lacks(found.sign_in.proof, has_factor=found.has_factor, now=now)
    return Lack.PASSWORD if lack is None and fresh and not just_proved(found.sign_in.proof, now=now) else lack


def _account_key() -> str:
    kept: Any = session.get(PENDING)
    return f"factor of {kept.get('id') if isinstance(kept, dict) else client_address()}"


def _my_key() -> str:
    return f"password of {me().id}"


@limiter.limit("10 per 10 minutes; 40 per hour", key_func=_account_key, deduct_when=failed)
def _second_factor_of(who: Account, typed: str) -> str:
    """Which second factor of the account that code is: "app", "recovery", or none: ""."""
    now = clock.utc_now()
    if totp.typed_code(typed) and factors.use_app(db.session(), who, typed, secret_key=secret_key(), now=now):
        return "app"
    used = factors.use_recovery_code(db.session(), who, typed, secret_key=secret_key(), now=now)
    return "recovery" if used else ""


@limiter.limit("10 per 10 minutes; 40 per hour", key_func=_my_key, deduct_when=failed)
def _password_of(who: Account, given: str) -> bool:
    return check_password(who, given)


def _no_passkey() -> ResponseReturnValue:
    flash(_("That passkey is not known here, or it took too long. Try again, or sign in another way."), "danger")
    return redirect(url_for("accounts.sign_in", next=wanted()))


def _confirm_page(
    form: PasswordForm, status: int, problem: str = "", headers: dict[str, str] | None = None
) -> ResponseReturnValue:
    who = me()
    known = [each.credential_id for each in queries.passkeys(db.session(), who.id)]
    shown = render_template(
        "accounts/confirm.html",
        form=form,
        problem=problem,
        who=who,
        target=wanted(),
        fresh=request.values.get("fresh"),
        options=use_options(known) if known else "",
    )
    return shown, status, headers or {}


def _factor_page(who: Account, form: CodeForm, status: int, problem: str = "") -> ResponseReturnValue:
    known = [each.credential_id for each in queries.passkeys(db.session(), who.id)]
    shown = render_template(
        "accounts/second_factor.html",
        form=form,
        problem=problem,
        has_app=who.totp is not None,
        target=wanted(),
        options=use_options(known) if known else "",
    )
    return shown, status, WAIT if status == 429 else {}
