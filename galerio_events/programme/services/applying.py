"""Writing a plan: all of it in a number of statements that does not grow with it, and into the history as one batch."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time
from enum import Enum
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events import clock
from galerio_events.db import Base
from galerio_events.events.domain import Deed, Entry, Subject
from galerio_events.events.models import Event, EventOrganiser, Track, Venue
from galerio_events.events.services import record
from galerio_events.people.models import Availability, Organisation, Person
from galerio_events.programme import queries
from galerio_events.programme.domain.plain import links_to_plain, session_to_plain
from galerio_events.programme.domain.planning import Item
from galerio_events.programme.domain.values import OrganiserValue, SessionValues
from galerio_events.programme.models import ProgrammeSession, RoleAssignment
from galerio_events.translated import Translated

_MODELS: Mapping[Subject, type[Base]] = {
    Subject.VENUE: Venue,
    Subject.TRACK: Track,
    Subject.ORGANISATION: Organisation,
    Subject.PERSON: Person,
}


def write_plan(
    db_session: Session,
    event_id: int,
    items: Iterable[Item],
    *,
    by: int | None,
    now: datetime,
    batch: str | None = None,
) -> None:
    """Make the draft say what the items say. Call it under the event's lock, with a plan made under the same lock."""
    db_session.flush()
    parts: dict[Subject, list[Item]] = {subject: [] for subject in Subject}
    for item in items:
        parts[item.subject].append(item)
    for item in parts[Subject.EVENT]:
        _write_event(db_session, event_id, item)
    for subject, model in _MODELS.items():
        _write_rows(db_session, event_id, cast(sa.Table, model.__table__), parts[subject], _columns)
    _write_availabilities(db_session, event_id, parts[Subject.PERSON])
    _write_sessions(db_session, event_id, parts[Subject.SESSION], now)
    entries = [_entry(item) for part in parts.values() for item in part]
    record(db_session, event_id, entries, by=by, now=now, batch=batch)
    db_session.expire_all()


def _write_event(db_session: Session, event_id: int, item: Item) -> None:
    after = dict(item.after or {})
    organisers: tuple[OrganiserValue, ...] = after.pop("organisers")
    after["languages"] = list(after["languages"])
    columns = {name: after[name] for name in item.changed if name != "organisers"}
    connection = db_session.connection()
    if columns:
        events = cast(sa.Table, Event.__table__)
        connection.execute(sa.update(events).where(events.c.id == event_id).values(columns))
    if "organisers" not in item.changed:
        return
    table = cast(sa.Table, EventOrganiser.__table__)
    connection.execute(sa.delete(table).where(table.c.event_id == event_id))
    rows = [
        {"event_id": event_id, "position": i, "role": o.role, "name": o.name, "url": o.url, "logo": o.logo}
        for i, o in enumerate(organisers)
    ]
    if rows:
        connection.execute(sa.insert(table), rows)


def _columns(item: Item) -> dict[str, Any]:
    return {name: value for name, value in (item.after or {}).items() if name != "availability"}


def _write_rows(
    db_session: Session,
    event_id: int,
    table: sa.Table,
    items: list[Item],
    columns: Callable[[Item], Mapping[str, Any]],
    *,
    when_added: Callable[[Item], Mapping[str, Any]] = lambda item: {},
    when_changed: Mapping[str, Any] | None = None,
) -> None:
    """Insert what is new, and update the rest by id; every item has all columns."""
    connection = db_session.connection()
    new = [
        {"event_id": event_id, "key": item.key, **columns(item), **when_added(item)}
        for item in items
        if item.deed is Deed.ADDED
    ]
    changed = [
        {"the_id": item.id} | {f"new_{name}": value for name, value in columns(item).items()}
        for item in items
        if item.deed is not Deed.ADDED
    ]
    if new:
        connection.execute(sa.insert(table), new)
    if changed:
        names = [name.removeprefix("new_") for name in changed[0] if name != "the_id"]
        values = {name: sa.bindparam(f"new_{name}", type_=table.c[name].type) for name in names}
        change = sa.update(table).where(table.c.id == sa.bindparam("the_id")).values(values | dict(when_changed or {}))
        connection.execute(change, changed)


def _write_availabilities(db_session: Session, event_id: int, items: list[Item]) -> None:
    changed = [
        item for item in items if (item.before or {}).get("availability", ()) != (item.after or {})["availability"]
    ]
    if not changed:
        return
    ids = queries.ids_by_key(db_session, event_id).people
    table = cast(sa.Table, Availability.__table__)
    connection = db_session.connection()
    connection.execute(
        sa.delete(table).where(table.c.person_id == sa.bindparam("the_person")),
        [{"the_person": ids[item.key]} for item in changed],
    )
    rows = [
        {"person_id": ids[item.key], "starts_at": starts_at, "ends_at": ends_at}
        for item in changed
        for starts_at, ends_at in (item.after or {})["availability"]
    ]
    if rows:
        connection.execute(sa.insert(table), rows)


def _write_sessions(db_session: Session, event_id: int, items: list[Item], now: datetime) -> None:
    if not items:
        return
    ids = queries.ids_by_key(db_session, event_id)
    table = cast(sa.Table, ProgrammeSession.__table__)

    def columns(item: Item) -> dict[str, Any]:
        values = dict(item.after or {})
        del values["people"]
        for name, known in (("venue", ids.venues), ("track", ids.tracks), ("organiser", ids.organisations)):
            key = values.pop(name)
            values[f"{name}_id"] = None if key is None else known[key]
        return values | {"links": links_to_plain(values["links"]), "removed_at": None, "updated_at": now}

    touched = {"version": table.c.version + 1}
    kept = [item for item in items if item.deed is not Deed.REMOVED]
    _write_rows(
        db_session,
        event_id,
        table,
        kept,
        columns,
        when_added=lambda item: {"uid": item.uid, "version": 1},
        when_changed=touched,
    )
    removed = [{"the_id": item.id} for item in items if item.deed is Deed.REMOVED]
    if removed:
        away = sa.update(table).where(table.c.id == sa.bindparam("the_id"))
        db_session.connection().execute(away.values(touched | {"removed_at": now, "updated_at": now}), removed)
    _write_roles(db_session, event_id, [item for item in kept if "people" in item.changed], ids.people)


def _write_roles(db_session: Session, event_id: int, items: list[Item], people: Mapping[str, int]) -> None:
    if not items:
        return
    ids = queries.session_ids(db_session, event_id)
    table = cast(sa.Table, RoleAssignment.__table__)
    connection = db_session.connection()
    connection.execute(
        sa.delete(table).where(table.c.session_id == sa.bindparam("the_session")),
        [{"the_session": ids[item.key]} for item in items],
    )
    rows = [
        {
            "session_id": ids[item.key],
            "position": position,
            "role": role.role,
            "person_id": people[role.person],
            "title": role.title,
            "minutes": role.minutes,
            "state": role.state,
        }
        for item in items
        for position, role in enumerate((item.after or {})["people"])
    ]
    if rows:
        connection.execute(sa.insert(table), rows)


def _entry(item: Item) -> Entry:
    before, after = (None if fields is None else to_plain(item.subject, fields) for fields in (item.before, item.after))
    if item.deed is Deed.RESTORED:
        before = None
    return Entry(item.subject, item.key, item.deed, before, after)


def to_plain(subject: Subject, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a thing in JSON, as the history keeps them."""
    if subject is Subject.SESSION:
        return session_to_plain(SessionValues(**fields))
    return {name: _plain(value) for name, value in fields.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Translated):
        return dict(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return clock.to_text(value)
    if isinstance(value, time):
        return value.isoformat(timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, OrganiserValue):
        return {"role": value.role.value, "name": dict(value.name), "url": value.url, "logo": value.logo}
    return [_plain(each) for each in value] if isinstance(value, tuple | list) else value
