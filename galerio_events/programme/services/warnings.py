"""Conflicts that organisers know of and accept."""

from datetime import datetime

from sqlalchemy.orm import Session

from galerio_events.errors import ChangeConflict, DomainError
from galerio_events.errors import Conflict as Why
from galerio_events.events.domain import Deed, Entry, Subject
from galerio_events.events.queries import lock
from galerio_events.events.services import record
from galerio_events.programme.domain.conflicts import REASON_LENGTH, Conflict, conflict_to_plain, find
from galerio_events.programme.models import AcceptedWarning
from galerio_events.programme.queries.conflicts import accepted_warning, conflict_draft
from galerio_events.text import clean


class ReasonRefused(DomainError):
    """A conflict is accepted for a reason, of at most `REASON_LENGTH` characters."""


def accept_warning(
    db_session: Session, event_id: int, fingerprint: str, reason: str, *, by: int | None, now: datetime
) -> Conflict:
    """Accept the conflict with that fingerprint in the event's draft, for that reason; what was accepted.

    It comes back when it becomes another one. Raises `ReasonRefused`; `ChangeConflict(STALE)` where the draft has no
    such conflict (any more), and `ChangeConflict(ALREADY_DONE)` where it is accepted already.
    """
    text = clean(reason)
    if not text or len(text) > REASON_LENGTH:
        raise ReasonRefused(reason)
    lock(db_session, event_id)
    conflict = _present(db_session, event_id, fingerprint)
    if conflict is None:
        raise ChangeConflict(Why.STALE)
    if accepted_warning(db_session, event_id, fingerprint) is not None:
        raise ChangeConflict(Why.ALREADY_DONE)
    db_session.add(
        AcceptedWarning(event_id=event_id, fingerprint=fingerprint, reason=text, accepted_at=now, accepted_by=by)
    )
    db_session.flush()
    entry = Entry(Subject.WARNING, fingerprint, Deed.ADDED, None, _plain(conflict, text))
    record(db_session, event_id, [entry], by=by, now=now)
    return conflict


def withdraw_acceptance(db_session: Session, event_id: int, fingerprint: str, *, by: int | None, now: datetime) -> None:
    """Accept that conflict no longer. Raises `ChangeConflict(ALREADY_DONE)` where it is not accepted (any more)."""
    lock(db_session, event_id)
    accepted = accepted_warning(db_session, event_id, fingerprint)
    if accepted is None:
        raise ChangeConflict(Why.ALREADY_DONE)
    conflict = _present(db_session, event_id, fingerprint)
    reason = accepted.reason
    db_session.delete(accepted)
    db_session.flush()
    entry = Entry(Subject.WARNING, fingerprint, Deed.REMOVED, _plain(conflict, reason), None)
    record(db_session, event_id, [entry], by=by, now=now)


def _present(db_session: Session, event_id: int, fingerprint: str) -> Conflict | None:
    found = find(conflict_draft(db_session, event_id))
    return next((conflict for conflict in found if conflict.fingerprint == fingerprint), None)


def _plain(conflict: Conflict | None, reason: str) -> dict[str, object]:
    return {"reason": reason, "conflict": None if conflict is None else conflict_to_plain(conflict)}
