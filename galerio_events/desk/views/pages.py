"""The desk: all of somebody's sessions, and each of them."""

from flask import render_template
from flask.typing import ResponseReturnValue

from galerio_events.desk import queries
from galerio_events.desk.domain import Phase, Publicity
from galerio_events.desk.queries.messages import received
from galerio_events.desk.views import feed, notices
from galerio_events.desk.views.common import (
    blueprint,
    email_of_reader,
    entries,
    find_session,
    page_values,
    reader_zone,
    this_moment,
    zone_values,
)
from galerio_events.desk.views.control.showing import members
from galerio_events.extensions import db
from galerio_events.learnings import queries as learnings
from galerio_events.materials import queries as materials
from galerio_events.materials.domain import Reader
from galerio_events.programme.domain.duties import Duty, may
from galerio_events.questions import queries as questions
from galerio_events.web.guards import signed_in


@blueprint.get("/<language:language>/desk")
@signed_in
def index(language: str) -> ResponseReturnValue:
    """Everything that the reader has a part in, on every event: what is next first, what is over beneath."""
    db_session, now = db.session(), this_moment()
    shown = entries(db_session, queries.own_sessions(db_session, email_of_reader()), now=now)
    settled = [entry for entry in shown if entry.publicity is not Publicity.UNSETTLED]
    ahead = [entry for entry in settled if entry.phase is not Phase.OVER]
    order = [*ahead, *(entry for entry in shown if entry not in ahead)]
    zone_name, problem = reader_zone([entry.session for entry in order])
    page = render_template(
        "desk/index.html",
        page="desk",
        next_up=ahead[0] if ahead else None,
        running=queries.running(db_session, ahead[0].session.id, now) if ahead else None,
        later=ahead[1:],
        unsettled=[entry for entry in shown if entry.publicity is Publicity.UNSETTLED],
        over=[entry for entry in reversed(settled) if entry.phase is Phase.OVER],
        profiles=list({entry.session.host.slug: entry.session.host.title for entry in shown}.items()),
        several_events=len({entry.session.host.id for entry in shown}) > 1,
        email=email_of_reader(),
        calendar=feed.addresses(language),
        unread=notices.unread(now),
        **zone_values(zone_name, problem, [entry.session.starts_at for entry in ahead or shown], language),
        **page_values(now),
    )
    return page, 400 if problem else 200


@blueprint.get("/<language:language>/desk/<slug>/sessions/<key>")
@signed_in
def session(language: str, slug: str, key: str) -> ResponseReturnValue:
    """Everything about one session for its people, and for those who edit the event's programme.

    404 for everybody else, as for a session that does not exist.
    """
    db_session, now = db.session(), this_moment()
    own = queries.own_sessions(db_session, email_of_reader())
    found = find_session(slug, key, own)
    told = received(db_session, email_of_reader(), now)
    conducts = not found.roles or may(found.kinds, Duty.CONDUCT)
    entry = entries(db_session, [found], now=now)[0]
    zone_name, problem = reader_zone([found, *own])
    page = render_template(
        "desk/session.html",
        entry=entry,
        session=found,
        running=queries.running(db_session, found.id, now),
        unread=[one for one in told if one.read_at is None],
        told=[one for one in told if one.read_at and (one.slug, one.session) == (slug, key)],
        conducts=conducts,
        in_short=materials.in_short(db_session, {found.id: Reader(not found.roles, found.persons, found.kinds)})[
            found.id
        ],
        questions=questions.counts(db_session, [found.id]).get(found.id),
        learnt=learnings.stands(db_session, [found.id], now=now)[found.id],
        coming={one.person_id: one for one in members(db_session, [found.id], named=False)[found.id]}
        if conducts
        else {},
        **zone_values(zone_name, problem, [found.starts_at], language),
        **page_values(now),
    )
    return page, 400 if problem else 200
