"""The page from which a session is run: for those who conduct it, and for organisers."""

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from galerio_events import clock
from galerio_events.accounts import queries as accounts
from galerio_events.extensions import db
from galerio_events.live import queries, services
from galerio_events.live.domain import LiveDeed, LiveProblem, LiveRefused, watched_to_plain
from galerio_events.live.views.blueprint import bp
from galerio_events.live.views.screens import screen_address
from galerio_events.live.views.showing import page_values, words
from galerio_events.live.views.watching import watching
from galerio_events.programme.domain.duties import Duty
from galerio_events.web.expired import when_expired
from galerio_events.web.guards import actor, signed_in
from galerio_events.web.own import Opened, open_session

# So many of the last presses are on the page.
SHOWN = 12


@bp.get("/<language:language>/desk/<slug>/sessions/<key>/live")
@signed_in
def moderate(language: str, slug: str, key: str) -> ResponseReturnValue:
    """The page with the buttons; whoever does not conduct the session is shown the speakers' screen."""
    opened = open_session(slug, key)
    if not opened.may(Duty.CONDUCT):
        return redirect(url_for("live.screen", slug=slug, key=key))
    return _page(opened)


@signed_in
def press_again(language: str, slug: str, key: str) -> ResponseReturnValue:
    """The page as it stands, where the token of the button that was pressed is not good any more."""
    opened = open_session(slug, key, Duty.CONDUCT)
    problem = _("This page was open for too long, so nothing was done. Press again.")
    if _wants_json():
        return jsonify({"advanced": False, "problem": problem, "reload": True}), 400
    flash(problem, "warning")
    return _page(opened), 422


@bp.post("/<language:language>/desk/<slug>/sessions/<key>/live")
@signed_in
@when_expired(press_again)
def press(language: str, slug: str, key: str) -> ResponseReturnValue:
    """Do what was pressed, to the version that the page showed. A second press with that version does nothing and is
    answered with how things stand."""
    opened = open_session(slug, key, Duty.CONDUCT)
    problem, advanced, stale = "", False, False
    deed = next((deed for deed in LiveDeed if deed == request.form.get("do")), None)
    seen, number = _whole(request.form.get("version")), _whole(request.form.get("number"))
    if deed is None or seen is None or seen < 0 or (number is None) is (deed in {LiveDeed.SKIP, LiveDeed.ADD}):
        problem = words()["refused"]
    else:
        try:
            advanced = services.press(
                db.session(),
                opened.session,
                deed,
                seen=seen,
                number=number if deed in {LiveDeed.SKIP, LiveDeed.ADD} else None,
                by=actor().account_id,
                now=clock.utc_now(),
            )
        except LiveRefused as refused:
            problem = _explained(refused.problem)
        if not advanced:
            db.session.rollback()
    if advanced:
        db.session.commit()
        watching().forget(opened.session.id)
    elif not problem:
        problem, stale = words()["faster"], True
    if _wants_json():
        live = queries.live_of(db.session(), opened.session)
        status = 200 if advanced else 409 if stale else 422
        return jsonify({"advanced": advanced, "problem": problem, "live": watched_to_plain(live.watched)}), status
    if problem:
        flash(problem, "warning")
    return redirect(url_for("live.moderate", slug=slug, key=key))


def _page(opened: Opened) -> str:
    now = clock.utc_now()
    done = queries.actions_of(db.session(), opened.session.id)[-SHOWN:]
    who = accounts.emails_of(db.session(), sorted({each.by for each in done if each.by is not None}))
    return render_template(
        "live/moderate.html",
        **page_values(opened.event, opened.session, now),
        organiser=opened.organiser,
        done=[(each, who.get(each.by or 0, "")) for each in reversed(done)],
        screen=screen_address(opened.session) if opened.organiser else "",
    )


def _wants_json() -> bool:
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def _whole(text: str | None) -> int | None:
    try:
        return int((text or "")[:10])
    except ValueError:
        return None


def _explained(problem: LiveProblem) -> str:
    return {
        LiveProblem.NOT_RUNNING: _("The session is not running."),
        LiveProblem.RUNNING_ALREADY: _("The session is running already."),
        LiveProblem.NOTHING_TO_UNDO: _("There is nothing to undo."),
        LiveProblem.NOT_LATER: _("Only what is still to come can be left out."),
        LiveProblem.TOO_SHORT: _("A segment cannot be shorter than one minute."),
        LiveProblem.TOO_LONG: _("A segment cannot be longer than a day."),
    }[problem]
