"""What is written into the outbox, and what its constraints do not let anybody write."""

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from galerio_events.errors import ChangeConflict
from galerio_events.outbox import domain, queries, services
from galerio_events.outbox.domain import Action, MailState
from galerio_events.outbox.models import OutboxMail
from tests.outbox.conftest import a_mail, put, told
from tests.support.builders import NOW, make_event


def test_enqueue_writes_everything_down(db_session: Session) -> None:
    event = make_event(db_session)
    row = put(db_session, 7, event_id=event.id, bulk=True)
    assert (row.event_id, row.kind, row.language, row.recipient_email, row.recipient_name, row.bulk) == (
        event.id,
        "delivery_check",
        "ja",
        "person7@example.org",
        "山田 花子",
        True,
    )
    assert (row.values, row.state, row.attempts) == (a_mail().values, MailState.QUEUED, 0)
    assert (row.created_at, row.next_attempt_at, row.claim, row.sent_at) == (NOW, NOW, None, None)


def test_the_message_id_follows_from_the_key_alone(db_session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "_host", ["mail.example.org"])
    row = put(db_session, 1, recipient_name="anybody")
    assert row.message_id == domain.message_id("test:1", "mail.example.org")
    assert domain.message_id("test:1", "mail.example.org") != domain.message_id("test:2", "mail.example.org")


def test_the_same_key_is_written_once(db_session: Session) -> None:
    put(db_session, 1)
    assert services.enqueue(db_session, a_mail(1, recipient_email="other@example.org"), now=NOW) is None
    db_session.commit()
    assert db_session.scalars(sa.select(OutboxMail.recipient_email)).all() == ["person1@example.org"]


def test_enqueue_is_one_statement(db_session: Session, count_queries) -> None:  # type: ignore[no-untyped-def]
    assert count_queries(lambda: services.enqueue(db_session, a_mail(1), now=NOW)) == 1


def test_a_mail_of_a_transaction_that_fails_is_gone_with_it(db_session: Session) -> None:
    services.enqueue(db_session, a_mail(1), now=NOW)
    db_session.rollback()
    assert db_session.scalars(sa.select(OutboxMail.id)).all() == []


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "@example.org",
        "a@",
        "a@b@example.org",
        "a b@example.org",
        "a@example.org\r\nBcc: b@example.org",
        "a\n@example.org",
        "a@example.org\0",
        "<a@example.org>",
        "a@example.org, b@example.org",
        "a@example.org;b@example.org",
        '"a"@example.org',
        "a@exa\x7fmple.org",
        "x" * 320 + "@example.org",
    ],
)
def test_addresses_that_are_not(db_session: Session, address: str) -> None:
    with pytest.raises(ValueError, match="not an e-mail address"):
        services.enqueue(db_session, a_mail(1, recipient_email=address), now=NOW)


@given(st.text(max_size=30))
def test_no_address_ever_carries_a_line_end(text: str) -> None:
    try:
        checked = domain.checked_address(f"{text}@example.org")
    except ValueError:
        return
    assert not set(checked) & set("\r\n\0 <>,;")


def test_names_lose_their_line_ends(db_session: Session) -> None:
    row = put(db_session, 1, recipient_name="Eve\r\nBcc: victim@example.org\u202e")
    assert row.recipient_name == "Eve Bcc: victim@example.org"


BROKEN = {
    "sent without a time": {"state": MailState.SENT},
    "a time without being sent": {"sent_at": NOW},
    "in hand without a claim": {"state": MailState.SENDING},
    "a claim without being in hand": {"claim": "c", "claimed_at": NOW},
    "a claim without a time": {"state": MailState.SENDING, "claim": "c"},
    "negative attempts": {"attempts": -1},
}


@pytest.mark.parametrize("values", BROKEN.values(), ids=BROKEN)
def test_the_database_refuses(db_session: Session, values: dict[str, object]) -> None:
    row = put(db_session)
    with pytest.raises(IntegrityError):
        db_session.execute(sa.update(OutboxMail).where(OutboxMail.id == row.id).values(**values))


def test_the_database_refuses_a_state_that_is_none(db_session: Session) -> None:
    row = put(db_session)
    with pytest.raises(IntegrityError):
        db_session.execute(sa.text("UPDATE outbox_mails SET state = 'lost' WHERE id = :id"), {"id": row.id})


@pytest.mark.parametrize("column", ["dedupe_key", "message_id"])
def test_the_database_refuses_the_same_twice(db_session: Session, column: str) -> None:
    first, second = put(db_session, 1), put(db_session, 2)
    with pytest.raises(IntegrityError):
        db_session.execute(
            sa.update(OutboxMail).where(OutboxMail.id == second.id).values({column: getattr(first, column)})
        )


def in_state(db_session: Session, state: MailState, event_id: int | None = None, number: int = 1) -> OutboxMail:
    row = put(db_session, number, event_id=event_id)
    row.state = state
    row.attempts = 4
    row.last_error = "450 no"
    if state is MailState.SENT:
        row.sent_at = NOW
    if state is MailState.SENDING:
        row.claim, row.claimed_at = "c", NOW
    db_session.commit()
    return row


ALLOWED = {
    (MailState.DRAFT, Action.SEND): ("queued", 4, NOW),
    (MailState.DRAFT, Action.CANCEL): ("cancelled", 4, NOW),
    (MailState.QUEUED, Action.SEND_NOW): ("queued", 4, NOW),
    (MailState.QUEUED, Action.CANCEL): ("cancelled", 4, NOW),
    (MailState.FAILED, Action.RETRY): ("queued", 0, NOW),
    (MailState.UNKNOWN, Action.RETRY): ("queued", 0, NOW),
}


@pytest.mark.parametrize("action", domain.BY_HAND)
@pytest.mark.parametrize("state", MailState)
def test_what_organisers_may_do_in_each_state(db_session: Session, state: MailState, action: Action) -> None:
    event = make_event(db_session)
    row = in_state(db_session, state, event.id)
    before = told(db_session, row)
    if (state, action) in ALLOWED:
        services.act(db_session, event.id, row.id, action, now=NOW)
        assert told(db_session, row) == ALLOWED[state, action]
    else:
        with pytest.raises(ChangeConflict):
            services.act(db_session, event.id, row.id, action, now=NOW)
        assert told(db_session, row) == before
    assert (action in domain.actions_by_hand(state)) == ((state, action) in ALLOWED)


def test_only_what_failed_is_tried_again_together(db_session: Session) -> None:
    event, other = make_event(db_session), make_event(db_session, "other")
    failed = in_state(db_session, MailState.FAILED, event.id, 1)
    unknown = in_state(db_session, MailState.UNKNOWN, event.id, 2)
    elsewhere = in_state(db_session, MailState.FAILED, other.id, 3)
    assert services.retry_failed(db_session, event.id, now=NOW) == 1
    assert [told(db_session, row)[0] for row in (failed, unknown, elsewhere)] == ["queued", "unknown", "failed"]


def test_pages_follow_each_other_without_gaps(db_session: Session, count_queries) -> None:  # type: ignore[no-untyped-def]
    event, other = make_event(db_session), make_event(db_session, "other")
    ids = [put(db_session, number, event_id=event.id).id for number in range(queries.PAGE * 2 + 1)]
    put(db_session, 999, event_id=other.id)
    pages = []
    before = None
    while True:
        page = queries.page(db_session, event.id, before=before)
        pages.append([mail.id for mail in page.mails])
        before = page.older
        if before is None:
            break
    assert [len(page) for page in pages] == [50, 50, 1]
    assert [mail_id for page in pages for mail_id in page] == ids[::-1]
    assert count_queries(lambda: queries.page(db_session, event.id)) == 1
    assert queries.page(db_session, event.id, state=MailState.SENT).mails == ()
    assert queries.counts(db_session, event.id)[MailState.QUEUED] == 101


def test_looking_for_due_mail_reads_only_what_is_on_its_way(connection: sa.Connection, db_session: Session) -> None:
    """Every mail ever sent stays in the table; the worker looks every minute."""
    asked: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, parameters: object, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            asked.append(statement)

    sa.event.listen(connection, "before_cursor_execute", note)
    queries.due(db_session, now=NOW, limit=5)
    queries.abandoned(db_session, before=NOW)
    sa.event.remove(connection, "before_cursor_execute", note)
    assert [" outbox_mails.state IN ('queued', 'sending') AND" in each for each in asked] == [True, True]
    if connection.dialect.name == "sqlite":
        plans = [
            connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {each}", ("x",) * each.count("?")).all() for each in asked
        ]
        assert ["ix_outbox_mails_due" in str(plan) for plan in plans] == [True, True]


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        (250, "accepted"),
        (251, "accepted"),
        (354, "temporary"),
        (421, "temporary"),
        (451, "temporary"),
        (500, "permanent"),
        (554, "permanent"),
        (599, "permanent"),
        (-1, "temporary"),
    ],
)
def test_reply_codes(code: int, verdict: str) -> None:
    assert domain.classify(code).value == verdict
