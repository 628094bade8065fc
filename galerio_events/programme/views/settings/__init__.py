"""The settings of an event.

They stand with the programme, because what is settled for an event concerns its sessions: a new zone moves them, and a
venue cannot go while they are in it.
"""

from galerio_events.programme.views.settings.blueprint import bp
from galerio_events.programme.views.settings.entries import tracks, venues
from galerio_events.programme.views.settings.event import event
from galerio_events.programme.views.settings.organisers import organisers

__all__ = ["bp", "event", "organisers", "tracks", "venues"]
