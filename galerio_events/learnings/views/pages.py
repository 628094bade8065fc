"""The page on which the people of a session write what was learnt."""

from flask.typing import ResponseReturnValue

from galerio_events.learnings.views.blueprint import bp
from galerio_events.learnings.views.editing import PointsPage
from galerio_events.programme.domain.duties import Duty
from galerio_events.web.expired import when_expired
from galerio_events.web.guards import signed_in
from galerio_events.web.own import open_session


@signed_in
def own_again(language: str, slug: str, key: str) -> ResponseReturnValue:
    """The form with what was sent and a fresh token, where the one that was sent is not good any more."""
    return _page(slug, key).again()


@bp.route("/<language:language>/desk/<slug>/sessions/<key>/learnings", methods=["GET", "POST"])
@signed_in
@when_expired(own_again)
def own(language: str, slug: str, key: str) -> ResponseReturnValue:
    """The points of one session: to write, to put in order, to hand in; 404 for whoever may not write them."""
    return _page(slug, key).asked()


def _page(slug: str, key: str) -> PointsPage:
    opened = open_session(slug, key, Duty.WRITE_LEARNINGS)
    return PointsPage(opened.event, opened.session, organiser=opened.organiser, reviews=False)
