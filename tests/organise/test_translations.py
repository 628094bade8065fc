"""Every missing translation, by language and by kind of thing, with the way to its field."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events.events.models import Event
from galerio_events.people.models import Organisation
from galerio_events.programme.domain import RoleKind
from tests.settings.support import filled
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
    """(where the link leads, what it says) of every row, without the way back that the link carries."""
    base = "/en/organise/ascc11/"
    return [
        (re.sub(r"\?gaps=[^#]*", "", link.attributes["href"]).removeprefix(base), link.children[0].strip())  # type: ignore[union-attr]
        for link in (row.one("a") for row in listed(client, query))
    ]


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


def sent_back(client: FlaskClient, link: str, **changed: str) -> str:
    """Open the form to which the link leads, and send it with all that it holds; where the answer leads."""
    path = link.partition("#")[0]
    data = filled(client.get(path).text) | {"do": "save"} | changed
    answer = client.post(urlsplit(path).path, data=data)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def links(client: FlaskClient, query: str) -> list[str]:
    return [row.one("a").attributes["href"] for row in listed(client, query)]


def marked(client: FlaskClient, query: str) -> list[int]:
    return [at for at, row in enumerate(listed(client, query)) if row.attributes.get("id") == "next"]


def test_whoever_saves_is_led_to_what_is_missing_next(
    organiser: FlaskClient, db_session: Session, event: Event
) -> None:
    full(db_session, event)
    ways = [
        ("settings/venues/webinar", {"name_en": "Webinar"}, [2]),
        ("programme/session-3", {"abstract_en": "A talk"}, [0]),
        (f"settings/organisers/{event.organisers[0].id}", {"name_en": "Yokohama"}, [0]),
        ("settings?", {"theme_en": "New cities"}, []),
    ]
    for path, changed, next_one in ways:
        link = next(each for each in links(organiser, "?into=en") if f"/ascc11/{path}" in each)
        to = urlsplit(sent_back(organiser, link, **changed))
        assert (to.path, to.fragment) == (PAGE, "next")
        assert parse_qs(to.query)["into"] == ["en"] and "of" not in parse_qs(to.query)
        assert marked(organiser, f"?{to.query}") == next_one
    assert "Nothing is missing here." in organiser.get(PAGE + "?into=en").text
    for path, changed in (
        ("settings/tracks/smart-city", {"name_ja": "街"}),
        ("people/pablo", {"name_ja": "パブロ", "bio_ja": "略歴"}),
        ("organisations/yusa", {"name_ja": "ユサ"}),
    ):
        link = next(each for each in links(organiser, "") if path in each)
        to = urlsplit(sent_back(organiser, link, **changed))
        assert (to.path, to.fragment, marked(organiser, f"?{to.query}")) == (PAGE, "next", [0])


def test_the_way_back_outlives_errors_and_is_the_way_out_of_the_form(
    organiser: FlaskClient, db_session: Session, event: Event
) -> None:
    full(db_session, event)
    (link,) = links(organiser, "?into=en&of=venue")
    address = urlsplit(link)
    page = organiser.get(link).text
    back = f"{PAGE}?after=en.venue.venue.webinar.0&into=en&of=venue#next"
    assert [a.attributes["href"] for a in parse(page).one("main").all("a") if a.text == "Cancel"] == [back]
    refused = organiser.post(address.path, data=filled(page) | {"capacity": "many", "name_en": "Webinar"})
    assert refused.status_code == 422
    saved = organiser.post(address.path, data=filled(refused.text) | {"capacity": "100"})
    assert saved.headers["Location"] == back


@pytest.mark.parametrize(
    "odd",
    [
        "https://example.org/", "//example.org", "en.venue.venue.webinar", "en.moon.venue.webinar.0",
        "en.venue.moon.webinar.0", "en.venue.venue.Web inar.0", "en.venue.venue.webinar.x", "en.venue.venue.webinar.²",
        "e\nn.venue.venue.webinar.0", "en/../x.venue.venue.webinar.0", "en.venue.venue." + "x" * 300 + ".0", "....",
    ],
)  # fmt: skip
def test_nobody_is_led_anywhere_else(organiser: FlaskClient, event: Event, odd: str) -> None:
    page = "/en/organise/ascc11/settings/venues/webinar"
    data = filled(organiser.get(page, query_string={"gaps": odd}).text)
    saved = organiser.post(page, data=data | {"gaps": odd})
    assert saved.headers["Location"] == "/en/organise/ascc11/settings/venues#webinar"
    assert marked(organiser, "?after=" + quote(odd)) == []


def test_what_is_missing_next_may_be_on_another_page_or_gone(
    organiser: FlaskClient, db_session: Session, event: Event
) -> None:
    for number in range(120):
        make_person(db_session, event, f"p{number:03}", name=tr("", "P"), affiliation=tr(""), position=number)
    db_session.commit()
    assert marked(organiser, "?into=ja&after=ja..person.p110.0") == [10]
    assert len(listed(organiser, "?into=ja&after=ja..person.p110.0")) == 20
    assert marked(organiser, "?into=ja&after=ja..person.nobody.0") == []
    assert marked(organiser, "?into=ja&page=1&after=ja..person.p110.0") == []


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
