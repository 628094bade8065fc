"""The list for everybody and for registrants: who reads, who asks, who votes, and what is refused."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events.questions import services
from galerio_events.questions.domain import MOST_A_PERSON, Board, Deed, Mode, Naming, Phase, Rules
from galerio_events.questions.models import Question, QuestionVote
from galerio_events.registration.domain import RegistrationState
from galerio_events.registration.models import PrivateLink
from tests.questions.support import Hall, client_of, link_of, make_hall, make_registration, put, registrant, settled
from tests.support.builders import NOW, make_account, make_event, make_session, sample_programme, store_release, utc
from tests.support.html import Element, parse


@pytest.fixture
def hall(db_session: Session) -> Hall:
    return make_hall(db_session)


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    """Stands in the middle of the session."""
    with time_machine.travel(utc(25, 5), tick=False) as traveller:
        yield traveller


def listed(client: FlaskClient, path: str = Hall.path) -> list[str]:
    page = parse(client.get(path).text)
    return [each.one(class_="question__text").text for each in page.one(id="list").all("li", class_="question")]


def notices(client: FlaskClient, path: str = Hall.path) -> list[str]:
    return [each.text for each in parse(client.get(path).text).all("div", class_="notice")]


def ask(client: FlaskClient, text: str = "How much does it cost?", **more: str) -> Any:
    return client.post(Hall.path, data={"text": text, "language": "en"} | more)


def questions(db_session: Session) -> list[Question]:
    db_session.expire_all()
    return list(db_session.scalars(sa.select(Question).order_by(Question.id)))


def question(client: FlaskClient, number: int) -> Element:
    return parse(client.get(Hall.path).text).one("li", id=f"question-{number}")


def test_whoever_opened_the_private_link_asks_and_others_read(app: Flask, hall: Hall, db_session: Session) -> None:
    client = registrant(app, hall, "niran")
    answer = ask(client)
    assert (answer.status_code, answer.location) == (303, f"{Hall.path}#own")
    (made,) = questions(db_session)
    assert (made.text, made.language, made.named, made.approved) == ("How much does it cost?", "en", True, True)
    assert made.registration_id == hall.people["niran"].id
    shown = question(app.test_client(), made.id)
    assert shown.one(class_="question__text").attributes["lang"] == "en"
    assert shown.one(class_="question__who").text == "Niran Example English"
    japanese = app.test_client().get(Hall.path.replace("/en/", "/ja/"))
    assert parse(japanese.text).one("p", class_="question__text").attributes["lang"] == "en"


def test_whoever_signed_in_with_the_registered_address_asks(app: Flask, hall: Hall, db_session: Session) -> None:
    account = make_account(db_session, "Akiko@Example.org", None)
    db_session.commit()
    assert ask(client_of(app, account), "いくらですか？", language="ja", hide_name="y").status_code == 303
    (made,) = questions(db_session)
    assert (made.registration_id, made.language, made.named) == (hall.people["akiko"].id, "ja", False)
    who = question(app.test_client(), made.id).one(class_="question__who").text
    assert who == "without a name 日本語"
    assert "Akiko" not in app.test_client().get(Hall.path).text


@pytest.mark.parametrize("who", ["nobody", "stranger", "cancelled", "revoked", "other event"])
def test_who_cannot_ask_is_told_how_to(app: Flask, hall: Hall, db_session: Session, who: str) -> None:
    client = app.test_client()
    if who == "stranger":
        client = client_of(app, hall.stranger)
    elif who == "cancelled":
        client = registrant(app, hall, "niran")
        hall.people["niran"].state = RegistrationState.CANCELLED
        hall.people["niran"].cancelled_at = NOW
    elif who == "revoked":
        client = registrant(app, hall, "niran")
        db_session.execute(sa.update(PrivateLink).values(revoked_at=NOW))
    elif who == "other event":
        other = make_event(db_session, "ascc12")
        make_session(db_session, other, "session-1")
        store_release(db_session, other, sample_programme(1))
        make_registration(db_session, other, "niran")
        db_session.commit()
        there = Hall(other, hall.session, hall.moderator, hall.speaker, hall.organiser, hall.stranger)
        client.get(link_of(there, "niran"))
    db_session.commit()
    page = parse(client.get(Hall.path).text)
    assert page.one(id="take-part").text == "How to take part"
    assert page.all("textarea") == []
    answer = ask(client)
    assert (answer.status_code, answer.location) == (303, Hall.path)
    assert "Questions and votes are for participants. Below you find how to take part." in notices(client)
    assert questions(db_session) == []


def test_what_is_pressed_on_a_shared_computer_is_forgotten(app: Flask, hall: Hall) -> None:
    client = registrant(app, hall, "niran")
    assert "Niran Example" in client.get(Hall.path).text
    assert client.post(f"{Hall.path}/leave").location == f"{Hall.path}#list"
    assert parse(client.get(Hall.path).text).all("textarea") == []


@pytest.mark.parametrize(
    ("sent", "field", "message"),
    [
        ({"text": ""}, "text", "Error: Write your question."),
        ({"text": " \u202e\u0000\u200b "}, "text", "Error: Write your question."),
        ({"text": "?!"}, "text", "Error: Write your question."),
        ({"text": "あ" * 501}, "text", "Error: Use at most 500 characters; these are 501."),
        ({"language": "xx"}, "language", "Error: Choose one of these."),
        ({"language": ""}, "language", "Error: Choose one of these."),
    ],
)
def test_what_is_wrong_is_said_at_the_field(
    app: Flask, hall: Hall, db_session: Session, sent: dict[str, str], field: str, message: str
) -> None:
    answer = ask(registrant(app, hall, "niran"), **({"text": "Why?"} | sent))
    assert answer.status_code == 422
    assert parse(answer.text).one(id=f"{field}-error").text == message
    assert questions(db_session) == []


def test_what_cannot_be_seen_is_taken_out_and_html_is_text(app: Flask, hall: Hall, db_session: Session) -> None:
    client = registrant(app, hall, "niran")
    ask(client, "<b>Why</b>\u202e\u0007 not\r\n\r\n\tnow 🚀 &amp;?")
    assert [each.text for each in questions(db_session)] == ["<b>Why</b> not now 🚀 &amp;?"]
    assert listed(client) == ["<b>Why</b> not now 🚀 &amp;?"]


def test_the_same_question_is_put_once(app: Flask, hall: Hall, db_session: Session) -> None:
    client = registrant(app, hall, "niran")
    ask(client, "How much does it cost?")
    answer = ask(client, "how much  does it cost")
    assert answer.status_code == 409
    assert "You have put this question already. It is among yours below." in answer.text
    assert parse(answer.text).one("textarea").text == "how much does it cost"
    # Another person may well ask it.
    assert ask(registrant(app, hall, "lin")).status_code == 303
    assert len(questions(db_session)) == 2


def test_the_database_holds_nobody_to_have_put_it_twice(hall: Hall, db_session: Session) -> None:
    number = put(db_session, hall, "niran", "Why?")
    first = db_session.get(Question, number)
    assert first is not None
    again = {
        column.key: getattr(first, column.key) for column in sa.inspect(Question).column_attrs if column.key != "id"
    }
    with pytest.raises(sa.exc.IntegrityError), db_session.begin_nested():
        db_session.execute(sa.insert(Question).values(**again))
    vote = {"question_id": number, "registration_id": hall.people["lin"].id}
    db_session.execute(sa.insert(QuestionVote).values(**vote))
    with pytest.raises(sa.exc.IntegrityError), db_session.begin_nested():
        db_session.execute(sa.insert(QuestionVote).values(**vote))


def test_nobody_floods_a_session(app: Flask, hall: Hall, db_session: Session) -> None:
    for number in range(MOST_A_PERSON):
        put(db_session, hall, "niran", f"Question {number}?")
    answer = ask(registrant(app, hall, "niran"), "One more?")
    assert answer.status_code == 409
    assert "You have 10 questions to this session. Withdraw one before you put another." in answer.text


def test_votes_count_once_and_can_be_taken_back(app: Flask, hall: Hall, db_session: Session) -> None:
    number = put(db_session, hall, "niran", "Why?")
    lin, akiko = registrant(app, hall, "lin"), registrant(app, hall, "akiko")
    path = f"{Hall.path}/{number}/vote"
    for client, do in ((lin, "give"), (lin, "give"), (akiko, "give")):
        answer = client.post(path, data={"do": do})
        assert (answer.status_code, answer.location) == (303, f"{Hall.path}#question-{number}")
    assert question(lin, number).one("button").text == "✓ 2 Take back my vote (2 votes)"
    lin.post(path, data={"do": "take"})
    assert question(lin, number).one("button").text == "▲ 1 Vote for this question (1 vote)"
    assert question(app.test_client(), number).all("button") == []


def test_which_votes_are_refused(app: Flask, hall: Hall, db_session: Session) -> None:
    own, done, hidden = (put(db_session, hall, "niran", text) for text in ("Mine?", "Done?", "Hidden?"))
    for number, deed in ((done, Deed.DONE), (hidden, Deed.HIDE)):
        services.moderate(db_session, settled(db_session, hall), number, deed, now=NOW)
    db_session.commit()
    told = {}
    for name, number in (("niran", own), ("lin", done), ("lin", hidden), ("lin", 999999)):
        client = registrant(app, hall, name)
        client.post(f"{Hall.path}/{number}/vote", data={"do": "give"})
        told[number] = notices(client)[0]
    assert told == {
        own: "This is your own question: it needs no vote of yours.",
        done: "This question has been dealt with, so it takes no votes any more.",
        hidden: "This question is not on the list any more.",
        999999: "This question is not on the list any more.",
    }
    assert db_session.scalar(sa.select(sa.func.count()).select_from(QuestionVote)) == 0
    # The number of another session's question says nothing.
    other = Hall.path.replace("session-1", "session-2")
    registrant(app, hall, "lin").post(f"{other}/{own}/vote", data={"do": "give"})
    assert db_session.scalar(sa.select(sa.func.count()).select_from(QuestionVote)) == 0
    assert app.test_client().post(f"{Hall.path}/{2**31}/vote").status_code == 404


def test_one_withdraws_ones_own_only(app: Flask, hall: Hall, db_session: Session) -> None:
    number = put(db_session, hall, "niran", "Why?")
    services.vote(db_session, settled(db_session, hall), hall.people["lin"].id, number, give=True, phase=Phase.OPEN)
    db_session.commit()
    lin, niran = registrant(app, hall, "lin"), registrant(app, hall, "niran")
    lin.post(f"{Hall.path}/{number}/withdraw")
    assert notices(lin)[0] == "This question is not on the list any more."
    assert len(questions(db_session)) == 1
    niran.post(f"{Hall.path}/{number}/withdraw")
    assert notices(niran)[0] == "Your question has been withdrawn and deleted."
    assert questions(db_session) == []
    assert db_session.scalar(sa.select(sa.func.count()).select_from(QuestionVote)) == 0


def test_what_waits_or_is_hidden_sees_its_author_alone(app: Flask, hall: Hall, db_session: Session) -> None:
    services.settle_board(db_session, settled(db_session, hall), Board(premoderated=True))
    db_session.commit()
    client = registrant(app, hall, "niran")
    assert ask(client).status_code == 303
    assert notices(client)[0] == "Thank you. Your question appears on the list once the moderator has let it through."
    assert (listed(client), listed(app.test_client())) == ([], [])
    (made,) = questions(db_session)
    own = parse(client.get(Hall.path).text).one(id="own")
    assert "The moderator has not let it through yet; only you see it." in own.text
    services.moderate(db_session, settled(db_session, hall), made.id, Deed.APPROVE, now=NOW)
    services.moderate(db_session, settled(db_session, hall), made.id, Deed.HIDE, now=NOW)
    db_session.commit()
    own = parse(client.get(Hall.path).text).one(id="own")
    assert "The moderator does not show this question on the list." in own.text
    assert listed(app.test_client()) == []


@pytest.mark.parametrize(
    ("board", "told", "readable"),
    [
        (Board(mode=Mode.CLOSED), "Questions and votes are not taken any more.", True),
        (Board(mode=Mode.OFF), "This session takes no questions here.", False),
        (Board(opens_hours=0), "", True),
        (Board(closes_hours=0), "", True),
    ],
)
def test_what_a_moderator_has_settled_holds(
    app: Flask, hall: Hall, db_session: Session, board: Board, told: str, readable: bool
) -> None:
    number = put(db_session, hall, "niran", "Why?")
    services.settle_board(db_session, settled(db_session, hall), board)
    db_session.commit()
    client = registrant(app, hall, "lin")
    assert notices(client) == ([told] if told else [])
    if readable:
        assert listed(client) == ["Why?"]
    status = ask(client, "And how?").status_code
    client.post(f"{Hall.path}/{number}/vote", data={"do": "give"})
    taken = (len(questions(db_session)), db_session.scalar(sa.select(sa.func.count()).select_from(QuestionVote)))
    assert (status, taken) == ((409, (1, 0)) if told else (303, (2, 1)))


def test_questions_open_and_close_by_the_clock(app: Flask, hall: Hall, db_session: Session, clock: Any) -> None:
    services.settle_board(db_session, settled(db_session, hall), Board(opens_hours=1, closes_hours=2))
    db_session.commit()
    clock.move_to(utc(25, 3))
    client = registrant(app, hall, "niran")
    told = []
    for moment in (utc(25, 3, 9), utc(25, 3, 10), utc(25, 7, 19), utc(25, 7, 20)):
        clock.move_to(moment)
        told.append((ask(client, f"At {moment:%H:%M}?").status_code, notices(client)[:1]))
    assert told == [
        (409, ["Questions are taken from Friday 25 November 2022, 12:10, Japan time (UTC+9)."]),
        (303, ["Thank you. Your question is on the list."]),
        (303, ["Thank you. Your question is on the list."]),
        (409, ["Questions and votes are not taken any more."]),
    ]


def test_an_event_decides_who_reads_and_whose_names_are_shown(app: Flask, hall: Hall, db_session: Session) -> None:
    number = put(db_session, hall, "niran", "Why?")
    hidden = put(db_session, hall, "akiko", "How?", hide=True)
    visitor, lin = app.test_client(), registrant(app, hall, "lin")

    def settle(rules: Rules) -> None:
        services.settle_rules(db_session, hall.event.id, rules)
        db_session.commit()

    settle(Rules(naming=Naming.ANONYMOUS))
    assert question(lin, number).one(class_="question__who").text == "without a name English"
    settle(Rules(naming=Naming.NAMED, public_list=False))
    assert question(lin, number).one(class_="question__who").text == "Niran Example English"
    # What was put without a name never gets one.
    assert question(lin, hidden).one(class_="question__who").text == "without a name English"
    page = visitor.get(Hall.path)
    assert (page.status_code, "Why?" in page.text) == (200, False)
    assert "Only participants can read the questions to this session." in page.text
    settle(Rules(offered=False))
    assert "This session takes no questions here." in lin.get(Hall.path).text
    assert ask(lin).status_code == 409


@pytest.mark.parametrize(
    "path",
    [
        "/en/ascc99/sessions/session-1/questions",
        "/en/ascc11/sessions/session-9/questions",
        "/xx/ascc11/sessions/session-1/questions",
        "/ascc11/sessions/session-9/questions.json",
    ],
)
def test_what_is_not_published_has_no_questions(app: Flask, hall: Hall, path: str) -> None:
    assert app.test_client().get(path).status_code == 404


def test_the_order_and_the_pages_of_the_list(app: Flask, hall: Hall, db_session: Session) -> None:
    numbers = [put(db_session, hall, "niran", text) for text in ("One?", "Two?", "Three?", "Four?")]
    held = settled(db_session, hall)
    services.vote(db_session, held, hall.people["lin"].id, numbers[2], give=True, phase=Phase.OPEN)
    services.moderate(db_session, held, numbers[0], Deed.DONE, now=NOW)
    services.moderate(db_session, held, numbers[3], Deed.TAKE, now=NOW)
    db_session.commit()
    client = app.test_client()
    assert listed(client) == ["Four?", "Three?", "Two?", "One?"]
    services.moderate(db_session, held, numbers[3], Deed.REOPEN, now=NOW)
    db_session.commit()
    assert listed(client, f"{Hall.path}?sort=newest") == ["Four?", "Three?", "Two?", "One?"]
    assert listed(client, f"{Hall.path}?sort=votes&page=99") == ["Three?", "Two?", "Four?", "One?"]
    assert listed(client, f"{Hall.path}?sort=%00&page=-1") == ["Three?", "Two?", "Four?", "One?"]


def test_as_many_statements_for_one_question_as_for_three(
    app: Flask, hall: Hall, db_session: Session, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    clients = [registrant(app, hall, "lin"), client_of(app, hall.moderator)]
    paths = [Hall.path, Hall.desk]
    put(db_session, hall, "niran", "One?")
    before = [count_queries(lambda c=c, p=p: c.get(p)) for c, p in zip(clients, paths, strict=True)]  # type: ignore[misc]
    put(db_session, hall, "akiko", "Two?")
    put(db_session, hall, "niran", "Three?")
    after = [count_queries(lambda c=c, p=p: c.get(p)) for c, p in zip(clients, paths, strict=True)]  # type: ignore[misc]
    assert before == after
    assert before[0] <= 8


def test_open_pages_are_told_that_something_changed(app: Flask, hall: Hall, db_session: Session, clock: Any) -> None:
    path = "/ascc11/sessions/session-1/questions.json"
    watcher = app.test_client()
    first = watcher.get(path)
    assert (first.status_code, first.headers.get("Set-Cookie")) == (200, None)
    tag = {"If-None-Match": first.headers["ETag"]}
    assert (watcher.get(path, headers=tag).status_code, watcher.get(path, headers=tag).data) == (304, b"")
    ask(registrant(app, hall, "niran"))
    second = watcher.get(path, headers=tag)
    assert (second.status_code, second.json == first.json) == (200, False)
    clock.move_to(utc(27, 0))
    third = watcher.get(path, headers={"If-None-Match": second.headers["ETag"]})
    assert third.status_code == 200


def test_the_public_page_leads_there_while_there_is_something(
    app: Flask, hall: Hall, db_session: Session, clock: Any
) -> None:
    def way() -> list[str]:
        page = parse(app.test_client().get("/en/ascc11/sessions/session-1").text)
        return [each.text for each in page.all("p", class_="question-way")]

    assert way() == ["Ask a question, or vote for one"]
    put(db_session, hall, "niran", "Why?")
    services.settle_board(db_session, settled(db_session, hall), Board(mode=Mode.CLOSED))
    db_session.commit()
    assert way() == ["Questions and answers"]
    services.settle_board(db_session, settled(db_session, hall), Board(mode=Mode.OFF))
    db_session.commit()
    assert way() == []
