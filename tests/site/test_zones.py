"""The timetable in any time zone: every session once, on the right day."""

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from galerio_events import clock
from galerio_events.events.domain import VenueKind
from galerio_events.releases.domain.document import PublishedProgramme, PublishedVenue
from galerio_events.releases.views import timetable
from tests.support.builders import make_event, sample_programme, store_release, tr, utc
from tests.support.demo import released_demo
from tests.support.html import Element, parse

BACK = {"Show in Japan time (UTC+9)", "Show the times of the venue"}
TIMED = {"programme", "sessions", "people", "register"}
PLACES = ("programme", "sessions/session-1", "people", "people/hashimoto")


@pytest.fixture
def demo(db_session: Session) -> None:
    released_demo(db_session)
    db_session.commit()


def shown(page: Element) -> list[tuple[str, str, str]]:
    """(day, time as it is written, key) of every row."""
    return [
        (day.one("h2").text, row.one("p", class_="entry__time").text, key_of(row))
        for day in page.all("section", class_="day")
        for row in day.all("li", class_="entry")
    ]


def key_of(row: Element) -> str:
    return key_in(row.one("h3").one("a").attributes["href"])


def kind_of(address: str) -> str:
    """`people` for `/en/ascc11/people/pablo?tz=…`."""
    return address.partition("?")[0].removeprefix("/en/ascc11/").partition("/")[0]


def key_in(href: str) -> str:
    return href.partition("?")[0].rsplit("/", 1)[1]


@pytest.mark.usefixtures("demo")
class TestDemo:
    def test_in_the_events_own_zone(self, client: FlaskClient) -> None:
        page = parse(client.get("/ja/ascc11/programme").text)
        assert page.one("div", class_="zone").one("strong").text == "日本時間（UTC+9）"
        assert shown(page) == [
            ("2022年11月24日（木）", "12:30–14:15", "reception"),
            ("2022年11月24日（木）", "14:30–17:30", "business-matching"),
            ("2022年11月25日（金）", "13:00–13:10", "opening"),
            ("2022年11月25日（金）", "13:10–14:20", "session-1"),
            ("2022年11月25日（金）", "14:30–15:40", "session-2"),
            ("2022年11月25日（金）", "15:50–17:00", "session-3"),
            ("2022年11月25日（金）", "17:00–17:30", "closing"),
        ]

    def test_in_los_angeles(self, client: FlaskClient) -> None:
        page = parse(client.get("/en/ascc11/programme?tz=America/Los_Angeles").text)
        assert page.one("div", class_="zone").one("strong").text == "Los Angeles time (UTC−8)"
        assert shown(page) == [
            ("Wednesday 23 November 2022", "19:30–21:15", "reception"),
            ("Wednesday 23 November 2022", "21:30–00:30 ends Thu 24 Nov", "business-matching"),
            ("Thursday 24 November 2022", "20:00–20:10", "opening"),
            ("Thursday 24 November 2022", "20:10–21:20", "session-1"),
            ("Thursday 24 November 2022", "21:30–22:40", "session-2"),
            ("Thursday 24 November 2022", "22:50–00:00 ends Fri 25 Nov", "session-3"),
            ("Friday 25 November 2022", "00:00–00:30", "closing"),
        ]
        times = page.all("li", class_="entry")[1].all("time")
        assert [t.attributes["datetime"] for t in times] == ["2022-11-23T21:30-08:00", "2022-11-24T00:30-08:00"]

    def test_links_and_the_language_switch_keep_the_zone(self, client: FlaskClient) -> None:
        page = parse(client.get("/en/ascc11/programme?tz=Asia/Bangkok").text)
        assert page.one("a", hreflang="ja").attributes["href"] in {
            "/ja/ascc11/programme?tz=Asia/Bangkok",
            "/ja/ascc11/programme?tz=Asia%2FBangkok",
        }
        rows = [h.one("a").attributes["href"] for h in page.all("h3", class_="entry__title")]
        assert rows[0] == "/en/ascc11/sessions/reception?tz=Asia/Bangkok"
        session = parse(client.get(rows[0]).text)
        chosen = session.one("dd", class_="side-facts__chosen")
        assert chosen.text == "Thursday 24 November 2022, 10:30–12:15Thailand time (UTC+7)"
        assert "tz=" in session.one("a", hreflang="ja").attributes["href"]
        assert "tz=" not in session.one("link", rel="canonical").attributes["href"]

    def test_the_session_page_shows_both_zones_and_the_end_on_the_next_day(self, client: FlaskClient) -> None:
        page = parse(client.get("/ja/ascc11/sessions/business-matching?tz=America/Los_Angeles").text)
        texts = [dd.text for dd in page.one("dl", class_="side-facts").all("dd")][:2]
        assert texts == [
            "2022年11月23日（水） 21:30 – 11月24日（木） 00:30ロサンゼルス時間（UTC−8）",
            "2022年11月24日（木） 14:30–17:30日本時間（UTC+9）",
        ]

    @pytest.mark.parametrize("address", PLACES)
    @pytest.mark.parametrize(
        "zone",
        [
            "Nowhere",
            "JST",
            "localtime",
            "../../etc/passwd",
            "..",
            "Asia",
            "Asia/",
            "/usr/share/zoneinfo/Asia/Tokyo",
            "Asia/Tokyo ",
            "<b>",
            "\0",
            "x" * 5000,
            "+09:00",
            "日本",
        ],
    )
    def test_an_unknown_zone_is_a_question_at_its_field(self, client: FlaskClient, zone: str, address: str) -> None:
        response = client.get(f"/en/ascc11/{address}", query_string={"tz": zone})
        page = parse(response.text)
        field = page.one("select", id="tz")
        assert response.status_code == 400
        assert response.headers["Cache-Control"] == "no-store"
        assert (field.attributes["aria-invalid"], field.attributes["aria-describedby"]) == ("true", "tz-error")
        assert page.one("p", id="tz-error").text.startswith("There is no time zone called")
        assert len(field.all("option")) == len(clock.listed_zone_names())

    @pytest.mark.parametrize("address", PLACES)
    @pytest.mark.parametrize("zone", ["EST", "GMT", "Japan", "EST5EDT", "UTC", "PRC", "GB-Eire", "GMT+0", "US/Pacific"])
    def test_every_iana_name_is_known(self, client: FlaskClient, zone: str, address: str) -> None:
        response = client.get(f"/en/ascc11/{address}", query_string={"tz": zone})
        assert response.status_code == 200
        again = client.get(
            f"/en/ascc11/{address}", query_string={"tz": zone}, headers={"If-None-Match": response.headers["ETag"]}
        )
        assert again.status_code == 304

    def test_a_zone_that_the_list_lacks_is_chosen_in_it_all_the_same(self, client: FlaskClient) -> None:
        for zone in ("EST5EDT", "Asia/Bangkok"):
            page = parse(client.get(f"/en/ascc11/programme?tz={zone}").text)
            chosen = [o for o in page.one("select", id="tz").all("option") if "selected" in o.attributes]
            assert [o.attributes["value"] for o in chosen] == [zone]

    @pytest.mark.parametrize("address", PLACES)
    @pytest.mark.parametrize(("zone", "name"), [("asia/tokyo", "Asia/Tokyo"), ("EUROPE/BERLIN", "Europe/Berlin")])
    def test_other_capitals_lead_to_the_name(self, client: FlaskClient, zone: str, name: str, address: str) -> None:
        response = client.get(f"/ja/ascc11/{address}", query_string={"tz": zone})
        assert response.status_code == 302
        assert response.location.replace("%2F", "/") == f"/ja/ascc11/{address}?tz={name}"

    @pytest.mark.parametrize("now", ["2022-11-01", "2022-12-01"])
    def test_the_readers_zone_comes_along_wherever_times_are(self, client: FlaskClient, now: str) -> None:
        """From page to page in whatever way, to the form (or that it is closed) and to the people and back."""
        todo = ["/en/ascc11/programme?tz=Asia/Bangkok"]
        seen: list[str] = []
        lost: list[tuple[str, str]] = []
        while todo:
            address = todo.pop()
            if [kind_of(other) for other in seen].count(kind_of(address)) == 2 or address in seen:
                continue
            seen.append(address)
            with time_machine.travel(f"{now}T00:00:00Z", tick=False):
                page = parse(client.get(address).text)
            for link in page.all("a"):
                target = link.attributes.get("href", "").replace("%2F", "/").partition("#")[0]
                if kind_of(target) not in TIMED or link.text in BACK:
                    continue
                if "tz=Asia/Bangkok" in target:
                    todo.append(target)
                else:
                    lost.append((address, target))
        assert {kind_of(address) for address in seen} == TIMED
        assert lost == []

    def test_the_times_of_a_person_are_in_the_chosen_zone(self, client: FlaskClient) -> None:
        page = parse(client.get("/en/ascc11/people/hashimoto?tz=America/Los_Angeles").text)
        assert [p.one("time").text for p in page.all("li", class_="part")] == [
            "Wednesday 23 November 2022, 19:30–21:15",
            "Friday 25 November 2022, 00:00–00:30",
        ]
        assert "Times are in Los Angeles time (UTC−8)." in page.text

    @pytest.mark.parametrize("tz", ["", "Asia/Tokyo"])
    def test_the_own_zone_needs_no_argument(self, client: FlaskClient, tz: str) -> None:
        page = parse(client.get(f"/en/ascc11/programme?tz={tz}").text)
        assert page.all("h3", class_="entry__title")[0].one("a").attributes["href"] == "/en/ascc11/sessions/reception"

    def test_unknown_arguments_do_not_matter(self, client: FlaskClient) -> None:
        assert client.get("/en/ascc11/programme?utm=x").data == client.get("/en/ascc11/programme").data


def days(app: Flask, programme: PublishedProgramme, zone: str) -> tuple[timetable.Day, ...]:
    with app.test_request_context("/en/ascc11/programme"):
        return timetable.days(programme, language="en", zone_name=zone)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    zone=st.sampled_from(sorted(clock.zone_names())),
    begins=st.times().map(lambda t: t.replace(microsecond=0, second=0)),
    spans=st.lists(st.tuples(st.integers(0, 4000), st.integers(5, 900), st.sampled_from(["webinar", "hall", None]))),
)
def test_every_session_is_shown_once_in_any_zone(
    app: Flask, zone: str, begins: time, spans: list[tuple[int, int, str | None]]
) -> None:
    plain = sample_programme(1)
    sessions = sorted(
        (
            replace(
                plain.sessions[0],
                key=f"s{i}",
                starts_at=utc(23, 0) + timedelta(minutes=start),
                ends_at=utc(23, 0) + timedelta(minutes=start + length),
                venue=venue,
            )
            for i, (start, length, venue) in enumerate(spans)
        ),
        key=lambda s: (s.starts_at, s.ends_at, s.key),
    )
    programme = replace(
        plain,
        event=replace(plain.event, day_starts_at=begins),
        venues=(*plain.venues, PublishedVenue("hall", VenueKind.ONSITE, tr("ホール", "Hall"))),
        sessions=tuple(sessions),
    )
    made = days(app, programme, zone)
    rows = [(day, row) for day in made for block in day.blocks for row in block.rows]
    assert [key_in(row.href) for _day, row in rows] == [s.key for s in sessions]
    for session, (day, row) in zip(sessions, rows, strict=True):
        assert datetime.fromisoformat(row.starts) == session.starts_at
        assert datetime.fromisoformat(row.ends) == session.ends_at
        local = clock.in_zone(session.starts_at, zone)
        if zone != "Asia/Tokyo":
            assert (local.date(), row.starts_note) == (day.date, "")
    for day in made:
        for block in day.blocks:
            places = [tuple(int(c.rpartition("-")[2]) for c in row.place.split()) for row in block.rows if row.place]
            cells = [(lane, line) for lane, begin, end in places for line in range(begin, end)]
            assert len(cells) == len(set(cells))


def test_a_party_after_midnight_stays_on_its_day(app: Flask, client: FlaskClient, db_session: Session) -> None:
    plain = sample_programme(1)
    party = replace(plain.sessions[0], key="party", starts_at=utc(24, 15, 30), ends_at=utc(24, 18))
    programme = replace(plain, event=replace(plain.event, day_starts_at=time(5)), sessions=(party,))
    store_release(db_session, make_event(db_session), programme)
    db_session.commit()
    assert shown(parse(client.get("/en/ascc11/programme").text)) == [
        ("Thursday 24 November 2022", "Fri 25 Nov 00:30–03:00", "party")
    ]
    assert shown(parse(client.get("/en/ascc11/programme?tz=Asia/Seoul").text)) == [
        ("Friday 25 November 2022", "00:30–03:00", "party")
    ]


def test_parallel_sessions_get_a_column_for_each_venue(app: Flask) -> None:
    plain = sample_programme(1)
    first = plain.sessions[0]
    parallel = (
        first,
        replace(first, key="b", venue="hall", ends_at=first.ends_at + timedelta(hours=1)),
        replace(first, key="c", starts_at=first.ends_at, ends_at=first.ends_at + timedelta(hours=1)),
        replace(first, key="d", starts_at=utc(25, 9), ends_at=utc(25, 10)),
    )
    programme = replace(
        plain, venues=(*plain.venues, PublishedVenue("hall", VenueKind.ONSITE, tr("ホール", "Hall"))), sessions=parallel
    )
    (day,) = days(app, programme, "Asia/Tokyo")
    assert [(b.layout, [(key_in(r.href), r.place) for r in b.rows]) for b in day.blocks] == [
        (
            "lanes-2",
            [
                ("session-1", "lane-1 from-1 to-2"),
                ("b", "lane-2 from-1 to-3"),
                ("c", "lane-1 from-2 to-3"),
            ],
        ),
        ("", [("d", "")]),
    ]
