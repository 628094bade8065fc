"""What the statements that register somebody are put together from, once, when the program starts."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from galerio_events.programme.models import ProgrammeSession
from galerio_events.registration.domain import RegistrationState
from galerio_events.registration.models import Registration

REGISTRATIONS = Registration.__table__.c
SESSIONS = ProgrammeSession.__table__.c


def constant(value: StrEnum | int) -> sa.ColumnElement[Any]:
    """One of our own words or numbers in a statement's text; unlike a parameter, it lets plans use partial indexes."""
    return sa.literal_column(f"'{value.value}'" if isinstance(value, StrEnum) else str(value))


# For the statements that are put together once.
IS_ACTIVE = REGISTRATIONS.state == constant(RegistrationState.ACTIVE)
IS_CANCELLED = REGISTRATIONS.state == constant(RegistrationState.CANCELLED)


def among_keys(*, array: bool) -> sa.ColumnElement[bool]:
    """Whether a session is one of the parameter `keys`; with an array, the statement is the same for any number."""
    if array:
        return SESSIONS.key == sa.any_(sa.bindparam("keys", type_=postgresql.ARRAY(sa.String)))
    return SESSIONS.key.in_(sa.bindparam("keys", expanding=True))


def parameter(table: sa.FromClause, column: str, number: int | None = None) -> sa.BindParameter[Any]:
    """A parameter for a column, called `TABLE_COLUMN`, or `TABLE_COLUMN_0` where a statement has several of them."""
    name = f"{table.name}_{column}"  # type: ignore[attr-defined]
    return sa.bindparam(name if number is None else f"{name}_{number}", type_=table.c[column].type)


def parameters(
    table: sa.FromClause, same: Sequence[sa.ColumnElement[Any]], kinds: type[StrEnum], varying: Sequence[str]
) -> sa.CompoundSelect[Any]:
    """A row to insert into a table for each of these kinds: what is the `same` in all, the kind, and numbered
    parameters for the `varying` columns."""
    return sa.union_all(
        *(
            sa.select(*same, constant(kind), *(parameter(table, column, number) for column in varying))
            for number, kind in enumerate(kinds)
        )
    )


def choices(registration_id: sa.ColumnElement[int]) -> sa.Select[Any]:
    """One registration with each of the event's sessions of the parameter `keys`. The id is a parameter, or a column
    of the part of a PostgreSQL statement that writes the registration."""
    registration = getattr(registration_id, "table", None)
    wanted = (SESSIONS.event_id == parameter(Registration.__table__, "event_id")) & among_keys(
        array=registration is not None
    )
    found = sa.select(registration_id, SESSIONS.id)
    if registration is None:
        return found.where(wanted)
    return found.select_from(sa.join(registration, ProgrammeSession.__table__, wanted))


def new_and_known(new: sa.CTE) -> sa.Select[bool, bool]:
    """Whether `new`, the part of the statement that writes a registration, wrote one, and whether there was an active
    one with its address before."""
    same = (REGISTRATIONS.event_id == parameter(Registration.__table__, "event_id")) & (
        REGISTRATIONS.email_key == parameter(Registration.__table__, "email_key")
    )
    return sa.select(
        sa.exists().select_from(new), sa.exists().select_from(Registration.__table__).where(same, IS_ACTIVE)
    )
