"""Reads of one registration: what was answered, chosen and agreed to, and the links that open it."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from galerio_events.programme.models import ProgrammeSession
from galerio_events.registration.domain import LinkPurpose
from galerio_events.registration.models import ConsentRecord, PrivateLink, Registration, SessionChoice
from galerio_events.text import token_hash


def by_token(db_session: Session, token: str, purpose: LinkPurpose) -> Registration | None:
    """The registration that this private token opens for that purpose; None for a token that was revoked."""
    return db_session.scalar(
        sa.select(Registration)
        .join(PrivateLink, PrivateLink.registration_id == Registration.id)
        .where(
            PrivateLink.token_hash == token_hash(token),
            PrivateLink.purpose == purpose,
            PrivateLink.revoked_at.is_(None),
        )
        .options(joinedload(Registration.event))
    )


def by_id(db_session: Session, registration_id: int) -> Registration | None:
    """The registration of that id, as it is in the database now."""
    return db_session.get(Registration, registration_id, populate_existing=True)


def chosen_sessions(db_session: Session, registration_id: int) -> tuple[str, ...]:
    """The keys of the sessions that a registrant wants to attend, in programme order."""
    return tuple(
        db_session.scalars(
            sa.select(ProgrammeSession.key)
            .join(SessionChoice, SessionChoice.session_id == ProgrammeSession.id)
            .where(SessionChoice.registration_id == registration_id)
            .order_by(ProgrammeSession.starts_at, ProgrammeSession.ends_at, ProgrammeSession.key)
        )
    )


def consents(db_session: Session, registration_id: int) -> Sequence[ConsentRecord]:
    """Every answer about personal data that a registrant gave, in the order in which they gave them."""
    return db_session.scalars(
        sa.select(ConsentRecord).where(ConsentRecord.registration_id == registration_id).order_by(ConsentRecord.id)
    ).all()


def link_nonce(db_session: Session, registration_id: int, purpose: LinkPurpose) -> str | None:
    """The nonce of the newest private link of that purpose that still opens."""
    return db_session.scalar(
        sa.select(PrivateLink.nonce)
        .where(
            PrivateLink.registration_id == registration_id,
            PrivateLink.purpose == purpose,
            PrivateLink.revoked_at.is_(None),
        )
        .order_by(PrivateLink.id.desc())
        .limit(1)
    )


def reminders(db_session: Session, registration_id: int) -> Sequence[datetime]:
    """When the registrant was sent a further link to their registration, after the one of the confirmation."""
    made = db_session.scalars(
        sa.select(PrivateLink.created_at)
        .where(PrivateLink.registration_id == registration_id, PrivateLink.purpose == LinkPurpose.MANAGE)
        .order_by(PrivateLink.id)
    ).all()
    return made[1:]
