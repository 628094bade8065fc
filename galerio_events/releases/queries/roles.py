"""Who is in the programme that the public sees."""

from sqlalchemy.orm import Session

from galerio_events.events import queries as events
from galerio_events.releases.queries.newest import newest_programme


def published_roles(db_session: Session, event_id: int) -> set[tuple[str, str, str]]:
    """Session key, person key and role of everybody in a session of the newest release that takes place."""
    event = events.by_id(db_session, event_id)
    programme = newest_programme(db_session, event.slug)
    if programme is None:
        return set()
    return {(session.key, role.person, role.role.value) for session in programme.running for role in session.people}


def published_people(db_session: Session, event_id: int) -> frozenset[str]:
    """The keys of everybody whom the newest release knows, whether they have a part in it or not."""
    event = events.by_id(db_session, event_id)
    programme = newest_programme(db_session, event.slug)
    return frozenset() if programme is None else frozenset(programme.people)
