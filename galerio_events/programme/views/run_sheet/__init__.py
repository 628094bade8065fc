"""Run sheets, and the templates that they begin with."""

from galerio_events.programme.views.run_sheet import pages, templates
from galerio_events.programme.views.run_sheet.blueprint import bp

__all__ = ["bp", "pages", "templates"]
