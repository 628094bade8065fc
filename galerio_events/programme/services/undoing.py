"""Undoing what the history of a session tells."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from galerio_events.errors import ChangeConflict, Conflict, DomainError, NotFound
from galerio_events.events.domain import Deed, Subject
from galerio_events.events.queries import lock
from galerio_events.programme import queries
from galerio_events.programme.domain.history import undoing
from galerio_events.programme.domain.plain import session_from_plain, session_to_plain
from galerio_events.programme.queries.history import Past, change_by_id
from galerio_events.programme.services.sessions import remove_session, restore_session, save_session


class UndoingContested(DomainError):
    """Somebody has changed the same fields since: each before the change, after it, and now."""

    def __init__(self, change: Past, version: int, contested: tuple[tuple[str, Any, Any, Any], ...]) -> None:
        super().__init__(change.key)
        self.change = change
        self.version = version
        self.contested = contested


def undo_change(
    db_session: Session,
    event_id: int,
    change_id: int,
    *,
    expected_version: int | None = None,
    by: int | None,
    now: datetime,
) -> str:
    """Put a session back to what it was before that entry of the history; its key.

    Only the fields that the entry concerned are put back. Where one of them was changed again since, this raises
    `UndoingContested`, unless `expected_version` is the version of the session as it is now, by which somebody says
    that they saw that. Raises `NotFound` where there is no such entry of a session, `SessionRefused` where the session
    cannot be like that any more, and `ChangeConflict`: STALE where the version is another one, ALREADY_DONE where the
    session is not there any more, or is there again.
    """
    lock(db_session, event_id)
    change = change_by_id(db_session, event_id, change_id)
    session = None if change is None else queries.session_by_key(db_session, event_id, change.key)
    if change is None or change.subject is not Subject.SESSION or session is None:
        raise NotFound(str(change_id))
    if expected_version is not None and session.version != expected_version:
        raise ChangeConflict(Conflict.STALE)
    if change.before is None:
        remove_session(db_session, event_id, change.key, expected_version=session.version, by=by, now=now)
        return change.key
    if change.after is None:
        restore_session(db_session, event_id, change.key, expected_version=session.version, by=by, now=now)
        return change.key
    if session.removed_at is not None:
        raise ChangeConflict(Conflict.ALREADY_DONE)
    undone = undoing(change.before, change.after, session_to_plain(queries.values_of(session)))
    if undone.contested and expected_version is None:
        raise UndoingContested(change, session.version, undone.contested)
    save_session(
        db_session,
        event_id,
        change.key,
        session_from_plain(undone.wanted),
        expected_version=session.version,
        by=by,
        now=now,
    )
    return change.key


def can_undo(change: Past) -> bool:
    """Whether an entry is one that `undo_change` takes."""
    return change.subject is Subject.SESSION and change.deed in {
        Deed.ADDED,
        Deed.CHANGED,
        Deed.REMOVED,
        Deed.RESTORED,
    }
