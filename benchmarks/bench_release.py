"""Releasing a programme of 1,500 sessions: silently, announced to 5,000 people, and telling what changed.

The draft is the one that conflicts are measured with; the target is set for 1,350 sessions. A release is timed from the
call to the end of its transaction.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from benchmarks.drafts import SLUG, store
from benchmarks.harness import Figure, scratch_instance, timed
from galerio_events import clock
from galerio_events.db import begin_writing
from galerio_events.extensions import db
from galerio_events.outbox.models import OutboxMail
from galerio_events.programme.models import ProgrammeSession
from galerio_events.registration.domain import AffiliationKind, RegistrationState
from galerio_events.registration.models import Registration, SessionChoice
from galerio_events.releases import queries
from galerio_events.releases.services import Telling, release_programme
from galerio_events.releases.views import told
from galerio_events.web import published
from galerio_events.web.locale import LANGUAGES

REGISTRANTS = 5000
RELEASES = 20


def measure() -> Iterable[Figure]:
    """The figures, on both databases."""
    for backend in ("sqlite", "postgresql"):
        with scratch_instance(backend) as instance:
            app = instance.app()
            with app.app_context():
                yield from _figures(app, backend)
                db.session.remove()
                db.engine.dispose()


def _figures(app: Flask, backend: str) -> Iterator[Figure]:
    begin_writing()
    session = db.session()
    event_id, draft = store(session)
    _register(session, event_id, len(draft.sessions))
    first = timed(lambda: _release(session, event_id))
    yield Figure(f"first release of {len(draft.sessions):,} sessions, {backend}", first, at_most=1, note="seconds")
    _move(session, event_id)
    everything = timed(lambda: _release(session, event_id))
    yield Figure(f"release in which all of them are moved, {backend}", everything, at_most=1, note="seconds")
    _move(session, event_id)
    with app.test_request_context():
        telling = Telling(LANGUAGES, lambda change, language: told.rows_of_mail(change, language, "Asia/Tokyo"))
        announced = timed(lambda: _release(session, event_id, telling))
    mails = session.scalar(sa.select(sa.func.count(OutboxMail.id)))
    yield Figure(f"the same, announced, {backend}", announced, note=f"seconds; no target; {mails:,} mails are drafted")
    for turn in range(RELEASES):
        _move(session, event_id, only=turn)
        _release(session, event_id)
    queries.forget()
    published.forget()
    client = app.test_client()
    page = timed(lambda: _get(client, f"/en/{SLUG}/changes"))
    yield Figure(f"page of {RELEASES} releases, nothing in memory, {backend}", page, note="seconds; no target")


def _release(session: Session, event_id: int, telling: Telling | None = None) -> None:
    release_programme(session, event_id, account_id=None, telling=telling, now=clock.utc_now())
    session.commit()


def _move(session: Session, event_id: int, *, only: int | None = None) -> None:
    """Five minutes later: every session, or a single one, another one for each number."""
    rows = session.scalars(sa.select(ProgrammeSession).where(ProgrammeSession.event_id == event_id)).all()
    chosen = rows if only is None else [rows[17 * only % len(rows)]]
    for row in chosen:
        row.starts_at += timedelta(minutes=5)
        row.ends_at += timedelta(minutes=5)
    session.commit()
    session.expire_all()


def _register(session: Session, event_id: int, sessions: int) -> None:
    now = clock.utc_now()
    ids = session.scalars(sa.select(ProgrammeSession.id).where(ProgrammeSession.event_id == event_id)).all()
    session.execute(
        sa.insert(Registration),
        [
            {
                "event_id": event_id,
                "reference": f"B-{number}",
                "state": RegistrationState.ACTIVE,
                "name": f"Participant {number}",
                "email": f"p{number}@example.org",
                "email_key": f"p{number}@example.org",
                "country": "JP",
                "affiliation_kind": AffiliationKind.COMPANY,
                "language": LANGUAGES[number % 2],
                "submission_key": str(number),
                "created_at": now,
                "updated_at": now,
            }
            for number in range(REGISTRANTS)
        ],
    )
    registrations = session.scalars(sa.select(Registration.id)).all()
    session.execute(
        sa.insert(SessionChoice),
        [
            {"registration_id": registration, "session_id": ids[(number * 7 + turn * 13) % sessions]}
            for number, registration in enumerate(registrations)
            for turn in range(5)
        ],
    )
    session.commit()


def _get(client: FlaskClient, path: str) -> None:
    status = client.get(path).status_code
    if status != 200:
        raise RuntimeError(f"{path} answers {status}")
