"""Writes of persons and organisations, one at a time. Each takes the event's lock and notes in its history what it did.

Whether sessions still need an entry is the programme's business: see programme.services.people.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from galerio_events.errors import ChangeConflict, Conflict, NotFound
from galerio_events.events.domain import Deed, Entry, Subject
from galerio_events.events.domain.plain import digest_of
from galerio_events.events.queries import lock
from galerio_events.events.services import record
from galerio_events.people import queries
from galerio_events.people.domain import (
    Details,
    PersonDetails,
    PersonProblem,
    PersonRefused,
    key_problem,
    organisation_problems,
    person_problems,
    to_plain,
)
from galerio_events.people.models import Availability, Organisation, Person


@dataclass(frozen=True, slots=True)
class Sort:
    """What persons and organisations differ in."""

    subject: Subject
    model: type[Person] | type[Organisation]
    by_key: Callable[[Session, int, str], Any]
    keys: Callable[[Session, int], list[str]]
    details: Callable[[Session, int], Mapping[str, Details]]
    problems: Callable[[Any], tuple[PersonProblem, ...]]


PEOPLE = Sort(
    Subject.PERSON, Person, queries.person_by_key, queries.person_keys, queries.people_details, person_problems
)
ORGANISATIONS = Sort(
    Subject.ORGANISATION,
    Organisation,
    queries.organisation_by_key,
    queries.organisation_keys,
    queries.organisations_details,
    organisation_problems,
)


def add_entry(
    db_session: Session,
    event_id: int,
    sort: Sort,
    key: str,
    values: Details,
    *,
    seen: str | None = None,
    by: int | None = None,
    now: datetime,
) -> str:
    """A new person or organisation; its key.

    `seen` is `keys_digest` of those that were there when the form was opened. Where others have come since and one says
    the very same, that is what a form that was sent twice has made already: its key is returned. Raises
    `PersonRefused`.
    """
    lock(db_session, event_id)
    keys = sort.keys(db_session, event_id)
    if seen is not None and seen != keys_digest(keys):
        twin = next((key for key, stored in sort.details(db_session, event_id).items() if stored == values), None)
        if twin is not None:
            return twin
    problems = [*sort.problems(values)]
    if problem := key_problem(key, keys):
        problems.append(problem)
    if problems:
        raise PersonRefused(problems)
    row = sort.model(event_id=event_id, key=key)
    write_entry(row, values)
    db_session.add(row)
    db_session.flush()
    record(db_session, event_id, [Entry(sort.subject, key, Deed.ADDED, None, to_plain(values))], by=by, now=now)
    return key


def save_entry(
    db_session: Session,
    event_id: int,
    sort: Sort,
    key: str,
    values: Details,
    *,
    seen: str,
    by: int | None = None,
    now: datetime,
) -> bool:
    """Make the person or organisation of that key say this; whether anything changed by it.

    `seen` is the `seen_digest` of what the reader was shown. Raises `NotFound`, `PersonRefused`, and
    `ChangeConflict(STALE)` where somebody else was faster.
    """
    row = _expected(db_session, event_id, sort, key)
    before = queries.details_of(row)
    if before == values:
        return False
    if seen != seen_digest(before):
        raise ChangeConflict(Conflict.STALE)
    if problems := sort.problems(values):
        raise PersonRefused(problems)
    write_entry(row, values)
    db_session.flush()
    entry = Entry(sort.subject, key, Deed.CHANGED, to_plain(before), to_plain(values))
    record(db_session, event_id, [entry], by=by, now=now)
    return True


def delete_entry(
    db_session: Session, event_id: int, sort: Sort, key: str, *, by: int | None = None, now: datetime
) -> None:
    """Delete the person or organisation, to which no session may refer any more. Raises `NotFound`."""
    row = _expected(db_session, event_id, sort, key)
    entry = Entry(sort.subject, key, Deed.REMOVED, to_plain(queries.details_of(row)), None)
    db_session.delete(row)
    db_session.flush()
    record(db_session, event_id, [entry], by=by, now=now)


def merge_entries(
    db_session: Session,
    event_id: int,
    sort: Sort,
    kept: str,
    values: Details,
    *,
    dropped: str,
    by: int | None = None,
    now: datetime,
    batch: str,
) -> None:
    """Make the entry of key `kept` say this, and delete that of key `dropped`, to which no session may refer any more.

    Raises `NotFound` and `PersonRefused`.
    """
    row, other = (_expected(db_session, event_id, sort, key) for key in (kept, dropped))
    if problems := sort.problems(values):
        raise PersonRefused(problems)
    before, gone = queries.details_of(row), queries.details_of(other)
    db_session.delete(other)
    db_session.flush()
    write_entry(row, values)
    db_session.flush()
    entries = [
        Entry(sort.subject, kept, Deed.CHANGED, to_plain(before), to_plain(values)),
        Entry(sort.subject, dropped, Deed.MERGED, to_plain(gone), {"name": dict(gone.name), "into": kept}),
    ]
    record(db_session, event_id, [e for e in entries if e.before != e.after], by=by, now=now, batch=batch)


def seen_digest(*values: Details) -> str:
    """What a form carries to know later whether these are still the stored values."""
    return digest_of({"values": [to_plain(each) for each in values]})


def plain_digest(plain: Mapping[str, Any]) -> str:
    """The `seen_digest` of the values that are these in plain JSON."""
    return digest_of({"values": [plain]})


def keys_digest(keys: Iterable[str]) -> str:
    """What a form for a new entry carries of those that are there."""
    return digest_of({"keys": sorted(keys)})


def _expected(db_session: Session, event_id: int, sort: Sort, key: str) -> Any:
    lock(db_session, event_id)
    row = sort.by_key(db_session, event_id, key)
    if row is None:
        raise NotFound(key)
    return row


def write_entry(row: Any, values: Details) -> None:
    """Make the row of a person or organisation say this."""
    row.name = values.name
    if not isinstance(values, PersonDetails):
        return
    row.affiliation, row.bio, row.country = values.affiliation, values.bio, values.country
    row.email, row.language, row.timezone = values.email, values.language, values.timezone
    row.position = values.position
    row.reading, row.pronunciation, row.job_title = values.reading, values.pronunciation, values.job_title
    row.photo, row.links, row.technical_needs = values.photo, values.links, values.technical_needs
    stored = {(each.starts_at, each.ends_at): each for each in row.availabilities}
    row.availabilities = [
        stored.get((span.starts_at, span.ends_at)) or Availability(starts_at=span.starts_at, ends_at=span.ends_at)
        for span in dict.fromkeys(values.availabilities)
    ]
