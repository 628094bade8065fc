"""Registrants as others see them: among those whom a release concerns, and as the audience of sessions."""

from collections.abc import Collection, Iterator

from sqlalchemy.orm import Session

from galerio_events.programme.services.arranging import Registered
from galerio_events.registration import queries
from galerio_events.releases.domain.audience import Concerned
from galerio_events.translated import Translated


def concerned(db_session: Session, event_id: int, keys: Collection[str]) -> Iterator[Concerned]:
    """Whoever is registered and chose one of these sessions, with the private links that they have."""
    for one in queries.choosers(db_session, event_id, keys):
        yield Concerned(
            email=one.email,
            name=Translated({one.language: one.name}),
            sessions=one.sessions,
            language=one.language,
            reference=one.reference,
            links=one.links,
            revision=one.version - 1,
            chosen=one.sessions,
        )


def by_country(db_session: Session, event_id: int) -> Registered:
    """How many are registered from which country, and who of them chose which session."""
    return Registered(*queries.countries_of_registered(db_session, event_id))
