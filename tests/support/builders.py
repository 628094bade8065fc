"""Small, valid things to test with. Every builder fills in what the test does not care about."""

import secrets
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from argon2 import PasswordHasher
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events import clock
from galerio_events.accounts.domain import Method
from galerio_events.accounts.models import Account, RoleGrant, SignIn
from galerio_events.events.domain import OrganiserRole, VenueKind
from galerio_events.events.models import Event, EventOrganiser, Track, Venue
from galerio_events.extensions import db
from galerio_events.people.models import Person
from galerio_events.permissions import AccountRole
from galerio_events.programme.domain import RoleKind, SessionKind
from galerio_events.programme.models import ProgrammeSession, RoleAssignment
from galerio_events.releases.domain import document
from galerio_events.releases.domain.document import (
    PublishedEvent,
    PublishedOrganiser,
    PublishedPerson,
    PublishedProgramme,
    PublishedRole,
    PublishedSession,
    PublishedTrack,
    PublishedVenue,
)
from galerio_events.releases.models import Release
from galerio_events.text import token_hash
from galerio_events.translated import Translated

NOW = datetime(2022, 10, 1, 0, 0, tzinfo=UTC)
PASSWORD = "correct horse battery staple"
# Argon2 at its cheapest, so that tests are quick.
PASSWORD_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def tr(ja: str, en: str = "") -> Translated:
    return Translated({"ja": ja, "en": en})


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant in November 2022, in UTC."""
    return datetime(2022, 11, day, hour, minute, tzinfo=UTC)


def make_event(db_session: Session, slug: str = "ascc11", **more: Any) -> Event:
    """A two-day event with one webinar venue (`webinar`) and one track (`smart-city`)."""
    given = {
        "title": tr("第11回アジア・スマートシティ会議", "11th Asia Smart City Conference"),
        "timezone": "Asia/Tokyo",
        "starts_on": date(2022, 11, 24),
        "ends_on": date(2022, 11, 25),
        "day_starts_at": time(0),
        "ordinal": 11,
    }
    event = Event(slug=slug, **(given | more))
    event.organisers = [EventOrganiser(position=0, role=OrganiserRole.HOST, name=tr("横浜市", "City of Yokohama"))]
    event.venues = [Venue(key="webinar", kind=VenueKind.WEBINAR, name=tr("ウェビナー", "Webinar"))]
    event.tracks = [Track(key="smart-city", name=tr("スマートシティ", "Smart city"))]
    db_session.add(event)
    db_session.flush()
    return event


def make_person(db_session: Session, event: Event, key: str = "pablo", **more: Any) -> Person:
    given = {"name": tr("", "Christopher Pablo"), "affiliation": tr("世界銀行", "World Bank"), "country": "JP"}
    person = Person(event_id=event.id, key=key, **(given | more))
    db_session.add(person)
    db_session.flush()
    return person


def make_session(
    db_session: Session,
    event: Event,
    key: str = "session-3",
    *,
    people: tuple[tuple[RoleKind, Person], ...] = (),
    **more: Any,
) -> ProgrammeSession:
    """A session on 25 November 15:50–17:00 in Tokyo, in the event's first venue and track."""
    given = {
        "uid": f"{key}-{event.slug}@example.org",
        "kind": SessionKind.SESSION,
        "venue": event.venues[0],
        "track": event.tracks[0],
        "starts_at": utc(25, 6, 50),
        "ends_at": utc(25, 8, 0),
        "title": tr("魅力ある都市づくり", "Attractive cities"),
        "updated_at": NOW,
    }
    made = ProgrammeSession(event_id=event.id, key=key, **(given | more))
    made.roles = [RoleAssignment(person=person, role=role, position=i) for i, (role, person) in enumerate(people)]
    db_session.add(made)
    db_session.flush()
    return made


def make_account(
    db_session: Session,
    email: str = "organiser@example.org",
    role: AccountRole | None = AccountRole.ORGANISER,
    event: Event | None = None,
) -> Account:
    """An account with `PASSWORD`; with a role on `event`, or on every event where none is given."""
    account = Account(email=email, password=PASSWORD_HASH, fs_uniquifier=f"uniquifier of {email}", created_at=NOW)
    if role is not None:
        account.grants = [RoleGrant(role=role, event_id=event.id if event else None)]
    db_session.add(account)
    db_session.flush()
    return account


def sign_in(client: FlaskClient, account: Account) -> None:
    """Make the client's requests those of that account, as if its password had just been given."""
    secret, long = secrets.token_urlsafe(16), datetime(9000, 1, 1, tzinfo=UTC)
    row = SignIn(
        account_id=account.id, token_hash=token_hash(secret), method=Method.PASSWORD, created_at=NOW,
        seen_at=clock.utc_now(), expires_at=long, password_at=clock.utc_now(), agent="a test",
    )  # fmt: skip
    uniquifier = account.fs_uniquifier
    with client.application.app_context():
        db.session.add(row)
        db.session.commit()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = uniquifier
        cookie["_fresh"] = True
        cookie["sign_in"] = secret


def sample_programme(sessions: int = 3) -> PublishedProgramme:
    """Sessions of 70 minutes from 13:10 on 25 November in Tokyo, ten minutes apart, as release 1."""
    return PublishedProgramme(
        number=1,
        released_at=NOW,
        event=PublishedEvent(
            slug="ascc11",
            title=tr("第11回アジア・スマートシティ会議", "11th Asia Smart City Conference"),
            theme=tr("新たな都市づくり", "New urban development"),
            timezone="Asia/Tokyo",
            starts_on=date(2022, 11, 24),
            ends_on=date(2022, 11, 25),
            ordinal=11,
            organisers=(PublishedOrganiser(OrganiserRole.HOST, tr("横浜市", "City of Yokohama")),),
        ),
        venues=(PublishedVenue("webinar", VenueKind.WEBINAR, tr("ウェビナー", "Webinar")),),
        tracks=(PublishedTrack("smart-city", tr("スマートシティ", "Smart city")),),
        people={
            "pablo": PublishedPerson("pablo", tr("", "Christopher Pablo"), tr("世界銀行", "World Bank"), country="JP"),
            "ishikawa": PublishedPerson("ishikawa", tr("石川 武史"), tr("横浜市", "City of Yokohama"), country="JP"),
        },
        organisations={},
        sessions=tuple(_sample_session(i) for i in range(sessions)),
    )


def _sample_session(i: int) -> PublishedSession:
    begins = utc(25, 4, 10) + timedelta(minutes=80 * i)
    return PublishedSession(
        key=f"session-{i + 1}",
        uid=f"session-{i + 1}@example.org",
        kind=SessionKind.SESSION,
        starts_at=begins,
        ends_at=begins + timedelta(minutes=70),
        title=tr(f"セッション{i + 1}", f"Session {i + 1}"),
        abstract=tr("都市の話。", "About cities."),
        venue="webinar",
        track="smart-city",
        people=(PublishedRole(RoleKind.MODERATOR, "pablo"), PublishedRole(RoleKind.PANELIST, "ishikawa")),
        released_at=NOW,
    )


def store_release(db_session: Session, event: Event, programme: PublishedProgramme) -> Release:
    """The release of that programme, as a row."""
    text = document.to_json(replace(programme, event=replace(programme.event, slug=event.slug)))
    release = Release(
        event_id=event.id,
        number=programme.number,
        released_at=programme.released_at,
        document=text,
        digest=document.digest(text),
    )
    db_session.add(release)
    db_session.flush()
    return release
