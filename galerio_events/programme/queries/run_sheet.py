"""Reads of run sheets and of the templates that they begin with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.events.domain import Subject
from galerio_events.events.models import Change
from galerio_events.people.models import Person
from galerio_events.programme.domain import SessionKind
from galerio_events.programme.domain.run_sheet import (
    USUAL,
    Segment,
    Segments,
    Steps,
    sheet_from_plain,
    template_from_plain,
)
from galerio_events.programme.models import ProgrammeSession, RunSheetTemplate, SegmentRow
from galerio_events.translated import EMPTY, Translated


@dataclass(frozen=True, slots=True)
class SheetChange:
    """The last change of a run sheet: its entry in the history, when and by which account, and what was before."""

    id: int
    at: datetime
    by: int | None
    before: Segments
    after: Segments


def segments_of(db_session: Session, session_id: int) -> Segments:
    """The run sheet of that session as stored now; empty where it has none."""
    return segments_by_session(db_session, [session_id]).get(session_id, ())


def segments_by_session(db_session: Session, session_ids: list[int]) -> dict[int, Segments]:
    """The run sheets of those sessions that have one, in one query."""
    s = SegmentRow
    found: dict[int, list[Segment]] = {}
    for row in db_session.execute(
        sa.select(s.session_id, s.kind, s.minutes, s.title, s.role, Person.key, s.cue, s.slide)
        .join(Person, Person.id == s.person_id, isouter=True)
        .where(s.session_id.in_(session_ids))
        .order_by(s.session_id, s.position)
    ):
        found.setdefault(row[0], []).append(Segment(*row[1:]))
    return {session_id: tuple(segments) for session_id, segments in found.items()}


def sessions_with_segments_of(db_session: Session, person_id: int) -> dict[int, str]:
    """The keys, by id, of the sessions on whose run sheets that person is."""
    rows = db_session.execute(
        sa.select(ProgrammeSession.id, ProgrammeSession.key)
        .join(SegmentRow, SegmentRow.session_id == ProgrammeSession.id)
        .where(SegmentRow.person_id == person_id)
        .distinct()
    )
    return {row.id: row.key for row in rows}


def minutes_by_session(db_session: Session, event_id: int) -> dict[int, int]:
    """How many minutes the run sheets of the event's sessions come to, by session id; those without one are left
    out."""
    rows = db_session.execute(
        sa.select(SegmentRow.session_id, sa.func.sum(SegmentRow.minutes))
        .join(ProgrammeSession, ProgrammeSession.id == SegmentRow.session_id)
        .where(ProgrammeSession.event_id == event_id)
        .group_by(SegmentRow.session_id)
    )
    return {session_id: int(minutes) for session_id, minutes in rows}


def person_ids(db_session: Session, event_id: int, keys: set[str]) -> dict[str, int]:
    """The ids of those of the event's persons that have one of these keys."""
    if not keys:
        return {}
    rows = db_session.execute(
        sa.select(Person.key, Person.id).where(Person.event_id == event_id, Person.key.in_(sorted(keys)))
    )
    return {row.key: row.id for row in rows}


def names_of(db_session: Session, event_id: int, keys: set[str]) -> dict[str, tuple[Translated, Translated]]:
    """Name and affiliation of those of the event's persons that have one of these keys."""
    if not keys:
        return {}
    rows = db_session.execute(
        sa.select(Person.key, Person.name, Person.affiliation).where(
            Person.event_id == event_id, Person.key.in_(sorted(keys))
        )
    )
    return {key: (name, affiliation or EMPTY) for key, name, affiliation in rows}


def templates_of(db_session: Session, event_id: int) -> Mapping[SessionKind, Steps]:
    """The template of every kind: the organisers' own, else what is usual."""
    t = RunSheetTemplate
    own = {
        kind: template_from_plain({"steps": steps})
        for kind, steps in db_session.execute(sa.select(t.kind, t.steps).where(t.event_id == event_id))
    }
    return {kind: own.get(kind, USUAL.get(kind, ())) for kind in SessionKind}


def template_of(db_session: Session, event_id: int, kind: SessionKind) -> Steps:
    """The template of that kind."""
    return templates_of(db_session, event_id)[kind]


def templates_as_of(old_id: int, new_id: int) -> sa.Select[tuple[int, SessionKind, list[dict[str, Any]]]]:
    """A selection to insert from: the organisers' own templates of one event, as those of another."""
    t = RunSheetTemplate
    return sa.select(sa.literal(new_id), t.kind, t.steps).where(t.event_id == old_id)


def last_change(db_session: Session, event_id: int, key: str) -> SheetChange | None:
    """The last change of the run sheet of the session of that key, which can be undone; None where it has none."""
    row = db_session.execute(
        sa.select(Change.id, Change.at, Change.account_id, Change.before, Change.after)
        .where(Change.event_id == event_id, Change.subject == Subject.RUN_SHEET, Change.key == key)
        .order_by(Change.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    return SheetChange(row.id, row.at, row.account_id, sheet_from_plain(row.before), sheet_from_plain(row.after))
