"""The rules of registration, without a database."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from galerio_events.people.domain.email import BadEmail, EmailProblem, normal_email
from galerio_events.programme.domain import SessionKind
from galerio_events.registration.domain import (
    Intake,
    Places,
    Refusal,
    calendar_keys,
    choosable,
    default_intake,
    has_substance,
    may_remind,
    new_reference,
    refusal,
    session_refusal,
    submission_key,
)
from tests.support.builders import sample_programme

OPENS = datetime(2022, 10, 1, tzinfo=UTC)
CLOSES = datetime(2022, 11, 25, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("intake", "now", "taken", "expected"),
    [
        (Intake(), OPENS, 10**6, None),
        (Intake(OPENS, CLOSES), OPENS, 0, None),
        (Intake(OPENS, CLOSES), OPENS.replace(year=2021), 0, Refusal.NOT_OPEN_YET),
        (Intake(OPENS, CLOSES), CLOSES, 0, Refusal.CLOSED),
        (Intake(OPENS, CLOSES), CLOSES.replace(hour=14, minute=59, second=59), 0, None),
        (Intake(capacity=2), OPENS, 1, None),
        (Intake(capacity=2), OPENS, 2, Refusal.FULL),
        (Intake(capacity=2), OPENS, 3, Refusal.FULL),
        (Intake(capacity=0), OPENS, 0, Refusal.FULL),
        # Closed comes before full: a place that opens again would not help.
        (Intake(closes_at=CLOSES, capacity=0), CLOSES, 0, Refusal.CLOSED),
    ],
)
def test_intake(intake: Intake, now: datetime, taken: int, expected: Refusal | None) -> None:
    assert refusal(intake, now=now, taken=taken) == expected


def test_sessions_that_cannot_be_chosen() -> None:
    places = (Places("a", 1), Places("b", 2, 1, 1), Places("c", 3, 1, 0), Places("d", 4, 0, 0))
    assert session_refusal(["a", "c"], places) is None
    assert session_refusal(["a", "b", "d"], places) == (Refusal.SESSION_FULL, ("b", "d"))
    assert session_refusal(["a", "b", "x"], places) == (Refusal.SESSION_GONE, ("x",))
    assert session_refusal(["a", "b"], places, held=frozenset({"b"})) is None


@pytest.mark.parametrize(
    ("ends_on", "zone", "starts", "closes"),
    [
        (date(2022, 11, 25), "Asia/Tokyo", time(0), datetime(2022, 11, 25, 15, tzinfo=UTC)),
        (date(2022, 11, 25), "Asia/Tokyo", time(5), datetime(2022, 11, 25, 20, tzinfo=UTC)),
        # The clocks of Beirut skipped 00:00–01:00 on 31 March 2024, and Cairo's had two midnights on 31 October 2024.
        (date(2024, 3, 30), "Asia/Beirut", time(0), datetime(2024, 3, 30, 22, tzinfo=UTC)),
        (date(2024, 10, 31), "Africa/Cairo", time(23), datetime(2024, 11, 1, 21, tzinfo=UTC)),
        (date(2024, 11, 2), "America/New_York", time(1), datetime(2024, 11, 3, 6, tzinfo=UTC)),
    ],
)
def test_without_an_intake_registration_is_open_until_the_event_ends(
    ends_on: date, zone: str, starts: time, closes: datetime
) -> None:
    assert default_intake(ends_on, zone, starts) == Intake(closes_at=closes)


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("niran@example.org", "niran@example.org"),
        ("  niran+ascc@example.org\n", "niran+ascc@example.org"),
        ("Niran@EXAMPLE.org", "Niran@example.org"),
        ("太郎@例え.jp", "太郎@例え.jp"),
        ("a@xn--r8jz45g.jp", "a@例え.jp"),
        ("ｔａｒｏ＠ｅｘａｍｐｌｅ．ｏｒｇ", "taro@example.org"),
        ("taro@example。org", "taro@example.org"),
        ("o'neil@example.org", "o'neil@example.org"),
        ("\u202eniran@example.org", "niran@example.org"),
    ],
)
def test_addresses_that_are_fine(typed: str, address: str) -> None:
    assert normal_email(typed) == address


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("niran", EmailProblem.NOT_ONE),
        ("niran@example", EmailProblem.NOT_ONE),
        ("niran@@example.org", EmailProblem.NOT_ONE),
        ("ni ran@example.org", EmailProblem.NOT_ONE),
        ("niran@example..org", EmailProblem.NOT_ONE),
        ("niran@example,org", EmailProblem.NOT_ONE),
        ("a@example.org\nBcc: b@example.org", EmailProblem.NOT_ONE),
        ("niran@[192.0.2.1]", EmailProblem.NOT_ONE),
        ("x" * 65 + "@example.org", EmailProblem.NOT_ONE),
        ("niran@example.con", EmailProblem.MISTYPED_ENDING),
        ("x" * 250 + "@example.org", EmailProblem.TOO_LONG),
    ],
)
def test_addresses_that_are_not(typed: str, problem: EmailProblem) -> None:
    with pytest.raises(BadEmail) as caught:
        normal_email(typed)
    assert caught.value.problem == problem


@pytest.mark.parametrize(
    ("text", "expected"), [("李", True), ("🙂", True), ("7", True), ("\u200b", False), ("--", False)]
)
def test_substance(text: str, expected: bool) -> None:
    assert has_substance(text) is expected


def test_the_same_form_for_another_address_is_another_submission() -> None:
    assert submission_key("k", "Niran@Example.org") == submission_key("k", "niran@example.org")
    assert submission_key("k", "niran@example.org") != submission_key("k", "niran@example.com")
    assert submission_key("k", "niran@example.org") != submission_key("l", "niran@example.org")
    assert len(submission_key("k" * 500, "niran@example.org")) == 64


def test_references_can_be_read_out() -> None:
    drawn = {new_reference() for _ in range(200)}
    assert len(drawn) == 200
    assert not set("".join(drawn)) & set("01IO")
    assert {len(reference) for reference in drawn} == {9}


def test_what_can_be_chosen_and_what_the_calendar_holds() -> None:
    programme = sample_programme(3)
    first, second, third = programme.sessions
    sessions = (first, replace(second, cancelled=True), replace(third, kind=SessionKind.BREAK))
    programme = replace(programme, sessions=sessions)
    assert [s.key for s in choosable(programme)] == ["session-1"]
    assert choosable(None) == ()
    assert calendar_keys(programme, ["session-2", "unknown"]) == ("session-2",)
    assert calendar_keys(programme, []) == ("session-1", "session-2", "session-3")


@pytest.mark.parametrize(
    ("minutes_ago", "allowed"),
    [
        ([], True),
        ([4], False),
        ([5], True),
        ([60, 120, 180, 240], True),
        ([60, 120, 180, 240, 300], False),
        ([60, 120, 180, 240, 24 * 60], True),
    ],
)
def test_a_link_is_mailed_again_every_five_minutes_and_five_times_a_day(minutes_ago: list[int], allowed: bool) -> None:
    now = datetime(2022, 11, 1, tzinfo=UTC)
    assert may_remind([now - timedelta(minutes=minutes) for minutes in minutes_ago], now=now) is allowed
