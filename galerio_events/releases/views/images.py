"""The pictures of an event, such as the logos of who stands behind it.

The public gets those that the newest release shows, and no others: what an organiser has uploaded and not released, or
has taken away, is nobody's business. A photo of a person it gets only as long as the person agrees to that. Organisers
also get what their draft shows. An address names the picture's bytes by their digest: what it leads to never changes.
"""

from flask import Blueprint, Response, abort, current_app, request
from werkzeug.wrappers import Response as AnyResponse

from galerio_events.events import queries as events
from galerio_events.extensions import db
from galerio_events.people.queries import profiles as people
from galerio_events.permissions import Permission, can
from galerio_events.releases import queries
from galerio_events.web.guards import actor, load_event, public
from galerio_events.web.published import newest_pointer, without_cookies

blueprint = Blueprint("site_images", __name__)

_FOR_EVER = "public, max-age=31536000, immutable"
# Whoever takes back their agreement is not to be shown for much longer.
_FOR_A_WHILE = "public, max-age=600"


@blueprint.get("/<slug>/images/<digest>.<any(png, webp):extension>")
@public
def image(slug: str, digest: str, extension: str) -> AnyResponse:
    """The picture whose bytes have that SHA-256."""
    pointer = newest_pointer(slug)
    if pointer is not None:
        programme = queries.programme_of(db.session(), pointer)
        if any(organiser.logo == digest for organiser in programme.event.organisers):
            without_cookies()
            return _answer(pointer.event_id, digest, extension, _FOR_EVER)
        shown = [person.key for person in programme.people.values() if person.photo == digest]
        if shown and people.agree_to_photo(db.session(), pointer.event_id, shown):
            without_cookies()
            return _answer(pointer.event_id, digest, extension, _FOR_A_WHILE)
    event = load_event(slug)
    if not can(actor(), Permission.EVENT_READ, event_id=event.id):
        abort(404)
    if not events.has_logo(db.session(), event.id, digest) and not people.has_photo(db.session(), event.id, digest):
        abort(404)
    return _answer(event.id, digest, extension, "private, max-age=3600")


def _answer(event_id: int, digest: str, extension: str, cache_control: str) -> Response:
    found = events.image(db.session(), event_id, digest)
    if found is None or found.mimetype != f"image/{extension}":
        abort(404)
    answer = current_app.response_class(found.data, mimetype=found.mimetype)
    answer.headers["Cache-Control"] = cache_control
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.set_etag(digest)
    answer.make_conditional(request)
    return answer
