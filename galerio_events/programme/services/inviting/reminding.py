"""Reminders that leave by themselves."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from galerio_events.events.queries import lock
from galerio_events.programme.domain.inviting import Act, InvitationRefused, after
from galerio_events.programme.models import Invitation
from galerio_events.programme.queries import inviting as queries
from galerio_events.programme.services.inviting.asking import Post, send_reminder
from galerio_events.programme.services.inviting.writing import Writing

# When a limit keeps a reminder from leaving, it is tried again after this.
_LATER = timedelta(hours=1)


def remind_due(db_session: Session, event_id: int, invitation_id: int, *, writing: Writing, now: datetime) -> bool:
    """Send the reminder of that invitation that is due, if it still is and the person may be written to; says so.

    A reminder for which it is too late, or that nobody waits for any more, is dropped.
    """
    lock(db_session, event_id)
    invitation = db_session.get(Invitation, invitation_id, populate_existing=True)
    if invitation is None or invitation.remind_at is None or invitation.remind_at > now:
        return False
    place = queries.place_of(db_session, invitation_id)
    post = Post(db_session, event_id, [] if place is None else [place], now=now)
    if not post.rows:
        invitation.remind_at = None
        return False
    row = post.rows[0]
    try:
        after(row.asked(), Act.REMIND, now=now)
    except InvitationRefused:
        invitation.remind_at = None
        return False
    if post.refusal(row) is not None:
        later = now + _LATER
        invitation.remind_at = later if later < invitation.deadline_at else None
        return False
    send_reminder(db_session, event_id, row, invitation, writing, by=None, batch=None, now=now)
    return True
