"""What hundreds of devices ask for every second: how a session stands, most often with the answer that nothing changed.

The address carries a token that a page made for its reader, good for that session and at most two hours; a page that is
still open then fetches itself, and with it another token, from whoever may still read it. So there is no cookie, no
session and no account to be looked at. An answer is kept in each process and trusted for `CHECK_SECONDS`; after that,
one request asks the database, in one query of two keys, whether it is still the one.
"""

import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from time import monotonic, time
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Flask, Response, abort, current_app, request, url_for
from flask.blueprints import BlueprintSetupState

from galerio_events.db import reading_only
from galerio_events.events.domain.plain import digest_of
from galerio_events.extensions import db
from galerio_events.live import queries
from galerio_events.live.domain import watched_to_plain
from galerio_events.programme.models import ProgrammeSession
from galerio_events.text import private_token
from galerio_events.web.answers import matches
from galerio_events.web.guards import public
from galerio_events.web.headers import security_headers
from galerio_events.web.published import without_cookies

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# For how many seconds what is known may be told before the database is asked again.
CHECK_SECONDS = 0.25
# The server's clock, in milliseconds since 1970, by which the devices count.
NOW = "Galerio-Now"
_PURPOSE = "live watch"
_PREFIX, _SUFFIX = "/live/", ".json"
_EXTENSION = "galerio_live"
_HOUR = 3600

watch_bp = Blueprint("live_watch", __name__)


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer, as of when it was last found to be the one."""

    pulse: tuple[int, int]
    body: bytes
    tag: str
    checked: float


class Watching:
    """What one process keeps of the sessions that are watched."""

    def __init__(self, app: Flask) -> None:
        self.secret = str(app.config["SECRET_KEY"])
        self.headers = [
            ("Content-Type", "application/json"),
            ("Cache-Control", "private, no-cache"),
            *security_headers(app.config).items(),
        ]
        self._kept: dict[int, Kept] = {}
        self._asking: dict[int, Lock] = {}
        self._tokens: dict[str, tuple[int, int, int]] = {}

    def token(self, event_id: int, session_id: int, now: datetime) -> str:
        """A token with which that session may be watched for one to two hours."""
        nonce = f"{event_id}.{session_id}.{int(now.timestamp()) // _HOUR + 2}"
        return f"{nonce}.{private_token(self.secret, _PURPOSE, nonce)}"

    def meant(self, token: str) -> tuple[int, int] | None:
        """The event and session that the token is good for; None where it is good for nothing (any more)."""
        known = self._tokens.get(token)
        if known is None:
            nonce, _dot, _mac = token.rpartition(".")
            parts = nonce.split(".")
            if len(parts) != 3 or not all(part.isascii() and part.isdecimal() and len(part) < 12 for part in parts):
                return None
            if not _same(token, f"{nonce}.{private_token(self.secret, _PURPOSE, nonce)}"):
                return None
            if len(self._tokens) > 5000:
                self._tokens.clear()
            known = self._tokens[token] = (int(parts[0]), int(parts[1]), int(parts[2]))
        return known[:2] if time() < known[2] * _HOUR else None

    def ready(self, token: str) -> Kept | None:
        """The answer that can be given without asking the database."""
        meant = self.meant(token)
        kept = self._kept.get(meant[1]) if meant else None
        return kept if kept is not None and monotonic() - kept.checked < CHECK_SECONDS else None

    def asked(self, token: str) -> Kept | None:
        """The answer as it stands now; None where the token is good for nothing or the session is gone.

        While one thread asks the database, the others give the answer that is known.
        """
        meant = self.meant(token)
        if meant is None:
            return None
        event_id, session_id = meant
        known = self._kept.get(session_id)
        asking = self._asking.setdefault(session_id, Lock())
        if not asking.acquire(blocking=known is None):
            return known
        try:
            return self._checked(event_id, session_id)
        finally:
            asking.release()

    def forget(self, session_id: int) -> None:
        """Ask the database about that session before anything is told of it again."""
        self._kept.pop(session_id, None)

    def _checked(self, event_id: int, session_id: int) -> Kept | None:
        began = monotonic()
        db_session = db.session()
        known = self._kept.get(session_id)
        if known is not None and began - known.checked < CHECK_SECONDS:
            return known
        with reading_only():
            pulse = queries.pulse(db_session, event_id, session_id)
            if known is not None and known.pulse == pulse:
                kept = Kept(pulse, known.body, known.tag, began)
            else:
                session = queries.session_by_id(db_session, session_id)
                if session is None or session.event_id != event_id:
                    self.forget(session_id)
                    return None
                plain = watched_to_plain(queries.live_of(db_session, session).watched)
                body = json.dumps(plain, separators=(",", ":")).encode()
                kept = Kept(pulse, body, f'"{digest_of(plain)}"', began)
        self._kept[session_id] = kept
        return kept

    def reply(self, kept: Kept, if_none_match: str) -> tuple[str, list[tuple[str, str]], bytes]:
        """Status line, headers and body."""
        varying = [("ETag", kept.tag), (NOW, str(int(time() * 1000)))]
        if if_none_match and matches(if_none_match, kept.tag):
            return "304 Not Modified", [*varying, self.headers[1]], b""
        return "200 OK", [*varying, *self.headers], kept.body


class Lane:
    """Answers in front of Flask what can be answered without the database. It logs nothing: hundreds of answers a
    second say nothing that one does not."""

    def __init__(self, watching: Watching, inner: "WSGIApplication") -> None:
        self.watching = watching
        self.inner = inner

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path.startswith(_PREFIX) and path.endswith(_SUFFIX) and environ["REQUEST_METHOD"] == "GET":
            kept = self.watching.ready(path[len(_PREFIX) : -len(_SUFFIX)])
            if kept is not None:
                status, headers, body = self.watching.reply(kept, environ.get("HTTP_IF_NONE_MATCH", ""))
                start_response(status, headers)
                return [body]
        return self.inner(environ, start_response)


def watching() -> Watching:
    """What this application keeps."""
    found: Watching = current_app.extensions[_EXTENSION]
    return found


def watch_address(session: ProgrammeSession, now: datetime) -> str:
    """The address at which a page of that session asks how it stands."""
    return url_for("live_watch.state", token=watching().token(session.event_id, session.id, now))


@watch_bp.get("/live/<token>.json")
@public
def state(token: str) -> Response:
    """How the session stands. 404 for a token that is good for nothing (any more)."""
    kept = watching().asked(token) or abort(404)
    without_cookies()
    status, headers, body = watching().reply(kept, request.headers.get("If-None-Match", ""))
    return current_app.response_class([body], status=status, headers=headers)


@watch_bp.record_once
def install(setup: BlueprintSetupState) -> None:
    """Put the lane in front of everything else."""
    app: Any = setup.app
    app.extensions[_EXTENSION] = Watching(app)
    app.wsgi_app = Lane(app.extensions[_EXTENSION], app.wsgi_app)


def _same(one: str, other: str) -> bool:
    return one.isascii() and hmac.compare_digest(one, other)
