"""Taking a session out of the draft, and putting it back; the script of the timetable uses the same addresses."""

from flask import flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from galerio_events import clock
from galerio_events.errors import ChangeConflict
from galerio_events.events import queries as events
from galerio_events.extensions import db
from galerio_events.permissions import Permission
from galerio_events.programme import services
from galerio_events.programme.domain.placing import placement_of
from galerio_events.programme.domain.rules import SessionRefused
from galerio_events.programme.models import ProgrammeSession
from galerio_events.programme.views import drawing, live
from galerio_events.programme.views.comparing import before_news, compare
from galerio_events.programme.views.editor import number
from galerio_events.programme.views.pages import bp, removed_page, session_or_404
from galerio_events.programme.views.place import gone, plain
from galerio_events.web.compression import compressed
from galerio_events.web.expired import when_expired
from galerio_events.web.guards import actor, requires


@requires(Permission.PROGRAMME_EDIT)
def _expired(language: str, slug: str, key: str) -> ResponseReturnValue | None:
    """A script gets another token; a form that took no time to fill in is asked for again as everywhere."""
    return drawing.expired() if live.wants_json() else None


@bp.route("/<language:language>/organise/<slug>/programme/<key>/remove", methods=["GET", "POST"])
@requires(Permission.PROGRAMME_EDIT)
@when_expired(_expired)
def remove_session(language: str, slug: str, key: str) -> ResponseReturnValue:
    """Says what removing does, and does it; before that, what others have changed about the session meanwhile."""
    session = session_or_404(key)
    if request.method == "GET":
        return removed_page(session) if session.removed_at is not None else _question(session)
    try:
        services.remove_session(
            db.session(), g.event.id, key, expected_version=_version(), by=actor().account_id, now=clock.utc_now()
        )
    except ChangeConflict:
        db.session.rollback()
        return _changed_meanwhile(session_or_404(key))
    db.session.commit()
    if live.wants_json():
        return drawing.changed(g.event, key)
    flash(_("Removed from the draft. The public sees it until the next release."), "success")
    return redirect(url_for("programme.sessions", slug=slug))


@bp.post("/<language:language>/organise/<slug>/programme/<key>/restore")
@requires(Permission.PROGRAMME_EDIT)
@when_expired(_expired)
def restore_session(language: str, slug: str, key: str) -> ResponseReturnValue:
    """Put a removed session back into the draft."""
    session_or_404(key)
    try:
        services.restore_session(
            db.session(), g.event.id, key, expected_version=_version(), by=actor().account_id, now=clock.utc_now()
        )
    except ChangeConflict:
        db.session.rollback()
        told = _("Somebody else has changed this session meanwhile, so nothing was done.")
        if live.wants_json():
            return drawing.stale(g.event, key, told)
        if session_or_404(key).removed_at is not None:
            return removed_page(session_or_404(key), told), 409
        flash(told, "warning")
        return redirect(url_for("programme.edit_session", slug=slug, key=key))
    except SessionRefused:
        db.session.rollback()
        problem = _("This session lies outside the days of the event now, so it cannot be restored as it is.")
        if live.wants_json():
            return jsonify({"problems": {"start": problem}}), 422
        return removed_page(session_or_404(key), problem), 422
    db.session.commit()
    if live.wants_json():
        return drawing.changed(g.event, key)
    flash(_("Restored to the draft."), "success")
    return redirect(url_for("programme.edit_session", slug=slug, key=key))


def _changed_meanwhile(session: ProgrammeSession) -> ResponseReturnValue:
    """What others have done to a session that somebody wants to remove; nothing is written."""
    if session.removed_at is not None:
        return gone()
    since = number(request.form.get("since"))
    if since < 0:
        since = events.newest_change(db.session(), g.event.id)
    seen = placement_of(before_news(g.event, session, since))
    found = compare(g.event, session, seen, since)
    if not live.wants_json():
        return _question(session, found), 409
    comparison = plain(found)
    del comparison["together"]
    answer = live.part(g.event, [session.key]) | {"stale": True, "comparison": comparison}
    return compressed(jsonify(answer)), 409


def _question(session: ProgrammeSession, comparison: object = None) -> str:
    return render_template(
        "organise/session_remove.html",
        event=g.event,
        session=session,
        comparison=comparison,
        change=events.newest_change(db.session(), g.event.id),
    )


def _version() -> int:
    return number(request.form.get("version"))
