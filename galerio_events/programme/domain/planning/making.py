"""A plan: the draft as it stands, what a file says, and what somebody has decided, put together."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from galerio_events.events.domain import Deed, Subject
from galerio_events.programme.domain.incoming import (
    MOST_PROBLEMS,
    Choices,
    InLanguages,
    ProgrammeFile,
    Removal,
    RowProblem,
    Told,
)
from galerio_events.programme.domain.planning.sessions import SessionsResolved, resolve_sessions
from galerio_events.programme.domain.planning.things import Resolved, resolve
from galerio_events.programme.domain.planning.values import Draft, Item, Plan, frame_of, session_fields
from galerio_events.programme.domain.rules import Frame
from galerio_events.programme.domain.values import OrganiserValue
from galerio_events.translated import EMPTY


def make_plan(draft: Draft, file: ProgrammeFile, choices: Choices) -> Plan:
    """What the file would do to the draft.

    Rows that cannot be imported are refused, each with its problem. Nothing is removed but what `choices` name.
    """
    languages = draft.languages
    event, event_changed = _event(draft, file)
    takes_event = choices.with_event or file.whole
    if not takes_event:
        event = draft.event
    frame = frame_of(event)
    parts = {
        Subject.VENUE: (file.venues, draft.venues),
        Subject.TRACK: (file.tracks, draft.tracks),
        Subject.ORGANISATION: (file.organisations, draft.organisations),
        Subject.PERSON: (file.people, draft.people),
    }
    resolved = {
        subject: resolve(
            subject,
            things,
            stored,
            languages=languages,
            ordered=file.ordered,
            answers=choices.people,
        )
        for subject, (things, stored) in parts.items()
    }
    keys = {subject: found.keys for subject, found in resolved.items()}
    sessions = resolve_sessions(file.sessions, draft, frame, keys, languages=languages, whole=file.whole)
    missing = _missing(draft, file, sessions)
    removed = _removed(missing, choices)
    problems = [*file.problems, *(p for found in resolved.values() for p in found.problems), *sessions.problems]
    outside = _left_outside(draft, frame, sessions, {item.key for item in removed}) if takes_event else []
    items = []
    if takes_event and event_changed:
        items.append(_event_item(draft, event, event_changed))
    for subject, found in resolved.items():
        items += _needed(subject, found, sessions)
    counted_event = int(bool(file.event) and takes_event and not event_changed)
    return Plan(
        items=(*items, *sessions.items, *removed),
        unchanged=counted_event + sum(len(found.unchanged) for found in resolved.values()) + sessions.unchanged,
        refused=_refused_rows(file, resolved, sessions),
        missing=missing,
        problems=_listed([*problems, *outside]),
        questions=tuple(q for found in resolved.values() for q in found.questions),
        leaves_out=choices.leave_out_faulty,
        event_differs=() if takes_event else event_changed,
        language=file.language,
    )


def _event(draft: Draft, file: ProgrammeFile) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    """The event as the file has it, and which of its fields differ from what is stored."""
    after = dict(draft.event)
    for name, value in file.event.items():
        after[name] = value.over(after.get(name, EMPTY), draft.languages) if isinstance(value, InLanguages) else value
    if "organisers" in file.event:
        after["organisers"] = _keeping_logos(after["organisers"], draft.event.get("organisers", ()))
    changed = tuple(name for name in after if draft.event.get(name) != after[name])
    return after, changed


def _keeping_logos(organisers: Iterable[OrganiserValue], known: Iterable[OrganiserValue]) -> tuple[OrganiserValue, ...]:
    """Whoever stays keeps website and logo, where the file says nothing of them."""
    before = {organiser.name: organiser for organiser in known}
    return tuple(
        replace(organiser, url=organiser.url or kept.url, logo=organiser.logo or kept.logo)
        if (kept := before.get(organiser.name))
        else organiser
        for organiser in organisers
    )


def _event_item(draft: Draft, event: Mapping[str, Any], changed: tuple[str, ...]) -> Item:
    return Item(Subject.EVENT, draft.slug, Deed.CHANGED, event["title"], draft.event, event, changed)


def _needed(subject: Subject, found: Resolved, sessions: SessionsResolved) -> list[Item]:
    """What is left of the things once sessions that are left out need nothing any more."""
    used = {found.keys[h] for s, h in sessions.used if s is subject and h in found.keys}
    in_vain = {found.keys[h] for s, h in sessions.in_vain if s is subject and h in found.keys} - used
    return [item for key, item in found.items.items() if item.deed is not Deed.ADDED or key not in in_vain]


def _missing(draft: Draft, file: ProgrammeFile, sessions: SessionsResolved) -> tuple[Item, ...]:
    """The sessions that the file could have named and does not, or names as cancelled."""
    return tuple(
        Item(
            Subject.SESSION,
            key,
            Deed.REMOVED,
            stored.values.title,
            session_fields(stored.values),
            None,
            id=stored.id,
            uid=stored.uid,
        )
        for key, stored in draft.sessions.items()
        if not stored.removed
        and (key not in sessions.matched or key in sessions.cancelled)
        and (stored.values.scheduled or file.whole)
    )


def _removed(missing: tuple[Item, ...], choices: Choices) -> tuple[Item, ...]:
    if choices.removal is Removal.TICKED:
        return tuple(item for item in missing if item.key in choices.remove)
    return missing if choices.removal is Removal.ALL else ()


def _left_outside(draft: Draft, frame: Frame, sessions: SessionsResolved, removed: set[str]) -> list[RowProblem]:
    if frame == frame_of(draft.event):
        return []
    return [
        RowProblem(0, Told.LEFT_OUTSIDE, key)
        for key, stored in sorted(draft.sessions.items())
        if not stored.removed
        and stored.values.scheduled
        and key not in sessions.matched | removed
        and not frame.holds(stored.values.starts_at, stored.values.ends_at)
    ]


def _refused_rows(file: ProgrammeFile, resolved: Mapping[Subject, Resolved], sessions: SessionsResolved) -> int:
    """How many entries cannot be imported: a row counts once, whatever is wrong with it."""
    unread = {problem.row for problem in file.problems if problem.stops}
    return len(unread) + sum(found.refused for found in resolved.values()) + sessions.refused


def _listed(problems: list[RowProblem]) -> tuple[RowProblem, ...]:
    """By row; beyond so many, only how many more there are."""
    different = {(p.row, p.told, p.what, tuple(p.details.items())): p for p in problems}
    listed = sorted(different.values(), key=lambda problem: problem.row)
    more = len(listed) - MOST_PROBLEMS
    if more <= 0:
        return tuple(listed)
    # What stops rows is told first.
    listed.sort(key=lambda problem: (not problem.stops, problem.row))
    return (*listed[:MOST_PROBLEMS], RowProblem(0, Told.MORE, details={"number": str(more)}))
