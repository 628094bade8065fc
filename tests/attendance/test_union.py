"""Intervals are half-open, and an instant counts once however often it is covered."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galerio_events.attendance.domain import Interval, seconds, union

START = datetime(2022, 11, 25, 4, 0, tzinfo=UTC)


def at(begins: int, ends: int) -> Interval:
    """From one to another second after the start."""
    return Interval(START + timedelta(seconds=begins), START + timedelta(seconds=ends))


INTERVALS = st.lists(
    st.tuples(st.integers(0, 120), st.integers(0, 60)).map(lambda pair: at(pair[0], pair[0] + pair[1])), max_size=12
)


def covered(intervals: object) -> set[int]:
    """The seconds that lie in any of them, one by one: what the union has to amount to."""
    found: set[int] = set()
    for interval in intervals:  # type: ignore[attr-defined]
        begin = int((interval.start - START).total_seconds())
        found.update(range(begin, begin + int(interval.length.total_seconds())))
    return found


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        ((), ()),
        ((at(0, 10),), (at(0, 10),)),
        ((at(0, 10), at(10, 20)), (at(0, 20),)),
        ((at(0, 10), at(11, 20)), (at(0, 10), at(11, 20))),
        ((at(0, 10), at(5, 20)), (at(0, 20),)),
        ((at(0, 100), at(20, 30)), (at(0, 100),)),
        ((at(50, 60), at(0, 10)), (at(0, 10), at(50, 60))),
        ((at(5, 5),), ()),
        ((at(5, 5), at(0, 10)), (at(0, 10),)),
        ((at(0, 10), at(0, 10)), (at(0, 10),)),
    ],
)
def test_union(given_: tuple[Interval, ...], expected: tuple[Interval, ...]) -> None:
    assert union(given_) == expected


def test_seconds_count_overlaps_once() -> None:
    assert seconds([at(0, 600), at(300, 900), at(1000, 1060)]) == 960
    assert seconds([]) == 0


def test_an_interval_does_not_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="before joining"):
        at(10, 9)


@given(INTERVALS)
def test_the_union_covers_the_same_seconds(intervals: list[Interval]) -> None:
    merged = union(intervals)
    assert covered(merged) == covered(intervals)
    assert seconds(intervals) == len(covered(intervals))


@given(INTERVALS)
def test_the_union_is_disjoint_ordered_and_its_own_union(intervals: list[Interval]) -> None:
    merged = union(intervals)
    assert all(one.end < other.start for one, other in pairwise(merged))
    assert all(one.start < one.end for one in merged)
    assert union(merged) == merged
    assert union(reversed(intervals)) == merged
