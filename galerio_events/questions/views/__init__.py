"""Questions to sessions: for everybody, for the session's moderator, and for organisers."""

from galerio_events.accounts import services as accounts
from galerio_events.questions.queries import registered_mailboxes
from galerio_events.questions.views import answers, moderating, public, pulse, rules
from galerio_events.questions.views.blueprint import bp

accounts.register_mailboxes(registered_mailboxes)

blueprints = (bp,)

__all__ = ["answers", "blueprints", "moderating", "public", "pulse", "rules"]
