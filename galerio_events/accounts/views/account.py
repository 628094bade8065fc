"""A person's own account: where it is signed in, and what protects it."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from galerio_events import clock
from galerio_events.accounts import queries
from galerio_events.accounts.domain.browsers import described
from galerio_events.accounts.models import SignIn
from galerio_events.accounts.services import sign_ins
from galerio_events.accounts.views.blueprint import bp, desk, me, wanted
from galerio_events.extensions import db
from galerio_events.permissions import Permission, can_anywhere
from galerio_events.web.guards import roles
from galerio_events.web.guards import signed_in as requires_sign_in
from galerio_events.web.sign_ins import signed_in


@dataclass(frozen=True, slots=True)
class Row:
    """A sign-in as the page lists it."""

    sign_in: SignIn
    browser: str
    here: bool


@bp.get("/<language:language>/account")
@requires_sign_in
def account(language: str) -> ResponseReturnValue:
    """Sign-ins, and the second factor of whoever has a password."""
    who, found, now = me(), signed_in(), clock.utc_now()
    here = found.sign_in.id if found else None
    rows = [
        Row(each, _browser(each.agent), each.id == here) for each in queries.sign_ins(db.session(), who.id, now=now)
    ]
    return render_template(
        "accounts/account.html",
        who=who,
        rows=rows,
        protectable=bool(who.password),
        passkeys=queries.passkeys(db.session(), who.id),
        codes_left=queries.recovery_codes_left(db.session(), who.id),
        desk=desk(),
        organises=can_anywhere(roles(), Permission.EVENT_READ),
        required=bool(who.grants) and found is not None and found.required_somewhere,
        target=wanted(),
    )


@bp.post("/<language:language>/account/sign-ins/<int:sign_in_id>/end")
@requires_sign_in
def end_sign_in(language: str, sign_in_id: int) -> ResponseReturnValue:
    """End one sign-in, wherever it is; ending one that has ended is no error."""
    if sign_ins.end(db.session(), me().id, sign_in_id):
        flash(_("That browser is signed out."), "success")
    db.session.commit()
    return redirect(url_for("accounts.account"))


@bp.post("/<language:language>/account/sign-ins/end-others")
@requires_sign_in
def end_other_sign_ins(language: str) -> ResponseReturnValue:
    """End all sign-ins but this one."""
    found = signed_in()
    ended = sign_ins.end_others(db.session(), me().id, found.sign_in.id if found else None)
    db.session.commit()
    flash(ngettext("%(num)d other browser is signed out.", "%(num)d other browsers are signed out.", ended), "success")
    return redirect(url_for("accounts.account"))


def _browser(agent: str) -> str:
    browser, system = described(agent)
    if browser and system:
        return _("%(browser)s on %(system)s", browser=browser, system=system)
    return browser or system or _("A browser that does not say what it is")
