"""The whole draft in one go, for those who write it into a file."""

from collections import defaultdict
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.events.models import Event, EventOrganiser, Track, Venue
from galerio_events.events.queries import hold_still
from galerio_events.people.models import Organisation, Person
from galerio_events.programme.domain.plain import links_from_plain
from galerio_events.programme.domain.values import RoleValue, SessionValues
from galerio_events.programme.domain.whole import (
    WholeEvent,
    WholeOrganisation,
    WholeOrganiser,
    WholePerson,
    WholeProgramme,
    WholeSession,
    WholeTrack,
    WholeVenue,
)
from galerio_events.programme.models import ProgrammeSession, RoleAssignment


@dataclass(frozen=True, slots=True)
class _Keys:
    """Id to key of what sessions refer to."""

    venues: dict[int | None, str]
    tracks: dict[int | None, str]
    organisations: dict[int | None, str]
    people: dict[int | None, str]


def whole_draft(db_session: Session, event_id: int) -> WholeProgramme:
    """The draft with its tray, without removed sessions.

    Nine queries, however long it is, between which nobody changes it. Raises `NoResultFound` where there is no such
    event.
    """
    hold_still(db_session, event_id)
    venues = db_session.execute(
        sa.select(
            Venue.id, Venue.key, Venue.kind, Venue.name, Venue.capacity, Venue.url, Venue.join_address,
            Venue.opens_at, Venue.closes_at,
        ).where(Venue.event_id == event_id).order_by(Venue.position, Venue.id)
    ).all()  # fmt: skip
    tracks = db_session.execute(
        sa.select(Track.id, Track.key, Track.name, Track.colour)
        .where(Track.event_id == event_id)
        .order_by(Track.position, Track.id)
    ).all()
    organisations = db_session.execute(
        sa.select(Organisation.id, Organisation.key, Organisation.name)
        .where(Organisation.event_id == event_id)
        .order_by(Organisation.key)
    ).all()
    people = db_session.execute(
        sa.select(Person.id, Person.key, Person.name, Person.affiliation, Person.bio, Person.country)
        .where(Person.event_id == event_id)
        .order_by(Person.position, Person.id)
    ).all()
    keys = _Keys(*({row.id: row.key for row in rows} for rows in (venues, tracks, organisations, people)))
    return WholeProgramme(
        event=_event(db_session, event_id),
        venues=tuple(WholeVenue(*row[1:]) for row in venues),
        tracks=tuple(WholeTrack(*row[1:]) for row in tracks),
        organisations=tuple(WholeOrganisation(*row[1:]) for row in organisations),
        people=tuple(WholePerson(*row[1:]) for row in people),
        sessions=_sessions(db_session, event_id, keys),
    )


def _event(db_session: Session, event_id: int) -> WholeEvent:
    e = Event
    columns = (
        e.slug, e.title, e.timezone, e.starts_on, e.ends_on, e.ordinal, e.theme, e.day_starts_at, e.languages, e.format,
        e.changeover_minutes, e.facts,
    )  # fmt: skip
    row = db_session.execute(sa.select(*columns).where(e.id == event_id)).one()
    organisers = db_session.execute(
        sa.select(EventOrganiser.role, EventOrganiser.name, EventOrganiser.url)
        .where(EventOrganiser.event_id == event_id)
        .order_by(EventOrganiser.position)
    )
    values = row._asdict() | {"languages": tuple(row.languages)}
    return WholeEvent(**values, organisers=tuple(WholeOrganiser(*organiser) for organiser in organisers))


def _sessions(db_session: Session, event_id: int, keys: _Keys) -> tuple[WholeSession, ...]:
    s, r = ProgrammeSession, RoleAssignment
    roles: defaultdict[int, list[RoleValue]] = defaultdict(list)
    for session_id, person_id, role, title, minutes, state in db_session.execute(
        sa.select(r.session_id, r.person_id, r.role, r.title, r.minutes, r.state)
        .join(s, s.id == r.session_id)
        .where(s.event_id == event_id, s.removed_at.is_(None))
        .order_by(r.session_id, r.position)
    ):
        roles[session_id].append(RoleValue(role, keys.people[person_id], title, minutes, state))
    columns = (
        s.id, s.key, s.uid, s.kind, s.starts_at, s.ends_at, s.title, s.summary, s.abstract, s.venue_id, s.track_id,
        s.organiser_id, s.capacity, s.scheduled, s.locked, s.status, s.language, s.needs_interpreter, s.links,
    )  # fmt: skip
    rows = db_session.execute(sa.select(*columns).where(s.event_id == event_id, s.removed_at.is_(None))).all()
    return tuple(
        WholeSession(
            row.key,
            row.uid,
            SessionValues(
                kind=row.kind,
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                title=row.title,
                summary=row.summary,
                abstract=row.abstract,
                venue=keys.venues.get(row.venue_id),
                track=keys.tracks.get(row.track_id),
                organiser=keys.organisations.get(row.organiser_id),
                people=tuple(roles[row.id]),
                capacity=row.capacity,
                scheduled=row.scheduled,
                locked=row.locked,
                status=row.status,
                language=row.language,
                needs_interpreter=row.needs_interpreter,
                links=links_from_plain(row.links),
            ),
        )
        for row in sorted(rows, key=lambda row: (row.starts_at, row.ends_at, row.key))
    )
