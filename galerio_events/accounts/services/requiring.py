"""An event can require the second factor of those who organise it."""

from datetime import datetime

from sqlalchemy.orm import Session

from galerio_events.events import queries as events
from galerio_events.events.domain import Deed, Entry, Subject
from galerio_events.events.domain.plain import settings_to_plain
from galerio_events.events.services import record


def require_second_factor(db_session: Session, event_id: int, required: bool, *, by: int | None, now: datetime) -> bool:
    """Require it from now on, or no longer; whether that changed anything."""
    events.lock(db_session, event_id)
    event = events.by_id(db_session, event_id)
    if event.second_factor_required == required:
        return False
    event.second_factor_required = required
    db_session.flush()
    frame = settings_to_plain(events.event_settings(event))
    before, after = ({**frame, "second_factor_required": value} for value in (not required, required))
    record(db_session, event_id, [Entry(Subject.EVENT, event.slug, Deed.CHANGED, before, after)], by=by, now=now)
    return True
