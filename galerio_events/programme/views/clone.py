"""A new event from an old one."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup, escape

from galerio_events import clock
from galerio_events.events.models import Event
from galerio_events.extensions import db
from galerio_events.permissions import Permission, can
from galerio_events.programme.domain.cloning import CloneRefused, Part, first_days, next_slug, next_title
from galerio_events.programme.forms.clone import OTHER, CloneForm, clone_form
from galerio_events.programme.queries.cloning import slugs
from galerio_events.programme.queries.whole import whole_draft
from galerio_events.programme.services.cloning import NewEdition, clone_event, made_before
from galerio_events.web.expired import when_expired
from galerio_events.web.filters import LANGUAGE_NAMES, tr_text
from galerio_events.web.guards import actor, requires
from galerio_events.web.locale import page_language
from galerio_events.web.times import long_date

bp = Blueprint("clone", __name__)

# How many sessions a message names: it has to fit into a cookie.
_NAMED = 5


@requires(Permission.EVENT_EDIT)
def page_again(language: str, slug: str) -> ResponseReturnValue:
    """The form with what was sent and a fresh token, where the one that was sent is not good any more."""
    problem = _("This form was open for too long, so nothing is made yet. It holds what you entered: send it again.")
    return _page(_form(request.form), 422, problem=problem)


@bp.route("/<language:language>/organise/<slug>/clone", methods=["GET", "POST"])
@requires(Permission.EVENT_EDIT)
@when_expired(page_again)
def page(language: str, slug: str) -> ResponseReturnValue:
    """The form for a new edition, proposing what the next one is usually like."""
    if request.method == "GET":
        return _page(_form(None), 200)
    form = _form(request.form)
    if not form.validate():
        return _page(form, 422)
    now = clock.utc_now()
    try:
        made = clone_event(db.session(), g.event.id, form.wish(), by=actor().account_id, now=now)
    except CloneRefused as refused:
        db.session.rollback()
        there = made_before(db.session(), form.wish(), by=actor().account_id, now=now)
        if there is not None and can(actor(), Permission.EVENT_EDIT, event_id=there.id):
            flash(_("It is there already: this form has made it."), "success")
            return redirect(url_for("events.organise", slug=there.slug))
        for problem in refused.problems:
            form.tell(problem)
        return _page(form, 422)
    db.session.commit()
    flash(
        _("The new event is there, with its draft.")
        + " "
        + ngettext("It has %(num)d session.", "It has %(num)d sessions.", made.sessions),
        "success",
    )
    if made.laid_aside:
        text = ngettext(
            "%(num)d session is in the tray, because the clocks change at its time:",
            "%(num)d sessions are in the tray, because the clocks change at their time:",
            len(made.laid_aside),
        )
        flash(_named(text, form, made, made.laid_aside, show="tray"), "warning")
    if made.stretched:
        text = ngettext(
            "%(num)d session has another length now, because the clocks change while it lasts:",
            "%(num)d sessions have another length now, because the clocks change while they last:",
            len(made.stretched),
        )
        flash(_named(text, form, made, made.stretched), "warning")
    return redirect(url_for("events.organise", slug=form.slug.data))


def _named(text: str, form: CloneForm, made: NewEdition, keys: Sequence[str], show: str | None = None) -> Markup:
    """The text, and the first few of the new event's sessions of those keys, each with a link to it."""
    slug = form.slug.data
    links = [
        (url_for("programme.edit_session", slug=slug, key=key), _short(tr_text(made.titles[key]) or key))
        for key in keys[:_NAMED]
    ]
    if len(keys) > _NAMED:
        links.append((url_for("programme.listing", slug=slug, show=show), _("all of them")))
    told = escape(_(", ")).join(Markup('<a href="{}">{}</a>').format(address, name) for address, name in links)
    return Markup("{} {}").format(text, told)


def _short(name: str) -> str:
    return name if len(name) <= 40 else f"{name[:39]}…"


def _form(sent: Any) -> CloneForm:
    event: Event = g.event
    days = first_days(event.starts_on, event.timezone, now=clock.utc_now())
    data: dict[str, Any] = {}
    if sent is None:
        title = next_title(event.title, event.ordinal)
        data = {f"title_{tag}": text for tag, text in title.items()} | {
            "slug": _free(next_slug(event.slug, event.ordinal), slugs(db.session())),
            "ordinal": None if event.ordinal is None else event.ordinal + 1,
            "day": days[0].isoformat(),
            "parts": [part.value for part in Part],
        }
    form = clone_form(event.languages, LANGUAGE_NAMES)(sent, data=data)
    form.day.choices = [*((day.isoformat(), _span(event, day)) for day in days), (OTHER, _("another day"))]
    form.parts.choices = [(part.value, text) for part, text in _parts().items()]
    return form


def _page(form: CloneForm, status: int, **more: Any) -> tuple[str, int]:
    old = whole_draft(db.session(), g.event.id)
    counts = {
        Part.ORGANISERS: len(old.event.organisers),
        Part.VENUES: len(old.venues),
        Part.TRACKS: len(old.tracks),
        Part.PEOPLE: len(old.people) + len(old.organisations),
        Part.SESSIONS: len(old.sessions),
        Part.ROLES: sum(len(session.values.people) for session in old.sessions),
    }
    page = render_template(
        "settings/clone.html",
        event=g.event,
        form=form,
        counts={part.value: count for part, count in counts.items()},
        other=OTHER,
        **more,
    )
    return page, status


def _span(event: Event, day: date) -> str:
    """The days of an edition that begins on that day."""
    last = day + (event.ends_on - event.starts_on)
    begins = long_date(day, page_language())
    return begins if last == day else f"{begins} – {long_date(last, page_language())}"


def _free(slug: str, taken: Iterable[str]) -> str:
    used = set(taken)
    tries = [slug, *(f"{slug}-{number}" for number in range(2, len(used) + 3))]
    return next(each for each in tries if each not in used)


def _parts() -> dict[Part, str]:
    return {
        Part.ORGANISERS: _("Hosts and supporters, with their logos"),
        Part.VENUES: _("Venues, with their hours and join addresses"),
        Part.TRACKS: _("Tracks"),
        Part.KINDS: _("What is expected of each kind of session"),
        Part.PEOPLE: _("People and organisations, with their private details"),
        Part.SESSIONS: _("Sessions, at the same time of the same day"),
        Part.TEXTS: _("Summaries, abstracts, talk titles and links of the sessions"),
        Part.ROLES: _("Who has which role; everybody is to be invited"),
    }
