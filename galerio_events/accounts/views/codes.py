"""The page on which a code is typed, and the link of the same mail."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from flask_limiter import RateLimitExceeded

from galerio_events import clock
from galerio_events.accounts import queries
from galerio_events.accounts.domain import Method, safe_next
from galerio_events.accounts.domain.codes import TRIES, CodeRefusal, masked, typed_code
from galerio_events.accounts.forms import CodeForm
from galerio_events.accounts.models import Account, CodeRequest
from galerio_events.accounts.services.codes import link_refusal, send_waiting, use_code, use_link
from galerio_events.accounts.services.purging import purge
from galerio_events.accounts.views.blueprint import begin, bp, failed, onwards, secret_key
from galerio_events.accounts.views.sign_in import WAIT
from galerio_events.extensions import db, limiter
from galerio_events.outbox import services as outbox
from galerio_events.permissions import ANONYMOUS
from galerio_events.text import token_hash
from galerio_events.web.guards import actor, public
from galerio_events.web.sign_ins import known_browser

# Why nobody is signed in: what to say at the top, and what to do about it.
REFUSED = {
    CodeRefusal.UNKNOWN: (
        lazy_gettext("This link is not known here"),
        lazy_gettext("Perhaps it was cut off on its way. Use the whole link from the mail, or ask for a new code."),
    ),
    CodeRefusal.EXPIRED: (
        lazy_gettext("This was good for ten minutes, which are over"),
        lazy_gettext("Ask for a new code; it arrives within a minute."),
    ),
    CodeRefusal.USED: (
        lazy_gettext("This was used already"),
        lazy_gettext("Every code and every link is good once. Ask for a new one if you are not signed in."),
    ),
    CodeRefusal.SPENT: (
        lazy_gettext("Too many wrong codes"),
        lazy_gettext("This code is not accepted any more. Ask for a new one."),
    ),
    CodeRefusal.ELSEWHERE: (
        lazy_gettext("This link works only in the browser that asked for it"),
        lazy_gettext(
            "Go back to the page on which you asked and type the eight digits of the mail there: that works whichever "
            "device you read your mail on. Or ask for a new code here. If you have not asked for a code yourself, "
            "close this page: nothing has happened, and nobody is signed in."
        ),
    ),
}


@bp.route("/<language:language>/sign-in/code", methods=["GET", "POST"])
@public
def code(language: str) -> ResponseReturnValue:
    """Takes the code. The page is found by the handle in its address, or by the browser that has asked."""
    asked = _asked()
    if asked is None:
        return redirect(url_for("accounts.sign_in"))
    form = CodeForm()
    if request.method == "GET":
        return _page(asked, form, 200)
    if not form.validate():
        return _page(asked, form, 422)
    if not typed_code(form.code.data or ""):
        problem = _("The code has eight digits. It stands in the mail that was sent to you.")
        form.code.errors = [*form.code.errors, problem]
        return _page(asked, form, 422)
    try:
        found = _try(asked, form.code.data or "")
    except RateLimitExceeded:
        return _page(asked, form, 429, _("Too many wrong codes were typed here. Wait ten minutes and try again."), WAIT)
    db.session.commit()
    if isinstance(found, Account):
        return _in(found, Method.CODE, asked.target)
    if found is CodeRefusal.WRONG:
        left = TRIES - asked.tries
        problem = ngettext(
            "This is not the code of the mail. You may try %(num)d more time.",
            "This is not the code of the mail. You may try %(num)d more times.",
            left,
        )
        form.code.errors = [*form.code.errors, problem]
        return _page(asked, form, 422)
    return _refused(found, 422)


@bp.route("/<language:language>/sign-in/link/<token>", methods=["GET", "POST"])
@public
def link(language: str, token: str) -> ResponseReturnValue:
    """Looking at it (as mail scanners do) shows a button; pressing that signs in, in the browser that has asked."""
    asked = queries.request_of_link(db.session(), token_hash(token))
    why = link_refusal(asked, browser=known_browser(), now=clock.utc_now())
    if asked is None or why is CodeRefusal.UNKNOWN:
        return _refused(CodeRefusal.UNKNOWN, 404)
    if why is CodeRefusal.ELSEWHERE:
        return _refused(why, 200 if request.method == "GET" else 409)
    if why is not None:
        return _refused(why, 410)
    if request.method == "GET":
        return render_template("accounts/link.html", email=asked.email if asked.shown else masked(asked.email))
    target = asked.target
    found = use_link(db.session(), token, browser=known_browser(), now=clock.utc_now())
    db.session.commit()
    return _in(found, Method.LINK, target) if isinstance(found, Account) else _refused(found, 422)


@limiter.limit("60 per 10 minutes", deduct_when=failed)
def _try(asked: CodeRequest, typed: str) -> Account | CodeRefusal:
    return use_code(db.session(), asked, typed, secret_key=secret_key(), now=clock.utc_now())


def _asked() -> CodeRequest | None:
    """The request that this page is about."""
    handle, browser = request.values.get("request", ""), known_browser()
    if handle:
        return queries.code_request(db.session(), handle[:64])
    return queries.newest_of_browser(db.session(), token_hash(browser)) if browser else None


def _in(account: Account, method: Method, target: str) -> ResponseReturnValue:
    begin(account, method)
    return onwards(safe_next(target), organising=False)


def _page(
    asked: CodeRequest, form: CodeForm, status: int, problem: str = "", headers: dict[str, str] | None = None
) -> ResponseReturnValue:
    shown = render_template(
        "accounts/code.html",
        form=form,
        problem=problem,
        handle=asked.handle,
        email=asked.email if asked.shown else masked(asked.email),
        shown=asked.shown,
        target=safe_next(asked.target),
        over=clock.utc_now() >= asked.expires_at,
    )
    return shown, status, headers or {}


def _refused(why: CodeRefusal, status: int) -> ResponseReturnValue:
    title, advice = REFUSED[why]
    return render_template("accounts/refused.html", title=title, advice=advice, signed_in=actor() != ANONYMOUS), status


def send_codes() -> None:
    """Write the mails with codes; the worker does it whenever it looks for mail."""
    send_waiting(db.session(), now=clock.utc_now())
    db.session.commit()


def purge_what_is_over() -> None:
    """Delete what signing in has left behind, once its time is over; the worker looks every minute."""
    now = clock.utc_now()
    if queries.purgeable(db.session(), now=now):
        purge(db.session(), now=now)
        db.session.commit()


outbox.register_writer(send_codes)
outbox.register_chore(purge_what_is_over)
