"""Releasing: the draft becomes what the public sees."""

from datetime import datetime

from sqlalchemy.orm import Session

from galerio_events.errors import ChangeConflict, Conflict
from galerio_events.releases import queries
from galerio_events.releases.domain import document
from galerio_events.releases.domain.diff import diff, sequenced
from galerio_events.releases.models import Release


def release_programme(
    db_session: Session, event_id: int, *, account_id: int | None, note: str = "", now: datetime
) -> Release:
    """Publish the draft of the event as its next release.

    Raises `ChangeConflict(NOTHING_TO_RELEASE)` where the draft says what the newest release says. The lock on the event
    makes two releases at one time follow each other, so their numbers do as well.
    """
    db_session.flush()
    queries.lock_event(db_session, event_id)
    newest = queries.newest_of(db_session, event_id)
    draft = queries.draft_programme(db_session, event_id)
    if diff(newest, draft).empty:
        raise ChangeConflict(Conflict.NOTHING_TO_RELEASE)
    number = 1 if newest is None else newest.number + 1
    text = document.to_json(sequenced(newest, draft, number=number, now=now))
    release = Release(
        event_id=event_id,
        number=number,
        released_at=now,
        released_by=account_id,
        note=note,
        document=text,
        digest=document.digest(text),
    )
    db_session.add(release)
    db_session.flush()
    return release
