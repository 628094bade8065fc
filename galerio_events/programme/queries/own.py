"""What somebody who signs in has a part in: found by the mailbox, which the sign-in has proved."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.events.models import Event
from galerio_events.people.models import Person
from galerio_events.programme.domain import RoleKind, RoleState
from galerio_events.programme.models import ProgrammeSession, RoleAssignment
from galerio_events.text import email_key

_TAKES_PART = tuple(state for state in RoleState if state.takes_part)


@dataclass(frozen=True, slots=True)
class OwnPart:
    """The part that somebody has in a session that is in the programme."""

    event: Event
    programme_session: ProgrammeSession
    # More than one where an event lists the same mailbox for several persons.
    person_ids: frozenset[int]
    roles: frozenset[RoleKind]


def own_part(db_session: Session, email: str, slug: str, key: str) -> OwnPart | None:
    """The part that the person of that mailbox has in that session; None where there is none."""
    found = db_session.execute(
        sa.select(Event, ProgrammeSession, RoleAssignment.person_id, RoleAssignment.role)
        .join(ProgrammeSession, ProgrammeSession.event_id == Event.id)
        .join(RoleAssignment, RoleAssignment.session_id == ProgrammeSession.id)
        .join(Person, Person.id == RoleAssignment.person_id)
        .where(
            Event.slug == slug,
            ProgrammeSession.key == key,
            ProgrammeSession.removed_at.is_(None),
            Person.email_key == email_key(email),
            RoleAssignment.state.in_(_TAKES_PART),
        )
    ).all()
    if not found:
        return None
    event, programme_session = found[0][0], found[0][1]
    return OwnPart(event, programme_session, frozenset(row[2] for row in found), frozenset(row[3] for row in found))
