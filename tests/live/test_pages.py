"""The pages of a session that runs: who may open them, what a press does, and what those who watch are told."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from galerio_events.live.models import LiveAction
from galerio_events.live.views.watching import CHECK_SECONDS, Watching
from tests.live.support import Hall, client_of, make_hall
from tests.support.builders import utc
from tests.support.html import parse


@pytest.fixture
def hall(app: Flask, db_session: Session) -> Hall:
    made = make_hall(db_session)
    # Another test may have had a session of that number.
    app.extensions["galerio_live"].forget(made.session.id)
    return made


@pytest.fixture
def clock() -> Iterator[Any]:
    """Stands at 10:06 in UTC, six minutes after the session should have begun."""
    with time_machine.travel(utc(25, 10, 6), tick=False) as traveller:
        yield traveller


def press(client: Any, hall: Hall, do: str, version: int, **more: object) -> Any:
    return client.post(
        f"{hall.path}/live", data={"do": do, "version": version, **more}, headers={"Accept": "application/json"}
    )


def watch_path(client: Any, hall: Hall) -> str:
    return parse(client.get(f"{hall.path}/screen").text).one("body").attributes["data-watch"]


@pytest.mark.parametrize(
    ("who", "statuses"),
    [
        ("moderator", (200, 200, 200, 200, 200)),
        ("organiser", (200, 200, 200, 200, 200)),
        ("panelist", (302, 200, 200, 200, 404)),
        ("stranger", (404, 404, 404, 404, 404)),
    ],
)
def test_who_may_open_what(app: Flask, hall: Hall, who: str, statuses: tuple[int, ...]) -> None:
    client = client_of(app, getattr(hall, who))
    pages = [client.get(hall.path + end).status_code for end in ("/live", "/screen", "/run-sheet", "/run-sheet/print")]
    pressed = press(client, hall, "start", 0).status_code
    assert (*pages, pressed) == statuses


def test_a_late_start_shows_on_everything_later(app: Flask, hall: Hall, clock: Any) -> None:
    client = client_of(app, hall.moderator)
    assert press(client, hall, "start", 0).json["advanced"] is True
    page = parse(client.get(f"{hall.path}/live").text)
    assert [each.text for each in page.all(data_part_at="")] == ["19:06", "19:11", "19:31", "19:56"]
    assert [each.text for each in page.all(data_part_slip="")] == ["", "6 min late", "6 min late", "6 min late"]
    assert page.one(data_slip="").text == "6 min late"
    assert page.one(data_ends="").text == "20:06"
    assert page.one(data_over="").text == "6 min past the slot"
    assert page.one(data_now_title="").text == "Welcome"
    assert page.one(data_next_title="").text == "Ports"
    assert page.one("p", data_clock="").text == "5:00"


def test_two_presses_of_the_same_version_advance_once(app: Flask, hall: Hall, db_session: Session, clock: Any) -> None:
    one, other = client_of(app, hall.moderator), client_of(app, hall.organiser)
    press(one, hall, "start", 0)
    first, second = press(one, hall, "next", 1), press(other, hall, "next", 1)
    assert (first.status_code, first.json["advanced"], first.json["live"]["on"]) == (200, True, 1)
    assert (second.status_code, second.json["advanced"], second.json["live"]) == (409, False, first.json["live"])
    rows = db_session.execute(sa.select(LiveAction.version, LiveAction.deed, LiveAction.account_id)).all()
    assert [tuple(row) for row in rows] == [(1, "start", hall.moderator.id), (2, "next", hall.moderator.id)]


def test_plain_forms_do_the_same(app: Flask, hall: Hall, clock: Any) -> None:
    client = client_of(app, hall.moderator)
    for do, version in (("start", 0), ("next", 1), ("next", 1)):
        answer = client.post(f"{hall.path}/live", data={"do": do, "version": version})
        assert (answer.status_code, answer.location) == (302, f"{hall.path}/live")
    page = parse(client.get(f"{hall.path}/live").text)
    assert page.one(data_now_title="").text == "Ports"


@pytest.mark.parametrize(
    "data",
    [
        {"do": "start"},
        {"do": "start", "version": "x"},
        {"do": "start", "version": "-1"},
        {"do": "explode", "version": "0"},
        {"do": "skip", "version": "0"},
        {"do": "start", "version": "0", "number": "3"},
        {"do": "next", "version": "0"},
        {"do": "back", "version": "0"},
        {"do": "add", "version": "0", "number": "99999999999999"},
        {},
    ],
)
def test_what_cannot_be_pressed_is_told_and_does_nothing(
    app: Flask, hall: Hall, db_session: Session, data: dict[str, str]
) -> None:
    client = client_of(app, hall.moderator)
    answer = client.post(f"{hall.path}/live", data=data, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["advanced"], bool(answer.json["problem"])) == (422, False, True)
    assert db_session.scalar(sa.select(sa.func.count()).select_from(LiveAction)) == 0


def test_who_watches_is_told_once_and_then_that_nothing_changed(app: Flask, hall: Hall, clock: Any) -> None:
    client = client_of(app, hall.moderator)
    path, watcher = watch_path(client, hall), app.test_client()
    first = watcher.get(path)
    assert first.status_code == 200
    assert json.loads(first.data)["state"] == "waiting"
    assert first.headers["Galerio-Now"] == str(int(utc(25, 10, 6).timestamp()) * 1000)
    same = watcher.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (same.status_code, same.data, "Set-Cookie" in same.headers) == (304, b"", False)
    press(client, hall, "start", 0)
    changed = watcher.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.json == {
        "version": 1,
        "plan": first.json["plan"],
        "state": "running",
        "on": 0,
        "starts": int(utc(25, 10).timestamp()),
        "ends": int(utc(25, 11).timestamp()),
        "parts": [
            [300, 300, int(utc(25, 10, 6).timestamp()), None, False],
            [1200, 1200, None, None, False],
            [1500, 1500, None, None, False],
            [600, 600, None, None, False],
        ],
    }


def test_the_address_of_those_who_watch_is_good_for_that_session_and_a_while(
    app: Flask, hall: Hall, clock: Any
) -> None:
    client = client_of(app, hall.moderator)
    path, watcher = watch_path(client, hall), app.test_client()
    token = path.removeprefix("/live/").removesuffix(".json")
    event_id, session_id, until, mac = token.split(".", 3)
    for wrong in (
        f"{event_id}.{int(session_id) + 1}.{until}.{mac}",
        f"{event_id}.{session_id}.{int(until) + 9}.{mac}",
        f"{event_id}.{session_id}.{until}.{mac[:-1]}",
        f"{event_id}.{session_id}.{mac}",
        "…",
    ):
        assert watcher.get(f"/live/{wrong}.json").status_code == 404
    assert watcher.get(path).status_code == 200
    clock.shift(timedelta(hours=2))
    assert watcher.get(path).status_code == 404


def test_repeat_watchers_are_answered_without_the_database(
    app: Flask, hall: Hall, count_queries: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, watcher = watch_path(client_of(app, hall.moderator), hall), app.test_client()
    monkeypatch.setattr("galerio_events.live.views.watching.CHECK_SECONDS", 3600)
    watcher.get(path)
    assert count_queries(lambda: watcher.get(path)) == 0
    monkeypatch.setattr("galerio_events.live.views.watching.CHECK_SECONDS", 0)
    assert count_queries(lambda: watcher.get(path)) == 1
    assert CHECK_SECONDS < 0.5
    assert isinstance(app.extensions["galerio_live"], Watching)


def test_a_screen_has_a_secret_address_that_another_one_replaces(app: Flask, hall: Hall) -> None:
    organiser, nobody = client_of(app, hall.organiser), app.test_client()
    assert client_of(app, hall.moderator).post(f"{hall.path}/live/screen", data={"do": "make"}).status_code == 404

    def address() -> str:
        organiser.post(f"{hall.path}/live/screen", data={"do": "make"})
        link = parse(organiser.get(f"{hall.path}/live").text).one("p", class_="secret").one("a")
        return link.attributes["href"].removeprefix("http://localhost:8000")

    first = address()
    shown = nobody.get(first)
    assert shown.status_code == 200
    assert "Lights down" not in shown.text
    second = address()
    assert (nobody.get(first).status_code, nobody.get(second).status_code) == (404, 200)
    organiser.post(f"{hall.path}/live/screen", data={"do": "drop"})
    assert nobody.get(second).status_code == 404


def test_cue_notes_are_for_those_who_run_the_session(app: Flask, hall: Hall) -> None:
    for end in ("/screen", "/run-sheet", "/run-sheet/print"):
        assert "Lights down" not in client_of(app, hall.panelist).get(hall.path + end).text
    for end in ("/live", "/run-sheet", "/run-sheet/print"):
        assert "Lights down" in client_of(app, hall.moderator).get(hall.path + end).text


def test_a_session_without_a_run_sheet_is_run_as_one_segment(app: Flask, db_session: Session, clock: Any) -> None:
    hall = make_hall(db_session, sheet=())
    client = client_of(app, hall.moderator)
    live = press(client, hall, "start", 0).json["live"]
    assert [part[0] for part in live["parts"]] == [3600]
    assert press(client, hall, "next", 1).json["live"]["state"] == "finished"
