"""Private links: what is stored of them, and how they are replaced."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.registration import queries
from galerio_events.registration.domain import LinkPurpose
from galerio_events.registration.models import PrivateLink
from galerio_events.text import new_nonce, private_token, token_hash


def new_secret(purpose: LinkPurpose, *, secret_key: str) -> dict[str, Any]:
    """What makes a private link private: a new nonce and the hash of its token, which itself is kept nowhere."""
    nonce = new_nonce()
    return {
        "purpose": purpose,
        "nonce": nonce,
        "token_hash": token_hash(private_token(secret_key, purpose.value, nonce)),
    }


def new_link(registration_id: int, purpose: LinkPurpose, *, secret_key: str, now: datetime) -> dict[str, Any]:
    """The row of a new private link."""
    return {"registration_id": registration_id, "created_at": now} | new_secret(purpose, secret_key=secret_key)


def calendar_token(db_session: Session, registration_id: int, *, secret_key: str) -> str | None:
    """The token of the registrant's calendar address; None where they have none."""
    nonce = queries.link_nonce(db_session, registration_id, LinkPurpose.CALENDAR)
    return None if nonce is None else private_token(secret_key, LinkPurpose.CALENDAR.value, nonce)


def rotate_calendar_link(db_session: Session, registration_id: int, *, secret_key: str, now: datetime) -> None:
    """Give the registrant a new calendar address; the old ones open nothing from now on."""
    db_session.execute(
        sa.update(PrivateLink)
        .where(
            PrivateLink.registration_id == registration_id,
            PrivateLink.purpose == LinkPurpose.CALENDAR,
            PrivateLink.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )
    link = new_link(registration_id, LinkPurpose.CALENDAR, secret_key=secret_key, now=now)
    db_session.execute(sa.insert(PrivateLink), [link])
