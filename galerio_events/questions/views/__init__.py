"""Questions to sessions: for everybody, for the session's moderator, and for organisers."""

from galerio_events import clock
from galerio_events.accounts import services as accounts
from galerio_events.extensions import db
from galerio_events.outbox import services as outbox
from galerio_events.questions.queries import registered_mailboxes
from galerio_events.questions.services import forget_askers
from galerio_events.questions.views import answers, moderating, public, pulse, rules, shown
from galerio_events.questions.views.blueprint import bp


def forget_what_is_over() -> None:
    """Forget who asked and voted, once the time is over; the worker looks every minute."""
    forget_askers(db.session(), clock.utc_now().date())
    db.session.commit()


accounts.register_mailboxes(registered_mailboxes)
outbox.register_chore(forget_what_is_over)

blueprints = (bp,)

__all__ = ["answers", "blueprints", "moderating", "public", "pulse", "rules", "shown"]
