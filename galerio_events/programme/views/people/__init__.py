"""Persons and organisations: lists of them, their forms, and merging two that are one."""

from galerio_events.programme.views.people import entries, merging  # noqa: F401 they add routes to the blueprint
from galerio_events.programme.views.people.lists import bp

__all__ = ["bp"]
