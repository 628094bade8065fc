"""Characters that cannot be seen are told at the field that held them; long texts come back whole."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events.events.models import Event
from galerio_events.events.queries import newest_change
from galerio_events.programme.domain import RoleKind
from tests.organise.test_session_form import FORM
from tests.organise.test_session_parts import MORE
from tests.support.builders import make_account, make_event, make_person, make_session, sign_in, tr
from tests.support.html import parse

ROOT = "/en/organise/ascc11/"
SESSION = ROOT + "programme/session-3"
TOLD = (
    "This held characters that cannot be seen (control characters or marks that turn the direction of text). "
    "They have been taken out below; check and save again."
)


@pytest.fixture
def event(db_session: Session) -> Event:
    event = make_event(db_session)
    pablo, tan = make_person(db_session, event), make_person(db_session, event, "tan", name=tr("", "Alan Tan"))
    make_session(db_session, event, people=((RoleKind.MODERATOR, pablo), (RoleKind.PANELIST, tan)))
    db_session.commit()
    return event


@pytest.fixture
def organiser(app: Flask, db_session: Session, event: Event) -> FlaskClient:
    account = make_account(db_session, event=event)
    db_session.commit()
    client = app.test_client()
    sign_in(client, account)
    return client


def fields_of(page: str) -> dict[str, str]:
    """What the page's form would send as it stands; each select sends its first choice."""
    form = max(parse(page).all("form", method="post"), key=lambda form: len(form.all("input")))
    sent = {
        each.attributes["name"]: each.attributes.get("value", "")
        for each in form.all("input")
        if each.attributes.get("name") and each.attributes.get("type") not in {"radio", "checkbox", "file"}
    }
    sent |= {each.attributes["name"]: each.text for each in form.all("textarea")}
    for select in form.all("select"):
        options = select.all("option")
        chosen = [each for each in options if "selected" in each.attributes] or options[:1]
        sent[select.attributes["name"]] = "".join(each.attributes.get("value", "") for each in chosen)
    return sent


def error_at(page: str, field: str) -> str:
    """What the page says at the field of that id."""
    return " ".join(" ".join(each.text for each in parse(page).all("p", id=f"{field}-error")).split())


PAGES = [
    ("settings", "title_en"),
    ("settings", "theme_ja"),
    ("settings/organisers/new", "name_en"),
    ("settings/organisers/new", "url"),
    ("settings/venues/new", "name_ja"),
    ("settings/venues/new", "join_address"),
    ("settings/tracks/new", "name_en"),
    ("settings/tracks/new", "key"),
    ("people/new", "name_en"),
    ("people/new", "affiliation_ja"),
    ("people/new", "bio_en"),
    ("people/new", "email"),
    ("organisations/new", "name_en"),
    ("clone", "title_en"),
    ("programme/new", "title_en"),
    ("programme/new", "abstract_ja"),
]


@pytest.mark.parametrize(("page", "field"), PAGES)
def test_what_cannot_be_seen_is_told_at_its_field(
    organiser: FlaskClient, db_session: Session, event: Event, page: str, field: str
) -> None:
    before = newest_change(db_session, event.id)
    db_session.commit()
    sent = fields_of(organiser.get(ROOT + page).text) | {field: "ok\u202eevil\x07"}
    answer = organiser.post(ROOT + page, data=sent)
    assert answer.status_code == 422
    assert error_at(answer.text, field).startswith(TOLD)
    assert fields_of(answer.text)[field] == "okevil"
    assert newest_change(db_session, event.id) == before


@pytest.mark.parametrize("field", ["people-0-title_en", "links-0-title", "links-0-url"])
def test_it_is_told_in_rows_whichever_button_was_pressed(organiser: FlaskClient, field: str) -> None:
    sent = FORM | MORE | {field: "ok\u202eevil"}
    for button in ("save", "add-person"):
        answer = organiser.post(SESSION, data=sent | {"do": button})
        assert (answer.status_code, error_at(answer.text, field).startswith(TOLD)) == (422, True)
    assert "error-summary" in answer.text
    assert organiser.post(SESSION, data=FORM | MORE | {"do": "add-person"}).status_code == 200


def test_a_script_is_told_too(organiser: FlaskClient) -> None:
    sent = fields_of(organiser.get(ROOT + "programme/new").text) | {"title_en": "ok\u202eevil"}
    answer = organiser.post(ROOT + "programme/new", data=sent, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["problems"]["title_en"]) == (422, TOLD)


LONG = [(page, field) for page, field in PAGES if field not in {"url", "join_address", "key", "email"}]


@pytest.mark.parametrize(("page", "field"), LONG)
def test_a_text_that_is_too_long_comes_back_whole(organiser: FlaskClient, page: str, field: str) -> None:
    shown = organiser.get(ROOT + page).text
    (box,) = [each for tag in ("input", "textarea") for each in parse(shown).all(tag, id=field)]
    assert "maxlength" not in box.attributes
    text = "長" * 10_001
    answer = organiser.post(ROOT + page, data=fields_of(shown) | {field: text})
    assert answer.status_code == 422
    assert "too long" in error_at(answer.text, field)
    assert fields_of(answer.text)[field] == text


def test_digits_of_full_width_are_digits(organiser: FlaskClient) -> None:
    wide = {"people-0-minutes": "１２", "capacity": "１２０"}
    assert organiser.post(SESSION, data=FORM | MORE | wide).status_code == 302
    shown = fields_of(organiser.get(SESSION).text)
    assert (shown["people-0-minutes"], shown["capacity"]) == ("12", "120")
    sent = fields_of(organiser.get(ROOT + "settings").text) | {"ordinal": "１２", "changeover_minutes": "１５"}
    assert organiser.post(ROOT + "settings", data=sent).status_code == 302
    assert fields_of(organiser.get(ROOT + "settings").text)["ordinal"] == "12"
