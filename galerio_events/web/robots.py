"""What programs ask every site for: which pages to leave alone, and its icon."""

from flask import Blueprint, Response, current_app, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from galerio_events.web.guards import public
from galerio_events.web.locale import LANGUAGES

blueprint = Blueprint("robots", __name__)

_ONE_DAY = "public, max-age=86400"


@blueprint.get("/robots.txt")
@public
def robots_txt() -> Response:
    """Everything may be visited but the organisers' pages and those that private links open (RFC 9309)."""
    kept = [f"/{language}/{place}" for language in LANGUAGES for place in ("organise", "sign-in", "*/registration/")]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in [*kept, "/calendar/"]), "Allow: /", ""]
    answer = current_app.response_class("\n".join(lines), mimetype="text/plain")
    answer.headers["Cache-Control"] = _ONE_DAY
    return answer


@blueprint.get("/favicon.ico")
@public
def favicon() -> AnyResponse:
    """To the icon, for programs that do not read which one a page names."""
    answer = redirect(url_for("static", filename="favicon.svg"))
    answer.headers["Cache-Control"] = _ONE_DAY
    return answer
