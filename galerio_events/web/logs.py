"""Structured logs: one JSON object a line on standard error, one line a request, each with the request's id."""

import logging
import re
import sys
import time
import uuid

import structlog
from flask import Flask, g, request
from flask.wrappers import Response

_SANE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
# What comes before the private token that an address may carry; it is logged without that.
_BEFORE = r"(/calendar/|/registrations?/|/live/|/desk/(?=[^/?]+\.ics)|/(?:ja|en)/(?:invitations|screen|sign-in/link)/)"
_PRIVATE = re.compile(_BEFORE + "[^/?]+")
_PRIVATE_IN_TEXT = re.compile(_BEFORE + r"[A-Za-z0-9._-]{22,}?(?=\.(?:ics|json)|[^A-Za-z0-9._-]|$)")

log = structlog.get_logger("galerio_events.request")


def configure(level: str) -> None:
    """Send structlog and the standard library's loggers to standard error as JSON."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    rendering: list[structlog.typing.Processor] = [
        structlog.processors.format_exc_info,
        mask_private,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
    structlog.configure(
        processors=[*shared, *rendering],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendering],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    # Every look at the state of the migrations says what it is going to do, also for each /readyz.
    logging.getLogger("alembic.runtime.migration").setLevel(logging.WARNING)


def mask_private(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Take private tokens out of messages and tracebacks: Flask's own names the address that failed."""
    for key in ("event", "exception"):
        if isinstance(event.get(key), str):
            event[key] = _PRIVATE_IN_TEXT.sub(r"\1***", event[key])
    return event


def loggable_path(path: str) -> str:
    """The path without the private token that it may carry."""
    return _PRIVATE.sub(r"\1***", path)


def request_id(given: str) -> str:
    """The id a request goes by: the one that was given with it, where that is sane, else a new one."""
    return given if _SANE_ID.fullmatch(given) else uuid.uuid4().hex


def note_request(method: str, path: str, status: int, began: float, identity: str) -> None:
    """The log line of a request that was answered. `began` is what `time.perf_counter` said at its beginning."""
    log.info(
        "request",
        method=method,
        path=loggable_path(path),
        status=status,
        ms=round((time.perf_counter() - began) * 1000, 1),
        request_id=identity,
    )


def init_app(app: Flask) -> None:
    """Give every request an id (the proxy's `X-Request-Id` where it is sane) and a log line."""
    if not app.testing:
        configure(app.config["LOG_LEVEL"])

    @app.before_request
    def begin() -> None:
        g.request_id = request_id(request.headers.get("X-Request-Id", ""))
        g.request_began = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    @app.after_request
    def end(response: Response) -> Response:
        if "request_id" in g:
            response.headers["X-Request-Id"] = g.request_id
            note_request(request.method, request.path, response.status_code, g.request_began, g.request_id)
        return response
