"""Where sessions go when the zone or the days of their event change."""

from datetime import UTC, date, datetime, time

import pytest

from galerio_events import clock
from galerio_events.programme.domain.moving import (
    Free,
    Keeping,
    Move,
    Obstacle,
    Timed,
    move,
    moved_along,
    people_outside,
)
from galerio_events.programme.domain.rules import Frame
from tests.support.builders import utc

TOKYO = Frame("Asia/Tokyo", date(2022, 11, 24), date(2022, 11, 25))
BANGKOK = Frame("Asia/Bangkok", date(2022, 11, 24), date(2022, 11, 25))


def at(zone: str, *parts: int) -> datetime:
    return clock.from_wall(datetime(*parts), zone)  # type: ignore[arg-type]  # noqa: DTZ001 a time on the wall


def test_the_clock_is_kept_in_another_zone() -> None:
    session = Timed("a", utc(25, 6, 50), utc(25, 8))
    found = move(TOKYO, BANGKOK, [session], keeping=Keeping.CLOCK)
    assert found == Move({"a": (utc(25, 8, 50), utc(25, 10))}, {})


def test_the_moment_is_kept_in_another_zone() -> None:
    session = Timed("a", utc(25, 6, 50), utc(25, 8))
    assert move(TOKYO, BANGKOK, [session], keeping=Keeping.MOMENT) == Move({}, {})


def test_what_then_lies_on_another_day_is_in_the_way() -> None:
    early, late = Timed("early", utc(23, 16), utc(23, 17)), Timed("late", utc(25, 14), utc(25, 15))
    found = move(TOKYO, BANGKOK, [early, late], keeping=Keeping.MOMENT)
    assert found == Move({}, {"early": Obstacle.OUTSIDE})


def test_a_session_that_ends_at_the_end_of_the_last_day_fits() -> None:
    until_midnight = Timed("a", utc(25, 14), utc(25, 15))
    assert move(TOKYO, TOKYO, [until_midnight], keeping=Keeping.MOMENT) == Move({}, {})
    a_second_more = Timed("a", utc(25, 14), datetime(2022, 11, 25, 15, 0, 1, tzinfo=UTC))
    assert move(TOKYO, TOKYO, [a_second_more], keeping=Keeping.MOMENT).obstacles == {"a": Obstacle.OUTSIDE}


def test_sessions_move_by_days() -> None:
    after = Frame("Asia/Tokyo", date(2023, 11, 23), date(2023, 11, 24))
    found = move(TOKYO, after, [Timed("a", utc(25, 6, 50), utc(25, 8))], keeping=Keeping.MOMENT, days=364)
    assert found.times == {"a": (at("Asia/Tokyo", 2023, 11, 24, 15, 50), at("Asia/Tokyo", 2023, 11, 24, 17))}
    assert found.obstacles == {}


def test_the_clock_is_kept_across_a_change_of_the_clocks() -> None:
    before = Frame("Europe/Berlin", date(2022, 10, 28), date(2022, 10, 28))
    after = Frame("Europe/Berlin", date(2022, 11, 1), date(2022, 11, 1))
    session = Timed("a", at("Europe/Berlin", 2022, 10, 28, 9), at("Europe/Berlin", 2022, 10, 28, 10))
    found = move(before, after, [session], keeping=Keeping.MOMENT, days=4)
    assert found.times == {"a": (at("Europe/Berlin", 2022, 11, 1, 9), at("Europe/Berlin", 2022, 11, 1, 10))}


@pytest.mark.parametrize(
    ("day", "hour", "obstacle"),
    [
        # On 27 March 2022 the clocks of Berlin went from 2 to 3 o'clock, on 30 October from 3 to 2.
        (date(2022, 3, 27), (2, 30), Obstacle.SKIPPED),
        (date(2022, 10, 30), (2, 30), Obstacle.TWICE),
    ],
)
def test_times_that_mean_nothing_or_two_moments_are_in_the_way(
    day: date, hour: tuple[int, int], obstacle: Obstacle
) -> None:
    before, after = Frame("Asia/Tokyo", day, day), Frame("Europe/Berlin", day, day)
    starts = at("Asia/Tokyo", day.year, day.month, day.day, *hour)
    session = Timed("a", starts, at("Asia/Tokyo", day.year, day.month, day.day, 5))
    assert move(before, after, [session], keeping=Keeping.CLOCK) == Move({}, {"a": obstacle})
    tray = Timed("a", starts, at("Asia/Tokyo", day.year, day.month, day.day, 5), fixed=False)
    midnight = at("Europe/Berlin", day.year, day.month, day.day)
    assert move(before, after, [tray], keeping=Keeping.CLOCK) == Move(
        {"a": (midnight, midnight + (tray.ends_at - tray.starts_at))}, {}
    )


def test_an_end_before_the_start_is_in_the_way() -> None:
    # 0:30 UTC+1 to 3:30 UTC+2 is two hours; on a clock it is three, and the other way round it can be none.
    day = date(2022, 10, 30)
    frame, there = Frame("Europe/Berlin", day, day), Frame("Asia/Tokyo", day, day)
    starts = datetime(2022, 10, 30, 0, 50, tzinfo=UTC)
    ends = datetime(2022, 10, 30, 1, 10, tzinfo=UTC)
    assert move(frame, there, [Timed("a", starts, ends)], keeping=Keeping.CLOCK).obstacles == {"a": Obstacle.REVERSED}


def test_a_day_that_begins_later_keeps_its_night() -> None:
    party = Timed("party", utc(25, 14), utc(25, 18))
    later = Frame("Asia/Tokyo", date(2022, 11, 24), date(2022, 11, 25), time(5))
    assert move(later, later, [party], keeping=Keeping.MOMENT) == Move({}, {})
    assert move(later, TOKYO, [party], keeping=Keeping.MOMENT).obstacles == {"party": Obstacle.OUTSIDE}


def test_the_tray_goes_along_as_well_as_it_can() -> None:
    after = Frame("Asia/Tokyo", date(2023, 11, 23), date(2023, 11, 24), time(5))
    tray = Timed("a", utc(25, 6, 50), utc(25, 8), fixed=False)
    begins = at("Asia/Tokyo", 2023, 11, 23, 5)
    found = move(TOKYO, after, [tray], keeping=Keeping.MOMENT)
    assert found == Move({"a": (begins, begins + (tray.ends_at - tray.starts_at))}, {})


def test_peoples_times_go_along_and_who_is_outside_is_known() -> None:
    later = Frame("Asia/Tokyo", date(2022, 11, 25), date(2022, 11, 26))
    free = [
        Free(1, "a", utc(24, 0), utc(24, 9)),
        Free(2, "b", utc(24, 0), utc(26, 9)),
        Free(3, "c", utc(26, 15), utc(27, 1)),
    ]
    assert moved_along(TOKYO, later, free, keeping=Keeping.MOMENT) == {}
    assert moved_along(TOKYO, BANGKOK, free[:1], keeping=Keeping.CLOCK) == {1: (utc(24, 2), utc(24, 11))}
    assert moved_along(TOKYO, later, free[:1], keeping=Keeping.MOMENT, days=1) == {1: (utc(25, 0), utc(25, 9))}
    assert people_outside(later, free) == {"a", "c"}
    night = date(2022, 3, 27)
    skipped = Free(1, "a", at("Asia/Tokyo", 2022, 3, 27, 2, 30), at("Asia/Tokyo", 2022, 3, 27, 5))
    berlin = Frame("Europe/Berlin", night, night)
    assert moved_along(Frame("Asia/Tokyo", night, night), berlin, [skipped], keeping=Keeping.CLOCK) == {}


def test_the_end_of_time_is_no_error() -> None:
    before = Frame("Asia/Tokyo", date(9999, 12, 30), date(9999, 12, 30))
    starts = datetime(9999, 12, 30, 3, tzinfo=UTC)
    session = Timed("a", starts, datetime(9999, 12, 30, 4, tzinfo=UTC))
    assert move(before, before, [session], keeping=Keeping.MOMENT, days=400).obstacles == {"a": Obstacle.SKIPPED}
