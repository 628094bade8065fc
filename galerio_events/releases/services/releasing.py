"""Releasing: the draft, or the programme of an earlier release, becomes what the public sees."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from galerio_events.errors import ChangeConflict, Conflict, NotFound
from galerio_events.events.domain import Deed, Entry, Subject
from galerio_events.events.queries import lock
from galerio_events.events.services import record
from galerio_events.releases import queries
from galerio_events.releases.domain import document
from galerio_events.releases.domain.diff import diff, sequenced
from galerio_events.releases.domain.document import PublishedProgramme, as_draft
from galerio_events.releases.models import Release
from galerio_events.releases.services.announcing import Telling, Turnover, draft_mails, drop_drafts
from galerio_events.translated import EMPTY, Translated


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
    announcement: Translated = EMPTY,
    telling: Telling | None = None,
    drop: bool = False,
    now: datetime,
    seen: Seen | None = None,
) -> Release:
    """Publish the draft of the event as its next release.

    `note` is for the organisers, `announcement` for the public. With `telling` the release is announced: everybody it
    concerns gets a mail, which waits as a draft in the outbox. Without it the release is silent. With `drop` those
    drafts about earlier releases that nobody has sent are dropped.

    Raises `ChangeConflict(NOTHING_TO_RELEASE)` where the draft says what the newest release says, and
    `ChangeConflict(STALE)` where the draft or the newest release is not the one that was `seen`. The lock on the event
    makes two releases at one time follow each other, so their numbers do as well.
    """
    db_session.flush()
    lock(db_session, event_id)
    newest = queries.newest_of(db_session, event_id)
    draft = queries.draft_programme(db_session, event_id)
    return _publish(
        db_session,
        Release(event_id=event_id, released_by=account_id, note=note, announcement=announcement),
        newest,
        draft,
        telling=telling,
        drop=drop,
        now=now,
        seen=seen,
    )


def bring_back(
    db_session: Session,
    event_id: int,
    number: int,
    *,
    account_id: int | None,
    note: str = "",
    announcement: Translated = EMPTY,
    telling: Telling | None = None,
    drop: bool = False,
    now: datetime,
    seen: Seen | None = None,
) -> Release:
    """Publish the programme of an earlier release once more, as the next release; the draft stays as it is.

    Calendars learn of it like of any other release: SEQUENCE goes on rising, what has come since is cancelled, what was
    cancelled since takes place again. Raises as `release_programme` does, and `NotFound` where there is no such one.
    """
    db_session.flush()
    lock(db_session, event_id)
    newest = queries.newest_of(db_session, event_id)
    earlier = queries.programme_by_number(db_session, event_id, number)
    if newest is None or earlier is None:
        raise NotFound(f"release {number} of event {event_id}")
    return _publish(
        db_session,
        Release(event_id=event_id, released_by=account_id, note=note, announcement=announcement, brought_back=number),
        newest,
        to_bring_back(earlier, newest),
        telling=telling,
        drop=drop,
        now=now,
        seen=seen,
    )


def to_bring_back(earlier: PublishedProgramme, newest: PublishedProgramme) -> PublishedProgramme:
    """The programme of an earlier release as a draft; the event keeps the address that it has now."""
    draft = as_draft(earlier)
    return replace(draft, event=replace(draft.event, slug=newest.event.slug))


def _publish(
    db_session: Session,
    release: Release,
    newest: PublishedProgramme | None,
    draft: PublishedProgramme,
    *,
    telling: Telling | None,
    drop: bool,
    now: datetime,
    seen: Seen | None,
) -> Release:
    found = diff(newest, draft)
    if found.empty:
        raise ChangeConflict(Conflict.NOTHING_TO_RELEASE)
    if seen is not None and seen != Seen(0 if newest is None else newest.number, draft_digest(draft)):
        raise ChangeConflict(Conflict.STALE)
    number = 1 if newest is None else newest.number + 1
    programme = sequenced(newest, draft, number=number, now=now, found=found)
    text = document.to_json(programme)
    release.number = programme.number
    release.released_at = now
    release.announced = telling is not None
    release.document = text
    release.digest = document.digest(text)
    db_session.add(release)
    db_session.flush()
    turnover = Turnover(newest, programme, found)
    dropped = drop_drafts(db_session, release.event_id, now=now) if drop else 0
    mails = 0 if telling is None else draft_mails(db_session, release, turnover, telling, now=now)
    said = {
        "note": release.note,
        "announcement": dict(release.announcement),
        "announced": release.announced,
        "mails": mails,
        "dropped": dropped,
        "brought_back": release.brought_back,
    }
    entry = Entry(Subject.RELEASE, str(release.number), Deed.ADDED, None, said)
    record(db_session, release.event_id, [entry], by=release.released_by, now=now)
    return release
