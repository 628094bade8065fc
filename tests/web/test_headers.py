"""Headers of every answer, and who the client is behind proxies."""

from collections.abc import Callable

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from galerio_events.web.guards import public
from galerio_events.web.headers import SECURITY_HEADERS

ADDRESSES = ["/healthz", "/readyz", "/en/sign-in", "/no/such/page", "/favicon.ico", "/"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_carries_the_security_headers(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    assert {name: answer.headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS
    assert answer.headers["Cache-Control"]
    assert "Strict-Transport-Security" not in answer.headers


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere() -> None:
    policy = {
        name: values.split()
        for name, _, values in (
            part.strip().partition(" ") for part in SECURITY_HEADERS["Content-Security-Policy"].split(";")
        )
    }
    assert policy["script-src"] == ["'self'"]
    assert policy["style-src"] == ["'self'"]
    assert policy["default-src"] == ["'self'"]
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["object-src"] == ["'none'"]
    assert policy["form-action"] == ["'self'"]


def test_over_https_browsers_stay_there_and_cookies_are_secure(make_app: Callable[..., Flask]) -> None:
    app = make_app(BASE_URL="https://ascc.example.org")
    answer = app.test_client().get("/healthz")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert app.config["SESSION_COOKIE_SECURE"] is True
    assert make_app().config["SESSION_COOKIE_SECURE"] is False


@pytest.mark.parametrize(("proxies", "expected"), [(0, "127.0.0.1"), (1, "203.0.113.9"), (2, "198.51.100.7")])
def test_as_many_proxies_are_believed_as_are_configured(
    make_app: Callable[..., Flask], proxies: int, expected: str
) -> None:
    app = make_app(TRUSTED_PROXIES=proxies)

    @app.get("/who")
    @public
    def who() -> str:
        return str(request.remote_addr)

    answer = app.test_client().get("/who", headers={"X-Forwarded-For": "192.0.2.1, 198.51.100.7, 203.0.113.9"})
    assert answer.text == expected


def test_a_form_too_large_is_refused(client: FlaskClient, app: Flask) -> None:
    assert app.config["MAX_CONTENT_LENGTH"] == 40 * 1024 * 1024
