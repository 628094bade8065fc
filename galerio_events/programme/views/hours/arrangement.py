"""A suggestion: how far it is, what it would change, and whether it is to be so."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import abort, flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from galerio_events import clock
from galerio_events.errors import ChangeConflict, NotFound
from galerio_events.errors import Conflict as Why
from galerio_events.events.models import Event
from galerio_events.extensions import db
from galerio_events.permissions import Permission
from galerio_events.programme.domain import ArrangementState
from galerio_events.programme.domain.arranging import (
    Outcome,
    Result,
    Stand,
    Wishes,
    progress_from_plain,
    result_from_plain,
    standing,
    wishes_from_plain,
)
from galerio_events.programme.domain.conflicts import Conflict
from galerio_events.programme.models import Arrangement
from galerio_events.programme.queries import arranging as reads
from galerio_events.programme.queries import timetable
from galerio_events.programme.queries.conflicts import names_in
from galerio_events.programme.services.arranging import WouldConflict, accept_arrangement, dismiss_arrangement
from galerio_events.programme.services.arranging import request_arrangement as ask_again
from galerio_events.programme.views.editor import day_of
from galerio_events.programme.views.hours.blueprint import bp
from galerio_events.programme.views.warnings import told
from galerio_events.web.filters import tr_text
from galerio_events.web.guards import actor, requires

_UNDER_WAY = (ArrangementState.WAITING, ArrangementState.RUNNING)


@dataclass(frozen=True, slots=True)
class Move:
    """A session that would stand elsewhere."""

    key: str
    title: Any
    before: Stand
    after: Stand
    ticked: bool

    @property
    def other_time(self) -> bool:
        return self.before.starts_at != self.after.starts_at


@bp.get("/<language:language>/organise/<slug>/hours/suggest/<int:arrangement>")
@requires(Permission.PROGRAMME_EDIT)
def arrangement(language: str, slug: str, arrangement: int) -> ResponseReturnValue:
    """The suggestion; JSON with its state and what is told of it where the client would rather have that."""
    found = _found(arrangement)
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        state, silent = _standing(found)
        answer = jsonify(state=state.value, told=_told(found, state, silent=silent), under_way=state in _UNDER_WAY)
        answer.vary.add("Accept")
        return answer
    return _page(found)


@bp.post("/<language:language>/organise/<slug>/hours/suggest/<int:arrangement>/dismiss")
@requires(Permission.PROGRAMME_EDIT)
def dismiss(language: str, slug: str, arrangement: int) -> ResponseReturnValue:
    """Stop computing, or put the suggestion aside."""
    try:
        dismiss_arrangement(db.session(), g.event.id, arrangement)
    except NotFound:
        abort(404)
    except ChangeConflict:
        db.session.rollback()
        flash(_("This suggestion was accepted already."), "warning")
        return redirect(url_for("hours.arrangement", slug=slug, arrangement=arrangement))
    db.session.commit()
    flash(_("Put aside. Nothing was changed."), "success")
    return redirect(url_for("hours.suggest", slug=slug))


@bp.post("/<language:language>/organise/<slug>/hours/suggest/<int:arrangement>/again")
@requires(Permission.PROGRAMME_EDIT)
def again(language: str, slug: str, arrangement: int) -> ResponseReturnValue:
    """Ask for the same once more, of the draft as it is now."""
    found = _found(arrangement)
    made, new = ask_again(
        db.session(), g.event.id, wishes_from_plain(found.wishes), by=actor().account_id, now=clock.utc_now()
    )
    db.session.commit()
    if not new and made.id != arrangement:
        flash(
            _("A suggestion is being computed already. Wait for it, or stop it, before you ask for another."), "warning"
        )
    return redirect(url_for("hours.arrangement", slug=slug, arrangement=made.id))


@bp.post("/<language:language>/organise/<slug>/hours/suggest/<int:arrangement>/accept")
@requires(Permission.PROGRAMME_EDIT)
def accept(language: str, slug: str, arrangement: int) -> ResponseReturnValue:
    """Move the sessions that are ticked."""
    found = _found(arrangement)
    keys = request.form.getlist("sessions")
    if not keys:
        return _page(found, 422, problem=_("Tick at least one session, or put the suggestion aside."), ticked=())
    try:
        count = accept_arrangement(
            db.session(), g.event.id, arrangement, keys, by=actor().account_id, now=clock.utc_now()
        )
    except ChangeConflict as conflict:
        db.session.rollback()
        if conflict.reason is Why.STALE:
            problem = _("The draft has changed since this was computed, so nothing was moved. Compute it again.")
        else:
            problem = _("This suggestion is not to be decided any more. Nothing was moved.")
        return _page(_found(arrangement), 409, problem=problem, ticked=keys)
    except WouldConflict as refused:
        db.session.rollback()
        problem = _("These sessions without the others get into each other's way, so nothing was moved.")
        return _page(_found(arrangement), 422, problem=problem, ticked=keys, conflicts=refused.conflicts)
    db.session.commit()
    flash(
        ngettext(
            "%(num)d session was moved in the draft. The public sees it after the next release.",
            "%(num)d sessions were moved in the draft. The public sees it after the next release.",
            count,
        ),
        "success",
    )
    return redirect(url_for("hours.arrangement", slug=slug, arrangement=arrangement))


def _found(arrangement_id: int) -> Arrangement:
    found = reads.arrangement(db.session(), g.event.id, arrangement_id) if arrangement_id < 2**31 else None
    if found is None:
        abort(404)
    return found


def _standing(found: Arrangement) -> tuple[ArrangementState, bool]:
    return standing(found.state, found.requested_at, found.seen_at, clock.utc_now())


def _told(found: Arrangement, state: ArrangementState, *, silent: bool) -> str:
    """How far it is, in a sentence."""
    if state is ArrangementState.WAITING:
        if silent:
            return _("Nobody has begun yet. The mail worker computes suggestions: it does not seem to be running.")
        return _("Waiting to begin.")
    progress = progress_from_plain(found.progress)
    limit = wishes_from_plain(found.wishes).seconds
    if not progress.solutions:
        return _("%(elapsed)d of at most %(limit)d seconds: no arrangement yet.", elapsed=progress.elapsed, limit=limit)
    said = ngettext(
        "%(elapsed)d of at most %(limit)d seconds: %(num)d arrangement found.",
        "%(elapsed)d of at most %(limit)d seconds: %(num)d arrangements found, each better than the one before.",
        progress.solutions,
        elapsed=progress.elapsed,
        limit=limit,
    )
    if progress.cost and progress.bound is not None and progress.bound >= 0:
        gap = round(100 * (progress.cost - progress.bound) / progress.cost)
        said += " " + _("The best possible one is at most %(gap)d%% better.", gap=max(0, gap))
    return said


def _page(
    found: Arrangement,
    status: int = 200,
    *,
    problem: str = "",
    ticked: Collection[str] | None = None,
    conflicts: Sequence[Conflict] = (),
) -> tuple[str, int]:
    event: Event = g.event
    state, silent = _standing(found)
    result = result_from_plain(found.result)
    wishes = wishes_from_plain(found.wishes)
    concerned = {*result.moves, *result.stuck, *_slept_through(result)}
    rows, _names = timetable.timetable_rows(db.session(), event.id, concerned) if concerned else ([], {})
    titles = {row.key: row.title for row in rows}
    venues = {venue.key: venue for venue in timetable.timetable_venues(db.session(), event.id)}
    names = names_in(db.session(), event.id, conflicts)
    page = render_template(
        "organise/hours_arrangement.html",
        event=event,
        arrangement=found,
        state=state,
        states=ArrangementState,
        outcomes=Outcome,
        silent=silent,
        under_way=state in _UNDER_WAY,
        told=_told(found, state, silent=silent),
        result=result,
        wishes=wishes,
        days=_by_day(event, result, titles, ticked),
        titles=titles,
        venues=venues,
        nights=_nights(event, result, titles),
        problem=problem,
        conflicts=[told(conflict, names, event.timezone) for conflict in conflicts],
        stale=state is ArrangementState.READY and reads.changed_since(db.session(), event.id, result.change),
        limits=_limits(wishes),
    )
    return page, status


def _slept_through(result: Result) -> set[str]:
    both = [figures for figures in (result.before, result.after) if figures is not None]
    return {key for figures in both for keys in figures.night.values() for key in keys}


def _by_day(
    event: Event, result: Result, titles: Mapping[str, Any], ticked: Collection[str] | None
) -> dict[date, list[Move]]:
    """What would move, by the day to which it would."""
    moves = [
        Move(key, titles.get(key), before, after, ticked is None or key in ticked)
        for key, (before, after) in result.moves.items()
    ]
    days: dict[date, list[Move]] = {}
    for move in sorted(moves, key=lambda move: (move.after.starts_at, move.after.venue or "", move.key)):
        days.setdefault(day_of(event, move.after.starts_at), []).append(move)
    return days


def _nights(event: Event, result: Result, titles: Mapping[str, Any]) -> list[tuple[str, list[str], list[str]]]:
    """Who takes part in their night, and in what: before, and after."""
    if result.before is None:
        return []
    after = result.after.night if result.after else {}
    keys = dict.fromkeys((*result.before.night, *after))
    people = reads.whereabouts(db.session(), event.id, set(keys)) if keys else {}

    def called(sessions: Sequence[str]) -> list[str]:
        return [tr_text(titles[key]) if key in titles else key for key in sessions]

    return [
        (
            (tr_text(people[key].name) if key in people else "") or key,
            called(result.before.night.get(key, ())),
            called(after.get(key, ())),
        )
        for key in keys
    ]


def _limits(wishes: Wishes) -> list[tuple[date, str]]:
    return [(day, f"{begin:%H:%M}–{end:%H:%M}") for day, (begin, end) in wishes.hours.items()]
