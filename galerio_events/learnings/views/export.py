"""Key learnings as files, for whoever writes about the conference."""

from flask import Response, abort, current_app, g
from flask_babel import gettext as _

from galerio_events.extensions import db
from galerio_events.learnings import exports, queries
from galerio_events.learnings.domain import Approved
from galerio_events.learnings.views.blueprint import bp
from galerio_events.permissions import Permission
from galerio_events.releases.queries import newest_of
from galerio_events.web import times
from galerio_events.web.filters import tr_text
from galerio_events.web.guards import requires

_MIMETYPES = {"json": "application/json", "md": "text/markdown; charset=utf-8"}


@bp.get("/<language:language>/organise/<slug>/learnings/export.<kind>")
@requires(Permission.PROGRAMME_READ)
def export(language: str, slug: str, kind: str) -> Response:
    """What is public, of the sessions that the newest release has: as JSON in every language, or as Markdown in that of
    the page. 404 for another kind of file."""
    if kind not in _MIMETYPES:
        abort(404)
    learnt = _released(g.event.id)
    if kind == "json":
        data = exports.as_json(slug, learnt)
    else:
        zone = g.event.timezone
        data = exports.as_markdown(
            _("Key learnings: %(event)s", event=tr_text(g.event.title)),
            learnt,
            language=language,
            when=lambda each: times.when(each.starts_at, each.ends_at, zone, language),
        )
    answer: Response = current_app.response_class(data, content_type=_MIMETYPES[kind])
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Content-Disposition"] = f'attachment; filename="{slug}-key-learnings-{language}.{kind}"'
    return answer


def _released(event_id: int) -> list[Approved]:
    programme = newest_of(db.session(), event_id)
    if programme is None:
        return []
    keys = {session.key for session in programme.running}
    return [each for each in queries.approved(db.session(), event_id) if each.key in keys]
