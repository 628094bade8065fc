"""What programs ask every site for."""

import urllib.robotparser

import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/", True),
        ("/ja/ascc11/", True),
        ("/en/ascc11/programme", True),
        ("/en/ascc11/register", True),
        ("/ascc11/programme.ics", True),
        ("/en/organise", False),
        ("/ja/organise/ascc11/summary", False),
        ("/ja/sign-in", False),
        ("/calendar/a-token.ics", False),
    ],
)
def test_robots_may_read_what_is_public(client: FlaskClient, path: str, allowed: bool) -> None:
    answer = client.get("/robots.txt")
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    assert answer.headers["Cache-Control"] == "public, max-age=86400"
    parser = urllib.robotparser.RobotFileParser()
    parser.parse(answer.text.splitlines())
    assert parser.can_fetch("AnyBot", path) is allowed


def test_robots_leave_private_links_alone(client: FlaskClient) -> None:
    # The parser of the standard library knows no `*` within a path.
    lines = client.get("/robots.txt").text.splitlines()
    assert {"Disallow: /ja/*/registration/", "Disallow: /en/*/registration/"} <= set(lines)


def test_the_icon_is_found_without_a_page(client: FlaskClient) -> None:
    answer = client.get("/favicon.ico", follow_redirects=True)
    assert (answer.status_code, answer.mimetype, answer.request.path) == (200, "image/svg+xml", "/static/favicon.svg")
