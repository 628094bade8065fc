"""What open pages ask for every few seconds: whether anything has changed, mostly with the answer that nothing has.

An answer needs no cookie and says nothing but a number. What is settled about a session is kept in each process and
trusted for `CHECK_SECONDS`, so that a hall full of open pages costs one query a second.
"""

from dataclasses import dataclass
from time import monotonic

from flask import Response, abort, current_app, request, url_for

from galerio_events.extensions import db
from galerio_events.questions import queries
from galerio_events.questions.queries import Settled
from galerio_events.questions.views.blueprint import bp
from galerio_events.questions.views.opening import published_session
from galerio_events.web.answers import matches
from galerio_events.web.guards import public
from galerio_events.web.published import without_cookies

CHECK_SECONDS = 1.0
# Sessions that are kept at a time.
_MOST = 500


@dataclass(frozen=True, slots=True)
class _Kept:
    held: Settled
    at: float


def pulse_address(slug: str, key: str) -> str:
    """Where the pages of that session ask."""
    return url_for("questions.pulse", slug=slug, key=key)


def forget(slug: str, key: str) -> None:
    """Ask the database about that session before anything is told of it again."""
    _known().pop((slug, key), None)


@bp.get("/<slug>/sessions/<key>/questions.json")
@public
def pulse(slug: str, key: str) -> Response:
    """`{"version": …}`, another text whenever the pages about the session's questions have changed."""
    place = published_session(slug, key)
    held = _held(slug, key)
    rules = held.rules
    version = f"{held.board.version}-{place.phase(held)}-{rules.naming}-{int(rules.public_list)}"
    without_cookies()
    headers = {"ETag": f'"{version}"', "Cache-Control": "no-cache"}
    if matches(request.headers.get("If-None-Match", ""), headers["ETag"]):
        return Response(status=304, headers=headers)
    return Response(f'{{"version": "{version}"}}', headers=headers, mimetype="application/json")


def _held(slug: str, key: str) -> Settled:
    kept = _known()
    known = kept.get((slug, key))
    began = monotonic()
    if known is not None and began - known.at < CHECK_SECONDS:
        return known.held
    held = queries.settled(db.session(), slug, key)
    if held is None:
        abort(404)
    if len(kept) >= _MOST:
        kept.clear()
    kept[slug, key] = _Kept(held, began)
    return held


def _known() -> dict[tuple[str, str], _Kept]:
    known: dict[tuple[str, str], _Kept] = current_app.extensions.setdefault("galerio_questions", {})
    return known
