"""Writes of what the archive holds of a session."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from galerio_events.errors import ChangeConflict, Conflict, NotFound
from galerio_events.events import queries as events
from galerio_events.events.domain import Deed, Entry, Subject
from galerio_events.events.domain.pictures import Picture
from galerio_events.events.domain.plain import digest_of
from galerio_events.events.services import keep_image, publish_besides, record
from galerio_events.learnings import queries
from galerio_events.learnings.domain.archive import ArchiveEntry, entry_to_plain
from galerio_events.learnings.models import ArchiveRow
from galerio_events.programme import queries as programme


def save_entry(
    db_session: Session,
    event_id: int,
    key: str,
    entry: ArchiveEntry,
    *,
    picture: Picture | None = None,
    seen: str,
    by: int | None,
    now: datetime,
) -> bool:
    """Let the archive hold that of the session of that key, with the picture where one is given; whether anything
    changed by it.

    `seen` is the digest of the entry (`entry_to_plain`) that the reader was shown. Raises `NotFound`, and
    `ChangeConflict(STALE)` where somebody else was faster.
    """
    events.lock(db_session, event_id)
    session = programme.session_by_key(db_session, event_id, key)
    if session is None or session.removed_at is not None:
        raise NotFound(key)
    before = queries.entry_of(db_session, session.id)
    if picture is not None:
        entry = replace(entry, thumbnail=keep_image(db_session, event_id, picture, now=now))
    if entry == before:
        return False
    if seen != digest_of(entry_to_plain(before)):
        raise ChangeConflict(Conflict.STALE)
    row = db_session.get(ArchiveRow, session.id)
    if row is None:
        row = ArchiveRow(session_id=session.id)
        db_session.add(row)
    row.video, row.videos, row.thumbnail, row.changed_at = entry.video, entry.videos, entry.thumbnail, now
    db_session.flush()
    plain = Entry(Subject.ARCHIVE, key, Deed.CHANGED, entry_to_plain(before), entry_to_plain(entry))
    record(db_session, event_id, [plain], by=by, now=now)
    publish_besides(db_session, event_id)
    return True
