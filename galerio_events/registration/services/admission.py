"""Signing up."""

import secrets
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
from galerio_events.registration.services.links import new_link, new_secret
from galerio_events.text import email_key

_REGISTRATION = Registration.__table__
# What is known of a registration when it is made.
_COLUMNS = [column.name for column in _REGISTRATION.columns if column.name not in {"id", "cancelled_at"}]
_NOW = queries.parameter(_REGISTRATION, "created_at")
_REGISTRATION_ID = sa.bindparam("registration_id", type_=sa.Integer)


def _insert(dialect: Any) -> Any:
    """The statement that writes a registration and returns its id, or nothing where a constraint forbids it."""
    fixed = {"state": queries.constant(RegistrationState.ACTIVE), "version": queries.constant(1), "updated_at": _NOW}
    values = {column: queries.parameter(_REGISTRATION, column) for column in _COLUMNS} | fixed
    return dialect.insert(_REGISTRATION).values(values).on_conflict_do_nothing().returning(_REGISTRATION.c.id)


def _belongings(registration_id: sa.ColumnElement[int], registration: sa.FromClause | None = None) -> list[sa.Insert]:
    """The statements that write what belongs to a registration: choices, answers about personal data, private links,
    the confirmation. `registration` is what returns the id, where that is no parameter."""
    consents, links = ConsentRecord.__table__, PrivateLink.__table__
    terms = [queries.parameter(consents, column) for column in ("text_version", "language")]
    answers = queries.parameters(consents, [registration_id, *terms, _NOW], ConsentKind, ["given"])
    keys = queries.parameters(links, [registration_id, _NOW], LinkPurpose, ["nonce", "token_hash"])
    return [
        sa.insert(SessionChoice).from_select(["registration_id", "session_id"], queries.choices(registration_id)),
        sa.insert(ConsentRecord).from_select(
            ["registration_id", "text_version", "language", "recorded_at", "kind", "given"], answers
        ),
        sa.insert(PrivateLink).from_select(["registration_id", "created_at", "purpose", "nonce", "token_hash"], keys),
        outbox.mail_for(registration),
    ]


def _at_once() -> sa.Select[bool, bool]:
    """All of these in one statement, as PostgreSQL can. It says whether there is a new registration, and whether the
    address was registered when it began: whatever others committed since, it does not see."""
    new = _insert(postgresql).cte("registration")
    parts = [part.cte(f"part_{number}") for number, part in enumerate(_belongings(new.c.id, new))]
    return queries.new_and_known(new).add_cte(*parts)


# These are sent for every registration, so they are put together once.
_AT_ONCE = _at_once()
_ONE_BY_ONE = (_insert(sqlite), *_belongings(_REGISTRATION_ID))


def register(
    db_session: Session,
    edition: Edition,
    details: Details,
    *,
    form_key: str,
    was_known: bool | None,
    terms: Terms,
    secret_key: str,
    now: datetime,
) -> Outcome:
    """Admit somebody to an event and queue the confirmation, or queue a word to whoever has that address already.

    `form_key` came with the form; sent twice, it is one registration. `was_known` says whether the address was
    registered when the request came in, as far as `queries.known_beforehand` can tell: where two requests race for one
    address, the loser's would-be "you are registered already" is left out, since the winner's confirmation says it at
    the same moment.

    Everything is written first, and the lock is taken last, for as long as it takes to count and to commit: a request
    that is held up while it writes holds up nobody else. Whoever counts does so alone, and sees all who counted before.

    Raises `RegistrationRefused` where the intake or a session has no place; the caller then rolls back.
    """
    submission = submission_key(form_key, details.email)
    while True:
        made, known = _write(
            db_session, edition, details, submission=submission, terms=terms, secret_key=secret_key, now=now
        )
        if made:
            _admit(db_session, edition, details, own=1, now=now)
            return Outcome.REGISTERED
        before = queries.in_the_way(db_session, edition.event_id, email=details.email, submission=submission)
        if before is None:
            continue  # The reference was in use; the next one will not be.
        if not before.same_submission:
            # Whoever is registered is refused like everybody else, so that nobody learns who is.
            _admit(db_session, edition, details, own=0, now=now)
            if known if was_known is None else was_known:
                _tell_known(db_session, edition, before, secret_key=secret_key, now=now)
            return Outcome.KNOWN
        if before.state is RegistrationState.ACTIVE:
            return Outcome.REPEATED
        submission = secrets.token_hex(32)  # An old form, sent again after its registration was cancelled.


def _admit(db_session: Session, edition: Edition, details: Details, *, own: int, now: datetime) -> None:
    """Take the lock and count. `own` is 1 where the registration in question is among those that are counted."""
    queries.lock_intake(db_session, edition.event_id)
    state = queries.admission(db_session, edition.event_id, details.sessions)
    if reason := refusal(state.intake, now=now, taken=state.taken - own, announced=edition.announced):
        raise RegistrationRefused(reason)
    others = tuple(replace(place, taken=place.taken - own) for place in state.places)
    if why := session_refusal(details.sessions, others):
        raise RegistrationRefused(*why)


def _write(
    db_session: Session,
    edition: Edition,
    details: Details,
    *,
    submission: str,
    terms: Terms,
    secret_key: str,
    now: datetime,
) -> tuple[bool, bool]:
    """Write a registration and all that belongs to it, if no constraint forbids it; else nothing is written, and the
    transaction is still usable. Says whether it was written, and on PostgreSQL whether the address was known before."""
    reference = new_reference()
    links = [new_secret(purpose, secret_key=secret_key) for purpose in LinkPurpose]
    mail = mails.mail(
        edition,
        mails.CONFIRMATION,
        occasion=reference,
        language=details.language,
        email=details.email,
        name=details.name,
        reference=reference,
        sessions=details.sessions,
        **{link["purpose"].value: link["nonce"] for link in links},
    )
    values = (
        {
            "registrations_event_id": edition.event_id,
            "registrations_reference": reference,
            "registrations_name": details.name,
            "registrations_reading": details.reading,
            "registrations_email": details.email,
            "registrations_email_key": email_key(details.email),
            "registrations_country": details.country,
            "registrations_organisation": details.organisation,
            "registrations_position": details.position,
            "registrations_affiliation_kind": details.affiliation_kind,
            "registrations_language": details.language,
            "registrations_submission_key": submission,
            "registrations_created_at": now,
            "keys": list(details.sessions),
            "consent_records_text_version": terms.version,
            "consent_records_language": terms.language,
        }
        | {f"consent_records_given_{number}": kind in details.consents for number, kind in enumerate(ConsentKind)}
        | {
            f"private_links_{column}_{number}": link[column]
            for number, link in enumerate(links)
            for column in ("nonce", "token_hash")
        }
        | outbox.as_parameters(mail, now=now)
    )
    made, known = _send(db_session, values)
    if made:
        outbox.sent_along(db_session, mail)
    return made, known


def _send(db_session: Session, values: dict[str, Any]) -> tuple[bool, bool]:
    connection = db_session.connection()
    if connection.dialect.name == "postgresql":
        made, known = connection.execute(_AT_ONCE, values).one()
        return made, known
    insert, *belongings = _ONE_BY_ONE
    registration_id = connection.execute(insert, values).scalar_one_or_none()
    if registration_id is None:
        return False, False
    for statement in belongings:
        connection.execute(statement, values | {"registration_id": registration_id})
    return True, False


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
