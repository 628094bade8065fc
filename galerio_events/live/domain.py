"""A session while it runs: what was pressed, which part is on, and when everything later will be.

Instants are UTC, to the second. Nothing here reads a clock.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from galerio_events.errors import DomainError

# Whoever has not begun so many seconds after the end does not begin any more.
LAPSED = 12 * 3600
# A part turns amber when so many seconds are left of it, or a quarter of it where that is less.
SOON = 120


class LiveState(StrEnum):
    """How far the session has come."""

    WAITING = "waiting"
    RUNNING = "running"
    FINISHED = "finished"


class LiveDeed(StrEnum):
    """What can be pressed."""

    START = "start"
    NEXT = "next"
    SKIP = "skip"
    ADD = "add"
    BACK = "back"
    FINISH = "finish"


class Phase(StrEnum):
    """How the clock of the part that is on looks."""

    CALM = "calm"
    SOON = "soon"
    OVER = "over"


class LiveProblem(StrEnum):
    """Why something cannot be done now."""

    NOT_RUNNING = "not_running"
    RUNNING_ALREADY = "running_already"
    NOTHING_TO_UNDO = "nothing_to_undo"
    NOT_LATER = "not_later"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"


class LiveRefused(DomainError):
    """Something that cannot be done as things stand; nothing was written."""

    def __init__(self, problem: LiveProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Plan:
    """When the session is to begin and to be over, and the minutes of its parts (at least one)."""

    starts_at: datetime
    ends_at: datetime
    minutes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Action:
    """Something that was pressed; `number` is the part that is left out (from 0), or the minutes that are added."""

    deed: LiveDeed
    at: datetime
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What has become of a part: minutes added to those planned, when it began and ended, or that it is left out."""

    extra: int = 0
    begun: datetime | None = None
    ended: datetime | None = None
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """How a session stands; `on` is the number of the part that is on, None where none is."""

    state: LiveState
    parts: tuple[Part, ...]
    on: int | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """When a part was or will be, and by how many seconds it begins later than planned (earlier: below 0)."""

    starts_at: datetime
    ends_at: datetime
    slip: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is to be expected at some instant.

    `slip` is by how many seconds what comes next is later than planned (where nothing does: the end), `ends_at` when
    the session will be over, and `over` by how many seconds that is past its slot. `remaining` are the seconds that are
    left of the part that is on, below 0 where it takes too long; `phase` how its clock looks.
    """

    parts: tuple[Expected, ...]
    ends_at: datetime
    slip: int
    over: int
    on: int | None = None
    next: int | None = None
    remaining: int | None = None
    phase: Phase = Phase.CALM


def waiting(parts: int) -> Standing:
    """A session of so many parts that has not begun."""
    return Standing(LiveState.WAITING, (Part(),) * parts)


def after(standing: Standing, plan: Plan, action: Action) -> Standing:
    """How the session stands after that action, which is not `BACK`. Raises `LiveRefused`."""
    if action.deed is LiveDeed.START:
        if standing.state is not LiveState.WAITING:
            raise LiveRefused(LiveProblem.RUNNING_ALREADY)
        return _begin(standing, 0, action.at)
    if standing.state is not LiveState.RUNNING or standing.on is None:
        raise LiveRefused(LiveProblem.NOT_RUNNING)
    if action.deed is LiveDeed.SKIP:
        return _skip(standing, action.number)
    if action.deed is LiveDeed.ADD:
        return _add(standing, plan, standing.on, action.number or 0)
    following = _later(standing, standing.on) if action.deed is LiveDeed.NEXT else None
    ended = _with(standing, standing.on, ended=max(action.at, standing.parts[standing.on].begun or action.at))
    if following is None:
        return replace(ended, state=LiveState.FINISHED, on=None)
    return _begin(ended, following, action.at)


def stands(plan: Plan, actions: Iterable[Action]) -> Standing:
    """How the session stands after all of these, of which each `BACK` undoes the last that is not undone yet.

    Raises `LiveRefused` where one of them could not be done.
    """
    done: list[Action] = []
    for action in actions:
        if action.deed is not LiveDeed.BACK:
            done.append(action)
        elif done:
            done.pop()
        else:
            raise LiveRefused(LiveProblem.NOTHING_TO_UNDO)
    standing = waiting(len(plan.minutes))
    for action in done:
        standing = after(standing, plan, action)
    return standing


def outlook(plan: Plan, standing: Standing, now: datetime) -> Outlook:
    """What is to be expected at that instant.

    What has not begun begins as soon as what is before it is over: the part that is on when its minutes are used up, or
    now where they are; a session that has not begun at its start, or now where that is past. Long after its end, a
    session that has never begun is told as it was planned.
    """
    parts: list[Expected] = []
    planned = plan.starts_at
    cursor = plan.starts_at
    if standing.state is LiveState.WAITING and now < plan.ends_at + timedelta(seconds=LAPSED):
        cursor = max(plan.starts_at, now)
    remaining: int | None = None
    phase = Phase.CALM
    for number, (minutes, part) in enumerate(zip(plan.minutes, standing.parts, strict=True)):
        length = timedelta(minutes=minutes + part.extra)
        if part.begun is not None:
            begins, ends = part.begun, part.ended or max(part.begun + length, now)
            cursor = ends
        elif part.skipped or standing.state is LiveState.FINISHED:
            begins = ends = cursor
        else:
            begins, ends = cursor, cursor + length
            cursor = ends
        if number == standing.on and part.begun is not None:
            remaining = _seconds(part.begun + length - now)
            phase = phase_of(remaining, _seconds(length))
        parts.append(Expected(begins, ends, _seconds(begins - planned)))
        planned += timedelta(minutes=minutes)
    following = None if standing.state is LiveState.FINISHED else _later(standing, _place(standing))
    slip = _seconds(cursor - planned) if following is None else parts[following].slip
    over = max(0, _seconds(cursor - plan.ends_at))
    return Outlook(tuple(parts), cursor, slip, over, standing.on, following, remaining, phase)


def phase_of(remaining: int, length: int) -> Phase:
    """How a clock looks with so many seconds left of so many."""
    if remaining <= 0:
        return Phase.OVER
    return Phase.SOON if remaining <= min(SOON, length // 4) else Phase.CALM


def whole_minutes(seconds: int) -> int:
    """The nearest whole minutes, halves away from 0: 330 s are 6, −89 s are −1."""
    minutes = (abs(seconds) + 30) // 60
    return minutes if seconds >= 0 else -minutes


def _place(standing: Standing) -> int:
    return -1 if standing.on is None else standing.on


def _later(standing: Standing, place: int) -> int | None:
    """The first part after that place that has not begun and is not left out."""
    later = range(place + 1, len(standing.parts))
    return next((n for n in later if not standing.parts[n].skipped and standing.parts[n].begun is None), None)


def _begin(standing: Standing, number: int, at: datetime) -> Standing:
    return replace(_with(standing, number, begun=at), state=LiveState.RUNNING, on=number)


def _skip(standing: Standing, number: int | None) -> Standing:
    if number is None or not _place(standing) < number < len(standing.parts) or standing.parts[number].skipped:
        raise LiveRefused(LiveProblem.NOT_LATER)
    return _with(standing, number, skipped=True)


def _add(standing: Standing, plan: Plan, number: int, minutes: int) -> Standing:
    extra = standing.parts[number].extra + minutes
    if plan.minutes[number] + extra < 1:
        raise LiveRefused(LiveProblem.TOO_SHORT)
    if plan.minutes[number] + extra > 24 * 60:
        raise LiveRefused(LiveProblem.TOO_LONG)
    return _with(standing, number, extra=extra)


def _with(standing: Standing, number: int, **values: Any) -> Standing:
    parts = list(standing.parts)
    parts[number] = replace(parts[number], **values)
    return replace(standing, parts=tuple(parts))


def _seconds(span: timedelta) -> int:
    return span.days * 86400 + span.seconds


def epoch(moment: datetime | None) -> int | None:
    """Seconds since 1970; None for None."""
    return None if moment is None else int(moment.timestamp())


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def standing_to_plain(standing: Standing) -> dict[str, Any]:
    """How a session stands, in JSON: each part is [minutes added, begun, ended, left out], instants as
    epoch seconds."""
    return {
        "state": standing.state.value,
        "on": standing.on,
        "parts": [[p.extra, epoch(p.begun), epoch(p.ended), p.skipped] for p in standing.parts],
    }


def standing_from_plain(plain: Mapping[str, Any]) -> Standing:
    """What `standing_to_plain` wrote."""
    parts = tuple(
        Part(extra, _moment(begun), _moment(ended), skipped) for extra, begun, ended, skipped in plain["parts"]
    )
    return Standing(LiveState(plain["state"]), parts, plain["on"])


@dataclass(frozen=True, slots=True)
class Watched:
    """What those who watch a session are sent: its version, a tag of the plan, the plan, and how it stands."""

    version: int
    tag: str
    plan: Plan
    standing: Standing


def watched_to_plain(watched: Watched) -> dict[str, Any]:
    """That in JSON, with which a script can do what `outlook` does: each part is
    [planned seconds, seconds with what was added, begun, ended, left out]."""
    plan, standing = watched.plan, watched.standing
    return {
        "version": watched.version,
        "plan": watched.tag,
        "state": standing.state.value,
        "on": standing.on,
        "starts": epoch(plan.starts_at),
        "ends": epoch(plan.ends_at),
        "parts": [
            [minutes * 60, (minutes + p.extra) * 60, epoch(p.begun), epoch(p.ended), p.skipped]
            for minutes, p in zip(plan.minutes, standing.parts, strict=True)
        ],
    }
