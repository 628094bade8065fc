"""What something said when a form for it was opened, as far as the history of the event knows."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.events.domain import Subject
from galerio_events.events.models import Change
from galerio_events.programme.domain.plain import session_from_plain
from galerio_events.programme.domain.values import SessionValues

# A form that was open while more than so many changes were made is compared with what is stored only.
_FARTHEST = 500

Plain = Mapping[str, Any]


def session_at(db_session: Session, event_id: int, key: str, *, version: int, stored: int) -> SessionValues | None:
    """What the session said in that version, where `stored` is the one that it has now; None where that is unknown."""
    steps = stored - version
    if not 0 < steps <= _FARTHEST:
        return None
    rows = _rows(db_session, event_id, Subject.SESSION, key, steps)
    if len(rows) < steps:
        return None
    # Removing and restoring leave a session as it is.
    plain = rows[-1].before or rows[-1].after
    return None if plain is None else session_from_plain(plain)


def states(db_session: Session, event_id: int, subject: Subject, key: str | None = None) -> Iterator[Plain]:
    """What the history says that things of that sort (or the one of that key) said, the newest first."""
    for row in _rows(db_session, event_id, subject, key, _FARTHEST):
        yield from (plain for plain in (row.after, row.before) if plain is not None)


def states_of_all(db_session: Session, event_id: int, subject: Subject, stored: Plain) -> Iterator[Plain]:
    """What all things of a sort said together, by key, before each of the changes that led to `stored`."""
    state = dict(stored)
    for row in _rows(db_session, event_id, subject, None, _FARTHEST):
        if row.before is not None:
            state[row.key] = row.before
            yield dict(state)


def first_of(candidates: Iterable[Plain], digest: Callable[[Plain], str], seen: str) -> Plain | None:
    """The first of these of which the form carries the digest; None where there is none."""
    return next((plain for plain in candidates if digest(plain) == seen), None)


def _rows(db_session: Session, event_id: int, subject: Subject, key: str | None, most: int) -> list[Any]:
    wanted = [Change.event_id == event_id, Change.subject == subject]
    if key is not None:
        wanted.append(Change.key == key)
    rows = db_session.execute(
        sa.select(Change.key, Change.before, Change.after).where(*wanted).order_by(Change.id.desc()).limit(most)
    )
    return list(rows)
