"""Marking who has come: by organisers in the control room, and by those who conduct the session on its page."""

from flask import flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from galerio_events.desk import queries
from galerio_events.desk.services.control import mark_arrival
from galerio_events.desk.views.common import blueprint, this_moment
from galerio_events.errors import NotFound
from galerio_events.extensions import db
from galerio_events.permissions import Permission
from galerio_events.programme.domain.duties import Duty
from galerio_events.programme.models import ProgrammeSession
from galerio_events.programme.queries import session_by_key
from galerio_events.web.expired import back_to, when_expired
from galerio_events.web.filters import tr_text
from galerio_events.web.guards import actor, requires, signed_in
from galerio_events.web.own import open_session


@requires(Permission.PROGRAMME_EDIT)
def control_again(language: str, slug: str, key: str) -> ResponseReturnValue:
    """To the control room as it stands, where the token of a button was not good any more."""
    return back_to("desk.control")


@blueprint.post("/<language:language>/organise/<slug>/control/<key>/coming")
@requires(Permission.PROGRAMME_EDIT)
@when_expired(control_again)
def mark_in_control(language: str, slug: str, key: str) -> ResponseReturnValue:
    """Mark `person` (a key) as being here (`here` is `1`) or not (`0`)."""
    session = session_by_key(db.session(), g.event.id, key)
    if session is None or session.removed_at is not None:
        raise NotFound("a session of this event")
    return _marked(session, url_for("desk.control", slug=slug, _anchor=f"s-{key}"))


@signed_in
def session_again(language: str, slug: str, key: str) -> ResponseReturnValue:
    """To the page of the session as it stands, where the token of a button was not good any more."""
    open_session(slug, key, Duty.CONDUCT)
    flash(_("This page was open for too long, so nothing has changed yet. Please try again."), "warning")
    return redirect(url_for("desk.session", slug=slug, key=key, _anchor="people"), 303)


@blueprint.post("/<language:language>/desk/<slug>/sessions/<key>/coming")
@signed_in
@when_expired(session_again)
def mark_on_desk(language: str, slug: str, key: str) -> ResponseReturnValue:
    """The same for whoever conducts the session."""
    opened = open_session(slug, key, Duty.CONDUCT)
    return _marked(opened.session, url_for("desk.session", slug=slug, key=key, _anchor="people"))


def _marked(session: ProgrammeSession, back: str) -> ResponseReturnValue:
    wanted = {"1": True, "0": False}.get(request.form.get("here", ""))
    people = queries.colleagues(db.session(), [session.id]).get(session.id, [])
    person = next((one for one in people if one.key == request.form.get("person")), None)
    if wanted is None or person is None or not person.state.takes_part:
        db.session.rollback()
        title, advice = _("Nothing was marked"), _("This person does not take part in the session (any more).")
        if _wants_json():
            return jsonify({"done": False, "said": advice}), 422
        return render_template("error.html", status=422, title=title, advice=advice), 422
    done = mark_arrival(db.session(), session, person.person_id, here=wanted, by=actor().account_id, now=this_moment())
    db.session.commit()
    name = tr_text(person.name)
    if not done:
        said = _("%(name)s: this was marked already; somebody else was faster.", name=name)
    elif wanted:
        said = _("%(name)s is here.", name=name)
    else:
        said = _("%(name)s is not here yet.", name=name)
    if _wants_json():
        return jsonify({"done": done, "said": said})
    flash(said, "success" if done else "info")
    return redirect(back, 303)


def _wants_json() -> bool:
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"
