"""Bringing together what two people have changed about the same thing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from galerio_events.programme.domain import RoleKind, SessionKind
from galerio_events.programme.domain.together import Both, differences, session_together, together
from galerio_events.programme.domain.values import RoleValue, SessionValues
from tests.support.builders import tr, utc

BASE = SessionValues(
    kind=SessionKind.SESSION,
    starts_at=utc(25, 6),
    ends_at=utc(25, 7),
    title=tr("会議", "Session"),
    people=(RoleValue(RoleKind.SPEAKER, "pablo"),),
)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("base", "mine", "stored", "found"),
    [
        (1, 1, 2, 2),
        (1, 2, 1, 2),
        (1, 2, 3, 2),
        (1, 2, 2, 2),
        (None, None, "x", "x"),
        ([1, 2], [1, 2], [1], [1]),
        ([1, 2], [2], [1], [2]),
        ({"a": 1, "b": 1}, {"a": 2, "b": 1}, {"a": 1, "b": 2}, {"a": 2, "b": 2}),
        ({"en": "x"}, {}, {"en": "x", "ja": "y"}, {"ja": "y"}),
        ({"en": "x"}, {"en": "x", "ja": "y"}, {}, {"ja": "y"}),
        ({"en": "x"}, {"en": "mine"}, {}, {"en": "mine"}),
        ({"en": "x"}, {}, {"en": "theirs"}, {}),
        ({"a": {"b": None}}, {"a": {"b": None}}, {"a": {"b": 1}}, {"a": {"b": 1}}),
    ],
)
def test_what_only_one_has_changed_is_theirs_and_a_clash_is_mine(base: Any, mine: Any, stored: Any, found: Any) -> None:
    assert together(base, mine, stored) == found


def test_texts_come_together_by_language_and_people_as_one() -> None:
    more = (*BASE.people, RoleValue(RoleKind.MODERATOR, "tan"))
    mine = replace(BASE, title=tr("会議", "Mine"), capacity=50, people=more)
    stored = replace(BASE, title=tr("彼女の", "Session"), track="water", people=())
    assert session_together(BASE, mine, stored) == replace(
        BASE, title=tr("彼女の", "Mine"), capacity=50, track="water", people=more
    )


def test_a_move_keeps_the_length_that_the_other_has_settled() -> None:
    moved = replace(BASE, starts_at=BASE.starts_at - HOUR, ends_at=BASE.ends_at - HOUR)
    longer = replace(BASE, ends_at=BASE.ends_at + HOUR)
    expected = replace(BASE, starts_at=BASE.starts_at - HOUR, ends_at=BASE.ends_at)
    assert session_together(BASE, longer, moved) == expected
    assert session_together(BASE, moved, longer) == expected


def told(*texts: str) -> list[tuple[str, str]]:
    return list(zip("abcde", texts, strict=True))


def test_the_differences_say_who_changed_what() -> None:
    before = told("1", "1", "1", "1", "1")
    stored = told("1", "2", "1", "2", "2")
    expected = [
        Both("b", "1", None, "2"),
        Both("c", "1", "3", None),
        Both("d", "1", "3", "2"),
        Both("e", "1", None, "2"),
    ]
    # As it was entered, and as the form holds both.
    assert differences(before, told("1", "1", "3", "3", "2"), stored, before) == expected
    assert differences(before, told("1", "2", "3", "3", "2"), stored) == expected
    assert [each.clash for each in expected] == [False, False, True, False]


def test_where_nobody_knows_what_it_was_all_that_differs_is_named() -> None:
    assert differences(None, told("1", "2", "", "", ""), told("1", "3", "", "", "4")) == [
        Both("b", None, "2", "3"),
        Both("e", None, "", "4"),
    ]
