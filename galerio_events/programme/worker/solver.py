"""The search for the best arrangement, with OR-Tools' CP-SAT.

Importing this costs a hundred megabytes, so only the process that searches does it. One thread and a fixed seed: the
same problem has the same answer, as long as time does not run out.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from threading import Event, Thread
from time import monotonic
from typing import Any

from ortools.sat.python import cp_model

from galerio_events.programme.domain import SessionKind
from galerio_events.programme.domain.arranging import Movable, Outcome, Problem, Progress, Stand
from galerio_events.programme.domain.arranging.greedy import beside, cost_of, first_arrangement, least_cost
from galerio_events.programme.domain.arranging.problem import PERSON_COST

# How much of the time is kept to find out what keeps a problem from having an answer.
_SPENT_ON_WHY = 0.34
# With so many starts to choose from, of all sessions together, a problem is searched as a whole.
_WHOLE = 4000
# Else so many sessions at a time, for so long, until that many times in a row brought nothing.
_PART = 6
_SECONDS_FOR_PART = 4.0
_IN_VAIN = 60

Watch = Callable[[Progress], bool]


@dataclass(frozen=True, slots=True)
class Answer:
    """Where each session goes, where there is an arrangement; else the sessions that cannot be placed beside the
    others."""

    outcome: Outcome
    stands: Mapping[str, Stand]
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Placed:
    """The variables of a session: when it starts, which start and room it is, and whether it is there at all."""

    movable: Movable
    start: Any
    starts: Mapping[datetime, Any]
    rooms: Mapping[str | None, Any]
    there: Any


def solve(problem: Problem, *, seconds: float, watch: Watch = lambda progress: True, every: float = 1.0) -> Answer:
    """The best arrangement that is found in that many seconds.

    A problem of moderate size is searched as a whole, which can prove that nothing is better. Of a greater one, a first
    arrangement is bettered part by part: some sessions that get into each other's way are placed anew, as well as
    possible, while the others stay.

    `watch` is told of the progress every so many seconds; where it returns False, the search ends with what there is.
    """
    if not problem.movable:
        return Answer(Outcome.OPTIMAL, {})
    ends = monotonic() + seconds
    first = first_arrangement(problem)
    complete = len(first) == len(problem.movable)
    if complete and cost_of(problem, first) == least_cost(problem):
        return Answer(Outcome.OPTIMAL, first)
    if complete and sum(len(movable.starts) for movable in problem.movable) > _WHOLE:
        return _part_by_part(problem, first, ends, watch, every)
    model = _Model(problem, first)
    status, solver = model.search(max(1.0, ends - monotonic()), watch, every)
    if status in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        outcome = Outcome.OPTIMAL if status == cp_model.OPTIMAL else Outcome.FEASIBLE
        return Answer(outcome, model.stands(solver))
    if complete:
        return Answer(Outcome.FEASIBLE, first)
    if status != cp_model.INFEASIBLE:
        return Answer(Outcome.UNKNOWN, {}, _left_out(problem, first))
    relaxed = _Model(problem, first, optional=True)
    status, solver = relaxed.search(max(2.0, seconds * _SPENT_ON_WHY), watch, every)
    known = status in {cp_model.OPTIMAL, cp_model.FEASIBLE}
    return Answer(Outcome.INFEASIBLE, {}, relaxed.left_out(solver) if known else _left_out(problem, first))


def _left_out(problem: Problem, stands: Mapping[str, Stand]) -> tuple[str, ...]:
    return tuple(movable.slot.key for movable in problem.movable if movable.slot.key not in stands)


def _part_by_part(problem: Problem, stands: dict[str, Stand], ends: float, watch: Watch, every: float) -> Answer:
    """Better the arrangement until the time is over, or a while has brought nothing."""
    chance = Random(1)  # noqa: S311 it chooses what to look at, and nothing that is secret
    cost, bound = cost_of(problem, stands), least_cost(problem)
    began, rounds, solutions, in_vain, wanted = monotonic(), 0, 1, 0, [True]

    def tell(_progress: Progress) -> bool:
        wanted[0] = watch(Progress(round(monotonic() - began), solutions, cost, bound))
        return wanted[0]

    told = began
    while wanted[0] and cost > bound and in_vain < _IN_VAIN and (left := ends - monotonic()) > 0:
        rounds += 1
        part = beside(problem, stands, _neighbours(problem, stands, chance))
        model = _Model(part, stands)
        status, solver = model.search(min(left, _SECONDS_FOR_PART), tell, every)
        in_vain += 1
        if status in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            better = stands | model.stands(solver)
            if (now := cost_of(problem, better)) < cost:
                stands, cost, in_vain = better, now, 0
                solutions += 1
        if monotonic() - told > every:
            told = monotonic()
            tell(Progress())
    return Answer(Outcome.OPTIMAL if cost == bound else Outcome.FEASIBLE, stands)


def _neighbours(problem: Problem, stands: Mapping[str, Stand], chance: Random) -> frozenset[str]:
    """A session that could be better off, and those that stand around a place that it would rather have."""
    weights = [1 + m.starts[stands[m.slot.key].starts_at] - min(m.starts.values()) for m in problem.movable]
    (one,) = chance.choices(problem.movable, weights)
    least = min(one.starts.values())
    target = chance.choice([at for at, cost in one.starts.items() if cost <= least + PERSON_COST // 4])
    near = sorted(
        (m for m in problem.movable if m is not one),
        key=lambda m: (abs(stands[m.slot.key].starts_at - target), chance.random()),
    )
    return frozenset(m.slot.key for m in (one, *near[: _PART - 1]))


class _Model:
    """The problem in CP-SAT's words. Times are whole seconds since the earliest start."""

    def __init__(self, problem: Problem, hints: Mapping[str, Stand], *, optional: bool = False) -> None:
        self.problem = problem
        self.optional = optional
        self.model = cp_model.CpModel()
        self.origin = min(at for movable in problem.movable for at in movable.starts)
        self.hints = hints
        self.placed = [self._place(movable) for movable in problem.movable]
        self._rooms()
        self._people()
        self.model.minimize(self._cost())

    def _seconds(self, moment: datetime) -> int:
        return int((moment - self.origin).total_seconds())

    def _place(self, movable: Movable) -> _Placed:
        model = self.model
        times = {at: self._seconds(at) for at in movable.starts}
        start = model.new_int_var_from_domain(cp_model.Domain.from_values(list(times.values())), "")
        there = model.new_bool_var("") if self.optional else model.new_constant(1)
        starts = {at: model.new_bool_var("") for at in movable.starts}
        rooms = {room: model.new_bool_var("") for room in movable.rooms}
        for choice in (starts, rooms):
            model.add(sum(choice.values()) == there)
        whole = model.add(start == sum(times[at] * chosen for at, chosen in starts.items()))
        if self.optional:
            whole.only_enforce_if(there)
        for room, possible in movable.rooms.items():
            if len(possible) < len(times):
                domain = cp_model.Domain.from_values([times[at] for at in possible])
                model.add_linear_expression_in_domain(start, domain).only_enforce_if(rooms[room])
        hint = self.hints.get(movable.slot.key)
        if hint is not None:
            model.add_hint(start, times[hint.starts_at])
            for at, chosen in starts.items():
                model.add_hint(chosen, at == hint.starts_at)
            for room, chosen in rooms.items():
                model.add_hint(chosen, room == hint.venue)
        return _Placed(movable, start, starts, rooms, there)

    def _interval(self, placed: _Placed, present: Any, more: timedelta = timedelta()) -> Any:
        size = int((placed.movable.length + more).total_seconds())
        return self.model.new_optional_fixed_size_interval_var(placed.start, size, present, "")

    def _rooms(self) -> None:
        """Nothing twice in a room, and the changeover between what is no break."""
        for room in {room for placed in self.placed for room in placed.rooms if room is not None}:
            here = [placed for placed in self.placed if room in placed.rooms]
            busy = [placed for placed in here if placed.movable.slot.kind is not SessionKind.BREAK]
            self._apart([(placed, placed.rooms[room]) for placed in busy], self.problem.changeover)
            if len(busy) < len(here):
                self._apart([(placed, placed.rooms[room]) for placed in here])

    def _people(self) -> None:
        """Nobody in two places, and time to walk for those who may have to."""
        groups: dict[str, list[_Placed]] = {}
        for placed in self.placed:
            for person in placed.movable.slot.people:
                groups.setdefault(person, []).append(placed)
        # People who are always together need to be looked at once.
        for group in {tuple(map(id, group)): group for group in groups.values()}.values():
            self._apart([(placed, placed.there) for placed in group])
            walks = [placed for placed in group if not self.problem.onsite.isdisjoint(placed.movable.rooms)]
            if self.problem.changeover and walks and len(group) > 1:
                self._walks(group)

    def _walks(self, group: list[_Placed]) -> None:
        """Where one of two rooms is on site and they are not the same, the changeover lies between."""
        onsite, gap = self.problem.onsite, int(self.problem.changeover.total_seconds())
        for i, one in enumerate(group):
            for two in group[i + 1 :]:
                pairs = [
                    (one.rooms[a], two.rooms[b])
                    for a in one.rooms
                    for b in two.rooms
                    if a != b and None not in {a, b} and not onsite.isdisjoint((a, b))
                ]
                if not pairs:
                    continue
                first = self.model.new_bool_var("")
                hints = [self.hints.get(placed.movable.slot.key) for placed in (one, two)]
                if hints[0] is not None and hints[1] is not None:
                    self.model.add_hint(first, hints[0].starts_at < hints[1].starts_at)
                lengths = [int(placed.movable.length.total_seconds()) for placed in (one, two)]
                for a, b in pairs:
                    self.model.add(two.start >= one.start + lengths[0] + gap).only_enforce_if([a, b, first])
                    self.model.add(one.start >= two.start + lengths[1] + gap).only_enforce_if([a, b, first.negated()])

    def _apart(self, chosen: Iterable[tuple[_Placed, Any]], gap: timedelta = timedelta()) -> None:
        intervals = [self._interval(placed, present, gap) for placed, present in chosen]
        if len(intervals) > 1:
            self.model.add_no_overlap(intervals)

    def _cost(self) -> Any:
        if self.optional:
            return sum(1 - placed.there for placed in self.placed)
        costs = []
        for placed in self.placed:
            present, movable = placed.movable.present, placed.movable
            change = self.problem.change_cost
            for at, chosen in placed.starts.items():
                moved = present.scheduled and at != present.starts_at
                costs.append((movable.starts[at] + (change if moved else 0)) * chosen)
            costs += [
                change * chosen
                for room, chosen in placed.rooms.items()
                if room != present.venue and present.venue is not None
            ]
        return sum(costs)

    def search(self, seconds: float, watch: Watch, every: float) -> tuple[Any, cp_model.CpSolver]:
        """Search for that long at most, in a thread beside the one that tells of it."""
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = seconds
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 1
        seen = _Seen()
        done, found = Event(), []

        def run() -> None:
            try:
                found.append(solver.solve(self.model, seen))
            finally:
                done.set()

        thread = Thread(target=run, name="search")
        thread.start()
        elapsed = 0.0
        while not done.wait(every):
            elapsed += every
            if not watch(replace(seen.progress, elapsed=round(elapsed))):
                solver.stop_search()
        thread.join()
        if not found:
            raise RuntimeError("the search has ended without an answer")
        return found[0], solver

    def stands(self, solver: cp_model.CpSolver) -> dict[str, Stand]:
        """Where each session is in the answer."""
        found = {}
        for placed in self.placed:
            at = next(at for at, chosen in placed.starts.items() if solver.boolean_value(chosen))
            room = next(room for room, chosen in placed.rooms.items() if solver.boolean_value(chosen))
            found[placed.movable.slot.key] = Stand(at, at + placed.movable.length, room)
        return found

    def left_out(self, solver: cp_model.CpSolver) -> tuple[str, ...]:
        """Which sessions are not there in the answer."""
        return tuple(p.movable.slot.key for p in self.placed if not solver.boolean_value(p.there))


class _Seen(cp_model.CpSolverSolutionCallback):
    """Notes how many arrangements were found, and how good the last one is."""

    def __init__(self) -> None:
        super().__init__()
        self.progress = Progress()

    def on_solution_callback(self) -> None:
        self.progress = Progress(
            solutions=self.progress.solutions + 1,
            cost=round(self.objective_value),
            bound=round(self.best_objective_bound),
        )
