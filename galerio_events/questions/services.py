"""Writes of questions and votes. Each counts the session's board up first, and so waits for the one before it."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from galerio_events.errors import ChangeConflict, Conflict, NotFound
from galerio_events.events.domain.plain import digest_of
from galerio_events.events.queries import lock
from galerio_events.events.services import publish_besides
from galerio_events.questions import queries
from galerio_events.questions.domain import (
    KEPT_DAYS,
    MOST_A_PERSON,
    Board,
    Deed,
    Phase,
    Progress,
    QuestionRefused,
    Refusal,
    Rules,
    is_named,
    text_key,
)
from galerio_events.questions.models import Question, QuestionBar, QuestionBoard, QuestionRules, QuestionVote
from galerio_events.questions.queries import Settled
from galerio_events.translated import Translated


def ask(
    db_session: Session,
    held: Settled,
    registration_id: int,
    *,
    text: str,
    language: str,
    hide_name: bool,
    phase: Phase,
    now: datetime,
) -> int:
    """Put a question to the session; its number. `text` is cleaned and not too long. Raises `QuestionRefused`."""
    if phase is not Phase.OPEN:
        raise QuestionRefused(Refusal.NOT_OPEN)
    _touch(db_session, held.session_id)
    _refuse_barred(db_session, registration_id)
    before = queries.held_by(db_session, held.session_id, registration_id)
    if text_key(text) in before:
        raise QuestionRefused(Refusal.DUPLICATE)
    if len(before) >= MOST_A_PERSON:
        raise QuestionRefused(Refusal.TOO_MANY)
    question = Question(
        session_id=held.session_id,
        registration_id=registration_id,
        named=is_named(held.rules.naming, hide=hide_name),
        text=text,
        text_key=text_key(text),
        language=language,
        asked_at=now,
        approved=not held.board.premoderated,
        position=queries.next_position(db_session, held.session_id),
    )
    db_session.add(question)
    db_session.flush()
    return question.id


def vote(db_session: Session, held: Settled, registration_id: int, number: int, *, give: bool, phase: Phase) -> None:
    """Give a question one's vote, or take it back. To do either twice changes nothing.

    Raises `NotFound` for a question that is not on the list, `QuestionRefused`.
    """
    if phase is not Phase.OPEN:
        raise QuestionRefused(Refusal.NOT_OPEN)
    _touch(db_session, held.session_id)
    _refuse_barred(db_session, registration_id)
    question = queries.question_of(db_session, held.session_id, number)
    if question is None or question.hidden or not question.approved:
        raise NotFound
    if question.registration_id == registration_id:
        raise QuestionRefused(Refusal.OWN)
    if question.progress is Progress.DONE:
        raise QuestionRefused(Refusal.SETTLED)
    if not give:
        db_session.execute(
            sa.delete(QuestionVote).where(
                QuestionVote.question_id == number, QuestionVote.registration_id == registration_id
            )
        )
    elif not queries.has_voted(db_session, number, registration_id):
        db_session.add(QuestionVote(question_id=number, registration_id=registration_id))
    db_session.flush()


def withdraw(db_session: Session, held: Settled, registration_id: int, number: int) -> None:
    """Delete one's own question, with its votes and what was answered. Raises `NotFound`."""
    _touch(db_session, held.session_id)
    question = queries.question_of(db_session, held.session_id, number)
    if question is None or question.registration_id != registration_id:
        raise NotFound
    db_session.execute(sa.delete(Question).where(Question.id == number))
    db_session.expire_all()


def moderate(db_session: Session, held: Settled, number: int, deed: Deed, *, now: datetime) -> None:
    """Do that with the question. What is taken takes the place of the question that was; that one is done.

    Raises `NotFound` for a question that is not (any more) one of the session's.
    """
    _touch(db_session, held.session_id)
    question = queries.question_of(db_session, held.session_id, number)
    if question is None:
        raise NotFound
    if deed in {Deed.APPROVE, Deed.HOLD}:
        question.approved = deed is Deed.APPROVE
    elif deed in {Deed.HIDE, Deed.SHOW}:
        question.hidden = deed is Deed.HIDE
    elif deed in {Deed.TAKE, Deed.DONE, Deed.REOPEN}:
        _advance(db_session, question, deed)
    elif deed in {Deed.BAR, Deed.UNBAR}:
        _bar(db_session, question, bar=deed is Deed.BAR, now=now)
    else:
        other = queries.neighbour(db_session, question, before=deed is Deed.UP)
        if other is not None:
            question.position, other.position = other.position, question.position
    db_session.flush()


def _advance(db_session: Session, question: Question, deed: Deed) -> None:
    if deed is Deed.TAKE:
        db_session.execute(
            sa.update(Question)
            .where(
                Question.session_id == question.session_id,
                Question.progress == Progress.TAKEN,
                Question.id != question.id,
            )
            .values(progress=Progress.DONE)
            .execution_options(synchronize_session=False)
        )
        question.approved, question.hidden = True, False
    question.progress = {
        Deed.TAKE: Progress.TAKEN,
        Deed.DONE: Progress.DONE,
        Deed.REOPEN: Progress.OPEN,
    }[deed]


def _bar(db_session: Session, question: Question, *, bar: bool, now: datetime) -> None:
    if not bar:
        db_session.execute(sa.delete(QuestionBar).where(QuestionBar.question_id == question.id))
        return
    question.hidden = True
    author = question.registration_id
    if author is None:
        return
    if queries.is_barred(db_session, author):
        # It hangs on the question that it was given for last, so that it can be lifted there.
        db_session.execute(
            sa.update(QuestionBar)
            .where(QuestionBar.registration_id == author)
            .values(question_id=question.id)
            .execution_options(synchronize_session=False)
        )
        return
    db_session.add(QuestionBar(registration_id=author, question_id=question.id, barred_at=now))


def lift_bar(db_session: Session, event_id: int, at: datetime) -> None:
    """Take questions and votes again from whom none were taken since that moment. Raises `NotFound`."""
    found = queries.barred_at(db_session, event_id, at)
    if not found:
        raise NotFound
    db_session.execute(sa.delete(QuestionBar).where(QuestionBar.registration_id.in_(found)))
    db_session.expire_all()


def answer(db_session: Session, held: Settled, number: int, text: Translated, *, seen: str) -> None:
    """Write the answer to a question for everybody to read; an empty one takes it away.

    `seen` is the digest of the answer that the writer was shown. Raises `NotFound`, and `ChangeConflict` where another
    one is stored by now.
    """
    _touch(db_session, held.session_id)
    question = queries.question_of(db_session, held.session_id, number)
    if question is None:
        raise NotFound
    if question.answer == text:
        return
    if seen != answer_digest(question.answer):
        raise ChangeConflict(Conflict.STALE)
    question.answer = text
    db_session.flush()


def answer_digest(text: Mapping[str, str]) -> str:
    """What a form carries of the answer that it shows."""
    return digest_of(dict(text))


def settle_board(db_session: Session, held: Settled, board: Board) -> None:
    """What holds for the questions of that session from now on. Its `version` is not looked at.

    Without moderation beforehand, those that wait go on the list.
    """
    lock(db_session, held.event_id)
    _touch(db_session, held.session_id)
    db_session.execute(
        sa.update(QuestionBoard)
        .where(QuestionBoard.session_id == held.session_id)
        .values(
            mode=board.mode,
            premoderated=board.premoderated,
            opens_hours=board.opens_hours,
            closes_hours=board.closes_hours,
        )
        .execution_options(synchronize_session=False)
    )
    if held.board.premoderated and not board.premoderated:
        db_session.execute(
            sa.update(Question)
            .where(Question.session_id == held.session_id, ~Question.approved)
            .values(approved=True)
            .execution_options(synchronize_session=False)
        )
    publish_besides(db_session, held.event_id)
    db_session.expire_all()


def settle_rules(db_session: Session, event_id: int, rules: Rules) -> None:
    """What holds for the questions of all sessions of the event from now on."""
    lock(db_session, event_id)
    row = db_session.get(QuestionRules, event_id)
    if row is None:
        row = QuestionRules(event_id=event_id)
        db_session.add(row)
    row.offered, row.naming, row.public_list = rules.offered, rules.naming, rules.public_list
    publish_besides(db_session, event_id)
    db_session.flush()


def forget_askers(db_session: Session, today: date) -> int:
    """Forget who asked, voted and was barred on events that were over `KEPT_DAYS` ago; how many questions that
    concerned. The questions stay without names, the votes as numbers, and the answers."""
    day = today - timedelta(days=KEPT_DAYS)
    if barred := queries.bars_ended_before(db_session, day):
        db_session.execute(sa.delete(QuestionBar).where(QuestionBar.registration_id.in_(barred)))
    if not queries.forgettable(db_session, day):
        return 0
    sessions = queries.sessions_ended_before(db_session, day)
    about = queries.bound(db_session, sessions)
    for number, votes in about.items():
        db_session.execute(
            sa.update(Question)
            .where(Question.id == number)
            .values(registration_id=None, named=False, votes_before=votes)
            .execution_options(synchronize_session=False)
        )
    db_session.execute(
        sa.delete(QuestionVote).where(QuestionVote.question_id.in_(about)).execution_options(synchronize_session=False)
    )
    db_session.expire_all()
    return len(about)


def _refuse_barred(db_session: Session, registration_id: int) -> None:
    if queries.is_barred(db_session, registration_id):
        raise QuestionRefused(Refusal.BARRED)


def _touch(db_session: Session, session_id: int) -> None:
    """Count the session's board up; from here on it is ours until the transaction ends."""
    if _counted(db_session, session_id):
        return
    try:
        with db_session.begin_nested():
            db_session.execute(sa.insert(QuestionBoard).values(session_id=session_id, version=1))
    except IntegrityError:
        # Somebody else has just made it.
        _counted(db_session, session_id)


def _counted(db_session: Session, session_id: int) -> bool:
    done = db_session.execute(
        sa.update(QuestionBoard)
        .where(QuestionBoard.session_id == session_id)
        .values(version=QuestionBoard.version + 1)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]
