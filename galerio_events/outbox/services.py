"""Writes of the outbox. Nothing here commits; a mail is part of the transaction that causes it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from galerio_events.errors import ChangeConflict, Conflict
from galerio_events.outbox import domain, queries
from galerio_events.outbox.domain import Action, Attachment, Decision, Mail, MailState, Outgoing, Wording
from galerio_events.outbox.models import OutboxMail
from galerio_events.text import clean, one_line

# Set in a session's `info` by `enqueue`; whoever commits the session may tell the worker that there is something to do.
ENQUEUED = "outbox_enqueued"

# How many mails are written with one statement.
AT_ONCE = 1000

BuildAttachments = Callable[[Session, Outgoing], Sequence[Attachment]]

# What is to be said of that event's mails of that batch before anybody sends them; nothing: "".
Caution = Callable[[Session, int, str], str]

_builders: dict[str, BuildAttachments] = {}
_cautions: list[Caution] = []
_chores: list[Callable[[], None]] = []
_writers: list[Callable[[], None]] = []
_host = ["localhost"]


def configure(host: str) -> None:
    """Say once, when the application is made, which host the Message-IDs end with."""
    _host[0] = host


def register_attachments(kind: str, build: BuildAttachments) -> None:
    """Mails of that kind carry what `build(db_session, mail)` gives, made anew on every attempt; so it may depend only
    on the mail and on rows that never change, such as releases."""
    _builders[kind] = build


def attachments(db_session: Session, mail: Outgoing) -> Sequence[Attachment]:
    """What goes with that mail."""
    build = _builders.get(mail.kind)
    return build(db_session, mail) if build else ()


def register_caution(warn: Caution) -> None:
    """From now on, pages with mails of a batch that have not left also say what `warn` says of that batch."""
    if warn not in _cautions:
        _cautions.append(warn)


def cautions(db_session: Session, event_id: int, batch: str | None) -> list[str]:
    """What is to be said of the event's mails of that batch before anybody sends them."""
    found = [] if batch is None else [warn(db_session, event_id, batch) for warn in _cautions]
    return [text for text in found if text]


def register_chore(chore: Callable[[], None]) -> None:
    """Let the worker call that whenever it is woken, and every minute. It has to return at once: mail waits for it."""
    _chores.append(chore)


def chores() -> Sequence[Callable[[], None]]:
    """What the worker looks after besides mail."""
    return tuple(_chores)


def register_writer(write: Callable[[], None]) -> None:
    """Let `write` put mails into the outbox before due ones are looked for: what a request must not be seen to do."""
    if write not in _writers:
        _writers.append(write)


def writers() -> Sequence[Callable[[], None]]:
    """What writes mails before due ones are looked for."""
    return tuple(_writers)


def wake(db_session: Session) -> None:
    """Have the worker woken when this session is committed, though no mail is to leave."""
    db_session.info[ENQUEUED] = True


def enqueue(db_session: Session, mail: Mail, *, now: datetime) -> OutboxMail | None:
    """Write the mail into the outbox; None where one with its `dedupe_key` is there already.

    One statement; the mail leaves after the caller's commit. Raises `ValueError` for an address that is not one.
    """
    row: OutboxMail | None = db_session.scalars(
        _inserts(OutboxMail)[db_session.get_bind().dialect.name]
        .values(_row(mail, now=now))
        .on_conflict_do_nothing()
        .returning(OutboxMail)
    ).one_or_none()
    _note(db_session, mail, written=row is not None)
    return row


def put(db_session: Session, mail: Mail, *, now: datetime) -> bool:
    """As `enqueue`, for requests that have to be cheap: says whether the mail was written, and loads nothing."""
    statement = _PUT[db_session.get_bind().dialect.name]
    written = db_session.connection().execute(statement, _row(mail, now=now)).first() is not None
    _note(db_session, mail, written=written)
    return written


def enqueue_all(db_session: Session, mails: Iterable[Mail], *, now: datetime) -> int:
    """Write many mails, as `enqueue` does one; how many were written. A thousand of them take one statement.

    Raises `ValueError` for an address that is not one.
    """
    statement = _INSERT[db_session.get_bind().dialect.name]
    written = 0
    for some in _some(mails):
        rows = [_row(mail, now=now) for mail in some]
        found = db_session.connection().execute(statement, rows, execution_options={"preserve_rowcount": True})
        written += found.rowcount
        if found.rowcount and any(not mail.draft for mail in some):
            db_session.info[ENQUEUED] = True
    return written


def mail_for(cause: sa.FromClause | None = None) -> sa.Insert:
    """The statement that writes a mail with the parameters of `as_parameters`, to be part of the one that writes its
    `cause`: there is a mail for each row of that. It is no draft, belongs to no batch and leaves at once.

    Whoever sends it says so with `sent_along`. Where the mail's `dedupe_key` is taken it fails, and all of it fails.
    """
    types = OutboxMail.__table__.c
    given = {column: sa.bindparam(_parameter(column), type_=types[column].type) for column in _GIVEN}
    fixed = {
        "template_version": sa.literal_column("1"),
        "bulk": sa.false(),
        "state": sa.literal_column(f"'{MailState.QUEUED.value}'"),
        "attempts": sa.literal_column("0"),
        "next_attempt_at": given["created_at"],
        "last_error": sa.literal_column("''"),
    }
    values = given | fixed
    rows = sa.select(*values.values())
    return sa.insert(OutboxMail).from_select(
        list(values), rows if cause is None else rows.select_from(cause), include_defaults=False
    )


def as_parameters(mail: Mail, *, now: datetime) -> dict[str, Any]:
    """The parameters of `mail_for`, none of which is called as those of another table's columns would be.

    Raises `ValueError` for a mail that is not to leave at once by itself.
    """
    if mail.draft or mail.bulk or mail.batch is not None:
        raise ValueError(f"{mail.kind} is written with the statement of single mails")
    row = _row(mail, now=now)
    return {_parameter(column): row[column] for column in _GIVEN}


def sent_along(db_session: Session, mail: Mail) -> None:
    """Note that this mail was written by a statement that `mail_for` is a part of."""
    _note(db_session, mail, written=True)


def _inserts(table: Any) -> dict[str, postgresql.Insert | sqlite.Insert]:
    return {"postgresql": postgresql.insert(table), "sqlite": sqlite.insert(table)}


_INSERT = {dialect: insert.on_conflict_do_nothing() for dialect, insert in _inserts(OutboxMail.__table__).items()}
_PUT = {
    dialect: insert.on_conflict_do_nothing().returning(OutboxMail.__table__.c.id)
    for dialect, insert in _inserts(OutboxMail.__table__).items()
}


# What differs among mails that are written with their cause.
_GIVEN = (
    "event_id",
    "kind",
    "language",
    "recipient_email",
    "recipient_name",
    "values",
    "dedupe_key",
    "message_id",
    "created_at",
)


def _parameter(column: str) -> str:
    return f"outbox_mails_{column}"


def _row(mail: Mail, *, now: datetime) -> dict[str, Any]:
    return {
        "event_id": mail.event_id,
        "kind": mail.kind,
        "template_version": 1,
        "language": mail.language,
        "recipient_email": domain.checked_address(mail.recipient_email),
        "recipient_name": one_line(mail.recipient_name)[:200],
        "values": dict(mail.values),
        "bulk": mail.bulk,
        "batch": mail.batch,
        "state": MailState.DRAFT if mail.draft else MailState.QUEUED,
        "dedupe_key": mail.dedupe_key,
        "message_id": domain.message_id(mail.dedupe_key, _host[0]),
        "attempts": 0,
        "next_attempt_at": now - domain.AHEAD if mail.urgent else now,
        "last_error": "",
        "created_at": now,
    }


def _some(mails: Iterable[Mail]) -> Iterator[list[Mail]]:
    left = iter(mails)
    while some := list(islice(left, AT_ONCE)):
        yield some


def _note(db_session: Session, mail: Mail, *, written: bool) -> None:
    if written and not mail.draft:
        db_session.info[ENQUEUED] = True


def forget(db_session: Session, dedupe_keys: Sequence[str]) -> int:
    """Delete the mails with those keys, but for one that a worker has in hand; how many there were."""
    left, deleted = iter(dedupe_keys), 0
    while some := list(islice(left, AT_ONCE)):
        deleted += len(
            db_session.scalars(
                sa.delete(OutboxMail)
                .where(OutboxMail.dedupe_key.in_(some), OutboxMail.state != MailState.SENDING)
                .returning(OutboxMail.id)
                .execution_options(synchronize_session=False)
            ).all()
        )
    return deleted


def claim(db_session: Session, mail_id: int, *, token: str, now: datetime) -> Outgoing | None:
    """Take a due mail in hand and count the attempt; None where another worker was faster or it is not due any more."""
    row = db_session.scalars(
        sa.update(OutboxMail)
        .where(
            OutboxMail.id == mail_id,
            OutboxMail.state.in_(domain.states_for(Action.CLAIM)),
            OutboxMail.next_attempt_at <= now,
        )
        .values(state=MailState.SENDING, claim=token, claimed_at=now, attempts=OutboxMail.attempts + 1)
        .returning(OutboxMail)
        .execution_options(synchronize_session=False, populate_existing=True)
    ).one_or_none()
    return None if row is None else queries.outgoing(row)


def settle(db_session: Session, mail_id: int, decision: Decision, *, token: str, now: datetime) -> bool:
    """Write down what became of a mail in hand; False where the claim had been taken away meanwhile."""
    state = domain.TRANSITIONS[MailState.SENDING, decision.action]
    return _change(
        db_session,
        (OutboxMail.id == mail_id, OutboxMail.state == MailState.SENDING, OutboxMail.claim == token),
        state=state,
        claim=None,
        claimed_at=None,
        next_attempt_at=decision.next_attempt_at,
        last_error=decision.error,
        sent_at=now if state is MailState.SENT else None,
        **({} if decision.counted else {"attempts": OutboxMail.attempts - 1}),
    )


def recover_abandoned(db_session: Session, *, now: datetime) -> int:
    """Give back what killed workers had in hand, or mark it as unknown. Returns how many there were."""
    found = queries.abandoned(db_session, before=now - domain.CLAIM_LASTS)
    return sum(
        settle(
            db_session,
            held.id,
            domain.abandoned(attempts=held.attempts, bulk=held.bulk, now=now),
            token=held.token,
            now=now,
        )
        for held in found
    )


def act(db_session: Session, event_id: int, mail_id: int, action: Action, *, now: datetime) -> None:
    """Do by hand what an organiser asked for. Raises `ChangeConflict` where the mail's state does not allow it (any
    more); a mail that is tried again starts its schedule of attempts anew."""
    values: dict[str, Any] = {"state": domain.TRANSITIONS[domain.states_for(action)[0], action], "next_attempt_at": now}
    if action is Action.RETRY:
        values["attempts"] = 0
    changed = _change(
        db_session,
        (
            OutboxMail.id == mail_id,
            OutboxMail.event_id == event_id,
            OutboxMail.state.in_(domain.states_for(action)),
        ),
        **values,
    )
    if not changed:
        raise ChangeConflict(Conflict.ALREADY_DONE)
    if action is not Action.CANCEL:
        db_session.info[ENQUEUED] = True


def retry_failed(db_session: Session, event_id: int, *, now: datetime) -> int:
    """Try every failed mail of the event again. Returns how many there were; those whose arrival is unknown stay."""
    retried = db_session.execute(
        sa.update(OutboxMail)
        .where(OutboxMail.event_id == event_id, OutboxMail.state == MailState.FAILED)
        .values(state=MailState.QUEUED, attempts=0, next_attempt_at=now)
        .returning(OutboxMail.id)
        .execution_options(synchronize_session=False)
    ).all()
    db_session.expire_all()
    db_session.info[ENQUEUED] = True
    return len(retried)


def edit_draft(
    db_session: Session,
    event_id: int,
    mail_id: int,
    wording: Wording | None,
    *,
    seen: str,
    language: str | None = None,
) -> None:
    """Give a draft other words, or (None) those that it was written with; and another `language`, which is that of its
    own words, of what all mails end with, and of the calendar file.

    `seen` is the `wording_digest` of what was edited. Raises `ChangeConflict`: `ALREADY_DONE` where the mail is no
    draft any more, `STALE` where somebody else has edited it meanwhile.
    """
    row = queries.lock_mail(db_session, event_id, mail_id)
    if row.state is not MailState.DRAFT:
        raise ChangeConflict(Conflict.ALREADY_DONE)
    if domain.wording_digest(row.values, row.language) != seen:
        raise ChangeConflict(Conflict.STALE)
    kept = {name: value for name, value in row.values.items() if name != domain.EDITED}
    if wording is not None:
        kept[domain.EDITED] = {"subject": one_line(wording.subject), "text": clean(wording.text)}
    row.values = kept
    row.language = language or row.language
    db_session.flush()


def act_on_drafts(db_session: Session, event_id: int, batch: str, action: Action, *, now: datetime) -> int:
    """Send or cancel all drafts of a batch. Returns how many there were."""
    found = db_session.execute(
        sa.update(OutboxMail)
        .where(OutboxMail.event_id == event_id, OutboxMail.batch == batch, OutboxMail.state == MailState.DRAFT)
        .values(state=domain.TRANSITIONS[MailState.DRAFT, action], next_attempt_at=now)
        .returning(OutboxMail.id)
        .execution_options(synchronize_session=False)
    ).all()
    db_session.expire_all()
    if found and action is Action.SEND:
        db_session.info[ENQUEUED] = True
    return len(found)


def _change(db_session: Session, where: Sequence[sa.ColumnElement[bool]], **values: Any) -> bool:
    changed = db_session.execute(
        sa.update(OutboxMail)
        .where(*where)
        .values(**values)
        .returning(OutboxMail.id)
        .execution_options(synchronize_session=False)
    )
    found = changed.first() is not None
    db_session.expire_all()
    return found
