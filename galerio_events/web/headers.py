"""Security headers of every answer.

No page has an inline script or style, so the policy needs no nonces, and whole pages can be cached.
"""

from collections.abc import Mapping
from typing import Any

from flask import Flask
from flask.wrappers import Response
from werkzeug.middleware.proxy_fix import ProxyFix

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def security_headers(config: Mapping[str, Any]) -> dict[str, str]:
    """The headers for an application with those settings; over HTTPS, browsers are told to stay there."""
    secure = str(config["BASE_URL"]).startswith("https:")
    lasting = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"} if secure else {}
    return SECURITY_HEADERS | lasting


def init_app(app: Flask) -> None:
    """Add the headers, and believe as many proxies about the client as are configured."""
    headers = security_headers(app.config) | {"Cache-Control": "no-store"}

    @app.after_request
    def add(response: Response) -> Response:
        given = {name.lower() for name in response.headers.keys()}  # noqa: SIM118 it is no dict: it gives pairs
        response.headers.extend([pair for pair in headers.items() if pair[0].lower() not in given])
        return response

    proxies = int(app.config["TRUSTED_PROXIES"])
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
