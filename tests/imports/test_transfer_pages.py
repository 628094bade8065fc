"""Importing through the pages: what is shown, what is asked, what is written, and that nothing is lost on the way."""

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from galerio_events import clock
from galerio_events.accounts.models import Account
from galerio_events.events.domain import Deed, Subject
from galerio_events.events.models import Change, Event
from galerio_events.people.models import Person
from galerio_events.programme import services
from galerio_events.programme.models import ProgrammeSession, Upload
from galerio_events.programme.services import KEPT_FOR, keep_upload
from tests.imports.test_frab import event as one
from tests.imports.test_frab import xml
from tests.support.builders import make_account, make_event, make_person, make_session, sign_in, tr
from tests.support.html import Element, parse

HERE = "/en/organise/ascc11/transfer"
GOOD = xml(one('id="11"', persons='<person id="7">Mara Quay</person>') + one('id="12"', title="Cranes", start="12:00"))
FAULTY = xml(one('id="11"') + one('id="12"', duration="00:00", title="Nothing"))
OUTCOME = ("added", "changed", "unchanged", "removed", "left_out")


@pytest.fixture
def event(db_session: Session, client: FlaskClient) -> Event:
    made = make_event(db_session)
    sign_in(client, make_account(db_session))
    db_session.commit()
    return made


def upload(client: FlaskClient, data: bytes, name: str = "schedule.xml") -> str:
    """Where the preview is."""
    answer = client.post(HERE, data={"file": (io.BytesIO(data), name)}, content_type="multipart/form-data")
    assert answer.status_code == 303
    return str(answer.location)


def shown(client: FlaskClient, address: str) -> Element:
    answer = client.get(address)
    assert answer.status_code == 200
    return parse(answer.text)


def totals(page: Element) -> list[int]:
    return [int(dd.text) for dd in page.one("dl", class_="totals").all("dd")]


def seen(page: Element) -> str:
    return page.one("input", name_="seen").attributes["value"]


def sessions(db_session: Session) -> list[tuple[str, str]]:
    db_session.expire_all()
    rows = db_session.scalars(sa.select(ProgrammeSession).order_by(ProgrammeSession.starts_at, ProgrammeSession.key))
    return [(s.key, s.title.get("en", "")) for s in rows if s.removed_at is None]


def test_a_file_is_shown_first_and_imported_when_confirmed(
    client: FlaskClient, db_session: Session, event: Event
) -> None:
    address = upload(client, GOOD)
    page = shown(client, address)
    assert (totals(page), sessions(db_session)) == ([4, 0, 0, 0], [])
    answer = client.post(address, data={"do": "import", "seen": seen(page)})
    assert (answer.status_code, answer.location) == (303, "/en/organise/ascc11/programme")
    assert sessions(db_session) == [("welcome", "Welcome"), ("cranes", "Cranes")]
    entries = db_session.scalars(sa.select(Change).order_by(Change.id)).all()
    account = db_session.scalars(sa.select(Account)).one()
    assert [(c.subject, c.key, c.deed) for c in entries] == [
        (Subject.VENUE, "main-hall", Deed.ADDED),
        (Subject.PERSON, "mara-quay", Deed.ADDED),
        (Subject.SESSION, "welcome", Deed.ADDED),
        (Subject.SESSION, "cranes", Deed.ADDED),
    ]
    assert {(c.account_id, c.batch) for c in entries} == {(account.id, entries[0].batch)}


def test_who_confirms_twice_or_goes_back_is_told_what_came_of_it(
    client: FlaskClient, db_session: Session, event: Event
) -> None:
    address = upload(client, GOOD)
    sent = {"do": "import", "seen": seen(shown(client, address))}
    assert client.post(address, data=sent).status_code == 303
    for form in (sent, sent | {"do": "again"}, sent | {"do": "discard"}):
        answer = client.post(address, data=form)
        assert (answer.status_code, answer.location) == (303, address)
    note = shown(client, address).one("div", class_="import-done")
    assert re.fullmatch(
        r"schedule\.xml: This file has been imported at \d{4}-\d\d-\d\d \d\d:\d\d: "
        r"4 added, 0 changed, 0 unchanged\.",
        note.all("p")[0].text,
    )
    assert [link.attributes["href"] for link in note.all("a")] == [
        "/en/organise/ascc11/programme",
        "/en/organise/ascc11/programme/history",
    ]
    kept = db_session.execute(sa.select(Upload.data, Upload.outcome)).one()
    assert kept == (None, {"added": 4, "changed": 0, "unchanged": 0, "removed": 0, "left_out": 0})
    assert db_session.scalar(sa.select(sa.func.count()).select_from(Change)) == 4


def test_the_slower_of_two_confirmations_is_told_too(
    client: FlaskClient, db_session: Session, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = upload(client, GOOD)
    sent = {"do": "import", "seen": seen(shown(client, address))}
    real = services.import_file
    answers = []

    def slower(*arguments: Any, **named: Any) -> Any:
        monkeypatch.setattr(services, "import_file", real)
        # The other one, which has read the file before as well, is through before this one has the lock.
        done = real(*arguments, **named)
        nonce = address.rpartition("/")[2]
        services.finish_upload(arguments[0], event_id, nonce, dict.fromkeys(OUTCOME, 0), now=clock.utc_now())
        arguments[0].commit()
        answers.append(done)
        return real(*arguments, **named)

    event_id = event.id
    monkeypatch.setattr(services, "import_file", slower)
    answer = client.post(address, data=sent)
    assert (len(answers), answer.status_code, answer.location) == (1, 303, address)
    assert sessions(db_session) == [("welcome", "Welcome"), ("cranes", "Cranes")]


def test_a_file_waits_or_is_done(db_session: Session, event: Event) -> None:
    keep_upload(db_session, event.id, GOOD, "x.xml", now=clock.utc_now())
    for values in ({"data": None}, {"done_at": clock.utc_now()}, {"data": None, "done_at": clock.utc_now()}):
        with pytest.raises(IntegrityError), db_session.begin_nested():
            db_session.execute(sa.update(Upload).values(values))


def test_the_same_file_again_has_nothing_to_do(client: FlaskClient, db_session: Session, event: Event) -> None:
    for wanted in ([4, 0, 0, 0], [0, 0, 4, 0]):
        address = upload(client, GOOD)
        page = shown(client, address)
        assert totals(page) == wanted
        client.post(address, data={"do": "import", "seen": seen(page)})
    count = sa.select(sa.func.count()).select_from(Change)
    assert db_session.scalar(count) == 4


def test_a_faulty_row_is_told_and_left_out_only_if_chosen(
    client: FlaskClient, db_session: Session, event: Event
) -> None:
    address = upload(client, FAULTY)
    page = shown(client, address)
    told = [[td.text for td in row.all("td")] for row in page.one("table", class_="import-problems").all("tr")][1:]
    assert (totals(page), told) == ([2, 0, 0, 1], [["4", "Nothing", "It ends when it starts."]])
    answer = client.post(address, data={"do": "import", "seen": seen(page)})
    assert (answer.status_code, sessions(db_session)) == (422, [])
    answer = client.post(address, data={"do": "import", "seen": seen(page), "leave_out": "yes"})
    assert (answer.status_code, sessions(db_session)) == (303, [("welcome", "Welcome")])


def test_a_draft_that_has_changed_meanwhile_is_shown_anew(
    client: FlaskClient, db_session: Session, event: Event
) -> None:
    first, second = upload(client, GOOD), upload(client, GOOD)
    old = seen(shown(client, first))
    client.post(second, data={"do": "import", "seen": seen(shown(client, second))})
    answer = client.post(first, data={"do": "import", "seen": old})
    page = parse(answer.text)
    assert (answer.status_code, totals(page)) == (409, [0, 0, 4, 0])
    assert seen(page) != old


def test_sessions_that_the_file_lacks_leave_only_when_ticked(
    client: FlaskClient, db_session: Session, event: Event
) -> None:
    make_session(db_session, event, "old", title=tr("", "Old"))
    db_session.commit()
    address = upload(client, GOOD)
    page = shown(client, address)
    ticks = [box.attributes["value"] for box in page.all("input", name_="remove")]
    assert ticks == ["old"]
    client.post(address, data={"do": "import", "seen": seen(page), "remove": "old"})
    assert sessions(db_session) == [("welcome", "Welcome"), ("cranes", "Cranes")]


def many(db_session: Session, event: Event) -> list[str]:
    """As many sessions that no file has as are folded by day: 20 on the first, one on the second, one in the tray."""
    keys = [f"old-{number}" for number in range(22)]
    for number, key in enumerate(keys):
        starts_at = event_moment(25 if number == 20 else 24, 10 + number % 5)
        make_session(
            db_session, event, key, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1), scheduled=number < 21
        )
    db_session.commit()
    return keys


def event_moment(day: int, hour: int) -> datetime:
    return datetime(2022, 11, day, hour, tzinfo=UTC) - timedelta(hours=9)


def test_many_sessions_that_the_file_lacks_are_folded_by_day_and_counted(
    client: FlaskClient, db_session: Session, event: Event
) -> None:
    many(db_session, event)
    address = upload(client, GOOD)
    answer = client.post(address, data={"do": "again", "removal": "ticked", "remove": ["old-20", "old-1"]})
    page = parse(answer.text)
    days = [(fold.one("summary").text, "open" in fold.attributes) for fold in page.all("details", class_="import-day")]
    assert days == [
        ("Thursday 24 November 2022 20 ticked: 1", True),
        ("Friday 25 November 2022 1 ticked: 1", True),
    ]
    assert totals(page) == [4, 0, 0, 0, 2]
    plain = shown(client, address)
    assert [r.attributes["value"] for r in plain.all("input", name_="removal") if "checked" in r.attributes] == [
        "ticked"
    ]
    assert [box for box in plain.all("input", name_="remove") if "checked" in box.attributes] == []


@pytest.mark.parametrize(("removal", "left"), [("none", 21), ("ticked", 20), ("all", 0), ("nonsense", 20), ("", 20)])
def test_none_those_ticked_or_all_leave_the_draft(
    client: FlaskClient, db_session: Session, event: Event, removal: str, left: int
) -> None:
    many(db_session, event)
    address = upload(client, GOOD)
    page = shown(client, address)
    sent = {"do": "import", "removal": removal, "remove": "old-1", "missing": missing(page), "seen": seen(page)}
    assert client.post(address, data=sent).status_code == 303
    stay = {key for key, _title in sessions(db_session) if key.startswith("old-")} - {"old-21"}
    assert len(stay) == left


def missing(page: Element) -> str:
    return page.one("input", name_="missing").attributes["value"]


def test_all_are_those_that_were_shown(client: FlaskClient, db_session: Session, event: Event) -> None:
    keys = many(db_session, event)
    rows = "\n".join(f"{key},Attractive cities,2022-11-24 10:00,60" for key in keys[1:])
    address = upload(client, f"key,title (en),start,minutes\n{rows}\n".encode(), "table.csv")
    page = shown(client, address)
    # The column that tells the sessions apart is not read any more: the file knows none of them.
    sent = {"do": "import", "removal": "all", "missing": missing(page), "seen": seen(page), "column-0": "ignored"}
    answer = client.post(address, data=sent)
    again = parse(answer.text)
    assert (answer.status_code, len(sessions(db_session))) == (409, 22)
    assert again.one("div", class_="error-summary").text.startswith("With these choices the file lacks other sessions")
    assert missing(again) != missing(page)
    assert client.post(address, data=sent | {"missing": ""}).status_code == 409


def test_the_language_is_chosen_and_shown(client: FlaskClient, db_session: Session, event: Event) -> None:
    address = upload(client, GOOD)
    answer = client.post(address, data={"do": "again", "in": "ja"})
    page = parse(answer.text)
    assert [
        o.attributes["value"] for o in page.one("select", name_="in").all("option") if "selected" in o.attributes
    ] == ["ja"]
    client.post(address, data={"do": "import", "seen": seen(page), "in": "ja"})
    db_session.expire_all()
    assert db_session.scalars(sa.select(ProgrammeSession)).first().title == tr("Welcome")  # type: ignore[union-attr]


def test_who_is_meant_is_asked_and_kept(client: FlaskClient, db_session: Session, event: Event) -> None:
    for key in ("mara", "quay"):
        make_person(db_session, event, key, name=tr("", "Mara Quay"))
    db_session.commit()
    address = upload(client, GOOD)
    page = shown(client, address)
    handle = page.one("input", name_="handle").attributes["value"]
    options = [option.attributes["value"] for option in page.one("select", name_="person").all("option")]
    assert options == ["", "mara", "quay", "new"]
    answer = client.post(address, data={"do": "again", "handle": handle, "person": "quay"})
    page = parse(answer.text)
    assert totals(page) == [3, 0, 1, 0]
    sent = {name: page.one("input", name_=name).attributes["value"] for name in ("handle", "person")}
    client.post(address, data={"do": "import", "seen": seen(page), **sent})
    assert db_session.scalar(sa.select(sa.func.count()).select_from(Person)) == 2
    assert [s.roles[0].person.key for s in db_session.scalars(sa.select(ProgrammeSession)) if s.roles] == ["quay"]


def test_columns_are_matched_in_the_page(client: FlaskClient, db_session: Session, event: Event) -> None:
    address = upload(client, b"What,When,How long\nWelcome,2022-11-24 10:00,60\n", "table.csv")
    assert client.get(address).status_code == 422
    chosen = {"column-0": "title:en", "column-1": "starts_at", "column-2": "minutes"}
    answer = client.post(address, data={"do": "again", **chosen})
    page = parse(answer.text)
    assert (answer.status_code, totals(page)) == (200, [1, 0, 0, 0])
    client.post(address, data={"do": "import", "seen": seen(page), **chosen})
    assert sessions(db_session) == [("welcome", "Welcome")]


def test_columns_that_are_not_read_are_named_before_anybody_confirms(client: FlaskClient, event: Event) -> None:
    data = b"title (en),start,minutes,mood,remarks\nWelcome,2022-11-24 10:00,60,good,x\n"
    page = shown(client, upload(client, data, "table.csv"))
    assert page.one("p", class_="import-ignored").text == "These columns are not read: mood, remarks."
    noted = [row.all("td")[1].text for row in page.one("table", class_="import-problems").all("tr")[1:]]
    assert noted == ["mood", "remarks"]


@pytest.mark.parametrize(
    ("data", "name", "told"),
    [
        (b"", "", "Choose a file first."),
        (b"", "empty.xml", "The file is empty."),
        (b"\x89PNG\r\n", "picture.png", "This is none of the files that can be imported"),
    ],
)
def test_what_is_no_programme_is_told_at_the_field(
    client: FlaskClient, event: Event, data: bytes, name: str, told: str
) -> None:
    sent = {"file": (io.BytesIO(data), name)} if name else {}
    answer = client.post(HERE, data=sent, content_type="multipart/form-data")
    error = parse(answer.text).one("p", class_="field-error")
    assert answer.status_code == 422
    assert error.text.startswith(told)


def test_a_bomb_is_told_of_and_harms_nothing(client: FlaskClient, event: Event) -> None:
    bomb = b'<!DOCTYPE s [<!ENTITY a "ha">]><schedule><conference/>&a;</schedule>'
    answer = client.get(upload(client, bomb))
    page = parse(answer.text)
    assert answer.status_code == 422
    assert "refused" in page.one("table", class_="import-problems").text
    # There is nothing to choose, so there is one button.
    assert [button.attributes["value"] for button in page.one("div", class_="import-actions").all("button")] == [
        "discard"
    ]


def test_what_a_parser_minds_is_told_in_japanese(client: FlaskClient, event: Event) -> None:
    address = upload(client, b'{"edition":\n {"slug": "asc', "programme.json").replace("/en/", "/ja/")
    answer = client.get(address)
    rows = [
        [td.text for td in row.all("td")] for row in parse(answer.text).one("table", class_="import-problems").all("tr")
    ]
    assert (answer.status_code, rows[1:]) == (
        422,
        [["2", "ファイルがここで途切れていて、終わりがありません。もう一度コピーするか、書き出し直してください。"]],
    )
    assert [th.text for th in parse(answer.text).one("table", class_="import-problems").all("th")] == ["行", "内容"]


def test_a_file_of_too_many_bytes_is_told(client: FlaskClient, event: Event) -> None:
    sent = {"file": (io.BytesIO(b"x" * (30 * 1024 * 1024 + 1)), "big.xml")}
    answer = client.post(HERE, data=sent, content_type="multipart/form-data")
    error = parse(answer.text).one("p", class_="field-error")
    assert (answer.status_code, error.text) == (413, "The file is larger than 30 MB.")


def test_a_file_is_forgotten_when_told_so_and_after_a_day(
    client: FlaskClient, db_session: Session, event: Event
) -> None:
    address = upload(client, GOOD)
    assert client.post(address, data={"do": "discard"}).status_code == 302
    assert client.get(address).status_code == 404
    late = keep_upload(db_session, event.id, GOOD, "old.xml", now=clock.utc_now() - KEPT_FOR - timedelta(seconds=5))
    db_session.commit()
    assert client.get(f"{HERE}/{late}").status_code == 404
    upload(client, GOOD)
    assert db_session.scalar(sa.select(sa.func.count()).select_from(Upload)) == 1


def test_a_file_of_another_event_is_not_found(client: FlaskClient, db_session: Session, event: Event) -> None:
    other = make_event(db_session, "ascc12")
    nonce = keep_upload(db_session, other.id, GOOD, "x.xml", now=clock.utc_now())
    db_session.commit()
    assert client.get(f"{HERE}/{nonce}").status_code == 404


def test_two_files_never_share_a_nonce(db_session: Session, event: Event) -> None:
    nonce = keep_upload(db_session, event.id, GOOD, "x.xml", now=clock.utc_now())
    row = {"event_id": event.id, "nonce": nonce, "filename": "y", "data": b"y", "created_at": clock.utc_now()}
    with pytest.raises(IntegrityError), db_session.begin_nested():
        db_session.execute(sa.insert(Upload), [row])
    with pytest.raises(IntegrityError), db_session.begin_nested():
        db_session.execute(sa.insert(Upload), [row | {"nonce": "other", "data": b""}])


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_template_can_be_had_and_imported(client: FlaskClient, event: Event, kind: str) -> None:
    answer = client.get(f"/ja/organise/ascc11/transfer/template/{kind}")
    assert (answer.status_code, f"ascc11-template-ja.{kind}" in answer.headers["Content-Disposition"]) == (200, True)
    # A session and its two people; the venue and the track of the example are those of the event.
    assert totals(shown(client, upload(client, answer.data, f"t.{kind}"))) == [3, 0, 2, 0]
    assert client.get("/ja/organise/ascc11/transfer/template/pdf").status_code == 404


def test_queries_do_not_grow_with_the_file(
    client: FlaskClient, event: Event, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    counted = []
    for rows in (1, 3):
        events = [
            one(f'id="{rows}{n}"', title=f"T{rows}{n}", persons=f"<person>P {rows}{n}</person>") for n in range(rows)
        ]
        address = upload(client, xml("".join(events), room=f"Room {rows}"))
        page = shown(client, address)
        sent = {"do": "import", "seen": seen(page)}
        looking = count_queries(lambda address=address: client.get(address))  # type: ignore[misc]
        doing = count_queries(lambda address=address, sent=sent: client.post(address, data=sent))  # type: ignore[misc]
        counted.append((looking, doing))
    assert counted[0] == counted[1]


def test_two_thousand_events_are_shown_and_imported(client: FlaskClient, db_session: Session, event: Event) -> None:
    rows = [one(f'id="{n}"', title=f"Talk {n}", start=f"{n % 20:02}:00", room=f"Room {n // 20}") for n in range(2000)]
    rows += [one(f'id="{n}"', title=f"Nothing {n}", duration="0") for n in range(2000, 2050)]
    address = upload(client, xml("".join(rows), room=""))
    page = shown(client, address)
    assert totals(page) == [2100, 0, 0, 50]
    answer = client.post(address, data={"do": "import", "seen": seen(page), "leave_out": "yes"})
    assert (answer.status_code, len(sessions(db_session))) == (303, 2000)


def test_a_guid_that_another_event_took_meanwhile_is_no_error(
    client: FlaskClient, db_session: Session, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    guid = "8a9f2f64-5a1c-4d7e-9d7c-3b1f1f0f7a11"
    make_session(db_session, make_event(db_session, "ascc12"), "elsewhere", uid=guid)
    db_session.commit()
    address = upload(client, xml(one(f'guid="{guid}"')))
    sent = {"do": "import", "seen": seen(shown(client, address))}
    with monkeypatch.context() as patched:
        # As if that had not been there yet when the plan was made.
        patched.setattr("galerio_events.programme.queries.drafts._uids_elsewhere", lambda *_arguments: frozenset())
        assert client.post(address, data=sent).status_code == 409
    assert sessions(db_session) == [("elsewhere", "Attractive cities")]
    assert client.post(address, data=sent).status_code == 303
    assert sorted(sessions(db_session)) == [("elsewhere", "Attractive cities"), ("welcome", "Welcome")]
