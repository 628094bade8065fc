"""Compressing answers that are made for one reader.

What is compressed together with a secret can betray it by its length (BREACH), where somebody else may choose a part of
the same answer. So the compressed form has a name of random length in its header (RFC 1952 section 2.3.1), which hides
how much smaller it has become, as "Heal the Breach" (Palacios and others, 2022) proposes.
"""

import gzip
import secrets
from io import BytesIO

from flask import Response, request

from galerio_events.web.answers import accepts_gzip

_LONGEST_NAME = 120
# Below this size, compression saves less than its headers cost.
_WORTH_COMPRESSING = 600


def compressed(response: Response) -> Response:
    """The answer, compressed where the client takes it and it helps; it says in any case that it varies by that."""
    response.vary.add("Accept-Encoding")
    body = response.get_data()
    if len(body) < _WORTH_COMPRESSING or not accepts_gzip(request.headers.get("Accept-Encoding", "")):
        return response
    response.set_data(packed(body))
    response.headers["Content-Encoding"] = "gzip"
    return response


def packed(body: bytes) -> bytes:
    """The bytes as gzip, with a name of random length in front."""
    made = BytesIO()
    name = "x" * (1 + secrets.randbelow(_LONGEST_NAME))
    with gzip.GzipFile(name, "wb", compresslevel=6, fileobj=made, mtime=0) as file:
        file.write(body)
    return made.getvalue()
