"""Answers made from a release, and what is published besides releases; kept by the digest of the one and the version
of the other.

A repeat reader is answered in front of Flask, by `FastLane`, as long as the worker may trust what it knows of the
newest release (`RELEASE_CHECK_SECONDS`). After that, the next request goes the whole way and `respond` asks the
database. A release made by this process is known at once, and so is what it published besides.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock, RLock
from time import monotonic, perf_counter
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlencode

import sqlalchemy as sa
from flask import Flask, Response, abort, current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session, object_session

from galerio_events import clock
from galerio_events.events.domain import is_key
from galerio_events.events.services import PUBLISHED_BESIDES
from galerio_events.extensions import db
from galerio_events.releases import queries as releases
from galerio_events.releases.domain.document import PublishedProgramme
from galerio_events.releases.models import Release
from galerio_events.releases.queries import Pointer
from galerio_events.web import headers as security
from galerio_events.web import logs
from galerio_events.web.answers import Answer, Answers, Key
from galerio_events.web.guards import load_event
from galerio_events.web.locale import LANGUAGES

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Which values of a query argument may become part of what is kept. There are finitely many of each.
ARGUMENTS: dict[str, Callable[[str], bool]] = {
    "tz": lambda value: value in clock.zone_names(),
    "lang": lambda value: value in LANGUAGES,
    # The key of a track; an answer to one that the event does not have is no 200, so it is not kept.
    "track": is_key,
    # The number of a release; the same holds for it.
    "before": lambda value: value.isascii() and value.isdecimal() and len(value) < 7 and value[0] != "0",
}
CACHE_CONTROL = "public, max-age=0, must-revalidate"

_EXTENSION = "galerio_published"
_ANSWERED = "galerio.published"
_LONGEST_QUERY = 512


class _Epoch:
    """Counts the releases made by this process: what was known of the newest release before is to be asked again."""

    number = 0
    lock = Lock()


def forget() -> None:
    """Let every application of this process ask for the newest release again before it answers anything."""
    with _Epoch.lock:
        _Epoch.number += 1


@sa.event.listens_for(Release, "after_insert")
def _note_release(_mapper: Any, _connection: Any, release: Release) -> None:
    session = object_session(release)
    if session is not None:
        session.info[_EXTENSION] = True


@sa.event.listens_for(Session, "after_commit")
def _forget_after_release(session: Session) -> None:
    noted = [session.info.pop(name, False) for name in (_EXTENSION, PUBLISHED_BESIDES)]
    if any(noted):
        forget()


@dataclass(frozen=True, slots=True)
class _Seen:
    pointer: Pointer
    at: float
    epoch: int


class Published:
    """What one application keeps: its answers, and which release of each event it saw last, and when."""

    def __init__(self, app: Flask) -> None:
        self.check_seconds = float(app.config["RELEASE_CHECK_SECONDS"])
        self.headers = security.security_headers(app.config)
        self.answers = Answers(int(app.config["PUBLISHED_CACHE_BYTES"]))
        # One thread builds at a time: the others find what it has built.
        self.building = RLock()
        # What takes seconds is built one at a time as well, but keeps nobody from the pages.
        self.building_apart = RLock()
        self._seen: dict[str, _Seen] = {}

    def trusted(self, slug: str) -> Pointer | None:
        """The newest release of the event, if it was looked for recently enough."""
        seen = self._seen.get(slug)
        if seen is None or seen.epoch != _Epoch.number or monotonic() - seen.at >= self.check_seconds:
            return None
        return seen.pointer

    def newest(self, slug: str) -> Pointer | None:
        """The newest release of the event; the database is asked where what is known is too old."""
        known = self.trusted(slug)
        if known is not None:
            return known
        epoch, at = _Epoch.number, monotonic()
        pointer = releases.newest_pointer(db.session(), slug)
        if pointer is None:
            self._seen.pop(slug, None)
            return None
        before = self._seen.get(slug)
        self._seen[slug] = _Seen(pointer, at, epoch)
        if before is not None and before.pointer.tag != pointer.tag:
            self.answers.drop_others(slug, pointer.tag)
        return pointer

    def ready(self, environ: "WSGIEnvironment") -> Answer | None:
        """The answer to that request, if it is kept, of a release that may be trusted, in the form the client gets."""
        path = environ["SCRIPT_NAME"] + environ["PATH_INFO"]
        place = self.answers.place(path)
        if place is None:
            return None
        slug, names = place
        pointer = self.trusted(slug)
        if pointer is None:
            return None
        query = environ["QUERY_STRING"]
        arguments: tuple[tuple[str, str], ...] = ()
        if query and names:
            if len(query) > _LONGEST_QUERY or not query.isascii():
                return None
            given = dict(reversed(parse_qsl(query, keep_blank_values=True)))
            arguments = tuple((name, given[name]) for name in names if given.get(name))
        answer = self.answers.get((path, arguments), pointer.tag)
        if answer is None or answer.outdated(clock.utc_now):
            return None
        if not answer.ready_for(environ.get("HTTP_ACCEPT_ENCODING", "")):
            return None
        return answer


def newest_pointer(slug: str) -> Pointer | None:
    """The newest release of that event, as old as what readers of its pages see; None where there is none."""
    published: Published = current_app.extensions[_EXTENSION]
    return published.newest(slug)


def without_cookies() -> None:
    """Let the answer to this request set no cookie and not vary by any, whatever looked into the session."""
    request.environ[_ANSWERED] = True


def respond(
    slug: str,
    build: Callable[[PublishedProgramme], str | bytes],
    *,
    mimetype: str = "text/html",
    arguments: Sequence[str] = (),
    headers: Mapping[str, str] | None = None,
    before: Callable[[], ResponseReturnValue] | None = None,
    read: Callable[[Session, Pointer], datetime | None] | None = None,
    apart: bool = False,
) -> Response:
    """The answer that `build` makes of the newest release of that event; kept until there is a newer one.

    `arguments` names the query arguments that the answer depends on, each a key of `ARGUMENTS`; a value that is not
    valid there is still given to `build` (which may refuse it), but its answer is not kept. `build` may depend on these
    arguments, on the path and on the programme, and on nothing else: not on the time, the reader or the database. It
    runs in a request of its own to the same path, from nobody in particular, at `BASE_URL`; what it raises
    (`abort(404)`) is answered as usual and not kept. `read` comes before it and may fetch what releases up to the
    newest one say, which never changes, and what is published besides, every change of which `publish_besides` notes;
    what it found may hold until a moment only, which it then returns. What may take seconds is built `apart` from the
    pages.

    404 where there is no such event. Before its first release, the answer is what `before` returns (as a
    view would: text, or text and status); 404 where it is not given.
    """
    published: Published = current_app.extensions[_EXTENSION]
    pointer = published.newest(slug)
    if pointer is None:
        load_event(slug)
        if before is None:
            abort(404)
        return current_app.make_response(before())
    names = tuple(arguments)
    given = tuple((name, request.args[name]) for name in names if request.args.get(name))
    key: Key = (request.environ["SCRIPT_NAME"] + request.environ["PATH_INFO"], given)
    keepable = all(ARGUMENTS[name](value) for name, value in given)
    accept_encoding = request.headers.get("Accept-Encoding", "")
    answer = published.answers.get(key, pointer.tag)
    if answer is None or answer.outdated(clock.utc_now) or not answer.ready_for(accept_encoding):
        with published.building_apart if apart else published.building:
            answer = published.answers.get(key, pointer.tag)
            if answer is None or answer.outdated(clock.utc_now):
                until = None if read is None else read(db.session(), pointer)
                body = _build(pointer, build, given)
                common = {"Content-Type": _content_type(mimetype), **(headers or {}), "Cache-Control": CACHE_CONTROL}
                answer = Answer.of(body, slug=slug, digest=pointer.tag, headers=common | published.headers, until=until)
            if not answer.ready_for(accept_encoding):
                answer.compress()
            if keepable:
                published.answers.put(key, answer, names)
    without_cookies()
    status, sent, body = answer.reply(request.method, accept_encoding, request.headers.get("If-None-Match", ""))
    return current_app.response_class([body], status=status, headers=sent)


def _build(
    pointer: Pointer,
    build: Callable[[PublishedProgramme], str | bytes],
    arguments: Iterable[tuple[str, str]],
) -> bytes:
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    programme = releases.programme_of(db.session(), pointer)
    # Cookies, the Host header and the browser's languages must not reach what is kept for everybody.
    nobody = app.test_request_context(
        quote(request.path), base_url=app.config["BASE_URL"], query_string=urlencode(list(arguments))
    )
    with app.app_context(), nobody:
        made = build(programme)
    return made.encode() if isinstance(made, str) else made


def _content_type(mimetype: str) -> str:
    return f"{mimetype}; charset=utf-8" if mimetype.startswith("text/") else mimetype


class FastLane:
    """Answers repeat readers before Flask is asked, with a request id and a log line as Flask would.

    Whoever answers, what is made from a release carries no cookies and does not vary by them.
    """

    def __init__(self, published: Published, inner: "WSGIApplication") -> None:
        self.published = published
        self.inner = inner

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        if method in {"GET", "HEAD"}:
            began = perf_counter()
            answer = self.published.ready(environ)
            if answer is not None:
                status, headers, body = answer.reply(
                    method, environ.get("HTTP_ACCEPT_ENCODING", ""), environ.get("HTTP_IF_NONE_MATCH", "")
                )
                request_id = logs.request_id(environ.get("HTTP_X_REQUEST_ID", ""))
                start_response(status, [*headers, ("X-Request-Id", request_id)])
                logs.note_request(method, environ["PATH_INFO"], int(status[:3]), began, request_id)
                return [body]

        def begin(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            if _ANSWERED in environ:
                headers = [pair for pair in headers if pair[0].lower() not in {"set-cookie", "vary"}]
                headers.append(("Vary", "Accept-Encoding"))
            return start_response(status, headers) if exc_info is None else start_response(status, headers, exc_info)

        return self.inner(environ, begin)


def init_app(app: Flask) -> None:
    """Put the fast lane in front of everything else."""
    published = Published(app)
    app.extensions[_EXTENSION] = published
    app.wsgi_app = FastLane(published, app.wsgi_app)  # type: ignore[method-assign]
