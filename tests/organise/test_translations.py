"""Every missing translation, by language and by kind of thing, with the way to its field."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events.events.models import Event
from galerio_events.people.models import Organisation
from galerio_events.programme.domain import RoleKind
from tests.support.builders import NOW, make_account, make_event, make_person, make_session, sign_in, tr
from tests.support.html import Element, parse

PAGE = "/en/organise/ascc11/programme/translations"


@pytest.fixture
def event(db_session: Session) -> Event:
    event = make_event(db_session, theme=tr("新たな都市"))
    db_session.commit()
    return event


@pytest.fixture
def organiser(app: Flask, db_session: Session, event: Event) -> FlaskClient:
    account = make_account(db_session, event=event)
    db_session.commit()
    client = app.test_client()
    sign_in(client, account)
    return client


def full(db_session: Session, event: Event) -> None:
    """One gap of every kind beside the theme's."""
    event.organisers[0].name = tr("横浜市")
    event.venues[0].name = tr("ウェビナー")
    event.tracks[0].name = tr("", "Smart city")
    person = make_person(db_session, event, name=tr("", "Pablo"), affiliation=tr("世銀", "WB"), bio=tr("", "Bio"))
    mute = make_person(db_session, event, "mute", name=tr("無", "Mute"), affiliation=tr("無", "Mute"))
    db_session.add(Organisation(event_id=event.id, key="yusa", name=tr("", "YUSA")))
    session = make_session(
        db_session, event, abstract=tr("話"), people=((RoleKind.MC, mute), (RoleKind.SPEAKER, person))
    )
    session.roles[1].title = tr("", "Ports")
    make_session(db_session, event, "tray", title=tr("", "In the tray"), scheduled=False)
    make_session(db_session, event, "gone", title=tr("", "Gone"), removed_at=NOW)
    db_session.commit()


def rows(client: FlaskClient, query: str = "") -> list[tuple[str, str]]:
    """(where the link leads, what it says) of every row."""
    links = [row.one("a") for row in listed(client, query)]
    base = "/en/organise/ascc11/"
    return [(link.attributes["href"].removeprefix(base), link.children[0].strip()) for link in links]  # type: ignore[union-attr]


def listed(client: FlaskClient, query: str = "") -> list[Element]:
    return parse(client.get(PAGE + query).text).all("li", class_="listed")


def test_every_kind_of_text_is_there_with_its_field(organiser: FlaskClient, db_session: Session, event: Event) -> None:
    full(db_session, event)
    assert rows(organiser) == [
        ("settings#theme_en", "Theme (English)"),
        (f"settings/organisers/{event.organisers[0].id}#name_en", "Name (English)"),
        ("settings/venues/webinar#name_en", "Name (English)"),
        ("settings/tracks/smart-city#name_ja", "Name (日本語)"),
        ("people/pablo#name_ja", "Name (日本語)"),
        ("people/pablo#bio_ja", "About the person (日本語)"),
        ("organisations/yusa#name_ja", "Name (日本語)"),
        ("programme/session-3#abstract_en", "Abstract (English)"),
        ("programme/session-3#people-1-title_ja", "Talk title (日本語)"),
        ("programme/tray#title_ja", "Title (日本語)"),
    ]


def test_every_link_leads_to_its_field(organiser: FlaskClient, db_session: Session, event: Event) -> None:
    full(db_session, event)
    for path, _text in rows(organiser):
        address, _, field = path.partition("#")
        page = parse(organiser.get("/en/organise/ascc11/" + address).text)
        assert len(page.all(id=field)) == 1, path


def test_the_list_is_narrowed_and_counted(organiser: FlaskClient, db_session: Session, event: Event) -> None:
    full(db_session, event)

    def chips(query: str) -> list[str]:
        return [chip.text for chip in parse(organiser.get(PAGE + query).text).one("nav", class_="chip-rows").all("a")]

    assert chips("") == [
        "All languages", "日本語 6", "English 4",
        "Everything", "Event 1", "Host or supporter 1", "Venue 1", "Track 1", "Person 2",
        "Organisation that runs sessions 1", "Session 2", "Talk 1",
    ]  # fmt: skip
    assert chips("?into=en&of=session") == [
        "All languages", "日本語 1", "English 1",
        "Everything", "Event 1", "Host or supporter 1", "Venue 1", "Session 1",
    ]  # fmt: skip
    assert rows(organiser, "?into=en&of=session") == [("programme/session-3#abstract_en", "Abstract (English)")]
    assert len(rows(organiser, "?into=xx&of=moon&page=99")) == 10
    assert "Nothing is missing here." in organiser.get(PAGE + "?into=en&of=talk").text


def test_the_other_languages_text_stands_beside_it(organiser: FlaskClient, db_session: Session, event: Event) -> None:
    event.theme = tr("<b>新たな都市</b>" + "あ" * 300)
    db_session.commit()
    (row,) = listed(organiser)
    assert row.one("span", lang="ja").text.startswith("<b>新たな都市</b>")
    assert len(row.one("span", lang="ja").text) <= 203


def test_nothing_is_missing(organiser: FlaskClient, db_session: Session, event: Event) -> None:
    event.theme = tr("")
    db_session.commit()
    assert "Nothing is missing." in organiser.get(PAGE).text
    event.languages = ["ja"]
    event.theme = tr("新たな都市")
    db_session.commit()
    assert "Nothing is missing." in organiser.get(PAGE).text


def test_a_long_list_has_pages_and_few_queries(
    organiser: FlaskClient,
    db_session: Session,
    event: Event,
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    counts = []
    for number in range(3):
        person = make_person(db_session, event, f"p{number}", name=tr("", "P"))
        make_session(db_session, event, f"s{number}", title=tr("", "S"), people=((RoleKind.MC, person),))
        db_session.commit()
        counts.append(count_queries(lambda: organiser.get(PAGE)))
    assert counts[0] == counts[2]
    for number in range(120):
        make_person(db_session, event, f"more{number}", name=tr("", "P"), affiliation=tr(""))
    db_session.commit()
    assert len(listed(organiser)) == 100
    assert len(listed(organiser, "?page=2")) == 1 + 3 + 3 + 120 - 100
