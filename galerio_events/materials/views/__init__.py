"""Slides and documents: their pages, and the files themselves."""

from galerio_events.materials.views import one, overview, pages, serving, sizes
from galerio_events.materials.views.blueprint import bp
from galerio_events.materials.views.serving import files

blueprints = (bp, files)

__all__ = ["blueprints", "one", "overview", "pages", "serving", "sizes"]
