"""The calendar of somebody's own slots: its address, and what is had there."""

from flask import Response, abort, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from galerio_events import clock
from galerio_events.desk import exports, queries, services
from galerio_events.desk.domain import Part, Standing
from galerio_events.desk.exports import OwnSlot
from galerio_events.desk.views.common import blueprint
from galerio_events.extensions import db
from galerio_events.programme.domain import RoleKind
from galerio_events.releases.domain.document import PublishedSession
from galerio_events.releases.queries import newest_of_events
from galerio_events.web.expired import when_expired
from galerio_events.web.guards import actor, public, signed_in
from galerio_events.web.locale import LANGUAGES
from galerio_events.web.published import without_cookies


def addresses(language: str) -> dict[str, str]:
    """Where the reader's own calendar is had: `address`, `webcal`; empty where they have none."""
    token = services.feed_token(db.session(), _reader(), secret_key=current_app.config["SECRET_KEY"])
    if token is None:
        return {}
    address = _address(token)
    return {"address": address, "webcal": "webcal:" + address.partition(":")[2]}


def _address(token: str) -> str:
    return str(current_app.config["BASE_URL"]) + url_for("desk.calendar", token=token)


def _reader() -> int:
    account_id = actor().account_id
    if account_id is None:
        abort(401)
    return account_id


@signed_in
def back(language: str) -> ResponseReturnValue:
    """To the desk, where a button's token was not good any more."""
    flash(_("This page was open for too long, so nothing has changed yet. Please try again."), "warning")
    return redirect(url_for("desk.index"), 303)


@blueprint.post("/<language:language>/desk/calendar")
@signed_in
@when_expired(back)
def new_calendar(language: str) -> ResponseReturnValue:
    """Give the reader's own calendar an address, in the language of the page; an earlier one stops working."""
    db_session = db.session()
    had = queries.open_feed(db_session, _reader()) is not None
    services.new_feed(
        db_session, _reader(), language=language, secret_key=current_app.config["SECRET_KEY"], now=clock.utc_now()
    )
    db_session.commit()
    if had:
        flash(_("Your calendar has a new address. The old one no longer works."), "success")
    else:
        flash(_("Your calendar has an address now."), "success")
    return redirect(url_for("desk.index", _anchor="calendar"), 303)


@blueprint.post("/<language:language>/desk/calendar/end")
@signed_in
@when_expired(back)
def end_calendar(language: str) -> ResponseReturnValue:
    """Let the address of the reader's own calendar open nothing any more."""
    db_session = db.session()
    services.end_feed(db_session, _reader(), now=clock.utc_now())
    db_session.commit()
    flash(_("The address of your calendar no longer works."), "success")
    return redirect(url_for("desk.index", _anchor="calendar"), 303)


@blueprint.get("/desk/<token>.ics")
@public
def calendar(token: str) -> AnyResponse:
    """Somebody's own slots, for a calendar program that asks again and again; guarded by the token alone."""
    without_cookies()
    db_session = db.session()
    found = queries.feed_by_token(db_session, token)
    if found is None:
        abort(404)
    feed, account = found
    data = exports.calendar(
        _slots(account.email),
        language=feed.language if feed.language in LANGUAGES else LANGUAGES[0],
        base_url=str(current_app.config["BASE_URL"]),
        made_at=feed.created_at,
        source=_address(token),
    )
    response = Response(data, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="my-sessions.ics"'
    response.headers["Cache-Control"] = "private, max-age=0, must-revalidate"
    response.add_etag()
    return response.make_conditional(request)


def _slots(email: str) -> list[OwnSlot]:
    """The slots of the person of that mailbox in the newest releases; those that were taken away since the first one
    are among them."""
    db_session = db.session()
    persons = queries.known_as(db_session, email)
    parts = queries.parts(db_session, persons)
    programmes = newest_of_events(db_session, persons)
    began = queries.first_releases(db_session, programmes)
    slots = []
    for event_id, programme in programmes.items():
        for session in programme.sessions:
            part = parts.get((event_id, session.key))
            if part is None:
                continue
            lost = part.standing is Standing.OUT
            if lost and (part.since is None or part.since < began[event_id]):
                continue
            slots.append(OwnSlot(programme, session, part, _roles(session, part, persons[event_id])))
    return sorted(slots, key=lambda slot: (slot.session.starts_at, slot.programme.event.slug, slot.session.key))


def _roles(session: PublishedSession, part: Part, persons: frozenset[str]) -> tuple[RoleKind, ...]:
    if part.standing is not Standing.CONFIRMED:
        return ()
    return tuple(dict.fromkeys(role.role for role in session.people if role.person in persons))
