"""The organisers' pages about mail, and what an application does so that mail leaves soon after a commit."""

from galerio_events.outbox.views import drafts  # noqa: F401 its routes are on the same blueprint
from galerio_events.outbox.views.pages import bp

blueprints = (bp,)
