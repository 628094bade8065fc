"""Slides and documents of sessions: kept in versions, and public when their people and the organisers say."""
