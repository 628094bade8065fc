"""The organisers' programme."""

from galerio_events.programme.views.pages import bp

blueprints = (bp,)
