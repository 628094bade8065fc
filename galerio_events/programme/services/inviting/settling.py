"""What all writes of invitations share: the state of the role goes into the draft and its history with them."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from galerio_events import clock
from galerio_events.errors import ChangeConflict, Conflict, NotFound
from galerio_events.events.domain import Deed, Entry, Subject
from galerio_events.events.domain.plain import digest_of
from galerio_events.events.services import record
from galerio_events.programme import queries
from galerio_events.programme.domain import RoleKind, RoleState
from galerio_events.programme.domain.inviting import InvitationState, Outcome
from galerio_events.programme.domain.plain import session_to_plain
from galerio_events.programme.models import Invitation
from galerio_events.programme.queries.inviting import Known, Place, RoleRow, role_row


def shown_digest(known: Known) -> str:
    """What the reader of an invitation's page was shown, for noticing that it is something else by now."""
    row = known.row
    role = None
    if row is not None:
        venue = None if row.venue is None else dict(row.venue)
        times = [clock.to_text(row.starts_at), clock.to_text(row.ends_at), row.scheduled]
        role = [row.state.value, venue, *times]
    return digest_of({"invitation": known.invitation.id, "version": known.invitation.version, "role": role})


def present(db_session: Session, event_id: int, place: Place) -> RoleRow:
    """The role as it is now. Raises `NotFound` where there is none (any more)."""
    row = role_row(db_session, event_id, place)
    if row is None:
        raise NotFound(str(place))
    return row


def asked(row: RoleRow, version: int) -> Invitation:
    """The invitation to the role, which the reader saw in that version. Raises `NotFound`, `ChangeConflict(STALE)`."""
    if row.invitation is None:
        raise NotFound(str(row.place))
    if row.invitation.version != version:
        raise ChangeConflict(Conflict.STALE)
    return row.invitation


def settle(invitation: Invitation, outcome: Outcome, *, now: datetime, reason: str = "") -> None:
    """Write how the invitation stands; a wish is written by whoever has one."""
    answered = outcome.state in {InvitationState.ACCEPTED, InvitationState.DECLINED}
    if outcome.state is InvitationState.INVITED:
        invitation.answered_at = None
    elif answered and (invitation.state is not outcome.state or invitation.answered_at is None):
        invitation.answered_at = now
    if outcome.state is not InvitationState.DECLINED:
        invitation.reason = ""
    elif reason or invitation.state is not InvitationState.DECLINED:
        invitation.reason = reason
    invitation.state = outcome.state
    if outcome.wish is None:
        invitation.wish = invitation.wished_at = invitation.wish_starts_at = invitation.wish_ends_at = None
        invitation.wish_text = ""
    if outcome.state is not InvitationState.INVITED or outcome.wish is not None:
        invitation.remind_at = None


def agree(invitation: Invitation, row: RoleRow) -> None:
    """Note which time was accepted: the one at which the session is."""
    invitation.agreed_starts_at = row.starts_at if row.scheduled else None
    invitation.agreed_ends_at = row.ends_at if row.scheduled else None


def set_states(
    db_session: Session,
    event_id: int,
    session: str,
    states: Mapping[tuple[str, RoleKind], RoleState],
    *,
    by: int | None,
    now: datetime,
    batch: str,
) -> None:
    """Give these roles of the session (by key of the person and kind) these states, and tell the history.

    Nothing else of the session changes, so that somebody can answer whatever is wrong with it otherwise. Call it under
    the event's lock.
    """
    found = queries.session_by_key(db_session, event_id, session)
    if found is None:
        raise NotFound(session)
    before = queries.values_of(found)
    for each in found.roles:
        each.state = states.get((each.person.key, each.role), each.state)
    after = queries.values_of(found)
    if before == after:
        return
    found.updated_at = now
    flag_modified(found, "updated_at")
    flush(db_session)
    plain = (session_to_plain(before), session_to_plain(after))
    record(db_session, event_id, [Entry(Subject.SESSION, session, Deed.CHANGED, *plain)], by=by, now=now, batch=batch)


def flush(db_session: Session) -> None:
    """Flush. Raises `ChangeConflict(STALE)` where somebody else was faster."""
    try:
        db_session.flush()
    except StaleDataError:
        raise ChangeConflict(Conflict.STALE) from None
