"""Everything between HTTP and the features."""

from typing import Any

from flask import Flask, Request, request

from galerio_events.db import begin_reading, begin_writing
from galerio_events.web import assets, errors, filters, headers, health, locale, logs, robots, sign_ins


class _Request(Request):
    """Whoever asks for the head of a page gets that of what a reader gets; no view takes it for a sent form."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.method == "HEAD":
            self.method = "GET"


def init_app(app: Flask) -> None:
    """Language in addresses, filters, error pages, headers, logs, health checks, and what is made of releases."""
    from galerio_events.web import published

    app.request_class = _Request
    app.url_map.converters["language"] = locale.LanguageConverter
    logs.init_app(app)
    locale.init_app(app)
    filters.init_app(app)
    assets.init_app(app)
    errors.init_app(app)
    headers.init_app(app)
    app.register_blueprint(health.blueprint)
    app.register_blueprint(robots.blueprint)
    published.init_app(app)
    sign_ins.init_app(app)
    # No view or hook of ours is a coroutine; to look whether one is costs every request a dozen inspections.
    app.ensure_sync = lambda func: func  # type: ignore[method-assign]

    @app.before_request
    def choose_transaction_mode() -> None:
        if request.method in {"GET", "HEAD", "OPTIONS"}:
            begin_reading()
        else:
            begin_writing()
