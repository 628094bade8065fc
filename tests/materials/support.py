"""A session with a moderator, two speakers and an interpreter, each of whom can sign in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from galerio_events import clock
from galerio_events.events.models import Event
from galerio_events.materials import queries
from galerio_events.materials.domain import MaterialKind, MaterialValues, Publication
from galerio_events.materials.queries import Held
from galerio_events.people.models import Person
from galerio_events.programme.domain import RoleKind
from galerio_events.programme.models import ProgrammeSession
from galerio_events.releases.services import release_programme
from tests.materials import files
from tests.support.builders import make_account, make_event, make_person, make_session, sign_in, tr

HOUR = timedelta(hours=1)
PLACE = "/en/desk/ascc11/sessions/session-3/materials"
VALUES = MaterialValues(tr("街の資料", "City slides"), MaterialKind.SLIDES, Publication.NEVER)


@dataclass
class World:
    event: Event
    session: ProgrammeSession
    people: dict[str, Person]


def make_world(db_session: Session, *, starts: timedelta = 48 * HOUR) -> World:
    """The session begins that long from now, lasts an hour, and is released."""
    begins = clock.utc_now().replace(minute=0, second=0, microsecond=0) + starts
    event = make_event(
        db_session, starts_on=(begins - 48 * HOUR).date(), ends_on=(begins + 72 * HOUR).date(), timezone="UTC"
    )
    people = {
        key: make_person(db_session, event, key, name=tr("", key.title()), email=f"{key}@example.org")
        for key in ("mori", "sato", "lee", "ito")
    }
    roles = dict(
        zip(people, (RoleKind.MODERATOR, RoleKind.SPEAKER, RoleKind.SPEAKER, RoleKind.INTERPRETER), strict=True)
    )
    session = make_session(
        db_session, event, starts_at=begins, ends_at=begins + HOUR,
        people=tuple((role, people[key]) for key, role in roles.items()),
    )  # fmt: skip
    release_programme(db_session, event.id, account_id=None, note="", now=clock.utc_now())
    db_session.commit()
    return World(event, session, people)


def sign_in_as(client: FlaskClient, db_session: Session, key: str) -> None:
    """As one of the people, or as `organiser`."""
    account = make_account(db_session) if key == "organiser" else make_account(db_session, f"{key}@example.org", None)
    db_session.commit()
    sign_in(client, account)


def file_of(data: bytes = files.PDF, name: str = "slides.pdf") -> tuple[BytesIO, str]:
    return BytesIO(data), name


def send(client: FlaskClient, data: bytes = files.PDF, name: str = "slides.pdf", **fields: Any) -> TestResponse:
    """Send a file with the form that adds one."""
    usual = {"kind": "slides", "publication": "never", "title_en": "City slides", "owner": "session"}
    return client.post(PLACE, data=usual | fields | {"file": file_of(data, name)})


def held_of(db_session: Session, world: World) -> list[Held]:
    """What the session has, as it is stored."""
    db_session.expire_all()
    return queries.of_sessions(db_session, [world.session.id]).get(world.session.id, [])


def after(world: World) -> datetime:
    """When the session is over."""
    return world.session.ends_at
