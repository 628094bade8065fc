"""Many clients at once. Capacity holds, one address is one registration; and without the lock it does not hold."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http.client import HTTPConnection
from threading import Barrier, Thread, local
from typing import Any
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.serving import BaseWSGIServer, make_server

from galerio_events.db import reading_only
from galerio_events.extensions import db
from galerio_events.outbox.models import OutboxMail
from galerio_events.registration import queries, services
from galerio_events.registration.domain import Edition, Outcome, RegistrationRefused, RegistrationState
from galerio_events.registration.models import Registration, SessionChoice
from tests.registration.support import SECRET, TERMS, answers, details, open_event
from tests.support.builders import NOW

CLIENTS = 32
CAPACITY = 10


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    """An application whose commits are real, with a connection for every client."""
    return make_app(SQLALCHEMY_ENGINE_OPTIONS={"pool_size": CLIENTS, "max_overflow": 4})


def prepare(app: Flask, **limits: Any) -> Edition:
    with app.app_context():
        return open_event(db.session(), **limits)


def in_parallel(app: Flask, work: Callable[[Session, int], Any]) -> list[Any]:
    """What `work` gave to each of the clients, each with a database session of its own, all starting together."""
    barrier = Barrier(CLIENTS)
    with app.app_context():
        engine = db.engine

    def one(number: int) -> Any:
        barrier.wait()
        with Session(engine) as db_session:
            return work(db_session, number)

    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(one, range(CLIENTS)))


def attempt(db_session: Session, edition: Edition, *, form_key: str, **more: Any) -> str:
    try:
        outcome = services.register(
            db_session,
            edition,
            details(**more),
            form_key=form_key,
            was_known=False,
            terms=TERMS,
            secret_key=SECRET,
            now=NOW,
        )
    except RegistrationRefused as refused:
        return refused.reason.value
    db_session.commit()
    return outcome.value


def count(app: Flask, *what: Any) -> int:
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(what[0]).where(*what[1:])) or 0


def test_the_event_takes_exactly_as_many_as_it_has_places(app: Flask) -> None:
    edition = prepare(app, capacity=CAPACITY)
    found = in_parallel(
        app, lambda s, n: attempt(s, edition, form_key=f"form {n}", email=f"p{n}@example.org", sessions=("session-1",))
    )
    assert Counter(found) == {"registered": CAPACITY, "full": CLIENTS - CAPACITY}
    assert count(app, Registration) == count(app, OutboxMail) == count(app, SessionChoice) == CAPACITY


def test_a_session_takes_exactly_as_many_as_it_has_places(app: Flask) -> None:
    edition = prepare(app, places={"session-2": CAPACITY})
    found = in_parallel(
        app,
        lambda s, n: attempt(
            s, edition, form_key=f"form {n}", email=f"p{n}@example.org", sessions=("session-1", "session-2")
        ),
    )
    assert Counter(found) == {"registered": CAPACITY, "session_full": CLIENTS - CAPACITY}
    assert count(app, Registration) == count(app, OutboxMail) == CAPACITY
    assert count(app, SessionChoice) == 2 * CAPACITY


def test_control_without_the_lock_more_get_in_than_there_are_places(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counts in a transaction of its own, and lets everybody count before anybody writes: the tests above can fail."""
    edition = prepare(app, capacity=CAPACITY)
    everybody_counted = Barrier(CLIENTS)
    mine = local()
    count_now = queries.admission

    def work(db_session: Session, number: int) -> str:
        with reading_only(), Session(db_session.get_bind()) as other:
            state = count_now(other, edition.event_id, ())
        mine.state = replace(state, taken=state.taken + 1)
        everybody_counted.wait()
        return attempt(db_session, edition, form_key=f"form {number}", email=f"p{number}@example.org")

    monkeypatch.setattr(queries, "lock_intake", lambda *_: None)
    monkeypatch.setattr(queries, "admission", lambda *_: mine.state)
    assert Counter(in_parallel(app, work)) == {"registered": CLIENTS}
    assert count(app, Registration) == CLIENTS > CAPACITY


def test_one_address_sent_by_many_at_once_is_one_registration_and_one_mail(app: Flask) -> None:
    edition = prepare(app)
    found = in_parallel(app, lambda s, n: attempt(s, edition, form_key=f"form {n}", sessions=("session-1",)))
    assert Counter(found) == {Outcome.REGISTERED: 1, Outcome.KNOWN: CLIENTS - 1}
    assert count(app, Registration) == count(app, OutboxMail) == count(app, SessionChoice) == 1


def test_one_form_sent_many_times_at_once_is_one_registration_and_one_mail(app: Flask) -> None:
    edition = prepare(app, capacity=1)
    found = in_parallel(app, lambda s, _: attempt(s, edition, form_key="the same form"))
    assert Counter(found) == {Outcome.REGISTERED: 1, Outcome.REPEATED: CLIENTS - 1}
    assert count(app, Registration) == count(app, OutboxMail) == 1


def test_places_that_are_given_back_are_taken_once(app: Flask) -> None:
    """Half of the clients undo a cancellation while the other half register for the same last places."""
    half = CLIENTS // 2
    edition = prepare(app, capacity=CLIENTS)
    with app.app_context():
        for number in range(half):
            attempt(db.session(), edition, form_key=f"old {number}", email=f"old{number}@example.org")
        ids = list(db.session.scalars(sa.select(Registration.id)))
        for registration_id in ids:
            services.cancel(db.session(), edition, registration_id, secret_key=SECRET, now=NOW)
        db.session.execute(sa.text("UPDATE intakes SET capacity = :capacity"), {"capacity": CAPACITY})
        db.session.commit()

    def work(db_session: Session, number: int) -> str:
        if number >= half:
            return attempt(db_session, edition, form_key=f"new {number}", email=f"new{number}@example.org")
        try:
            services.restore(db_session, edition, ids[number], secret_key=SECRET, now=NOW)
        except RegistrationRefused as refused:
            return refused.reason.value
        db_session.commit()
        return "registered"

    assert Counter(in_parallel(app, work)) == {"registered": CAPACITY, "full": CLIENTS - CAPACITY}
    assert count(app, Registration, Registration.state == RegistrationState.ACTIVE) == CAPACITY


@pytest.fixture
def server(app: Flask) -> Iterator[BaseWSGIServer]:
    made = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=made.serve_forever)
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


def post(server: BaseWSGIServer, form: dict[str, Any]) -> tuple[int, str | None]:
    """Status and Location of the answer to the form, over a connection of its own."""
    connection = HTTPConnection("127.0.0.1", server.server_port, timeout=60)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/en/ascc11/register", urlencode(form, doseq=True), headers)
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.status, response.getheader("Location")


def over_http(server: BaseWSGIServer, form: Callable[[int], dict[str, Any]]) -> Counter[tuple[int, str | None]]:
    barrier = Barrier(CLIENTS)

    def one(number: int) -> tuple[int, str | None]:
        barrier.wait()
        return post(server, form(number))

    with ThreadPoolExecutor(CLIENTS) as pool:
        return Counter(pool.map(one, range(CLIENTS)))


THANKS = (303, "/en/ascc11/register/done")


def test_capacity_over_http(app: Flask, server: BaseWSGIServer) -> None:
    prepare(app, capacity=CAPACITY)
    found = over_http(server, lambda n: answers(form_key=f"form {n}", email=f"p{n}@example.org"))
    assert found == {THANKS: CAPACITY, (409, None): CLIENTS - CAPACITY}
    assert count(app, Registration) == count(app, OutboxMail) == CAPACITY


def test_one_form_over_http(app: Flask, server: BaseWSGIServer) -> None:
    prepare(app, capacity=1)
    assert over_http(server, lambda _: answers()) == {THANKS: CLIENTS}
    assert count(app, Registration) == count(app, OutboxMail) == 1


def test_one_address_over_http(app: Flask, server: BaseWSGIServer) -> None:
    """Requests that come in after the first was done are told by mail, once; everybody sees the same page."""
    prepare(app)
    assert over_http(server, lambda n: answers(form_key=f"form {n}")) == {THANKS: CLIENTS}
    assert count(app, Registration) == 1
    assert count(app, OutboxMail, OutboxMail.kind == "registration_confirmation") == 1
    assert count(app, OutboxMail, OutboxMail.kind == "registration_known") <= 1
