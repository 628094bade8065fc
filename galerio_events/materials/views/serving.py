"""The files themselves, apart from all pages: always to be saved, never to be shown as a page of ours.

What is public is what the newest version of a material is, from the moment on that was chosen for it. Everything else
is for those concerned; to everybody else it is as if it were not there.
"""

from typing import Any

import structlog
from flask import Blueprint, abort, send_file
from flask.wrappers import Response
from flask_login import current_user

from galerio_events import clock
from galerio_events.events.models import Event
from galerio_events.extensions import db
from galerio_events.materials import queries
from galerio_events.materials.domain import Reader
from galerio_events.materials.domain.names import content_disposition
from galerio_events.materials.queries import Held, Version
from galerio_events.materials.views.blueprint import store
from galerio_events.permissions import ANONYMOUS, Permission, can
from galerio_events.programme.queries.own import own_part
from galerio_events.web.guards import actor, load_event, public
from galerio_events.web.published import without_cookies

files = Blueprint("files", __name__)

_log = structlog.get_logger("galerio_events.materials")
# The largest id that a PostgreSQL integer holds.
_MOST = 2**31 - 1


@files.get("/files/<slug>/<int:material_id>")
@public
def current(slug: str, material_id: int) -> Response:
    """The newest version of the material."""
    event, held = _load(slug, material_id)
    if queries.is_public_now(db.session(), held, now=clock.utc_now()):
        without_cookies()
        return _answer(held.current, "public, max-age=0, must-revalidate")
    if not _reads(event, held):
        abort(404)
    return _answer(held.current, "private, no-store")


@files.get("/files/<slug>/<int:material_id>/<int:number>")
@public
def version(slug: str, material_id: int, number: int) -> Response:
    """One version of the material: an old one is for those concerned, whatever is public."""
    event, held = _load(slug, material_id)
    found = held.version(number)
    if found is held.current and queries.is_public_now(db.session(), held, now=clock.utc_now()):
        without_cookies()
        return _answer(found, "public, max-age=0, must-revalidate")
    if found is None or not _reads(event, held):
        abort(404)
    return _answer(found, "private, no-store")


def _load(slug: str, material_id: int) -> tuple[Event, Held]:
    event = load_event(slug)
    held = queries.material(db.session(), event.id, material_id) if material_id <= _MOST else None
    if held is None:
        abort(404)
    return event, held


def _reads(event: Event, held: Held) -> bool:
    """Whether whoever asks is one of those concerned."""
    who = actor()
    if who == ANONYMOUS:
        return False
    if can(who, Permission.PROGRAMME_EDIT, event_id=event.id):
        return True
    account: Any = current_user
    part = own_part(db.session(), account.email, event.slug, held.session_key)
    return part is not None and Reader(False, part.person_ids, part.roles).may_read(held.owner_id)


def _answer(found: Version, cache_control: str) -> Response:
    path = store().path(found.digest)
    if not path.is_file():
        _log.error("a file is missing", digest=found.digest)
        abort(404)
    answer = send_file(path, mimetype=found.format.mimetype, conditional=True, etag=found.digest)
    answer.headers["Content-Disposition"] = content_disposition(found.name)
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    answer.headers["Cache-Control"] = cache_control
    answer.headers.pop("Last-Modified", None)
    answer.headers.pop("Expires", None)
    return answer
