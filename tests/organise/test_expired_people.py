"""What was written about people and organisations, or chosen between two, outlives the token of the form."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from galerio_events.extensions import db
from galerio_events.people import queries
from galerio_events.people.models import Organisation
from tests.organise.test_expired_forms import enter, token
from tests.support.builders import make_account, make_event, make_person, tr

BASE = "/en/organise/ascc11/"


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Iterator[Flask]:
    """An application that checks tokens, with two persons and an organisation."""
    made = make_app(WTF_CSRF_ENABLED=True)
    with made.app_context():
        session = db.session()
        event = make_event(session)
        make_person(session, event)
        make_person(session, event, "twin", name=tr("", "Pablo Christopher"))
        session.add(Organisation(event_id=event.id, key="yusa", name=tr("", "YUSA")))
        make_account(session)
        session.commit()
    return made


@pytest.fixture
def organiser(app: Flask) -> FlaskClient:
    client = app.test_client()
    enter(client)
    return client


@pytest.mark.parametrize("path", ["people/pablo", "people/new", "organisations/yusa", "organisations/new"])
def test_a_form_with_a_bad_token_comes_back_as_it_was_sent_and_can_be_saved(organiser: FlaskClient, path: str) -> None:
    (seen,) = re.findall(r'name="seen" type="hidden" value="([^"]+)"', organiser.get(BASE + path).text)
    sent = {"name_ja": "", "name_en": "Written <for> an hour", "position": "1", "seen": seen}
    answer = organiser.post(BASE + path, data=sent)
    assert answer.status_code == 422
    assert "It holds what you entered: save again." in answer.text
    assert 'value="Written &lt;for&gt; an hour"' in answer.text
    assert organiser.post(BASE + path, data=sent | {"csrf_token": token(answer.text)}).status_code == 302


def test_what_was_chosen_between_two_is_kept(app: Flask, organiser: FlaskClient) -> None:
    path = BASE + "people/pablo/merge"
    shown = organiser.get(path + "?with=twin").text
    (seen,) = re.findall(r'name="seen" value="([^"]+)"', shown)
    sent = {"do": "merge", "with": "twin", "seen": seen, "name_en": "dropped"}
    answer = organiser.post(path, data=sent)
    assert answer.status_code == 422
    chosen = re.findall(r'name="name_en" value="([^"]+)" checked', answer.text)
    assert chosen == ["dropped"]
    with app.app_context():
        assert sorted(queries.person_keys(db.session(), 1)) == ["pablo", "twin"]
    (good,) = re.findall(r'name="csrf_token" value="([^"]+)">\s*<input type="hidden" name="with"', answer.text)
    assert organiser.post(path, data=sent | {"csrf_token": good}).status_code == 302
    with app.app_context():
        assert queries.person_keys(db.session(), 1) == ["pablo"]
