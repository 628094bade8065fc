"""Writing key learnings, handing them in, and what the organisers make of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from galerio_events.errors import ChangeConflict, Conflict, NotFound
from galerio_events.events import queries as events
from galerio_events.events.domain import Deed as HistoryDeed
from galerio_events.events.domain import Entry, Subject
from galerio_events.events.domain.plain import digest_of
from galerio_events.events.services import publish_besides, record
from galerio_events.learnings import queries
from galerio_events.learnings.domain import (
    Deed,
    LearningsState,
    Points,
    Work,
    done,
    points_to_plain,
    work_to_plain,
)
from galerio_events.learnings.models import Learnings
from galerio_events.learnings.queries import Writer
from galerio_events.learnings.services.mails import mail_to
from galerio_events.outbox import services as outbox
from galerio_events.programme import queries as programme
from galerio_events.programme.models import ProgrammeSession

SENT_BACK = "learnings_sent_back"


@dataclass(frozen=True, slots=True)
class Write:
    """What somebody wants to be done: with these points, having seen what `seen` is the digest of (`work_to_plain`)."""

    deed: Deed
    points: Points
    seen: str
    organiser: bool
    note: str = ""


def write(db_session: Session, event_id: int, key: str, wish: Write, *, by: int | None, now: datetime) -> Work:
    """Do that with the key learnings of the session of that key; how they are then.

    What is sent back is told to those who may write, by mail. Raises `NotFound`, `LearningsRefused`, and
    `ChangeConflict(STALE)` where somebody else was faster.
    """
    events.lock(db_session, event_id)
    session = programme.session_by_key(db_session, event_id, key)
    if session is None or session.removed_at is not None:
        raise NotFound(key)
    row = queries.row_of(db_session, session.id)
    before = queries.work_of(db_session, session.id) or Work()
    after = done(
        before, wish.deed, wish.points, organiser=wish.organiser, note=wish.note,
        scheduled=session.scheduled, late_enough=now >= session.starts_at,
    )  # fmt: skip
    if after == before:
        return before
    if wish.seen != digest_of(work_to_plain(before)):
        raise ChangeConflict(Conflict.STALE)
    row = _store(db_session, session.id, row, before, after, by=by, now=now)
    deed = HistoryDeed.ADDED if row.version == 1 else HistoryDeed.CHANGED
    entry = Entry(
        Subject.LEARNINGS, key, deed, None if row.version == 1 else work_to_plain(before), work_to_plain(after)
    )
    record(db_session, event_id, [entry], by=by, now=now)
    if after.published != before.published:
        publish_besides(db_session, event_id)
    if wish.deed is Deed.SEND_BACK:
        writers = queries.writers_of(db_session, event_id, session.id)
        _tell(db_session, event_id, session, writers, note=wish.note, version=row.version, now=now)
    return after


def _store(
    db_session: Session,
    session_id: int,
    row: Learnings | None,
    before: Work,
    after: Work,
    *,
    by: int | None,
    now: datetime,
) -> Learnings:
    if row is None:
        row = Learnings(session_id=session_id, version=0)
        db_session.add(row)
    row.state, row.note = after.state, after.note
    row.points = points_to_plain(after.points)
    row.published = None if after.published is None else points_to_plain(after.published)
    row.version += 1
    row.changed_at, row.changed_by = now, by
    if after.state is LearningsState.HANDED_IN and before.state is not LearningsState.HANDED_IN:
        row.handed_in_at = now
    if after.published is None:
        row.approved_at = None
    elif after.published != before.published:
        row.approved_at = now
    db_session.flush()
    return row


def _tell(
    db_session: Session,
    event_id: int,
    session: ProgrammeSession,
    writers: Sequence[Writer],
    *,
    note: str,
    version: int,
    now: datetime,
) -> None:
    event = events.by_id(db_session, event_id)
    mails = [
        mail_to(
            writer, event, session, kind=SENT_BACK, note=note,
            dedupe_key=f"{SENT_BACK}:{session.id}:{version}:{writer.person_id}",
        )
        for writer in writers
        if writer.email
    ]  # fmt: skip
    outbox.enqueue_all(db_session, mails, now=now)
