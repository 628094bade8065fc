"""The settings of an event.

They stand with the programme, because what is settled for an event concerns its sessions: a new zone moves them, and a
venue cannot go while they are in it.
"""

from galerio_events.programme.views.settings import entries, event, organisers
from galerio_events.programme.views.settings.blueprint import bp

__all__ = ["bp", "entries", "event", "organisers"]
