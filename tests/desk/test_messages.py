"""Messages to the people of a session: shown before they are sent, sent once, by mail and on the desk until read."""

from datetime import datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events.desk.domain.messages import MOST_OF_EVENT, MOST_OF_SESSION, MessageKind, template, too_many
from galerio_events.desk.models import MessageReceipt, SessionMessage
from galerio_events.events.models import Event
from galerio_events.outbox import exports
from galerio_events.outbox.models import OutboxMail
from galerio_events.outbox.queries import outgoing
from galerio_events.permissions import AccountRole
from galerio_events.programme.domain import RoleKind, RoleState
from galerio_events.programme.models import ProgrammeSession, RoleAssignment, UnwantedMail
from tests.desk.test_control import PATH, TEN, at, at_minute, talk
from tests.support.builders import NOW, make_account, make_event, make_person, sign_in, tr
from tests.support.html import parse

TALK = f"{PATH}/talk/message"


@pytest.fixture
def event(db_session: Session, client: FlaskClient) -> Event:
    """An event; an organiser of it is signed in."""
    event = make_event(db_session)
    sign_in(client, make_account(db_session, event=event))
    return event


@pytest.fixture
def session(db_session: Session, event: Event) -> ProgrammeSession:
    """At ten: Mori (Japanese), Pablo (elsewhere), Kim, who has no address, and Gone, who has declined."""
    mori = make_person(db_session, event, "mori", name=tr("森 由里", "Yuri Mori"), email="mori@example.org")
    pablo = make_person(
        db_session, event, "pablo", email="pablo@example.org", country="PH", timezone="Asia/Manila"
    )  # fmt: skip
    kim = make_person(db_session, event, "kim", name=tr("", "Kim"))
    session = talk(db_session, event, "talk", 0, mori, pablo, kim)
    gone = make_person(db_session, event, "gone", name=tr("", "Gone"), email="gone@example.org")
    session.roles.append(RoleAssignment(person=gone, role=RoleKind.SPEAKER, position=3, state=RoleState.DECLINED))
    db_session.commit()
    return session


def fields(page: str) -> dict[str, list[str]]:
    """What the form on the page would send, but for its buttons."""
    found: dict[str, list[str]] = {}
    form = next(form for form in parse(page).all("form") if form.attributes.get("action") == TALK)
    for field in form.all("input"):
        kind, name = field.attributes.get("type", "text"), field.attributes.get("name", "")
        if kind != "checkbox" or "checked" in field.attributes:
            found.setdefault(name, []).append(field.attributes.get("value", ""))
    for field in form.all("textarea"):
        found[field.attributes["name"]] = [field.text]
    return found


def press(client: FlaskClient, sent: dict[str, list[str]], do: str, moment: datetime = TEN) -> tuple[int, str]:
    with at(moment):
        answer = client.post(TALK, data={**sent, "do": do})
    return answer.status_code, answer.text


def mails(db_session: Session) -> list[OutboxMail]:
    return list(db_session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id)))


def test_one_tap_shows_who_gets_it_and_another_sends_it(
    app: Flask, db_session: Session, client: FlaskClient, session: ProgrammeSession
) -> None:
    with at(TEN):
        page = client.get(f"{TALK}?kind=late&minutes=10").text
    shown = parse(page)
    assert shown.one("h1").text == "Send this to 2 people?"
    assert [one.text for one in shown.one("section", class_="panel").all("li")] == [
        "Yuri Mori mori@example.org · 日本語",
        "Christopher Pablo pablo@example.org · English",
        "Kim Has no e-mail address: gets nothing",
    ]
    assert (mails(db_session), "Gone" in page) == ([], False)
    sent = fields(page)
    assert press(client, sent, "send")[0] == 303
    # A second press, and the same form from another window.
    with at(TEN):
        again = client.post(TALK, data={**sent, "do": "send"}, follow_redirects=True)
    assert "This message was sent already; it was not sent twice." in again.text
    assert [(mail.recipient_email, mail.language, mail.kind) for mail in mails(db_session)] == [
        ("mori@example.org", "ja", "session_message"),
        ("pablo@example.org", "en", "session_message"),
    ]
    texts = []
    for mail in mails(db_session):
        message = app.extensions["outbox_renderer"].message(outgoing(mail))
        texts.append((str(message["Subject"]), exports.parts(message)[0].replace("\r", "")))
    assert texts[0][0] == "【開始が遅れます】Talk talk（第11回アジア・スマートシティ会議）"
    assert texts[0][1].startswith("森 由里 様\n\n開始が10分ほど遅れる見込みです。")
    assert texts[1][0] == "Starting late: Talk talk (11th Asia Smart City Conference)"
    assert "We will start about 10 minutes late. Please stand by." in texts[1][1].split("- - -")[0]
    assert "/en/desk/ascc11/sessions/talk" in texts[1][1]
    assert "Manila" in texts[1][1] or "Philippines" in texts[1][1]


def test_those_who_are_here_are_not_asked_to_come(
    db_session: Session, client: FlaskClient, session: ProgrammeSession
) -> None:
    client.post(f"{PATH}/talk/coming", data={"person": "mori", "here": "1"})
    asked = fields(client.get(f"{TALK}?kind=join_now").text)
    assert asked["to"] == [str(session.roles[1].person_id)]
    client.post(f"{PATH}/talk/coming", data={"person": "pablo", "here": "1"})
    assert len(fields(client.get(f"{TALK}?kind=join_now").text)["to"]) == 2


def test_own_words_are_looked_at_first_and_can_be_changed(
    db_session: Session, client: FlaskClient, session: ProgrammeSession
) -> None:
    sent = fields(client.get(f"{TALK}?kind=own").text)
    sent["body_ja"] = ["マイクを確認してください。\u202e<b>"]
    status, look = press(client, sent, "check")
    assert (status, mails(db_session)) == (200, [])
    assert parse(look).one("blockquote").text == "マイクを確認してください。<b>"
    status, page = press(client, fields(look), "write")
    assert (status, fields(page)["body_ja"]) == (200, ["マイクを確認してください。<b>"])
    sent = fields(page)
    sent["to"] = sent["to"][:1]
    assert press(client, sent, "send")[0] == 303
    assert [mail.recipient_email for mail in mails(db_session)] == ["mori@example.org"]
    assert db_session.scalars(sa.select(SessionMessage.kind)).all() == [MessageKind.OWN]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"body_ja": [""], "body_en": [" \u200b"]}, "Write the message in one language at least."),
        ({"body_en": ["x" * 1001]}, "Write at most 1000 characters."),
        ({"to": []}, "Choose at least one person."),
        ({"to": ["999999"]}, "Choose at least one person."),
        ({"to": ["everybody", "²", "1e9"]}, "Choose at least one person."),
    ],
)
def test_what_cannot_be_sent_is_said_at_its_field(
    db_session: Session, client: FlaskClient, session: ProgrammeSession, change: dict[str, list[str]], said: str
) -> None:
    sent = fields(client.get(f"{TALK}?kind=late&minutes=5").text) | change
    status, page = press(client, sent, "send")
    assert (status, said in page) == (422, True)
    assert mails(db_session) == []


@pytest.mark.parametrize("query", ["", "?kind=nonsense", "?kind=late", "?kind=late&minutes=0", "?kind=late&minutes=²",
                                   "?kind=late&minutes=99999", "?kind=own"])  # fmt: skip
def test_without_words_they_are_asked_for(client: FlaskClient, session: ProgrammeSession, query: str) -> None:
    answer = client.get(TALK + query)
    assert (answer.status_code, len(parse(answer.text).all("textarea"))) == (200, 2)


def test_not_more_than_is_good(db_session: Session, client: FlaskClient, session: ProgrammeSession) -> None:
    for number in range(MOST_OF_SESSION):
        sent = fields(client.get(f"{TALK}?kind=join_now").text)
        assert press(client, sent, "send", at_minute(number))[0] == 303
    sent = fields(client.get(f"{TALK}?kind=join_now").text)
    status, page = press(client, sent, "send", at_minute(9))
    assert (status, "Many messages have left within the last ten minutes." in page) == (429, True)
    assert len(mails(db_session)) == 2 * MOST_OF_SESSION
    assert press(client, sent, "send", at_minute(11))[0] == 303
    assert (too_many(0, MOST_OF_EVENT - 1), too_many(0, MOST_OF_EVENT)) == (False, True)


def test_one_mailbox_gets_one_mail_and_who_wants_none_gets_none(
    db_session: Session, client: FlaskClient, event: Event, session: ProgrammeSession
) -> None:
    same = make_person(db_session, event, "same", name=tr("", "Same Mailbox"), email="Mori@example.org")
    session.roles.append(RoleAssignment(person=same, role=RoleKind.SPEAKER, position=4))
    db_session.add(UnwantedMail(event_id=event.id, mailbox="pablo@example.org", at=NOW))
    db_session.commit()
    page = client.get(f"{TALK}?kind=late&minutes=1").text
    assert "Wants no mail: sees it on their desk only" in page
    assert "about 1 minute late" in page
    assert press(client, fields(page), "send")[0] == 303
    assert [mail.recipient_email for mail in mails(db_session)] == ["mori@example.org"]
    assert len(db_session.scalars(sa.select(MessageReceipt)).all()) == 3


def test_on_the_desk_until_it_is_read_and_on_nobody_elses(
    db_session: Session, client: FlaskClient, session: ProgrammeSession
) -> None:
    accounts = [make_account(db_session, f"{who}@example.org", None) for who in ("mori", "gone")]
    db_session.commit()
    press(client, fields(client.get(f"{TALK}?kind=late&minutes=5").text), "send")
    (message_id,) = db_session.scalars(sa.select(SessionMessage.id)).all()
    reader, stranger = client.application.test_client(), client.application.test_client()
    sign_in(reader, accounts[0])
    sign_in(stranger, accounts[1])

    def waiting(who: FlaskClient, moment: datetime = TEN) -> list[int]:
        with at(moment):
            pages = [who.get(f"/en/desk{path}") for path in ("", "/messages", "/ascc11/sessions/talk")]
        return [page.text.count("We will start about 5 minutes late.") for page in pages]

    assert waiting(reader) == [1, 1, 1]
    assert waiting(stranger) == [0, 0, 0]
    assert waiting(reader, at_minute(60 + 24 * 60 + 1)) == [0, 0, 0]
    assert stranger.post(f"/en/desk/messages/{message_id}/read").status_code == 404
    assert client.post(f"/en/desk/messages/{message_id}/read").status_code == 404
    with at(TEN):
        seen = reader.get("/en/desk/messages")
        unchanged = reader.get("/en/desk/messages", headers={"If-None-Match": seen.headers["ETag"]})
        assert unchanged.status_code == 304
        assert reader.post(f"/en/desk/messages/{message_id}/read").status_code == 303
    with at(at_minute(5)):
        reader.post(f"/en/desk/messages/{message_id}/read")
    # The session's page still has it among those that were read.
    assert waiting(reader) == [0, 0, 1]
    assert db_session.scalars(sa.select(MessageReceipt.read_at).where(MessageReceipt.read_at.is_not(None))).all() == [
        TEN
    ]
    with at(TEN):
        assert "read by 1 of 2" in client.get(PATH).text
    session.roles[0].state = RoleState.WITHDRAWN
    db_session.commit()
    assert waiting(reader)[:2] == [0, 0]


def test_whoever_conducts_the_session_reads_it_in_live_mode_and_stays_there(
    db_session: Session, client: FlaskClient, session: ProgrammeSession
) -> None:
    account = make_account(db_session, "mori@example.org", None)
    session.roles[0].role = RoleKind.MODERATOR
    db_session.commit()
    press(client, fields(client.get(f"{TALK}?kind=late&minutes=5").text), "send")
    (message_id,) = db_session.scalars(sa.select(SessionMessage.id)).all()
    reader = client.application.test_client()
    sign_in(reader, account)
    live, read = "/en/desk/ascc11/sessions/talk/live", f"/en/desk/messages/{message_id}/read"
    with at(TEN):
        page = parse(reader.get(live).text)
        assert page.one("p", class_="pre-line").text == "We will start about 5 minutes late. Please stand by."
        form = next(form for form in page.all("form") if form.attributes.get("action") == read)
        renewed = parse(reader.get(f"/en/desk/messages?next={live}").text)
        ways = [
            next(field.attributes["value"] for field in found.all("input") if field.attributes["name"] == "next")
            for found in (form, renewed)
        ]
        assert ways == [live, live]
        assert reader.post(read, data={"next": live}).location == live
        assert reader.post(read, data={"next": "https://elsewhere.example.org/"}).location == "/en/desk"
        assert parse(reader.get(live).text).all("p", class_="pre-line") == []


def test_who_may_send(db_session: Session, client: FlaskClient, event: Event, session: ProgrammeSession) -> None:
    other = make_event(db_session, "ascc12")
    sign_in(client, make_account(db_session, "other@example.org", AccountRole.ORGANISER, other))
    assert client.get(TALK).status_code == 404
    # A session of one event on another's address.
    assert client.get("/en/organise/ascc12/control/talk/message").status_code == 404
    assert (
        client.post("/en/organise/ascc12/control/talk/coming", data={"person": "mori", "here": "1"}).status_code == 404
    )
    sign_in(client, make_account(db_session, "mori@example.org", None))
    assert (client.get(TALK).status_code, client.post(TALK, data={"do": "send"}).status_code) == (404, 404)


def test_what_was_sent_once_is_not_stored_twice(db_session: Session, session: ProgrammeSession) -> None:
    row = {"event_id": session.event_id, "session_id": session.id, "kind": MessageKind.OWN, "body": tr("", "Hello"),
           "sent_at": NOW, "nonce": "once"}  # fmt: skip
    db_session.execute(sa.insert(SessionMessage).values(**row))
    with pytest.raises(sa.exc.IntegrityError), db_session.begin_nested():
        db_session.execute(sa.insert(SessionMessage).values(**row))


def test_every_kind_but_ones_own_has_words_in_both_languages() -> None:
    assert {kind: sorted(template(kind, 5)) for kind in MessageKind} == {
        MessageKind.JOIN_NOW: ["en", "ja"],
        MessageKind.COME_NOW: ["en", "ja"],
        MessageKind.LATE: ["en", "ja"],
        MessageKind.OWN: [],
    }
