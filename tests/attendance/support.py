"""Registrations to be present with."""

from typing import Any

from sqlalchemy.orm import Session

from galerio_events.events.models import Event
from galerio_events.registration.domain import AffiliationKind, RegistrationState
from galerio_events.registration.models import Registration, SessionChoice
from tests.support.builders import NOW


def make_registration(
    db_session: Session, event: Event, number: int = 1, *, chosen: tuple[int, ...] = (), **more: Any
) -> Registration:
    """An active registration from Japan by a company's employee, who chose the sessions of these ids."""
    given = {
        "reference": f"{event.slug[:8]}-{number}",
        "state": RegistrationState.ACTIVE,
        "name": f"Participant {number}",
        "email": f"participant-{number}@example.org",
        "email_key": f"participant-{number}@example.org",
        "country": "JP",
        "affiliation_kind": AffiliationKind.COMPANY,
        "language": "en",
        "submission_key": f"{event.slug}:{number}",
        "created_at": NOW,
        "updated_at": NOW,
    }
    registration = Registration(event_id=event.id, **(given | more))
    registration.choices = [SessionChoice(session_id=session_id) for session_id in chosen]
    db_session.add(registration)
    db_session.flush()
    return registration
