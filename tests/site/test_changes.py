"""What has changed from release to release, for everybody: the page, the page of one release, and the feed."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events import clock
from galerio_events.events.models import Event
from galerio_events.releases.services import bring_back, release_programme
from galerio_events.releases.views import changes
from tests.releases.support import LATER, TELLING, World, make_registration, world
from tests.support.builders import NOW, make_event, make_session, tr, utc
from tests.support.html import Element, parse

ATOM = "{http://www.w3.org/2005/Atom}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
PAGE = "/en/ascc11/changes"


@pytest.fixture
def made(db_session: Session) -> World:
    """Release 1; release 2, announced, moves one session, cancels one, adds one and renames one."""
    made = world(db_session)
    make_registration(db_session, made, "chose@example.org", ["first"])
    made.sessions["first"].starts_at += timedelta(minutes=10)
    made.sessions["second"].removed_at = NOW
    made.sessions["third"].title = tr("新しい題", "New <i>title</i>")
    make_session(db_session, made.event, "extra", starts_at=utc(25, 8), ends_at=utc(25, 9))
    release(db_session, made.event, note="private note", telling=TELLING, announcement=tr("お知らせ", "A & B\n\nmore"))
    return made


def release(db_session: Session, event: Event, *, now: datetime = LATER, **more: object) -> None:
    release_programme(db_session, event.id, account_id=None, now=now, **more)  # type: ignore[arg-type]
    db_session.commit()


def get(client: FlaskClient, address: str) -> Element:
    answer = client.get(address)
    assert answer.status_code == 200
    return parse(answer.text)


def feed(client: FlaskClient, address: str = "/ascc11/changes.atom") -> ElementTree.Element:
    answer = client.get(address)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/atom+xml")
    return ElementTree.fromstring(answer.data)


@pytest.mark.usefixtures("made")
class TestThePage:
    def test_says_what_changed_with_before_and_after(self, client: FlaskClient) -> None:
        page = get(client, PAGE)
        newest, first = page.all("article", class_="release")
        assert newest.one("h2").text == "4 sessions have changed"
        assert newest.all("time")[0].text == "Sunday 2 October 2022, 09:00"
        groups = {g.one("h3").text: [li.text for li in g.all("li")] for g in newest.all("section", class_="changed")}
        when, zone = "Friday 25 November 2022, ", "· Japan time (UTC+9)"
        assert groups == {
            "Sessions that were moved 1": [
                f"Title 1 before: {when}10:00–11:00 → after: {when}10:10–11:00 {zone} Webinar"
            ],
            "Sessions that were cancelled 1": [f"Title 3 {when}12:00–13:00 {zone} Webinar"],
            "Sessions that were added 1": [f"Attractive cities {when}17:00–18:00 {zone} Webinar"],
            "Sessions that were changed 1": [
                f"New <i>title</i> {when}14:00–15:00 {zone} Webinar "
                "Title (English) before: Title 5 after: New <i>title</i>"
            ],
        }
        assert [p.text for p in newest.one("div", class_="prose").all("p")] == ["A & B", "more"]
        assert (first.one("h2").text, first.all("p")[-1].text) == (
            "The programme was published",
            "The programme was published for the first time.",
        )

    def test_speaks_the_readers_language(self, client: FlaskClient) -> None:
        page = get(client, "/ja/ascc11/changes")
        newest = page.all("article", class_="release")[0]
        assert newest.one("h2").text == "4件のセッションに変更がありました"
        assert newest.one("div", class_="prose").text == "お知らせ"
        assert "変更前： 2022年11月25日（金） 10:00–11:00 → 変更後： 2022年11月25日（金） 10:10–11:00" in newest.text
        assert "10:10–11:00 · 日本時間（UTC+9）" in newest.text
        assert [g.one("h3").text for g in newest.all("section", class_="changed")] == [
            "日時・会場が変わったセッション 1",
            "中止になったセッション 1",
            "追加されたセッション 1",
            "内容が変わったセッション 1",
        ]

    def test_shows_times_in_the_zone_asked_for(self, client: FlaskClient) -> None:
        page = get(client, f"{PAGE}?tz=Asia/Bangkok")
        assert (
            "08:00–09:00 → after: Friday 25 November 2022, 08:10–09:00 · Thailand time (UTC+7)" in page.one("main").text
        )
        assert "Sunday 2 October 2022, 07:00" in page.one("main").text
        links = [
            a.attributes["href"] for a in page.one("main").all("a") if "/sessions/" in a.attributes.get("href", "")
        ]
        assert set(links) == {
            f"/en/ascc11/sessions/{key}?tz=Asia/Bangkok" for key in ("first", "second", "third", "extra")
        }
        assert client.get(f"{PAGE}?tz=asia/bangkok").location == f"{PAGE}?tz=Asia/Bangkok"
        assert client.get(f"{PAGE}?tz=Mars").status_code == 400

    def test_says_nothing_private(self, client: FlaskClient) -> None:
        for address in (PAGE, f"{PAGE}/2", "/ascc11/changes.atom"):
            answer = client.get(address).text
            assert not re.search("private note|anna@|chose@|organiser@example", answer)

    def test_is_the_same_for_everybody_and_can_be_asked_for_again(self, client: FlaskClient) -> None:
        for address in (PAGE, f"{PAGE}/2", "/ascc11/changes.atom", "/ascc11/changes.atom?lang=ja"):
            first = client.get(address)
            assert client.get(address, headers={"Accept-Language": "ja"}).data == first.data
            again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
            assert (again.status_code, first.headers["Cache-Control"]) == (304, "public, max-age=0, must-revalidate")
            assert "Set-Cookie" not in first.headers

    def test_is_led_to_from_the_programme(self, client: FlaskClient) -> None:
        page = get(client, "/en/ascc11/programme")
        assert PAGE in [a.attributes.get("href") for a in page.one("main").all("a")]
        assert PAGE in [a.attributes.get("href") for a in page.one("footer").all("a")]
        head = page.one("link", type="application/atom+xml").attributes
        assert (head["rel"], head["href"]) == ("alternate", "/ascc11/changes.atom?lang=en")

    @pytest.mark.parametrize("query", ["0", "-1", "x", "9", "²", "01", "9999999", "1"])
    def test_knows_no_other_pages(self, client: FlaskClient, query: str) -> None:
        assert client.get(f"{PAGE}?before={query}").status_code == 404
        assert client.get(f"{PAGE}/{query if query != '1' else 'one'}").status_code == 404


def test_a_newer_release_shows_at_once_and_the_older_ones_stay(
    client: FlaskClient, db_session: Session, made: World
) -> None:
    before = [article.text for article in get(client, PAGE).all("article", class_="release")]
    bring_back(db_session, made.event.id, 1, account_id=None, now=LATER + timedelta(days=1))
    db_session.commit()
    after = [article.text for article in get(client, PAGE).all("article", class_="release")]
    assert after[1:] == before
    assert "The programme is again as it was in release 1." in after[0]
    assert "Sessions that were taken up again 1 Title 3" in after[0]


def test_pages_follow_each_other(
    client: FlaskClient, db_session: Session, made: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "RELEASES", 2)
    for number in range(3, 6):
        made.sessions["third"].title = tr("", f"Title of {number}")
        release(db_session, made.event)

    def shown(address: str) -> tuple[list[str], list[str]]:
        page = get(client, address)
        articles = [a.attributes["id"] for a in page.all("article", class_="release")]
        return articles, [a.attributes["href"] for a in page.all("a", class_="button--quiet")]

    assert shown(PAGE) == (["release-5", "release-4"], [f"{PAGE}?before=4"])
    assert shown(f"{PAGE}?before=4") == (["release-3", "release-2"], [PAGE, f"{PAGE}?before=2"])
    assert shown(f"{PAGE}?before=2") == (["release-1"], [PAGE])
    assert get(client, f"{PAGE}?before=4").one("meta", name_="robots").attributes["content"] == "noindex"
    entries = feed(client, "/ascc11/changes.atom?lang=en").iter(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == [
        "Session changed: Title of 5",
        "Session changed: Title of 4",
    ]


def test_a_release_with_many_changes_is_told_in_part_and_whole_on_its_own_page(
    client: FlaskClient, db_session: Session, made: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "SESSIONS", 3)
    assert "See everything that changed then" in client.get(PAGE).text
    assert "Sessions that were added 1" in get(client, PAGE).one("main").text
    whole = get(client, f"{PAGE}/2")
    assert len(whole.one("article").all("li")) == 4
    assert whole.one("h1").text == "4 sessions have changed"


def test_what_concerns_no_session_is_said_in_a_word(client: FlaskClient, db_session: Session, made: World) -> None:
    made.people["anna"].bio = tr("", "A life")
    made.event.theme = tr("", "A theme")
    release(db_session, made.event)
    newest = get(client, PAGE).all("article", class_="release")[0]
    assert newest.one("h2").text == "The programme was updated"
    assert "Also updated: the conference itself, people." in newest.text
    assert "A life" not in newest.text


def test_before_the_first_release(client: FlaskClient, db_session: Session) -> None:
    make_event(db_session)
    db_session.commit()
    assert client.get(PAGE).status_code == 200
    assert client.get(f"{PAGE}/1").status_code == 404
    assert client.get("/ascc11/changes.atom").status_code == 404
    assert "atom" not in client.get("/en/ascc11/register").text
    assert client.get("/en/nothing/changes").status_code == 404


@pytest.mark.usefixtures("made")
class TestTheFeed:
    def test_is_a_feed(self, client: FlaskClient) -> None:
        root = feed(client, "/ascc11/changes.atom?lang=en")
        assert (root.tag, root.attrib[LANG]) == (f"{ATOM}feed", "en")
        assert root.findtext(f"{ATOM}title") == "Programme changes: 11th Asia Smart City Conference"
        assert root.findtext(f"{ATOM}author/{ATOM}name") == "11th Asia Smart City Conference"
        assert root.findtext(f"{ATOM}updated") == clock.to_text(LATER)
        base = "http://localhost:8000"
        links = {link.attrib["rel"]: link.attrib["href"] for link in root.findall(f"{ATOM}link")}
        assert links == {"self": f"{base}/ascc11/changes.atom?lang=en", "alternate": f"{base}/en/ascc11/changes"}
        entries = root.findall(f"{ATOM}entry")
        assert [
            (
                entry.findtext(f"{ATOM}title"),
                entry.findtext(f"{ATOM}updated"),
                entry.findtext(f"{ATOM}published"),
                entry.find(f"{ATOM}link").attrib["href"],  # type: ignore[union-attr]
            )
            for entry in entries
        ] == [
            ("4 sessions have changed", clock.to_text(LATER), clock.to_text(LATER), f"{base}/en/ascc11/changes/2"),
            ("The programme was published", clock.to_text(NOW), clock.to_text(NOW), f"{base}/en/ascc11/changes/1"),
        ]
        ids = [found.text or "" for found in root.iter(f"{ATOM}id")]
        assert len(set(ids)) == 3
        assert [UUID(found.removeprefix("urn:uuid:")).version for found in ids] == [5, 5, 5]

    def test_its_content_is_html_that_is_escaped_once(self, client: FlaskClient) -> None:
        (content, _first) = feed(client, "/ascc11/changes.atom?lang=en").iter(f"{ATOM}content")
        assert content.attrib == {"type": "html"}
        html = content.text or ""
        assert "<p>A &amp; B</p><p>more</p>" in html
        assert "New &lt;i&gt;title&lt;/i&gt;" in html
        assert '<a href="http://localhost:8000/en/ascc11/sessions/first">Title 1</a>' in html
        assert "<h3>Sessions that were moved (1)</h3>" in html
        when = "Friday 25 November 2022, "
        told = f"<del>{when}10:00–11:00</del> → <ins>{when}10:10–11:00</ins> · Japan time (UTC+9)"
        assert told in html
        parse(html)

    def test_ids_stay_when_there_is_more(self, client: FlaskClient, db_session: Session, made: World) -> None:
        before = [found.text for found in feed(client).iter(f"{ATOM}id")]
        made.sessions["first"].title = tr("", "Again")
        release(db_session, made.event, now=LATER + timedelta(days=1))
        after = [found.text for found in feed(client).iter(f"{ATOM}id")]
        assert (after[0], after[2:]) == (before[0], before[1:])

    def test_speaks_the_events_first_language_unless_asked(self, client: FlaskClient) -> None:
        assert feed(client).attrib[LANG] == "ja"
        assert feed(client).findtext(f"{ATOM}title") == "プログラムの変更：第11回アジア・スマートシティ会議"
        asked = client.get("/ascc11/changes.atom", headers={"Accept-Language": "en"}).data
        assert asked == client.get("/ascc11/changes.atom?lang=ja").data
        assert client.get("/ascc11/changes.atom?lang=th").status_code == 400

    def test_what_xml_cannot_hold_is_left_out(self, client: FlaskClient, db_session: Session, made: World) -> None:
        made.sessions["first"].title = tr("", "A\x0b\ufffe😀 <b>&amp;")
        release(db_session, made.event)
        newest = next(feed(client, "/ascc11/changes.atom?lang=en").iter(f"{ATOM}entry"))
        assert newest.findtext(f"{ATOM}title") == "Session changed: A😀 <b>&amp;"


def test_the_page_takes_as_many_queries_for_one_release_as_for_three(
    client: FlaskClient, db_session: Session, made: World, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    counts = []
    for title in ("One", "Two", "Three"):
        made.sessions["first"].title = tr("", title)
        release(db_session, made.event)
        counts.append(count_queries(lambda: client.get(PAGE)))
    assert counts[0] == counts[1] == counts[2]
