"""What every table shares: the base class, our column types, and how constraints are called."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from galerio_events.translated import EMPTY, Translated

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = sa.MetaData(naming_convention=NAMING)


class UTCDateTime(TypeDecorator[datetime]):
    """An instant. Raises `ValueError` on a naive value; always comes back aware, in UTC."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value.isoformat()} has no time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class TranslatedText(TypeDecorator[Translated]):
    """A `Translated`, stored as a JSON object of language tag to text, keys sorted."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Mapping[str, str] | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return json.dumps(dict(Translated(value)), ensure_ascii=False, sort_keys=True)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Translated | None:
        # Most texts that may stay empty are.
        return None if value is None else EMPTY if value == "{}" else Translated(json.loads(value))


def enum_column(kind: type[StrEnum], name: str) -> sa.Enum:
    """A column type for a `StrEnum`: stored as its value, held to the values by a CHECK of that name."""
    return sa.Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        name=name,
        length=40,
        values_callable=lambda members: [member.value for member in members],
        validate_strings=True,
    )


_reading: ContextVar[bool] = ContextVar("galerio_reading", default=False)


@contextmanager
def reading_only() -> Iterator[None]:
    """Within it, SQLite transactions begin deferred; elsewhere they begin IMMEDIATE, so that writers queue up
    instead of failing when two of them have read the same state."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


def begin_reading() -> None:
    """As `reading_only`, for the rest of this context."""
    _reading.set(True)


def begin_writing() -> None:
    """Undo `begin_reading`."""
    _reading.set(False)


def end_reading(db_session: Session) -> None:
    """End the transaction in which something was read under `reading_only`, where it could not go on to write.

    SQLite refuses to let a reading transaction write once another one has; PostgreSQL's simply goes on.
    """
    if db_session.get_bind().dialect.name == "sqlite":
        db_session.rollback()


def prepare_engine(engine: sa.Engine) -> None:
    """Give an engine our SQLite settings: WAL, synchronous=FULL, foreign keys, explicit BEGIN.

    Recursive triggers make those that refuse a deletion see the one that `INSERT OR REPLACE` makes.
    """
    if engine.dialect.name != "sqlite":
        return

    @sa.event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "recursive_triggers=ON",
            "busy_timeout=15000",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def on_begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN" if _reading.get() else "BEGIN IMMEDIATE")
