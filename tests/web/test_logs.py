"""One JSON object a line, with the request's id and without private tokens."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from galerio_events.web import logs

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "abcdefghijklmnopqrstuvwxyzABCDEF"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (f"/calendar/{TOKEN}.ics", "/calendar/***"),
        (f"/ja/ascc11/registration/{TOKEN}", "/ja/ascc11/registration/***"),
        (f"/ja/ascc11/registration/{TOKEN}/cancel", "/ja/ascc11/registration/***/cancel"),
        (f"/desk/{TOKEN}.ics", "/desk/***"),
        (f"/en/sign-in/link/{TOKEN}", "/en/sign-in/link/***"),
        (f"/en/invitations/{TOKEN}", "/en/invitations/***"),
        (f"/ja/screen/{TOKEN}", "/ja/screen/***"),
        (f"/live/{TOKEN}.json", "/live/***"),
        ("/ja/desk/ascc11/sessions/opening/questions", "/ja/desk/ascc11/sessions/opening/questions"),
        ("/desk/ascc11/photos/4711.webp", "/desk/ascc11/photos/4711.webp"),
        ("/ja/ascc11/programme", "/ja/ascc11/programme"),
        ("/ascc11/programme.ics", "/ascc11/programme.ics"),
    ],
)
def test_paths_are_logged_without_tokens(path: str, expected: str) -> None:
    assert logs.loggable_path(path) == expected


def test_every_route_that_is_opened_by_a_token_is_logged_without_it(app: Flask) -> None:
    routes = [rule for rule in app.url_map.iter_rules() if "token" in rule.arguments]
    paths = [
        re.sub("<[^>]*language>", "en", rule.rule).replace("<token>", TOKEN).replace("<slug>", "ascc11")
        for rule in routes
    ]
    assert len(paths) > 6
    assert [path for path in paths if TOKEN in logs.loggable_path(path)] == []
    told = [logs.mask_private(None, "error", {"event": f"Exception on {path} [GET]"})["event"] for path in paths]
    assert [text for text in told if TOKEN in text] == []


def test_messages_and_tracebacks_are_masked_and_file_names_kept() -> None:
    event = {
        "event": f"Exception on /calendar/{TOKEN}.ics [GET]",
        "exception": f'File "/srv/galerio_events/registration/views/__init__.py"\nKeyError: /registration/{TOKEN}',
        "status": 500,
    }
    assert logs.mask_private(None, "error", event) == {
        "event": "Exception on /calendar/***.ics [GET]",
        "exception": 'File "/srv/galerio_events/registration/views/__init__.py"\nKeyError: /registration/***',
        "status": 500,
    }


def test_the_id_of_the_proxy_is_kept(client: FlaskClient) -> None:
    answer = client.get("/healthz", headers={"X-Request-Id": "proxy-4711.abc"})
    assert answer.headers["X-Request-Id"] == "proxy-4711.abc"


@pytest.mark.parametrize("given", ["", "short", "x" * 65, "with space in it", "a;b=<script>", "äöüäöüäöü"])
def test_an_id_that_is_not_sane_is_replaced(client: FlaskClient, given: str) -> None:
    answer = client.get("/healthz", headers={"X-Request-Id": given.encode().decode("latin-1")})
    made = answer.headers["X-Request-Id"]
    assert made != given
    assert len(made) == 32
    assert made != client.get("/healthz").headers["X-Request-Id"]


SCRIPT = f"""
import logging, structlog
from galerio_events import create_app
from galerio_events.web.guards import public

app = create_app({{"PROPAGATE_EXCEPTIONS": False}})

@app.get("/test/calendar/<token>.ics")
@public
def calendar(token):
    structlog.get_logger("x").warning("inside", 都市="横浜")
    logging.getLogger("library").error("line one\\nline two")
    raise RuntimeError("on purpose")

client = app.test_client()
assert client.get("/healthz", headers={{"X-Request-Id": "request-0001"}}).status_code == 200
assert client.get("/test/calendar/{TOKEN}.ics", headers={{"X-Request-Id": "request-0002"}}).status_code == 500
"""


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, object]]:
    environ = os.environ | {"GALERIO_INSTANCE_DIR": str(tmp_path_factory.mktemp("logs")), "GALERIO_LOG_LEVEL": "INFO"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, env=environ, capture_output=True, text=True, check=True
    )
    assert TOKEN not in done.stderr
    return [json.loads(line) for line in done.stderr.splitlines()]


def test_a_request_is_one_line(lines: list[dict[str, object]]) -> None:
    first = lines[0]
    assert {key: first[key] for key in ("event", "method", "path", "status", "request_id", "level")} == {
        "event": "request",
        "method": "GET",
        "path": "/healthz",
        "status": 200,
        "request_id": "request-0001",
        "level": "info",
    }
    assert float(str(first["ms"])) >= 0
    assert str(first["timestamp"]).endswith("Z")


def test_everything_said_during_a_request_carries_its_id(lines: list[dict[str, object]]) -> None:
    said = lines[1:]
    assert {line["request_id"] for line in said} == {"request-0002"}
    assert [line["event"] for line in said] == [
        "inside",
        "line one\nline two",
        "Exception on /test/calendar/***.ics [GET]",
        "request",
    ]
    assert said[0]["都市"] == "横浜"
    assert "RuntimeError: on purpose" in str(said[2]["exception"])
    assert (said[3]["path"], said[3]["status"]) == ("/test/calendar/***", 500)


def test_an_unknown_level_is_refused() -> None:
    from config import from_environment

    with pytest.raises(ValueError, match="GALERIO_LOG_LEVEL must be one of"):
        from_environment({"GALERIO_LOG_LEVEL": "chatty", "GALERIO_SECRET_KEY": "x"})


def test_tests_do_not_touch_the_loggers_of_pytest(app: Flask) -> None:
    assert app.testing
