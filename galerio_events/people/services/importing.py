"""Writes of many persons and organisations at once."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from galerio_events.bulk import Merged, merge_by_key
from galerio_events.people.models import Organisation, Person


def save_people(db_session: Session, event_id: int, people: Mapping[str, Mapping[str, Any]]) -> Merged:
    """Make the event's persons of these keys say this; others stay."""
    return merge_by_key(db_session, Person, event_id, people)


def save_organisations(db_session: Session, event_id: int, organisations: Mapping[str, Mapping[str, Any]]) -> Merged:
    """Make the event's organisations of these keys say this; others stay."""
    return merge_by_key(db_session, Organisation, event_id, organisations)
