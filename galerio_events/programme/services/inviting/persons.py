"""The people of invitations: an address for whoever has none, and what becomes of the invitations when a person turns
out to be another one, or is deleted."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from galerio_events.errors import ChangeConflict, Conflict, NotFound
from galerio_events.events.queries import lock
from galerio_events.people import services as people
from galerio_events.people.queries import person_by_key, person_details
from galerio_events.programme.domain.inviting import InvitationState
from galerio_events.programme.models import Invitation
from galerio_events.programme.queries.inviting import invitation_of, invitations_of_person

# Of two invitations to what turns out to be one role, the earlier in this order stays.
_FIRST = (
    InvitationState.ACCEPTED,
    InvitationState.INVITED,
    InvitationState.DECLINED,
    InvitationState.REPLACED,
    InvitationState.WITHDRAWN,
)


def give_address(db_session: Session, event_id: int, person: str, email: str, *, by: int | None, now: datetime) -> None:
    """Note the mail address (as `normal_email` writes it) of the person of that key, who has none.

    Raises `NotFound`, and `ChangeConflict(STALE)` where somebody else has noted one meanwhile.
    """
    lock(db_session, event_id)
    stored = person_by_key(db_session, event_id, person)
    if stored is None:
        raise NotFound(person)
    before = person_details(stored)
    if before.email is not None:
        if before.email == email:
            return
        raise ChangeConflict(Conflict.STALE)
    values = replace(before, email=email)
    seen = people.seen_digest(before)
    people.save_entry(db_session, event_id, people.PEOPLE, person, values, seen=seen, by=by, now=now)


def hand_over_invitations(db_session: Session, dropped: int, kept: int) -> None:
    """Make the invitations of the one person (by id) those of the other; their links go on working.

    Where both were invited into one role, the invitation that has come farther stays, and the link of the other one
    opens nothing any more.
    """
    for mine in invitations_of_person(db_session, dropped):
        theirs = invitation_of(db_session, mine.session_id, kept, mine.role)
        if theirs is not None:
            weaker = max(mine, theirs, key=lambda each: _FIRST.index(each.state))
            _drop(db_session, weaker)
            if weaker is mine:
                continue
        mine.person_id = kept
        db_session.flush()
        db_session.expire(mine, ["person"])


def drop_invitations(db_session: Session, person_id: int) -> None:
    """Forget the invitations of somebody who has no role any more."""
    for each in invitations_of_person(db_session, person_id):
        _drop(db_session, each)


def _drop(db_session: Session, invitation: Invitation) -> None:
    db_session.delete(invitation)
    db_session.flush()
