"""The rules of key learnings: three to five points that stay of a session, written by whoever conducted it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from galerio_events.errors import DomainError
from galerio_events.translated import Translated

FEWEST = 3
MOST = 5
# Characters of a point in one language, and of the note with which points are sent back.
POINT_LENGTH = 300
NOTE_LENGTH = 1000
# The people of a session are reminded so often at the most, and not again before this is over.
MOST_REMINDERS = 5
REMINDER_REST = timedelta(hours=20)

Points = tuple[Translated, ...]


class LearningsState(StrEnum):
    """How far the points have come that are being worked on; what is public stays so whatever becomes of them."""

    DRAFT = "draft"
    HANDED_IN = "handed_in"
    SENT_BACK = "sent_back"
    APPROVED = "approved"


class Standing(StrEnum):
    """How the key learnings of a session stand for whoever waits for them."""

    TOO_EARLY = "too_early"
    MISSING = "missing"
    DRAFT = "draft"
    SENT_BACK = "sent_back"
    HANDED_IN = "handed_in"
    APPROVED = "approved"


class Deed(StrEnum):
    """What somebody does with the points: `WRITERS` may do the ones, `ORGANISERS` the others."""

    SAVE = "save"
    HAND_IN = "hand-in"
    APPROVE = "approve"
    SEND_BACK = "send-back"
    WITHDRAW = "withdraw"


ORGANISERS = frozenset({Deed.SAVE, Deed.APPROVE, Deed.SEND_BACK, Deed.WITHDRAW})
WRITERS = frozenset({Deed.SAVE, Deed.HAND_IN})


class Problem(StrEnum):
    """Why the points cannot be as they were meant."""

    TOO_EARLY = "too_early"
    NOT_SCHEDULED = "not_scheduled"
    TOO_FEW = "too_few"
    TOO_MANY = "too_many"
    TOO_LONG = "too_long"
    TWICE = "twice"
    NOTE_MISSING = "note_missing"
    NOTE_TOO_LONG = "note_too_long"
    NOTHING_WRITTEN = "nothing_written"
    NOT_PUBLIC = "not_public"


class LearningsRefused(DomainError):
    """What cannot be done; nothing was written. Each problem with the number of its point (from 0), None for all."""

    def __init__(self, problems: Sequence[tuple[int | None, Problem]]) -> None:
        super().__init__(", ".join(problem.value for _number, problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Work:
    """The points that are being worked on, those that are public (None: there are none), and the organisers' note."""

    state: LearningsState = LearningsState.DRAFT
    points: Points = ()
    published: Points | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Approved:
    """The public key learnings of a session, for reports."""

    key: str
    title: Translated
    starts_at: datetime
    ends_at: datetime
    points: Points
    approved_at: datetime


def standing(work: Work | None, *, starts_at: datetime, now: datetime) -> Standing:
    """How the key learnings of a session that begins then stand now."""
    if work is None or (not work.points and work.state is LearningsState.DRAFT):
        return Standing.TOO_EARLY if now < starts_at else Standing.MISSING
    return Standing(work.state.value)


def awaited(stands: Standing) -> bool:
    """Whether it is for the people of the session to do something."""
    return stands in {Standing.MISSING, Standing.DRAFT, Standing.SENT_BACK}


def done(
    work: Work,
    deed: Deed,
    points: Points,
    *,
    organiser: bool,
    note: str = "",
    scheduled: bool = True,
    late_enough: bool,
) -> Work:
    """What the deed makes of it. `late_enough` says whether the session has begun. Raises `LearningsRefused`.

    Points that are to be public, or to be looked at for that, are three to five; a draft may have any up to five.
    Whatever is changed of points that are public goes through approval again, while those stay public.
    """
    problems = _problems(points, whole=deed in {Deed.HAND_IN, Deed.APPROVE})
    if not scheduled:
        problems.append((None, Problem.NOT_SCHEDULED))
    elif not late_enough:
        problems.append((None, Problem.TOO_EARLY))
    if deed is Deed.SEND_BACK:
        problems += [(None, problem) for problem in _note_problems(note)]
        if not points:
            problems.append((None, Problem.NOTHING_WRITTEN))
    if deed is Deed.WITHDRAW and work.published is None:
        problems.append((None, Problem.NOT_PUBLIC))
    if problems:
        raise LearningsRefused(problems)
    return _after(work, deed, points, organiser=organiser, note=note)


def _after(work: Work, deed: Deed, points: Points, *, organiser: bool, note: str) -> Work:
    if deed is Deed.APPROVE:
        return Work(LearningsState.APPROVED, points, points)
    if deed is Deed.WITHDRAW:
        return Work(LearningsState.HANDED_IN if points else LearningsState.DRAFT, points)
    if deed is Deed.SEND_BACK:
        return Work(LearningsState.SENT_BACK, points, work.published, note)
    if work.published is not None and points == work.published:
        return Work(LearningsState.APPROVED, points, work.published)
    if deed is Deed.HAND_IN:
        return Work(LearningsState.HANDED_IN, points, work.published)
    if work.state is LearningsState.SENT_BACK:
        return Work(work.state, points, work.published, work.note)
    # An organiser who corrects what waits for approval does not take it back.
    waits = organiser and work.state in {LearningsState.HANDED_IN, LearningsState.APPROVED}
    return Work(LearningsState.HANDED_IN if waits else LearningsState.DRAFT, points, work.published)


def _problems(points: Points, *, whole: bool) -> list[tuple[int | None, Problem]]:
    found: list[tuple[int | None, Problem]] = []
    if len(points) > MOST:
        found.append((None, Problem.TOO_MANY))
    if whole and len(points) < FEWEST:
        found.append((None, Problem.TOO_FEW))
    for number, point in enumerate(points):
        if any(len(text) > POINT_LENGTH for text in point.values()):
            found.append((number, Problem.TOO_LONG))
        if whole and point in points[:number]:
            found.append((number, Problem.TWICE))
    return found


def _note_problems(note: str) -> list[Problem]:
    if not note:
        return [Problem.NOTE_MISSING]
    return [Problem.NOTE_TOO_LONG] if len(note) > NOTE_LENGTH else []


def may_remind(stands: Standing, *, ends_at: datetime, number: int, last: datetime | None, now: datetime) -> bool:
    """Whether the people of a session may be reminded now, of which they were `number` times, at `last` lastly."""
    rested = last is None or now >= last + REMINDER_REST
    return awaited(stands) and now >= ends_at and number < MOST_REMINDERS and rested


def points_to_plain(points: Iterable[Translated]) -> list[dict[str, str]]:
    """The points in plain JSON: texts by language."""
    return [dict(point) for point in points]


def points_from_plain(plain: Iterable[Mapping[str, str]]) -> Points:
    """The points that `points_to_plain` wrote."""
    return tuple(Translated(point) for point in plain)


def work_to_plain(work: Work) -> dict[str, Any]:
    """The work in plain JSON, as the history keeps it and forms know it by."""
    return {
        "points": points_to_plain(work.points),
        "handed_in": work.state in {LearningsState.HANDED_IN, LearningsState.APPROVED},
        "public": points_to_plain(work.published or ()),
        "note": work.note,
    }
