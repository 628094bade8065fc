"""Asking for suggestions of times, computing them step by step, and making the draft say what one of them says."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.errors import ChangeConflict, Conflict, DomainError, NotFound
from galerio_events.events.queries import lock
from galerio_events.outbox import services as outbox
from galerio_events.programme import queries
from galerio_events.programme.domain import ArrangementState
from galerio_events.programme.domain.arranging import (
    Outcome,
    Progress,
    Result,
    Where,
    Wishes,
    new_conflicts,
    progress_to_plain,
    result_from_plain,
    result_to_plain,
    standing,
    wishes_to_plain,
)
from galerio_events.programme.domain.conflicts import Conflict as DraftConflict
from galerio_events.programme.domain.hours import zones_of
from galerio_events.programme.domain.placing import Placement
from galerio_events.programme.models import Arrangement
from galerio_events.programme.queries import arranging as reads
from galerio_events.programme.queries.conflicts import conflict_draft
from galerio_events.programme.services.placing import place_session


@dataclass(frozen=True, slots=True)
class Registered:
    """How many are registered by country: for the event, and by key for the sessions that somebody chose."""

    everybody: Mapping[str, int] = field(default_factory=dict)
    by_session: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


CountRegistered = Callable[[Session, int], Registered]
_counters: list[CountRegistered] = []


class WouldConflict(DomainError):
    """What was chosen of a suggestion would bring conflicts that the draft does not have."""

    def __init__(self, conflicts: Collection[DraftConflict]) -> None:
        self.conflicts = tuple(conflicts)
        super().__init__(f"{len(self.conflicts)} conflicts")


def register_counter(count: CountRegistered) -> None:
    """Say who knows how many are registered from which country: a feature that stands after this one."""
    if count not in _counters:
        _counters.append(count)


def registered(db_session: Session, event_id: int) -> Registered:
    """How many are registered from where."""
    for count in _counters:
        return count(db_session, event_id)
    return Registered()


def where_people_are(db_session: Session, event_id: int) -> Where:
    """In which zones those who speak may be, and from where those come who are registered."""
    people = reads.whereabouts(db_session, event_id)
    counted = registered(db_session, event_id)
    return Where(
        {key: zones_of(person.country, person.timezone) for key, person in people.items()},
        counted.everybody,
        counted.by_session,
    )


def request_arrangement(
    db_session: Session, event_id: int, wishes: Wishes, *, by: int | None, now: datetime
) -> tuple[Arrangement, bool]:
    """Ask for a suggestion. Where one of the event is under way already, that one, and False.

    One whose worker has fallen silent has failed, and is not in the way.
    """
    lock(db_session, event_id)
    present = reads.under_way(db_session, event_id)
    if present is not None:
        state, _silent = standing(present.state, present.requested_at, present.seen_at, now)
        if state is not ArrangementState.FAILED:
            return present, False
        present.state = ArrangementState.FAILED
        db_session.flush()
    made = Arrangement(
        event_id=event_id, requested_by=by, requested_at=now, wishes=wishes_to_plain(wishes), progress={}, result={}
    )
    db_session.add(made)
    db_session.flush()
    outbox.wake(db_session)
    return made, True


def claim_arrangement(db_session: Session, *, now: datetime) -> tuple[int, int, dict[str, Any]] | None:
    """Take the suggestion that waits longest: its id, its event's and its wishes; None where none waits.

    Of several who want it, one gets it.
    """
    a = Arrangement
    while (wanted := reads.oldest_waiting(db_session)) is not None:
        row = db_session.execute(
            sa.update(a)
            .where(a.id == wanted, a.state == ArrangementState.WAITING)
            .values(state=ArrangementState.RUNNING, seen_at=now)
            .returning(a.id, a.event_id, a.wishes)
        ).one_or_none()
        if row is not None:
            return row.id, row.event_id, row.wishes
    return None


def tell_progress(db_session: Session, arrangement_id: int, progress: Progress, *, now: datetime) -> bool:
    """Write down how far it is. False where nobody wants it any more."""
    return _while_running(db_session, arrangement_id, progress=progress_to_plain(progress), seen_at=now)


def settle(db_session: Session, arrangement_id: int, result: Result, *, now: datetime) -> bool:
    """Write down what came of it. False where nobody wants it any more."""
    good = result.outcome in {Outcome.OPTIMAL, Outcome.FEASIBLE}
    state = ArrangementState.READY if good else ArrangementState.FAILED
    return _while_running(db_session, arrangement_id, state=state, result=result_to_plain(result), seen_at=now)


def give_back(db_session: Session, arrangement_id: int) -> bool:
    """Let it wait again: whoever computed it has to stop."""
    return _while_running(
        db_session, arrangement_id, state=ArrangementState.WAITING, progress=progress_to_plain(Progress())
    )


def dismiss_arrangement(db_session: Session, event_id: int, arrangement_id: int) -> Arrangement:
    """Stop computing it, or put it aside.

    Raises `NotFound`, and `ChangeConflict(ALREADY_DONE)` where it was accepted.
    """
    lock(db_session, event_id)
    found = reads.arrangement(db_session, event_id, arrangement_id)
    if found is None:
        raise NotFound(str(arrangement_id))
    if found.state is ArrangementState.ACCEPTED:
        raise ChangeConflict(Conflict.ALREADY_DONE)
    found.state = ArrangementState.DISMISSED
    db_session.flush()
    return found


def accept_arrangement(
    db_session: Session, event_id: int, arrangement_id: int, keys: Collection[str], *, by: int | None, now: datetime
) -> int:
    """Move the chosen ones of the sessions to where the suggestion has them, as one batch of the history.

    Returns how many were moved. Raises `NotFound`; `ChangeConflict(ALREADY_DONE)` where it is not to be decided (any
    more); `ChangeConflict(STALE)` where the draft has changed since it was computed; and `WouldConflict` where the
    chosen ones without the others get into the way of something. Nothing is written then.
    """
    lock(db_session, event_id)
    found = reads.arrangement(db_session, event_id, arrangement_id)
    if found is None:
        raise NotFound(str(arrangement_id))
    if found.state is not ArrangementState.READY:
        raise ChangeConflict(Conflict.ALREADY_DONE)
    result = result_from_plain(found.result)
    if reads.changed_since(db_session, event_id, result.change):
        raise ChangeConflict(Conflict.STALE)
    moves = {key: to for key, (_, to) in result.moves.items() if key in set(keys)}
    conflicts = new_conflicts(conflict_draft(db_session, event_id), moves)
    if conflicts:
        raise WouldConflict(conflicts)
    batch = str(uuid4())
    for key, to in moves.items():
        session = queries.session_by_key(db_session, event_id, key)
        if session is None or session.locked:
            raise ChangeConflict(Conflict.STALE)
        place_session(
            db_session,
            event_id,
            key,
            Placement(to.starts_at, to.ends_at, to.venue, to.scheduled, session.locked),
            expected_version=session.version,
            by=by,
            now=now,
            batch=batch,
        )
    found.state = ArrangementState.ACCEPTED
    db_session.flush()
    return len(moves)


def _while_running(db_session: Session, arrangement_id: int, **values: Any) -> bool:
    a = Arrangement
    row = db_session.execute(
        sa.update(a).where(a.id == arrangement_id, a.state == ArrangementState.RUNNING).values(values).returning(a.id)
    ).one_or_none()
    return row is not None
