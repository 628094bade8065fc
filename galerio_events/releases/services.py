"""Releasing: the draft becomes what the public sees."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from galerio_events.errors import ChangeConflict, Conflict
from galerio_events.events.queries import lock
from galerio_events.releases import queries
from galerio_events.releases.domain import document
from galerio_events.releases.domain.diff import diff, sequenced
from galerio_events.releases.domain.document import PublishedProgramme
from galerio_events.releases.models import Release


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody had before them when they decided to release: the newest release's number (0: none) and the draft,
    as its `draft_digest`."""

    newest: int
    draft: str


def draft_digest(draft: PublishedProgramme) -> str:
    """The digest of a draft in the shape of a release; equal drafts have equal ones."""
    return document.digest(document.to_json(draft))


def release_programme(
    db_session: Session,
    event_id: int,
    *,
    account_id: int | None,
    note: str = "",
    now: datetime,
    seen: Seen | None = None,
) -> Release:
    """Publish the draft of the event as its next release.

    Raises `ChangeConflict(NOTHING_TO_RELEASE)` where the draft says what the newest release says, and
    `ChangeConflict(STALE)` where the draft or the newest release is not the one that was `seen`. The lock on the event
    makes two releases at one time follow each other, so their numbers do as well.
    """
    db_session.flush()
    lock(db_session, event_id)
    newest = queries.newest_of(db_session, event_id)
    draft = queries.draft_programme(db_session, event_id)
    if diff(newest, draft).empty:
        raise ChangeConflict(Conflict.NOTHING_TO_RELEASE)
    if seen is not None and seen != Seen(0 if newest is None else newest.number, draft_digest(draft)):
        raise ChangeConflict(Conflict.STALE)
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
