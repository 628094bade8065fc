"""Moving a session in the timetable."""

from datetime import datetime

from sqlalchemy.orm import Session

from galerio_events.errors import NotFound
from galerio_events.events.queries import lock
from galerio_events.programme import queries
from galerio_events.programme.domain.placing import Placement, placed
from galerio_events.programme.models import ProgrammeSession
from galerio_events.programme.services.sessions import save_session


def place_session(
    db_session: Session,
    event_id: int,
    key: str,
    at: Placement,
    *,
    expected_version: int,
    by: int | None,
    now: datetime,
    batch: str | None = None,
) -> ProgrammeSession:
    """Let the session stand there, whatever else it says. Raises as `save_session` does.

    A session that was removed is not there to be moved.
    """
    lock(db_session, event_id)
    session = queries.session_by_key(db_session, event_id, key)
    if session is None or session.removed_at is not None:
        raise NotFound(key)
    values = placed(queries.values_of(session), at)
    return save_session(
        db_session, event_id, key, values, expected_version=expected_version, by=by, now=now, batch=batch
    )
