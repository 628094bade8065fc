"""A published session with a moderator, a speaker and registrants."""

from dataclasses import dataclass, field

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events.accounts.models import Account
from galerio_events.events.models import Event
from galerio_events.permissions import AccountRole
from galerio_events.programme.domain import RoleKind
from galerio_events.programme.models import ProgrammeSession
from galerio_events.questions import queries, services
from galerio_events.questions.domain import Phase
from galerio_events.questions.queries import Settled
from galerio_events.registration.domain import AffiliationKind, LinkPurpose
from galerio_events.registration.models import PrivateLink, Registration
from galerio_events.releases.domain.document import PublishedProgramme
from galerio_events.text import private_token, token_hash
from tests.support.builders import (
    NOW,
    make_account,
    make_event,
    make_person,
    make_session,
    sample_programme,
    sign_in,
    store_release,
    tr,
)

SECRET = "a secret that only the tests know"


@dataclass
class Hall:
    """`session-1` of a released event is from 04:10 to 05:20 in UTC on 25 November 2022."""

    event: Event
    session: ProgrammeSession
    moderator: Account
    speaker: Account
    organiser: Account
    stranger: Account
    people: dict[str, Registration] = field(default_factory=dict)

    secret: str = SECRET

    path = "/en/ascc11/sessions/session-1/questions"
    desk = "/en/desk/ascc11/sessions/session-1/questions"
    organise = "/en/organise/ascc11/programme/session-1/questions"


def make_hall(db_session: Session, *, secret: str = SECRET, programme: PublishedProgramme | None = None) -> Hall:
    event = make_event(db_session)
    mori = make_person(db_session, event, "mori", name=tr("森", "Mori"), email="mori@example.org")
    pablo = make_person(db_session, event, "pablo", email="pablo@example.org")
    other = make_person(db_session, event, "other", email="other@example.org")
    programme = programme or sample_programme(2)
    first, second = programme.sessions
    session = make_session(
        db_session,
        event,
        "session-1",
        people=((RoleKind.MODERATOR, mori), (RoleKind.PANELIST, pablo)),
        starts_at=first.starts_at,
        ends_at=first.ends_at,
    )
    make_session(
        db_session,
        event,
        "session-2",
        people=((RoleKind.MODERATOR, other),),
        starts_at=second.starts_at,
        ends_at=second.ends_at,
    )
    store_release(db_session, event, programme)
    hall = Hall(
        event,
        session,
        make_account(db_session, "mori@example.org", None),
        make_account(db_session, "pablo@example.org", None),
        make_account(db_session, "organiser@example.org", AccountRole.ORGANISER, event),
        make_account(db_session, "other@example.org", None),
        secret=secret,
    )
    for name in ("niran", "akiko", "lin"):
        hall.people[name] = make_registration(db_session, event, name, secret=secret)
    db_session.commit()
    return hall


def make_registration(db_session: Session, event: Event, name: str, *, secret: str = SECRET) -> Registration:
    """An active registration of that name, at `NAME@example.org`."""
    token = private_token(secret, LinkPurpose.MANAGE.value, f"link-{event.slug}-{name}")
    made = Registration(
        event_id=event.id,
        reference=f"{event.slug[-2:]}-{name}",
        name=f"{name.title()} Example",
        email=f"{name}@example.org",
        email_key=f"{name}@example.org",
        country="TH",
        affiliation_kind=AffiliationKind.COMPANY,
        language="en",
        submission_key=f"form of {name}",
        created_at=NOW,
        updated_at=NOW,
    )
    made.links.append(
        PrivateLink(
            purpose=LinkPurpose.MANAGE,
            nonce=f"link-{event.slug}-{name}",
            token_hash=token_hash(token),
            created_at=NOW,
        )
    )
    db_session.add(made)
    db_session.flush()
    return made


def link_of(hall: Hall, name: str) -> str:
    """The address of the private link."""
    token = private_token(hall.secret, LinkPurpose.MANAGE.value, f"link-{hall.event.slug}-{name}")
    return f"/en/{hall.event.slug}/registration/{token}"


def registrant(app: Flask, hall: Hall, name: str) -> FlaskClient:
    """A browser in which somebody has opened their registration."""
    client = app.test_client()
    assert client.get(link_of(hall, name)).status_code == 200
    return client


def client_of(app: Flask, account: Account) -> FlaskClient:
    client = app.test_client()
    sign_in(client, account)
    return client


def settled(db_session: Session, hall: Hall) -> Settled:
    db_session.expire_all()
    found = queries.settled(db_session, hall.event.slug, hall.session.key)
    assert found is not None
    return found


def put(db_session: Session, hall: Hall, name: str, text: str, *, language: str = "en", hide: bool = False) -> int:
    """Put a question past the pages; its number."""
    number = services.ask(
        db_session,
        settled(db_session, hall),
        hall.people[name].id,
        text=text,
        language=language,
        hide_name=hide,
        phase=Phase.OPEN,
        now=NOW,
    )
    db_session.commit()
    return number
