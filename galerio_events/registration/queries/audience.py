"""Reads of many registrations: who chose which sessions, and from which countries they come."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.programme.models import ProgrammeSession
from galerio_events.registration.domain import RegistrationState
from galerio_events.registration.models import PrivateLink, Registration, SessionChoice

_ACTIVE = Registration.state == RegistrationState.ACTIVE


@dataclass(frozen=True, slots=True)
class Chooser:
    """A registrant and which of some sessions they chose; `links` are the nonces of their private links by purpose."""

    name: str
    email: str
    language: str
    reference: str
    version: int
    sessions: frozenset[str]
    links: Mapping[str, str]


def choosers(db_session: Session, event_id: int, keys: Collection[str]) -> list[Chooser]:
    """The active registrants of the event who chose one of these sessions, in the order in which they registered.

    Four plain statements: SQLite takes a join of the three tables by a thousand keys from the wrong end.
    """
    among = frozenset(keys)
    known = db_session.execute(
        sa.select(ProgrammeSession.id, ProgrammeSession.key).where(ProgrammeSession.event_id == event_id)
    )
    wanted = {row.id: row.key for row in known if row.key in among}
    chosen = db_session.execute(
        sa.select(SessionChoice.registration_id, SessionChoice.session_id).where(SessionChoice.session_id.in_(wanted))
    )
    sessions: dict[int, set[str]] = {}
    for registration_id, session_id in chosen:
        sessions.setdefault(registration_id, set()).add(wanted[session_id])
    r = Registration
    everybody = db_session.execute(
        sa.select(r.id, r.name, r.email, r.language, r.reference, r.version)
        .where(r.event_id == event_id, _ACTIVE)
        .order_by(r.id)
    )
    links = _newest_nonces(db_session, event_id) if sessions else {}
    return [
        Chooser(
            row.name,
            row.email,
            row.language,
            row.reference,
            row.version,
            frozenset(sessions[row.id]),
            links.get(row.id, {}),
        )
        for row in everybody
        if row.id in sessions
    ]


def _newest_nonces(db_session: Session, event_id: int) -> dict[int, dict[str, str]]:
    """By registration and purpose: the nonce of the newest private link that still opens."""
    rows = db_session.execute(
        sa.select(PrivateLink.registration_id, PrivateLink.purpose, PrivateLink.nonce)
        .join(Registration, Registration.id == PrivateLink.registration_id)
        .where(Registration.event_id == event_id, _ACTIVE, PrivateLink.revoked_at.is_(None))
        .order_by(PrivateLink.id)
    )
    found: dict[int, dict[str, str]] = {}
    for registration_id, purpose, nonce in rows:
        found.setdefault(registration_id, {})[purpose.value] = nonce
    return found


def countries_of_registered(db_session: Session, event_id: int) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
    """How many are registered by country; and the same of those who chose a session, by its key. Two queries."""
    everybody = db_session.execute(
        sa.select(Registration.country, sa.func.count())
        .where(Registration.event_id == event_id, _ACTIVE)
        .group_by(Registration.country)
    )
    chose = db_session.execute(
        sa.select(ProgrammeSession.key, Registration.country, sa.func.count())
        .select_from(Registration)
        .join(SessionChoice, SessionChoice.registration_id == Registration.id)
        .join(ProgrammeSession, ProgrammeSession.id == SessionChoice.session_id)
        .where(Registration.event_id == event_id, _ACTIVE)
        .group_by(ProgrammeSession.key, Registration.country)
    )
    by_session: dict[str, dict[str, int]] = {}
    for key, country, number in chose:
        by_session.setdefault(key, {})[country] = number
    return {row[0]: row[1] for row in everybody}, by_session


def countries_of_choosers(db_session: Session, session_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """By session, how many of those who chose it are registered from which country. One query."""
    rows = db_session.execute(
        sa.select(SessionChoice.session_id, Registration.country, sa.func.count())
        .select_from(SessionChoice)
        .join(Registration, Registration.id == SessionChoice.registration_id)
        .where(SessionChoice.session_id.in_(session_ids), _ACTIVE)
        .group_by(SessionChoice.session_id, Registration.country)
    )
    found: dict[int, dict[str, int]] = {}
    for session_id, country, number in rows:
        found.setdefault(session_id, {})[country] = number
    return found
