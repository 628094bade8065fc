"""Writes of what is expected of each kind of session."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.errors import ChangeConflict, Conflict, DomainError
from galerio_events.events.domain import Deed, Entry, Subject
from galerio_events.events.domain.plain import digest_of
from galerio_events.events.queries import lock
from galerio_events.events.services import record
from galerio_events.programme.domain import SessionKind
from galerio_events.programme.domain.kinds import Kinds, kind_to_plain, kinds_to_plain, minutes_valid
from galerio_events.programme.models import KindRule
from galerio_events.programme.queries.settings import kind_settings


class KindRefused(DomainError):
    """A length that no session can have."""

    def __init__(self, kind: SessionKind) -> None:
        self.kind = kind
        super().__init__(kind.value)


def save_kinds(
    db_session: Session, event_id: int, kinds: Kinds, *, seen: str, by: int | None = None, now: datetime
) -> bool:
    """Expect that of each of these kinds of session; whether anything changed by it.

    `seen` is the digest of what the reader was shown. Raises `KindRefused`, and `ChangeConflict(STALE)` where somebody
    else was faster.
    """
    lock(db_session, event_id)
    stored = kind_settings(db_session, event_id)
    if kinds_to_plain(stored) == kinds_to_plain({**stored, **kinds}):
        return False
    if seen != digest_of(kinds_to_plain(stored)):
        raise ChangeConflict(Conflict.STALE)
    entries = []
    for kind in SessionKind:
        before, after = stored[kind], kinds.get(kind, stored[kind])
        if not minutes_valid(after.minutes):
            raise KindRefused(kind)
        if before == after:
            continue
        plain = kind_to_plain(after)
        rule = KindRule.__table__
        written = db_session.execute(
            sa.update(KindRule)
            .where(rule.c.event_id == event_id, rule.c.kind == kind)
            .values(required_roles=plain["required_roles"], minutes=after.minutes)
        )
        if not written.rowcount:  # type: ignore[attr-defined]
            db_session.execute(sa.insert(KindRule).values(event_id=event_id, kind=kind, **plain))
        entries.append(Entry(Subject.KIND, kind.value, Deed.CHANGED, kind_to_plain(before), plain))
    record(db_session, event_id, entries, by=by, now=now)
    return True
