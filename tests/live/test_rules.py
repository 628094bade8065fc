"""What is pressed, and what follows for everything later: exact to the second."""

from datetime import datetime, timedelta

import pytest

from galerio_events.live.domain import (
    Action,
    LiveDeed,
    LiveProblem,
    LiveRefused,
    LiveState,
    Phase,
    Plan,
    Standing,
    outlook,
    phase_of,
    standing_from_plain,
    standing_to_plain,
    stands,
    waiting,
    whole_minutes,
)
from tests.support.builders import utc

# 10:00 to 11:00 in UTC: 5 + 20 + 25 + 10 minutes.
PLAN = Plan(utc(25, 10), utc(25, 11), (5, 20, 25, 10))
START, NEXT, SKIP, ADD, BACK, FINISH = LiveDeed


def at(minute: int, second: int = 0) -> datetime:
    """So many minutes after 10:00."""
    return utc(25, 10) + timedelta(minutes=minute, seconds=second)


def after(*pressed: tuple[LiveDeed, datetime] | tuple[LiveDeed, datetime, int]) -> Standing:
    return stands(PLAN, [Action(*each) for each in pressed])


def slips(standing: Standing, now: datetime) -> list[int]:
    return [part.slip for part in outlook(PLAN, standing, now).parts]


def test_before_the_start_everything_is_as_planned() -> None:
    found = outlook(PLAN, waiting(4), at(-30))
    assert [part.slip for part in found.parts] == [0, 0, 0, 0]
    assert [part.starts_at for part in found.parts] == [at(0), at(5), at(25), at(50)]
    assert (found.ends_at, found.slip, found.over, found.on, found.next) == (at(60), 0, 0, None, 0)


def test_who_has_not_started_slips_as_time_goes_by() -> None:
    found = outlook(PLAN, waiting(4), at(6))
    assert [part.slip for part in found.parts] == [360, 360, 360, 360]
    assert (found.slip, found.ends_at, found.over) == (360, at(66), 360)


def test_started_six_minutes_late_everything_later_is_six_minutes_late_and_so_is_the_end() -> None:
    standing = after((START, at(6)))
    found = outlook(PLAN, standing, at(8))
    assert [part.slip for part in found.parts] == [360, 360, 360, 360]
    assert [part.starts_at for part in found.parts] == [at(6), at(11), at(31), at(56)]
    assert (found.slip, found.ends_at, found.over) == (360, at(66), 360)
    assert (found.on, found.next, found.remaining, found.phase) == (0, 1, 180, Phase.CALM)
    assert whole_minutes(found.slip) == 6


def test_a_part_that_takes_too_long_pushes_what_is_later() -> None:
    standing = after((START, at(0)), (NEXT, at(5)))
    assert slips(standing, at(24, 59)) == [0, 0, 0, 0]
    found = outlook(PLAN, standing, at(29, 30))
    assert [part.slip for part in found.parts] == [0, 0, 270, 270]
    assert (found.remaining, found.phase, found.slip, found.ends_at) == (-270, Phase.OVER, 270, at(64, 30))


def test_who_is_done_early_wins_time() -> None:
    standing = after((START, at(0)), (NEXT, at(3)))
    found = outlook(PLAN, standing, at(4))
    assert [part.slip for part in found.parts] == [0, -120, -120, -120]
    assert (found.slip, found.ends_at, found.over) == (-120, at(58), 0)


def test_added_minutes_push_and_removed_ones_pull() -> None:
    standing = after((START, at(0)), (ADD, at(1), 5), (ADD, at(2), -1))
    found = outlook(PLAN, standing, at(3))
    assert [part.slip for part in found.parts] == [0, 240, 240, 240]
    assert (found.remaining, found.ends_at, found.over) == (6 * 60, at(64), 240)


def test_what_is_left_out_makes_up_for_a_late_start() -> None:
    standing = after((START, at(6)), (SKIP, at(7), 3))
    found = outlook(PLAN, standing, at(7))
    assert [part.slip for part in found.parts] == [360, 360, 360, 360]
    assert (found.ends_at, found.over, found.next) == (at(56), 0, 1)
    going_on = after((START, at(6)), (SKIP, at(7), 1), (NEXT, at(11)))
    assert (going_on.on, going_on.parts[1].skipped) == (2, True)
    assert outlook(PLAN, going_on, at(11)).slip == -14 * 60


def test_next_after_the_last_part_is_the_end() -> None:
    standing = after((START, at(0)), (NEXT, at(5)), (NEXT, at(25)), (NEXT, at(50)), (NEXT, at(57)))
    assert (standing.state, standing.on) == (LiveState.FINISHED, None)
    found = outlook(PLAN, standing, at(90))
    assert (found.ends_at, found.slip, found.over, found.next, found.remaining) == (at(57), -180, 0, None, None)


def test_finishing_early_leaves_the_rest_out() -> None:
    standing = after((START, at(0)), (NEXT, at(5)), (FINISH, at(30)))
    found = outlook(PLAN, standing, at(45))
    assert (standing.state, found.ends_at, found.slip) == (LiveState.FINISHED, at(30), -30 * 60)
    assert [part.ends_at for part in found.parts] == [at(5), at(30), at(30), at(30)]


def test_back_undoes_one_press_after_the_other() -> None:
    begun = after((START, at(0)))
    assert after((START, at(0)), (NEXT, at(3)), (BACK, at(4))) == begun
    assert after((START, at(0)), (NEXT, at(3)), (ADD, at(4), 2), (BACK, at(5)), (BACK, at(5))) == begun
    assert after((START, at(0)), (FINISH, at(3)), (BACK, at(4))) == begun
    assert after((START, at(0)), (BACK, at(1))) == waiting(4)
    assert after((START, at(0)), (BACK, at(1)), (START, at(6))) == after((START, at(6)))


@pytest.mark.parametrize(
    ("pressed", "problem"),
    [
        ([(NEXT, at(0))], LiveProblem.NOT_RUNNING),
        ([(ADD, at(0), 5)], LiveProblem.NOT_RUNNING),
        ([(FINISH, at(0))], LiveProblem.NOT_RUNNING),
        ([(BACK, at(0))], LiveProblem.NOTHING_TO_UNDO),
        ([(START, at(0)), (START, at(1))], LiveProblem.RUNNING_ALREADY),
        ([(START, at(0)), (SKIP, at(1), 0)], LiveProblem.NOT_LATER),
        ([(START, at(0)), (SKIP, at(1), 4)], LiveProblem.NOT_LATER),
        ([(START, at(0)), (SKIP, at(1), 2), (SKIP, at(1), 2)], LiveProblem.NOT_LATER),
        ([(START, at(0)), (ADD, at(1), -5)], LiveProblem.TOO_SHORT),
        ([(START, at(0)), (ADD, at(1), 1500)], LiveProblem.TOO_LONG),
        ([(START, at(0)), (FINISH, at(1)), (NEXT, at(2))], LiveProblem.NOT_RUNNING),
    ],
)
def test_what_cannot_be_done(pressed: list[tuple[LiveDeed, datetime]], problem: LiveProblem) -> None:
    with pytest.raises(LiveRefused) as refused:
        after(*pressed)
    assert refused.value.problem is problem


def test_a_clock_that_is_set_back_ends_no_part_before_it_began() -> None:
    standing = after((START, at(10)), (NEXT, at(9)))
    assert standing.parts[0].ended == at(10)


@pytest.mark.parametrize(
    ("remaining", "length", "phase"),
    [
        (121, 1200, Phase.CALM),
        (120, 1200, Phase.SOON),
        (1, 1200, Phase.SOON),
        (0, 1200, Phase.OVER),
        (-5, 1200, Phase.OVER),
        (76, 300, Phase.CALM),
        (75, 300, Phase.SOON),
    ],
)
def test_the_clock_turns_amber_and_red(remaining: int, length: int, phase: Phase) -> None:
    assert phase_of(remaining, length) is phase


@pytest.mark.parametrize(
    ("seconds", "minutes"),
    [(0, 0), (29, 0), (30, 1), (330, 6), (360, 6), (389, 6), (390, 7), (-29, 0), (-30, -1), (-89, -1)],
)
def test_minutes_are_the_nearest_whole_ones(seconds: int, minutes: int) -> None:
    assert whole_minutes(seconds) == minutes


def test_standings_are_kept_as_they_are() -> None:
    standing = after((START, at(6)), (ADD, at(7), -2), (SKIP, at(8), 2), (NEXT, at(9)))
    assert standing_from_plain(standing_to_plain(standing)) == standing
    assert standing_from_plain(standing_to_plain(waiting(3))) == waiting(3)
