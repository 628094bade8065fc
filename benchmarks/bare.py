"""The bare Flask application that ours is measured against: it returns given bytes, or nothing.

`BARE_BODY` names the file that holds the bytes, `BARE_TYPE` is their content type.
"""

import os
from pathlib import Path

from flask import Flask, Response

application = Flask(__name__, static_folder=None)
_body = Path(os.environ["BARE_BODY"]).read_bytes()
_type = os.environ.get("BARE_TYPE", "text/html; charset=utf-8")


@application.get("/body")
def body() -> Response:
    return Response(_body, content_type=_type)


@application.get("/empty")
def empty() -> tuple[str, int]:
    return "", 204


@application.get("/not-modified")
def not_modified() -> tuple[str, int]:
    return "", 304
