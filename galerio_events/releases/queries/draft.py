"""The draft in the shape of a release."""

from collections import defaultdict
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.events.models import Event, EventOrganiser, Track, Venue
from galerio_events.events.queries import hold_still
from galerio_events.people.models import Organisation, Person
from galerio_events.people.queries.profiles import published_photo
from galerio_events.programme.domain import RoleState
from galerio_events.programme.domain.plain import links_from_plain
from galerio_events.programme.models import ProgrammeSession, RoleAssignment
from galerio_events.releases.domain.document import (
    PublishedEvent,
    PublishedOrganisation,
    PublishedOrganiser,
    PublishedPerson,
    PublishedProgramme,
    PublishedRole,
    PublishedSession,
    PublishedTrack,
    PublishedVenue,
)

# The number and time of a draft, which has neither.
DRAFT = 0
NOT_RELEASED = datetime(1970, 1, 1, tzinfo=UTC)


def draft_programme(db_session: Session, event_id: int) -> PublishedProgramme:
    """The draft in the shape of a release: number `DRAFT`, time `NOT_RELEASED`, sequences 0, no sessions that
    are removed or in the tray, nobody who is still to be invited.

    Nine queries, however long the programme is, between which nobody changes it. Raises `NoResultFound` where there is
    no such event.
    """
    hold_still(db_session, event_id)
    venues = db_session.execute(
        sa.select(Venue.id, Venue.key, Venue.kind, Venue.name, Venue.url)
        .where(Venue.event_id == event_id)
        .order_by(Venue.position, Venue.id)
    ).all()
    tracks = db_session.execute(
        sa.select(Track.id, Track.key, Track.name, Track.colour)
        .where(Track.event_id == event_id)
        .order_by(Track.position, Track.id)
    ).all()
    people = db_session.execute(
        sa.select(
            Person.id,
            Person.key,
            Person.name,
            Person.affiliation,
            Person.bio,
            Person.country,
            Person.job_title,
            published_photo().label("photo"),
            Person.links,
        )
        .where(Person.event_id == event_id)
        .order_by(Person.position, Person.id)
    ).all()
    organisations = db_session.execute(
        sa.select(Organisation.id, Organisation.key, Organisation.name)
        .where(Organisation.event_id == event_id)
        .order_by(Organisation.key)
    ).all()
    keys: dict[type, dict[int | None, str]] = {
        Venue: {v.id: v.key for v in venues},
        Track: {t.id: t.key for t in tracks},
        Person: {p.id: p.key for p in people},
        Organisation: {o.id: o.key for o in organisations},
    }
    roles = _draft_roles(db_session, event_id, keys[Person])
    s = ProgrammeSession
    sessions = db_session.execute(
        sa.select(
            s.id,
            s.key,
            s.uid,
            s.kind,
            s.starts_at,
            s.ends_at,
            s.title,
            s.summary,
            s.abstract,
            s.venue_id,
            s.track_id,
            s.organiser_id,
            s.language,
            s.links,
        ).where(s.event_id == event_id, s.removed_at.is_(None), s.scheduled)
    ).all()
    return PublishedProgramme(
        number=DRAFT,
        released_at=NOT_RELEASED,
        event=_draft_event(db_session, event_id),
        venues=tuple(PublishedVenue(v.key, v.kind, v.name, v.url) for v in venues),
        tracks=tuple(PublishedTrack(t.key, t.name, t.colour) for t in tracks),
        people={row.key: PublishedPerson(*row[1:]) for row in people},
        organisations={o.key: PublishedOrganisation(o.key, o.name) for o in organisations},
        sessions=tuple(
            PublishedSession(
                key=row.key,
                uid=row.uid,
                kind=row.kind,
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                title=row.title,
                summary=row.summary,
                abstract=row.abstract,
                venue=keys[Venue].get(row.venue_id),
                track=keys[Track].get(row.track_id),
                organiser=keys[Organisation].get(row.organiser_id),
                people=tuple(roles[row.id]),
                language=row.language,
                links=links_from_plain(row.links),
            )
            for row in sorted(sessions, key=lambda row: (row.starts_at, row.ends_at, row.key))
        ),
    )


def _draft_roles(
    db_session: Session, event_id: int, people: dict[int | None, str]
) -> defaultdict[int, list[PublishedRole]]:
    rows = db_session.execute(
        sa.select(RoleAssignment.session_id, RoleAssignment.role, RoleAssignment.person_id, RoleAssignment.title)
        .join(ProgrammeSession, ProgrammeSession.id == RoleAssignment.session_id)
        .where(
            ProgrammeSession.event_id == event_id,
            ProgrammeSession.removed_at.is_(None),
            ProgrammeSession.scheduled,
            RoleAssignment.state == RoleState.CONFIRMED,
        )
        .order_by(RoleAssignment.session_id, RoleAssignment.position)
    )
    roles: defaultdict[int, list[PublishedRole]] = defaultdict(list)
    for session_id, role, person_id, title in rows:
        roles[session_id].append(PublishedRole(role, people[person_id], title))
    return roles


def _draft_event(db_session: Session, event_id: int) -> PublishedEvent:
    e = Event
    columns = (
        e.slug, e.title, e.timezone, e.starts_on, e.ends_on, e.ordinal, e.theme, e.day_starts_at, e.languages, e.format,
        e.facts,
    )  # fmt: skip
    row = db_session.execute(sa.select(*columns).where(e.id == event_id)).one()
    organisers = db_session.execute(
        sa.select(EventOrganiser.role, EventOrganiser.name, EventOrganiser.url, EventOrganiser.logo)
        .where(EventOrganiser.event_id == event_id)
        .order_by(EventOrganiser.position)
    )
    values = row._asdict() | {"languages": tuple(row.languages)}
    return PublishedEvent(**values, organisers=tuple(PublishedOrganiser(*organiser) for organiser in organisers))
