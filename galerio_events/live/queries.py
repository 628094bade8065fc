"""Reads of sessions while they run."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events import clock
from galerio_events.events.domain.plain import digest_of
from galerio_events.events.models import Change
from galerio_events.live.domain import (
    Action,
    LiveState,
    Outlook,
    Phase,
    Plan,
    Standing,
    Watched,
    outlook,
    standing_from_plain,
    waiting,
)
from galerio_events.live.models import LiveAction, LiveRun, LiveScreen
from galerio_events.programme.domain.run_sheet import (
    Segment,
    SegmentKind,
    Segments,
    sheet_from_plain,
    sheet_to_plain,
)
from galerio_events.programme.models import ProgrammeSession, SegmentRow
from galerio_events.programme.queries.run_sheet import segments_by_session
from galerio_events.text import token_hash


@dataclass(frozen=True, slots=True)
class Live:
    """A session as it runs: the segments that are on its plan, the plan as a whole, and how it stands."""

    session_id: int
    key: str
    segments: Segments
    plan: Plan
    standing: Standing
    version: int

    def at(self, now: datetime) -> Outlook:
        """What is to be expected at that instant."""
        return outlook(self.plan, self.standing, now)

    @property
    def watched(self) -> Watched:
        """What those who watch it are sent."""
        return Watched(self.version, digest_of(plan_to_plain(self.plan, self.segments)), self.plan, self.standing)


@dataclass(frozen=True, slots=True)
class Done:
    """Something that was pressed, by which account."""

    action: Action
    by: int | None


def plan_to_plain(plan: Plan, segments: Segments) -> dict[str, Any]:
    """A plan in JSON, as a session that runs keeps it."""
    return {
        "starts_at": clock.to_text(plan.starts_at),
        "ends_at": clock.to_text(plan.ends_at),
        **sheet_to_plain(segments),
    }


def live_of(db_session: Session, session: ProgrammeSession) -> Live:
    """How that session stands. Before it begins, its plan is the run sheet; without one, it has a single segment."""
    return lives_of(db_session, [session])[session.id]


def lives_of(db_session: Session, sessions: Iterable[ProgrammeSession]) -> dict[int, Live]:
    """How each of those sessions stands, by id, in two queries."""
    given = list(sessions)
    ids = [session.id for session in given]
    runs = {
        run.session_id: run
        for run in db_session.execute(
            sa.select(LiveRun.session_id, LiveRun.version, LiveRun.plan, LiveRun.state).where(
                LiveRun.session_id.in_(ids)
            )
        )
    }
    sheets = segments_by_session(db_session, [i for i in ids if i not in runs or _waits(runs[i].state)])
    return {session.id: _live(session, runs.get(session.id), sheets.get(session.id, ())) for session in given}


@dataclass(frozen=True, slots=True)
class Brief:
    """A session as neighbours show it: the segment that is on, how its clock looks and how many seconds it has left
    (below 0 where it takes too long); the one that is next, and by how many seconds that is later than planned; when
    the session was begun, and when it will be over."""

    state: LiveState
    now: Segment | None
    next: Segment | None
    slip: int
    ends_at: datetime
    begun_at: datetime | None
    remaining: int | None
    phase: Phase


def standings(db_session: Session, sessions: Iterable[ProgrammeSession], now: datetime) -> dict[int, Brief]:
    """How each of those sessions stands at that instant, by id, in two queries however many there are."""
    return {session_id: _brief(live, now) for session_id, live in lives_of(db_session, sessions).items()}


def running_of_event(db_session: Session, event_id: int, now: datetime) -> dict[int, Brief]:
    """How every session of that event stands that has begun and is not over, by its id, in one query however many
    there are, and whenever they were to be."""
    rows = db_session.execute(
        sa.select(ProgrammeSession.id, ProgrammeSession.key, LiveRun.version, LiveRun.plan, LiveRun.state)
        .join(LiveRun, LiveRun.session_id == ProgrammeSession.id)
        .where(ProgrammeSession.event_id == event_id, ProgrammeSession.removed_at.is_(None))
    )
    return {row.id: _brief(_as_begun(row.id, row.key, row), now) for row in rows if _runs(row.state)}


def planned(session: ProgrammeSession, segments: Segments) -> tuple[Plan, Segments]:
    """The plan that a session has which is to begin with that run sheet, and the segments on it."""
    length = max(1, int((session.ends_at - session.starts_at).total_seconds()) // 60)
    used = segments or (Segment(SegmentKind.OTHER, min(length, 1440), session.title),)
    return Plan(session.starts_at, session.ends_at, tuple(each.minutes for each in used)), used


def actions_of(db_session: Session, session_id: int) -> list[Done]:
    """All that was pressed for that session, in order."""
    a = LiveAction
    rows = db_session.execute(
        sa.select(a.deed, a.at, a.number, a.account_id).where(a.session_id == session_id).order_by(a.version)
    )
    return [Done(Action(deed, at, number), by) for deed, at, number, by in rows]


def pulse(db_session: Session, event_id: int, session_id: int) -> tuple[int, int]:
    """What changes whenever anything about that session may have changed: its version, and the newest change of the
    event. One query, of two keys."""
    version = sa.select(LiveRun.version).where(LiveRun.session_id == session_id).scalar_subquery()
    newest = sa.select(sa.func.max(Change.id)).where(Change.event_id == event_id).scalar_subquery()
    row = db_session.execute(sa.select(version, newest)).one()
    return row[0] or 0, row[1] or 0


def session_by_id(db_session: Session, session_id: int) -> ProgrammeSession | None:
    """The session of that id that is in the programme, as it is stored now."""
    return db_session.scalar(
        sa.select(ProgrammeSession)
        .where(ProgrammeSession.id == session_id, ProgrammeSession.removed_at.is_(None))
        .execution_options(populate_existing=True)
    )


def has_run(db_session: Session, session_id: int) -> bool:
    """Whether anything was ever pressed for that session."""
    return db_session.scalar(sa.select(LiveRun.session_id).where(LiveRun.session_id == session_id)) is not None


def has_sheet(db_session: Session, session_id: int) -> bool:
    """Whether that session has a run sheet."""
    return db_session.scalar(sa.select(SegmentRow.id).where(SegmentRow.session_id == session_id).limit(1)) is not None


def screen_of(db_session: Session, session_id: int) -> LiveScreen | None:
    """The secret screen address of that session, if it has one."""
    return db_session.get(LiveScreen, session_id)


def session_of_screen(db_session: Session, token: str) -> ProgrammeSession | None:
    """The session that is shown under that secret address; None where there is none (any more)."""
    return db_session.scalar(
        sa.select(ProgrammeSession)
        .join(LiveScreen, LiveScreen.session_id == ProgrammeSession.id)
        .where(LiveScreen.token_hash == token_hash(token), ProgrammeSession.removed_at.is_(None))
    )


def _waits(state: dict[str, Any]) -> bool:
    return bool(state["state"] == LiveState.WAITING)


def _runs(state: dict[str, Any]) -> bool:
    return bool(state["state"] == LiveState.RUNNING)


def _brief(live: Live, now: datetime) -> Brief:
    seen = live.at(now)
    begun = [part.begun for part in live.standing.parts if part.begun is not None]
    return Brief(
        live.standing.state,
        None if seen.on is None else live.segments[seen.on],
        None if seen.next is None else live.segments[seen.next],
        seen.slip,
        seen.ends_at,
        min(begun, default=None),
        seen.remaining,
        seen.phase,
    )


def _as_begun(session_id: int, key: str, run: Any) -> Live:
    """A session with the plan that it had when it began."""
    segments = sheet_from_plain(run.plan)
    plan = Plan(
        clock.from_text(run.plan["starts_at"]),
        clock.from_text(run.plan["ends_at"]),
        tuple(each.minutes for each in segments),
    )
    return Live(session_id, key, segments, plan, standing_from_plain(run.state), run.version)


def _live(session: ProgrammeSession, run: Any, sheet: Segments) -> Live:
    if run is not None and not _waits(run.state):
        return _as_begun(session.id, session.key, run)
    plan, segments = planned(session, sheet)
    return Live(session.id, session.key, segments, plan, waiting(len(segments)), 0 if run is None else run.version)
