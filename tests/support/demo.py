"""The 11th ASCC, as the demo data has it. The caller commits."""

from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

import galerio_events
from galerio_events.events import queries as events
from galerio_events.events.models import Event
from galerio_events.programme.imports import yaml_file
from galerio_events.programme.services import import_programme
from galerio_events.releases.models import Release
from galerio_events.releases.services import release_programme
from tests.support.builders import NOW

ASCC11 = Path(galerio_events.__file__).parent / "demo" / "ascc11.yaml"


def imported_ascc11(db_session: Session, *, now: datetime = NOW) -> Event:
    """The event with its whole draft programme, nothing released."""
    import_programme(db_session, yaml_file.parse(ASCC11.read_bytes(), slug="ascc11"), now=now)
    event = events.by_slug(db_session, "ascc11")
    assert event is not None
    return event


def released_ascc11(db_session: Session, *, now: datetime = NOW) -> Release:
    """Release 1 of the event's programme; `event_id` of it is the event."""
    return release_programme(db_session, imported_ascc11(db_session, now=now).id, account_id=None, note="", now=now)


def released_demo(db_session: Session) -> Event:
    """The event, imported and released once."""
    event = imported_ascc11(db_session)
    release_programme(db_session, event.id, account_id=None, note="", now=NOW)
    return event
