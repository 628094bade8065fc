"""What becomes of a mail, whatever the mail server does; with a real one."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.outbox import domain, queries, services
from galerio_events.outbox.domain import BACKOFF, CLAIM_LASTS, MailState
from galerio_events.outbox.exports import Renderer
from galerio_events.outbox.models import OutboxMail
from galerio_events.outbox.worker.delivery import Counts, Delivery
from galerio_events.outbox.worker.transport import SmtpTransport
from tests.outbox.conftest import Clock, delivery_to, put, told
from tests.outbox.sink import Sink, free_port
from tests.support.builders import NOW

MINUTE = timedelta(minutes=1)


def test_a_queued_mail_leaves_once(db_session: Session, sink: Sink, delivery: Delivery, clock: Clock) -> None:
    row = put(db_session)
    clock.forward(seconds=2)
    assert delivery.run() == Counts(sent=1)
    assert told(db_session, row) == ("sent", 1, clock.now)
    assert (row.sent_at, row.claim, row.claimed_at, row.last_error) == (clock.now, None, None, "")
    assert [each.rcpt_tos for each in sink.taken] == [["person1@example.org"]]
    assert [each.mail_from for each in sink.taken] == ["no-reply@example.org"]
    assert delivery.run() == Counts()
    assert len(sink.taken) == 1


def test_one_connection_carries_all(db_session: Session, sink: Sink, delivery: Delivery) -> None:
    for number in range(60):
        put(db_session, number)
    assert delivery.run() == Counts(sent=60)
    assert (sink.connections, len(sink.message_ids()), set(sink.message_ids().values())) == (1, 60, {1})


def test_no_connection_without_mail(sink: Sink, delivery: Delivery) -> None:
    assert delivery.run() == Counts()
    assert sink.connections == 0


def test_a_mail_that_is_not_due_waits(db_session: Session, delivery: Delivery, clock: Clock) -> None:
    row = put(db_session)
    clock.now = NOW - timedelta(seconds=1)
    assert delivery.run() == Counts()
    assert told(db_session, row) == ("queued", 0, NOW)


def test_drafts_and_cancelled_mails_stay(db_session: Session, sink: Sink, delivery: Delivery) -> None:
    put(db_session, 1, draft=True)
    cancelled = put(db_session, 2)
    db_session.execute(sa.update(OutboxMail).where(OutboxMail.id == cancelled.id).values(state=MailState.CANCELLED))
    db_session.commit()
    assert delivery.run() == Counts()
    assert sink.taken == []


@pytest.mark.parametrize("point", ["at_rcpt", "at_data"])
def test_4xx_is_tried_again_later(
    db_session: Session, sink: Sink, delivery: Delivery, clock: Clock, point: str
) -> None:
    row, other = put(db_session, 1), put(db_session, 2)
    busy = "person1@example.org"
    setattr(sink, point, lambda envelope: "451 4.7.1 come back later" if busy in envelope.rcpt_tos else None)
    assert delivery.run() == Counts(sent=1, deferred=1)
    assert told(db_session, row) == ("queued", 1, NOW + MINUTE)
    assert (row.last_error, row.claim) == ("451 4.7.1 come back later", None)
    assert told(db_session, other)[0] == "sent"
    assert delivery.run() == Counts()
    clock.forward(minutes=1)
    assert delivery.run() == Counts(deferred=1)
    assert told(db_session, row) == ("queued", 2, NOW + 6 * MINUTE)
    setattr(sink, point, lambda envelope: None)
    clock.forward(minutes=5)
    assert delivery.run() == Counts(sent=1)
    assert told(db_session, row) == ("sent", 3, clock.now)
    assert row.last_error == ""
    assert set(sink.message_ids().values()) == {1}


def test_after_two_days_of_4xx_it_has_failed(db_session: Session, sink: Sink, delivery: Delivery, clock: Clock) -> None:
    row = put(db_session)
    sink.at_rcpt = lambda envelope: "450 no"
    tried_at = []
    while told(db_session, row)[0] == "queued":
        clock.now = row.next_attempt_at
        tried_at.append(clock.now - NOW)
        delivery.run()
    assert [each // MINUTE for each in tried_at[:7]] == [0, 1, 6, 21, 81, 201, 441]
    assert tried_at[-1] == sum(BACKOFF, timedelta()) == timedelta(hours=47, minutes=21)
    assert told(db_session, row)[:2] == ("failed", len(BACKOFF) + 1)
    assert row.last_error == "450 no"


@pytest.mark.parametrize("point", ["at_rcpt", "at_data"])
def test_5xx_is_final(db_session: Session, sink: Sink, delivery: Delivery, point: str) -> None:
    row, other = put(db_session, 1), put(db_session, 2)
    gone = "person1@example.org"
    setattr(sink, point, lambda envelope: "550 5.1.1 no such user" if gone in envelope.rcpt_tos else None)
    assert delivery.run() == Counts(sent=1, failed=1)
    assert told(db_session, row)[:2] == ("failed", 1)
    assert row.last_error == "550 5.1.1 no such user"
    assert told(db_session, other)[0] == "sent"
    assert sink.connections == 1


def test_nobody_listens_and_then_somebody_does(
    db_session: Session, connection: sa.Connection, clock: Clock, renderer: Renderer
) -> None:
    late = Sink(free_port())
    delivery = delivery_to(
        late.url, lambda: Session(connection, join_transaction_mode="create_savepoint"), clock, renderer
    )
    first, second = put(db_session, 1), put(db_session, 2)
    assert delivery.run() == Counts(deferred=1)
    assert told(db_session, first) == ("queued", 0, NOW + MINUTE)
    assert "refused" in first.last_error
    assert told(db_session, second) == ("queued", 0, NOW)
    late.start()
    try:
        clock.forward(minutes=1)
        assert delivery.run() == Counts(sent=2)
        assert (told(db_session, first)[:2], told(db_session, second)[:2]) == (("sent", 1), ("sent", 1))
        assert set(late.message_ids().values()) == {1}
    finally:
        late.stop()


def test_after_a_long_outage_every_mail_leaves_within_five_minutes(
    db_session: Session, connection: sa.Connection, clock: Clock, renderer: Renderer
) -> None:
    late = Sink(free_port())
    delivery = delivery_to(
        late.url, lambda: Session(connection, join_transaction_mode="create_savepoint"), clock, renderer
    )
    fresh, tried = put(db_session, 1), put(db_session, 2)
    tried.attempts = len(BACKOFF)
    db_session.commit()
    for _ in range(0, 3 * 24 * 60, 30):
        if queries.due(db_session, now=clock.now, limit=1):
            assert delivery.run() == Counts(deferred=1)
        clock.forward(minutes=30)
    assert told(db_session, fresh)[:2] == ("queued", 0)
    assert told(db_session, tried)[:2] == ("queued", len(BACKOFF))
    late.start()
    try:
        clock.forward(minutes=5)
        assert delivery.run() == Counts(sent=2)
    finally:
        late.stop()


@pytest.mark.parametrize("point", ["mail", "rcpt"])
@pytest.mark.parametrize("how", ["hang_up_at", "silent_at"])
@pytest.mark.parametrize("bulk", [False, True])
def test_the_line_dies_before_the_content(
    db_session: Session, sink: Sink, delivery: Delivery, clock: Clock, point: str, how: str, bulk: bool
) -> None:
    row = put(db_session, bulk=bulk)
    setattr(sink, how, {point})
    assert delivery.run() == Counts(deferred=1)
    assert told(db_session, row) == ("queued", 0, NOW + MINUTE)
    setattr(sink, how, set())
    clock.forward(minutes=1)
    assert delivery.run() == Counts(sent=1)
    assert set(sink.message_ids().values()) == {1}


@pytest.mark.parametrize("how", ["hang_up_at", "silent_at"])
def test_the_line_dies_after_the_content_of_a_transactional_mail(
    db_session: Session, sink: Sink, delivery: Delivery, clock: Clock, how: str
) -> None:
    row = put(db_session)
    setattr(sink, how, {"after_data"})
    assert delivery.run() == Counts(deferred=1)
    assert told(db_session, row) == ("queued", 1, NOW + MINUTE)
    setattr(sink, how, set())
    clock.forward(minutes=1)
    assert delivery.run() == Counts(sent=1)
    assert sink.message_ids() == {row.message_id: 2}
    assert bytes(sink.taken[0].content or b"") == bytes(sink.taken[1].content or b"")


@pytest.mark.parametrize("how", ["hang_up_at", "silent_at"])
def test_the_line_dies_after_the_content_of_a_bulk_mail(
    db_session: Session, sink: Sink, delivery: Delivery, clock: Clock, how: str
) -> None:
    row, other = put(db_session, 1, bulk=True), put(db_session, 2, bulk=True)
    setattr(sink, how, {"after_data"})
    assert delivery.run() == Counts(unknown=1)
    assert told(db_session, row)[:2] == ("unknown", 1)
    assert told(db_session, other)[:2] == ("queued", 0)
    setattr(sink, how, set())
    clock.forward(days=1)
    assert delivery.run() == Counts(sent=1)
    assert sink.message_ids() == {row.message_id: 1, other.message_id: 1}


class Killed(BaseException):
    """Stands for a SIGKILL: nothing of the worker runs after it."""


def kill_when_settling(monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_args: object, **_more: object) -> bool:
        raise Killed

    monkeypatch.setattr(services, "settle", killed)


def test_killed_between_the_servers_yes_and_the_commit_transactional(
    db_session: Session, sink: Sink, delivery: Delivery, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = put(db_session)
    with monkeypatch.context() as patch:
        kill_when_settling(patch)
        with pytest.raises(Killed):
            delivery.run()
    assert told(db_session, row)[:2] == ("sending", 1)
    clock.now = NOW + CLAIM_LASTS - timedelta(seconds=1)
    assert delivery.run() == Counts()
    clock.forward(seconds=1)
    assert delivery.run() == Counts(sent=1, recovered=1)
    assert told(db_session, row)[:2] == ("sent", 2)
    assert sink.message_ids() == {row.message_id: 2}


def test_killed_between_the_servers_yes_and_the_commit_bulk(
    db_session: Session, sink: Sink, delivery: Delivery, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = put(db_session, bulk=True)
    with monkeypatch.context() as patch:
        kill_when_settling(patch)
        with pytest.raises(Killed):
            delivery.run()
    clock.now = NOW + CLAIM_LASTS
    assert delivery.run() == Counts(recovered=1)
    assert told(db_session, row)[:2] == ("unknown", 1)
    assert row.last_error == "The worker stopped while it was sending this mail."
    clock.forward(days=3)
    assert delivery.run() == Counts()
    assert sink.message_ids() == {row.message_id: 1}


def test_a_worker_that_wakes_up_late_does_not_overwrite(db_session: Session, clock: Clock) -> None:
    row = put(db_session)
    assert services.claim(db_session, row.id, token="slow", now=NOW) is not None
    db_session.commit()
    services.recover_abandoned(db_session, now=NOW + CLAIM_LASTS)
    assert services.claim(db_session, row.id, token="fast", now=NOW + CLAIM_LASTS) is not None
    late = services.domain.decide(
        services.domain.Outcome(services.domain.Verdict.PERMANENT, "550"), attempts=1, bulk=False, now=NOW
    )
    assert services.settle(db_session, row.id, late, token="slow", now=NOW) is False
    assert told(db_session, row)[0] == "sending"


def test_a_mail_that_cannot_be_made_fails_and_holds_nobody_up(
    db_session: Session, sink: Sink, delivery: Delivery
) -> None:
    broken = put(db_session, 1, values={"zone": "Asia/Tokyo"})
    unknown_kind = put(db_session, 2, kind="no_such_kind")
    fine = put(db_session, 3)
    assert delivery.run() == Counts(sent=1, failed=2)
    assert told(db_session, broken)[0] == "failed"
    assert "'asked_at' is undefined" in broken.last_error
    assert "no_such_kind" in unknown_kind.last_error
    assert told(db_session, fine)[0] == "sent"


@pytest.mark.parametrize("bulk", [False, True])
def test_an_attachment_that_raises_what_nobody_thought_of_holds_nobody_up(
    db_session: Session, sink: Sink, delivery: Delivery, clock: Clock, monkeypatch: pytest.MonkeyPatch, bulk: bool
) -> None:
    def broken(_db_session: Session, mail: domain.Outgoing) -> list[domain.Attachment]:
        if mail.recipient_email == "person1@example.org":
            raise RuntimeError("no such drawer")
        return []

    row, fine = put(db_session, 1, bulk=bulk), put(db_session, 2)
    with monkeypatch.context() as patch:
        patch.setitem(services._builders, "delivery_check", broken)
        assert delivery.run() == Counts(sent=1, deferred=1)
    assert told(db_session, row) == ("queued", 1, NOW + MINUTE)
    assert (row.last_error, row.claim) == ("RuntimeError: no such drawer", None)
    assert told(db_session, fine)[0] == "sent"
    clock.forward(minutes=1)
    assert delivery.run() == Counts(sent=1)


def test_a_way_out_that_raises_leaves_a_bulk_mail_unknown_and_tries_another_again(
    db_session: Session, delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object) -> None:
        raise RuntimeError("torn")

    bulk, single = put(db_session, 1, bulk=True), put(db_session, 2)
    monkeypatch.setattr(SmtpTransport, "send", broken)
    assert delivery.run() == Counts(deferred=1, unknown=1)
    assert (told(db_session, bulk)[0], told(db_session, single)[0]) == ("unknown", "queued")
    assert (bulk.last_error, single.last_error) == ("RuntimeError: torn", "RuntimeError: torn")


def test_no_transaction_is_open_while_the_server_is_talked_to(
    db_session: Session, connection: sa.Connection, sink: Sink, clock: Clock, renderer: Renderer
) -> None:
    opened: list[Session] = []

    def open_session() -> Session:
        opened.append(Session(connection, join_transaction_mode="create_savepoint"))
        return opened[-1]

    seen: list[bool] = []

    def look(_envelope: object) -> None:
        seen.extend(each.in_transaction() for each in opened)

    sink.at_data = look
    put(db_session)
    assert delivery_to(sink.url, open_session, clock, renderer).run() == Counts(sent=1)
    assert seen == [False] * len(seen)
    assert len(seen) >= 4


def test_stop_finishes_the_mail_in_hand(
    db_session: Session, connection: sa.Connection, sink: Sink, clock: Clock, renderer: Renderer
) -> None:
    for number in range(5):
        put(db_session, number)
    made = delivery_to(sink.url, lambda: Session(connection, join_transaction_mode="create_savepoint"), clock, renderer)
    made._stop = lambda: len(sink.taken) >= 2
    assert made.run() == Counts(sent=2)
    counts = {state: n for state, n in _by_state(db_session).items() if n}
    assert counts == {"sent": 2, "queued": 3}


def _by_state(db_session: Session) -> dict[str, int]:
    db_session.expire_all()
    rows = db_session.execute(sa.select(OutboxMail.state, sa.func.count()).group_by(OutboxMail.state))
    return {state.value: count for state, count in rows}


def test_addresses_beyond_ascii(db_session: Session, sink: Sink, delivery: Delivery) -> None:
    put(db_session, 1, recipient_email="花子@例え.jp")
    assert delivery.run() == Counts(sent=1)
    assert sink.taken[0].rcpt_tos == ["花子@xn--r8jz45g.jp"]
    assert "SMTPUTF8" in sink.taken[0].mail_options
    headers = bytes(sink.taken[0].content or b"").partition(b"\r\n\r\n")[0].decode()
    assert "\r\nTo: 山田 花子 <花子@xn--r8jz45g.jp>\r\n" in headers


def test_queue_is_asked_for_the_longest_due_first(db_session: Session) -> None:
    second, first = put(db_session, 1), put(db_session, 2)
    second.next_attempt_at = NOW + MINUTE
    db_session.commit()
    assert queries.due(db_session, now=NOW + 2 * MINUTE, limit=10) == [first.id, second.id]
    assert queries.due(db_session, now=NOW, limit=10) == [first.id]
