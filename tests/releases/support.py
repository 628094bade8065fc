"""An event with people and registrants, to be told of its releases."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.events.models import Event
from galerio_events.outbox.models import OutboxMail
from galerio_events.people.models import Person
from galerio_events.programme.domain import RoleKind
from galerio_events.programme.models import ProgrammeSession
from galerio_events.registration.domain import AffiliationKind, LinkPurpose, RegistrationState
from galerio_events.registration.models import PrivateLink, Registration, SessionChoice
from galerio_events.releases.domain.diff import SessionChange
from galerio_events.releases.services import Telling, release_programme
from galerio_events.text import private_token, token_hash
from tests.support.builders import NOW, make_event, make_person, make_session, tr, utc

SECRET = "a secret that only the tests know"
LATER = NOW + timedelta(days=1)


def _rows(change: SessionChange, language: str) -> list[dict[str, str]]:
    return [{"field": f.field, "before": "", "after": language, "language": ""} for f in change.fields]


TELLING = Telling(("ja", "en"), _rows)


@dataclass
class World:
    """Three sessions: anna and ben are in the first, ben and carl in the second, dora in the third."""

    event: Event
    sessions: dict[str, ProgrammeSession]
    people: dict[str, Person]


def world(db_session: Session) -> World:
    """Released once, silently, at `NOW`. anna reads English, ben Japanese; carl has a name in English alone; dora has
    no address."""
    event = make_event(db_session)
    people = {
        "anna": make_person(
            db_session, event, "anna", name=tr("アンナ", "Anna"), email="anna@example.org", language="en"
        ),
        "ben": make_person(
            db_session, event, "ben", name=tr("ベン", "Ben"), email="ben@example.org", language="ja",
            timezone="Asia/Bangkok",
        ),
        "carl": make_person(db_session, event, "carl", name=tr("", "Carl"), email="carl@example.org"),
        "dora": make_person(db_session, event, "dora", name=tr("", "Dora")),
    }  # fmt: skip
    speaker = RoleKind.SPEAKER
    sessions = {
        key: make_session(
            db_session, event, key, people=tuple((speaker, people[name]) for name in names),
            starts_at=utc(25, hour), ends_at=utc(25, hour + 1), title=tr(f"題{hour}", f"Title {hour}"),
        )
        for key, hour, names in (("first", 1, ("anna", "ben")), ("second", 3, ("ben", "carl")), ("third", 5, ("dora",)))
    }  # fmt: skip
    release_programme(db_session, event.id, account_id=None, now=NOW)
    db_session.commit()
    return World(event, sessions, people)


def make_registration(db_session: Session, made: World, email: str, chosen: Iterable[str], **more: Any) -> Registration:
    """An active registration with private links, for those sessions."""
    given: dict[str, Any] = {
        "name": f"Name of {email}",
        "language": "en",
        "reference": f"R-{email}"[:16],
        "state": RegistrationState.ACTIVE,
    }
    version = more.pop("version", 1)
    registration = Registration(
        event_id=made.event.id, email=email, email_key=email.lower(), country="TH",
        affiliation_kind=AffiliationKind.COMPANY, submission_key=email, created_at=NOW, updated_at=NOW,
        **(given | more),
    )  # fmt: skip
    for purpose in LinkPurpose:
        nonce = f"{email}-{purpose.value}"
        hashed = token_hash(private_token(SECRET, purpose.value, nonce))
        registration.links.append(PrivateLink(purpose=purpose, nonce=nonce, token_hash=hashed, created_at=NOW))
    registration.choices = [SessionChoice(programme_session=made.sessions[key]) for key in chosen]
    db_session.add(registration)
    db_session.flush()
    db_session.execute(sa.update(Registration).where(Registration.id == registration.id).values(version=version))
    db_session.commit()
    return registration


def mails(db_session: Session) -> dict[str, OutboxMail]:
    """Every mail in the outbox by its recipient."""
    db_session.expire_all()
    rows = db_session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id)).all()
    found = {row.recipient_email: row for row in rows}
    assert len(found) == len(rows)
    return found
