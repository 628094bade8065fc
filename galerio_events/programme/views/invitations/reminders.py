"""Reminders that leave by themselves: the worker asks for them whenever it is woken, and every minute."""

from galerio_events import clock
from galerio_events.db import reading_only
from galerio_events.extensions import db
from galerio_events.programme.queries.inviting import due_reminders
from galerio_events.programme.services.inviting import remind_due
from galerio_events.programme.views.invitations.words import writing

# Mail waits while these are written; the others have their turn a minute later.
AT_ONCE = 20


def send_due() -> None:
    """Write the reminders that are due, each in a transaction of its own."""
    now = clock.utc_now()
    with reading_only():
        due = due_reminders(db.session(), now=now, limit=AT_ONCE)
        db.session.rollback()
    for event_id, invitation_id in due:
        remind_due(db.session(), event_id, invitation_id, writing=writing(), now=now)
        db.session.commit()
