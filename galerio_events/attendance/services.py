"""Writes of presences. Whatever writes a presence brings the attendance up to date in the same transaction."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from galerio_events.attendance import domain, queries
from galerio_events.attendance.domain import Interval, Recorded, Stay
from galerio_events.attendance.models import Attendance, Presence
from galerio_events.errors import NotFound


def record_presences(db_session: Session, event_id: int, stays: Iterable[Stay]) -> Recorded:
    """Keep these stays and make each person's attendance the union of all that is known of them.

    A stay of the same person, session, source and start as a known one is that one, and lasts as long as the longer
    of the two; so the same report can come in twice, or again when it has grown. Raises `NotFound`, and writes
    nothing, where a person or session is not of this event.
    """
    wanted: dict[queries.PresenceKey, datetime] = {}
    handed_in = 0
    for stay in stays:
        key = (stay.session_id, stay.registration_id, stay.source, stay.interval.start)
        wanted[key] = max(wanted.get(key, stay.interval.end), stay.interval.end)
        handed_in += 1
    if not wanted:
        return Recorded()
    people = {key[1] for key in wanted}
    sessions = {key[0] for key in wanted}
    if queries.lock_registrations(db_session, event_id, people) != people:
        raise NotFound("a registration of this event")
    if not sessions <= queries.session_ids(db_session, event_id):
        raise NotFound("a session of this event")

    known = queries.presences(db_session, people, sessions)
    new = [(key, left) for key, left in wanted.items() if key not in known]
    longer = [(known[key][0], left) for key, left in wanted.items() if key in known and left > known[key][1]]
    if new:
        db_session.execute(sa.insert(Presence), [_presence(key, left) for key, left in new])
    if longer:
        db_session.execute(sa.update(Presence), [{"id": row, "left_at": left} for row, left in longer])

    everything = {key: left for key, (_row, left) in known.items()}
    for key, left in wanted.items():
        everything[key] = max(left, everything.get(key, left))
    _keep_attendance(db_session, everything, touched={(key[1], key[0]) for key in wanted})
    return Recorded(added=len(new), extended=len(longer), known=handed_in - len(new) - len(longer))


def _presence(key: queries.PresenceKey, left: datetime) -> dict[str, Any]:
    session_id, registration_id, source, joined = key
    return {
        "session_id": session_id,
        "registration_id": registration_id,
        "source": source,
        "joined_at": joined,
        "left_at": left,
    }


def _keep_attendance(
    db_session: Session, presences: dict[queries.PresenceKey, datetime], *, touched: set[tuple[int, int]]
) -> None:
    intervals: dict[tuple[int, int], list[Interval]] = defaultdict(list)
    for (session_id, registration_id, _source, joined), left in presences.items():
        if (registration_id, session_id) in touched:
            intervals[registration_id, session_id].append(Interval(joined, left))
    _upsert(
        db_session,
        [
            {"registration_id": person, "session_id": where, "seconds": domain.seconds(stays)}
            for (person, where), stays in sorted(intervals.items())
        ],
    )


def _upsert(db_session: Session, rows: Sequence[dict[str, int]]) -> None:
    insert = postgresql_insert if db_session.get_bind().dialect.name == "postgresql" else sqlite_insert
    statement = insert(Attendance)
    statement = statement.on_conflict_do_update(
        index_elements=["registration_id", "session_id"], set_={"seconds": statement.excluded.seconds}
    )
    db_session.connection().execute(statement, rows)
