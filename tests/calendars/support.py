"""Releases to serve, and what the tests ask of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy.orm import Session

from galerio_events.events import queries as events
from galerio_events.events.models import Event
from galerio_events.extensions import db
from galerio_events.releases.domain import document
from galerio_events.releases.domain.diff import sequenced
from galerio_events.releases.domain.document import PublishedProgramme, PublishedSession
from galerio_events.releases.models import Release
from tests.support.builders import make_event, sample_programme, store_release

LATER = datetime(2022, 11, 1, 9, 30, tzinfo=UTC)


def release(db_session: Session, programme: PublishedProgramme | None = None) -> Event:
    """An event of which that programme is published."""
    event = make_event(db_session)
    store_release(db_session, event, programme or sample_programme())
    db_session.commit()
    return event


def next_release(programme: PublishedProgramme, **changed: PublishedSession | None) -> PublishedProgramme:
    """The release after `programme`: `session_2=None` takes that session out, a session takes its place."""
    keys = {name.replace("_", "-"): value for name, value in changed.items()}
    kept = tuple(keys.get(s.key, s) for s in programme.sessions)
    draft = replace(programme, sessions=tuple(s for s in kept if s is not None))
    return sequenced(programme, draft, number=programme.number + 1, now=LATER)


def moved(session: PublishedSession, minutes: int = 30) -> PublishedSession:
    later = timedelta(minutes=minutes)
    return replace(session, starts_at=session.starts_at + later, ends_at=session.ends_at + later)


def publish(app: Flask, programme: PublishedProgramme) -> None:
    """Commit that release in the database of an application made by `make_app`, as another process would."""
    with app.app_context():
        session = db.session()
        event = events.by_slug(session, programme.event.slug) or make_event(session, programme.event.slug)
        text = document.to_json(programme)
        row = {
            "event_id": event.id,
            "number": programme.number,
            "released_at": programme.released_at,
            "document": text,
            "digest": document.digest(text),
            "note": "",
        }
        session.flush()
        session.execute(Release.__table__.insert(), row)
        session.commit()
