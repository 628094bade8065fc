"""Where limits count: in functions that are called, and nowhere above a route (see the architecture's rule)."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from galerio_events.extensions import limiter


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Iterator[Flask]:
    made = make_app(RATELIMIT_ENABLED=True)
    limiter.reset()
    yield made
    limiter.reset()
    limiter.enabled = False


def statuses(app: Flask, path: str) -> list[int]:
    client = app.test_client()
    return [client.get(path).status_code for _ in range(3)]


def test_a_limit_counts_what_is_called_and_a_limit_above_a_route_is_never_called(app: Flask) -> None:
    @limiter.limit("2 per hour")
    def inner() -> str:
        return "called"

    @app.get("/calls")
    def calls() -> str:
        return inner()

    @app.get("/beneath")
    @limiter.limit("2 per hour")
    def beneath() -> str:
        return "beneath"

    @limiter.limit("2 per hour")
    @app.get("/above")
    def above() -> str:
        return "above"

    assert [statuses(app, path) for path in ("/calls", "/beneath", "/above")] == [
        [200, 200, 429],
        [200, 200, 429],
        [200, 200, 200],
    ]
