"""Reads of questions. Each costs the same number of statements however many questions there are."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.events.models import Event
from galerio_events.programme.models import ProgrammeSession
from galerio_events.questions.domain import Board, Naming, Order, Progress, Rules, Shelf
from galerio_events.questions.models import Question, QuestionBar, QuestionBoard, QuestionRules, QuestionVote
from galerio_events.registration.domain import LinkPurpose, RegistrationState
from galerio_events.registration.models import PrivateLink, Registration
from galerio_events.text import email_key
from galerio_events.translated import Translated

# Questions on one page.
PAGE = 50

_Q, _B, _R = Question, QuestionBoard, QuestionRules
_ACTIVE = Registration.state == RegistrationState.ACTIVE
_GIVEN = sa.select(sa.func.count()).where(QuestionVote.question_id == _Q.id).correlate(_Q).scalar_subquery()
_VOTES = (_Q.votes_before + _GIVEN).label("votes")
# On the list for everybody who may read it.
_LISTED: tuple[sa.ColumnElement[bool], ...] = (_Q.hidden.is_(False), _Q.approved.is_(True))
_STAGE = sa.case((_Q.progress == Progress.TAKEN, 0), (_Q.progress == Progress.OPEN, 1), else_=2)
_ORDERS: dict[Order, tuple[Any, ...]] = {
    Order.VOTES: (_VOTES.desc(), _Q.id),
    Order.NEWEST: (_Q.id.desc(),),
    Order.OWN: (_Q.position, _Q.id),
}
_SHELVES: dict[Shelf, tuple[sa.ColumnElement[bool], ...]] = {
    Shelf.OPEN: (*_LISTED, _Q.progress != Progress.DONE),
    Shelf.WAITING: (~_Q.hidden, ~_Q.approved),
    Shelf.DONE: (*_LISTED, _Q.progress == Progress.DONE),
    Shelf.HIDDEN: (_Q.hidden.is_(True),),
}


@dataclass(frozen=True, slots=True)
class Settled:
    """A session with what is settled about its questions."""

    event_id: int
    session_id: int
    rules: Rules
    board: Board


@dataclass(frozen=True, slots=True)
class Registrant:
    """Somebody with an active registration for the event."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is shown. `name` is None where it is not; `mine` and `voted` are about the reader."""

    id: int
    text: str
    language: str
    name: str | None
    asked_at: datetime
    votes: int
    approved: bool
    hidden: bool
    progress: Progress
    answer: Translated
    mine: bool = False
    voted: bool = False
    # Whether no more is taken from its author because of it.
    barred: bool = False

    @property
    def shelf(self) -> Shelf:
        """Where a moderator finds it."""
        if self.hidden:
            return Shelf.HIDDEN
        if not self.approved:
            return Shelf.WAITING
        return Shelf.DONE if self.progress is Progress.DONE else Shelf.OPEN


@dataclass(frozen=True, slots=True)
class Counts:
    """How many questions of a session are open, how many wait for the moderator."""

    open: int = 0
    waiting: int = 0
    done: int = 0
    hidden: int = 0


def settled(db_session: Session, slug: str, key: str) -> Settled | None:
    """The session of that key (in the programme or not any more) and what is settled about it. One statement."""
    return _settled(db_session, Event.slug == slug, key)


def settled_in(db_session: Session, event_id: int, key: str) -> Settled | None:
    """As `settled`, for the event of that id."""
    return _settled(db_session, Event.id == event_id, key)


def _settled(db_session: Session, of_event: sa.ColumnElement[bool], key: str) -> Settled | None:
    row = db_session.execute(
        sa.select(Event.id, ProgrammeSession.id.label("session_id"), *_SETTLED)
        .select_from(Event)
        .join(ProgrammeSession, ProgrammeSession.event_id == Event.id)
        .outerjoin(_R, _R.event_id == Event.id)
        .outerjoin(_B, _B.session_id == ProgrammeSession.id)
        .where(of_event, ProgrammeSession.key == key)
    ).one_or_none()
    return None if row is None else Settled(row.id, row.session_id, _rules(row), _board(row))


_SETTLED: tuple[Any, ...] = (
    _R.offered, _R.naming, _R.public_list, _B.version, _B.mode, _B.premoderated, _B.opens_hours, _B.closes_hours,
)  # fmt: skip


def _rules(row: Any) -> Rules:
    return Rules() if row.naming is None else Rules(row.offered, row.naming, row.public_list)


def _board(row: Any) -> Board:
    if row.mode is None:
        return Board()
    return Board(row.version, row.mode, row.premoderated, row.opens_hours, row.closes_hours)


def rules_of(db_session: Session, event_id: int) -> Rules:
    """What the event's organisers have settled."""
    row = db_session.get(_R, event_id)
    return Rules() if row is None else Rules(row.offered, row.naming, row.public_list)


def registrant_by_link(db_session: Session, event_id: int, hashed: str) -> Registrant | None:
    """Whose active registration for the event the private link with that hash opens."""
    row = db_session.execute(
        sa.select(Registration.id, Registration.name)
        .join(PrivateLink, PrivateLink.registration_id == Registration.id)
        .where(
            PrivateLink.token_hash == hashed,
            PrivateLink.purpose == LinkPurpose.MANAGE,
            PrivateLink.revoked_at.is_(None),
            Registration.event_id == event_id,
            _ACTIVE,
        )
    ).one_or_none()
    return None if row is None else Registrant(*row)


def registrant_by_email(db_session: Session, event_id: int, email: str) -> Registrant | None:
    """Whose active registration for the event has that address."""
    row = db_session.execute(
        sa.select(Registration.id, Registration.name).where(
            Registration.event_id == event_id, Registration.email_key == email_key(email), _ACTIVE
        )
    ).one_or_none()
    return None if row is None else Registrant(*row)


def registered_mailboxes(db_session: Session, emails: Collection[str]) -> set[str]:
    """Those of the addresses with which somebody is registered for some event."""
    by_key = {email_key(email): email for email in emails}
    found = db_session.scalars(
        sa.select(Registration.email_key).where(Registration.email_key.in_(by_key), _ACTIVE).distinct()
    )
    return {by_key[key] for key in found}


def published(
    db_session: Session, held: Settled, *, order: Order, page: int = 1, reader: int | None = None
) -> list[Asked]:
    """The questions of a session that everybody may see, at most `PAGE` of them: the one that is being answered, then
    those that are open, then those that are done."""
    return _asked(
        db_session,
        held,
        _LISTED,
        (_STAGE, *_ORDERS[order]),
        page=page,
        reader=reader,
    )


def own(db_session: Session, held: Settled, reader: int) -> list[Asked]:
    """All questions of that registrant to the session, in the order in which they were put."""
    return _asked(db_session, held, (_Q.registration_id == reader,), (_Q.id,), reader=reader)


def on_shelf(db_session: Session, held: Settled, shelf: Shelf, *, order: Order, page: int = 1) -> list[Asked]:
    """The questions that a moderator finds there, at most `PAGE` of them; the one being answered comes first."""
    return _asked(db_session, held, _SHELVES[shelf], (_STAGE, *_ORDERS[order]), page=page)


def taken(db_session: Session, held: Settled) -> Asked | None:
    """The question that is being answered."""
    wanted = (*_LISTED, _Q.progress == Progress.TAKEN)
    return next(iter(_asked(db_session, held, wanted, (_Q.id,))), None)


def one(db_session: Session, held: Settled, number: int) -> Asked | None:
    """The question of that number, if it is one of that session's."""
    return next(iter(_asked(db_session, held, (_Q.id == number,), (_Q.id,))), None)


def everything(db_session: Session, held: Settled) -> list[Asked]:
    """All questions of the session, in the order in which they were put."""
    return _asked(db_session, held, (), (_Q.id,), page=None)


def _asked(
    db_session: Session,
    held: Settled,
    wanted: Iterable[sa.ColumnElement[bool]],
    order: Iterable[Any],
    *,
    page: int | None = 1,
    reader: int | None = None,
) -> list[Asked]:
    named = _Q.named if held.rules.naming is not Naming.ANONYMOUS else sa.false()
    voted = sa.exists().where(QuestionVote.question_id == _Q.id, QuestionVote.registration_id == reader)
    statement = (
        sa.select(
            _Q.id,
            _Q.text,
            _Q.language,
            sa.case((named, Registration.name), else_=None).label("name"),
            _Q.asked_at,
            _VOTES,
            _Q.approved,
            _Q.hidden,
            _Q.progress,
            _Q.answer,
            (sa.func.coalesce(_Q.registration_id, 0) == (reader or -1)).label("mine"),
            sa.false() if reader is None else voted,
            sa.exists().where(QuestionBar.question_id == _Q.id),
        )
        .select_from(_Q)
        .outerjoin(Registration, (Registration.id == _Q.registration_id) & _ACTIVE)
        .where(_Q.session_id == held.session_id, *wanted)
        .order_by(*order)
    )
    if page is not None:
        statement = statement.limit(PAGE).offset(PAGE * (page - 1))
    rows = db_session.execute(statement)
    return [Asked(*row[:10], *map(bool, row[10:])) for row in rows]


def counts(db_session: Session, session_ids: Collection[int]) -> dict[int, Counts]:
    """By session: how many questions stand where. Those without any are left out. One statement."""
    rows = db_session.execute(
        sa.select(_Q.session_id, *(sa.func.sum(sa.case((sa.and_(*_SHELVES[s]), 1), else_=0)) for s in Shelf))
        .where(_Q.session_id.in_(session_ids))
        .group_by(_Q.session_id)
    )
    return {
        session_id: Counts(**{shelf.value: int(number) for shelf, number in zip(Shelf, numbers, strict=True)})
        for session_id, *numbers in rows
    }


def held_by(db_session: Session, session_id: int, registration_id: int) -> Sequence[str]:
    """The keys of the texts of that registrant's questions to that session."""
    return db_session.scalars(
        sa.select(_Q.text_key).where(_Q.session_id == session_id, _Q.registration_id == registration_id)
    ).all()


def next_position(db_session: Session, session_id: int) -> int:
    """Behind all questions of that session in the moderator's own order."""
    last = db_session.scalar(sa.select(sa.func.max(_Q.position)).where(_Q.session_id == session_id))
    return 1 if last is None else last + 1


def neighbour(db_session: Session, question: Question, *, before: bool) -> Question | None:
    """The question next to that one in the moderator's own order, of those that are open."""
    here = sa.tuple_(_Q.position, _Q.id)
    there = sa.tuple_(sa.literal(question.position), sa.literal(question.id))
    return db_session.scalar(
        sa.select(_Q)
        .where(
            _Q.session_id == question.session_id,
            *_SHELVES[Shelf.OPEN],
            _Q.progress == question.progress,
            here < there if before else here > there,
        )
        .order_by(*((_Q.position.desc(), _Q.id.desc()) if before else (_Q.position, _Q.id)))
        .limit(1)
    )


def question_of(db_session: Session, session_id: int, number: int) -> Question | None:
    """The row of that question as it is stored now, if it is one of that session's."""
    return db_session.scalar(
        sa.select(_Q).where(_Q.id == number, _Q.session_id == session_id).execution_options(populate_existing=True)
    )


def has_voted(db_session: Session, question_id: int, registration_id: int) -> bool:
    """Whether that registrant's vote for that question is there."""
    return db_session.get(QuestionVote, (question_id, registration_id), populate_existing=True) is not None


def is_barred(db_session: Session, registration_id: int) -> bool:
    """Whether no more is taken from that registrant."""
    return db_session.get(QuestionBar, registration_id, populate_existing=True) is not None


@dataclass(frozen=True, slots=True)
class Barred:
    """That no more is taken from somebody. Whom is not said; `text` is the question because of which, None where that
    was withdrawn."""

    at: datetime
    text: str | None
    session_key: str | None
    session_title: Translated | None


def bars(db_session: Session, event_id: int) -> list[Barred]:
    """From how many registrants of the event no more is taken, and why, the latest first. One statement."""
    rows = db_session.execute(
        sa.select(QuestionBar.barred_at, _Q.text, ProgrammeSession.key, ProgrammeSession.title)
        .join(Registration, Registration.id == QuestionBar.registration_id)
        .outerjoin(_Q, _Q.id == QuestionBar.question_id)
        .outerjoin(ProgrammeSession, ProgrammeSession.id == _Q.session_id)
        .where(Registration.event_id == event_id)
        .order_by(QuestionBar.barred_at.desc())
    )
    return [Barred(*row) for row in rows]


def barred_at(db_session: Session, event_id: int, at: datetime) -> Sequence[int]:
    """The registrations of the event from which no more is taken since that moment."""
    return db_session.scalars(
        sa.select(QuestionBar.registration_id)
        .join(Registration, Registration.id == QuestionBar.registration_id)
        .where(Registration.event_id == event_id, QuestionBar.barred_at == at)
    ).all()


def bars_ended_before(db_session: Session, day: date) -> Sequence[int]:
    """The registrations from which no more is taken, for events whose last day was before that one."""
    return db_session.scalars(
        sa.select(QuestionBar.registration_id)
        .join(Registration, Registration.id == QuestionBar.registration_id)
        .join(Event, Event.id == Registration.event_id)
        .where(Event.ends_on < day)
    ).all()


def sessions_ended_before(db_session: Session, day: date) -> Sequence[int]:
    """The sessions of the events whose last day was before that one."""
    return db_session.scalars(
        sa.select(ProgrammeSession.id).join(Event, Event.id == ProgrammeSession.event_id).where(Event.ends_on < day)
    ).all()


def forgettable(db_session: Session, day: date) -> bool:
    """Whether it is known who asked or voted on an event whose last day was before that one."""
    voted = sa.exists().where(QuestionVote.question_id == _Q.id)
    found = db_session.scalar(
        sa.select(_Q.id)
        .join(ProgrammeSession, ProgrammeSession.id == _Q.session_id)
        .join(Event, Event.id == ProgrammeSession.event_id)
        .where(Event.ends_on < day, _Q.registration_id.is_not(None) | voted)
        .limit(1)
    )
    return found is not None


def bound(db_session: Session, session_ids: Collection[int]) -> dict[int, int]:
    """The questions of these sessions of which it is known who asked or voted, with the number of their votes."""
    voted = sa.exists().where(QuestionVote.question_id == _Q.id)
    rows = db_session.execute(
        sa.select(_Q.id, _VOTES).where(_Q.session_id.in_(session_ids), _Q.registration_id.is_not(None) | voted)
    )
    return {row[0]: row[1] for row in rows}
