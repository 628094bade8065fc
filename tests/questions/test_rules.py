"""When questions are taken, under whose name, and when two are the same."""

from datetime import datetime, timedelta

import pytest

from galerio_events.questions.domain import (
    OPPOSITE,
    Board,
    Deed,
    Mode,
    Naming,
    Phase,
    Rules,
    is_named,
    next_change,
    phase,
    text_key,
)
from tests.support.builders import utc

BEGINS, ENDS = utc(25, 4), utc(25, 5)


def at(now: datetime, board: Board = Board(), rules: Rules = Rules(), *, cancelled: bool = False) -> Phase:  # noqa: B008
    return phase(rules, board, starts_at=BEGINS, ends_at=ENDS, now=now, cancelled=cancelled)


@pytest.mark.parametrize(
    ("now", "board", "expected"),
    [
        (utc(1, 0), Board(), Phase.OPEN),
        (utc(26, 4, 59), Board(), Phase.OPEN),
        (utc(26, 5), Board(), Phase.CLOSED),
        (utc(25, 3, 59), Board(opens_hours=0), Phase.NOT_YET),
        (utc(25, 4), Board(opens_hours=0), Phase.OPEN),
        (utc(24, 3, 59), Board(opens_hours=24), Phase.NOT_YET),
        (utc(24, 4), Board(opens_hours=24), Phase.OPEN),
        (utc(25, 5), Board(closes_hours=0), Phase.CLOSED),
        (utc(25, 4), Board(mode=Mode.CLOSED), Phase.CLOSED),
        (utc(25, 4), Board(mode=Mode.OFF), Phase.OFF),
        # Before it opens, a closed list is still to come.
        (utc(24, 0), Board(mode=Mode.CLOSED, opens_hours=0), Phase.NOT_YET),
    ],
)
def test_when_questions_are_taken(now: datetime, board: Board, expected: Phase) -> None:
    assert at(now, board) is expected


def test_an_event_without_questions_has_none_and_a_cancelled_session_takes_none() -> None:
    assert at(utc(25, 4), rules=Rules(offered=False)) is Phase.OFF
    assert at(utc(25, 4), cancelled=True) is Phase.CLOSED


def test_when_it_changes_next() -> None:
    board = Board(opens_hours=2, closes_hours=3)

    def following(now: datetime) -> datetime | None:
        return next_change(board, starts_at=BEGINS, ends_at=ENDS, now=now)

    assert following(utc(25, 1)) == utc(25, 2)
    assert following(utc(25, 2)) == utc(25, 8)
    assert following(utc(25, 8)) is None
    assert following(utc(25, 8) - timedelta(seconds=1)) == utc(25, 8)


@pytest.mark.parametrize(
    ("naming", "hide", "named"),
    [
        (Naming.NAMED, False, True),
        (Naming.NAMED, True, True),
        (Naming.CHOICE, False, True),
        (Naming.CHOICE, True, False),
        (Naming.ANONYMOUS, False, False),
        (Naming.ANONYMOUS, True, False),
    ],
)
def test_under_whose_name(naming: Naming, hide: bool, named: bool) -> None:
    assert is_named(naming, hide=hide) is named


def test_when_two_questions_are_the_same() -> None:
    assert text_key("How much does it cost?") == text_key("how  much does it COST")
    assert text_key("ｺｽﾄは？") == text_key("コストは?")
    assert text_key("いくらですか") != text_key("いつですか")
    # Nothing but symbols is told apart as well.
    assert text_key("?!") != text_key("!?")


def test_what_is_taken_back_can_be_done_again() -> None:
    for deed in (Deed.HIDE, Deed.SHOW, Deed.APPROVE, Deed.HOLD, Deed.BAR, Deed.UNBAR):
        assert OPPOSITE[OPPOSITE[deed]] is deed
