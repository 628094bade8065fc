"""The page of the control room, and the part of it that open pages ask for again and again."""

from datetime import datetime
from typing import Any

from flask import g, render_template
from flask.typing import ResponseReturnValue

from galerio_events.desk.domain.control import Alarm, Course, Lull
from galerio_events.desk.queries import control as queries
from galerio_events.desk.views.common import blueprint, if_changed, tag_of, this_moment
from galerio_events.desk.views.control.showing import board
from galerio_events.events.models import Event
from galerio_events.extensions import db
from galerio_events.live.domain import whole_minutes
from galerio_events.permissions import Permission
from galerio_events.web.guards import actor, requires
from galerio_events.web.locale import page_language


@blueprint.get("/<language:language>/organise/<slug>/control")
@requires(Permission.PROGRAMME_EDIT)
def control(language: str, slug: str) -> ResponseReturnValue:
    """What is on and what is next in every venue, what is late, and who is not here yet."""
    now = this_moment()
    return render_template("desk/control.html", tag=tag_of(_seen(g.event, now)), **_values(g.event, now))


@blueprint.get("/<language:language>/organise/<slug>/control/board")
@requires(Permission.PROGRAMME_EDIT)
def control_board(language: str, slug: str) -> ResponseReturnValue:
    """The page without what is around it; most often the answer is that nothing has changed, after one look at what
    counts. It is made anew every minute, since much of it says how long something has taken."""
    now = this_moment()
    return if_changed(_seen(g.event, now), lambda: render_template("desk/_control.html", **_values(g.event, now)))


def _seen(event: Event, now: datetime) -> tuple[object, ...]:
    return (queries.pulse(db.session(), event.id), int(now.timestamp()) // 60, page_language(), actor().account_id)


def _values(event: Event, now: datetime) -> dict[str, Any]:
    return {
        "event": event,
        "board": board(db.session(), event, now),
        "zone_name": event.timezone,
        "Alarm": Alarm,
        "Course": Course,
        "Lull": Lull,
        "whole_minutes": whole_minutes,
        "now_ms": int(now.timestamp()) * 1000,
    }
