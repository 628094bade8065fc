"""Writing many rows that an event names by key, in a number of statements that does not grow with them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.db import Base


@dataclass(frozen=True, slots=True)
class Merged:
    """What `merge_by_key` did, and the id of every key of the event."""

    ids: Mapping[str, int]
    added: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()


def merge_by_key(
    db_session: Session,
    model: type[Base],
    event_id: int,
    wanted: Mapping[str, Mapping[str, Any]],
    *,
    only_when_added: Mapping[str, Mapping[str, Any]] | None = None,
    when_changed: Mapping[str, Any] | None = None,
    always_changed: frozenset[str] = frozenset(),
) -> Merged:
    """Make the event's rows of `model` say what is wanted of them; rows that nobody asks for stay as they are.

    `wanted` maps each key to all the same columns. A row that is added also gets its `only_when_added`. A row that
    differs, or is in `always_changed`, also gets `when_changed` (values or SQL expressions); a row that is right
    already is not touched.
    """
    table = cast(sa.Table, model.__table__)
    columns = list(next(iter(wanted.values()), {}))
    known = {
        row.key: row
        for row in db_session.execute(
            sa.select(table.c.id, table.c.key, *(table.c[name] for name in columns)).where(table.c.event_id == event_id)
        )
    }
    new = [
        {"event_id": event_id, "key": key, **values, **(only_when_added or {}).get(key, {})}
        for key, values in wanted.items()
        if key not in known
    ]
    changed = {
        key: values
        for key, values in wanted.items()
        if key in known and (key in always_changed or any(getattr(known[key], n) != values[n] for n in columns))
    }
    if new:
        db_session.execute(sa.insert(table), new)
    if changed:
        change = sa.update(table).where(table.c.id == sa.bindparam("the_id"))
        change = change.values({name: sa.bindparam(f"new_{name}") for name in columns} | dict(when_changed or {}))
        db_session.connection().execute(
            change,
            [
                {"the_id": known[key].id} | {f"new_{name}": value for name, value in values.items()}
                for key, values in changed.items()
            ],
        )
    ids = {key: row.id for key, row in known.items()}
    if new:
        found = db_session.execute(sa.select(table.c.key, table.c.id).where(table.c.event_id == event_id))
        ids = {row.key: row.id for row in found}
    return Merged(ids, frozenset(values["key"] for values in new), frozenset(changed))
