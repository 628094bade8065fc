"""Pages of the desk."""

from galerio_events.desk.views import feed, joining, pages, worker
from galerio_events.desk.views.common import blueprint

blueprints = (blueprint,)

__all__ = ["blueprints", "feed", "joining", "pages", "worker"]
