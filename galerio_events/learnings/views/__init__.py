"""Key learnings for those who write them and for organisers, and the archive."""

from galerio_events.learnings.views import archive, export, keeping, organise, pages, shown
from galerio_events.learnings.views.blueprint import archive_bp, bp

__all__ = ["archive", "blueprints", "export", "keeping", "organise", "pages", "shown"]

blueprints = (bp, archive_bp)
