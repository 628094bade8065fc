"""What was sent with a form outlives the sign-in and the token with which it was to be sent.

A view that takes what people took time to write says with `when_expired` how to show it again. The token is checked as
strictly as ever: nothing is written before it was sent with a good one.
"""

from collections.abc import Callable
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

View = Callable[..., Any]


def when_expired(again: View) -> Callable[[View], View]:
    """Answer with `again` (guarded as the view is, given the same arguments, writing nothing) where the token that came
    with a form is missing, wrong or too old. Where `again` returns None, the answer is the usual one."""

    def mark(view: View) -> View:
        view.__when_expired__ = again  # type: ignore[attr-defined]
        return view

    return mark


def back_to(listing: str) -> Response:
    """To the event's page of that endpoint, where somebody pressed a button whose token was not good any more."""
    flash(_("This page was open for too long, so nothing has changed yet. Please try again."), "warning")
    return redirect(url_for(listing, slug=(request.view_args or {})["slug"]))


def sent_again() -> Any:
    """The answer to this request, whose token is not good, that keeps what was sent; None where there is none.

    What another site has sent is not kept: nobody is to find a form filled in by strangers.
    """
    again = _again()
    if again is None:
        return None
    try:
        shown = again(**(request.view_args or {}))
        return None if shown is None else current_app.make_response(shown)
    except HTTPException as error:
        return signed_out() if error.code == 401 else error


def signed_out() -> tuple[str, int] | None:
    """The page for somebody whose sign-in has ended while they were writing; None where nothing is to be kept."""
    if _again() is None:
        return None
    kept = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    return render_template("organise/signed_out.html", kept=kept, title=_("You are not signed in any more")), 401


def _again() -> View | None:
    if request.method != "POST" or request.headers.get("Sec-Fetch-Site") == "cross-site":
        return None
    found: View | None = getattr(current_app.view_functions.get(request.endpoint or ""), "__when_expired__", None)
    return found
