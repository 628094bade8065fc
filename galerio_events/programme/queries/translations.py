"""Every text of an event's draft that readers may see."""

from collections.abc import Iterator, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.events.models import Event, EventOrganiser, Track, Venue
from galerio_events.people.models import Organisation, Person
from galerio_events.programme.domain.translations import Owner, TextOf
from galerio_events.programme.models import ProgrammeSession, RoleAssignment
from galerio_events.translated import Translated

Texts = tuple[Owner, Mapping[str, Translated]]


def texts_of(db_session: Session, event_id: int) -> list[Texts]:
    """Everything with texts, in the order of an organiser's screens; sessions by time, each before its talks.

    Eight queries, however long the programme is. Removed sessions are left out, those in the tray are not.
    """
    return [*_settings(db_session, event_id), *_people(db_session, event_id), *_sessions(db_session, event_id)]


def _settings(db_session: Session, event_id: int) -> Iterator[Texts]:
    e, o = Event, EventOrganiser
    title, theme = db_session.execute(sa.select(e.title, e.theme).where(e.id == event_id)).one()
    yield Owner(TextOf.EVENT, "", title), {"title": title, "theme": theme}
    organisers = sa.select(o.id, o.name).where(o.event_id == event_id).order_by(o.position)
    for number, name in db_session.execute(organisers):
        yield Owner(TextOf.ORGANISER, str(number), name), {"name": name}
    for of, model in ((TextOf.VENUE, Venue), (TextOf.TRACK, Track)):
        named = sa.select(model.key, model.name).where(model.event_id == event_id).order_by(model.position, model.id)
        for key, name in db_session.execute(named):
            yield Owner(of, key, name), {"name": name}


def _people(db_session: Session, event_id: int) -> Iterator[Texts]:
    p, o = Person, Organisation
    people = sa.select(p.key, p.name, p.affiliation, p.bio).where(p.event_id == event_id).order_by(p.position, p.id)
    for key, name, affiliation, bio in db_session.execute(people):
        yield Owner(TextOf.PERSON, key, name), {"name": name, "affiliation": affiliation, "bio": bio}
    organisations = sa.select(o.key, o.name).where(o.event_id == event_id).order_by(o.key)
    for key, name in db_session.execute(organisations):
        yield Owner(TextOf.ORGANISATION, key, name), {"name": name}


def _sessions(db_session: Session, event_id: int) -> Iterator[Texts]:
    s, r, p = ProgrammeSession, RoleAssignment, Person
    talks: dict[int, list[tuple[Translated, Translated]]] = {}
    roles = (
        sa.select(r.session_id, r.title, p.name)
        .join(s, s.id == r.session_id)
        .join(p, p.id == r.person_id)
        .where(s.event_id == event_id, s.removed_at.is_(None))
        .order_by(r.session_id, r.position)
    )
    for session_id, talk, person in db_session.execute(roles):
        talks.setdefault(session_id, []).append((talk, person))
    sessions = (
        sa.select(s.id, s.key, s.title, s.summary, s.abstract)
        .where(s.event_id == event_id, s.removed_at.is_(None))
        .order_by(s.starts_at, s.key)
    )
    for session_id, key, title, summary, abstract in db_session.execute(sessions):
        yield Owner(TextOf.SESSION, key, title), {"title": title, "summary": summary, "abstract": abstract}
        for row, (talk, person) in enumerate(talks.get(session_id, [])):
            yield Owner(TextOf.TALK, key, person, row), {"title": talk}
