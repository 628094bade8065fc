"""Where a session stands in the timetable: reading what was entered, days with changing clocks, two changes at once."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy.orm import Session

from galerio_events.errors import ChangeConflict, Conflict, NotFound
from galerio_events.events.queries import newest_change
from galerio_events.programme import queries, services
from galerio_events.programme.domain.placing import (
    Placement,
    PlaceProblem,
    clock_changes,
    day_begins,
    days_of,
    minutes_between,
    moves_what_is_locked,
    on_top,
    placement_of,
    read,
    wall_time,
)
from galerio_events.programme.domain.rules import Frame, SessionProblem, SessionRefused
from galerio_events.programme.queries.timetable import (
    keys_taken,
    news_since,
    session_past,
    timetable_rows,
    usual_minutes,
)
from tests.support.builders import NOW, make_event, make_person, make_session, tr, utc

TOKYO = Frame("Asia/Tokyo", date(2022, 11, 24), date(2022, 11, 25))
# The clocks of New York go back on 6 November 2022 at 02:00, and forward on 13 March at 02:00.
AUTUMN = Frame("America/New_York", date(2022, 11, 5), date(2022, 11, 7))
SPRING = Frame("America/New_York", date(2022, 3, 13), date(2022, 3, 13))
THERE = Placement(utc(25, 6, 50), utc(25, 8), "webinar")
FORM = {"day": "2022-11-24", "start": "09:30", "minutes": "45", "venue": "webinar", "scheduled": "1"}


def test_a_form_says_day_start_and_length_on_the_events_clock() -> None:
    reading = read(FORM | {"locked": "1"}, THERE, TOKYO, ["webinar"])
    assert reading.placement == Placement(utc(24, 0, 30), utc(24, 1, 15), "webinar", scheduled=True, locked=True)
    assert reading.problems == {}


def test_a_script_says_instants() -> None:
    sent = {"starts_at": "2022-11-24T00:30:00Z", "ends_at": "2022-11-24T01:15:00Z", "venue": "", "scheduled": "0"}
    assert read(sent, THERE, TOKYO, []).placement == Placement(utc(24, 0, 30), utc(24, 1, 15), None, scheduled=False)


def test_digits_of_full_width_are_digits() -> None:
    wide = FORM | {"start": "０９：３０", "minutes": " ４５"}
    assert read(wide, THERE, TOKYO, ["webinar"]) == read(FORM, THERE, TOKYO, ["webinar"])


def test_a_time_before_the_day_begins_belongs_to_its_night() -> None:
    late = replace(TOKYO, day_starts_at=time(4))
    assert wall_time(date(2022, 11, 24), 3, 59, late) == datetime.fromisoformat("2022-11-25T03:59")
    assert wall_time(date(2022, 11, 24), 4, 0, late) == datetime.fromisoformat("2022-11-24T04:00")
    placed = read(FORM | {"start": "01:00"}, THERE, late, ["webinar"]).placement
    assert placed is not None
    assert placed.starts_at == utc(24, 16)


@pytest.mark.parametrize(
    ("change", "field", "problem"),
    [
        ({"day": "2022-11-26"}, "day", PlaceProblem.DAY_INVALID),
        ({"day": "9999-12-31"}, "day", PlaceProblem.DAY_INVALID),
        ({"day": "\u202e"}, "day", PlaceProblem.DAY_INVALID),
        ({"start": ""}, "start", PlaceProblem.START_INVALID),
        ({"start": "25:00"}, "start", PlaceProblem.START_INVALID),
        ({"start": "12:60"}, "start", PlaceProblem.START_INVALID),
        ({"start": "٣:٠٠"}, "start", PlaceProblem.START_INVALID),
        ({"minutes": "0"}, "minutes", PlaceProblem.LENGTH_INVALID),
        ({"minutes": "-5"}, "minutes", PlaceProblem.LENGTH_INVALID),
        ({"minutes": "2881"}, "minutes", PlaceProblem.LENGTH_INVALID),
        ({"minutes": "1e3"}, "minutes", PlaceProblem.LENGTH_INVALID),
        ({"venue": "<b>😀"}, "venue", PlaceProblem.VENUE_UNKNOWN),
        ({"starts_at": "0001-01-01T00:00:00+23:59"}, "start", PlaceProblem.START_INVALID),
        ({"starts_at": "9999-12-31T23:59:59Z"}, "start", PlaceProblem.START_OUTSIDE),
        ({"starts_at": "0001-01-01T00:00:00Z"}, "start", PlaceProblem.START_OUTSIDE),
        (
            {"starts_at": "2022-11-24T09:00:00Z", "ends_at": "9999-12-31T23:59:59Z"},
            "minutes",
            PlaceProblem.END_OUTSIDE,
        ),
        ({"starts_at": "2022-11-24T09:00:00"}, "start", PlaceProblem.START_INVALID),
        ({"starts_at": "2022-11-24T09:00:00Z"}, "minutes", PlaceProblem.LENGTH_INVALID),
    ],
)
def test_what_cannot_be_read_is_told_at_its_field(change: dict[str, str], field: str, problem: PlaceProblem) -> None:
    reading = read(FORM | change, THERE, TOKYO, ["webinar"])
    assert (reading.placement, dict(reading.problems)) == (None, {field: problem})


def test_a_time_that_clocks_show_twice_is_asked_for() -> None:
    sent = FORM | {"day": "2022-11-06", "start": "01:30", "venue": ""}
    first, second = datetime(2022, 11, 6, 5, 30, tzinfo=UTC), datetime(2022, 11, 6, 6, 30, tzinfo=UTC)
    asked = read(sent, THERE, AUTUMN, [])
    assert (asked.placement, asked.problems, asked.questions) == (
        None, {"start": PlaceProblem.START_UNCLEAR}, (first, second)
    )  # fmt: skip
    for moment in (first, second):
        meant = read(sent | {"meant": moment.strftime("%Y-%m-%dT%H:%M:%SZ")}, THERE, AUTUMN, []).placement
        assert meant is not None
        assert meant.starts_at == moment
    assert read(sent | {"meant": "2022-11-06T09:30:00Z"}, THERE, AUTUMN, []).placement is None


def test_a_session_that_stands_in_the_fold_stays_where_it_is() -> None:
    second = datetime(2022, 11, 6, 6, 30, tzinfo=UTC)
    stored = Placement(second, second + timedelta(minutes=45), None)
    sent = FORM | {"day": "2022-11-06", "start": "01:30", "venue": ""}
    assert read(sent, stored, AUTUMN, []).placement == stored


def test_a_time_that_clocks_never_show_is_asked_for() -> None:
    asked = read(FORM | {"day": "2022-03-13", "start": "02:30", "venue": ""}, THERE, SPRING, [])
    assert asked.problems == {"start": PlaceProblem.START_NEVER}
    assert asked.questions == (
        datetime(2022, 3, 13, 6, 30, tzinfo=UTC), datetime(2022, 3, 13, 7, 30, tzinfo=UTC)
    )  # fmt: skip


def test_a_day_with_changing_clocks_is_longer_or_shorter() -> None:
    lengths = [
        minutes_between(day_begins(d, AUTUMN), day_begins(d + timedelta(days=1), AUTUMN)) for d in days_of(AUTUMN)
    ]
    assert lengths == [1440, 1500, 1440]
    assert clock_changes(date(2022, 11, 6), AUTUMN) == [(0, 0), (120, 60)]
    assert clock_changes(date(2022, 3, 13), SPRING) == [(0, 0), (120, 180)]
    assert clock_changes(date(2022, 11, 24), replace(TOKYO, day_starts_at=time(4, 30))) == [(0, 270)]


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({}, False),
        ({"starts_at": utc(25, 6, 45)}, True),
        ({"ends_at": utc(25, 8, 5)}, True),
        ({"venue": None}, True),
        ({"scheduled": False}, True),
        ({"starts_at": utc(25, 6, 45), "locked": False}, False),
    ],
)
def test_what_is_locked_is_not_moved_until_it_is_unlocked(change: dict[str, object], refused: bool) -> None:
    locked = replace(THERE, locked=True)
    assert moves_what_is_locked(locked, replace(locked, **change)) is refused  # type: ignore[arg-type]
    assert moves_what_is_locked(THERE, replace(locked, **change)) is False  # type: ignore[arg-type]


def test_two_changes_come_together() -> None:
    mine, theirs = THERE.later(15), replace(THERE, venue="metaverse", ends_at=utc(25, 8, 30))
    assert on_top(THERE, mine, theirs) == Placement(utc(25, 7, 5), utc(25, 8, 45), "metaverse")
    assert on_top(THERE, mine, THERE.later(60)) == mine
    assert on_top(THERE, replace(THERE, scheduled=False), theirs) == replace(theirs, scheduled=False)


def test_place_session(db_session: Session) -> None:
    event = make_event(db_session)
    make_session(db_session, event)
    moved = services.place_session(
        db_session, event.id, "session-3", THERE.later(-30), expected_version=1, by=None, now=NOW
    )
    assert (placement_of(queries.values_of(moved)), moved.version) == (THERE.later(-30), 2)
    found = news_since(db_session, event.id, 0)
    assert list(found.sessions) == ["session-3"]
    assert [past.after["starts_at"] for past in session_past(db_session, event.id, "session-3", 0) if past.after] == [
        "2022-11-25T06:20:00Z"
    ]
    with pytest.raises(ChangeConflict) as stale:
        services.place_session(db_session, event.id, "session-3", THERE, expected_version=1, by=None, now=NOW)
    assert stale.value.reason is Conflict.STALE


def test_a_locked_session_is_not_moved_by_anything_that_saves_it(db_session: Session) -> None:
    event = make_event(db_session)
    session = make_session(db_session, event, locked=True)
    before = queries.values_of(session)
    with pytest.raises(SessionRefused) as refused:
        services.save_session(
            db_session, event.id, "session-3", replace(before, venue=None), expected_version=1, now=NOW
        )
    assert refused.value.problems == (SessionProblem.LOCKED,)
    services.save_session(
        db_session, event.id, "session-3", replace(before, title=tr("", "New")), expected_version=1, now=NOW
    )
    assert queries.values_of(session).title == tr("", "New")


def test_only_what_is_scheduled_has_to_be_within_the_event(db_session: Session) -> None:
    event = make_event(db_session)
    make_session(db_session, event)
    away = Placement(utc(1, 0), utc(1, 1), "webinar")
    with pytest.raises(SessionRefused) as refused:
        services.place_session(db_session, event.id, "session-3", away, expected_version=1, by=None, now=NOW)
    assert refused.value.problems == (SessionProblem.STARTS_OUTSIDE_EVENT, SessionProblem.ENDS_OUTSIDE_EVENT)
    in_tray = services.place_session(
        db_session, event.id, "session-3", replace(away, scheduled=False), expected_version=1, by=None, now=NOW
    )
    assert in_tray.scheduled is False
    with pytest.raises(SessionRefused):
        services.place_session(db_session, event.id, "session-3", away, expected_version=2, by=None, now=NOW)


def test_what_was_removed_cannot_be_placed(db_session: Session) -> None:
    event = make_event(db_session)
    make_session(db_session, event, removed_at=NOW)
    for key in ("session-3", "nowhere"):
        with pytest.raises(NotFound):
            services.place_session(db_session, event.id, key, THERE, expected_version=1, by=None, now=NOW)
    assert newest_change(db_session, event.id) == 0


def test_rows_of_the_timetable(db_session: Session) -> None:
    event = make_event(db_session)
    pablo, tan = make_person(db_session, event), make_person(db_session, event, "tan", name=tr("", "Alan Tan"))
    make_session(db_session, event, people=(("speaker", tan), ("moderator", pablo), ("mc", tan)))  # type: ignore[arg-type]
    make_session(db_session, event, "early", starts_at=utc(24, 1), ends_at=utc(24, 2), venue=None, track=None)
    make_session(db_session, event, "gone", removed_at=NOW)
    rows, names = timetable_rows(db_session, event.id)
    assert [(row.key, row.venue, row.track, row.people) for row in rows] == [
        ("early", None, None, ()),
        ("session-3", "webinar", "smart-city", ("tan", "pablo")),
    ]
    assert names == {"tan": tan.name, "pablo": pablo.name}
    only, _names = timetable_rows(db_session, event.id, ["gone", "nowhere"])
    assert [(row.key, row.removed) for row in only] == [("gone", True)]
    assert keys_taken(db_session, event.id) == {"session-3", "early", "gone"}
    assert usual_minutes(db_session, event.id) == {}
