"""Moving one session: the endpoint that the timetable's script and the form without a script share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import abort, flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from galerio_events import clock
from galerio_events.errors import ChangeConflict, NotFound
from galerio_events.events import queries as events
from galerio_events.events.models import Event
from galerio_events.extensions import db
from galerio_events.permissions import Permission
from galerio_events.programme import queries, services
from galerio_events.programme.domain.placing import (
    STEP,
    Placement,
    PlaceProblem,
    Reading,
    days_of,
    minutes_between,
    placement_of,
    read,
)
from galerio_events.programme.domain.rules import SessionProblem, SessionRefused, time_problems
from galerio_events.programme.forms import EXPLAINED, NEVER, TWICE
from galerio_events.programme.models import ProgrammeSession
from galerio_events.programme.queries.timetable import timetable_venues, venue_keys
from galerio_events.programme.views import drawing, live, live_conflicts
from galerio_events.programme.views.comparing import Comparison, before_news, compare
from galerio_events.programme.views.editor import MOST_ROWS, day_of, number
from galerio_events.programme.views.pages import bp
from galerio_events.web.compression import compressed
from galerio_events.web.expired import when_expired
from galerio_events.web.guards import actor, requires
from galerio_events.web.locale import page_language
from galerio_events.web.times import at

_l: Any = lazy_gettext

OUTSIDE = EXPLAINED[SessionProblem.STARTS_OUTSIDE_EVENT][1]

EXPLAINED_HERE = {
    PlaceProblem.DAY_INVALID: _l("Choose a day of the event."),
    PlaceProblem.START_INVALID: _l("Enter a time, like 13:10."),
    PlaceProblem.START_OUTSIDE: OUTSIDE,
    PlaceProblem.END_OUTSIDE: OUTSIDE,
    PlaceProblem.START_UNCLEAR: TWICE,
    PlaceProblem.START_NEVER: NEVER,
    PlaceProblem.LENGTH_INVALID: _l("Enter a whole number of minutes from 1 to 2,880."),
    PlaceProblem.VENUE_UNKNOWN: _l("This venue is not there any more. Choose another one."),
}
# Where the fields of the whole session's form are in this one.
_FIELDS = {"starts_at": "start", "ends_at": "minutes", "venue": "venue"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a request asks for: a placement, or what is wrong with what was entered."""

    reading: Reading
    version: int
    since: int


@requires(Permission.PROGRAMME_EDIT)
def place_again(language: str, slug: str, key: str) -> ResponseReturnValue:
    """The form with what was sent, which was not saved because its token is not good any more."""
    session = present(key)
    if live.wants_json():
        return drawing.expired()
    problem = _("This form was open for too long, so nothing is saved yet. It holds what you entered: save again.")
    return _page(session, request.form, 422, problem=problem)


@bp.route("/<language:language>/organise/<slug>/programme/<key>/place", methods=["GET", "POST"])
@requires(Permission.PROGRAMME_EDIT)
@when_expired(place_again)
def place_session(language: str, slug: str, key: str) -> ResponseReturnValue:
    """Where a session stands: day, start, length, venue, whether it is in the timetable, whether it is locked.

    A GET with `dry=1` answers with the conflicts that the session would have there, and writes nothing.
    """
    event: Event = g.event
    session = queries.session_by_key(db.session(), event.id, key)
    if session is None:
        abort(404)
    if session.removed_at is not None:
        return gone()
    if request.method == "GET" and request.args.get("dry") == "1":
        return _dry(session)
    if request.method == "GET":
        return _page(session, None, 200)
    stored = placement_of(queries.values_of(session))
    wanted = _wanted(stored)
    target = wanted.reading.placement
    if target is None:
        return _refused(session, {name: str(EXPLAINED_HERE[why]) for name, why in wanted.reading.problems.items()},
                        wanted.reading)  # fmt: skip
    wrong = time_problems(target.starts_at, target.ends_at, live.frame_of(event), scheduled=target.scheduled)
    if wrong:
        return _refused(session, explained(wrong), wanted.reading)
    if request.form.get("do") == "check":
        return _page(session, request.form, 200, would=live_conflicts.told_if(event, key, target))
    try:
        services.place_session(
            db.session(),
            event.id,
            key,
            target,
            expected_version=wanted.version,
            by=actor().account_id,
            now=clock.utc_now(),
        )
    except SessionRefused as refused:
        db.session.rollback()
        return _refused(session, explained(refused.problems), wanted.reading)
    except NotFound:
        db.session.rollback()
        return gone()
    except ChangeConflict:
        db.session.rollback()
        return _stale(key, wanted)
    db.session.commit()
    return _done(key, target)


def explained(problems: Sequence[SessionProblem]) -> dict[str, str]:
    """What keeps a session from standing somewhere, by field of the form."""
    found: dict[str, str] = {}
    for problem in problems:
        name, text = EXPLAINED[problem]
        found.setdefault(_FIELDS.get(name, "start"), str(text))
    return found


def present(key: str) -> ProgrammeSession:
    """The session of that key, which is in the draft; 404 where it is not."""
    session = queries.session_by_key(db.session(), g.event.id, key)
    if session is None or session.removed_at is not None:
        abort(404)
    return session


def _wanted(stored: Placement) -> Wanted:
    """What was sent. A button changes the stored placement; the form, or the script, says all of it."""
    sent = request.form
    version = number(sent.get("version") or request.args.get("version"))
    since = number(sent.get("since"))
    if since < 0:
        since = events.newest_change(db.session(), g.event.id)
    command = _commanded(sent.get("do", ""), stored)
    if command is not None:
        return Wanted(Reading(command, {}), version, since)
    venues = venue_keys(db.session(), g.event.id)
    return Wanted(read(sent, stored, live.frame_of(g.event), venues), version, since)


def _commanded(command: str, stored: Placement) -> Placement | None:
    """What a button means; None where it is none that stands for a change."""
    if command in {"earlier", "later"}:
        return stored.later(-STEP if command == "earlier" else STEP)
    if command in {"tray", "timetable"}:
        return replace(stored, scheduled=command == "timetable")
    if command in {"lock", "unlock"}:
        return replace(stored, locked=command == "lock")
    return None


def _dry(session: ProgrammeSession) -> ResponseReturnValue:
    stored = placement_of(queries.values_of(session))
    venues = venue_keys(db.session(), g.event.id)
    reading = read(request.args, stored, live.frame_of(g.event), venues)
    if reading.placement is None:
        return jsonify({"problems": {name: str(EXPLAINED_HERE[why]) for name, why in reading.problems.items()}}), 422
    return jsonify({"conflicts": live_conflicts.told_if(g.event, session.key, reading.placement)})


def _done(key: str, there: Placement) -> ResponseReturnValue:
    event: Event = g.event
    if live.wants_json():
        return compressed(jsonify(live.part(event, [key])))
    flash(_("Saved in the draft. The public sees it after the next release."), "success")
    for conflict in live_conflicts.told_of(event, [key]):
        flash(conflict["text"], "warning")
    times = queries.times_by_key(db.session(), event.id)
    day = day_of(event, there.starts_at).isoformat() if len(times) > MOST_ROWS else None
    return redirect(url_for("programme.sessions", slug=event.slug, day=day, _anchor=key))


def gone() -> ResponseReturnValue:
    """Where a session that somebody else has removed is looked for."""
    if live.wants_json():
        return jsonify(
            {"gone": True, "problems": {"start": _("Somebody else has removed this session meanwhile.")}}
        ), 409
    flash(_("Somebody else has removed this session meanwhile."), "warning")
    return redirect(url_for("programme.listing", slug=g.event.slug, show="removed"))


def _refused(session: ProgrammeSession, problems: Mapping[str, str], reading: Reading) -> ResponseReturnValue:
    if live.wants_json():
        candidates = [{"value": clock.to_text(moment), "text": _moment(moment)} for moment in reading.questions]
        return jsonify({"problems": problems, "candidates": candidates}), 422
    return _page(present(session.key), _entered(session), 422, problems=problems, questions=reading.questions)


def _entered(session: ProgrammeSession) -> Mapping[str, str]:
    """What stands in the form: what was sent, or, where a button was pressed, what is stored."""
    stored = placement_of(queries.values_of(session))
    return request.form if _commanded(request.form.get("do", ""), stored) is None else _shown(stored, session.version)


def _stale(key: str, wanted: Wanted) -> ResponseReturnValue:
    """Somebody else has saved the session since the reader saw it."""
    event: Event = g.event
    session = queries.session_by_key(db.session(), event.id, key)
    if session is None or session.removed_at is not None:
        return gone()
    base = before_news(event, session, wanted.since)
    mine = _commanded(request.form.get("do", ""), placement_of(base)) or wanted.reading.placement
    stored = placement_of(queries.values_of(session))
    if mine is None or mine == stored:
        return _done(key, stored)
    found = compare(event, session, mine, wanted.since)
    if all(difference.theirs is None for difference in found.differences):
        return _unknown(session, found.together)
    if not live.wants_json():
        return _page(session, _shown(found.together, session.version), 409, comparison=found)
    answer = live.part(event, [key]) | {"stale": True, "comparison": plain(found)}
    return compressed(jsonify(answer)), 409


def _unknown(session: ProgrammeSession, wanted: Placement) -> ResponseReturnValue:
    """Nothing is known to have changed since, yet what was sent is not about the version that is stored."""
    told = _(
        "What was sent belongs to another version of this session than the stored one, so nothing is saved yet. "
        "Check it and save again."
    )
    if live.wants_json():
        answer = live.part(g.event, [session.key]) | {"stale": True, "problems": {"start": told}}
        return compressed(jsonify(answer)), 409
    return _page(session, _shown(wanted, session.version), 409, problem=told)


def plain(found: Comparison) -> dict[str, Any]:
    """The comparison for the script."""
    together = found.together
    return {
        "differences": [
            {"field": d.field, "before": d.before, "mine": d.mine, "theirs": d.theirs} for d in found.differences
        ],
        "who": found.who,
        "at": _moment(found.at) if found.at else None,
        "together": {
            "starts_at": clock.to_text(together.starts_at),
            "ends_at": clock.to_text(together.ends_at),
            "venue": together.venue or "",
            "scheduled": "1" if together.scheduled else "0",
            "locked": "1" if together.locked else "0",
        },
    }


def _moment(moment: datetime) -> str:
    zone = g.event.timezone
    return f"{at(moment, zone, page_language())} ({clock.offset_label(moment, zone)})"


def _shown(placement: Placement, version: int) -> dict[str, str]:
    """What the form shows for a placement. What lies outside the event's days begins on the first of them."""
    event: Event = g.event
    frame = live.frame_of(event)
    local = clock.in_zone(placement.starts_at, event.timezone)
    day = day_of(event, placement.starts_at)
    return {
        "version": str(version),
        "since": str(events.newest_change(db.session(), event.id)),
        "day": min(max(day, frame.starts_on), frame.ends_on).isoformat(),
        "start": f"{local.hour:02}:{local.minute:02}",
        "meant": clock.to_text(placement.starts_at),
        "minutes": str(minutes_between(placement.starts_at, placement.ends_at)),
        "venue": placement.venue or "",
        "scheduled": "1" if placement.scheduled else "0",
        "locked": "1" if placement.locked else "0",
    }


def _page(session: ProgrammeSession, sent: Mapping[str, str] | None, status: int, **more: Any) -> tuple[str, int]:
    """The form, with what was sent or what is stored."""
    event: Event = g.event
    frame = live.frame_of(event)
    stored = _shown(placement_of(queries.values_of(session)), session.version)
    page = render_template(
        "organise/place.html",
        event=event,
        session=session,
        shown=stored if sent is None else {**dict.fromkeys(stored, ""), **dict(sent)},
        stored=stored,
        days=days_of(frame),
        venues=[(venue.key, venue.name) for venue in timetable_venues(db.session(), event.id)],
        conflicts=live_conflicts.told_of(event, [session.key]),
        step=STEP,
        **({"problems": {}, "questions": (), "comparison": None, "would": None, "problem": ""} | more),
    )
    return page, status
