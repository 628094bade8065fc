"""Importing files into the draft."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from galerio_events.errors import ChangeConflict, Conflict, DomainError, ImportRefused, NotFound, Problem
from galerio_events.events import queries as events
from galerio_events.events.domain import Deed, Subject
from galerio_events.events.services import add_event
from galerio_events.programme import queries
from galerio_events.programme.domain.incoming import Choices, ProgrammeFile, Removal, RowProblem, Told
from galerio_events.programme.domain.parsed import event_fields, file_of
from galerio_events.programme.domain.planning import Draft, Item, Plan, make_plan
from galerio_events.programme.domain.values import Counts, EventValues, ParsedProgramme
from galerio_events.programme.services.applying import write_plan


class PlanRefused(DomainError):
    """A file of which not everything can be imported, and nothing was; the plan says why."""

    def __init__(self, plan: Plan) -> None:
        super().__init__("; ".join(problem.told for problem in plan.refusals))
        self.plan = plan


class OtherRemovals(DomainError):
    """All sessions that the file lacks were to be removed, and they are others than those that were shown."""


def plan_import(db_session: Session, event_id: int, file: ProgrammeFile, choices: Choices) -> tuple[Draft, Plan]:
    """The event's draft, and what importing the file would do to it. Nothing is written."""
    draft = queries.draft_of(db_session, event_id, [thing.uid for thing in file.sessions if thing.uid])
    return draft, make_plan(draft, file, choices)


def import_file(
    db_session: Session,
    event_id: int,
    file: ProgrammeFile,
    choices: Choices,
    *,
    seen: int | None = None,
    seen_missing: str | None = None,
    by: int | None = None,
    now: datetime,
) -> Plan:
    """Do to the event's draft what the plan for the file says, all of it at once.

    `seen` is the newest change of the event that whoever confirmed the plan knew of, `seen_missing` the digest of the
    sessions that the file lacks as they were shown. Raises `ChangeConflict(STALE)` where there is a newer change or
    somebody else was faster, `OtherRemovals` where all sessions that the file lacks are to go and those are others, and
    `PlanRefused` where the plan is not possible.
    """
    events.lock(db_session, event_id)
    if seen is not None and events.newest_change(db_session, event_id) != seen:
        raise ChangeConflict(Conflict.STALE)
    plan = plan_import(db_session, event_id, file, choices)[1]
    if choices.removal is Removal.ALL and seen_missing is not None and seen_missing != plan.missing_digest:
        raise OtherRemovals
    if not plan.possible:
        raise PlanRefused(plan)
    try:
        with db_session.begin_nested():
            write_plan(db_session, event_id, plan.items, by=by, now=now)
    except IntegrityError:
        # Another event's session has taken one of the UIDs since we looked; looked at anew, that is known.
        raise ChangeConflict(Conflict.STALE) from None
    return plan


def import_programme(db_session: Session, parsed: ParsedProgramme, *, by: int | None = None, now: datetime) -> Counts:
    """Make the draft of the event that the file is about say what the file says.

    The event is added where there is none. What the file does not mention stays, also a session's number of places; a
    removed session that it does mention is restored. Importing the same file again changes nothing. Raises
    `ImportRefused` where a session that stays would lie outside the event's new days.
    """
    db_session.flush()
    added = _added(db_session, parsed.event)
    event_id = _locked(db_session, parsed.event.slug)
    plan = plan_import(db_session, event_id, file_of(parsed), Choices())[1]
    if not plan.possible:
        raise ImportRefused(tuple(Problem(0, _in_words(problem)) for problem in plan.refusals))
    if added:
        plan = _adding_the_event(plan, parsed.event)
    write_plan(db_session, event_id, plan.items, by=by, now=now)
    return plan.counts


def _added(db_session: Session, event: EventValues) -> bool:
    """Add the event where there is none, with what an event needs at least; whether that was done."""
    if events.by_slug(db_session, event.slug) is not None:
        return False
    try:
        add_event(db_session, event.slug, zone=event.timezone, starts_on=event.starts_on, ends_on=event.ends_on)
    except ChangeConflict:
        # Somebody else added it since we looked; now it is there to be changed.
        return False
    return True


def _locked(db_session: Session, slug: str) -> int:
    event = events.lock_by_slug(db_session, slug)
    if event is None:
        raise NotFound(slug)
    return event.id


def _adding_the_event(plan: Plan, event: EventValues) -> Plan:
    """The plan, in which the event that was just added is new as a whole."""
    change = next((item for item in plan.items if item.subject is Subject.EVENT), None)
    others = tuple(item for item in plan.items if item is not change)
    unchanged = plan.unchanged
    if change is None:
        change = Item(Subject.EVENT, event.slug, Deed.CHANGED, event.title, None, event_fields(event))
        unchanged -= 1
    added = replace(change, deed=Deed.ADDED, before=None)
    return replace(plan, items=(added, *others), unchanged=unchanged)


def _in_words(problem: RowProblem) -> str:
    if problem.told is Told.LEFT_OUTSIDE:
        return f"session {problem.what!r}, which the file does not mention, would lie outside the event's days"
    return f"{problem.what}: {problem.told}".replace("_", " ")
