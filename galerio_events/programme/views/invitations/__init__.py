"""Invitations: the organisers' pages, the page behind each link, and the reminders that leave by themselves."""

from galerio_events.outbox import services as outbox
from galerio_events.programme.views.invitations import answer, one, overview, sending  # noqa: F401 they add routes
from galerio_events.programme.views.invitations.blueprint import bp
from galerio_events.programme.views.invitations.reminders import send_due

__all__ = ["bp"]

outbox.register_chore(send_due)
