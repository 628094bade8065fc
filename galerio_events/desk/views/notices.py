"""What organisers told the reader, on the desk until it is read; and the way in, of which is known who opened it."""

from datetime import datetime

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from galerio_events.accounts.domain import safe_next
from galerio_events.desk import queries
from galerio_events.desk.domain import JoinState
from galerio_events.desk.queries.messages import Received, received
from galerio_events.desk.services.control import note_opening, read_message
from galerio_events.desk.views.common import blueprint, email_of_reader, find_session, if_changed, this_moment, way_in
from galerio_events.extensions import db
from galerio_events.web.expired import when_expired
from galerio_events.web.guards import signed_in
from galerio_events.web.locale import page_language


def unread(now: datetime) -> list[Received]:
    """What the reader was told and has not read yet."""
    return [one for one in received(db.session(), email_of_reader(), now) if one.read_at is None]


@blueprint.app_template_global()
def unread_messages() -> list[Received]:
    """The same for the pages of other features that somebody has open while a session runs."""
    return unread(this_moment())


@blueprint.get("/<language:language>/desk/messages")
@signed_in
def messages(language: str) -> ResponseReturnValue:
    """The messages that wait for the reader, for pages that are open; most often, that nothing has changed."""
    found = unread(this_moment())
    seen = [page_language(), [one.id for one in found]]
    return if_changed(seen, lambda: render_template("desk/_messages.html", unread=found))


@signed_in
def back(language: str, message_id: int) -> ResponseReturnValue:
    """To the desk, where a button's token was not good any more."""
    flash(_("This page was open for too long, so nothing has changed yet. Please try again."), "warning")
    return redirect(url_for("desk.index"), 303)


@blueprint.post("/<language:language>/desk/messages/<int:message_id>/read")
@signed_in
@when_expired(back)
def read(language: str, message_id: int) -> ResponseReturnValue:
    """The reader has read that message; back to the page that showed it. 404 for one that did not go to them."""
    if not read_message(db.session(), message_id, email_of_reader(), now=this_moment()):
        abort(404)
    db.session.commit()
    return redirect(safe_next(request.form.get("next")) or url_for("desk.index"), 303)


@blueprint.get("/<language:language>/desk/<slug>/sessions/<key>/join")
@signed_in
def join(language: str, slug: str, key: str) -> ResponseReturnValue:
    """Into the session, by the reader's own way; to its page where that is not open (any more)."""
    now = this_moment()
    session = find_session(slug, key, queries.own_sessions(db.session(), email_of_reader()))
    found = way_in(session, now)
    if found is None or found.state is not JoinState.OPEN or found.address is None:
        return redirect(url_for("desk.session", slug=slug, key=key))
    if session.persons and "prefetch" not in request.headers.get("Sec-Purpose", ""):
        note_opening(db.session(), session.host.id, session.id, session.persons, now=now)
        db.session.commit()
    answer = redirect(found.address)
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
