"""Reads of an event's history, the newest first, in pages that know where they begin."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.events.domain import Deed, Subject
from galerio_events.events.models import Change
from galerio_events.programme.models import ProgrammeSession
from galerio_events.translated import Translated

# What was done at once is told entry by entry up to that many, else as one line.
FOLDED = 5


@dataclass(frozen=True, slots=True)
class Choice:
    """Which entries: of a subject, of one thing, by an account (0: the command line), of a span of time, of a batch."""

    subject: Subject | None = None
    key: str | None = None
    account: int | None = None
    between: tuple[datetime, datetime] | None = None
    batch: str | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """An entry of the history: what its subject said before and after, in plain JSON."""

    id: int
    batch: str
    at: datetime
    by: int | None
    subject: Subject
    key: str
    deed: Deed
    before: dict[str, Any] | None
    after: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Lot:
    """What was done at once: its entries where they are few, else only how many there are of each sort."""

    batch: str
    first: int
    last: int
    at: datetime
    by: int | None
    counts: tuple[tuple[Subject, Deed, int], ...]
    entries: tuple[Past, ...] = ()

    @property
    def number(self) -> int:
        """How many entries it has."""
        return sum(count for _subject, _deed, count in self.counts)


def lots(
    db_session: Session, event_id: int, choice: Choice, *, before: int | None, most: int
) -> tuple[list[Lot], int | None]:
    """What was done before the entry of that id (None: until now), the newest first, at most so many lots.

    The second value is where the next page begins; None where there is nothing more.
    """
    found: list[tuple[Lot, list[int]]] = []
    window = max(most, FOLDED) * 4
    while len(found) < most:
        rows = _rows(db_session, event_id, choice, before, window)
        runs = [list(run) for _batch, run in groupby(rows, key=lambda row: row.batch)]
        whole = len(rows) < window
        for number, run in enumerate(runs[: most - len(found)]):
            if whole or number < len(runs) - 1:
                found.append((_lot(run), [row.id for row in run]))
            elif number == 0:
                found.append((_long_lot(db_session, event_id, choice, run[0]), []))
            else:
                # Its end is not in sight: it is looked at anew from its beginning.
                break
            before = found[-1][0].first
        if whole:
            break
    more = bool(_rows(db_session, event_id, choice, before, 1))
    return _with_entries(db_session, found), before if more and found else None


def entries(
    db_session: Session, event_id: int, choice: Choice, *, before: int | None, most: int
) -> tuple[list[Past], int | None]:
    """As `lots`, entry by entry."""
    rows = _rows(db_session, event_id, choice, before, most + 1)
    found = _whole(db_session, [row.id for row in rows[:most]])
    return found, found[-1].id if len(rows) > most else None


def change_by_id(db_session: Session, event_id: int, change_id: int) -> Past | None:
    """That entry of the event's history, if it is one."""
    row = db_session.execute(sa.select(*_WHOLE).where(_c.event_id == event_id, _c.id == change_id)).one_or_none()
    return None if row is None else Past(*row)


def newest_change_of(db_session: Session, event_id: int, key: str) -> int | None:
    """The id of the last entry about the session of that key."""
    return db_session.scalar(
        sa.select(sa.func.max(_c.id)).where(_c.event_id == event_id, _c.subject == Subject.SESSION, _c.key == key)
    )


def who_changed(db_session: Session, event_id: int) -> list[int]:
    """The accounts that have entries in the event's history."""
    # One step for each account instead of one for each entry.
    found: list[int] = []
    last = -1
    while True:
        after = db_session.scalar(
            sa.select(_c.account_id)
            .where(_c.event_id == event_id, _c.account_id > last)
            .order_by(_c.account_id)
            .limit(1)
        )
        if after is None:
            return found
        found.append(after)
        last = after


def session_states(db_session: Session, event_id: int, keys: Iterable[str]) -> dict[str, tuple[Translated, int, bool]]:
    """Title, version and whether it is removed, of each of those sessions that there is."""
    s = ProgrammeSession
    rows = db_session.execute(
        sa.select(s.key, s.title, s.version, s.removed_at).where(s.event_id == event_id, s.key.in_(sorted(set(keys))))
    )
    return {row.key: (row.title, row.version, row.removed_at is not None) for row in rows}


_c = Change
_WHOLE = (_c.id, _c.batch, _c.at, _c.account_id, _c.subject, _c.key, _c.deed, _c.before, _c.after)


def _conditions(event_id: int, choice: Choice) -> list[sa.ColumnElement[bool]]:
    wanted: list[sa.ColumnElement[bool]] = [_c.event_id == event_id]
    if choice.subject is not None:
        wanted.append(_c.subject == choice.subject)
    if choice.key is not None:
        wanted.append(_c.key == choice.key)
    if choice.account is not None:
        wanted.append(_c.account_id == choice.account if choice.account else _c.account_id.is_(None))
    if choice.between is not None:
        wanted += [_c.at >= choice.between[0], _c.at < choice.between[1]]
    if choice.batch is not None:
        wanted.append(_c.batch == choice.batch)
    return wanted


def _rows(
    db_session: Session, event_id: int, choice: Choice, before: int | None, most: int
) -> Sequence[sa.Row[int, str, datetime, int | None, Subject, str, Deed]]:
    query = sa.select(_c.id, _c.batch, _c.at, _c.account_id, _c.subject, _c.key, _c.deed).where(
        *_conditions(event_id, choice)
    )
    if before is not None:
        query = query.where(_c.id < before)
    return db_session.execute(query.order_by(_c.id.desc()).limit(most)).all()


def _lot(run: Sequence[Any]) -> Lot:
    counts: dict[tuple[Subject, Deed], int] = {}
    for row in run:
        counts[row.subject, row.deed] = counts.get((row.subject, row.deed), 0) + 1
    newest, oldest = run[0], run[-1]
    return Lot(
        newest.batch,
        oldest.id,
        newest.id,
        newest.at,
        newest.account_id,
        tuple((subject, deed, count) for (subject, deed), count in counts.items()),
    )


def _long_lot(db_session: Session, event_id: int, choice: Choice, newest: Any) -> Lot:
    """Who changes an event holds its lock, so that the entries of a batch stand together."""
    conditions = _conditions(event_id, choice)
    above = db_session.scalar(
        sa.select(_c.id).where(*conditions, _c.id < newest.id, _c.batch != newest.batch).order_by(_c.id.desc()).limit(1)
    )
    inside = [*conditions, _c.id <= newest.id, _c.id > (above or 0)]
    counts = db_session.execute(
        sa.select(_c.subject, _c.deed, sa.func.count(), sa.func.min(_c.id)).where(*inside).group_by(_c.subject, _c.deed)
    ).all()
    return Lot(
        newest.batch,
        min(row[3] for row in counts),
        newest.id,
        newest.at,
        newest.account_id,
        tuple((row[0], row[1], row[2]) for row in sorted(counts, key=lambda row: row[3], reverse=True)),
    )


def _with_entries(db_session: Session, found: list[tuple[Lot, list[int]]]) -> list[Lot]:
    """The lots with the entries of those that have few."""
    few = [(lot, ids) for lot, ids in found if 0 < len(ids) <= FOLDED]
    by_id = {entry.id: entry for entry in _whole(db_session, [each for _lot, ids in few for each in ids])}
    return [
        replace(lot, entries=tuple(by_id[each] for each in ids)) if 0 < len(ids) <= FOLDED else lot
        for lot, ids in found
    ]


def _whole(db_session: Session, ids: Sequence[int]) -> list[Past]:
    if not ids:
        return []
    rows = db_session.execute(sa.select(*_WHOLE).where(_c.id.in_(ids)).order_by(_c.id.desc()))
    return [Past(*row) for row in rows]
