"""Reads of the draft programme."""

from galerio_events.programme.queries.drafts import draft_of
from galerio_events.programme.queries.sessions import (
    Choices,
    Ids,
    choices,
    frame_of,
    ids_by_key,
    minutes_of_kind,
    session_by_key,
    session_by_nonce,
    session_ids,
    sessions_of,
    times_by_key,
    values_of,
)
from galerio_events.programme.queries.uploads import upload_by_nonce

__all__ = [
    "Choices",
    "Ids",
    "choices",
    "draft_of",
    "frame_of",
    "ids_by_key",
    "minutes_of_kind",
    "session_by_key",
    "session_by_nonce",
    "session_ids",
    "sessions_of",
    "times_by_key",
    "upload_by_nonce",
    "values_of",
]
