"""Signing up."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from galerio_events.outbox import services as outbox
from galerio_events.registration import queries
from galerio_events.registration.domain import (
    REMINDER_PAUSE,
    ConsentKind,
    Details,
    Edition,
    LinkPurpose,
    Outcome,
    RegistrationRefused,
    RegistrationState,
    Terms,
    may_remind,
    new_reference,
    refusal,
    session_refusal,
    submission_key,
)
from galerio_events.registration.models import ConsentRecord, PrivateLink, Registration, SessionChoice
from galerio_events.registration.services import mails
from galerio_events.registration.services.links import new_link
from galerio_events.text import email_key

# These are sent for every registration, so they are put together once, each with all of its rows in one statement.
_INSERT = {
    dialect.__name__.rpartition(".")[2]: dialect.insert(Registration.__table__)
    .on_conflict_do_nothing()
    .returning(Registration.__table__.c.id)
    for dialect in (postgresql, sqlite)
}


def _rows(table: Any, fixed: Sequence[str], varying: Sequence[str], count: int) -> sa.Insert:
    """An INSERT of so many rows, with the parameters of `queries.parameters`."""
    rows = queries.parameters(table, fixed, varying, count)
    return sa.insert(table).from_select([*fixed, *varying], rows, include_defaults=False)


_CHOICES = sa.insert(SessionChoice).from_select(["registration_id", "session_id"], queries.CHOICES)
_CONSENTS = _rows(
    ConsentRecord.__table__,
    ["registration_id", "text_version", "language", "recorded_at"],
    ["kind", "given"],
    len(ConsentKind),
)
_LINKS = _rows(
    PrivateLink.__table__, ["registration_id", "created_at"], ["purpose", "nonce", "token_hash"], len(LinkPurpose)
)


def register(
    db_session: Session,
    edition: Edition,
    details: Details,
    *,
    form_key: str,
    was_known: bool,
    terms: Terms,
    secret_key: str,
    now: datetime,
) -> Outcome:
    """Admit somebody to an event and queue the confirmation, or queue a word to whoever has that address already.

    `form_key` came with the form; sent twice, it is one registration. `was_known` says whether the address was
    registered when the request came in: where two requests race for one address, the loser's would-be "you are
    registered already" is left out, since the winner's confirmation says it at the same moment.

    Everything is written first, and the lock is taken last, for as long as it takes to count and to commit: a request
    that is held up while it writes holds up nobody else. Whoever counts does so alone, and sees all who counted before.

    Raises `RegistrationRefused` where the intake or a session has no place; the caller then rolls back.
    """
    submission = submission_key(form_key, details.email)
    while True:
        reference = new_reference()
        registration_id = _insert(
            db_session, edition.event_id, details, reference=reference, submission=submission, now=now
        )
        if registration_id is not None:
            _complete(
                db_session,
                edition,
                registration_id,
                details,
                reference=reference,
                terms=terms,
                secret_key=secret_key,
                now=now,
            )
            _admit(db_session, edition, details, own=1, now=now)
            return Outcome.REGISTERED
        before = queries.in_the_way(db_session, edition.event_id, email=details.email, submission=submission)
        if before is None:
            continue  # The reference was in use; the next one will not be.
        if not before.same_submission:
            # Whoever is registered is refused like everybody else, so that nobody learns who is.
            _admit(db_session, edition, details, own=0, now=now)
            if was_known:
                _tell_known(db_session, edition, before, secret_key=secret_key, now=now)
            return Outcome.KNOWN
        if before.state is RegistrationState.ACTIVE:
            return Outcome.REPEATED
        submission = secrets.token_hex(32)  # An old form, sent again after its registration was cancelled.


def _admit(db_session: Session, edition: Edition, details: Details, *, own: int, now: datetime) -> None:
    """Take the lock and count. `own` is 1 where the registration in question is among those that are counted."""
    queries.lock_intake(db_session, edition.event_id)
    state = queries.admission(db_session, edition.event_id, details.sessions)
    if reason := refusal(state.intake, now=now, taken=state.taken - own):
        raise RegistrationRefused(reason)
    others = tuple(replace(place, taken=place.taken - own) for place in state.places)
    if why := session_refusal(details.sessions, others):
        raise RegistrationRefused(*why)


def _complete(
    db_session: Session,
    edition: Edition,
    registration_id: int,
    details: Details,
    *,
    reference: str,
    terms: Terms,
    secret_key: str,
    now: datetime,
) -> None:
    """Write what belongs to a registration: choices, answers about personal data, private links, the confirmation."""
    links = [new_link(registration_id, purpose, secret_key=secret_key, now=now) for purpose in LinkPurpose]
    connection = db_session.connection()
    if details.sessions:
        connection.execute(
            _CHOICES,
            {"registration_id": registration_id, "event_id": edition.event_id, "keys": list(details.sessions)},
        )
    connection.execute(
        _CONSENTS,
        {
            "registration_id": registration_id,
            "text_version": terms.version,
            "language": terms.language,
            "recorded_at": now,
        }
        | {f"kind_{number}": kind for number, kind in enumerate(ConsentKind)}
        | {f"given_{number}": kind in details.consents for number, kind in enumerate(ConsentKind)},
    )
    connection.execute(
        _LINKS,
        {"registration_id": registration_id, "created_at": now}
        | {
            f"{column}_{number}": link[column]
            for number, link in enumerate(links)
            for column in ("purpose", "nonce", "token_hash")
        },
    )
    outbox.put(
        db_session,
        mails.mail(
            edition,
            mails.CONFIRMATION,
            occasion=f"{registration_id}:1",
            language=details.language,
            email=details.email,
            name=details.name,
            reference=reference,
            sessions=details.sessions,
            **{link["purpose"].value: link["nonce"] for link in links},
        ),
        now=now,
    )


def _insert(
    db_session: Session, event_id: int, details: Details, *, reference: str, submission: str, now: datetime
) -> int | None:
    """The id of the new row; None where a constraint forbids it, with the transaction still usable."""
    row: dict[str, Any] = {
        "event_id": event_id,
        "reference": reference,
        "state": RegistrationState.ACTIVE,
        "name": details.name,
        "reading": details.reading,
        "email": details.email,
        "email_key": email_key(details.email),
        "country": details.country,
        "organisation": details.organisation,
        "position": details.position,
        "affiliation_kind": details.affiliation_kind,
        "language": details.language,
        "submission_key": submission,
        "created_at": now,
        "updated_at": now,
        "version": 1,
    }
    statement = _INSERT[db_session.get_bind().dialect.name]
    found: int | None = db_session.connection().execute(statement, row).scalar_one_or_none()
    return found


def _tell_known(
    db_session: Session, edition: Edition, before: queries.Known, *, secret_key: str, now: datetime
) -> None:
    """Mail a new private link to whoever has that address, as often as `may_remind` allows."""
    if not may_remind(queries.reminders(db_session, before.registration_id), now=now):
        return
    link = new_link(before.registration_id, LinkPurpose.MANAGE, secret_key=secret_key, now=now)
    queued = outbox.put(
        db_session,
        mails.mail(
            edition,
            mails.KNOWN,
            # Of two requests that get here at once, one writes.
            occasion=f"{before.registration_id}:{int(now.timestamp() // REMINDER_PAUSE.total_seconds())}",
            language=before.language,
            email=before.email,
            name=before.name,
            reference=before.reference,
            manage=link["nonce"],
        ),
        now=now,
    )
    if queued:
        db_session.execute(sa.insert(PrivateLink), [link])
