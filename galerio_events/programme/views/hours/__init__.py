"""Local hours: what the clock shows where speakers and registrants are, and times that suit them better."""

from galerio_events.db import reading_only
from galerio_events.extensions import db
from galerio_events.outbox import services as outbox
from galerio_events.programme.queries.arranging import oldest_waiting
from galerio_events.programme.views.hours import arrangement, strip, suggest  # noqa: F401 they add routes
from galerio_events.programme.views.hours.blueprint import bp
from galerio_events.programme.worker import Starter

__all__ = ["bp"]


def _waiting() -> bool:
    with reading_only():
        return oldest_waiting(db.session()) is not None


outbox.register_chore(Starter(_waiting))
