"""The speakers' screen: for whoever may see the session, and under a secret address for a computer in the hall."""

from flask import abort, current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from galerio_events import clock
from galerio_events.extensions import db
from galerio_events.live import queries, services
from galerio_events.live.views.blueprint import bp
from galerio_events.live.views.showing import page_values
from galerio_events.programme.models import ProgrammeSession
from galerio_events.text import private_token
from galerio_events.web.guards import actor, public, signed_in
from galerio_events.web.own import open_session


@bp.get("/<language:language>/desk/<slug>/sessions/<key>/screen")
@signed_in
def screen(language: str, slug: str, key: str) -> ResponseReturnValue:
    """What is on and what is next, in type that is read from across the room."""
    opened = open_session(slug, key)
    return render_template("live/screen.html", **page_values(opened.event, opened.session, clock.utc_now()))


@bp.get("/<language:language>/screen/<token>")
@public
def secret_screen(language: str, token: str) -> ResponseReturnValue:
    """The same for whoever has the secret address; nothing more can be seen or done from there."""
    session = queries.session_of_screen(db.session(), token) or abort(404)
    page = render_template("live/screen.html", **page_values(session.event, session, clock.utc_now()))
    answer = make_response(page)
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


@bp.post("/<language:language>/desk/<slug>/sessions/<key>/live/screen")
@signed_in
def change_screen(language: str, slug: str, key: str) -> ResponseReturnValue:
    """Make a secret address, or another one, or have none any more (`do` is `make` or `drop`). For organisers."""
    opened = open_session(slug, key)
    if not opened.organiser:
        abort(404)
    if request.form.get("do") == "make":
        services.make_screen(
            db.session(),
            opened.session,
            current_app.config["SECRET_KEY"],
            by=actor().account_id,
            now=clock.utc_now(),
        )
        flash(_("The screen has a new address; the one before leads nowhere any more."), "success")
    else:
        services.drop_screen(db.session(), opened.session)
        flash(_("The screen has no secret address any more."), "success")
    db.session.commit()
    return redirect(url_for("live.moderate", slug=slug, key=key, _anchor="screen"))


def screen_address(session: ProgrammeSession) -> str:
    """The secret address of the session's screen; empty where it has none."""
    found = queries.screen_of(db.session(), session.id)
    if found is None:
        return ""
    token = private_token(current_app.config["SECRET_KEY"], services.SCREEN, found.nonce)
    return str(current_app.config["BASE_URL"]) + url_for("live.secret_screen", token=token)
