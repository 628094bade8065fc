"""Writes of the frame of an event."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from galerio_events.errors import ChangeConflict, Conflict
from galerio_events.events import queries
from galerio_events.events.domain import Deed, Entry, Subject
from galerio_events.events.domain.plain import digest_of, settings_to_plain
from galerio_events.events.domain.settings import EventSettings, SettingsRefused, event_problems
from galerio_events.events.services.history import record


def save_event_settings(
    db_session: Session,
    event_id: int,
    values: EventSettings,
    *,
    seen: str,
    by: int | None = None,
    now: datetime,
    batch: str | None = None,
) -> bool:
    """Make the event say this; whether anything changed by it. Its sessions stay where they are.

    `seen` is the digest of the settings that the reader was shown. Raises `SettingsRefused`, and
    `ChangeConflict(STALE)` where somebody else was faster.
    """
    queries.lock(db_session, event_id)
    event = queries.by_id(db_session, event_id)
    stored = queries.event_settings(event)
    if stored == values:
        return False
    if seen != digest_of(settings_to_plain(stored)):
        raise ChangeConflict(Conflict.STALE)
    if problems := event_problems(values):
        raise SettingsRefused(problems)
    for name, value in _columns(values).items():
        setattr(event, name, value)
    db_session.flush()
    entry = Entry(Subject.EVENT, event.slug, Deed.CHANGED, settings_to_plain(stored), settings_to_plain(values))
    record(db_session, event_id, [entry], by=by, now=now, batch=batch)
    return True


def _columns(values: EventSettings) -> dict[str, Any]:
    columns = {name: getattr(values, name) for name in type(values).__dataclass_fields__}
    return columns | {"languages": list(values.languages)}
