"""Pages of the desk, and the control room."""

from galerio_events.desk.views import control, feed, joining, notices, pages, worker
from galerio_events.desk.views.common import blueprint

blueprints = (blueprint,)

__all__ = ["blueprints", "control", "feed", "joining", "notices", "pages", "worker"]
