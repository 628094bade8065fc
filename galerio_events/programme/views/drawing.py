"""A session that somebody drew into the timetable, taken out of it, or put back: answers for the script."""

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from galerio_events import clock
from galerio_events.events.models import Event
from galerio_events.extensions import db
from galerio_events.programme import services
from galerio_events.programme.domain.rules import SessionRefused
from galerio_events.programme.domain.texts import suggested_key
from galerio_events.programme.forms import SessionForm
from galerio_events.programme.queries.timetable import keys_taken
from galerio_events.programme.views import live
from galerio_events.programme.views.editor import Editor
from galerio_events.web.compression import compressed
from galerio_events.web.guards import actor


def added(editor: Editor) -> ResponseReturnValue:
    """Add the session that the form describes; what was wrong with it by field, where it cannot be."""
    event = editor.event
    form = editor.form(request.form)
    valid = form.validate()
    instants = form.instants(editor.frame)
    form.ask(editor.frame, instants)
    if not valid or len(instants.moments) < 2:
        for problem in form.problems(editor.frame, instants):
            form.explain(problem)
        return _refused(form)
    values = form.values(instants)
    taken = keys_taken(db.session(), event.id)
    try:
        made = services.add_session(
            db.session(),
            event.id,
            form.key.data or suggested_key(values.title, taken),
            values,
            nonce=form.nonce_sent(),
            by=actor().account_id,
            now=clock.utc_now(),
        )
    except SessionRefused as refused:
        db.session.rollback()
        for problem in refused.problems:
            form.explain(problem)
        return _refused(form)
    key = made.key
    db.session.commit()
    return changed(event, key)


def changed(event: Event, key: str) -> ResponseReturnValue:
    """The session as it is now; none where it has been removed."""
    return compressed(jsonify(live.part(event, [key]) | {"key": key}))


def stale(event: Event, key: str, problem: str) -> ResponseReturnValue:
    """Somebody else was faster: nothing was done, as `problem` says, and this is what the session says now."""
    answer = live.part(event, [key]) | {"key": key, "stale": True, "problems": {"start": problem}}
    return compressed(jsonify(answer)), 409


def expired() -> ResponseReturnValue:
    """What a script gets whose token is not good any more: nothing was done, and here is another token."""
    return jsonify({"expired": True, "csrf_token": generate_csrf()}), 400


def _refused(form: SessionForm) -> ResponseReturnValue:
    problems = {field.short_name: " ".join(map(str, field.errors)) for field in form if field.errors}
    return jsonify({"problems": problems}), 422
