"""The events' pages."""

from galerio_events.events.views.organise import bp

blueprints = (bp,)
