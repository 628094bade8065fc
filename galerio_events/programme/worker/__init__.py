"""The worker that suggests times: it takes requests, searches, and writes down what came of it."""

from galerio_events.programme.worker.starting import Starter

__all__ = ["Starter"]
