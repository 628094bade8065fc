"""What somebody asks of an arrangement, and what comes of it, as frozen values and as plain JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from galerio_events import clock
from galerio_events.programme.domain import ArrangementState

STEPS = (5, 10, 15, 30)
SECONDS = (5, 60)
MOST_WEIGHT = 5
# So many sessions can be moved by one suggestion.
MOST_MOVED = 200
# Whoever computes gives a sign of life every second. After so long without one, they are taken to be gone.
SILENT_AFTER = timedelta(seconds=20)
# What nobody has begun after that long is likely to wait for a worker that does not run.
WAITING_LONG = timedelta(seconds=90)


class Hindrance(StrEnum):
    """Why a session fits nowhere, the first that already leaves nothing."""

    NO_ROOM = "no_room"
    HOURS = "hours"
    AVAILABILITY = "availability"
    VENUE_HOURS = "venue_hours"
    FIXED = "fixed"
    TOGETHER = "together"


class Outcome(StrEnum):
    """What came of the search."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    UNKNOWN = "unknown"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each aim counts, 0 to `MOST_WEIGHT`: speakers outside their night, registrants outside theirs, and few
    changes."""

    speakers: int = 3
    audience: int = 2
    changes: int = 1


@dataclass(frozen=True, slots=True)
class Wishes:
    """`keys` are the sessions that may move, `venues` where they may be, `hours` the wall-clock times between which
    they may be on each day of the programme (a day without any is not used; an end at or before the begin is after
    midnight). `step` and `changeover` are minutes, `seconds` how long to search."""

    keys: tuple[str, ...]
    venues: tuple[str, ...]
    hours: Mapping[date, tuple[time, time]]
    step: int = 10
    changeover: int = 0
    weights: Weights = field(default_factory=Weights)
    seconds: int = 20


@dataclass(frozen=True, slots=True)
class Stand:
    """When and where a session is."""

    starts_at: datetime
    ends_at: datetime
    venue: str | None
    scheduled: bool = True


@dataclass(frozen=True, slots=True)
class Figures:
    """How good an arrangement is.

    `conflicts` are those that another time or place can solve; `night` has, by person, the keys of the sessions that
    they have in their night (all or part of it, in at least half of the zones in which they may be); `audience` is the
    share of the audience's time that is night, in tenths of a per cent (None: nobody is registered).
    """

    conflicts: int
    night: Mapping[str, tuple[str, ...]]
    audience: int | None

    @property
    def nights(self) -> int:
        """How many times somebody takes part in their night."""
        return sum(map(len, self.night.values()))


@dataclass(frozen=True, slots=True)
class Result:
    """What came of it. `moves` has every session that would stand elsewhere, from where to where; `stuck` what cannot
    be placed, and why; `change` is the newest change of the draft that it was computed from."""

    outcome: Outcome
    change: int
    moves: Mapping[str, tuple[Stand, Stand]] = field(default_factory=dict)
    before: Figures | None = None
    after: Figures | None = None
    stuck: Mapping[str, Hindrance] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the search is. `solutions` were found, the last of that `cost`; none can cost less than `bound`."""

    elapsed: int = 0
    solutions: int = 0
    cost: int | None = None
    bound: int | None = None


def standing(
    state: ArrangementState, requested_at: datetime, seen_at: datetime | None, now: datetime
) -> tuple[ArrangementState, bool]:
    """The state as it is to be taken, and whether whoever should compute it is silent: a search without a sign of life
    has failed, one that nobody begins still waits."""
    if state is ArrangementState.RUNNING and now - (seen_at or requested_at) > SILENT_AFTER:
        return ArrangementState.FAILED, True
    if state is ArrangementState.WAITING:
        return state, now - requested_at > WAITING_LONG
    return state, False


def wishes_to_plain(wishes: Wishes) -> dict[str, Any]:
    """As it is stored."""
    return {
        "keys": list(wishes.keys),
        "venues": list(wishes.venues),
        "hours": {day.isoformat(): [f"{each:%H:%M}" for each in span] for day, span in wishes.hours.items()},
        "step": wishes.step,
        "changeover": wishes.changeover,
        "weights": {
            "speakers": wishes.weights.speakers,
            "audience": wishes.weights.audience,
            "changes": wishes.weights.changes,
        },
        "seconds": wishes.seconds,
    }


def wishes_from_plain(plain: Mapping[str, Any]) -> Wishes:
    """What `wishes_to_plain` wrote."""
    return Wishes(
        keys=tuple(plain["keys"]),
        venues=tuple(plain["venues"]),
        hours={
            date.fromisoformat(day): (time.fromisoformat(span[0]), time.fromisoformat(span[1]))
            for day, span in plain["hours"].items()
        },
        step=plain["step"],
        changeover=plain["changeover"],
        weights=Weights(**plain["weights"]),
        seconds=plain["seconds"],
    )


def progress_to_plain(progress: Progress) -> dict[str, Any]:
    """As it is stored."""
    return {
        "elapsed": progress.elapsed,
        "solutions": progress.solutions,
        "cost": progress.cost,
        "bound": progress.bound,
    }


def progress_from_plain(plain: Mapping[str, Any]) -> Progress:
    """What `progress_to_plain` wrote; nothing yet where nothing was written."""
    return Progress(**plain)


def result_to_plain(result: Result) -> dict[str, Any]:
    """As it is stored."""
    return {
        "outcome": result.outcome.value,
        "change": result.change,
        "moves": {key: [_stand_to_plain(each) for each in move] for key, move in result.moves.items()},
        "before": _figures_to_plain(result.before),
        "after": _figures_to_plain(result.after),
        "stuck": {key: why.value for key, why in result.stuck.items()},
    }


def result_from_plain(plain: Mapping[str, Any]) -> Result:
    """What `result_to_plain` wrote; of one that was never computed, that whoever computed it is gone."""
    if not plain:
        return Result(Outcome.GONE, 0)
    return Result(
        outcome=Outcome(plain["outcome"]),
        change=plain["change"],
        moves={key: (_stand(first), _stand(last)) for key, (first, last) in plain["moves"].items()},
        before=_figures(plain["before"]),
        after=_figures(plain["after"]),
        stuck={key: Hindrance(why) for key, why in plain["stuck"].items()},
    )


def _stand_to_plain(stand: Stand) -> dict[str, Any]:
    return {
        "starts_at": clock.to_text(stand.starts_at),
        "ends_at": clock.to_text(stand.ends_at),
        "venue": stand.venue,
        "scheduled": stand.scheduled,
    }


def _stand(plain: Mapping[str, Any]) -> Stand:
    return Stand(
        clock.from_text(plain["starts_at"]), clock.from_text(plain["ends_at"]), plain["venue"], plain["scheduled"]
    )


def _figures_to_plain(figures: Figures | None) -> dict[str, Any] | None:
    if figures is None:
        return None
    return {
        "conflicts": figures.conflicts,
        "night": {person: list(keys) for person, keys in figures.night.items()},
        "audience": figures.audience,
    }


def _figures(plain: Mapping[str, Any] | None) -> Figures | None:
    if plain is None:
        return None
    night = {person: tuple(keys) for person, keys in plain["night"].items()}
    return Figures(plain["conflicts"], night, plain["audience"])
