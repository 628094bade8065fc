"""Writes of registrations: signing up, changing, cancelling, and private links."""

from galerio_events.registration.services.admission import register
from galerio_events.registration.services.audience import by_country, concerned
from galerio_events.registration.services.changes import cancel, change, restore
from galerio_events.registration.services.links import calendar_token, new_link, rotate_calendar_link

__all__ = [
    "by_country",
    "calendar_token",
    "cancel",
    "change",
    "concerned",
    "new_link",
    "register",
    "restore",
    "rotate_calendar_link",
]
