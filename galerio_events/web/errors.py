"""Domain errors and HTTP errors as pages, in the reader's language."""

import errno
from typing import Any

from flask import Flask, render_template
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from galerio_events import errors
from galerio_events.web import expired

_FULL = {errno.ENOSPC, errno.EDQUOT}


def is_full(error: OSError) -> bool:
    """Whether that is what a disk says that has no room left, such as for what a request has sent."""
    return error.errno in _FULL


def init_app(app: Flask) -> None:
    """Register the error pages."""

    def page(status: int, title: str, advice: str) -> tuple[str, int]:
        return render_template("error.html", status=status, title=title, advice=advice), status

    @app.errorhandler(errors.NotFound)
    @app.errorhandler(404)
    def not_found(_error: Exception) -> tuple[str, int]:
        return page(404, _("Page not found"), _("Check the address, or start from the conference's home page."))

    @app.errorhandler(errors.Forbidden)
    @app.errorhandler(403)
    def forbidden(_error: Exception) -> tuple[str, int]:
        return page(403, _("Not allowed"), _("Your account may not do this. Ask the organisers if it should."))

    @app.errorhandler(errors.ChangeConflict)
    @app.errorhandler(StaleDataError)
    def conflict(_error: Exception) -> tuple[str, int]:
        return page(
            409, _("Someone else was faster"), _("This has changed since you opened it. Go back, reload and try again.")
        )

    @app.errorhandler(CSRFError)
    def form_expired(_error: Exception) -> Any:
        advice = _("Nothing was saved. Go back, copy what you entered, open the page anew and send it from there.")
        return expired.sent_again() or page(400, _("This form has expired"), advice)

    @app.errorhandler(401)
    def signed_out(error: HTTPException) -> Any:
        return expired.signed_out() or other(error)

    @app.errorhandler(HTTPException)
    def other(error: HTTPException) -> tuple[str, int] | tuple[str, int, dict[str, str]] | HTTPException:
        if error.code is None or error.code < 400:
            return error
        if error.code == 429:
            return page(429, _("Too many requests"), _("Wait a minute and try again."))
        if error.code == 413:
            advice = _("This server takes 40 MB at once. Nothing was saved; go back and choose a smaller file.")
            return page(413, _("What you sent is too large"), advice)
        if error.code >= 500:
            return broken(error)
        # A 405 has to say what is allowed, a 401 how to sign in (RFC 9110, 15.5.2 and 15.5.6).
        kept = {name: value for name, value in error.get_headers() if name != "Content-Type"}
        return *page(error.code, _("That did not work"), _("Go back and check what you sent.")), kept

    @app.errorhandler(OSError)
    def no_room(error: OSError) -> tuple[str, int]:
        if not is_full(error):
            raise error
        advice = _("There is no room left on the server, so nothing was kept. Please tell the organisers.")
        return page(507, _("The server is full"), advice)

    @app.errorhandler(500)
    def broken(_error: Exception) -> tuple[str, int]:
        from galerio_events.extensions import db

        # What broke may have left the transaction unusable, and the page may want to know who is signed in.
        db.session.rollback()
        return page(500, _("Something broke on our side"), _("It has been noted. Please try again in a few minutes."))
