"""Reads of presences and attendances."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.attendance.domain import PresenceSource
from galerio_events.attendance.models import Attendance, Presence
from galerio_events.programme.models import ProgrammeSession
from galerio_events.registration.models import Registration

# (session id, registration id, source, joined at): what the database holds one presence of.
PresenceKey = tuple[int, int, PresenceSource, datetime]

# SQLite takes at most 32,766 values in a statement.
_AT_ONCE = 10_000


def chunks(ids: Collection[int]) -> Iterator[Sequence[int]]:
    """The ids in ascending order, in portions that fit into one statement."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), _AT_ONCE):
        yield ordered[start : start + _AT_ONCE]


def lock_registrations(db_session: Session, event_id: int, ids: Collection[int]) -> set[int]:
    """Those of the ids that are registrations of the event; held, in ascending order, to the end of the transaction.

    It is the lock at which two writers of one person's presences queue up. SQLite needs none: it has one writer.
    """
    found: set[int] = set()
    for some in chunks(ids):
        found.update(
            db_session.scalars(
                sa.select(Registration.id)
                .where(Registration.event_id == event_id, Registration.id.in_(some))
                .order_by(Registration.id)
                .with_for_update(key_share=True)
            )
        )
    return found


def session_ids(db_session: Session, event_id: int) -> set[int]:
    """The sessions of the event, removed ones among them: somebody may have been there before."""
    return set(db_session.scalars(sa.select(ProgrammeSession.id).where(ProgrammeSession.event_id == event_id)))


def presences(
    db_session: Session, registration_ids: Collection[int], sessions: Collection[int]
) -> dict[PresenceKey, tuple[int, datetime]]:
    """Key to (presence id, left at), of these people in these sessions."""
    found: dict[PresenceKey, tuple[int, datetime]] = {}
    for some in chunks(registration_ids):
        rows = db_session.execute(
            sa.select(
                Presence.session_id,
                Presence.registration_id,
                Presence.source,
                Presence.joined_at,
                Presence.id,
                Presence.left_at,
            ).where(Presence.registration_id.in_(some), Presence.session_id.in_(sorted(sessions)))
        )
        found.update(((s, r, source, joined), (key, left)) for s, r, source, joined, key, left in rows)
    return found


def attendance(db_session: Session, registration_id: int) -> dict[int, int]:
    """Session id to seconds, of one person."""
    rows = db_session.execute(
        sa.select(Attendance.session_id, Attendance.seconds).where(Attendance.registration_id == registration_id)
    )
    return dict(rows.all())


def joined(db_session: Session, session_ids: Collection[int]) -> dict[int, int]:
    """By session: how many registrants have been there for however long, by all that is known so far. One query."""
    rows = db_session.execute(
        sa.select(Presence.session_id, sa.func.count(Presence.registration_id.distinct()))
        .where(Presence.session_id.in_(session_ids))
        .group_by(Presence.session_id)
    )
    return dict(rows.all())
