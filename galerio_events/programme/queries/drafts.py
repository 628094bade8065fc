"""The draft as a whole, as an import compares it with a file."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.db import Base
from galerio_events.events.domain import Subject
from galerio_events.events.models import Event, EventOrganiser, Track, Venue
from galerio_events.people.models import Availability, Organisation, Person
from galerio_events.programme.domain.plain import links_from_plain
from galerio_events.programme.domain.planning import FRESH, Draft, Stored, StoredSession
from galerio_events.programme.domain.values import OrganiserValue, RoleValue, SessionValues
from galerio_events.programme.models import ProgrammeSession, RoleAssignment

# The columns of an event that a file can speak of.
EVENT_COLUMNS = (
    *("title", "theme", "timezone", "starts_on", "ends_on", "ordinal", "day_starts_at", "languages", "format"),
    *("changeover_minutes", "facts"),
)
_AT_ONCE = 10_000


def draft_of(db_session: Session, event_id: int, uids: Collection[str] = ()) -> Draft:
    """All of the event's draft. `uids` are those of a file: the draft says which of them other events use.

    As many statements as there are kinds of things, however many things there are. Raises `NoResultFound` where there
    is no such event.
    """
    e = Event.__table__.c
    event = db_session.execute(sa.select(e.slug, *(e[name] for name in EVENT_COLUMNS)).where(e.id == event_id)).one()
    organisers = db_session.execute(
        sa.select(EventOrganiser.role, EventOrganiser.name, EventOrganiser.url, EventOrganiser.logo)
        .where(EventOrganiser.event_id == event_id)
        .order_by(EventOrganiser.position)
    )
    values = event._asdict() | {
        "languages": tuple(event.languages),
        "organisers": tuple(OrganiserValue(*organiser) for organiser in organisers),
    }
    slug = values.pop("slug")
    free = _availabilities(db_session, event_id)
    people = _stored(db_session, Person, Subject.PERSON, event_id, Person.position)
    return Draft(
        slug=slug,
        event=values,
        venues=_stored(db_session, Venue, Subject.VENUE, event_id, Venue.position),
        tracks=_stored(db_session, Track, Subject.TRACK, event_id, Track.position),
        organisations=_stored(db_session, Organisation, Subject.ORGANISATION, event_id, Organisation.key),
        people={key: Stored(p.id, {**p.values, "availability": tuple(free[p.id])}) for key, p in people.items()},
        sessions=_sessions(db_session, event_id),
        uids_elsewhere=_uids_elsewhere(db_session, event_id, uids),
    )


def _stored(db_session: Session, model: type[Base], subject: Subject, event_id: int, order: Any) -> dict[str, Stored]:
    table = model.__table__
    names = [name for name in FRESH[subject] if name in table.c]
    rows = db_session.execute(
        sa.select(table.c.id, table.c.key, *(table.c[name] for name in names))
        .where(table.c.event_id == event_id)
        .order_by(order, table.c.id)
    )
    return {key: Stored(row_id, dict(zip(names, given, strict=True))) for row_id, key, *given in rows}


def _availabilities(db_session: Session, event_id: int) -> defaultdict[int, list[tuple[Any, Any]]]:
    rows = db_session.execute(
        sa.select(Availability.person_id, Availability.starts_at, Availability.ends_at)
        .join(Person, Person.id == Availability.person_id)
        .where(Person.event_id == event_id)
        .order_by(Availability.starts_at, Availability.id)
    )
    found: defaultdict[int, list[tuple[Any, Any]]] = defaultdict(list)
    for person_id, starts_at, ends_at in rows:
        found[person_id].append((starts_at, ends_at))
    return found


def _sessions(db_session: Session, event_id: int) -> dict[str, StoredSession]:
    roles: defaultdict[int, list[RoleValue]] = defaultdict(list)
    r = RoleAssignment
    for session_id, role, person, title, minutes, state in db_session.execute(
        sa.select(r.session_id, r.role, Person.key, r.title, r.minutes, r.state)
        .join(Person, Person.id == r.person_id)
        .where(Person.event_id == event_id)
        .order_by(r.session_id, r.position)
    ):
        roles[session_id].append(RoleValue(role, person, title, minutes, state))
    s = ProgrammeSession
    rows = db_session.execute(
        sa.select(
            *(s.id, s.key, s.uid, s.removed_at, s.kind, s.starts_at, s.ends_at, s.title, s.summary, s.abstract),
            Venue.key.label("venue"),
            Track.key.label("track"),
            Organisation.key.label("organiser"),
            *(s.capacity, s.scheduled, s.locked, s.status, s.language, s.needs_interpreter, s.links),
        )
        .outerjoin(Venue, Venue.id == s.venue_id)
        .outerjoin(Track, Track.id == s.track_id)
        .outerjoin(Organisation, Organisation.id == s.organiser_id)
        .where(s.event_id == event_id)
        .order_by(s.id)
    )
    return {
        row.key: StoredSession(
            row.id,
            row.uid,
            SessionValues(
                kind=row.kind,
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                title=row.title,
                summary=row.summary,
                abstract=row.abstract,
                venue=row.venue,
                track=row.track,
                organiser=row.organiser,
                people=tuple(roles[row.id]),
                capacity=row.capacity,
                scheduled=row.scheduled,
                locked=row.locked,
                status=row.status,
                language=row.language,
                needs_interpreter=row.needs_interpreter,
                links=links_from_plain(row.links),
            ),
            row.removed_at is not None,
        )
        for row in rows
    }


def _uids_elsewhere(db_session: Session, event_id: int, uids: Collection[str]) -> frozenset[str]:
    s = ProgrammeSession
    asked = sorted(set(uids))
    found: set[str] = set()
    for begin in range(0, len(asked), _AT_ONCE):
        some = asked[begin : begin + _AT_ONCE]
        found |= set(db_session.scalars(sa.select(s.uid).where(s.event_id != event_id, s.uid.in_(some))))
    return frozenset(found)
