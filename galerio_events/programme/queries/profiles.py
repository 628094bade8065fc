"""Reads that own profiles need of the programme: whose photos somebody may see, and when its sessions are."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from galerio_events.people.models import Person
from galerio_events.people.queries.profiles import open_proposal, own_persons
from galerio_events.programme.domain import RoleState
from galerio_events.programme.models import ProgrammeSession, RoleAssignment
from galerio_events.text import email_key

_TAKES_PART = tuple(state for state in RoleState if state.takes_part)


def sees_photo(db_session: Session, event_id: int, email: str, digest: str) -> bool:
    """Whether the picture is the photo of the person of that mailbox, stored or proposed, or of somebody with whom that
    person takes part in a session of the event."""
    own = own_persons(db_session, event_id, email)
    if any(person.photo == digest for person in own):
        return True
    for person in own:
        waiting = open_proposal(db_session, person.id)
        if waiting is not None and waiting.wanted.get("photo") == digest:
            return True
    mine, theirs = aliased(RoleAssignment), aliased(RoleAssignment)
    me = aliased(Person)
    found = db_session.scalar(
        sa.select(Person.id)
        .join(theirs, theirs.person_id == Person.id)
        .join(ProgrammeSession, ProgrammeSession.id == theirs.session_id)
        .join(mine, mine.session_id == ProgrammeSession.id)
        .join(me, me.id == mine.person_id)
        .where(
            Person.event_id == event_id,
            Person.photo == digest,
            ProgrammeSession.removed_at.is_(None),
            me.email_key == email_key(email),
            mine.state.in_(_TAKES_PART),
            theirs.state.in_(_TAKES_PART),
        )
        .limit(1)
    )
    return found is not None


def session_times(db_session: Session, event_id: int) -> list[tuple[datetime, datetime]]:
    """When the event's sessions are that have a place in the timetable."""
    s = ProgrammeSession
    rows = db_session.execute(
        sa.select(s.starts_at, s.ends_at).where(s.event_id == event_id, s.removed_at.is_(None), s.scheduled)
    )
    return [(row[0], row[1]) for row in rows]
