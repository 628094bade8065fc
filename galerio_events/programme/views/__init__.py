"""The organisers' programme."""

from galerio_events.programme.views import conflicts, kinds, place, settings, timetable, translations  # noqa: F401 they add routes to the blueprint
from galerio_events.programme.views.pages import bp
from galerio_events.programme.views.people import bp as people_bp

blueprints = (
    bp,
    settings.bp,
    kinds.bp,
    people_bp,
)
