"""The script that keeps the pages of the desk in the browser for when there is no network."""

import json
from functools import lru_cache
from pathlib import Path

from flask import Response, abort, current_app, request
from werkzeug.wrappers import Response as AnyResponse

from galerio_events.desk.views.common import blueprint
from galerio_events.text import token_hash
from galerio_events.web.guards import public

_NAME = "desk_worker.js"


@blueprint.get("/desk-sw.js")
@public
def worker() -> AnyResponse:
    """The script, with the version of the style sheets and scripts before it: what it keeps goes with them.

    Its address stays the same and lies above the pages, as browsers want it of a script that is to answer for them.
    """
    manifest: dict[str, str] = current_app.extensions["galerio_assets"]
    if _NAME not in manifest:
        abort(404)
    version = token_hash(json.dumps(manifest, sort_keys=True))[:16]
    built = _built(Path(current_app.static_folder or "") / "dist" / manifest[_NAME])
    response = Response(
        f"self.DESK_VERSION = {json.dumps(version)};\n{built}", content_type="text/javascript; charset=utf-8"
    )
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    return response.make_conditional(request)


@lru_cache(maxsize=4)
def _built(path: Path) -> str:
    return path.read_text()
