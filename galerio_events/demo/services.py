"""Writes of demo data."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events import clock
from galerio_events.attendance.domain import Stay
from galerio_events.attendance.models import Attendance, Presence
from galerio_events.attendance.services import record_presences
from galerio_events.demo import domain, queries
from galerio_events.demo.domain import PUBLISHED_TOTAL, DemoParticipant, DemoRefused
from galerio_events.errors import NotFound
from galerio_events.events import queries as events
from galerio_events.events.models import Event
from galerio_events.programme.domain.values import ParsedProgramme
from galerio_events.programme.services import import_programme
from galerio_events.registration.domain import RegistrationState
from galerio_events.registration.models import ConsentRecord, Intake, PrivateLink, Registration, SessionChoice
from galerio_events.releases.services import release_programme
from galerio_events.text import email_key

_AT_ONCE = 1000

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading came to: how many synthetic registrations there are now, and whether any of it is new."""

    registrations: int
    changed: bool


def load_event(db_session: Session, parsed: ParsedProgramme, *, now: datetime) -> Event:
    """Import the programme, which is the demo event's, and release it."""
    import_programme(db_session, parsed, now=now)
    event = events.by_slug(db_session, parsed.event.slug)
    if event is None:
        raise NotFound(parsed.event.slug)
    release_programme(db_session, event.id, account_id=None, now=now)
    return event


def load_participants(
    db_session: Session,
    event: Event,
    total: int | None,
    *,
    notice_version: str,
    progress: Progress,
    replacing: Progress = lambda before, wanted: None,
) -> Loaded:
    """Make the event have `total` synthetic registrations with their attendance; no mail is queued for them.

    None means: as many as there are, else the published 730. Synthetic registrations of another number are replaced;
    `replacing` is told of both numbers before.
    Raises `DemoRefused` where any would have to be written while the event has real registrations.
    """
    present = queries.present(db_session, event.id)
    wanted = total if total is not None else present.synthetic or PUBLISHED_TOTAL
    if wanted == present.synthetic:
        return Loaded(wanted, changed=False)
    if present.real:
        raise DemoRefused(f"{event.slug} has registrations that are not synthetic ({present.real})")
    if present.synthetic:
        replacing(present.synthetic, wanted)
        _remove(db_session, event.id)
    first_day = clock.from_wall(datetime.combine(event.starts_on, event.day_starts_at), event.timezone)
    if not queries.has_intake(db_session, event.id):
        # The real conference is over; without a closing time its demo can still be registered for.
        db_session.add(Intake(event_id=event.id, opens_at=None, closes_at=None, capacity=None))
    people = domain.participants(
        wanted, queries.sessions(db_session, event.id), first_day=first_day, zone_name=event.timezone
    )
    done = 0
    for some in _portions(people):
        _add(db_session, event.id, some, notice_version)
        done += len(some)
        progress(done, wanted)
    return Loaded(wanted, changed=True)


def _portions(people: Iterable[DemoParticipant]) -> Iterator[list[DemoParticipant]]:
    remaining = iter(people)
    while some := list(islice(remaining, _AT_ONCE)):
        yield some


def _remove(db_session: Session, event_id: int) -> None:
    ids = queries.synthetic_ids(event_id)
    for table in (Attendance, Presence, SessionChoice, ConsentRecord, PrivateLink):
        db_session.execute(
            sa.delete(table).where(table.registration_id.in_(ids)), execution_options={"synchronize_session": False}
        )
    db_session.execute(
        sa.delete(Registration).where(Registration.id.in_(ids)), execution_options={"synchronize_session": False}
    )
    db_session.expire_all()


def _add(db_session: Session, event_id: int, people: list[DemoParticipant], notice_version: str) -> None:
    ids = db_session.scalars(
        sa.insert(Registration).returning(Registration.id, sort_by_parameter_order=True),
        [_registration(event_id, person) for person in people],
    ).all()
    known = list(zip(ids, people, strict=True))
    connection = db_session.connection()
    connection.execute(
        sa.insert(ConsentRecord),
        [
            {
                "registration_id": key,
                "kind": kind,
                "given": True,
                "text_version": notice_version,
                "language": person.language,
                "recorded_at": person.created_at,
            }
            for key, person in known
            for kind in sorted(person.consents)
        ],
    )
    choices = [{"registration_id": key, "session_id": at} for key, person in known for at in person.chosen]
    if choices:
        connection.execute(sa.insert(SessionChoice), choices)
    record_presences(
        db_session,
        event_id,
        (Stay(key, at, interval, source) for key, person in known for at, interval, source in person.stays),
    )


def _registration(event_id: int, person: DemoParticipant) -> dict[str, Any]:
    return {
        "event_id": event_id,
        "reference": person.reference,
        "state": RegistrationState.ACTIVE,
        "name": person.name,
        "reading": person.reading,
        "email": person.email,
        "email_key": email_key(person.email),
        "country": person.country,
        "organisation": person.organisation,
        "position": person.position,
        "affiliation_kind": person.affiliation_kind,
        "language": person.language,
        "submission_key": person.mark,
        "created_at": person.created_at,
        "updated_at": person.created_at,
        "version": 1,
    }
