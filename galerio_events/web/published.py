"""Answers made from a release alone, and kept by its digest."""

from collections.abc import Callable, Sequence

from flask import Response, abort, current_app, request

from galerio_events.extensions import db
from galerio_events.releases import queries as releases
from galerio_events.releases.domain.document import PublishedProgramme
from galerio_events.web.guards import load_event


def respond(
    slug: str,
    build: Callable[[PublishedProgramme], str | bytes],
    *,
    mimetype: str = "text/html",
    arguments: Sequence[str] = (),
    headers: dict[str, str] | None = None,
) -> Response:
    """The answer that `build` makes of the newest release of that event; kept until there is a newer one.

    `arguments` names the query arguments that the answer depends on. `build` may depend on them, on the path and on the
    programme, and on nothing else: not on the time, the reader or the database. 404 where there is no such event;
    before the first release, `build_nothing_yet` pages are the views' own business.
    """
    programme = releases.newest_programme(db.session(), slug)
    if programme is None:
        load_event(slug)
        abort(404)
    response = current_app.response_class(build(programme), mimetype=mimetype, headers=headers)
    response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]
