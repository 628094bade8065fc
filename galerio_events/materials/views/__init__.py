"""Slides and documents: their pages, and the files themselves."""

from galerio_events.materials.services import hand_over
from galerio_events.materials.views import one, overview, pages, serving, shown, sizes
from galerio_events.materials.views.blueprint import bp
from galerio_events.materials.views.serving import files
from galerio_events.programme.services.people import register_following

register_following(hand_over)

blueprints = (bp, files)

__all__ = ["blueprints", "one", "overview", "pages", "serving", "shown", "sizes"]
