"""The desk of somebody with 20 sessions, and the control room of an event of 1,500.

The desk is measured as a browser gets it: its bytes compressed as the server compresses them, the photos of the
people apart, since a browser fetches those only as they come into view.
"""

import gzip
import secrets
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from benchmarks.drafts import SLUG, store
from benchmarks.harness import Figure, scratch_instance, seconds
from galerio_events import clock
from galerio_events.accounts.domain import Method
from galerio_events.accounts.models import Account, RoleGrant, SignIn
from galerio_events.desk.queries.control import around, extent
from galerio_events.extensions import db
from galerio_events.people.models import Person
from galerio_events.permissions import AccountRole
from galerio_events.programme.domain import RoleKind
from galerio_events.programme.models import ProgrammeSession, RoleAssignment
from galerio_events.text import token_hash
from galerio_events.translated import Translated

EMAIL = "moderator@example.org"
SESSIONS, COLLEAGUES = 20, 10


def measure() -> Iterable[Figure]:
    """The figures, on both databases."""
    for backend in ("sqlite", "postgresql"):
        with scratch_instance(backend) as instance:
            app = instance.app(RATELIMIT_ENABLED=False)
            with app.app_context():
                engine = db.engine
            # Requests of several people each need a context of their own, so what is written has a session of its own.
            with Session(engine) as session:
                event_id, _draft = store(session)
                yield from _desk(app, session, event_id, backend)
                yield from _control(app, session, event_id, backend)
            engine.dispose()


def _desk(app: Flask, session: Session, event_id: int, backend: str) -> Iterator[Figure]:
    _move(session, event_id, timedelta(hours=1))
    reader = _signed_in(app, session, EMAIL)
    me = Person(event_id=event_id, key="moderator", name=Translated({"en": "Mo Derator"}), email=EMAIL)
    session.add(me)
    session.flush()
    held = session.scalars(
        sa.select(ProgrammeSession)
        .where(ProgrammeSession.event_id == event_id)
        .order_by(ProgrammeSession.id)
        .limit(SESSIONS)
    ).all()
    queries = {}
    for number, one in enumerate(held, 1):
        _cast(session, one, me)
        session.commit()
        if number in {1, 3, SESSIONS}:
            queries[number] = _queries(session, lambda: reader.get("/ja/desk"))
    page = reader.get("/ja/desk").data
    if page.decode().count("/desk/" + SLUG + "/sessions/") < SESSIONS:
        raise RuntimeError("the desk does not show all sessions")
    counted = f"{queries[1]}, {queries[3]} and {queries[SESSIONS]} with 1, 3 and {SESSIONS}"
    more = queries[SESSIONS] - queries[1]
    yield Figure(f"further queries of a desk with {SESSIONS} sessions, {backend}", more, at_most=0, note=counted)
    size = len(gzip.compress(page, 6)) / 1000
    lazy = page.decode().count('loading="lazy"')
    eager = page.decode().count("/photos/") - lazy
    yield Figure(f"desk with {SESSIONS} sessions, {backend}", size, at_most=60, note="kB compressed")
    yield Figure(f"photos on it that are not lazy, {backend}", eager, at_most=0, note=f"{lazy} are")
    took = seconds(lambda: reader.get("/ja/desk")) * 1000
    yield Figure(f"making that page, {backend}", took, note="ms; no target")


def _cast(session: Session, one: ProgrammeSession, me: Person) -> None:
    """Let somebody moderate that session, with colleagues of whom there is everything to show."""
    first = len(one.roles)
    people = [
        Person(
            event_id=one.event_id,
            key=f"{one.key}-with-{number}",
            name=Translated({"ja": f"見本 花子{number}", "en": f"Hanako {number} Mihon"}),
            affiliation=Translated({"ja": "見本市役所", "en": "City of Samples"}),
            email=f"{one.key}.{number}@example.org",
            reading="みほん はなこ",
            pronunciation="Ha-na-ko, even stress",
            photo=token_hash(f"{one.key} {number}"),
        )
        for number in range(COLLEAGUES)
    ]
    one.roles.append(RoleAssignment(person=me, role=RoleKind.MODERATOR, position=first))
    for number, person in enumerate(people, first + 1):
        one.roles.append(RoleAssignment(person=person, role=RoleKind.PANELIST, position=number))


def _control(app: Flask, session: Session, event_id: int, backend: str) -> Iterator[Figure]:
    organiser = _signed_in(app, session, "organiser@example.org", AccountRole.ORGANISER)
    _move(session, event_id, timedelta(hours=-2))
    loaded = len(around(session, event_id, clock.utc_now()))
    yield Figure(f"sessions that the control room loads of 1,500 in 30 venues, {backend}", loaded, at_most=90,
                 note="what is on, and what is next in each")  # fmt: skip
    session.rollback()
    page = f"/en/organise/{SLUG}/control"
    queries = _queries(session, lambda: organiser.get(page))
    yield Figure(f"queries of the control room, {backend}", queries, at_most=25)
    took = seconds(lambda: organiser.get(page)) * 1000
    yield Figure(f"making the control room, {backend}", took, note="ms; no target")
    tag = {"If-None-Match": organiser.get(f"{page}/board").headers["ETag"]}
    asked = seconds(lambda: organiser.get(f"{page}/board", headers=tag)) * 1000
    yield Figure(f"telling an open one that nothing has changed, {backend}", asked, at_most=50, note="ms")


def _move(session: Session, event_id: int, ahead: timedelta) -> None:
    """Move the event so that it begins that long from now. Commits."""
    first = extent(session, event_id).first
    if first is None:
        raise RuntimeError("nothing is scheduled")
    by = clock.utc_now() + ahead - first
    for one in session.scalars(sa.select(ProgrammeSession).where(ProgrammeSession.event_id == event_id)):
        one.starts_at, one.ends_at = one.starts_at + by, one.ends_at + by
    session.commit()


def _signed_in(app: Flask, session: Session, email: str, role: AccountRole | None = None) -> FlaskClient:
    account = Account(email=email, password="-", fs_uniquifier=f"uniquifier of {email}", created_at=clock.utc_now())
    account.grants = [RoleGrant(role=role)] if role else []
    session.add(account)
    session.flush()
    secret, now = secrets.token_urlsafe(16), clock.utc_now()
    row = SignIn(
        account_id=account.id, token_hash=token_hash(secret), method=Method.PASSWORD, created_at=now, seen_at=now,
        expires_at=now + timedelta(days=1), password_at=now, agent="a benchmark",
    )  # fmt: skip
    session.add(row)
    session.commit()
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = account.fs_uniquifier
        cookie["_fresh"] = True
        cookie["sign_in"] = secret
    return client


def _queries(session: Session, call: Callable[[], object]) -> int:
    """How many statements the call sends to the database, once everything that is kept is."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    call()
    engine = session.get_bind()
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        call()
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    return len(sent)
