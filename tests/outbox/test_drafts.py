"""Drafts: read, edited, sent or dropped, one by one or all of a batch."""

import re
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events.clock import utc_now
from galerio_events.errors import ChangeConflict, Conflict
from galerio_events.events.models import Event
from galerio_events.outbox import queries, services
from galerio_events.outbox.domain import Action, MailState, Wording, wording_digest
from galerio_events.outbox.exports import HIDDEN, Renderer, as_bytes, parts
from galerio_events.outbox.models import OutboxMail
from galerio_events.outbox.worker.delivery import Delivery
from galerio_events.permissions import AccountRole
from galerio_events.text import private_token
from tests.outbox.conftest import SENDER, Clock, a_mail, put
from tests.outbox.sink import Sink
from tests.support.builders import NOW, make_account, make_event, sign_in
from tests.support.html import parse

LIST = "/en/organise/ascc11/outbox"
TOKEN = private_token(SENDER.secret_key, "manage", "a-nonce")


@pytest.fixture
def event(db_session: Session) -> Event:
    return make_event(db_session)


@pytest.fixture
def organiser(db_session: Session, event: Event, client: FlaskClient) -> FlaskClient:
    sign_in(client, make_account(db_session, event=event))
    db_session.commit()
    return client


@pytest.fixture
def draft(db_session: Session, event: Event) -> OutboxMail:
    return a_draft(db_session, event)


def a_draft(db_session: Session, event: Event, number: int = 1, **more: object) -> OutboxMail:
    """A draft of the kind that has a private link."""
    values = {
        "event": "ascc11",
        "event_title": {"en": "11th Asia Smart City Conference"},
        "zone": "Asia/Tokyo",
        "name": "Niran",
        "reference": "K7TM-2XQD",
        "manage": "a-nonce",
    }
    given = {
        "event_id": event.id, "kind": "registration_known", "language": "en", "values": values, "draft": True,
        "bulk": True, "batch": "release-2",
    }  # fmt: skip
    return put(db_session, number, **(given | more))


def fields(page: str) -> dict[str, str]:
    """What the form on the page would send."""
    form = parse(page).one("form", class_="panel", action=re.findall(r'action="(/[^"]*/edit)"', page)[0])
    (text,) = form.all("textarea")
    found = {i.attributes["name"]: i.attributes.get("value", "") for i in form.all("input")}
    return found | {"text": "".join(map(str, text.children)).removeprefix("\r\n").removeprefix("\n")}


def stored(db_session: Session, row: OutboxMail) -> Wording:
    db_session.expire_all()
    return Wording(**row.values["edited"])


def test_the_words_are_edited_without_their_codes(
    db_session: Session, organiser: FlaskClient, draft: OutboxMail
) -> None:
    address = f"{LIST}/{draft.id}/edit"
    assert f'href="{address}"' in organiser.get(f"{LIST}/{draft.id}").text
    page = organiser.get(address).text
    form = fields(page)
    assert "/en/ascc11/registration/[[manage]]" in form["text"]
    assert TOKEN not in page
    assert "Hosted by" not in form["text"]
    answer = organiser.post(address, data=form | {"subject": "Look here", "text": f"Hi!\n\n{form['text']}"})
    assert (answer.status_code, answer.location) == (303, f"{LIST}/{draft.id}")
    assert stored(db_session, draft).subject == "Look here"
    shown = organiser.get(f"{LIST}/{draft.id}").text
    assert "An organiser has edited the words of this mail." in shown
    assert f"/en/ascc11/registration/{HIDDEN}" in shown
    assert TOKEN not in shown


def test_what_was_edited_is_what_leaves(
    db_session: Session,
    organiser: FlaskClient,
    draft: OutboxMail,
    delivery: Delivery,
    sink: Sink,
    renderer: Renderer,
    clock: Clock,
) -> None:
    address = f"{LIST}/{draft.id}/edit"
    text = "One <b>bold</b> line\nhttp://localhost:8000/en/x/registration/[[manage]].\n\n[[other]] & more"
    organiser.post(address, data=fields(organiser.get(address).text) | {"subject": "Ｓ <i>", "text": text})
    db_session.expire_all()
    message = renderer.message(queries.outgoing(draft))
    plain, html = (part.replace("\r\n", "\n") for part in parts(message))
    link = f"http://localhost:8000/en/x/registration/{TOKEN}"
    assert message["Subject"] == "Ｓ <i>"
    assert plain.startswith(f"One <b>bold</b> line\n{link}.\n\n[[other]] & more\n")
    assert f'<p>One &lt;b&gt;bold&lt;/b&gt; line<br>\n<a href="{link}">{link}</a>.</p>' in html
    assert "<p>[[other]] &amp; more</p>" in html
    assert as_bytes(message).count(b"\r\nSubject:") == 1
    assert organiser.post(f"{LIST}/{draft.id}/send").status_code == 303
    clock.now = utc_now()
    assert delivery.run().sent == 1
    assert len(sink.taken) == 1
    db_session.expire_all()
    assert draft.state is MailState.SENT


def test_a_draft_does_not_leave_by_itself(db_session: Session, draft: OutboxMail, delivery: Delivery) -> None:
    assert delivery.run().sent == 0
    db_session.expire_all()
    assert draft.state is MailState.DRAFT


def test_the_original_comes_back(db_session: Session, organiser: FlaskClient, draft: OutboxMail) -> None:
    address = f"{LIST}/{draft.id}/edit"
    first = fields(organiser.get(address).text)
    assert "Take the original words back" not in organiser.get(address).text
    organiser.post(address, data=first | {"subject": "Another"})
    page = organiser.get(address).text
    assert "Take the original words back" in page
    seen = fields(page)["seen"]
    assert organiser.post(f"{LIST}/{draft.id}/original", data={"seen": "old"}).status_code == 409
    assert stored(db_session, draft).subject == "Another"
    assert organiser.post(f"{LIST}/{draft.id}/original", data={"seen": seen}).status_code == 303
    db_session.expire_all()
    assert "edited" not in draft.values
    assert fields(organiser.get(address).text) == first


def test_saving_what_was_there_before_is_no_edit(
    db_session: Session, organiser: FlaskClient, draft: OutboxMail
) -> None:
    address = f"{LIST}/{draft.id}/edit"
    assert organiser.post(address, data=fields(organiser.get(address).text)).status_code == 303
    db_session.expire_all()
    assert "edited" not in draft.values


def test_the_language_of_a_draft_is_switched(
    db_session: Session, organiser: FlaskClient, draft: OutboxMail, renderer: Renderer
) -> None:
    address = f"{LIST}/{draft.id}/edit"
    assert '<option value="en" lang="en" selected>' in organiser.get(address).text
    english = fields(organiser.get(address).text)
    assert organiser.post(address, data=english | {"language": "ja"}).status_code == 303
    db_session.expire_all()
    # Words that nobody edited come in the new language; who had the form open before is told.
    assert (draft.language, "edited" in draft.values) == ("ja", False)
    assert "登録" in fields(organiser.get(address).text)["text"]
    assert organiser.post(address, data=english | {"language": "en"}).status_code == 409
    # Words that somebody edited stay; what stands below them is in the new language.
    japanese = fields(organiser.get(address).text)
    assert organiser.post(address, data=japanese | {"language": "en", "text": "Hello"}).status_code == 303
    assert organiser.post(address, data=fields(organiser.get(address).text) | {"language": "xx"}).status_code == 303
    db_session.expire_all()
    message = renderer.message(queries.outgoing(draft))
    assert (message["Content-Language"], stored(db_session, draft).text) == ("en", "Hello")


def test_two_who_edit_at_once_see_both(db_session: Session, organiser: FlaskClient, draft: OutboxMail) -> None:
    address = f"{LIST}/{draft.id}/edit"
    seen = fields(organiser.get(address).text)
    organiser.post(address, data=seen | {"subject": "The first one's"})
    answer = organiser.post(address, data=seen | {"subject": "The second one's"})
    assert answer.status_code == 409
    assert "Somebody else has edited this mail meanwhile" in answer.text
    assert "The first one&#39;s" in answer.text
    again = fields(answer.text)
    assert again["subject"] == "The second one's"
    assert stored(db_session, draft).subject == "The first one's"
    assert organiser.post(address, data=again).status_code == 303
    assert stored(db_session, draft).subject == "The second one's"


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"subject": ""}, "Enter a subject."),
        ({"subject": "\u202e \u200b"}, "Enter a subject."),
        ({"subject": "x" * 201}, "This subject is too long: 200 characters at most."),
        ({"text": " \n "}, "Enter the text of the mail."),
        ({"text": "x" * 20_001}, "This text is too long: 20000 characters at most."),
    ],
)
def test_words_that_cannot_be(
    db_session: Session, organiser: FlaskClient, draft: OutboxMail, sent: dict[str, str], message: str
) -> None:
    address = f"{LIST}/{draft.id}/edit"
    answer = organiser.post(address, data=fields(organiser.get(address).text) | sent)
    assert answer.status_code == 422
    assert message in answer.text
    db_session.expire_all()
    assert "edited" not in draft.values


def test_a_subject_is_one_line_whatever_is_sent(
    db_session: Session, organiser: FlaskClient, draft: OutboxMail, renderer: Renderer
) -> None:
    address = f"{LIST}/{draft.id}/edit"
    evil = "Hello\r\nBcc: everybody@example.org\x00\u202e"
    organiser.post(address, data=fields(organiser.get(address).text) | {"subject": evil, "text": "a\x07\u202eb 😀"})
    assert stored(db_session, draft) == Wording("Hello Bcc: everybody@example.org", "ab 😀")
    message = renderer.message(queries.outgoing(draft))
    assert (message["Subject"], message["Bcc"]) == ("Hello Bcc: everybody@example.org", None)


@pytest.mark.parametrize("state", [MailState.QUEUED, MailState.SENT, MailState.CANCELLED])
def test_only_a_draft_can_be_edited(
    db_session: Session, organiser: FlaskClient, event: Event, draft: OutboxMail, state: MailState
) -> None:
    seen = wording_digest(draft.values, draft.language)
    draft.state, draft.sent_at = state, NOW if state is MailState.SENT else None
    db_session.commit()
    assert "Edit subject and text" not in organiser.get(f"{LIST}/{draft.id}").text
    address = f"{LIST}/{draft.id}/edit"
    for answer in (organiser.get(address), organiser.post(address, data={"subject": "x", "text": "y", "seen": seen})):
        assert (answer.status_code, answer.location) == (302, f"{LIST}/{draft.id}")
    assert organiser.post(f"{LIST}/{draft.id}/original", data={"seen": seen}).status_code == 409
    with pytest.raises(ChangeConflict) as refused:
        services.edit_draft(db_session, event.id, draft.id, Wording("x", "y"), seen=seen)
    assert refused.value.reason is Conflict.ALREADY_DONE


def states(db_session: Session) -> dict[str, str]:
    db_session.expire_all()
    return {row.recipient_email: row.state.value for row in db_session.scalars(sa.select(OutboxMail))}


def test_all_drafts_of_a_batch_are_sent_and_no_others(
    db_session: Session, organiser: FlaskClient, event: Event
) -> None:
    other = make_event(db_session, "other")
    for number in (1, 2):
        a_draft(db_session, event, number)
    a_draft(db_session, event, 3, batch="release-3")
    a_draft(db_session, other, 4)
    page = organiser.get(f"{LIST}?batch=release-2").text
    assert "Send all 2 drafts" in page
    assert page.count('class="mail-to"') == 2
    for wanted, flash in (("2 mails are on their way.", 303), ("There are no drafts left", 303)):
        answer = organiser.post(f"{LIST}/drafts/send", data={"batch": "release-2"})
        assert (answer.status_code, answer.location) == (flash, f"{LIST}?batch=release-2")
        assert wanted in organiser.get(f"{LIST}?batch=release-2").text
    assert states(db_session) == {
        "person1@example.org": "queued",
        "person2@example.org": "queued",
        "person3@example.org": "draft",
        "person4@example.org": "draft",
    }


def test_all_drafts_of_a_batch_are_dropped(db_session: Session, organiser: FlaskClient, event: Event) -> None:
    a_draft(db_session, event, 1)
    assert organiser.post(f"{LIST}/drafts/cancel", data={"batch": "release-2"}).status_code == 303
    assert states(db_session) == {"person1@example.org": "cancelled"}
    answer = organiser.post(f"{LIST}/drafts/cancel", data={"batch": "nothing\x00" * 40})
    assert (answer.status_code, answer.location) == (303, LIST)


def test_the_list_by_kind_and_batch(db_session: Session, organiser: FlaskClient, event: Event) -> None:
    a_draft(db_session, event, 1)
    put(db_session, 2, event_id=event.id)
    assert organiser.get(LIST).text.count('class="mail-to"') == 2
    for query in ("?kind=registration_known", "?batch=release-2", "?state=draft&batch=release-2"):
        page = organiser.get(LIST + query).text
        assert page.count('class="mail-to"') == 1
        assert "person1@example.org" in page
    assert "1 draft about Release 2 waits" in organiser.get(LIST).text
    assert organiser.get(f"{LIST}?state=sent&batch=release-2").text.count('class="mail-to"') == 0
    for query in ("?kind=gone", "?batch=release-9", "?batch=%00"):
        assert organiser.get(LIST + query).status_code == 404


def test_who_may_read_mails_but_not_send_them(db_session: Session, client: FlaskClient, event: Event) -> None:
    a_draft(db_session, event)
    sign_in(client, make_account(db_session, "reporter@example.org", AccountRole.REPORTER, event))
    db_session.commit()
    assert client.get(f"{LIST}/1/edit").status_code == 404
    assert client.post(f"{LIST}/drafts/send", data={"batch": "release-2"}).status_code == 404


@pytest.fixture
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(services, "AT_ONCE", 3)
    yield


@pytest.mark.usefixtures("few_at_once")
def test_many_are_written_with_few_statements(
    db_session: Session, event: Event, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    wanted = [a_mail(number, event_id=event.id, draft=True, batch="b") for number in range(7)]
    assert count_queries(lambda: services.enqueue_all(db_session, wanted, now=NOW)) == 3
    assert db_session.info.get(services.ENQUEUED) is None
    assert services.enqueue_all(db_session, [*wanted, a_mail(8)], now=NOW) == 1
    assert db_session.info.get(services.ENQUEUED) is True
    assert services.enqueue_all(db_session, [], now=NOW) == 0
    assert db_session.scalar(sa.select(sa.func.count(OutboxMail.id))) == 8
    with pytest.raises(ValueError, match="not an e-mail address"):
        services.enqueue_all(db_session, [a_mail(9, recipient_email="x")], now=NOW)


def test_sending_all_is_one_statement(
    db_session: Session, event: Event, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    for number in range(3):
        a_draft(db_session, event, number)
    event_id = event.id
    sent = count_queries(lambda: services.act_on_drafts(db_session, event_id, "release-2", Action.SEND, now=NOW))
    assert sent == 1
