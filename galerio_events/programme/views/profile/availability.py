"""When somebody can take part, painted on the days of the event, on clocks of their own zone."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from flask import flash, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from galerio_events import clock
from galerio_events.errors import ChangeConflict
from galerio_events.extensions import db
from galerio_events.people.domain import PersonProblem, PersonRefused
from galerio_events.people.domain.painting import Calendar, Cell, calendar, painted
from galerio_events.programme.queries.profiles import session_times
from galerio_events.programme.views.profile.common import Own, bp, open_own, render, save, saved
from galerio_events.web.expired import when_expired
from galerio_events.web.guards import signed_in
from galerio_events.web.locale import page_language
from galerio_events.web.times import clock_time, short_date, zone_choices, zone_label


@signed_in
def availability_again(language: str, slug: str) -> ResponseReturnValue:
    """The calendar with what was painted, where the token of its form is not good any more."""
    own = open_own(slug)
    problem = _("This form was open for too long, so nothing is saved yet. It holds what you entered: save again.")
    return _page(own, _zone(own), 422, problem=problem, chosen=_chosen())


@bp.route("/<language:language>/desk/<slug>/profile/availability", methods=["GET", "POST"])
@signed_in
@when_expired(availability_again)
def availability(language: str, slug: str) -> ResponseReturnValue:
    """The half hours of the event's days, each with a box to tick."""
    own = open_own(slug)
    zone_name = _zone(own)
    if request.method == "GET":
        return _page(own, zone_name, 200)
    always, chosen = request.form.get("when") == "always", _chosen()
    spans = () if always else painted(own.stored.availabilities, _calendar(own, zone_name), chosen)
    if not always and not spans:
        problem = _("Paint at least one half hour, or choose that you can take part at all times.")
        return _page(own, zone_name, 422, problem=problem, chosen=chosen)
    try:
        done = save(own, replace(own.wanted, availabilities=spans), request.form.get("seen", ""))
    except PersonRefused as refused:
        db.session.rollback()
        problem = _("This cannot be saved.")
        if PersonProblem.TOO_MANY_AVAILABILITIES in refused.problems:
            problem = _("These are too many pieces: 50 at most. Fill some gaps, or leave out short pieces.")
        return _page(own, zone_name, 422, problem=problem, chosen=chosen)
    except ChangeConflict:
        db.session.rollback()
        problem = _(
            "Your profile has changed since this page was opened. It holds what you painted: check it and save again."
        )
        return _page(open_own(slug), zone_name, 409, problem=problem, chosen=chosen)
    db.session.commit()
    return saved(own, done, "profile.availability")


def _zone(own: Own) -> str:
    asked = request.values.get("tz", "")
    if asked:
        try:
            return clock.zone_name(asked)
        except clock.UnknownZone:
            flash(_("There is no time zone “%(zone)s”.", zone=asked[:80]), "warning")
    return own.zone


def _chosen() -> frozenset[str]:
    return frozenset(request.form.getlist("free"))


def _days(own: Own) -> tuple[datetime, datetime]:
    """When the event's first day begins, and when its last one ends."""
    event = own.event
    first = datetime.combine(event.starts_on, event.day_starts_at)
    last = datetime.combine(event.ends_on, event.day_starts_at) + timedelta(days=1)
    return clock.candidates(first, event.timezone)[0], clock.candidates(last, event.timezone)[0]


def _calendar(own: Own, zone_name: str) -> Calendar:
    busy = session_times(db.session(), own.event.id)
    return calendar(*_days(own), zone_name, own.stored.availabilities, busy)


def _page(
    own: Own, zone_name: str, status: int, problem: str = "", chosen: frozenset[str] | None = None
) -> tuple[str, int]:
    language = page_language()
    shown = _calendar(own, zone_name)
    event_zone = own.event.timezone

    def told(cell: Cell) -> str:
        """The half hour in words: its day and its times."""
        local, end = (clock.in_zone(m, zone_name) for m in (cell.starts_at, cell.starts_at + timedelta(minutes=30)))
        return f"{short_date(local.date(), language)} {clock_time(local)}–{clock_time(end)}"

    more: dict[str, Any] = {}
    if zone_name != event_zone:
        more["in_event"] = {line: _event_time(line.cells, event_zone) for line in shown.lines}
    return render(
        own,
        "profile/availability.html",
        status,
        calendar=shown,
        told=told,
        chosen=chosen,
        always=not own.stored.availabilities if chosen is None else request.form.get("when") == "always",
        seen=own.seen(),
        problem=problem,
        shown_zone=zone_name,
        shown_zone_label=zone_label(zone_name, _days(own), language),
        event_zone_label=zone_label(event_zone, _days(own), language),
        zones=zone_choices(language),
        outside=[
            span for span in own.stored.availabilities if span.starts_at < _days(own)[0] or span.ends_at > _days(own)[1]
        ],
        **more,
    )


def _event_time(cells: tuple[Cell | None, ...], zone_name: str) -> str:
    """What the event's clocks show at that line, where they show the same on each of its days."""
    shown = {clock_time(clock.in_zone(cell.starts_at, zone_name)) for cell in cells if cell is not None}
    return shown.pop() if len(shown) == 1 else ""
