"""The organisers' control room on the day."""

from galerio_events.desk.views.control import board, coming, message

__all__ = ["board", "coming", "message"]
