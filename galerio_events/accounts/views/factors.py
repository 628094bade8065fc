"""Setting up what the second factor is proved with: an app for codes, passkeys, recovery codes."""

import segno
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from galerio_events import clock
from galerio_events.accounts import queries
from galerio_events.accounts.domain import sealing, totp
from galerio_events.accounts.domain.passkeys import MOST_PASSKEYS, registered
from galerio_events.accounts.forms import AppForm, NewPasskeyForm
from galerio_events.accounts.models import Account
from galerio_events.accounts.services import factors
from galerio_events.accounts.services.sign_ins import prove
from galerio_events.accounts.views.blueprint import bp, me, secret_key, site, wanted
from galerio_events.accounts.views.ceremonies import challenge_of, make_options
from galerio_events.accounts.views.proving import lack_of_this
from galerio_events.errors import ChangeConflict
from galerio_events.extensions import db
from galerio_events.web.guards import signed_in as requires_sign_in
from galerio_events.web.sign_ins import signed_in

# A page with a QR code may stand open for so long.
_SEALED_SECONDS = 1800
_SETUP = "totp set up"


@bp.route("/<language:language>/account/app", methods=["GET", "POST"])
@requires_sign_in
def app(language: str) -> ResponseReturnValue:
    """Sets up an app for codes: shows its secret, and takes the first code of it."""
    if (more := _ask_again()) is not None:
        return more
    who, form = me(), AppForm()
    secret = sealing.unseal(secret_key(), _purpose(who), form.sealed.data or "", seconds=_SEALED_SECONDS)
    if request.method == "GET" or secret is None:
        return _app_page(form, totp.new_secret(), 200 if request.method == "GET" else 422)
    if not form.validate():
        return _app_page(form, secret, 422)
    now = clock.utc_now()
    first = not queries.has_factor(db.session(), who.id)
    if not factors.set_up_app(db.session(), who, secret, form.code.data or "", secret_key=secret_key(), now=now):
        problem = _("This is not the app's present code. Check that the clock of your device is right.")
        form.code.errors = [*form.code.errors, problem]
        return _app_page(form, secret, 422)
    _proved_here()
    return _set_up(who, first=first, said=_("Codes of your app are your second factor from now on."))


@bp.post("/<language:language>/account/app/remove")
@requires_sign_in
def remove_app(language: str) -> ResponseReturnValue:
    """Takes codes of the app no longer."""
    if (more := _ask_again()) is not None:
        return more
    factors.remove_app(db.session(), me())
    db.session.commit()
    flash(_("Codes of the app are not accepted any more."), "success")
    return redirect(url_for("accounts.account"))


@bp.route("/<language:language>/account/passkey", methods=["GET", "POST"])
@requires_sign_in
def passkey(language: str) -> ResponseReturnValue:
    """Adds a passkey."""
    if (more := _ask_again()) is not None:
        return more
    who, form = me(), NewPasskeyForm()
    if request.method == "GET":
        return _passkey_page(form, 200)
    if not form.validate():
        return _passkey_page(form, 422)
    answer = form.answer.data or ""
    challenge = challenge_of(answer)
    made = registered(site(), answer, challenge) if challenge else None
    if made is None:
        return _passkey_page(form, 422, _("The passkey could not be made. Try again."))
    first = not queries.has_factor(db.session(), who.id)
    try:
        factors.add_passkey(db.session(), who, made, form.name.data or "", now=clock.utc_now())
    except ChangeConflict:
        db.session.rollback()
        return _passkey_page(form, 409, _("This passkey is there already, or there are too many; remove one first."))
    _proved_here()
    return _set_up(who, first=first, said=_("The passkey was added."))


@bp.post("/<language:language>/account/passkeys/<int:passkey_id>/remove")
@requires_sign_in
def remove_passkey(language: str, passkey_id: int) -> ResponseReturnValue:
    """Takes that passkey no longer."""
    if (more := _ask_again()) is not None:
        return more
    if factors.remove_passkey(db.session(), me(), passkey_id):
        flash(_("The passkey was removed. Delete it from your device as well."), "success")
    db.session.commit()
    return redirect(url_for("accounts.account"))


@bp.post("/<language:language>/account/recovery-codes")
@requires_sign_in
def recovery_codes(language: str) -> ResponseReturnValue:
    """Makes ten recovery codes in the place of the earlier ones, and shows them this once."""
    if (more := _ask_again()) is not None:
        return more
    who = me()
    if not queries.has_factor(db.session(), who.id):
        return redirect(url_for("accounts.account"))
    return _show_codes(who)


def _ask_again() -> ResponseReturnValue | None:
    """What protects an account is changed only by whoever has just given its password; without one, there is nothing
    to protect."""
    if not me().password:
        return redirect(url_for("accounts.account"))
    if lack_of_this(fresh=True) is None:
        return None
    here = request.full_path.rstrip("?") if request.method == "GET" else url_for("accounts.account")
    return redirect(url_for("accounts.confirm", next=here, fresh=1))


def _proved_here() -> None:
    """Whoever has just set up a second factor has proved it."""
    if (found := signed_in()) is not None:
        prove(found.sign_in, password=False, factor=True, now=clock.utc_now())


def _set_up(who: Account, *, first: bool, said: str) -> ResponseReturnValue:
    if not first:
        db.session.commit()
        flash(said, "success")
        return redirect(url_for("accounts.account", next=wanted()))
    return _show_codes(who, said)


def _show_codes(who: Account, said: str = "") -> ResponseReturnValue:
    made = factors.new_recovery_codes(db.session(), who, secret_key=secret_key())
    db.session.commit()
    return render_template("accounts/recovery_codes.html", codes=made, said=said, target=wanted())


def _purpose(who: Account) -> str:
    return f"{_SETUP} {who.id}"


def _app_page(form: AppForm, secret: str, status: int) -> ResponseReturnValue:
    who = me()
    form.sealed.data = sealing.seal(secret_key(), _purpose(who), secret)
    code = segno.make(totp.address(secret, who.email, _("Asia Smart City Conference")), error="m", micro=False)
    picture = code.svg_data_uri(scale=5, border=4, dark="#000", light="#fff")
    shown = render_template(
        "accounts/app.html", form=form, secret=totp.in_groups(secret), picture=picture, target=wanted()
    )
    return shown, status


def _passkey_page(form: NewPasskeyForm, status: int, problem: str = "") -> ResponseReturnValue:
    who = me()
    known = queries.passkeys(db.session(), who.id)
    form.answer.data = ""
    shown = render_template(
        "accounts/passkey.html",
        form=form,
        problem=problem,
        full=len(known) >= MOST_PASSKEYS,
        options=make_options(who, [each.credential_id for each in known]),
        target=wanted(),
    )
    return shown, status
