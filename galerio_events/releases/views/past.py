"""Earlier releases: what they said, how any two of them differ, and how one of them becomes public again."""

from flask import abort, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from galerio_events import clock
from galerio_events.accounts import queries as accounts
from galerio_events.errors import ChangeConflict, Conflict
from galerio_events.events.models import Event
from galerio_events.extensions import db
from galerio_events.outbox import queries as outbox
from galerio_events.permissions import Permission
from galerio_events.releases import queries, services
from galerio_events.releases.domain.document import PublishedProgramme
from galerio_events.releases.forms import ReleaseForm
from galerio_events.releases.models import Release
from galerio_events.releases.services import batch_of, draft_digest, to_bring_back
from galerio_events.releases.views import common, timetable
from galerio_events.releases.views.organise import blueprint, done
from galerio_events.web import times
from galerio_events.web.expired import when_expired
from galerio_events.web.guards import actor, requires

# The largest number of a release that an address can hold.
_MOST = 999_999
_PLACE = f"/<language:language>/organise/<slug>/releases/<int(min=1, max={_MOST}):number>"
DRAFT = "draft"


@blueprint.get(_PLACE)
@requires(Permission.PROGRAMME_RELEASE)
def earlier(language: str, slug: str, number: int) -> ResponseReturnValue:
    """One release: its programme by day, what was said about it, and whom it was to reach."""
    event, db_session = g.event, db.session()
    release, programme = _release(event, number)
    newest = queries.newest_number(db_session, event.id)
    before = None if number == 1 else queries.programme_by_number(db_session, event.id, number - 1)
    batch = batch_of(number)
    return render_template(
        "organise/release_earlier.html",
        event=event,
        release=release,
        programme=programme,
        newest=newest,
        by=accounts.emails_of(db_session, [release.released_by] if release.released_by is not None else []),
        days=timetable.days(programme, language=language, zone_name=programme.event.timezone),
        cancelled=[session for session in programme.sessions if session.cancelled],
        zone=programme.event.timezone,
        dates=times.date_range(programme.event.starts_on, programme.event.ends_on, language),
        batch=batch,
        caution=common.caution(db_session, event.id, batch),
        mails=outbox.counts(db_session, event.id, batch=batch) if release.announced else {},
        unreachable_people=common.whom(db_session, common.turnover(before, programme)).unreachable
        if release.announced
        else (),
    )


@blueprint.get("/<language:language>/organise/<slug>/releases/compare")
@requires(Permission.PROGRAMME_RELEASE)
def compare(language: str, slug: str) -> ResponseReturnValue:
    """How `to` differs from `from`: each is the number of a release, or `draft`. 404 for anything else."""
    event: Event = g.event
    db_session = db.session()
    releases = queries.releases_of(db_session, event.id)
    newest = str(releases[0].number) if releases else DRAFT
    first, second = request.args.get("from") or newest, request.args.get("to") or DRAFT
    known = {DRAFT, *(str(release.number) for release in releases)}
    if not {first, second} <= known:
        abort(404)
    old, new = (_programme(event, which) for which in (first, second))
    return render_template(
        "organise/release_compare.html",
        event=event,
        releases=releases,
        first=first,
        second=second,
        diff=common.turnover(old, new).diff,
        **common.values(event),
    )


@blueprint.get(f"{_PLACE}/bring-back")
@requires(Permission.PROGRAMME_RELEASE)
def bring_back(language: str, slug: str, number: int) -> ResponseReturnValue:
    """What would change for the public if the programme of that release took the place of the newest one."""
    return _page(number, 200)


@requires(Permission.PROGRAMME_RELEASE)
def bring_back_again(language: str, slug: str, number: int) -> ResponseReturnValue:
    """The page with what was sent, where the token that came with it is not good any more."""
    problem = _("This page was open for too long, so nothing is released yet. Check what would change, then release.")
    return _page(number, 422, form=common.form_of(g.event)(), problem=problem)


@blueprint.post(f"{_PLACE}/bring-back")
@requires(Permission.PROGRAMME_RELEASE)
@when_expired(bring_back_again)
def make_again(language: str, slug: str, number: int) -> ResponseReturnValue:
    """Release the programme of that release once more, if the newest one is still the one that the reader saw."""
    event: Event = g.event
    form = common.form_of(event)()
    if not form.validate():
        return _page(number, 422, form=form)
    seen, who = common.seen(form), actor().account_id
    try:
        release = services.bring_back(
            db.session(),
            event.id,
            number,
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
            problem = _("Somebody else has released since you opened this page. Check what would change now.")
            return _page(number, 409, form=form, problem=problem)
        made = queries.release_by_number(db.session(), event.id, seen.newest + 1)
        if made is not None and (made.released_by, made.brought_back) == (who, number):
            return done(slug, made)
        return _page(number, 409, problem=_("There is nothing to release: this is what the public sees."))
    answer = done(slug, release)
    db.session.commit()
    return answer


def _release(event: Event, number: int) -> tuple[Release, PublishedProgramme]:
    release = queries.release_by_number(db.session(), event.id, number)
    pointer = queries.pointer_to(db.session(), event.id, number)
    if release is None or pointer is None:
        abort(404)
    return release, queries.programme_of(db.session(), pointer)


def _programme(event: Event, which: str) -> PublishedProgramme:
    if which == DRAFT:
        return queries.draft_programme(db.session(), event.id)
    return _release(event, int(which))[1]


def _page(number: int, status: int, *, form: ReleaseForm | None = None, problem: str = "") -> ResponseReturnValue:
    event: Event = g.event
    db_session = db.session()
    release, programme = _release(event, number)
    newest = queries.newest_of(db_session, event.id) or abort(404)
    draft = to_bring_back(programme, newest)
    change = common.turnover(newest, draft)
    form = form or common.form_of(event)(formdata=None)
    form.shown.data = draft_digest(draft)
    form.after.data = str(newest.number)
    answer = render_template(
        "organise/release_bring_back.html",
        event=event,
        release=release,
        newest=newest,
        diff=change.diff,
        unsent=services.unsent(db_session, event.id),
        audience=common.whom(db_session, change),
        form=form,
        action=request.path,
        problem=problem,
        **common.values(event),
    )
    return answer, status
