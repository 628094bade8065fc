"""What becomes of key learnings, and which addresses films may have."""

from datetime import timedelta

import pytest

from galerio_events.learnings.domain import (
    MOST,
    POINT_LENGTH,
    Deed,
    LearningsRefused,
    LearningsState,
    Points,
    Problem,
    Standing,
    Work,
    done,
    may_remind,
    standing,
)
from galerio_events.learnings.domain.archive import ArchiveEntry, is_film_address
from galerio_events.translated import Translated
from tests.learnings.support import ONE, POINTS, THREE, TWO
from tests.support.builders import tr, utc

S = LearningsState
PUBLIC = Work(S.APPROVED, POINTS, POINTS)
OTHER: Points = (THREE, ONE, TWO)


def do(work: Work, deed: Deed, points: Points = POINTS, **more: object) -> Work:
    given = {"organiser": deed not in {Deed.SAVE, Deed.HAND_IN}, "late_enough": True} | more
    return done(work, deed, points, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("work", "deed", "points", "after"),
    [
        (Work(), Deed.SAVE, (ONE,), Work(S.DRAFT, (ONE,))),
        (Work(S.DRAFT, (ONE,)), Deed.HAND_IN, POINTS, Work(S.HANDED_IN, POINTS)),
        (Work(S.HANDED_IN, POINTS), Deed.SAVE, POINTS, Work(S.DRAFT, POINTS)),
        (Work(S.HANDED_IN, POINTS), Deed.APPROVE, POINTS, PUBLIC),
        (Work(), Deed.APPROVE, POINTS, PUBLIC),
        # What is public stays so while something else is written, handed in and sent back.
        (PUBLIC, Deed.SAVE, OTHER, Work(S.DRAFT, OTHER, POINTS)),
        (PUBLIC, Deed.HAND_IN, OTHER, Work(S.HANDED_IN, OTHER, POINTS)),
        (Work(S.HANDED_IN, OTHER, POINTS), Deed.APPROVE, OTHER, Work(S.APPROVED, OTHER, OTHER)),
        # Going back to what is public needs nobody's approval.
        (Work(S.DRAFT, OTHER, POINTS), Deed.SAVE, POINTS, PUBLIC),
        (Work(S.DRAFT, OTHER, POINTS), Deed.HAND_IN, POINTS, PUBLIC),
        (PUBLIC, Deed.WITHDRAW, POINTS, Work(S.HANDED_IN, POINTS)),
        (Work(S.SENT_BACK, POINTS, None, "Why?"), Deed.SAVE, OTHER, Work(S.SENT_BACK, OTHER, None, "Why?")),
        (Work(S.SENT_BACK, POINTS, None, "Why?"), Deed.HAND_IN, OTHER, Work(S.HANDED_IN, OTHER)),
    ],
)
def test_what_becomes_of_the_points(work: Work, deed: Deed, points: Points, after: Work) -> None:
    assert do(work, deed, points) == after


def test_an_organiser_corrects_what_waits_without_taking_it_back() -> None:
    assert do(Work(S.HANDED_IN, POINTS), Deed.SAVE, OTHER, organiser=True) == Work(S.HANDED_IN, OTHER)
    assert do(PUBLIC, Deed.SAVE, OTHER, organiser=True) == Work(S.HANDED_IN, OTHER, POINTS)
    back = do(Work(S.HANDED_IN, POINTS, OTHER), Deed.SEND_BACK, note="Shorter, please.")
    assert back == Work(S.SENT_BACK, POINTS, OTHER, "Shorter, please.")


LONG = tr("あ" * (POINT_LENGTH + 1))


@pytest.mark.parametrize(
    ("work", "deed", "points", "more", "problems"),
    [
        (Work(), Deed.HAND_IN, POINTS[:2], {}, ((None, Problem.TOO_FEW),)),
        (Work(), Deed.APPROVE, (), {}, ((None, Problem.TOO_FEW),)),
        (Work(), Deed.SAVE, (*POINTS, *OTHER), {}, ((None, Problem.TOO_MANY),)),
        (Work(), Deed.SAVE, (ONE, LONG), {}, ((1, Problem.TOO_LONG),)),
        (Work(), Deed.HAND_IN, (ONE, TWO, ONE), {}, ((2, Problem.TWICE),)),
        (Work(), Deed.SAVE, POINTS, {"late_enough": False}, ((None, Problem.TOO_EARLY),)),
        (Work(), Deed.SAVE, POINTS, {"scheduled": False, "late_enough": False}, ((None, Problem.NOT_SCHEDULED),)),
        (Work(S.HANDED_IN, POINTS), Deed.SEND_BACK, POINTS, {}, ((None, Problem.NOTE_MISSING),)),
        (Work(S.HANDED_IN, POINTS), Deed.SEND_BACK, POINTS, {"note": "n" * 1001}, ((None, Problem.NOTE_TOO_LONG),)),
        (Work(), Deed.SEND_BACK, (), {"note": "n"}, ((None, Problem.NOTHING_WRITTEN),)),
        (Work(S.DRAFT, POINTS), Deed.WITHDRAW, POINTS, {}, ((None, Problem.NOT_PUBLIC),)),
    ],
)
def test_what_is_refused(
    work: Work, deed: Deed, points: Points, more: dict[str, object], problems: tuple[object, ...]
) -> None:
    with pytest.raises(LearningsRefused) as refused:
        do(work, deed, points, **more)
    assert refused.value.problems == problems


def test_as_much_as_there_may_be() -> None:
    points = tuple(Translated({"ja": f"{n}" * POINT_LENGTH, "en": f"{n}" * POINT_LENGTH}) for n in range(MOST))
    assert do(Work(), Deed.HAND_IN, points) == Work(S.HANDED_IN, points)


def test_how_they_stand() -> None:
    begins = utc(25, 7)
    assert [standing(None, starts_at=begins, now=now) for now in (utc(25, 6), begins)] == [
        Standing.TOO_EARLY,
        Standing.MISSING,
    ]
    # A draft of which everything was taken out again is as good as none.
    assert standing(Work(), starts_at=begins, now=begins) is Standing.MISSING
    assert standing(Work(S.DRAFT, (ONE,)), starts_at=begins, now=begins) is Standing.DRAFT
    assert standing(PUBLIC, starts_at=begins, now=begins) is Standing.APPROVED


def test_who_is_reminded_when() -> None:
    ends = utc(25, 8)
    after = ends + timedelta(hours=1)

    def may(stands: Standing = Standing.MISSING, *, number: int = 0, hours: float | None = None) -> bool:
        last = None if hours is None else after - timedelta(hours=hours)
        return may_remind(stands, ends_at=ends, number=number, last=last, now=after)

    assert [each for each in Standing if may(each)] == [Standing.MISSING, Standing.DRAFT, Standing.SENT_BACK]
    assert [may(number=1, hours=hours) for hours in (19.9, 20)] == [False, True]
    assert [may(number=number, hours=48) for number in (4, 5)] == [True, False]
    assert not may_remind(Standing.MISSING, ends_at=ends, number=0, last=None, now=ends - timedelta(seconds=1))


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("https://video.example.org/watch?v=1", True),
        ("https://動画.example.org/あ", True),
        ("https://" + "a" * 492, True),
        ("https://" + "a" * 493, False),
        ("http://video.example.org/1", False),
        ("HTTPS://video.example.org/1", False),
        ("javascript:alert(1)//https://", False),
        ("data:text/html,hi", False),
        ("//video.example.org/1", False),
        ("https:///1", False),
        ("https://bank.example.org@evil.example.org/", False),
        ("https://video.example.org\\@evil.example.org/", False),
        ("https://video.example.org/a b", False),
        ("https://video.example.org/\u202egpj", False),
        ("https://video.example.org:0/", False),
        ("https://video.example.org:x/", False),
        ("https://[::1", False),
        ("", False),
    ],
)
def test_where_the_public_may_be_led(address: str, good: bool) -> None:
    assert is_film_address(address) is good


def test_which_film_a_reader_gets() -> None:
    both = ArchiveEntry("https://a.example.org/", Translated({"ja": "https://ja.example.org/"}))
    assert [both.film(language) for language in ("ja", "en")] == ["https://ja.example.org/", "https://a.example.org/"]
    one = ArchiveEntry(None, Translated({"ja": "https://ja.example.org/"}))
    assert one.film("en") == "https://ja.example.org/"
    assert ArchiveEntry().film("en") is None
