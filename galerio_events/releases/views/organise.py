"""The page on which organisers see what a release would change, and make one."""

from dataclasses import dataclass

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from galerio_events import clock
from galerio_events.accounts import queries as accounts
from galerio_events.errors import ChangeConflict, Conflict
from galerio_events.events.models import Event
from galerio_events.extensions import db
from galerio_events.permissions import Permission
from galerio_events.programme.domain.conflicts import find
from galerio_events.programme.queries.conflicts import accepted_warnings, conflict_draft
from galerio_events.releases import queries, services
from galerio_events.releases.domain.diff import Diff, diff
from galerio_events.releases.domain.document import PublishedProgramme
from galerio_events.releases.forms import ReleaseForm
from galerio_events.releases.models import Release
from galerio_events.releases.services import draft_digest
from galerio_events.releases.views import common
from galerio_events.web.expired import when_expired
from galerio_events.web.guards import actor, requires
from galerio_events.web.overview import Card, overview_card

blueprint = Blueprint("release", __name__)


@dataclass(frozen=True, slots=True)
class Pending:
    """The draft, the newest release, and how they differ."""

    newest: PublishedProgramme | None
    draft: PublishedProgramme
    diff: Diff

    @property
    def number(self) -> int:
        """The number of the newest release; 0 before the first."""
        return 0 if self.newest is None else self.newest.number

    @property
    def count(self) -> int:
        """How many things a release would change."""
        found = self.diff
        entries = found.people + found.venues + found.tracks + found.organisations
        return len(found.sessions) + len(entries) + bool(found.event)


def pending(db_session: Session, event_id: int) -> Pending:
    """What a release of the event would change now."""
    newest, draft = queries.newest_of(db_session, event_id), queries.draft_programme(db_session, event_id)
    return Pending(newest, draft, diff(newest, draft))


@blueprint.get("/<language:language>/organise/<slug>/release")
@requires(Permission.PROGRAMME_RELEASE)
def page(language: str, slug: str) -> ResponseReturnValue:
    """What would change, the button, and the releases so far."""
    return _page(200)


@requires(Permission.PROGRAMME_RELEASE)
def page_again(language: str, slug: str) -> ResponseReturnValue:
    """The page with what was sent and a fresh token, where the one that was sent is not good any more."""
    problem = _("This page was open for too long, so nothing is released yet. Check what would change, then release.")
    return _page(422, form=common.form_of(g.event)(), problem=problem)


@blueprint.post("/<language:language>/organise/<slug>/release")
@requires(Permission.PROGRAMME_RELEASE)
@when_expired(page_again)
def make(language: str, slug: str) -> ResponseReturnValue:
    """Release the draft, if it is still the one that the reader saw."""
    event: Event = g.event
    form = common.form_of(event)()
    if not form.validate():
        return _page(422, form=form)
    seen, who = common.seen(form), actor().account_id
    try:
        release = services.release_programme(
            db.session(),
            event.id,
            account_id=who,
            note=form.note.data or "",
            announcement=form.announcement(),
            telling=common.telling(form, event),
            drop=bool(form.drop.data),
            now=clock.utc_now(),
            seen=seen,
        )
    except ChangeConflict as conflict:
        db.session.rollback()
        if conflict.reason == Conflict.STALE:
            problem = _("The draft or the release has changed since you opened this page. Check what would change now.")
            return _page(409, form=form, problem=problem)
        made = queries.release_by_number(db.session(), event.id, seen.newest + 1)
        if made is not None and made.released_by == who:
            return done(slug, made)
        return _page(409, problem=_("There is nothing to release: the draft is what the public sees."))
    db.session.flush()
    answer = done(slug, release)
    db.session.commit()
    return answer


@overview_card(20, Permission.PROGRAMME_RELEASE)
def card(db_session: Session, event: Event) -> Card:
    """Whether the public sees the draft."""
    found = pending(db_session, event.id)
    if found.diff.first:
        figure, text = _("not yet"), _("Nothing was released so far: the public sees no programme.")
    elif found.diff.empty:
        figure, text = _("Release %(number)d", number=found.number), _("The public sees what the draft says.")
    else:
        figure = _("Release %(number)d", number=found.number)
        text = ngettext("%(num)d change is not released yet.", "%(num)d changes are not released yet.", found.count)
    return Card(
        title=_("Released programme"),
        figure=figure,
        text=text,
        address=url_for("release.page", slug=event.slug),
        link=_("Release"),
        state="quiet" if found.diff.empty else "attention",
    )


def done(slug: str, release: Release) -> ResponseReturnValue:
    """After a release: to the page of the next one, or, where people are to be told, to what is left to do for that."""
    said = _("Release %(number)d is out. The public sees it within seconds.", number=release.number)
    # A form that was sent twice has said so already.
    if ("success", said) not in map(tuple, session.get("_flashes", ())):
        flash(said, "success")
    if release.announced:
        return redirect(url_for("release.earlier", slug=slug, number=release.number))
    return redirect(url_for("release.page", slug=slug))


def _page(status: int, *, form: ReleaseForm | None = None, problem: str = "") -> ResponseReturnValue:
    event: Event = g.event
    db_session = db.session()
    found = pending(db_session, event.id)
    form = form or common.form_of(event)(formdata=None)
    form.shown.data = draft_digest(found.draft)
    form.after.data = str(found.number)
    releases: list[Release] = queries.releases_of(db_session, event.id)
    people = accounts.emails_of(db_session, [r.released_by for r in releases if r.released_by is not None])
    answer = render_template(
        "organise/release.html",
        event=event,
        pending=found,
        diff=found.diff,
        unsent=services.unsent(db_session, event.id),
        audience=common.whom(db_session, common.turnover(found.newest, found.draft)),
        withheld=queries.withheld(db_session, event.id),
        conflicts=_open_conflicts(db_session, event.id),
        brought_back=releases[0].brought_back if releases else None,
        form=form,
        action=request.path,
        problem=problem,
        releases=releases,
        people=people,
        **common.values(event),
    )
    return answer, status


def _open_conflicts(db_session: Session, event_id: int) -> int:
    """How many conflicts of the draft nobody has accepted: a hint, no reason not to release."""
    accepted = accepted_warnings(db_session, event_id)
    return sum(found.fingerprint not in accepted for found in find(conflict_draft(db_session, event_id)))
