"""A mail server for the tests, and a clock that they set."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.clock import to_text
from galerio_events.outbox import services
from galerio_events.outbox.domain import Mail
from galerio_events.outbox.exports import Renderer, Sender
from galerio_events.outbox.models import OutboxMail
from galerio_events.outbox.worker.delivery import Delivery
from galerio_events.outbox.worker.transport import transport_for
from tests.outbox.sink import Sink
from tests.support.builders import NOW

TEMPLATES = Path(__file__).parents[2] / "templates"
SENDER = Sender("ASCC 事務局 <no-reply@example.org>", "http://localhost:8000", "a secret that only the tests know")


@dataclass
class Clock:
    """Tells the time that the test has set."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **more: float) -> datetime:
        self.now += timedelta(**more)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sink() -> Iterator[Sink]:
    made = Sink()
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="session")
def renderer() -> Renderer:
    return Renderer(TEMPLATES, SENDER)


@pytest.fixture
def delivery(connection: sa.Connection, sink: Sink, clock: Clock, renderer: Renderer) -> Delivery:
    """Delivers from the test's database to the sink, at the test's time, with very little patience."""
    return delivery_to(sink.url, lambda: Session(connection, join_transaction_mode="create_savepoint"), clock, renderer)


def delivery_to(
    url: str, open_session: Callable[[], Session], clock: Callable[[], datetime], renderer: Renderer
) -> Delivery:
    return Delivery(
        open_session=open_session,
        renderer=renderer,
        open_transport=lambda: transport_for(url, hello="client.example.org", timeout=0.5),
        clock=clock,
    )


def a_mail(number: int = 1, **more: object) -> Mail:
    given: dict[str, object] = {
        "event_id": None,
        "kind": "delivery_check",
        "language": "ja",
        "recipient_email": f"person{number}@example.org",
        "recipient_name": "山田 花子",
        "values": {"asked_at": to_text(NOW), "zone": "Asia/Tokyo"},
        "dedupe_key": f"test:{number}",
    }
    return Mail(**(given | more))  # type: ignore[arg-type]


def put(db_session: Session, number: int = 1, **more: object) -> OutboxMail:
    """A committed mail, queued at `NOW`."""
    row = services.enqueue(db_session, a_mail(number, **more), now=NOW)
    assert row is not None
    db_session.commit()
    return row


def told(db_session: Session, row: OutboxMail) -> tuple[str, int, datetime]:
    """State, attempts and next attempt, as the database has them now."""
    db_session.expire_all()
    return row.state.value, row.attempts, row.next_attempt_at
