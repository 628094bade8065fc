"""Writes of when people can take part, of many of them at once."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from galerio_events.events.domain import Deed, Entry, Subject
from galerio_events.events.queries import lock
from galerio_events.events.services import record
from galerio_events.people import queries
from galerio_events.people.domain import to_plain


def move_availabilities(
    db_session: Session,
    event_id: int,
    moved: Mapping[int, tuple[datetime, datetime]],
    *,
    by: int | None = None,
    now: datetime,
    batch: str | None = None,
) -> Collection[str]:
    """Give the availabilities of these ids new times; the keys of the people whose they are."""
    lock(db_session, event_id)
    entries = []
    for person in queries.people_of(db_session, event_id):
        before = to_plain(queries.person_details(person))
        for each in person.availabilities:
            each.starts_at, each.ends_at = moved.get(each.id, (each.starts_at, each.ends_at))
        after = to_plain(queries.person_details(person))
        if after != before:
            entries.append(Entry(Subject.PERSON, person.key, Deed.CHANGED, before, after))
    db_session.flush()
    record(db_session, event_id, entries, by=by, now=now, batch=batch)
    return [entry.key for entry in entries]
