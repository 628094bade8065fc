"""The public pages: what stands in them, in which language, and where from."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events.people.models import Person
from galerio_events.programme.models import ProgrammeSession
from galerio_events.releases.services import release_programme
from galerio_events.translated import Translated
from tests.support.builders import NOW, make_event, sample_programme, store_release
from tests.support.demo import released_demo
from tests.support.html import Element, parse

PLACES = ("", "programme", "sessions/session-1", "people", "people/tan", "archive")


def get(client: FlaskClient, address: str, status: int = 200) -> Element:
    response = client.get(address)
    assert response.status_code == status, address
    return parse(response.text)


@pytest.fixture
def event_id(db_session: Session) -> int:
    event = released_demo(db_session)
    db_session.commit()
    return event.id


@pytest.mark.usefixtures("event_id")
class TestEveryPage:
    @pytest.mark.parametrize("place", PLACES)
    @pytest.mark.parametrize("language", ["ja", "en"])
    def test_says_its_language_and_its_other_one(self, client: FlaskClient, language: str, place: str) -> None:
        page = get(client, f"/{language}/ascc11/{place}")
        other = {"ja": "en", "en": "ja"}[language]
        assert page.one("html").attributes["lang"] == language
        switch = page.one("a", lang=other, hreflang=other)
        assert switch.attributes["href"] == f"/{other}/ascc11/{place}"
        pages = [a.attributes for a in page.all("link", rel="alternate") if "type" not in a.attributes]
        alternates = {attributes["hreflang"]: attributes["href"] for attributes in pages}
        base = "http://localhost:8000"
        assert alternates == {tag: f"{base}/{tag}/ascc11/{place}" for tag in ("ja", "en")}
        assert page.one("link", rel="canonical").attributes["href"] == f"{base}/{language}/ascc11/{place}"

    @pytest.mark.parametrize("place", PLACES)
    @pytest.mark.parametrize("language", ["ja", "en"])
    def test_has_one_heading_a_title_a_description_and_nothing_inline(
        self, client: FlaskClient, language: str, place: str
    ) -> None:
        page = get(client, f"/{language}/ascc11/{place}")
        heading = page.one("h1").text
        assert page.one("title").text.startswith(heading)
        assert page.one("meta", name_="description").attributes["content"]
        assert page.one("meta", property="og:title").attributes["content"].startswith(heading)
        assert [s.text for s in page.all("script")] == [""] * len(page.all("script"))
        assert page.all("style") == []
        assert [e.name for e in page.all() if "style" in e.attributes or "onclick" in e.attributes] == []

    @pytest.mark.parametrize("place", PLACES)
    def test_ids_are_unique(self, client: FlaskClient, place: str) -> None:
        ids = [e.attributes["id"] for e in get(client, f"/ja/ascc11/{place}").all() if "id" in e.attributes]
        assert len(ids) == len(set(ids))

    @pytest.mark.parametrize("place", PLACES)
    def test_is_the_same_for_every_reader_and_can_be_asked_for_again(self, client: FlaskClient, place: str) -> None:
        first = client.get(f"/en/ascc11/{place}")
        again = client.get(
            f"/en/ascc11/{place}", headers={"If-None-Match": first.headers["ETag"], "Accept-Language": "ja"}
        )
        assert (first.headers["Cache-Control"], again.status_code) == ("public, max-age=0, must-revalidate", 304)

    def test_the_home_page_names_dates_hosts_and_figures(self, client: FlaskClient) -> None:
        page = get(client, "/ja/ascc11/")
        assert page.one("h1").text == "第11回アジア・スマートシティ会議"
        facts = {row.one("dt").text: row.one("dd").text for row in page.one("dl", class_="hero__facts").all("div")}
        assert facts == {
            "会期": "2022年11月24日（木）～25日（金）",
            "開催形式": "オンライン",
            "タイムゾーン": "日本時間（UTC+9）",
            "主催": "横浜市",
        }
        figures = {d.one("dt").text: d.one("dd").text for d in page.one("dl", class_="figures").all("div")}
        assert figures == {
            "セッション": "7",
            "登壇者": "25",
            "登壇者の国・地域": "7",
            "参加者": "730",
            "参加者の国・地域": "38",
        }
        hosts = page.all("dl", class_="organisers")[0]
        assert [[dd.text for dd in row.all("dd")] for row in hosts.all("div")] == [
            ["横浜市"],
            ["GALERIO 企画委員会"],
            ["内閣府", "外務省", "財務省", "経済産業省", "国土交通省", "環境省", "シティネット"],
        ]
        glance = page.all("li", class_="glance__entry")
        assert [(row.one("time").text, row.one("a").text) for row in glance][:2] == [
            ("12:30", "レセプション"),
            ("14:30", "横浜市内企業等と海外事業者間のビジネスマッチング"),
        ]
        assert len(glance) == 7

    @pytest.mark.parametrize("address", ["/ascc11/programme.ics", "/ascc11/sessions/session-1.ics"])
    def test_the_language_of_a_calendar_may_be_in_capitals(self, client: FlaskClient, address: str) -> None:
        for language in ("ja", "en"):
            response = client.get(f"{address}?lang={language.upper()}")
            assert (response.status_code, response.data) == (200, client.get(f"{address}?lang={language}").data)

    def test_the_theme_breaks_before_its_subtitle(self, client: FlaskClient) -> None:
        theme = get(client, "/ja/ascc11/").one("p", class_="hero__theme")
        assert theme.one("span", class_="phrase").text == "～\u2060脱炭素、SDGs/VLR、スマートシティ\u2060～"
        assert theme.text.replace("\u2060", "").startswith(
            "持続可能な成長を実現する公民連携による新たな都市づくり ～脱炭素"
        )
        assert get(client, "/en/ascc11/").one("p", class_="hero__theme").all("span") == []

    def test_a_single_session_says_its_zone_once(self, client: FlaskClient) -> None:
        page = get(client, "/en/ascc11/sessions/session-1?tz=Asia/Phnom_Penh")
        assert page.one("main").text.count("Cambodia time") == 1
        assert page.one("aside", class_="session__side").one("dl").all("dd")[0].text.endswith("Cambodia time (UTC+7)")

    def test_the_calendar_can_be_subscribed_to(self, client: FlaskClient) -> None:
        links = {
            a.attributes["href"]
            for a in get(client, "/en/ascc11/programme").one("section", class_="subscribe").all("a")
        }
        assert links == {
            "webcal://localhost:8000/ascc11/programme.ics?lang=en",
            "/ascc11/programme.ics?lang=en",
            "https://calendar.google.com/calendar/r?cid=webcal%3A%2F%2Flocalhost%3A8000%2Fascc11%2Fprogramme.ics%3Flang%3Den",
            "https://outlook.live.com/calendar/0/addfromweb?url=http%3A%2F%2Flocalhost%3A8000%2Fascc11%2Fprogramme.ics%3Flang%3Den"
            "&name=11th%20Asia%20Smart%20City%20Conference",
        }

    def test_a_session_has_its_people_by_role_in_programme_order(self, client: FlaskClient) -> None:
        page = get(client, "/en/ascc11/sessions/session-3")
        roles = [
            (role.one("h3").text, [p.text for p in role.all("p", class_="person__name")])
            for role in page.all("div", class_="role")
        ]
        assert roles == [
            ("Moderator", ["Christopher Pablo"]),
            ("Keynote speakers", ["Alfonso Vegara", "Carli Bunding-Venter"]),
            ("Panellists", ["坂和 伸賢", "Tan Xin Ji Alan"]),
        ]
        links = {
            a.attributes.get("rel", ""): a.attributes["href"] for a in page.one("nav", class_="neighbours").all("a")
        }
        assert links == {"prev": "/en/ascc11/sessions/session-2", "next": "/en/ascc11/sessions/closing"}
        actions = [a.attributes["href"] for a in page.one("div", class_="session__actions").all("a")]
        assert actions == ["/en/ascc11/register?session=session-3", "/ascc11/sessions/session-3.ics?lang=en"]

    def test_the_business_matching_lists_its_companies(self, client: FlaskClient) -> None:
        columns = get(client, "/ja/ascc11/sessions/business-matching").one("div", class_="companies").all("div")
        assert [(c.one("h3").text, len(c.all("li"))) for c in columns] == [("日本企業 14", 14), ("海外企業 16", 16)]
        assert columns[1].one("ul").attributes["lang"] == "en"
        assert columns[0].all("li")[0].text == "T.K.K. エボリューション（株）"

    def test_people_stand_in_programme_order_once_each(self, client: FlaskClient) -> None:
        page = get(client, "/ja/ascc11/people")
        names = [h.text for h in page.all("h2", class_="person__name")]
        assert (len(names), len(set(names)), names[0], names[-1]) == (
            25,
            25,
            "橋本 徹",
            "Mary Jane Crisanto Ortega",
        )

    def test_a_person_with_two_parts_has_both_sessions(self, client: FlaskClient) -> None:
        page = get(client, "/en/ascc11/people/hashimoto")
        parts = [
            (p.one("time").text, p.one("a").text, p.one("p", class_="part__role").text)
            for p in page.all("li", class_="part")
        ]
        assert parts == [
            ("Thursday 24 November 2022, 12:30–14:15", "Reception", "Moderator"),
            ("Friday 25 November 2022, 17:00–17:30", "Closing", "Moderator"),
        ]
        assert page.one("p", class_="kicker").text == "Japan"

    @pytest.mark.parametrize(("language", "marked"), [("en", "ja"), ("ja", None)])
    def test_a_name_in_one_language_only_is_marked_with_it(
        self, client: FlaskClient, language: str, marked: str | None
    ) -> None:
        heading = get(client, f"/{language}/ascc11/people/omori").one("h1")
        assert heading.text == "大森 文彦"
        assert [s.attributes["lang"] for s in heading.all("span")] == ([marked] if marked else [])

    def test_the_fallback_is_marked_in_the_timetable_as_well(self, client: FlaskClient) -> None:
        page = get(client, "/en/ascc11/programme")
        assert [s.text for s in page.all("dl", class_="entry__people")[0].all("span", lang="ja")] == [
            "大森 文彦",
            "納家 祥",
            "水上 貴裕",
            "土屋 広太郎",
            "中臺 銀河",
        ]

    def test_the_archive_lists_what_was_filmed(self, client: FlaskClient) -> None:
        page = get(client, "/ja/ascc11/archive")
        assert page.one("a", class_="button").attributes["href"] == "https://yport.city.yokohama.lg.jp/promotion/ascc"
        films = [a.attributes["href"].rsplit("/", 1)[1] for a in page.one("ul", class_="lines").all("a")]
        assert films == ["opening", "session-1", "session-2", "session-3", "closing"]

    @pytest.mark.parametrize(
        "place",
        ["sessions/nothing", "people/nobody", "sessions/", "programme/2022", "people/..%2f..", "sessions/%00", "x"],
    )
    @pytest.mark.parametrize(("language", "heading"), [("ja", "ページが見つかりません"), ("en", "Page not found")])
    def test_what_is_not_there_is_a_404_in_the_language_of_the_address(
        self, client: FlaskClient, language: str, heading: str, place: str
    ) -> None:
        response = client.get(f"/{language}/ascc11/{place}", headers={"Accept-Language": "fr"})
        page = parse(response.text)
        assert (response.status_code, page.one("h1").text) == (404, heading)
        assert page.all("link", rel="canonical") == []

    @pytest.mark.parametrize(
        "address", ["/fr/ascc11/", "/ja/ascc12/", "/ja/ascc12/programme", "/ascc12", "/EN/ascc11/"]
    )
    def test_unknown_languages_and_events(self, client: FlaskClient, address: str) -> None:
        get(client, address, 404)

    def test_writing_to_a_page_is_refused(self, client: FlaskClient) -> None:
        assert client.post("/ja/ascc11/programme").status_code == 405


def test_a_rename_in_the_draft_shows_with_the_next_release(
    client: FlaskClient, db_session: Session, event_id: int
) -> None:
    addresses = [f"/en/ascc11/{place}" for place in ("", "programme", "people", "people/tan", "sessions/session-3")]
    before = [client.get(a).data for a in addresses]
    person = db_session.scalars(sa.select(Person).where(Person.key == "tan")).one()
    person.name = Translated({"en": "Somebody Else"})
    session = db_session.scalars(sa.select(ProgrammeSession).where(ProgrammeSession.key == "session-3")).one()
    session.title = Translated({"en": "Something else"})
    db_session.commit()
    assert [client.get(a).data for a in addresses] == before
    release_programme(db_session, event_id, account_id=None, now=NOW)
    db_session.commit()
    assert get(client, "/en/ascc11/people/tan").one("h1").text == "Somebody Else"
    assert get(client, "/en/ascc11/sessions/session-3").one("h1").text == "Something else"


def test_a_removed_session_keeps_its_page_which_says_so(
    client: FlaskClient, db_session: Session, event_id: int
) -> None:
    session = db_session.scalars(sa.select(ProgrammeSession).where(ProgrammeSession.key == "session-2")).one()
    session.removed_at = NOW
    db_session.commit()
    release_programme(db_session, event_id, account_id=None, now=NOW)
    db_session.commit()
    page = get(client, "/en/ascc11/sessions/session-2")
    assert page.one("div", class_="notice").one("strong").text == "This session has been cancelled."
    assert page.all("nav", class_="neighbours") == []
    assert "/en/ascc11/register?session=session-2" not in {a.attributes.get("href") for a in page.all("a")}
    programme = get(client, "/en/ascc11/programme")
    shown = [h.one("a").attributes["href"] for h in programme.all("h3", class_="entry__title")]
    assert "/en/ascc11/sessions/session-2" not in shown
    assert [
        a.attributes["href"] for a in programme.all("a") if a.attributes.get("href", "").endswith("/session-2")
    ] == ["/en/ascc11/sessions/session-2"]
    assert "Yatsuka Kataoka" not in get(client, "/en/ascc11/people").text


class TestFrontDoors:
    @pytest.mark.parametrize(
        ("accepts", "language"),
        [
            ("en-GB,en;q=0.9", "en"),
            ("ja", "ja"),
            ("ja-JP,ja;q=0.9,en;q=0.8", "ja"),
            ("fr,ja;q=0.5", "ja"),
            ("en;q=0.5,ja", "ja"),
            ("fr,en;q=0.5", "en"),
            ("km-KH", "en"),
            ("th", "en"),
            ("fr", "en"),
            ("zh-TW,zh;q=0.9", "en"),
            ("*", "en"),
            ("fr,*;q=0.5", "en"),
            ("ja;q=0", "en"),
            ("?!", "en"),
            ("", "ja"),
            (None, "ja"),
        ],
    )
    def test_the_roots_lead_to_the_readers_language(
        self, client: FlaskClient, event_id: int, accepts: str | None, language: str
    ) -> None:
        headers = {} if accepts is None else {"Accept-Language": accepts}
        for address, target in (("/", f"/{language}/"), ("/ascc11", f"/{language}/ascc11/")):
            response = client.get(address, headers=headers)
            assert (response.status_code, response.location) == (302, target)
            assert "accept-language" in response.vary

    def test_who_asks_for_no_language_gets_the_first_of_the_event(
        self, client: FlaskClient, db_session: Session
    ) -> None:
        make_event(db_session, "london", languages=["fr", "en", "ja"])
        db_session.commit()
        assert client.get("/london").location == "/en/london/"
        assert client.get("/london", headers={"Accept-Language": "ja"}).location == "/ja/london/"

    def test_the_front_page_leads_to_the_newest_published_event(
        self, client: FlaskClient, db_session: Session, event_id: int
    ) -> None:
        make_event(db_session, "ascc12", starts_on=NOW.date().replace(year=2024), ends_on=NOW.date().replace(year=2024))
        db_session.commit()
        assert client.get("/en/").location == "/en/ascc11/"

    def test_without_any_event_there_is_a_friendly_page(self, client: FlaskClient) -> None:
        page = get(client, "/ja/")
        assert (
            page.one("p", class_="lead").text
            == "開催予定の会議はまだ公開されていません。しばらくしてからご覧ください。"
        )

    @pytest.mark.parametrize("place", ["", "programme", "people", "changes"])
    def test_before_the_first_release_the_programme_is_promised(
        self, client: FlaskClient, db_session: Session, place: str
    ) -> None:
        event = make_event(db_session, title=Translated({"en": "A Secret Title"}))
        db_session.add(Person(event_id=event.id, key="secret", name=Translated({"en": "A Secret Guest"})))
        db_session.commit()
        page = get(client, f"/en/ascc11/{place}")
        assert page.one("p", class_="lead").text == "The programme will be announced here."
        assert "Secret" not in page.text
        get(client, "/en/ascc11/people/secret", 404)

    @pytest.mark.parametrize("place", ["programme", "people", ""])
    def test_a_release_without_sessions(self, client: FlaskClient, db_session: Session, place: str) -> None:
        event = make_event(db_session)
        store_release(db_session, event, sample_programme(0))
        db_session.commit()
        get(client, f"/en/ascc11/{place}")


def test_markup_in_what_organisers_write_is_shown_as_text(client: FlaskClient, db_session: Session) -> None:
    event = released_demo(db_session)
    nasty = "<script>alert(1)</script> & \"'"
    for person in db_session.scalars(sa.select(Person)):
        person.name = Translated({"ja": nasty})
        person.affiliation = Translated({"ja": nasty})
    for session in db_session.scalars(sa.select(ProgrammeSession)):
        session.title = session.summary = session.abstract = Translated({"ja": nasty})
    db_session.commit()
    release_programme(db_session, event.id, account_id=None, now=NOW)
    db_session.commit()
    for language in ("ja", "en"):
        for place in PLACES:
            page = get(client, f"/{language}/ascc11/{place}")
            assert [s.text for s in page.all("script")] == [""] * len(page.all("script"))
    assert get(client, "/en/ascc11/people/tan").one("h1").text == nasty


@pytest.mark.parametrize(
    ("place", "most"),
    # A session's page asks the features once each what they show of it; then it is kept as the others are.
    [("", 2), ("programme", 2), ("sessions/session-1", 6), ("people", 2), ("people/pablo", 2), ("archive", 4)],
)
def test_the_number_of_queries_does_not_grow(
    client: FlaskClient,
    db_session: Session,
    count_queries: Callable[[Callable[[], object]], int],
    place: str,
    most: int,
) -> None:
    counts = []
    for number in (1, 3):
        event = make_event(db_session, f"event{number}")
        store_release(db_session, event, sample_programme(number))
        db_session.commit()
        counts.append(count_queries(lambda: client.get(f"/en/event{number}/{place}")))  # noqa: B023
    assert counts[0] == counts[1] <= most
