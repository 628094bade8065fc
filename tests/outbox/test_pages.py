"""The organisers' pages about mail: what they show, to whom, and what they do."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events.clock import in_zone, utc_now
from galerio_events.events.models import Event
from galerio_events.outbox.domain import MailState
from galerio_events.outbox.exports import HIDDEN
from galerio_events.permissions import AccountRole
from galerio_events.text import private_token
from tests.outbox.conftest import put, told
from tests.outbox.test_rows import in_state
from tests.support.builders import NOW, make_account, make_event, sign_in

LIST = "/en/organise/ascc11/outbox"


@pytest.fixture
def event(db_session: Session) -> Event:
    return make_event(db_session)


@pytest.fixture
def organiser(db_session: Session, event: Event, client: FlaskClient) -> FlaskClient:
    sign_in(client, make_account(db_session, event=event))
    db_session.commit()
    return client


def text_of(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def test_no_mail_yet(organiser: FlaskClient) -> None:
    assert "No mail yet" in text_of(organiser, LIST)
    assert "メールはまだありません" in text_of(organiser, LIST.replace("/en/", "/ja/"))


def test_the_list(db_session: Session, event: Event, organiser: FlaskClient) -> None:
    other = make_event(db_session, "other")
    put(db_session, 50, event_id=other.id)
    for number, state in enumerate(MailState):
        in_state(db_session, state, event.id, number)
    page = text_of(organiser, LIST)
    assert page.count('class="mail-to"') == len(MailState)
    assert "person50@example.org" not in page
    assert "1 mail was interrupted while it was being sent" in page
    failed = text_of(organiser, LIST + "?state=failed")
    assert failed.count('class="mail-to"') == 1
    assert "450 no" in failed
    assert "Try all again" in failed


@pytest.mark.parametrize(
    "query",
    ["?state=gone", "?state=SENT", "?before=x", "?before=-1", "?before=1.5", "?before=9999999999", "?before=٣"],
)
def test_questions_that_make_no_sense(organiser: FlaskClient, query: str) -> None:
    assert organiser.get(LIST + query).status_code == 404


def test_pages(db_session: Session, event: Event, organiser: FlaskClient) -> None:
    rows = [put(db_session, number, event_id=event.id) for number in range(51)]
    first = text_of(organiser, LIST)
    assert first.count('class="mail-to"') == 50
    assert f"before={rows[1].id}" in first
    second = text_of(organiser, f"{LIST}?before={rows[1].id}")
    assert second.count('class="mail-to"') == 1
    assert "person0@example.org" in second
    assert "Newest" in second


def test_the_number_of_queries_does_not_depend_on_the_number_of_mails(
    db_session: Session, event: Event, organiser: FlaskClient, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    put(db_session, 1, event_id=event.id)
    with_one = count_queries(lambda: organiser.get(LIST))
    put(db_session, 2, event_id=event.id)
    put(db_session, 3, event_id=event.id)
    assert count_queries(lambda: organiser.get(LIST)) == with_one


def registered(db_session: Session, event: Event) -> int:
    from tests.outbox.test_messages import outgoing

    return put(
        db_session,
        1,
        event_id=event.id,
        kind="registration_known",
        values=outgoing("registration_known").values,
    ).id


def test_one_mail_as_it_leaves_without_the_tokens(db_session: Session, event: Event, organiser: FlaskClient) -> None:
    mail_id = registered(db_session, event)
    page = text_of(organiser, f"{LIST}/{mail_id}")
    assert "山田 花子 &lt;person1@example.org&gt;" in page
    assert HIDDEN in page
    assert "sandbox\n" in page or "sandbox " in page
    frame = organiser.get(f"{LIST}/{mail_id}/html")
    assert frame.headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"
    )
    html = frame.get_data(as_text=True)
    assert HIDDEN in html
    from tests.outbox.test_messages import outgoing

    nonce = outgoing("registration_known").values["manage"]
    secret = organiser.application.config["SECRET_KEY"]
    token = private_token(secret, "manage", nonce)
    assert token not in page + html


def test_a_mail_that_cannot_be_made(db_session: Session, event: Event, organiser: FlaskClient) -> None:
    mail_id = put(db_session, 1, event_id=event.id, values={}).id
    assert "This mail cannot be made" in text_of(organiser, f"{LIST}/{mail_id}")
    assert organiser.get(f"{LIST}/{mail_id}/html").status_code == 409


@pytest.mark.parametrize(
    ("state", "action", "then"),
    [
        (MailState.DRAFT, "send", "queued"),
        (MailState.DRAFT, "cancel", "cancelled"),
        (MailState.QUEUED, "cancel", "cancelled"),
        (MailState.FAILED, "retry", "queued"),
        (MailState.UNKNOWN, "retry", "queued"),
    ],
)
def test_actions(
    db_session: Session, event: Event, organiser: FlaskClient, state: MailState, action: str, then: str
) -> None:
    row = in_state(db_session, state, event.id)
    address = f"{LIST}/{row.id}"
    assert f'action="{address}/{action}"' in text_of(organiser, address)
    answer = organiser.post(f"{address}/{action}")
    assert (answer.status_code, answer.location) == (303, address)
    assert told(db_session, row)[0] == then
    assert organiser.post(f"{address}/{action}").status_code == 409
    assert told(db_session, row)[0] == then


def test_a_mail_that_waits_for_its_next_attempt_is_sent_now(
    db_session: Session, event: Event, organiser: FlaskClient
) -> None:
    row = in_state(db_session, MailState.QUEUED, event.id)
    row.next_attempt_at = later = utc_now() + timedelta(hours=4)
    db_session.commit()
    address = f"{LIST}/{row.id}"
    assert f'action="{address}/send-now"' in text_of(organiser, address)
    answer = organiser.post(f"{address}/send-now", follow_redirects=True)
    assert "The mail is due now" in answer.get_data(as_text=True)
    state, attempts, next_attempt_at = told(db_session, row)
    assert (state, attempts) == ("queued", 4)
    assert next_attempt_at <= utc_now() < later


@pytest.mark.parametrize(("minutes", "shown"), [(4, None), (6, "6 minutes"), (90, "90 minutes")])
def test_organisers_see_that_no_worker_takes_the_mail(
    db_session: Session, event: Event, organiser: FlaskClient, minutes: int, shown: str | None
) -> None:
    other = make_event(db_session, "other")
    put(db_session, 7, event_id=other.id)
    in_state(db_session, MailState.FAILED, event.id, 8)
    row = put(db_session, 1, event_id=event.id)
    row.next_attempt_at = utc_now() - timedelta(minutes=minutes, seconds=1)
    waiting = put(db_session, 2, event_id=event.id)
    waiting.next_attempt_at = utc_now() + timedelta(hours=1)
    db_session.commit()
    page = text_of(organiser, LIST)
    assert re.findall(r"Mail has been waiting to leave for (.*?)\.", page) == ([shown] if shown else [])


def test_times_have_a_year_and_the_events_zone(db_session: Session, event: Event, organiser: FlaskClient) -> None:
    row = in_state(db_session, MailState.SENT, event.id)
    local = in_zone(NOW, "Asia/Tokyo")
    shown = f"{local:%A} {local.day} {local:%B %Y} {local:%H:%M}"
    assert shown in text_of(organiser, LIST)
    page = text_of(organiser, f"{LIST}/{row.id}")
    assert shown in page
    assert f"{local:%a, %d %b %Y %H:%M:%S} +0900" in page


def test_no_action_by_a_link(db_session: Session, event: Event, organiser: FlaskClient) -> None:
    row = in_state(db_session, MailState.QUEUED, event.id)
    assert organiser.get(f"{LIST}/{row.id}/cancel").status_code == 405
    assert organiser.post(f"{LIST}/{row.id}/claim").status_code == 404
    assert told(db_session, row)[0] == "queued"


def test_everything_that_failed_is_tried_again(db_session: Session, event: Event, organiser: FlaskClient) -> None:
    failed, sent = (
        in_state(db_session, MailState.FAILED, event.id, 1),
        in_state(db_session, MailState.SENT, event.id, 2),
    )
    answer = organiser.post(f"{LIST}/retry-failed", follow_redirects=True)
    assert "1 mail has been queued again." in answer.get_data(as_text=True)
    assert (told(db_session, failed)[0], told(db_session, sent)[0]) == ("queued", "sent")


ROUTES = [
    ("get", ""),
    ("get", "/{}"),
    ("get", "/{}/html"),
    ("post", "/{}/cancel"),
    ("post", "/{}/send-now"),
    ("post", "/retry-failed"),
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize(
    ("role", "here", "allowed"),
    [
        (None, True, False),
        (AccountRole.ADMINISTRATOR, False, True),
        (AccountRole.ORGANISER, True, True),
        (AccountRole.ORGANISER, False, False),
        (AccountRole.REPORTER, True, False),
        (AccountRole.MODERATOR, True, False),
        (AccountRole.SPEAKER, True, False),
    ],
)
def test_who_may(
    db_session: Session,
    event: Event,
    client: FlaskClient,
    method: str,
    path: str,
    role: AccountRole | None,
    here: bool,
    allowed: bool,
) -> None:
    other = make_event(db_session, "other")
    everywhere = role is AccountRole.ADMINISTRATOR
    account = make_account(db_session, role=role, event=None if everywhere else event if here else other)
    row = put(db_session, 1, event_id=event.id)
    sign_in(client, account)
    answer = getattr(client, method)(LIST + path.format(row.id))
    assert answer.status_code == ((200 if method == "get" else 303) if allowed else 404)
    cancelled = allowed and path.endswith("cancel")
    assert told(db_session, row)[0] == ("cancelled" if cancelled else "queued")


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_strangers_are_asked_to_sign_in(
    db_session: Session, event: Event, client: FlaskClient, method: str, path: str
) -> None:
    row = put(db_session, 1, event_id=event.id)
    answer = getattr(client, method)(LIST + path.format(row.id))
    assert answer.status_code == (302 if method == "get" else 401)
    assert told(db_session, row)[0] == "queued"


@pytest.mark.parametrize(("method", "path"), ROUTES[1:5])
def test_mails_of_other_events_do_not_exist(
    db_session: Session, event: Event, organiser: FlaskClient, method: str, path: str
) -> None:
    other = make_event(db_session, "other")
    row, nobodys = put(db_session, 1, event_id=other.id), put(db_session, 2)
    for mail_id in (row.id, nobodys.id, 2**31 - 1, 2**63):
        assert getattr(organiser, method)(LIST + path.format(mail_id)).status_code == 404
    assert told(db_session, row)[0] == "queued"
