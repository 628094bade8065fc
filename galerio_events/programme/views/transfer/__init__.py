"""The ways in: files with a preview, and tables to fill in."""

from galerio_events.programme.views.transfer.pages import bp

__all__ = ["bp"]
