"""What a session's public page and calendar entry say of talks, languages and links."""

from dataclasses import replace

from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy.orm import Session

from galerio_events.programme.domain import LinkKind, RoleKind
from galerio_events.programme.domain.values import LinkValue
from galerio_events.releases.domain.document import PublishedProgramme, PublishedRole
from galerio_events.releases.exports import ical
from tests.support.builders import make_event, sample_programme, store_release, tr
from tests.support.html import parse


def with_talks() -> PublishedProgramme:
    programme = sample_programme(1)
    session = replace(
        programme.sessions[0],
        people=(
            PublishedRole(RoleKind.MODERATOR, "pablo"),
            PublishedRole(RoleKind.PANELIST, "ishikawa", tr("歩ける都市", "Walkable <cities>")),
        ),
        language="vi",
        links=(
            LinkValue("https://example.org/slides.pdf", "Slides", LinkKind.ATTACHMENT),
            LinkValue("https://example.org/"),
            LinkValue("javascript:alert(1)", "Odd"),
        ),
    )
    return replace(programme, sessions=(session,))


def test_talks_language_and_links_are_shown(client: FlaskClient, db_session: Session) -> None:
    store_release(db_session, make_event(db_session), with_talks())
    db_session.commit()
    page = parse(client.get("/en/ascc11/sessions/session-1").text)
    assert [talk.text for talk in page.all(class_="person__talk")] == ["“Walkable <cities>”"]
    person = parse(client.get("/en/ascc11/people/ishikawa").text)
    assert [talk.text for talk in person.all(class_="person__talk")] == ["“Walkable <cities>”"]
    facts = page.one("dl", class_="side-facts")
    terms = [term.text for term in facts.all("dt")]
    assert facts.all("dd")[terms.index("Spoken language")].text == "Vietnamese"
    links = page.one("section", class_="session__links").all("a")
    assert [(link.attributes["href"], link.text) for link in links] == [
        ("https://example.org/slides.pdf", "Slides"),
        ("https://example.org/", "https://example.org/"),
    ]
    assert "「歩ける都市」" in client.get("/ja/ascc11/sessions/session-1").text
    assert "ベトナム語" in client.get("/ja/ascc11/sessions/session-1").text


def test_a_session_without_them_says_nothing_of_them(client: FlaskClient, db_session: Session) -> None:
    store_release(db_session, make_event(db_session), sample_programme(1))
    db_session.commit()
    page = parse(client.get("/en/ascc11/sessions/session-1").text)
    assert page.all(class_="person__talk") == page.all(class_="session__links") == []
    assert "Spoken language" not in page.text


def test_calendars_name_talks_and_say_the_same_twice() -> None:
    programme = with_talks()
    (event,) = Calendar.from_ical(ical.feed(programme, language="en", base_url="http://x")).walk("VEVENT")
    assert "Panellist: 石川 武史 (City of Yokohama) – “Walkable <cities>”" in event["DESCRIPTION"].splitlines()
    (event,) = Calendar.from_ical(ical.feed(programme, language="ja", base_url="http://x")).walk("VEVENT")
    assert "パネリスト：石川 武史（横浜市）「歩ける都市」" in event["DESCRIPTION"].splitlines()
    first, again = (ical.feed(programme, language="en", base_url="http://x") for _ in range(2))
    assert first == again
    other = replace(programme.sessions[0].people[1], title=tr("", "Other"))
    renamed = replace(programme.sessions[0], people=(programme.sessions[0].people[0], other))
    changed = ical.feed(replace(programme, sessions=(renamed,)), language="en", base_url="http://x")
    assert "– “Other”".encode() in changed
