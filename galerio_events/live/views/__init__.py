"""Sessions while they run."""

from galerio_events.live.views import pages, paper, screens
from galerio_events.live.views.blueprint import bp
from galerio_events.live.views.watching import watch_bp

blueprints = (bp, watch_bp)

__all__ = ["blueprints", "pages", "paper", "screens"]
