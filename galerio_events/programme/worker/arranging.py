"""Computing suggestions: claim a request, search, write down what came of it.

No transaction is open while it is being worked out, in a thread of its own; once a second a short one tells how far it
is, which is also the sign of life by which others see that somebody is at it, also while the problem is still being put
together.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from galerio_events.clock import utc_now
from galerio_events.db import reading_only
from galerio_events.programme.domain.arranging import (
    Hindrance,
    Outcome,
    Problem,
    Progress,
    Result,
    Where,
    Wishes,
    applied,
    figures,
    problem_of,
    wishes_from_plain,
)
from galerio_events.programme.domain.conflicts import Draft
from galerio_events.programme.queries import arranging as reads
from galerio_events.programme.queries.conflicts import conflict_draft
from galerio_events.programme.services import arranging as services
from galerio_events.programme.worker.solver import Answer, solve

Search = Callable[..., Answer]

_log = structlog.get_logger("galerio_events.programme")


class Arranger:
    """Computes what waits, one after the other. Any number of them may work on one database."""

    def __init__(
        self,
        open_session: Callable[[], Session],
        *,
        stop: Callable[[], bool] = lambda: False,
        clock: Callable[[], datetime] = utc_now,
        search: Search = solve,
        every: float = 1.0,
    ) -> None:
        self._open_session = open_session
        self._stop = stop
        self._clock = clock
        self._search = search
        self._every = every

    def run(self) -> int:
        """Compute until nothing waits any more, or `stop()`. Returns how many there were."""
        count = 0
        while not self._stop():
            with self._open_session() as db_session:
                claimed = services.claim_arrangement(db_session, now=self._clock())
                db_session.commit()
            if claimed is None:
                return count
            self._compute(*claimed)
            count += 1
        return count

    def _compute(self, arrangement_id: int, event_id: int, plain: dict[str, object]) -> None:
        wishes = wishes_from_plain(plain)
        with reading_only(), self._open_session() as db_session:
            # The change is read first: what is changed while the draft is being read makes it look older, never newer.
            change = reads.newest_change(db_session, event_id)
            draft = conflict_draft(db_session, event_id)
            where = services.where_people_are(db_session, event_id)
        work = _Work(self._search, self._every)
        try:
            with ThreadPoolExecutor(1, "suggestion") as pool:
                result = self._awaited(pool.submit(work.result, change, draft, wishes, where), work, arrangement_id)
        except Exception as error:  # noqa: BLE001 written into the log, and told on the suggestion's page
            _log.exception("no suggestion could be computed", arrangement_id=arrangement_id, error=str(error))
            result = Result(Outcome.GONE, change)
        with self._open_session() as db_session:
            if self._stop():
                services.give_back(db_session, arrangement_id)
            else:
                services.settle(db_session, arrangement_id, result, now=self._clock())
            db_session.commit()
        _log.info("suggestion", arrangement_id=arrangement_id, outcome=result.outcome.value, moves=len(result.moves))

    def _awaited(self, coming: Future[Result], work: "_Work", arrangement_id: int) -> Result:
        """What comes of it, having told all the while how far it is, and the work when nobody wants it any more."""
        while not wait([coming], timeout=self._every).done:
            if self._stop():
                work.wanted = False
                continue
            with self._open_session() as db_session:
                work.wanted = services.tell_progress(db_session, arrangement_id, work.progress, now=self._clock())
                db_session.commit()
        return coming.result()


class _Work:
    """One search: how far it is, and whether anybody still wants it."""

    def __init__(self, search: Search, every: float) -> None:
        self._search = search
        self._every = every
        self.progress = Progress()
        self.wanted = True

    def result(self, change: int, draft: Draft, wishes: Wishes, where: Where) -> Result:
        """What came of it, worked out from nothing but these values."""
        problem = problem_of(draft, wishes, where)
        before = figures(draft, where)
        if problem.stuck:
            return Result(Outcome.INFEASIBLE, change, before=before, stuck=problem.stuck)
        answer = self._search(problem, seconds=float(wishes.seconds), watch=self._watch, every=self._every / 4)
        return result_of(answer, problem, draft, where, change)

    def _watch(self, progress: Progress) -> bool:
        self.progress = progress
        return self.wanted


def result_of(answer: Answer, problem: Problem, draft: Draft, where: Where, change: int) -> Result:
    """The answer, with what it would change and how good it is."""
    before = figures(draft, where)
    if answer.outcome not in {Outcome.OPTIMAL, Outcome.FEASIBLE}:
        return Result(answer.outcome, change, before=before, stuck=dict.fromkeys(answer.left_out, Hindrance.TOGETHER))
    moves = {
        movable.slot.key: (movable.present, answer.stands[movable.slot.key])
        for movable in problem.movable
        if movable.present != answer.stands[movable.slot.key]
    }
    after = figures(applied(draft, {key: to for key, (_, to) in moves.items()}), where)
    return Result(answer.outcome, change, moves, before, after)
