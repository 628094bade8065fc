"""What organisers say of suggested duplicates: these are two."""

from datetime import datetime

from sqlalchemy.orm import Session

from galerio_events.errors import NotFound
from galerio_events.events.domain import Deed, Entry, Subject
from galerio_events.events.queries import lock
from galerio_events.events.services import record
from galerio_events.people import services as people
from galerio_events.programme.domain.apart import Apart
from galerio_events.programme.models import AcceptedWarning
from galerio_events.programme.queries.conflicts import accepted_warning


def keep_apart(
    db_session: Session, event_id: int, sort: people.Sort, keys: frozenset[str], *, by: int | None = None, now: datetime
) -> bool:
    """Remember that the two of those keys are two; whether that is new. Raises `NotFound` where one of them is not
    there (any more)."""
    lock(db_session, event_id)
    if len(keys) != 2 or not keys <= set(sort.keys(db_session, event_id)):
        raise NotFound(" ".join(sorted(keys)))
    pair = Apart(sort.subject.value, keys)
    if accepted_warning(db_session, event_id, pair.fingerprint) is not None:
        return False
    db_session.add(
        AcceptedWarning(
            event_id=event_id, fingerprint=pair.fingerprint, reason=str(pair), accepted_at=now, accepted_by=by
        )
    )
    db_session.flush()
    record(
        db_session, event_id, [Entry(Subject.WARNING, pair.fingerprint, Deed.ADDED, None, _plain(pair))], by=by, now=now
    )
    return True


def suggest_again(
    db_session: Session, event_id: int, sort: people.Sort, keys: frozenset[str], *, by: int | None = None, now: datetime
) -> bool:
    """Forget that the two of those keys are two; whether anybody had said so."""
    lock(db_session, event_id)
    pair = Apart(sort.subject.value, keys)
    said = accepted_warning(db_session, event_id, pair.fingerprint)
    if said is None:
        return False
    db_session.delete(said)
    db_session.flush()
    entry = Entry(Subject.WARNING, pair.fingerprint, Deed.REMOVED, _plain(pair), None)
    record(db_session, event_id, [entry], by=by, now=now)
    return True


def _plain(pair: Apart) -> dict[str, object]:
    return {"apart": [pair.of, *sorted(pair.keys)]}
