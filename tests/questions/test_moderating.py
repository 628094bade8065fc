"""The list in the hands of the session's moderator and of organisers."""

import csv
from collections.abc import Callable
from io import StringIO
from threading import Barrier, Thread
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events.errors import NotFound
from galerio_events.extensions import db
from galerio_events.questions import queries, services
from galerio_events.questions.domain import Board, Deed, Mode, Naming, Phase, QuestionRefused, Refusal, Rules
from galerio_events.questions.models import Question, QuestionBar, QuestionVote
from galerio_events.questions.services import answer_digest
from galerio_events.translated import EMPTY
from tests.questions.support import Hall, client_of, make_hall, put, registrant, settled
from tests.support.builders import NOW, make_event, tr, utc
from tests.support.html import parse


@pytest.fixture
def hall(db_session: Session) -> Hall:
    return make_hall(db_session)


def cards(client: FlaskClient, query: str = "", path: str = Hall.desk) -> list[str]:
    page = parse(client.get(path + query).text)
    return [each.one("p", class_="question-card__text").text for each in page.all("li", class_="question-card")]


def shelves(client: FlaskClient) -> list[str]:
    page = parse(client.get(Hall.desk).text)
    return [each.text for each in page.one("nav", class_="question-shelves").all("a")]


def act(client: FlaskClient, number: int, do: str, **more: str) -> Any:
    return client.post(f"{Hall.desk}/{number}", data={"do": do} | more)


def row(db_session: Session, number: int) -> Question:
    db_session.expire_all()
    return db_session.scalars(sa.select(Question).where(Question.id == number)).one()


@pytest.mark.parametrize(
    ("who", "desk", "organise", "table", "acts", "screen"),
    [
        ("moderator", 200, 404, 404, 303, 200),
        ("organiser", 200, 200, 200, 303, 200),
        # A speaker reads what the public reads, and sees the big screen.
        ("speaker", 404, 404, 404, 404, 200),
        ("stranger", 404, 404, 404, 404, 404),
    ],
)
def test_who_moderates(
    app: Flask,
    hall: Hall,
    db_session: Session,
    who: str,
    desk: int,
    organise: int,
    table: int,
    acts: int,
    screen: int,
) -> None:
    number = put(db_session, hall, "niran", "Why?")
    client = client_of(app, getattr(hall, who))
    assert [client.get(path).status_code for path in (Hall.desk, f"{Hall.desk}/{number}/answer")] == [desk, desk]
    assert client.get(Hall.organise).status_code == organise
    assert client.get(f"{Hall.organise}.csv").status_code == table
    assert act(client, number, "hide").status_code == acts
    assert client.post(f"{Hall.desk}/settings", data={"mode": "off"}).status_code == acts
    assert client.post(f"{Hall.desk}/{number}/answer", data={"en": "Because."}).status_code in {acts, 409}
    assert client.get(f"{Hall.desk}/screen").status_code == screen
    assert row(db_session, number).hidden is (acts == 303)


def test_another_sessions_moderator_does_nothing_here(app: Flask, hall: Hall, db_session: Session) -> None:
    number = put(db_session, hall, "niran", "Why?")
    other = client_of(app, hall.stranger)
    there = Hall.desk.replace("session-1", "session-2")
    assert other.get(there).status_code == 200
    answer = other.post(f"{there}/{number}", data={"do": "hide"}, follow_redirects=True)
    assert "This question has been withdrawn meanwhile." in answer.text
    assert other.get(f"{there}/{number}/answer").status_code == 404
    assert row(db_session, number).hidden is False


def test_hidden_and_back_with_one_press(app: Flask, hall: Hall, db_session: Session) -> None:
    number = put(db_session, hall, "niran", "Why?")
    client = client_of(app, hall.moderator)
    answer = act(client, number, "hide", sort="newest")
    assert answer.location == f"{Hall.desk}?sort=newest&did=hide&number={number}"
    page = parse(client.get(answer.location).text)
    undo = page.one("div", class_="question-undo")
    assert (undo.one("p").text, undo.one("button").attributes["value"]) == ("The question is hidden.", "show")
    assert (cards(client), cards(client, "?show=hidden")) == ([], ["Why?"])
    client.post(undo.one("form").attributes["action"], data={"do": "show"})
    assert (cards(client), cards(client, "?show=hidden")) == (["Why?"], [])


def test_one_question_is_answered_at_a_time(app: Flask, hall: Hall, db_session: Session) -> None:
    first, second, third = (put(db_session, hall, "niran", text) for text in ("One?", "Two?", "Three?"))
    client = client_of(app, hall.moderator)
    screen = client_of(app, hall.speaker)

    def shown() -> str:
        return parse(screen.get(f"{Hall.desk}/screen").text).one("p", class_="question-screen__text").text

    assert shown() == "Your questions, please"
    act(client, first, "take")
    assert shown() == "One?"
    act(client, second, "take")
    assert shown() == "Two?"
    assert [row(db_session, each).progress for each in (first, second, third)] == ["done", "taken", "open"]
    assert shelves(client) == ["On the list 2", "To be let through 0", "Done 1", "Hidden 0"]
    assert (cards(client), cards(client, "?show=done")) == (["Two?", "Three?"], ["One?"])
    act(client, second, "done")
    act(client, first, "reopen")
    assert [row(db_session, each).progress for each in (first, second, third)] == ["open", "done", "open"]


def test_the_moderators_own_order(app: Flask, hall: Hall, db_session: Session) -> None:
    first, second, third = (put(db_session, hall, "niran", text) for text in ("One?", "Two?", "Three?"))
    held = settled(db_session, hall)
    services.vote(db_session, held, hall.people["lin"].id, second, give=True, phase=Phase.OPEN)
    db_session.commit()
    client = client_of(app, hall.moderator)
    assert cards(client) == ["Two?", "One?", "Three?"]
    assert cards(client, "?sort=newest") == ["Three?", "Two?", "One?"]
    act(client, third, "up")
    act(client, first, "down")
    act(client, third, "up")
    # At the ends nothing moves.
    act(client, third, "up")
    act(client, second, "down")
    assert cards(client, "?sort=own") == ["Three?", "One?", "Two?"]


def test_moderated_beforehand(app: Flask, hall: Hall, db_session: Session) -> None:
    client = client_of(app, hall.moderator)
    client.post(f"{Hall.desk}/settings", data={"mode": "open", "premoderated": "y", "closes_hours": "24"})
    number = put(db_session, hall, "niran", "Why?")
    waiting = put(db_session, hall, "niran", "How?")
    assert (cards(client), cards(client, "?show=waiting")) == ([], ["Why?", "How?"])
    act(client, number, "approve", show="waiting")
    assert (cards(client), cards(client, "?show=waiting")) == (["Why?"], ["How?"])
    # Whoever lets everything through lets through what waits.
    client.post(f"{Hall.desk}/settings", data={"mode": "open", "closes_hours": "24"})
    assert row(db_session, waiting).approved is True


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"mode": "broken"}, "Choose one of these."),
        ({"opens_hours": "-1"}, "Enter a whole number from 0 to 2160."),
        ({"opens_hours": "1.5"}, "Enter a whole number from 0 to 2160."),
        ({"opens_hours": "99999999999999999999"}, "Enter a whole number from 0 to 2160."),
        ({"closes_hours": "721"}, "Enter a whole number from 0 to 720."),
    ],
)
def test_settings_that_cannot_be_meant(
    app: Flask, hall: Hall, db_session: Session, sent: dict[str, str], message: str
) -> None:
    client = client_of(app, hall.moderator)
    answer = client.post(f"{Hall.desk}/settings", data={"mode": "off", "closes_hours": "24"} | sent)
    assert answer.status_code == 422
    assert [each.text for each in parse(answer.text).all("p", class_="field-error")] == [message]
    assert settled(db_session, hall).board == Board()


def test_settings_are_saved(app: Flask, hall: Hall, db_session: Session) -> None:
    client = client_of(app, hall.moderator)
    # Digits of full width are digits.
    data = {"mode": "closed", "premoderated": "y", "opens_hours": "２", "closes_hours": ""}
    assert client.post(f"{Hall.desk}/settings", data=data).location == Hall.desk
    board = settled(db_session, hall).board
    assert (board.mode, board.premoderated, board.opens_hours, board.closes_hours) == (Mode.CLOSED, True, 2, 24)


def test_an_answer_in_writing_is_read_by_all(app: Flask, hall: Hall, db_session: Session) -> None:
    number = put(db_session, hall, "niran", "Why?")
    path = f"{Hall.desk}/{number}/answer"
    client, other = client_of(app, hall.moderator), client_of(app, hall.organiser)
    seen = parse(client.get(path).text).one("input", id="seen").attributes["value"]
    assert client.post(path, data={"ja": "なぜなら。\r\n以上", "en": "", "seen": seen}).status_code == 303
    with time_machine.travel(utc(25, 5), tick=False):
        page = parse(app.test_client().get(Hall.path).text)
    (answer,) = page.one(class_="question__answer").all("p", class_="question__lines")
    assert (answer.attributes["lang"], answer.text) == ("ja", "なぜなら。 以上")
    # Somebody who has not seen it does not overwrite it, and loses nothing.
    stale = other.post(path, data={"ja": "", "en": "Because.", "seen": seen})
    assert stale.status_code == 409
    compared = parse(stale.text)
    assert compared.one("p", class_="question__lines").text == "なぜなら。 以上"
    assert compared.one("textarea", id="en").text == "Because."
    fresh = compared.one("input", id="seen").attributes["value"]
    assert fresh == answer_digest(row(db_session, number).answer)
    other.post(path, data={"ja": "なぜなら。", "en": "Because.", "seen": fresh})
    assert dict(row(db_session, number).answer) == {"ja": "なぜなら。", "en": "Because."}
    long = other.post(path, data={"en": "x" * 2001, "seen": fresh})
    assert "Use at most 2000 characters; these are 2001." in long.text
    services.answer(
        db_session, settled(db_session, hall), number, EMPTY, seen=answer_digest(tr("なぜなら。", "Because."))
    )
    assert row(db_session, number).answer == EMPTY


def test_misuse_ends_without_telling_who(app: Flask, hall: Hall, db_session: Session) -> None:
    number = put(db_session, hall, "niran", "Spam?", hide=True)
    client = client_of(app, hall.moderator)
    act(client, number, "bar")
    page = client.get(f"{Hall.desk}?show=hidden").text
    assert ("Nothing more is taken from this person" in page, "Niran" in page) == (True, False)
    with time_machine.travel(utc(25, 5), tick=False):
        answer = registrant(app, hall, "niran").post(Hall.path, data={"text": "More?", "language": "en"})
        assert answer.status_code == 409
        assert "The organisers take no more questions and votes from this registration." in answer.text
        assert registrant(app, hall, "lin").post(Hall.path, data={"text": "More?", "language": "en"}).status_code == 303
    act(client, number, "unbar")
    with time_machine.travel(utc(25, 5), tick=False):
        again = registrant(app, hall, "niran").post(Hall.path, data={"text": "Sorry?", "language": "en"})
        assert again.status_code == 303


def test_whoever_withdraws_the_question_is_still_barred_until_organisers_lift_it(
    app: Flask, hall: Hall, db_session: Session
) -> None:
    first, number = put(db_session, hall, "niran", "First?"), put(db_session, hall, "niran", "Spam?", hide=True)
    for each in (first, number):
        act(client_of(app, hall.moderator), each, "bar")
    services.withdraw(db_session, settled(db_session, hall), hall.people["niran"].id, number)
    db_session.commit()
    organiser = client_of(app, hall.organiser)
    path = "/en/organise/ascc11/settings/questions"
    with time_machine.travel(utc(25, 5), tick=False):
        assert (
            registrant(app, hall, "niran").post(Hall.path, data={"text": "More?", "language": "en"}).status_code == 409
        )
    page = organiser.get(path).text
    assert ("Because of a question that has been withdrawn" in page, "Niran" in page) == (True, False)
    at = queries.bars(db_session, hall.event.id)[0].at
    for wrong in ("", "x", "9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+14:00", "2022-10-01"):
        answer = organiser.post(f"{path}/bars", data={"at": wrong}, follow_redirects=True)
        assert "This is not so any more." in answer.text
    assert len(queries.bars(db_session, hall.event.id)) == 1
    organiser.post(f"{path}/bars", data={"at": at.isoformat()})
    with time_machine.travel(utc(25, 5), tick=False):
        again = registrant(app, hall, "niran").post(Hall.path, data={"text": "More?", "language": "en"})
    assert "#own" in again.location
    assert "From whom nothing more is taken" not in organiser.get(path).text


def test_a_bar_for_another_event_is_not_lifted_here(hall: Hall, db_session: Session) -> None:
    services.moderate(db_session, settled(db_session, hall), put(db_session, hall, "lin", "Spam?"), Deed.BAR, now=NOW)
    other = make_event(db_session, "other")
    with pytest.raises(NotFound):
        services.lift_bar(db_session, other.id, NOW)
    assert queries.bars(db_session, other.id) == []
    assert len(queries.bars(db_session, hall.event.id)) == 1


def test_a_table_that_no_spreadsheet_runs(app: Flask, hall: Hall, db_session: Session) -> None:
    first = put(db_session, hall, "niran", '=HYPERLINK("http://example.org")')
    put(db_session, hall, "akiko", "＋1 では？", language="ja", hide=True)
    services.moderate(db_session, settled(db_session, hall), first, Deed.HIDE, now=NOW)
    services.answer(db_session, settled(db_session, hall), first, tr("", "-2"), seen=answer_digest({}))
    db_session.commit()
    answer = client_of(app, hall.organiser).get(f"{Hall.organise}.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="questions-ascc11-session-1.csv"'
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(StringIO(answer.data.decode("utf-8-sig"))))
    told = [(each["question"], each["name"], each["hidden"], each["answer_en"], each["asked_at"]) for each in rows]
    assert told == [
        ('\'=HYPERLINK("http://example.org")', "Niran Example", "yes", "-2", "2022-10-01T09:00+09:00"),
        ("'＋1 では？", "", "no", "", "2022-10-01T09:00+09:00"),
    ]


def test_what_organisers_settle_for_the_event(app: Flask, hall: Hall, db_session: Session) -> None:
    client = client_of(app, hall.organiser)
    path = "/en/organise/ascc11/settings/questions"
    assert client.post(path, data={"naming": "anonymous"}).location == path
    assert queries.rules_of(db_session, hall.event.id) == Rules(False, Naming.ANONYMOUS, False)
    assert client.post(path, data={"offered": "y", "naming": "x"}).status_code == 422
    db_session.expire_all()
    assert queries.rules_of(db_session, hall.event.id).offered is False
    assert "The organisers have switched questions off for this event." in client.get(Hall.organise).text


def test_names_go_a_month_after_the_event(app: Flask, hall: Hall, db_session: Session) -> None:
    number = put(db_session, hall, "niran", "Why?")
    barred = put(db_session, hall, "lin", "Spam?")
    held = settled(db_session, hall)
    services.vote(db_session, held, hall.people["akiko"].id, number, give=True, phase=Phase.OPEN)
    services.moderate(db_session, held, barred, Deed.BAR, now=NOW)
    gone = put(db_session, hall, "akiko", "Spam as well?")
    services.moderate(db_session, held, gone, Deed.BAR, now=NOW)
    services.withdraw(db_session, held, hall.people["akiko"].id, gone)
    db_session.commit()
    runner = app.test_cli_runner()
    with time_machine.travel(utc(25, 5), tick=False):
        assert runner.invoke(args=["questions", "forget"]).output == "0 questions are nobody's any more.\n"
    assert runner.invoke(args=["questions", "forget"]).output == "2 questions are nobody's any more.\n"
    asked = queries.one(db_session, settled(db_session, hall), number)
    assert asked is not None
    assert (asked.name, asked.votes) == (None, 1)
    assert row(db_session, number).registration_id is None
    for table in (QuestionVote, QuestionBar):
        assert db_session.scalar(sa.select(sa.func.count()).select_from(table)) == 0
    assert runner.invoke(args=["questions", "forget"]).output == "0 questions are nobody's any more.\n"


def test_a_registration_that_is_deleted_takes_its_name_and_votes_along(hall: Hall, db_session: Session) -> None:
    number = put(db_session, hall, "niran", "Why?")
    services.vote(db_session, settled(db_session, hall), hall.people["lin"].id, number, give=True, phase=Phase.OPEN)
    for name in ("niran", "lin"):
        db_session.delete(hall.people[name])
    db_session.commit()
    asked = queries.one(db_session, settled(db_session, hall), number)
    assert asked is not None
    assert (asked.name, asked.votes, row(db_session, number).registration_id) == (None, 0, None)


def test_at_once_the_same_question_and_the_same_vote_count_once(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    with app.app_context():
        hall = make_hall(db.session())
        number = put(db.session(), hall, "niran", "Why?")
        me, slug, key = hall.people["lin"].id, hall.event.slug, hall.session.key
    start, told = Barrier(6), []

    def press() -> None:
        with app.app_context():
            start.wait()
            held = queries.settled(db.session(), slug, key)
            assert held is not None
            services.vote(db.session(), held, me, number, give=True, phase=Phase.OPEN)
            try:
                services.ask(
                    db.session(), held, me, text="How?", language="en", hide_name=True, phase=Phase.OPEN, now=NOW
                )
                told.append("asked")
            except QuestionRefused as refused:
                told.append(refused.reason.value)
            db.session.commit()

    threads = [Thread(target=press) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["asked", *[Refusal.DUPLICATE.value] * 5]
    with app.app_context():
        found = db.session.scalars(sa.select(Question.text).order_by(Question.id)).all()
        assert (found, db.session.scalar(sa.select(sa.func.count()).select_from(QuestionVote))) == (["Why?", "How?"], 1)
        held = queries.settled(db.session(), slug, key)
        assert held is not None
        # Seven writes: one before, six of two steps each.
        assert held.board.version == 13


def test_so_many_questions_a_minute_and_no_more(make_app: Callable[..., Flask]) -> None:
    app = make_app(RATELIMIT_ENABLED=True)
    with app.app_context():
        hall = make_hall(db.session())
        number = put(db.session(), hall, "akiko", "Why?")
        with time_machine.travel(utc(25, 5), tick=False):
            client = registrant(app, hall, "niran")
    with time_machine.travel(utc(25, 5), tick=False):
        statuses = [
            client.post(Hall.path, data={"text": f"Question {n}?", "language": "en"}).status_code for n in range(6)
        ]
        assert statuses == [303] * 5 + [429]
        for _ in range(61):
            client.post(f"{Hall.path}/{number}/vote", data={"do": "take"})
        assert "Too many votes have come just now. Please wait a minute." in client.get(Hall.path).text


def test_buttons_of_an_old_page_keep_what_was_written(make_app: Callable[..., Flask]) -> None:
    app = make_app(WTF_CSRF_ENABLED=True)
    with app.app_context():
        hall = make_hall(db.session())
        with time_machine.travel(utc(25, 5), tick=False):
            client = registrant(app, hall, "niran")
    with time_machine.travel(utc(25, 5), tick=False):
        answer = client.post(Hall.path, data={"text": "A long question?", "language": "ja"})
        assert answer.status_code == 400
        page = parse(answer.text)
        assert page.one("textarea").text == "A long question?"
        assert "checked" in page.one("input", id="language-ja").attributes
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Question)) == 0
