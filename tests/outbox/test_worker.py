"""Workers for real: side by side on one database, and as a process that is told to stop."""

import json
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade
from icalendar import Calendar
from redis.exceptions import RedisError
from sqlalchemy.orm import Session

from galerio_events import create_app
from galerio_events.clock import utc_now
from galerio_events.db import begin_writing
from galerio_events.extensions import db
from galerio_events.outbox import queries, services, worker
from galerio_events.outbox.domain import MailState
from galerio_events.outbox.exports import Renderer
from galerio_events.outbox.models import OutboxMail
from galerio_events.outbox.worker.delivery import Counts
from galerio_events.outbox.worker.queue import Nudger
from tests.conftest import settings
from tests.outbox.conftest import Clock, a_mail, delivery_to
from tests.outbox.process import PATIENCE, ROOT, Worker, eventually
from tests.outbox.sink import Sink, free_port
from tests.support.builders import NOW
from tests.support.demo import released_ascc11


def test_two_workers_send_every_mail_exactly_once(
    make_app: Callable[..., Flask], sink: Sink, clock: Clock, renderer: Renderer
) -> None:
    app = make_app()
    with app.app_context():
        engine = db.engine
    with Session(engine) as db_session:
        for number in range(100):
            services.enqueue(db_session, a_mail(number), now=NOW)
        db_session.commit()
    begin = threading.Barrier(2)
    counts: list[Counts] = []

    def run() -> None:
        begin_writing()
        begin.wait()
        counts.append(delivery_to(sink.url, lambda: Session(engine), clock, renderer).run())

    workers = [threading.Thread(target=run) for _ in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert sum(each.sent for each in counts) == 100
    assert [each.sent > 0 for each in counts] == [True, True]
    assert (len(sink.message_ids()), set(sink.message_ids().values())) == (100, {1})
    with Session(engine) as db_session:
        assert db_session.execute(
            sa.select(OutboxMail.state, OutboxMail.attempts, sa.func.count()).group_by(
                OutboxMail.state, OutboxMail.attempts
            )
        ).all() == [(MailState.SENT, 1, 100)]


def test_writers_go_on_while_a_server_keeps_the_worker_waiting(
    make_app: Callable[..., Flask], sink: Sink, clock: Clock, renderer: Renderer
) -> None:
    app = make_app()
    with app.app_context():
        engine = db.engine
    with Session(engine) as db_session:
        services.enqueue(db_session, a_mail(1), now=NOW)
        db_session.commit()
    written: list[int] = []

    def register_meanwhile(_envelope: object) -> None:
        with Session(engine) as db_session:
            row = services.enqueue(db_session, a_mail(2), now=NOW)
            db_session.commit()
            written.append(row.id if row else 0)

    sink.at_rcpt = register_meanwhile
    delivery_to(sink.url, lambda: Session(engine), clock, renderer).run()
    assert written[0] > 0
    assert set(sink.message_ids().values()) == {1}


def test_nudges_are_throttled_and_never_lost() -> None:
    nudged = threading.Semaphore(0)
    wake = Nudger(nudged.release, pause=0.2)
    began = time.monotonic()
    for _ in range(10_000):
        wake()
    assert nudged.acquire(timeout=PATIENCE)
    wake()
    assert nudged.acquire(timeout=PATIENCE)
    assert time.monotonic() - began >= 0.2
    assert nudged.acquire(timeout=0.5) is False or not nudged.acquire(timeout=0.5)


def test_a_nudge_that_fails_does_not_end_the_nudging() -> None:
    called: list[int] = []
    second = threading.Event()

    def nudge() -> None:
        called.append(1)
        if len(called) == 1:
            raise OSError("disk full")
        second.set()

    wake = Nudger(nudge, pause=0.01)
    wake()
    while not second.wait(0.05):
        wake()
    assert len(called) >= 2


def test_nobody_listens_to_nudges_and_they_do_not_pile_up(tmp_path: Path) -> None:
    queue = worker.queue({"INSTANCE_DIR": tmp_path, "REDIS_URL": "", "SECRET_KEY": "k"}, lambda: None)
    for _ in range(20):
        queue.nudge()
    assert queue._huey.pending_count() == 3


def test_a_queue_that_cannot_be_reached_raises_what_the_nudger_forgives(tmp_path: Path) -> None:
    redis = worker.queue(
        {"INSTANCE_DIR": tmp_path, "REDIS_URL": f"redis://127.0.0.1:{free_port()}/0", "SECRET_KEY": "k"}, lambda: None
    )
    with pytest.raises(RedisError):
        redis.nudge()


def test_a_commit_with_a_mail_nudges_and_one_without_does_not(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    nudged: list[int] = []
    app.extensions["outbox_nudge"] = lambda: nudged.append(1)
    with app.app_context():
        db.session.execute(sa.select(OutboxMail))
        db.session.commit()
        assert nudged == []
        services.enqueue(db.session(), a_mail(1, draft=True), now=NOW)
        db.session.commit()
        assert nudged == []
        services.enqueue(db.session(), a_mail(2), now=NOW)
        db.session.commit()
        assert nudged == [1]


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_the_worker_process_sends_soon_after_a_commit_and_stops_when_told(
    backend: str, make_app: Callable[..., Flask], tmp_path: Path, sink: Sink, stop: signal.Signals
) -> None:
    app = make_app(SMTP_URL=sink.url)
    taken = threading.Semaphore(0)
    sink.at_data = lambda envelope: taken.release()
    with app.app_context():
        services.enqueue(db.session(), a_mail(1), now=utc_now())
        db.session.commit()
    with Worker(app.config) as running:
        assert running.wait_until_ready() == b"The mail worker is ready.\n"
        assert taken.acquire(timeout=PATIENCE)
        with app.app_context():
            services.enqueue(db.session(), a_mail(2), now=utc_now())
            db.session.commit()
        running.nudge()
        began = time.monotonic()
        assert taken.acquire(timeout=PATIENCE)
        assert time.monotonic() - began < 20
        running.process.send_signal(stop)
        out, _ = running.process.communicate(timeout=PATIENCE)
    assert (running.process.returncode, out) == (0, b"The mail worker has stopped.\n")
    assert set(sink.message_ids().values()) == {1}
    with app.app_context():
        assert db.session.scalars(sa.select(OutboxMail.state)).all() == [MailState.SENT, MailState.SENT]


def test_the_worker_process_sends_a_confirmation_with_its_calendar(
    make_app: Callable[..., Flask], tmp_path: Path, sink: Sink
) -> None:
    app = make_app(SMTP_URL=sink.url)
    sample = json.loads((ROOT / "templates/mail/registration_confirmation/sample.json").read_text())
    with app.app_context():
        release = released_ascc11(db.session())
        values = sample | {"release": release.number, "sessions": ["session-1"]}
        mail = a_mail(1, event_id=release.event_id, kind="registration_confirmation", language="en", values=values)
        row = services.enqueue(db.session(), mail, now=utc_now())
        db.session.commit()
        assert row is not None
    with Worker(app.config):
        eventually(lambda: bool(sink.taken), "a mail arrives")
    (message,) = sink.messages()
    (attached,) = message.iter_attachments()
    assert (attached.get_content_type(), attached.get_filename()) == ("text/calendar", "ascc11.ics")
    (event,) = Calendar.from_ical(attached.get_payload(decode=True)).walk("VEVENT")
    assert event["URL"].endswith("/en/ascc11/sessions/session-1")


def test_deliver_and_check_on_the_command_line(tmp_path: Path) -> None:
    app = create_app(settings(tmp_path, f"sqlite:///{tmp_path / 'cli.sqlite'}"))
    with app.app_context():
        upgrade()
        services.enqueue(db.session(), a_mail(1), now=NOW)
        db.session.commit()
        db.session.remove()
    invoke = app.test_cli_runner().invoke

    def last_line(*args: str) -> str:
        return invoke(args=["outbox", *args]).output.splitlines()[-1]

    assert json.loads(last_line("deliver", "--json")) == {
        "sent": 1,
        "deferred": 0,
        "failed": 0,
        "unknown": 0,
        "recovered": 0,
    }
    assert last_line("deliver") == "sent 0, deferred 0, failed 0, unknown 0, recovered 0"
    with app.app_context():
        waiting = services.enqueue(db.session(), a_mail(2), now=NOW)
        assert waiting is not None
        waiting_id = waiting.id
        db.session.commit()
        db.session.remove()
    assert last_line("check", "operator@example.org", "--language", "en") == "sent"
    with app.app_context():
        assert queries.by_id(db.session(), waiting_id).state is MailState.QUEUED
        db.session.remove()
    assert invoke(args=["outbox", "check", "not an address"]).exit_code == 2
    files = sorted(path.name for path in (tmp_path / "mail").iterdir())
    assert len(files) == 2
    assert all(name.endswith(".eml") and "-delivery_check-" in name for name in files)
    with app.app_context():
        db.engine.dispose()
