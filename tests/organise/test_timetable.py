"""The timetable: its data, the endpoint that moves sessions, and the pages that do the same without a script."""

import gzip
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events.events.models import Event, Venue
from galerio_events.events.queries import newest_change
from galerio_events.programme import queries, services
from galerio_events.programme.domain import RoleKind, SessionKind, SessionStatus
from galerio_events.programme.domain.placing import Placement, placement_of
from galerio_events.programme.views import editor, live, pages, place, timetable
from galerio_events.web.compression import packed
from tests.support.builders import NOW, make_account, make_event, make_person, make_session, sign_in, tr, utc
from tests.support.html import Element, parse

AT = "/en/organise/ascc11/programme"
PLACE = AT + "/session-3/place"
DATA = AT + "/timetable.json"
JSON = {"Accept": "application/json"}
SENT = {"starts_at": "2022-11-25T06:50:00Z", "ends_at": "2022-11-25T08:00:00Z", "venue": "webinar", "scheduled": "1"}
NOTHING_DONE = "Somebody else has changed this session meanwhile, so nothing was done."
NOT_HERE = "This session was removed from the draft."
FORM = {"version": "1", "day": "2022-11-25", "start": "15:50", "minutes": "70", "venue": "webinar", "scheduled": "1"}


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


def stored(db_session: Session, event: Event, key: str = "session-3") -> Placement:
    db_session.expire_all()
    session = queries.session_by_key(db_session, event.id, key)
    assert session is not None
    return placement_of(queries.values_of(session))


def move(organiser: FlaskClient, **change: str) -> Any:
    sent = SENT | {"version": "1", "since": "0"} | change
    return organiser.post(PLACE, data=sent, headers=JSON)


def test_the_data_has_days_venues_tracks_and_sessions(organiser: FlaskClient) -> None:
    data = organiser.get(DATA).json
    assert data["days"] == [
        {"date": "2022-11-24", "name": "Thu 24 Nov", "long": "Thursday 24 November 2022", "start": 0, "length": 1440,
         "wall": [[0, 0]]},
        {"date": "2022-11-25", "name": "Fri 25 Nov", "long": "Friday 25 November 2022", "start": 1440, "length": 1440,
         "wall": [[0, 0]]},
    ]  # fmt: skip
    assert data["origin"] == int(utc(23, 15).timestamp())
    assert data["zone"] == "Japan time (UTC+9)"
    assert data["venues"] == [{"key": "webinar", "name": "Webinar", "kind": "Webinar", "capacity": None}]
    assert data["tracks"] == [{"key": "smart-city", "name": "Smart city", "colour": None}]
    assert data["sessions"] == [
        {
            "key": "session-3", "version": 1, "kind": "session", "start": 1440 + 950, "length": 70,
            "title": "Attractive cities", "status": "tentative", "venue": "webinar", "track": "smart-city",
            "people": ["pablo", "tan"],
        }
    ]  # fmt: skip
    assert data["people"] == {"pablo": "Christopher Pablo", "tan": "Alan Tan"}
    assert data["conflicts"] == []


def test_what_is_only_there_in_the_other_language_says_so(organiser: FlaskClient) -> None:
    organiser.post(AT + "/new", data=NEW | {"title_ja": "題名", "title_en": ""}, headers=JSON)
    (made,) = [each for each in organiser.get(DATA).json["sessions"] if each["key"] != "session-3"]
    assert (made["title"], made["lang"]) == ("題名", "ja")


def test_data_is_compressed_and_only_sent_where_it_is_new(organiser: FlaskClient) -> None:
    for number in range(5):
        organiser.post(AT + "/new", data=NEW | {"nonce": "", "title_en": f"Number {number}"}, headers=JSON)
    answer = organiser.get(DATA, headers={"Accept-Encoding": "gzip"})
    assert (answer.headers["Content-Encoding"], "Accept-Encoding" in answer.headers["Vary"]) == ("gzip", True)
    assert gzip.decompress(answer.data) == organiser.get(DATA).data
    again = organiser.get(DATA, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert organiser.get(f"{DATA}?since=1", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    japanese = organiser.get(DATA.replace("/en/", "/ja/"), headers={"If-None-Match": answer.headers["ETag"]})
    assert japanese.status_code == 200


def test_the_length_of_what_is_compressed_is_blurred() -> None:
    body = b"a page with a secret " * 100
    made = [packed(body) for _ in range(40)]
    assert {gzip.decompress(each) for each in made} == {body}
    assert len({len(each) for each in made}) > 10


def test_the_page_is_compressed(organiser: FlaskClient) -> None:
    answer = organiser.get(AT, headers={"Accept-Encoding": "gzip"})
    assert b"Timetable (draft)" in gzip.decompress(answer.data)


def test_a_move(organiser: FlaskClient, db_session: Session, event: Event) -> None:
    answer = move(organiser, starts_at="2022-11-24T00:00:00Z", ends_at="2022-11-24T01:30:00Z", venue="", locked="1")
    assert answer.status_code == 200
    assert [(each["start"], each["length"], each["version"]) for each in answer.json["sessions"]] == [(540, 90, 2)]
    assert stored(db_session, event) == Placement(utc(24, 0), utc(24, 1, 30), None, locked=True)


def test_who_moved_it_stands_in_the_history(organiser: FlaskClient, event: Event) -> None:
    since = organiser.get(DATA).json["change"]
    assert move(organiser, scheduled="0").status_code == 200
    news = organiser.get(f"{DATA}?since={since}").json
    assert news["by"] == {"session-3": "organiser@example.org"}
    assert [(each["key"], each["tray"]) for each in news["sessions"]] == [("session-3", True)]
    assert (news["gone"], news["elsewhere"], news["change"] > since) == ([], False, True)


def test_news_of_removed_sessions_and_of_other_things(
    organiser: FlaskClient, db_session: Session, event: Event
) -> None:
    services.remove_session(db_session, event.id, "session-3", expected_version=1, now=NOW)
    db_session.commit()
    news = organiser.get(f"{DATA}?since=0").json
    assert (news["sessions"], news["gone"], news["by"]) == ([], ["session-3"], {"session-3": None})
    since = newest_change(db_session, event.id)
    organiser.post("/en/organise/ascc11/settings/tracks/new", data={"name_en": "Another", "name_ja": ""})
    assert organiser.get(f"{DATA}?since={since}").json["sessions"] == []


@pytest.mark.parametrize(
    ("change", "field", "text"),
    [
        ({"starts_at": "yesterday"}, "start", "Enter a time, like 13:10."),
        ({"ends_at": "2022-11-25T06:50:00Z"}, "minutes", "The end must be after the start."),
        ({"ends_at": "2022-11-26T06:50:00Z"}, "minutes", "This is outside the days of the event."),
        ({"starts_at": "2022-11-20T06:50:00Z"}, "start", "This is outside the days of the event."),
        ({"starts_at": "9999-12-31T23:59:00Z"}, "start", "This is outside the days of the event."),
        ({"starts_at": "0001-01-01T00:00:00Z"}, "start", "This is outside the days of the event."),
        ({"version": "0", "ends_at": "2022-11-25T06:40:00Z"}, "minutes", "The end must be after the start."),
        ({"venue": "moon"}, "venue", "This venue is not there any more. Choose another one."),
    ],
)
def test_what_cannot_be_is_refused(
    organiser: FlaskClient, db_session: Session, event: Event, change: dict[str, str], field: str, text: str
) -> None:
    before = stored(db_session, event)
    answer = move(organiser, **change)
    assert (answer.status_code, answer.json["problems"]) == (422, {field: text})
    assert stored(db_session, event) == before


def test_a_locked_session_stays(organiser: FlaskClient, db_session: Session, event: Event) -> None:
    assert move(organiser, locked="1").status_code == 200
    refused = move(organiser, version="2", locked="1", venue="")
    assert (refused.status_code, refused.json["problems"]) == (
        422, {"start": "This session is locked. Unlock it before you move it."}
    )  # fmt: skip
    page = organiser.post(PLACE, data=FORM | {"version": "2", "start": "10:00", "locked": "1"})
    assert page.status_code == 422
    assert "This session is locked. Unlock it before you move it." in page.text
    assert stored(db_session, event).starts_at == utc(25, 6, 50)
    assert organiser.post(PLACE, data=FORM | {"version": "2", "start": "10:00"}).status_code == 302
    assert stored(db_session, event).starts_at == utc(25, 1)


def test_two_organisers_move_the_same_session(organiser: FlaskClient, db_session: Session, event: Event) -> None:
    since = str(organiser.get(DATA).json["change"])
    theirs = move(organiser, starts_at="2022-11-25T07:00:00Z", ends_at="2022-11-25T08:30:00Z")
    assert theirs.status_code == 200
    mine = move(organiser, since=since, venue="", starts_at="2022-11-24T06:50:00Z", ends_at="2022-11-24T08:00:00Z")
    assert (mine.status_code, mine.json["stale"]) == (409, True)
    comparison = mine.json["comparison"]
    assert comparison["who"] == "organiser@example.org"
    assert comparison["differences"] == [
        {
            "field": "Time", "before": "Friday 25 November 2022, 15:50–17:00",
            "mine": "Thursday 24 November 2022, 15:50–17:00", "theirs": "Friday 25 November 2022, 16:00–17:30",
        },
        {"field": "Length", "before": "70 minutes", "mine": None, "theirs": "90 minutes"},
        {"field": "Venue", "before": "Webinar", "mine": "–", "theirs": None},
    ]  # fmt: skip
    assert comparison["together"] == {
        "starts_at": "2022-11-24T06:50:00Z", "ends_at": "2022-11-24T08:20:00Z", "venue": "", "scheduled": "1",
        "locked": "0",
    }  # fmt: skip
    assert [each["version"] for each in mine.json["sessions"]] == [2]
    assert stored(db_session, event) == Placement(utc(25, 7), utc(25, 8, 30), "webinar")
    assert move(organiser, version="2", **comparison["together"]).status_code == 200
    assert stored(db_session, event) == Placement(utc(24, 6, 50), utc(24, 8, 20), None)


@pytest.mark.parametrize("version", ["99", "0", ""])
def test_a_version_that_never_was_is_not_somebody_elses_change(
    organiser: FlaskClient, db_session: Session, event: Event, version: str
) -> None:
    before = stored(db_session, event)
    answer = move(organiser, version=version, venue="")
    assert (answer.status_code, answer.json["stale"], answer.json.get("comparison")) == (409, True, None)
    told = (
        "What was sent belongs to another version of this session than the stored one, so nothing is saved yet. "
        "Check it and save again."
    )
    assert answer.json["problems"] == {"start": told}
    page = organiser.post(PLACE, data=FORM | {"version": version, "start": "10:00"})
    assert page.status_code == 409
    assert told in page.text
    assert "Somebody else has saved this session meanwhile" not in page.text
    assert stored(db_session, event) == before
    assert organiser.post(PLACE, data=form_of(page.text)).status_code == 302
    assert stored(db_session, event).starts_at == utc(25, 1)


def test_what_they_changed_besides_the_place_is_told_too(
    organiser: FlaskClient, db_session: Session, event: Event
) -> None:
    session = queries.session_by_key(db_session, event.id, "session-3")
    assert session is not None
    values = replace(
        queries.values_of(session), title=tr("魅力", "Hers"), people=(), status=SessionStatus.CONFIRMED, capacity=5
    )
    services.save_session(db_session, event.id, "session-3", values, expected_version=1, now=NOW)
    db_session.commit()
    answer = move(organiser, locked="1")
    told = {
        each["field"]: (each["before"], each["mine"], each["theirs"])
        for each in answer.json["comparison"]["differences"]
    }
    assert told == {
        "Locked": ("No", "Yes", None),
        "Status": ("Tentative", None, "Confirmed"),
        "Title (日本語)": ("魅力ある都市づくり", None, "魅力"),
        "Title (English)": ("Attractive cities", None, "Hers"),
        "People": ("Moderator: Christopher Pablo\nPanellist: Alan Tan", None, "–"),
        "Places": ("", None, "5"),
    }


def test_the_very_same_move_twice_is_no_conflict(organiser: FlaskClient) -> None:
    assert move(organiser, venue="").status_code == 200
    again = move(organiser, venue="")
    assert (again.status_code, [each["version"] for each in again.json["sessions"]]) == (200, [2])


def test_a_removed_session_is_told_as_gone(organiser: FlaskClient, db_session: Session, event: Event) -> None:
    services.remove_session(db_session, event.id, "session-3", expected_version=1, now=NOW)
    db_session.commit()
    answer = move(organiser)
    assert (answer.status_code, answer.json["gone"]) == (409, True)
    assert organiser.post(PLACE, data=FORM).location == AT + "/list?show=removed"
    assert organiser.get(PLACE).location == AT + "/list?show=removed"


def test_a_dry_run_tells_conflicts_and_writes_nothing(
    organiser: FlaskClient, db_session: Session, event: Event
) -> None:
    make_session(
        db_session, event, "closing", kind=SessionKind.CLOSING, title=tr("閉会", "Closing"),
        starts_at=utc(25, 8), ends_at=utc(25, 8, 20),
    )  # fmt: skip
    db_session.commit()
    at = AT + "/closing/place"
    asked = {"starts_at": "2022-11-25T08:00:00Z", "ends_at": "2022-11-25T08:20:00Z", "venue": "webinar"}
    dry = asked | {"dry": "1", "scheduled": "1"}
    before = newest_change(db_session, event.id)
    assert organiser.get(at, query_string=dry, headers=JSON).json == {"conflicts": []}
    earlier = dry | {"starts_at": "2022-11-25T07:50:00Z", "ends_at": "2022-11-25T08:10:00Z"}
    (conflict,) = organiser.get(at, query_string=earlier, headers=JSON).json["conflicts"]
    assert (conflict["kind"], conflict["sessions"]) == ("venue_twice", ["session-3", "closing"])
    assert "16:50–17:00" in conflict["text"]
    assert organiser.get(at, query_string=earlier | {"scheduled": "0"}, headers=JSON).json == {"conflicts": []}
    assert organiser.get(at, query_string=dry | {"starts_at": "x"}, headers=JSON).status_code == 422
    assert newest_change(db_session, event.id) == before
    saved = organiser.post(at, data=earlier | {"version": "1"}, headers=JSON).json
    assert [each["id"] for each in saved["conflicts"]] == [conflict["id"]]
    assert [each["id"] for each in organiser.get(DATA).json["conflicts"]] == [conflict["id"]]


UNSEEN = (
    "This held characters that cannot be seen (control characters or marks that turn the direction of text). "
    "They have been taken out below; check and save again."
)
NEW = {
    "nonce": "A" * 22, "kind": "break", "venue": "webinar", "track": "", "organiser": "", "status": "tentative",
    "language": "", "title_ja": "休憩", "title_en": "Break", "starts_at": "2022-11-24T12:00",
    "starts_at_meant": "2022-11-24T03:00:00Z", "ends_at": "2022-11-24T12:15", "ends_at_meant": "2022-11-24T03:15:00Z",
}  # fmt: skip


def test_what_is_drawn_is_added_once(organiser: FlaskClient) -> None:
    first, second = (organiser.post(AT + "/new", data=NEW, headers=JSON) for _ in range(2))
    assert (first.status_code, first.json) == (second.status_code, second.json)
    (made,) = first.json["sessions"]
    assert (first.json["key"], made["kind"], made["start"], made["length"]) == ("break", "break", 720, 15)


def test_what_is_drawn_wrongly_is_told(organiser: FlaskClient) -> None:
    answer = organiser.post(
        AT + "/new", data=NEW | {"title_ja": " ", "title_en": "\u200e", "ends_at": "2022-11-24T11:00"}, headers=JSON
    )
    assert answer.status_code == 422
    assert set(answer.json["problems"].values()) == {
        "Enter a title in at least one language.", "The end must be after the start.", UNSEEN
    }  # fmt: skip
    assert organiser.post(AT + "/new", data={}, headers=JSON).status_code == 422


def test_a_script_removes_and_restores(organiser: FlaskClient) -> None:
    gone = organiser.post(AT + "/session-3/remove", data={"version": "1"}, headers=JSON)
    assert (gone.status_code, gone.json["sessions"]) == (200, [])
    stale = organiser.post(AT + "/session-3/restore", data={"version": "1"}, headers=JSON)
    assert (stale.status_code, stale.json["stale"], stale.json["problems"]) == (409, True, {"start": NOTHING_DONE})
    back = organiser.post(AT + "/session-3/restore", data={"version": "2"}, headers=JSON)
    assert [each["version"] for each in back.json["sessions"]] == [3]
    assert organiser.post(AT + "/session-3/remove", data={"version": "1"}, headers=JSON).status_code == 409


def question_of(page: str) -> dict[str, str]:
    """What pressing the button of a page that only asks would send."""
    (form,) = parse(page).one("main").all("form", method="post")
    return {each.attributes["name"]: each.attributes["value"] for each in form.all("input")}


def test_removing_compares_too(organiser: FlaskClient, db_session: Session, event: Event) -> None:
    question = question_of(organiser.get(AT + "/session-3/remove").text)
    assert question["version"] == "1"
    move(organiser, venue="")
    for since, differences in (question["since"], [["Venue", "Webinar", "–"]]), ("", []):
        sent = question | {"since": since}
        told = organiser.post(AT + "/session-3/remove", data=sent, headers=JSON)
        assert (told.status_code, told.json["stale"]) == (409, True)
        comparison = told.json["comparison"]
        assert sorted(comparison) == ["at", "differences", "who"]
        found = [[row["field"], row["before"], row["theirs"]] for row in comparison["differences"]]
        assert found == differences
        page = organiser.post(AT + "/session-3/remove", data=sent)
        assert page.status_code == 409
        cells = [cell.text.strip() for cell in parse(page.text).all("td")]
        assert cells == [cell for row in differences for cell in row[1:]]
    assert stored(db_session, event).venue is None
    assert organiser.post(AT + "/session-3/remove", data=question_of(page.text)).status_code == 302
    assert organiser.post(AT + "/session-3/remove", data=question).location == AT + "/list?show=removed"
    assert organiser.post(AT + "/session-3/remove", data=question, headers=JSON).json["gone"] is True
    assert NOT_HERE in organiser.get(AT + "/session-3/remove").text


def test_restoring_what_somebody_was_faster_with(organiser: FlaskClient, db_session: Session, event: Event) -> None:
    services.remove_session(db_session, event.id, "session-3", expected_version=1, now=NOW)
    db_session.commit()
    again = organiser.post(AT + "/session-3/restore", data={"version": "1"})
    assert (again.status_code, NOTHING_DONE in again.text) == (409, True)
    assert organiser.post(AT + "/session-3/restore", data=question_of(again.text)).status_code == 302
    late = organiser.post(AT + "/session-3/restore", data={"version": "2"}, follow_redirects=True)
    assert (late.request.path, NOTHING_DONE in late.text) == (AT + "/session-3", True)


def test_an_expired_token_is_replaced_for_a_script(app: Flask, db_session: Session, event: Event) -> None:
    account = make_account(db_session, "other@example.org", event=event)
    db_session.commit()
    client = app.test_client()
    sign_in(client, account)
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        refused = client.post(PLACE, data=SENT | {"version": "1"}, headers=JSON)
        assert (refused.status_code, refused.json["expired"]) == (400, True)
        token = refused.json["csrf_token"]
        sent = SENT | {"version": "1", "csrf_token": token, "venue": ""}
        assert client.post(PLACE, data=sent, headers=JSON).status_code == 200
        foreign = client.post(PLACE, data=SENT, headers=JSON | {"Sec-Fetch-Site": "cross-site"})
        assert (foreign.status_code, foreign.is_json) == (400, False)
        form = client.post(PLACE, data=FORM | {"start": "11:11"})
        assert (form.status_code, 'value="11:11"' in form.text) == (422, True)
    finally:
        app.config["WTF_CSRF_ENABLED"] = False


def form_of(page: str) -> dict[str, str]:
    """What the form on the page would send as it stands."""
    form = next(f for f in parse(page).all("form", method="post") if f.all("select", id="day"))
    sent = {
        each.attributes["name"]: each.attributes.get("value", "")
        for each in form.all("input")
        if each.attributes.get("type") not in {"radio", "checkbox"} or "checked" in each.attributes
    }
    for select in form.all("select"):
        chosen = [option for option in select.all("option") if "selected" in option.attributes]
        sent[select.attributes["name"]] = chosen[0].attributes["value"] if chosen else ""
    return sent


def test_the_form_shows_the_place_and_saves_it(organiser: FlaskClient, db_session: Session, event: Event) -> None:
    sent = form_of(organiser.get(PLACE).text)
    assert {name: sent[name] for name in FORM} == FORM
    assert organiser.post(PLACE, data=sent).location == AT + "#session-3"
    assert stored(db_session, event) == Placement(utc(25, 6, 50), utc(25, 8), "webinar")
    changed = sent | {"day": "2022-11-24", "start": "09:05", "minutes": "5", "venue": "", "scheduled": "0"}
    assert organiser.post(PLACE, data=changed).status_code == 302
    assert stored(db_session, event) == Placement(utc(24, 0, 5), utc(24, 0, 10), None, scheduled=False)


@pytest.mark.parametrize(
    ("command", "placement"),
    [
        ("earlier", Placement(utc(25, 6, 35), utc(25, 7, 45), "webinar")),
        ("later", Placement(utc(25, 7, 5), utc(25, 8, 15), "webinar")),
        ("tray", Placement(utc(25, 6, 50), utc(25, 8), "webinar", scheduled=False)),
        ("lock", Placement(utc(25, 6, 50), utc(25, 8), "webinar", locked=True)),
    ],
)
def test_buttons(organiser: FlaskClient, db_session: Session, event: Event, command: str, placement: Placement) -> None:
    assert organiser.post(PLACE + "?version=1", data={"do": command}).status_code == 302
    assert stored(db_session, event) == placement
    back = {"earlier": "later", "later": "earlier", "tray": "timetable", "lock": "unlock"}[command]
    assert organiser.post(PLACE + "?version=2", data={"do": back}).status_code == 302
    assert stored(db_session, event) == Placement(utc(25, 6, 50), utc(25, 8), "webinar")


def test_the_form_checks_for_conflicts_without_saving(
    organiser: FlaskClient, db_session: Session, event: Event
) -> None:
    make_session(db_session, event, "other", title=tr("", "Other"), starts_at=utc(24, 1), ends_at=utc(24, 2))
    db_session.commit()
    page = organiser.post(PLACE, data=FORM | {"day": "2022-11-24", "start": "10:30", "do": "check"})
    assert page.status_code == 200
    assert "If it stood there" in page.text
    assert "10:30–11:00" in page.text
    assert stored(db_session, event).starts_at == utc(25, 6, 50)
    free = organiser.post(PLACE, data=FORM | {"start": "09:00", "do": "check"})
    assert "No conflicts" in free.text


def test_the_form_compares_two_changes(organiser: FlaskClient, db_session: Session, event: Event) -> None:
    sent = form_of(organiser.get(PLACE).text)
    assert move(organiser, locked="1").status_code == 200
    page = organiser.post(PLACE, data=sent | {"start": "09:00"})
    assert page.status_code == 409
    cells = [cell.text for cell in parse(page.text).one("table", class_="compare").all("td")]
    assert cells == [
        "Friday 25 November 2022, 15:50–17:00", "Friday 25 November 2022, 09:00–10:10", "unchanged",
        "No", "unchanged", "Yes",
    ]  # fmt: skip
    together = form_of(page.text)
    assert (together["start"], together["locked"], together["version"]) == ("09:00", "1", "2")
    # Theirs locked it: it has to be unlocked before it moves.
    assert organiser.post(PLACE, data=together).status_code == 422
    together.pop("locked")
    assert organiser.post(PLACE, data=together).status_code == 302
    assert stored(db_session, event).starts_at == utc(25, 0)


def test_a_button_on_an_old_page_compares_too(organiser: FlaskClient, db_session: Session, event: Event) -> None:
    assert move(organiser, venue="").status_code == 200
    page = organiser.post(PLACE + "?version=1", data={"do": "later", "since": "0"})
    assert page.status_code == 409
    assert (form_of(page.text)["start"], form_of(page.text)["venue"]) == ("16:05", "")
    assert stored(db_session, event) == Placement(utc(25, 6, 50), utc(25, 8), None)


def rows(page: str) -> dict[str, Element]:
    return {row.attributes["id"]: row for row in parse(page).all("li", class_="row-session")}


def test_the_lists_have_every_session_and_what_can_be_done(
    organiser: FlaskClient, db_session: Session, event: Event
) -> None:
    make_session(db_session, event, "waiting", title=tr("", "Waiting"), scheduled=False, venue=None)
    make_session(db_session, event, "firm", title=tr("", "Firm"), locked=True, status=SessionStatus.CONFIRMED)
    db_session.commit()
    found = rows(organiser.get(AT).text)
    assert set(found) == {"waiting", "firm", "session-3"}
    assert [b.attributes["value"] for b in found["session-3"].all("button")] == ["earlier", "later", "tray", "lock"]
    assert [b.attributes["value"] for b in found["waiting"].all("button")] == ["timetable", "lock"]
    assert [b.attributes["value"] for b in found["firm"].all("button")] == ["unlock"]
    assert found["firm"].all("button")[0].attributes["formaction"] == AT + "/firm/place?version=1"
    assert "70 min" in found["waiting"].text
    assert "2 conflicts" in found["firm"].text or "1 conflict" in found["firm"].text
    assert set(rows(organiser.get(AT + "?status=confirmed").text)) == {"firm"}
    assert set(rows(organiser.get(AT + "?q=WAIT").text)) == {"waiting"}
    assert set(rows(organiser.get(AT + "?q=alan+tan").text)) == {"session-3"}
    assert set(rows(organiser.get(AT + "?track=none").text)) == set()
    assert "No session matches." in organiser.get(AT + "?track=none").text


def test_long_lists_are_one_day_a_page(
    organiser: FlaskClient, db_session: Session, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_session(db_session, event, "first", starts_at=utc(24, 1), ends_at=utc(24, 2))
    db_session.commit()
    for module in (pages, editor, timetable, place):
        monkeypatch.setattr(module, "MOST_ROWS", 1)
    assert list(rows(organiser.get(AT).text)) == ["first"]
    assert list(rows(organiser.get(AT + "?day=2022-11-25").text)) == ["session-3"]
    assert organiser.post(PLACE, data=FORM).location == AT + "?day=2022-11-25#session-3"


@pytest.mark.parametrize("path", [AT, DATA, DATA + "?since=0", PLACE])
def test_queries_do_not_grow_with_sessions(
    organiser: FlaskClient,
    db_session: Session,
    event: Event,
    count_queries: Callable[[Callable[[], object]], int],
    path: str,
) -> None:
    def add(*keys: str) -> None:
        for key in keys:
            person = make_person(db_session, event, f"speaker-{key}")
            made = make_session(db_session, event, key, people=((RoleKind.SPEAKER, person),))
            at = Placement(made.starts_at, made.ends_at, None)
            db_session.flush()
            services.place_session(db_session, event.id, key, at, expected_version=1, by=None, now=NOW)
        db_session.commit()

    add("one")
    organiser.get(path)
    one = count_queries(lambda: organiser.get(path))
    add("two", "three")
    organiser.get(path)
    assert count_queries(lambda: organiser.get(path)) == one


def test_venues_without_a_name_have_their_key(organiser: FlaskClient, db_session: Session, event: Event) -> None:
    db_session.add(Venue(event_id=event.id, key="hall", kind="onsite", name=tr(""), position=1))
    db_session.commit()
    assert [venue["name"] for venue in organiser.get(DATA).json["venues"]] == ["Webinar", "hall"]


def test_words_are_told_in_both_languages(app: Flask) -> None:
    told = {}
    for language in ("ja", "en"):
        with app.test_request_context(f"/{language}/"):
            told[language] = live.words()
    assert told["ja"].keys() == told["en"].keys()
    assert (told["ja"]["breaks"], told["ja"]["break"], told["en"]["break"]) == (told["en"]["breaks"], "休憩", "Break")
