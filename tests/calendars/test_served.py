"""Calendars over HTTP, and how answers made from releases are kept."""

import gzip
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
import structlog
from flask import Flask, g, request
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events.extensions import db
from galerio_events.releases.exports import ical
from galerio_events.web.headers import SECURITY_HEADERS
from galerio_events.web.published import forget, respond
from tests.calendars.readers import with_icalendar
from tests.calendars.support import moved, next_release, publish, release
from tests.support.builders import make_account, make_event, sample_programme, sign_in, store_release, tr

FEED = "/ascc11/programme.ics"


def test_the_feed_is_a_calendar_in_the_events_first_language(client: FlaskClient, db_session: Session) -> None:
    release(db_session)
    answer = client.get(FEED)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="ascc11.ics"'
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert {name: answer.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS
    assert "Set-Cookie" not in answer.headers
    assert [e.summary for e in with_icalendar(answer.data)] == ["セッション1", "セッション2", "セッション3"]


def test_two_downloads_are_identical(client: FlaskClient, db_session: Session) -> None:
    release(db_session)
    first, second = client.get(FEED), client.get(FEED)
    assert first.data == second.data
    assert first.headers["ETag"] == second.headers["ETag"]


def test_the_language_can_be_chosen(client: FlaskClient, db_session: Session) -> None:
    release(db_session)
    assert with_icalendar(client.get(f"{FEED}?lang=en").data)[0].summary == "Session 1"
    assert client.get(f"{FEED}?lang=ja").data == client.get(FEED).data
    assert client.get(f"{FEED}?lang=").data == client.get(FEED).data


@pytest.mark.parametrize("lang", ["fr", "en-GB", "../en", "jp", "あ", "%00"])
def test_a_language_that_the_site_does_not_have_is_refused(client: FlaskClient, db_session: Session, lang: str) -> None:
    release(db_session)
    answer = client.get(f"{FEED}?lang={lang}", headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.text) == (400, "This calendar exists in these languages: ja, en.")
    assert answer.headers["Cache-Control"] == "no-store"


def test_one_session(client: FlaskClient, db_session: Session) -> None:
    release(db_session)
    answer = client.get("/ascc11/sessions/session-2.ics?lang=en")
    assert [e.uid for e in with_icalendar(answer.data)] == ["session-2@example.org"]
    assert answer.headers["Content-Disposition"] == 'attachment; filename="ascc11-session-2.ics"'


@pytest.mark.parametrize(
    "address", ["/nowhere/programme.ics", "/nowhere/sessions/session-1.ics", "/ascc11/sessions/session-9.ics"]
)
def test_what_does_not_exist_is_not_found(client: FlaskClient, db_session: Session, address: str) -> None:
    release(db_session)
    assert client.get(address).status_code == 404


def test_nothing_is_published_before_the_first_release(client: FlaskClient, db_session: Session) -> None:
    make_event(db_session)
    db_session.commit()
    assert client.get(FEED).status_code == 404


def test_a_reader_who_has_it_gets_304(client: FlaskClient, db_session: Session) -> None:
    release(db_session)
    tag = client.get(FEED).headers["ETag"]
    for condition in (tag, f"W/{tag}", f'"other", {tag}', f'W/"other" , W/{tag}', "*", " * "):
        answer = client.get(FEED, headers={"If-None-Match": condition})
        assert (answer.status_code, answer.data) == (304, b""), condition
        assert answer.headers["ETag"] == tag
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert "Content-Length" not in answer.headers
    for condition in ('"other"', tag.strip('"'), '"*"', "garbage", '"', ""):
        answer = client.get(FEED, headers={"If-None-Match": condition})
        assert answer.status_code == 200, condition


@pytest.mark.parametrize(
    ("accept", "coded"),
    [
        ("gzip", True),
        ("gzip, deflate, br", True),
        ("br;q=1.0, gzip;q=0.8, *;q=0.1", True),
        ("*", True),
        ("GZIP;Q=0.5", True),
        ("x-gzip", True),
        ("gzip;q=0", False),
        ("gzip;q=0.000, *", False),
        ("identity", False),
        ("identity, gzip;q=0.5", False),
        ("*;q=0", False),
        ("br", False),
        ("gzip;q=nonsense", False),
        ("", False),
    ],
)
def test_compression_is_negotiated(client: FlaskClient, db_session: Session, accept: str, coded: bool) -> None:
    release(db_session)
    plain = client.get(FEED, headers={"Accept-Encoding": "identity"})
    answer = client.get(FEED, headers={"Accept-Encoding": accept})
    assert answer.headers.get("Content-Encoding") == ("gzip" if coded else None)
    assert (gzip.decompress(answer.data) if coded else answer.data) == plain.data
    assert (answer.headers["ETag"] != plain.headers["ETag"]) is coded
    assert int(answer.headers["Content-Length"]) == len(answer.data)


def test_each_form_has_its_own_tag(client: FlaskClient, db_session: Session) -> None:
    release(db_session)
    zipped = {"Accept-Encoding": "gzip"}
    tag = client.get(FEED, headers=zipped).headers["ETag"]
    assert client.get(FEED, headers=zipped | {"If-None-Match": tag}).status_code == 304
    assert client.get(FEED, headers={"If-None-Match": tag}).status_code == 200


def test_head_says_what_get_would(client: FlaskClient, db_session: Session) -> None:
    release(db_session)
    get, head = client.get(FEED), client.head(FEED)
    assert (head.status_code, head.data) == (200, b"")
    same = ("ETag", "Content-Length", "Content-Type", "Vary")
    assert [head.headers[name] for name in same] == [get.headers[name] for name in same]


def test_no_other_method(client: FlaskClient, db_session: Session) -> None:
    release(db_session)
    assert client.post(FEED).status_code == 405


def test_a_release_changes_the_answer(client: FlaskClient, db_session: Session) -> None:
    event = release(db_session)
    before = client.get(FEED)
    second = next_release(sample_programme(), session_2=moved(sample_programme().sessions[1]))
    store_release(db_session, event, second)
    db_session.commit()
    after = client.get(FEED, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert [e.sequence for e in with_icalendar(after.data)] == [0, 1, 0]


def test_after_a_release_only_what_changed_is_written_again(client: FlaskClient, db_session: Session) -> None:
    first = sample_programme(20)
    event = release(db_session, first)
    client.get(FEED)
    assert ical.written() == 20
    store_release(db_session, event, next_release(first, session_7=moved(first.sessions[6])))
    db_session.commit()
    client.get(FEED)
    assert ical.written() == 21


def test_the_reader_leaves_no_trace_in_what_others_get(client: FlaskClient, db_session: Session) -> None:
    event = release(db_session)
    with client.application.app_context():
        account = make_account(db_session, event=event)
    db_session.commit()
    sign_in(client, account)
    with client.session_transaction() as cookie:
        cookie.permanent = True
    signed_in = client.get(
        FEED, headers={"Host": "attacker.example.org", "Accept-Language": "en", "X-Request-Id": "chosen-by-reader"}
    )
    anonymous = client.application.test_client().get(FEED)
    assert "Set-Cookie" not in signed_in.headers
    assert signed_in.headers["Vary"] == "Accept-Encoding"
    assert signed_in.data == anonymous.data
    assert b"attacker" not in signed_in.data
    assert signed_in.headers["X-Request-Id"] == "chosen-by-reader"


def test_repeat_readers_do_not_reach_flask(make_app: Callable[..., Flask]) -> None:
    app = make_app(RELEASE_CHECK_SECONDS=3600)
    publish(app, sample_programme())
    reached: list[str] = []
    app.before_request(lambda: reached.append("flask"))
    client = app.test_client()
    first = client.get(f"{FEED}?lang=en")
    assert reached == ["flask"]
    for address in (f"{FEED}?lang=en", f"{FEED}?lang=en&utm_source=mail", f"{FEED}?x=%E3%81%82&lang=en&lang=ja"):
        again = client.get(address, headers={"X-Request-Id": "abcdefgh-1"})
        assert (again.status_code, again.data) == (200, first.data)
        assert again.headers["X-Request-Id"] == "abcdefgh-1"
        differing = {"X-Request-Id", "Date"}
        assert sorted(p for p in again.headers if p[0] not in differing) == sorted(
            p for p in first.headers if p[0] not in differing
        )
    assert client.get(f"{FEED}?lang=en", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert client.head(f"{FEED}?lang=en").headers["Content-Length"] == str(len(first.data))
    assert client.get(f"{FEED}?lang=en", headers={"X-Request-Id": "<script>"}).headers["X-Request-Id"] != "<script>"
    assert reached == ["flask"]
    zipped = [client.get(f"{FEED}?lang=en", headers={"Accept-Encoding": "gzip"}) for _ in range(2)]
    assert [gzip.decompress(answer.data) for answer in zipped] == [first.data] * 2
    assert reached == ["flask"] * 2


def test_a_repeat_reader_is_logged(make_app: Callable[..., Flask]) -> None:
    app = make_app(RELEASE_CHECK_SECONDS=3600)
    publish(app, sample_programme())
    client = app.test_client()
    first = client.get(FEED)
    with structlog.testing.capture_logs() as lines:
        client.get(FEED, headers={"If-None-Match": first.headers["ETag"], "X-Request-Id": "abcdefgh-1"})
    said = {name: lines[0][name] for name in ("event", "method", "path", "status", "request_id")}
    assert said == {"event": "request", "method": "GET", "path": FEED, "status": 304, "request_id": "abcdefgh-1"}
    assert len(lines) == 1


def test_many_readers_at_once_while_releases_are_made(make_app: Callable[..., Flask]) -> None:
    app = make_app(RELEASE_CHECK_SECONDS=0.001, PUBLISHED_CACHE_BYTES=30_000)
    programmes = [sample_programme(8)]
    publish(app, programmes[0])
    for i in range(6):
        last = programmes[-1]
        programmes.append(next_release(last, session_3=moved(last.sessions[2], 5 * (i + 1))))
    expected = {
        lang: [
            ical.feed(p, language=lang, base_url=app.config["BASE_URL"], organiser_address=app.config["MAIL_FROM"])
            for p in programmes
        ]
        for lang in ("ja", "en")
    }
    strange: list[object] = []
    done = threading.Event()

    def read(number: int) -> None:
        client, lang = app.test_client(), ("ja", "en")[number % 2]
        while not done.is_set():
            answer = client.get(f"{FEED}?lang={lang}", headers={"Accept-Encoding": "gzip" if number % 3 else ""})
            body = gzip.decompress(answer.data) if "Content-Encoding" in answer.headers else answer.data
            if answer.status_code != 200 or body not in expected[lang]:
                strange.append((answer.status_code, body[:200]))

    readers = [threading.Thread(target=read, args=(n,)) for n in range(6)]
    for reader in readers:
        reader.start()
    for programme in programmes[1:]:
        publish(app, programme)
        app.test_client().get(FEED)
    done.set()
    for reader in readers:
        reader.join()
    assert strange == []
    forget()
    assert app.test_client().get(FEED).data == expected["ja"][-1]


def test_unknown_arguments_do_not_fill_the_memory(make_app: Callable[..., Flask]) -> None:
    app = make_app(RELEASE_CHECK_SECONDS=3600)
    publish(app, sample_programme())
    client = app.test_client()
    for i in range(50):
        assert client.get(f"{FEED}?lang=en&x={i}").status_code == 200
        assert client.get(f"{FEED}?lang=xx{i}").status_code == 400
        assert client.get(f"/ascc11/sessions/nothing-{i}.ics").status_code == 404
        assert client.get("/ascc11/sessions/session-1.ics?" + "x" * 600).status_code == 200
    assert len(app.extensions["galerio_published"].answers) == 2


def test_memory_is_bounded(make_app: Callable[..., Flask]) -> None:
    app = make_app(RELEASE_CHECK_SECONDS=3600, PUBLISHED_CACHE_BYTES=40_000)
    publish(app, sample_programme(40))
    client = app.test_client()
    answers = app.extensions["galerio_published"].answers
    for i in range(1, 41):
        for encoding in ("identity", "gzip"):
            assert client.get(f"/ascc11/sessions/session-{i}.ics", headers={"Accept-Encoding": encoding}).data
            assert answers.bytes <= 40_000
    assert 5 < len(answers) < 40
    assert answers.place("/ascc11/sessions/session-1.ics") is None
    assert answers.place("/ascc11/sessions/session-40.ics") == ("ascc11", ("lang",))
    whole = len(client.get(FEED).data)
    assert whole > 20_000


def test_a_release_made_here_is_seen_at_once(make_app: Callable[..., Flask]) -> None:
    app = make_app(RELEASE_CHECK_SECONDS=3600)
    with app.app_context():
        event = make_event(db.session())
        store_release(db.session(), event, sample_programme())
        db.session().commit()
    client = app.test_client()
    client.get("/ascc11/sessions/session-1.ics")
    assert [e.sequence for e in with_icalendar(client.get(FEED).data)] == [0, 0, 0]
    with app.app_context():
        event = db.session().merge(event)
        second = next_release(sample_programme(), session_2=moved(sample_programme().sessions[1]))
        store_release(db.session(), event, second)
        db.session().commit()
    assert [e.sequence for e in with_icalendar(client.get(FEED).data)] == [0, 1, 0]
    assert len(app.extensions["galerio_published"].answers) == 1


def test_a_release_made_elsewhere_is_seen_when_it_is_looked_for(
    make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(RELEASE_CHECK_SECONDS=10)
    publish(app, sample_programme())
    clock = [1000.0]
    monkeypatch.setattr("galerio_events.web.published.monotonic", lambda: clock[0])
    client = app.test_client()
    first = client.get(FEED)
    publish(app, next_release(sample_programme(), session_2=None))
    clock[0] += 9.9
    assert client.get(FEED).data == first.data
    clock[0] += 0.2
    assert [e.status for e in with_icalendar(client.get(FEED).data)] == ["CONFIRMED", "CANCELLED", "CONFIRMED"]


def test_two_applications_on_one_database_agree(make_app: Callable[..., Flask]) -> None:
    one = make_app()
    two = make_app(DATABASE_URL=one.config["DATABASE_URL"])
    publish(one, sample_programme())
    clients = [one.test_client(), two.test_client()]
    assert clients[0].get(FEED).data == clients[1].get(FEED).data
    publish(two, next_release(sample_programme(), session_1=moved(sample_programme().sessions[0], 5)))
    found = [client.get(FEED) for client in clients]
    assert [[e.sequence for e in with_icalendar(answer.data)] for answer in found] == [[1, 0, 0]] * 2
    assert found[0].headers["ETag"] == found[1].headers["ETag"]


def test_a_release_costs_the_same_queries_whatever_its_size(
    client: FlaskClient, db_session: Session, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    for slug, size in (("one", 1), ("three", 3)):
        store_release(db_session, make_event(db_session, slug), sample_programme(size))
    db_session.commit()
    counts = [count_queries(lambda s=slug: client.get(f"/{s}/programme.ics")) for slug in ("one", "three")]
    assert counts[0] == counts[1] == 2


def test_a_hostile_name_stays_within_its_header(client: FlaskClient, db_session: Session) -> None:
    hostile = replace(sample_programme(1).sessions[0], key='a";\r\nSet-Cookie: x')
    programme = replace(sample_programme(1), sessions=(replace(hostile, title=tr("表題")),))
    release(db_session, programme)
    answer = client.get("/ascc11/sessions/a%22%3B%0D%0ASet-Cookie%3A%20x.ics")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == 'attachment; filename="ascc11-a-Set-Cookie-x.ics"'
    assert "Set-Cookie" not in answer.headers


def test_building_knows_nothing_of_the_reader(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    publish(app, sample_programme())
    reader = {
        "Host": "attacker.example.org",
        "Cookie": "galerio=x",
        "Accept-Language": "en",
        "X-Forwarded-Host": "attacker.example.org",
    }

    def build(_programme: object) -> str:
        g.seen = g.get("seen", 0) + 1
        return repr((request.host_url, request.full_path, dict(request.cookies), str(request.accept_languages), g.seen))

    with app.test_request_context("/a%3Fb/x?lang=en&x=1", headers=reader):
        g.seen = 7
        answer = respond("ascc11", build, mimetype="text/plain", arguments=("lang",))
    assert answer.get_data(as_text=True) == repr(("http://localhost:8000/", "/a?b/x?lang=en", {}, "", 1))
