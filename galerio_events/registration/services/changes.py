"""What registrants do to their own registration."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from galerio_events.errors import ChangeConflict, Conflict, NotFound
from galerio_events.outbox import services as outbox
from galerio_events.registration import queries
from galerio_events.registration.domain import (
    ConsentKind,
    Details,
    Edition,
    LinkPurpose,
    Refusal,
    RegistrationRefused,
    RegistrationState,
    Terms,
    calendar_keys,
    refusal,
    session_refusal,
)
from galerio_events.registration.models import ConsentRecord, PrivateLink, Registration, SessionChoice
from galerio_events.registration.services import mails
from galerio_events.registration.services.links import new_link

_FIELDS = ("name", "reading", "country", "organisation", "position", "affiliation_kind", "language")


def change(
    db_session: Session,
    edition: Edition,
    registration_id: int,
    details: Details,
    *,
    version: int,
    offered: frozenset[str],
    terms: Terms,
    secret_key: str,
    now: datetime,
) -> bool:
    """Write what a registrant changed, and mail what it is now. False where nothing was changed.

    `version` is the one that the registrant saw; `offered` the sessions that the form had: a chosen session outside
    them stays chosen. The address of a registration does not change, and consent to the notice is not asked again.
    Raises `ChangeConflict` where it has changed meanwhile or is cancelled, `RegistrationRefused` where a session that
    is asked for anew has no place.
    """
    queries.lock_intake(db_session, edition.event_id)
    registration = _load(db_session, registration_id)
    if registration.version != version:
        raise ChangeConflict(Conflict.STALE)
    if registration.state is RegistrationState.CANCELLED:
        raise ChangeConflict(Conflict.ALREADY_DONE)
    held = frozenset(queries.chosen_sessions(db_session, registration_id))
    wanted = frozenset(details.sessions) | (held - offered)
    state = queries.admission(db_session, edition.event_id, wanted | held)
    why = session_refusal(sorted(wanted), state.places, held=held)
    if why:
        raise RegistrationRefused(*why)
    ids = {place.key: place.session_id for place in state.places}

    new = {field: getattr(details, field) for field in _FIELDS}
    changed = wanted != held or any(getattr(registration, field) != value for field, value in new.items())
    if gone := held - wanted:
        db_session.execute(
            sa.delete(SessionChoice).where(
                SessionChoice.registration_id == registration_id,
                SessionChoice.session_id.in_([ids[key] for key in gone]),
            )
        )
    if added := wanted - held:
        db_session.execute(
            sa.insert(SessionChoice),
            [{"registration_id": registration_id, "session_id": ids[key]} for key in sorted(added)],
        )
    answers = _new_answers(db_session, registration_id, details, terms=terms, now=now)
    if not changed and not answers:
        return False
    db_session.add_all(answers)
    for field, value in new.items():
        setattr(registration, field, value)
    _touch(db_session, registration, now=now)
    if changed:
        ordered = queries.chosen_sessions(db_session, registration_id)
        removed = _removed(edition, held, ordered)
        _tell(
            db_session, edition, registration, mails.CHANGED, ordered, removed=removed, secret_key=secret_key, now=now
        )
    return True


def cancel(db_session: Session, edition: Edition, registration_id: int, *, secret_key: str, now: datetime) -> bool:
    """Cancel a registration, which frees its places. False where it was cancelled already."""
    queries.lock_intake(db_session, edition.event_id)
    registration = _load(db_session, registration_id)
    if registration.state is RegistrationState.CANCELLED:
        return False
    registration.state = RegistrationState.CANCELLED
    registration.cancelled_at = now
    _touch(db_session, registration, now=now)
    chosen = queries.chosen_sessions(db_session, registration_id)
    _tell(db_session, edition, registration, mails.CANCELLED, chosen, secret_key=secret_key, now=now)
    return True


def restore(
    db_session: Session, edition: Edition, registration_id: int, *, secret_key: str, now: datetime
) -> tuple[str, ...]:
    """Undo a cancellation, by the rules of a new registration. Gives the keys of sessions that had no place any more;
    the others are chosen as before.

    Raises `RegistrationRefused` where the intake has no place or the address has registered again since; the caller
    then rolls back.
    """
    registration = _load(db_session, registration_id)
    if registration.state is RegistrationState.ACTIVE:
        return ()
    # The address is taken before the lock, as in signing up: two who wait for each other would wait for ever.
    try:
        with db_session.begin_nested():
            registration.state = RegistrationState.ACTIVE
            registration.cancelled_at = None
            _touch(db_session, registration, now=now)
    except IntegrityError:
        raise RegistrationRefused(Refusal.ADDRESS_TAKEN) from None
    chosen = queries.chosen_sessions(db_session, registration_id)
    queries.lock_intake(db_session, edition.event_id)
    state = queries.admission(db_session, edition.event_id, chosen)
    if reason := refusal(state.intake, now=now, taken=state.taken - 1):
        raise RegistrationRefused(reason)
    lost = tuple(place for place in state.places if place.capacity is not None and place.taken > place.capacity)
    if lost:
        db_session.execute(
            sa.delete(SessionChoice).where(
                SessionChoice.registration_id == registration_id,
                SessionChoice.session_id.in_([place.session_id for place in lost]),
            )
        )
    lost_keys = tuple(place.key for place in lost)
    kept = tuple(key for key in chosen if key not in lost_keys)
    _tell(
        db_session,
        edition,
        registration,
        mails.CONFIRMATION,
        kept,
        removed=_removed(edition, chosen, kept),
        secret_key=secret_key,
        now=now,
    )
    return lost_keys


def _load(db_session: Session, registration_id: int) -> Registration:
    registration = queries.by_id(db_session, registration_id)
    if registration is None:
        raise NotFound
    return registration


def _touch(db_session: Session, registration: Registration, *, now: datetime) -> None:
    """Count the version up, even where the row's own columns stay as they were."""
    registration.updated_at = now
    flag_modified(registration, "updated_at")
    db_session.flush()


def _new_answers(
    db_session: Session, registration_id: int, details: Details, *, terms: Terms, now: datetime
) -> list[ConsentRecord]:
    latest = {record.kind: record.given for record in queries.consents(db_session, registration_id)}
    return [
        ConsentRecord(
            registration_id=registration_id,
            kind=kind,
            given=kind in details.consents,
            text_version=terms.version,
            language=terms.language,
            recorded_at=now,
        )
        for kind in ConsentKind
        if kind is not ConsentKind.PRIVACY_NOTICE and latest.get(kind, False) != (kind in details.consents)
    ]


def _removed(edition: Edition, before: Iterable[str], after: Iterable[str]) -> tuple[str, ...]:
    """What was in the registrant's calendar and is not any more; who chose no session had all of them."""
    if edition.programme is None:
        return ()
    kept = frozenset(calendar_keys(edition.programme, after))
    return tuple(key for key in calendar_keys(edition.programme, before) if key not in kept)


def _tell(
    db_session: Session,
    edition: Edition,
    registration: Registration,
    kind: str,
    sessions: tuple[str, ...],
    *,
    removed: tuple[str, ...] = (),
    secret_key: str,
    now: datetime,
) -> None:
    """Queue a mail about the registration as it is now, with links that open it."""
    links = {}
    for purpose in LinkPurpose:
        nonce = queries.link_nonce(db_session, registration.id, purpose)
        if nonce is None:
            link = new_link(registration.id, purpose, secret_key=secret_key, now=now)
            db_session.execute(sa.insert(PrivateLink), [link])
            nonce = link["nonce"]
        links[purpose.value] = nonce
    outbox.put(
        db_session,
        mails.mail(
            edition,
            kind,
            occasion=f"{registration.id}:{registration.version}",
            language=registration.language,
            email=registration.email,
            name=registration.name,
            sessions=sessions,
            removed=list(removed),
            revision=registration.version - 1,
            reference=registration.reference,
            **links,
        ),
        now=now,
    )
