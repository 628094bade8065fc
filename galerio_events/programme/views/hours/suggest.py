"""Asking for times that suit people better."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from galerio_events import clock
from galerio_events.events.domain import VenueKind
from galerio_events.events.models import Event
from galerio_events.extensions import db
from galerio_events.permissions import Permission
from galerio_events.programme.domain import SessionKind
from galerio_events.programme.domain.arranging import MOST_MOVED
from galerio_events.programme.domain.conflicts import Place
from galerio_events.programme.domain.placing import days_of
from galerio_events.programme.forms.arranging import ArrangeForm, arrange_form
from galerio_events.programme.queries import arranging as reads
from galerio_events.programme.queries import timetable
from galerio_events.programme.queries.conflicts import conflict_draft
from galerio_events.programme.queries.timetable import TimetableRow, TimetableVenue
from galerio_events.programme.services.arranging import request_arrangement
from galerio_events.programme.views import live
from galerio_events.programme.views.editor import day_of
from galerio_events.programme.views.hours.blueprint import bp
from galerio_events.web.expired import when_expired
from galerio_events.web.filters import tr_text
from galerio_events.web.guards import actor, requires
from galerio_events.web.locale import page_language
from galerio_events.web.times import long_date

# What is moved unless somebody says otherwise: no opening, no reception, no break.
_USUALLY = frozenset({SessionKind.SESSION, SessionKind.KEYNOTE, SessionKind.WORKSHOP, SessionKind.OTHER})
_USUAL_HOURS = (time(9), time(18))


@dataclass(frozen=True, slots=True)
class Offer:
    """What there is to choose from: sessions by day (None: the tray), venues, days."""

    sessions: dict[date | None, list[TimetableRow]]
    venues: list[TimetableVenue]
    days: list[date]

    @property
    def count(self) -> int:
        return sum(map(len, self.sessions.values()))


@requires(Permission.PROGRAMME_EDIT)
def suggest_again(language: str, slug: str) -> ResponseReturnValue:
    """The form with what was sent and a fresh token, where the one that was sent is not good any more."""
    offer = _offer(g.event)
    problem = _("This page was open for too long, so nothing was asked for yet. It holds what you chose: ask again.")
    return _page(offer, _form(offer, request.form), 422, problem)


@bp.route("/<language:language>/organise/<slug>/hours/suggest", methods=["GET", "POST"])
@requires(Permission.PROGRAMME_EDIT)
@when_expired(suggest_again)
def suggest(language: str, slug: str) -> ResponseReturnValue:
    """The form; sent, it makes a request that the worker takes. With `?day=` it has the sessions of that day only."""
    event: Event = g.event
    offer = _offer(event)
    if request.method == "GET":
        return _page(offer, _form(offer, None), 200)
    form = _form(offer, request.form)
    if not form.validate():
        return _page(offer, form, 422)
    made, new = request_arrangement(db.session(), event.id, form.wishes(), by=actor().account_id, now=clock.utc_now())
    db.session.commit()
    if not new:
        flash(
            _("A suggestion is being computed already. Wait for it, or stop it, before you ask for another."), "warning"
        )
    return redirect(url_for("hours.arrangement", slug=event.slug, arrangement=made.id))


def _offer(event: Event) -> Offer:
    rows, _names = timetable.timetable_rows(db.session(), event.id)
    days = days_of(live.frame_of(event))
    free = [row for row in rows if not row.locked]
    found: dict[date | None, list[TimetableRow]] = {}
    for row in free:
        found.setdefault(day_of(event, row.starts_at) if row.scheduled else None, []).append(row)
    wanted = {each.isoformat(): each for each in days}.get(request.args.get("day", ""))
    if wanted is None and len(free) > MOST_MOVED:
        wanted = next((day for day in days if day in found), days[0])
    if wanted is not None:
        found = {day: some for day, some in found.items() if day in {wanted, None}}
    return Offer(found, timetable.timetable_venues(db.session(), event.id), days)


def _form(offer: Offer, sent: Any) -> ArrangeForm:
    event: Event = g.event
    draft = conflict_draft(db.session(), event.id)
    shown = [day for day in offer.sessions if day is not None]
    ticked = [
        row.key for day, some in offer.sessions.items() for row in some if day is not None and row.kind in _USUALLY
    ]
    days = shown if len(shown) == 1 else offer.days
    return arrange_form(
        sent,
        sessions=[(row.key, tr_text(row.title)) for some in offer.sessions.values() for row in some],
        venues=[(venue.key, tr_text(venue.name)) for venue in offer.venues],
        days={
            day: (long_date(day, page_language()), _usual_hours(event, offer.sessions.get(day, ()), draft.venues))
            for day in days
        },
        ticked=ticked[:MOST_MOVED],
        changeover=event.changeover_minutes,
    )


def _usual_hours(event: Event, rows: Sequence[TimetableRow], places: Any) -> tuple[time, time]:
    """From when to when sessions are on such a day: the hours of the venues, else those of the sessions that are there,
    on the full hour, else those of an office."""
    hours = [place.hours for place in places.values() if isinstance(place, Place) and place.hours]
    if hours and all(opens < closes for opens, closes in hours):
        return min(opens for opens, _closes in hours), max(closes for _opens, closes in hours)
    if not rows:
        return _USUAL_HOURS
    begin = clock.in_zone(min(row.starts_at for row in rows), event.timezone)
    end = clock.in_zone(max(row.ends_at for row in rows), event.timezone)
    return time(begin.hour), time(end.hour if not end.minute else (end.hour + 1) % 24)


def _page(offer: Offer, form: ArrangeForm, status: int, problem: str = "") -> tuple[str, int]:
    event: Event = g.event
    page = render_template(
        "organise/hours_suggest.html",
        event=event,
        offer=offer,
        form=form,
        problem=problem,
        wanted=request.args.get("day", ""),
        venues={venue.key: venue for venue in offer.venues},
        onsite=VenueKind.ONSITE,
        present=reads.newest_arrangement(db.session(), event.id),
        most=MOST_MOVED,
    )
    return page, status
