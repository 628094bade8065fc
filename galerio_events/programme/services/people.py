"""Persons and organisations as the programme needs them: deleting those that nothing refers to, and merging two."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from galerio_events.errors import ChangeConflict, Conflict, DomainError, NotFound
from galerio_events.events.domain import Deed, Entry, Subject
from galerio_events.events.queries import lock
from galerio_events.events.services import record
from galerio_events.people import services as people
from galerio_events.people.domain import OrganisationDetails, PersonDetails
from galerio_events.people.models import Organisation, Person
from galerio_events.people.queries import details_of
from galerio_events.programme import queries
from galerio_events.programme.domain.merging import merged_roles
from galerio_events.programme.domain.plain import session_to_plain
from galerio_events.programme.domain.values import SessionValues
from galerio_events.programme.models import ProgrammeSession, RoleAssignment
from galerio_events.programme.queries import people as parts
from galerio_events.programme.services.inviting.persons import drop_invitations, hand_over_invitations
from galerio_events.programme.services.run_sheet import hand_segments_on


class StillNeeded(DomainError):
    """Sessions refer to what was to be deleted; nothing was."""


# What other features have of persons, and how it follows them when two are made one.
_following: list[Callable[[Session, int, int], None]] = []


def register_following(hand_over: Callable[[Session, int, int], None]) -> None:
    """From now on, where persons are made one, call `hand_over(db_session, dropped, kept)` with their ids."""
    if hand_over not in _following:
        _following.append(hand_over)


def delete_person(db_session: Session, event_id: int, key: str, *, by: int | None = None, now: datetime) -> None:
    """Delete a person who has no role, not even in a removed session. Raises `NotFound` and `StillNeeded`."""
    lock(db_session, event_id)
    person = people.PEOPLE.by_key(db_session, event_id, key)
    if person is not None and parts.parts_of_person(db_session, person.id):
        raise StillNeeded(key)
    if person is not None:
        drop_invitations(db_session, person.id)
        people.drop_profile(db_session, person.id)
    people.delete_entry(db_session, event_id, people.PEOPLE, key, by=by, now=now)


def delete_organisation(db_session: Session, event_id: int, key: str, *, by: int | None = None, now: datetime) -> None:
    """Delete an organisation that runs no session, not even a removed one. Raises `NotFound` and `StillNeeded`."""
    lock(db_session, event_id)
    organisation = people.ORGANISATIONS.by_key(db_session, event_id, key)
    if organisation is not None and parts.parts_of_organisation(db_session, organisation.id):
        raise StillNeeded(key)
    people.delete_entry(db_session, event_id, people.ORGANISATIONS, key, by=by, now=now)


def merge_people(
    db_session: Session,
    event_id: int,
    kept: str,
    values: PersonDetails,
    *,
    dropped: str,
    seen: str,
    by: int | None = None,
    now: datetime,
) -> int:
    """Make two persons one: `kept` says `values` and has the roles of both; `dropped` is gone. How many sessions
    changed by it.

    `seen` is `seen_digest` of kept and dropped as the reader was shown them. Releases stay as they are. Raises
    `NotFound`, `PersonRefused`, and `ChangeConflict(STALE)` where somebody else has changed one of the two.
    """
    lock(db_session, event_id)
    one, other = _two(db_session, event_id, people.PEOPLE, (kept, dropped), seen)
    batch = str(uuid4())
    entries = []
    sessions = [(session, queries.values_of(session)) for session in parts.sessions_with_person(db_session, other.id)]
    ids = {each.person.key: each.person_id for session, _before in sessions for each in session.roles}
    ids[kept] = one.id
    for session, _before in sessions:
        session.roles.clear()
    db_session.flush()
    for session, before in sessions:
        after = replace(before, people=merged_roles(before.people, dropped=dropped, kept=kept))
        session.roles.extend(
            RoleAssignment(
                role=role.role,
                person_id=ids[role.person],
                position=position,
                title=role.title,
                minutes=role.minutes,
                state=role.state,
            )
            for position, role in enumerate(after.people)
        )
        entries.append(_changed(session, before, after, now))
    hand_over_invitations(db_session, other.id, one.id)
    entries += hand_segments_on(db_session, dropped=other.id, kept=one.id)
    people.hand_over_profile(db_session, other.id, one.id, by=by, now=now)
    for hand_over in _following:
        hand_over(db_session, other.id, one.id)
    _finish(db_session, event_id, entries, by=by, now=now, batch=batch)
    people.merge_entries(
        db_session, event_id, people.PEOPLE, kept, values, dropped=dropped, by=by, now=now, batch=batch
    )
    return len(sessions)


def merge_organisations(
    db_session: Session,
    event_id: int,
    kept: str,
    values: OrganisationDetails,
    *,
    dropped: str,
    seen: str,
    by: int | None = None,
    now: datetime,
) -> int:
    """As `merge_people`: `kept` runs the sessions of both."""
    lock(db_session, event_id)
    one, other = _two(db_session, event_id, people.ORGANISATIONS, (kept, dropped), seen)
    batch = str(uuid4())
    entries = []
    for session in parts.sessions_run_by(db_session, other.id):
        before = queries.values_of(session)
        session.organiser_id = one.id
        entries.append(_changed(session, before, replace(before, organiser=kept), now))
    _finish(db_session, event_id, entries, by=by, now=now, batch=batch)
    people.merge_entries(
        db_session, event_id, people.ORGANISATIONS, kept, values, dropped=dropped, by=by, now=now, batch=batch
    )
    return len(entries)


def _two(
    db_session: Session, event_id: int, sort: people.Sort, keys: tuple[str, str], seen: str
) -> tuple[Person | Organisation, Person | Organisation]:
    kept, dropped = keys
    one, other = (sort.by_key(db_session, event_id, key) for key in (kept, dropped))
    if one is None or other is None or kept == dropped:
        raise NotFound(kept if one is None else dropped)
    if seen != people.seen_digest(details_of(one), details_of(other)):
        raise ChangeConflict(Conflict.STALE)
    return one, other


def _changed(session: ProgrammeSession, before: SessionValues, after: SessionValues, now: datetime) -> Entry:
    """Count the session's version up, and the line of history for it."""
    session.updated_at = now
    flag_modified(session, "updated_at")
    return Entry(Subject.SESSION, session.key, Deed.CHANGED, session_to_plain(before), session_to_plain(after))


def _finish(
    db_session: Session, event_id: int, entries: Iterable[Entry], *, by: int | None, now: datetime, batch: str
) -> None:
    db_session.flush()
    db_session.expire_all()
    record(db_session, event_id, entries, by=by, now=now, batch=batch)
