"""The page with the frame of the event."""

from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events.accounts.models import Account
from galerio_events.events import queries as events
from galerio_events.events.domain import EventFormat
from galerio_events.events.domain.settings import EventSettings, SettingProblem, event_problems
from galerio_events.events.models import Event
from galerio_events.programme import queries
from galerio_events.programme.models import ProgrammeSession
from galerio_events.programme.views.settings import event as view
from tests.settings.support import errors, filled, history
from tests.support.builders import NOW, make_account, make_event, make_session, sign_in, tr, utc
from tests.support.html import parse

PAGE = "/en/organise/ascc11/settings"
Shown = Callable[[str], dict[str, str]]


def stored(db_session: Session, event: Event) -> EventSettings:
    db_session.expire_all()
    return events.event_settings(events.by_id(db_session, event.id))


def session(db_session: Session, event: Event, key: str = "session-3") -> ProgrammeSession:
    db_session.expire_all()
    found = queries.session_by_key(db_session, event.id, key)
    assert found is not None
    return found


def test_the_form_shows_what_is_settled(organiser: FlaskClient) -> None:
    page = organiser.get(PAGE)
    assert page.status_code == 200
    form = filled(page.text)
    assert {name: form[name] for name in form if name not in {"seen", "csrf_token", "confirmed"}} == {
        "title_ja": "第11回アジア・スマートシティ会議",
        "title_en": "11th Asia Smart City Conference",
        "theme_ja": "",
        "theme_en": "",
        "ordinal": "11",
        "format": "online",
        "timezone": "Asia/Tokyo",
        "starts_on": "2022-11-24",
        "ends_on": "2022-11-25",
        "day_starts_at": "00:00",
        "changeover_minutes": "0",
        "languages_ja": "1",
        "languages_en": "2",
    }


def test_everything_is_saved_and_noted(
    organiser: FlaskClient, shown: Shown, db_session: Session, event: Event, account: Account
) -> None:
    before = stored(db_session, event)
    sent = shown(PAGE) | {
        "title_ja": " 第12回アジア・スマートシティ会議 ",
        "title_en": "12th <b>ASCC</b> 😀",
        "theme_en": "Cities\nfor all",
        "ordinal": "12",
        "format": "hybrid",
        "ends_on": "2022-11-26",
        "day_starts_at": "05:00",
        "changeover_minutes": "15",
        "languages_ja": "2",
        "languages_en": "1",
    }
    answer = organiser.post(PAGE, data=sent)
    assert (answer.status_code, answer.location) == (302, PAGE)
    assert stored(db_session, event) == EventSettings(
        title=tr("第12回アジア・スマートシティ会議", "12th <b>ASCC</b> 😀"),
        theme=tr("", "Cities for all"),
        timezone="Asia/Tokyo",
        starts_on=date(2022, 11, 24),
        ends_on=date(2022, 11, 26),
        ordinal=12,
        day_starts_at=time(5),
        languages=("en", "ja"),
        format=EventFormat.HYBRID,
        changeover_minutes=15,
    )
    ((subject, key, deed, was, now),) = history(db_session, event)
    assert (subject, key, deed, was["title"], now["day_starts_at"]) == (
        "event", "ascc11", "changed", dict(before.title), "05:00",
    )  # fmt: skip
    assert "12th &lt;b&gt;ASCC&lt;/b&gt;" in organiser.get(PAGE).text


def test_what_is_the_same_is_no_change(organiser: FlaskClient, shown: Shown, db_session: Session, event: Event) -> None:
    assert organiser.post(PAGE, data=shown(PAGE)).status_code == 302
    assert history(db_session, event) == []


WRONG: list[tuple[dict[str, str], dict[str, str]]] = [
    ({"title_ja": "", "title_en": " "}, {"title_ja": "Enter a title in at least one language."}),
    ({"title_en": "x" * 201}, {"title_en": "This is too long: 200 characters at most."}),
    ({"theme_ja": "x" * 501}, {"theme_ja": "This is too long: 500 characters at most."}),
    ({"ordinal": "eleven"}, {"ordinal": "Enter a whole number from 1 to 9,999, or nothing."}),
    ({"ordinal": "0"}, {"ordinal": "Enter a whole number from 1 to 9,999, or nothing."}),
    ({"ordinal": "9" * 5000}, {"ordinal": "Enter a whole number from 1 to 9,999, or nothing."}),
    ({"timezone": "Asia/Atlantis"}, {"timezone": "Choose one from the list."}),
    ({"timezone": "../../etc/passwd"}, {"timezone": "Choose one from the list."}),
    ({"format": "hologram"}, {"format": "Choose one from the list."}),
    ({"starts_on": ""}, {"starts_on": "Enter the first day."}),
    ({"starts_on": "2022-11-31"}, {"starts_on": "Enter a date, like 2022-11-24."}),
    ({"starts_on": "yesterday"}, {"starts_on": "Enter a date, like 2022-11-24."}),
    ({"ends_on": "2022-11-23"}, {"ends_on": "The last day must not be before the first one."}),
    ({"ends_on": "2022-12-25"}, {"ends_on": "An event lasts 31 days at most."}),
    (
        {"starts_on": "9999-12-30", "ends_on": "9999-12-31"},
        {"starts_on": "Enter a year from 1990 to 2100."},
    ),
    ({"starts_on": "0001-01-01", "ends_on": "0001-01-01"}, {"starts_on": "Enter a year from 1990 to 2100."}),
    ({"day_starts_at": "25:00"}, {"day_starts_at": "Enter a time of day, like 09:30."}),
    ({"day_starts_at": "12:01"}, {"day_starts_at": "A day begins at noon at the latest."}),
    ({"changeover_minutes": "-1"}, {"changeover_minutes": "Enter a whole number from 0 to 240."}),
    ({"changeover_minutes": "241"}, {"changeover_minutes": "Enter a whole number from 0 to 240."}),
    ({"changeover_minutes": "1.5"}, {"changeover_minutes": "Enter a whole number from 0 to 240."}),
    ({"languages_ja": "", "languages_en": ""}, {"languages_ja": "Choose at least one language."}),
    ({"languages_ja": "2"}, {"languages_ja": "Two languages have the same place. Give each its own."}),
    ({"languages_ja": "3"}, {"languages_ja": "Choose one from the list."}),
]


@pytest.mark.parametrize(("change", "expected"), WRONG)
def test_bad_input_is_told_at_its_field_and_nothing_is_saved(
    organiser: FlaskClient,
    shown: Shown,
    db_session: Session,
    event: Event,
    change: dict[str, str],
    expected: dict[str, str],
) -> None:
    before = stored(db_session, event)
    answer = organiser.post(PAGE, data=shown(PAGE) | {"changeover_minutes": "7"} | change)
    assert (answer.status_code, errors(answer.text)) == (422, expected)
    assert stored(db_session, event) == before
    assert history(db_session, event) == []
    kept = filled(answer.text)
    assert {name: kept[name] for name in change if name in kept and len(change[name]) < 400 and change[name].strip()
            and kept[name] != change[name] and name not in {"timezone", "format", "languages_ja"}} == {}  # fmt: skip


def test_bad_input_is_told_in_the_readers_language(organiser: FlaskClient, shown: Shown) -> None:
    answer = organiser.post(PAGE.replace("/en/", "/ja/"), data=shown(PAGE) | {"ends_on": "2022-11-23"})
    assert answer.status_code == 422
    assert errors(answer.text) == {"ends_on": "最終日を初日より前にすることはできません。"}


def test_an_empty_form(organiser: FlaskClient, db_session: Session, event: Event) -> None:
    before = stored(db_session, event)
    assert organiser.post(PAGE, data={}).status_code == 422
    assert stored(db_session, event) == before


def test_the_rules_hold_for_whoever_writes() -> None:
    values = EventSettings(
        title=tr(""), timezone="Mars/Olympus", starts_on=date(2022, 1, 1), ends_on=date(2021, 1, 1), ordinal=10_000,
        languages=("ja", "xx", "ja"), changeover_minutes=999, day_starts_at=time(23), theme=tr("x" * 501),
    )  # fmt: skip
    assert event_problems(values) == (
        SettingProblem.TITLE_MISSING,
        SettingProblem.THEME_TOO_LONG,
        SettingProblem.ORDINAL_INVALID,
        SettingProblem.UNKNOWN_ZONE,
        SettingProblem.ENDS_BEFORE_START,
        SettingProblem.DAY_STARTS_LATE,
        SettingProblem.LANGUAGE_TWICE,
        SettingProblem.LANGUAGE_UNKNOWN,
        SettingProblem.CHANGEOVER_INVALID,
    )
    assert event_problems(EventSettings(tr("会議"), "Asia/Tokyo", date(2022, 1, 1), date(2022, 1, 31))) == ()
    too_long = EventSettings(tr("会議"), "Asia/Tokyo", date(2022, 1, 1), date(2022, 2, 1))
    assert event_problems(too_long) == (SettingProblem.TOO_MANY_DAYS,)


def test_another_zone_is_asked_about_with_what_each_answer_does(
    organiser: FlaskClient, shown: Shown, db_session: Session, event: Event
) -> None:
    answer = organiser.post(PAGE, data=shown(PAGE) | {"timezone": "Asia/Bangkok"})
    assert answer.status_code == 200
    question = parse(answer.text).one("div", class_="question")
    ways = [way.text for way in question.all("div", class_="way")]
    assert ways == [
        "Keep the times on the clock: what begins at 15:50 begins at 15:50 in Asia/Bangkok. 1 session moves.",
        "Keep the moments: what begins at 15:50 in Asia/Tokyo is shown as 13:50 in Asia/Bangkok. No session moves.",
    ]
    assert session(db_session, event).starts_at == utc(25, 6, 50)
    assert stored(db_session, event).timezone == "Asia/Tokyo"
    assert filled(answer.text)["sessions"] == "clock-stay"
    assert filled(answer.text)["timezone"] == "Asia/Bangkok"


@pytest.mark.parametrize(("way", "moved"), [("clock-stay", True), ("moment-stay", False)])
def test_the_answer_is_done(
    organiser: FlaskClient, shown: Shown, db_session: Session, event: Event, way: str, moved: bool
) -> None:
    asked = organiser.post(PAGE, data=shown(PAGE) | {"timezone": "Asia/Bangkok", "title_en": "ASCC in Bangkok"})
    answer = organiser.post(PAGE, data=filled(asked.text) | {"sessions": way})
    assert answer.status_code == 302
    now = stored(db_session, event)
    assert (now.timezone, now.title["en"]) == ("Asia/Bangkok", "ASCC in Bangkok")
    found = session(db_session, event)
    assert (found.starts_at, found.ends_at) == (
        (utc(25, 8, 50), utc(25, 10)) if moved else (utc(25, 6, 50), utc(25, 8))
    )
    assert found.version == (2 if moved else 1)
    entries = history(db_session, event)
    assert [entry[:3] for entry in entries] == [
        ("event", "ascc11", "changed"),
        *([("session", "session-3", "changed")] if moved else []),
    ]
    if moved:
        assert (entries[1][3]["starts_at"], entries[1][4]["starts_at"]) == (
            "2022-11-25T06:50:00Z", "2022-11-25T08:50:00Z",
        )  # fmt: skip


def test_an_answer_holds_only_for_what_was_shown(
    organiser: FlaskClient, shown: Shown, db_session: Session, event: Event
) -> None:
    asked = filled(organiser.post(PAGE, data=shown(PAGE) | {"timezone": "Asia/Bangkok"}).text)
    make_session(db_session, event, "session-4")
    db_session.commit()
    again = organiser.post(PAGE, data=asked)
    assert (again.status_code, "2 sessions move." in again.text) == (200, True)
    other = organiser.post(PAGE, data=asked | {"timezone": "America/New_York"})
    assert (other.status_code, "America/New_York" in other.text) == (200, True)
    assert stored(db_session, event).timezone == "Asia/Tokyo"


def test_sessions_that_cannot_go_along_are_named_and_nothing_is_saved(
    organiser: FlaskClient, shown: Shown, db_session: Session, event: Event
) -> None:
    asked = organiser.post(PAGE, data=shown(PAGE) | {"ends_on": "2022-11-24"})
    assert asked.status_code == 422
    assert errors(asked.text) == {"ends_on": "1 session cannot go along, so nothing is saved. See below."}
    question = parse(asked.text).one("div", class_="question")
    assert "Attractive cities: would lie outside the days of the event" in question.text
    assert question.all("a")[0].attributes["href"] == "/en/organise/ascc11/programme/session-3"
    assert organiser.post(PAGE, data=filled(asked.text)).status_code == 422
    assert stored(db_session, event).ends_on == date(2022, 11, 25)


def test_a_time_that_the_new_zone_skips_is_not_guessed(
    organiser: FlaskClient, shown: Shown, db_session: Session
) -> None:
    spring = make_event(db_session, "spring", starts_on=date(2022, 3, 27), ends_on=date(2022, 3, 27))
    make_session(db_session, spring, "night", starts_at=NOW.replace(month=3, day=26, hour=17, minute=30),
                 ends_at=NOW.replace(month=3, day=26, hour=19))  # fmt: skip
    account = make_account(db_session, "other@example.org")
    db_session.commit()
    sign_in(organiser, account)
    page = "/en/organise/spring/settings"
    asked = organiser.post(page, data=shown(page) | {"timezone": "Europe/Berlin"})
    ways = [way.text for way in parse(asked.text).all("div", class_="way")]
    assert ways[0].endswith("Attractive cities: its time is skipped there, because the clocks go forward")
    assert "1 session cannot go along:" in ways[0]
    refused = organiser.post(page, data=filled(asked.text) | {"sessions": "clock-stay"})
    assert refused.status_code == 422
    assert session(db_session, spring, "night").version == 1


def test_sessions_go_along_with_the_first_day(
    organiser: FlaskClient, shown: Shown, db_session: Session, event: Event
) -> None:
    make_session(db_session, event, "gone", removed_at=NOW)
    make_session(db_session, event, "tray", scheduled=False)
    db_session.commit()
    asked = organiser.post(PAGE, data=shown(PAGE) | {"starts_on": "2023-11-23", "ends_on": "2023-11-24"})
    ways = [way.text for way in parse(asked.text).all("div", class_="way")]
    assert ways[0] == "Move every session along with the first day: 364 days later. 3 sessions move."
    assert ways[1].startswith("Leave the sessions on their dates. 2 sessions move. 1 session cannot go along:")
    assert filled(asked.text)["sessions"] == "moment-along"
    assert organiser.post(PAGE, data=filled(asked.text)).status_code == 302
    for key in ("session-3", "gone", "tray"):
        assert session(db_session, event, key).starts_at == utc(25, 6, 50).replace(year=2023, day=24)


def test_one_day_more_at_the_front_leaves_the_sessions_where_they_are(
    organiser: FlaskClient, shown: Shown, db_session: Session, event: Event
) -> None:
    asked = organiser.post(PAGE, data=shown(PAGE) | {"starts_on": "2022-11-23"})
    assert filled(asked.text)["sessions"] == "moment-stay"
    assert organiser.post(PAGE, data=filled(asked.text)).status_code == 302
    assert session(db_session, event).starts_at == utc(25, 6, 50)
    assert stored(db_session, event).starts_on == date(2022, 11, 23)


def test_zone_and_days_at_once(organiser: FlaskClient, shown: Shown, db_session: Session, event: Event) -> None:
    change = {"timezone": "Asia/Bangkok", "starts_on": "2023-11-23", "ends_on": "2023-11-24"}
    asked = organiser.post(PAGE, data=shown(PAGE) | change)
    assert len(parse(asked.text).all("div", class_="way")) == 4
    assert filled(asked.text)["sessions"] == "clock-along"
    assert organiser.post(PAGE, data=filled(asked.text) | {"sessions": "moment-along"}).status_code == 302
    assert session(db_session, event).starts_at == utc(25, 6, 50).replace(year=2023, day=24)


def test_without_sessions_nothing_is_asked(
    organiser: FlaskClient, shown: Shown, db_session: Session, event: Event
) -> None:
    db_session.delete(session(db_session, event))
    db_session.commit()
    change = {"timezone": "Asia/Bangkok", "starts_on": "2023-11-23", "ends_on": "2023-11-24"}
    assert organiser.post(PAGE, data=shown(PAGE) | change).status_code == 302
    assert stored(db_session, event).timezone == "Asia/Bangkok"


def test_a_language_goes_only_after_it_was_said_what_that_does(
    organiser: FlaskClient, shown: Shown, db_session: Session, event: Event
) -> None:
    asked = organiser.post(PAGE, data=shown(PAGE) | {"languages_en": ""})
    assert asked.status_code == 200
    # The titles of event and session, the names of host, venue and track.
    assert "5 texts in English stay stored" in asked.text
    assert stored(db_session, event).languages == ("ja", "en")
    assert organiser.post(PAGE, data=filled(asked.text)).status_code == 302
    now = stored(db_session, event)
    assert (now.languages, now.title["en"]) == (("ja",), "11th Asia Smart City Conference")
    assert "title_en" not in shown(PAGE)
    assert organiser.post(PAGE, data=shown(PAGE) | {"title_ja": "会議", "languages_en": "2"}).status_code == 302
    assert stored(db_session, event).title == tr("会議", "11th Asia Smart City Conference")


def test_the_second_of_two_gets_a_comparison_and_loses_nothing(
    organiser: FlaskClient, shown: Shown, db_session: Session, event: Event
) -> None:
    mine, theirs = shown(PAGE), shown(PAGE)
    assert organiser.post(PAGE, data=theirs | {"title_en": "Theirs", "ordinal": "12"}).status_code == 302
    answer = organiser.post(PAGE, data=mine | {"title_en": "Mine", "changeover_minutes": "10"})
    assert answer.status_code == 409
    rows = [[cell.text for cell in row.children if not isinstance(cell, str)]
            for row in parse(answer.text).one("table", class_="compare").one("tbody").all("tr")]  # fmt: skip
    assert sorted(rows) == [
        ["Changeover in minutes", "0 → 10", "unchanged"],
        ["Number of the edition", "unchanged", "11 → 12"],
        [
            "Title (English) Both of you changed this",
            "11th Asia Smart City Conference → Mine",
            "11th Asia Smart City Conference → Theirs",
        ],
    ]
    assert stored(db_session, event).title["en"] == "Theirs"
    kept = filled(answer.text)
    assert (kept["title_en"], kept["changeover_minutes"], kept["ordinal"]) == ("Mine", "10", "12")
    assert organiser.post(PAGE, data=kept).status_code == 302
    now = stored(db_session, event)
    assert (now.title["en"], now.ordinal, now.changeover_minutes) == ("Mine", 12, 10)


def test_the_same_twice_is_no_conflict(organiser: FlaskClient, shown: Shown) -> None:
    sent = shown(PAGE) | {"title_en": "Another"}
    assert [organiser.post(PAGE, data=sent).status_code for _ in range(2)] == [302, 302]


def test_a_zone_that_is_not_listed_is_kept(organiser: FlaskClient, shown: Shown, db_session: Session) -> None:
    make_event(db_session, "old", timezone="Japan")
    account = make_account(db_session, "other@example.org")
    db_session.commit()
    sign_in(organiser, account)
    sent = shown("/en/organise/old/settings")
    assert sent["timezone"] == "Japan"
    assert organiser.post("/en/organise/old/settings", data=sent | {"ordinal": ""}).status_code == 302


def test_of_many_in_the_way_some_are_named(
    organiser: FlaskClient, shown: Shown, db_session: Session, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "MOST_NAMED", 2)
    for number in range(4):
        make_session(db_session, event, f"more-{number}")
    db_session.commit()
    asked = organiser.post(PAGE, data=shown(PAGE) | {"ends_on": "2022-11-24"})
    question = parse(asked.text).one("div", class_="question")
    assert len(question.all("a")) == 2
    assert "and 3 more" in question.text


def test_statements_do_not_grow_with_the_sessions(
    app: Flask,
    db_session: Session,
    event: Event,
    organiser: FlaskClient,
    shown: Shown,
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    def change(zone: str) -> int:
        asked: dict[str, Any] = filled(organiser.post(PAGE, data=shown(PAGE) | {"timezone": zone}).text)
        return count_queries(lambda: organiser.post(PAGE, data=asked | {"sessions": "clock-stay"}))

    one = change("Asia/Bangkok")
    for number in range(2):
        make_session(db_session, event, f"more-{number}")
    db_session.commit()
    assert change("Asia/Tokyo") == one
