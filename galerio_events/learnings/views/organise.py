"""The organisers' overview of key learnings, their approval, and reminders of them."""

from collections import Counter

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from galerio_events import clock
from galerio_events.events.models import Event
from galerio_events.extensions import db
from galerio_events.learnings import queries, services
from galerio_events.learnings.domain import MOST_REMINDERS, Standing, awaited
from galerio_events.learnings.views.blueprint import bp
from galerio_events.learnings.views.editing import PointsPage
from galerio_events.permissions import Permission
from galerio_events.programme import queries as programme
from galerio_events.web.expired import back_to, when_expired
from galerio_events.web.guards import actor, requires
from galerio_events.web.overview import Card, overview_card


@bp.get("/<language:language>/organise/<slug>/learnings")
@requires(Permission.PROGRAMME_READ)
def overview(language: str, slug: str) -> ResponseReturnValue:
    """Every session with how far its key learnings have come; `?standing=` shows those of one kind only."""
    lines = queries.overview(db.session(), g.event.id, now=clock.utc_now())
    wanted = next((each for each in Standing if each == request.args.get("standing")), None)
    return render_template(
        "learnings/overview.html",
        event=g.event,
        lines=[line for line in lines if wanted in {None, line.standing}],
        counts=Counter(line.standing for line in lines),
        total=len(lines),
        wanted=wanted,
        Standing=Standing,
        awaited=awaited,
        remindable=sum(line.remindable and bool(line.reachable) for line in lines),
    )


@requires(Permission.PROGRAMME_EDIT)
def overview_again(language: str, slug: str) -> ResponseReturnValue:
    """The overview, where a button's token is not good any more."""
    return back_to("learnings.overview")


@bp.route("/<language:language>/organise/<slug>/learnings/remind", methods=["GET", "POST"])
@requires(Permission.PROGRAMME_EDIT)
@when_expired(overview_again)
def remind(language: str, slug: str) -> ResponseReturnValue:
    """Says who would be written to about which session, and writes to those that are chosen."""
    db_session, now = db.session(), clock.utc_now()
    if request.method == "GET":
        lines = [line for line in queries.overview(db_session, g.event.id, now=now) if awaited(line.standing)]
        over = [line for line in lines if line.ends_at <= now]
        possible = [line for line in over if line.remindable and line.reachable]
        return render_template(
            "learnings/remind.html", event=g.event, lines=over, possible=possible, most=MOST_REMINDERS
        )
    keys = set(request.form.getlist("session"))
    done = services.remind(db_session, g.event.id, keys, by=actor().account_id, now=now)
    db.session.commit()
    if done.mails:
        said = ngettext("%(num)d reminder is on its way.", "%(num)d reminders are on their way.", done.mails)
        flash(said, "success")
    if done.left_out:
        said = ngettext(
            "%(num)d session was left out: nobody waits for it, or its people cannot be reminded now.",
            "%(num)d sessions were left out: nobody waits for them, or their people cannot be reminded now.",
            len(done.left_out),
        )
        flash(said, "warning")
    elif not done.mails:
        flash(_("No session was chosen, so nobody was written to."), "warning")
    return redirect(url_for("learnings.overview", slug=slug), 303)


@requires(Permission.PROGRAMME_EDIT)
def review_again(language: str, slug: str, key: str) -> ResponseReturnValue:
    """The form with what was sent and a fresh token, where the one that was sent is not good any more."""
    return _page(g.event, key).again()


@bp.route("/<language:language>/organise/<slug>/learnings/<key>", methods=["GET", "POST"])
@requires(Permission.PROGRAMME_EDIT)
@when_expired(review_again)
def review(language: str, slug: str, key: str) -> ResponseReturnValue:
    """The points of one session: to correct, to approve, to send back, to take from the public."""
    return _page(g.event, key).asked()


def _page(event: Event, key: str) -> PointsPage:
    session = programme.session_by_key(db.session(), event.id, key)
    if session is None or session.removed_at is not None:
        abort(404)
    return PointsPage(event, session, organiser=True, reviews=True)


@overview_card(25, Permission.PROGRAMME_READ)
def learnings_card(db_session: Session, event: Event) -> Card:
    """How many sessions have published what was learnt, and how many wait for approval."""
    lines = queries.overview(db_session, event.id, now=clock.utc_now())
    begun = [line for line in lines if line.standing is not Standing.TOO_EARLY]
    waiting = sum(line.standing is Standing.HANDED_IN for line in begun)
    public = sum(line.work.published is not None for line in begun)
    text = _("No session has begun yet.")
    if begun:
        text = ngettext("of %(num)d session begun so far.", "of %(num)d sessions begun so far.", len(begun))
    if waiting:
        text = ngettext("%(num)d waits for your approval.", "%(num)d wait for your approval.", waiting)
    return Card(
        title=_("Key learnings published"),
        figure=str(public),
        text=text,
        address=url_for("learnings.overview", slug=event.slug),
        link=_("Open the key learnings"),
        state="attention" if waiting else "quiet",
    )
