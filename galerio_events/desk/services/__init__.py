"""Writes of the desk: own calendars, and the ways in that organisers give."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.desk import queries
from galerio_events.desk.models import DeskFeed, DeskSettings, JoinLink
from galerio_events.events.queries import lock
from galerio_events.text import new_nonce, private_token, token_hash

PURPOSE = "desk"


def feed_token(db_session: Session, account_id: int, *, secret_key: str) -> str | None:
    """The token of the account's own calendar; None where it has none."""
    feed = queries.open_feed(db_session, account_id)
    return None if feed is None else private_token(secret_key, PURPOSE, feed.nonce)


def new_feed(db_session: Session, account_id: int, *, language: str, secret_key: str, now: datetime) -> str:
    """Give the account's own calendar a new address, and return its token; the old one opens nothing from now on."""
    end_feed(db_session, account_id, now=now)
    nonce = new_nonce()
    token = private_token(secret_key, PURPOSE, nonce)
    feed = DeskFeed(account_id=account_id, nonce=nonce, token_hash=token_hash(token), language=language, created_at=now)
    db_session.add(feed)
    db_session.flush()
    return token


def end_feed(db_session: Session, account_id: int, *, now: datetime) -> None:
    """Let the address of the account's own calendar open nothing any more. To end it twice is no error."""
    queries.lock_account(db_session, account_id)
    db_session.execute(
        sa.update(DeskFeed).where(DeskFeed.account_id == account_id, DeskFeed.ended_at.is_(None)).values(ended_at=now)
    )


def settle_join_minutes(db_session: Session, event_id: int, minutes: int) -> None:
    """So many minutes before a session of the event its people are shown the way in."""
    lock(db_session, event_id)
    row = db_session.get(DeskSettings, event_id)
    if row is None:
        db_session.add(DeskSettings(event_id=event_id, join_minutes=minutes))
    else:
        row.join_minutes = minutes
    db_session.flush()


def settle_join_links(db_session: Session, event_id: int, session_id: int, addresses: Mapping[int, str]) -> None:
    """These people (by id) have these ways into that session of the event; an empty one means the venue's."""
    lock(db_session, event_id)
    for person_id, address in addresses.items():
        row = db_session.get(JoinLink, (session_id, person_id))
        if row is not None and not address:
            db_session.delete(row)
        elif row is not None:
            row.address = address
        elif address:
            db_session.add(JoinLink(session_id=session_id, person_id=person_id, address=address))
    db_session.flush()
