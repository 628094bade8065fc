"""What was written into a form of the settings outlives its token."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from galerio_events.events import queries as events
from galerio_events.extensions import db
from tests.settings.support import filled
from tests.support.builders import PASSWORD, make_account, make_event

BASE = "/en/organise/ascc11/settings"


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    """An application that checks tokens."""
    made = make_app(WTF_CSRF_ENABLED=True)
    with made.app_context():
        make_event(db.session())
        make_account(db.session())
        db.session.commit()
    return made


@pytest.fixture
def organiser(app: Flask) -> FlaskClient:
    client = app.test_client()
    token = re.findall(r'name="csrf_token" type="hidden" value="([^"]+)"', client.get("/en/sign-in/password").text)[0]
    data = {"email": "organiser@example.org", "password": PASSWORD, "csrf_token": token}
    assert client.post("/en/sign-in/password", data=data).status_code == 302
    return client


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("", "title_en"),
        ("/organisers/new", "name_en"),
        ("/organisers/1", "name_en"),
        ("/venues/new", "name_en"),
        ("/venues/webinar", "name_en"),
        ("/tracks/new", "name_en"),
        ("/tracks/smart-city", "name_en"),
        ("/kinds", "minutes_break"),
    ],
)
def test_a_form_with_a_bad_token_comes_back_and_can_be_saved(
    app: Flask, organiser: FlaskClient, path: str, field: str
) -> None:
    sent = filled(organiser.get(BASE + path).text) | {field: "15", "csrf_token": "too old"}
    answer = organiser.post(BASE + path, data=sent)
    assert answer.status_code == 422
    assert "It holds what you entered: save again." in answer.text
    again = filled(answer.text)
    assert again[field] == "15"
    assert again["csrf_token"] != "too old"
    with app.app_context():
        assert events.newest_change(db.session(), 1) == 0
    assert organiser.post(BASE + path, data=again).status_code == 302
    with app.app_context():
        assert events.newest_change(db.session(), 1) > 0


@pytest.mark.parametrize("listing", ["/venues", "/tracks", "/organisers"])
@pytest.mark.parametrize("what", ["remove", "order"])
def test_nothing_is_deleted_or_moved_without_a_token(
    app: Flask, organiser: FlaskClient, listing: str, what: str
) -> None:
    key = {"/venues": "webinar", "/tracks": "smart-city", "/organisers": "1"}[listing]
    answer = organiser.post(f"{BASE}{listing}/{key}/{what}", data={"do": "down", "csrf_token": "too old"})
    assert (answer.status_code, answer.location) == (302, BASE + listing)
    told = "This page was open for too long, so nothing has changed yet. Please try again."
    assert told in organiser.get(BASE + listing).text
    with app.app_context():
        assert events.newest_change(db.session(), 1) == 0
