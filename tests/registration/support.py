"""What the tests of registration share."""

import re
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from galerio_events.events.models import Event
from galerio_events.outbox.models import OutboxMail
from galerio_events.registration.domain import AffiliationKind, ConsentKind, Details, Edition, Terms
from galerio_events.registration.models import Intake, Registration
from galerio_events.text import private_token
from tests.support.builders import make_event, make_session, sample_programme, store_release

SECRET = "a secret that only the tests know"
TERMS = Terms("2022-10", "en")


def open_event(db_session: Session, *, capacity: int | None = None, places: dict[str, int] | None = None) -> Edition:
    """A released event of three sessions that takes registrations for ever. `places` limits single sessions."""
    event = make_event(db_session)
    for number in (1, 2, 3):
        make_session(db_session, event, f"session-{number}", capacity=(places or {}).get(f"session-{number}"))
    programme = sample_programme(3)
    store_release(db_session, event, programme)
    db_session.add(Intake(event_id=event.id, capacity=capacity))
    db_session.commit()
    return edition(event)


def edition(event: Event) -> Edition:
    return Edition(event.id, event.slug, event.title, event.timezone, sample_programme(3))


def details(**more: Any) -> Details:
    given: dict[str, Any] = {
        "name": "Niran Example",
        "email": "niran@example.org",
        "country": "TH",
        "affiliation_kind": AffiliationKind.COMPANY,
        "language": "en",
        "consents": frozenset({ConsentKind.PRIVACY_NOTICE}),
    }
    return Details(**(given | more))


def answers(**more: Any) -> dict[str, Any]:
    """What a browser sends with the form."""
    given: dict[str, Any] = {
        "form_key": "a form",
        "name": "Niran Example",
        "email": "niran@example.org",
        "country": "TH",
        "affiliation_kind": "company",
        "language": "en",
        "agreed": "y",
        "website": "",
    }
    return given | more


def send(client: FlaskClient, *, page: str = "en", **more: Any) -> TestResponse:
    """Send the registration form."""
    return client.post(f"/{page}/ascc11/register", data=answers(**more))


def registrations(db_session: Session) -> list[Registration]:
    db_session.expire_all()
    return list(db_session.scalars(sa.select(Registration).order_by(Registration.id)))


def mails(db_session: Session) -> list[OutboxMail]:
    db_session.expire_all()
    return list(db_session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id)))


def token_of(mail: OutboxMail, purpose: str = "manage") -> str:
    """The token of the private link in that mail, as its recipient gets it."""
    return private_token(SECRET, purpose, mail.values[purpose])


def errors_at(response: TestResponse) -> dict[str, str]:
    """Field to message, as the page shows them beside the fields."""
    found = re.findall(r'<p class="error" id="([\w-]+)-error"><span[^>]*>[^<]*</span>([^<]*)</p>', response.text)
    return dict(found)
