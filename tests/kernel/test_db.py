"""Column types, constraints and SQLite's settings."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from galerio_events import db as base
from galerio_events.events.models import Event
from galerio_events.extensions import db
from galerio_events.translated import Translated
from tests.support.builders import make_event, make_session, utc


def test_a_naive_instant_is_refused(db_session: Session) -> None:
    made = make_session(db_session, make_event(db_session))
    made.starts_at = datetime(2022, 11, 25, 6, 50)  # noqa: DTZ001 what must be refused
    with pytest.raises(StatementError, match="has no time zone"):
        db_session.flush()


def test_instants_come_back_in_utc(db_session: Session) -> None:
    tokyo = timezone(timedelta(hours=9))
    made = make_session(db_session, make_event(db_session), starts_at=datetime(2022, 11, 25, 15, 50, tzinfo=tokyo))
    db_session.commit()
    assert made.starts_at == utc(25, 6, 50)
    assert made.starts_at.tzinfo is UTC


def test_translated_text_comes_back_as_a_value(db_session: Session) -> None:
    event = make_event(db_session, title=Translated({"ja": "会議", "en": "", "th": "ประชุม"}))
    db_session.commit()
    assert event.title == Translated({"ja": "会議", "th": "ประชุม"})
    stored = db_session.execute(sa.text("SELECT title FROM events")).scalar_one()
    assert stored == '{"ja": "会議", "th": "ประชุม"}'


def test_an_enum_holds_its_values(db_session: Session) -> None:
    make_session(db_session, make_event(db_session))
    with pytest.raises(IntegrityError):
        db_session.execute(sa.text("UPDATE programme_sessions SET kind = 'disco'"))


def test_an_enum_column_refuses_strangers_before_the_database_does(db_session: Session) -> None:
    class Colour(StrEnum):
        RED = "red"

    table = sa.Table("colours", sa.MetaData(), sa.Column("colour", base.enum_column(Colour, "colour")))
    with pytest.raises(StatementError, match="blue"):
        db_session.execute(sa.insert(table).values(colour="blue"))


def test_every_constraint_has_a_name_of_ours() -> None:
    for table in db.metadata.tables.values():
        for constraint in table.constraints:
            assert constraint.name is not None
            assert str(constraint.name).split("_")[0] in {"pk", "fk", "uq", "ck"}, f"{table.name}: {constraint.name}"


def test_foreign_keys_are_enforced(db_session: Session) -> None:
    with pytest.raises(IntegrityError):
        db_session.execute(
            sa.text("INSERT INTO role_grants (account_id, event_id, role) VALUES (4711, NULL, 'organiser')")
        )


def test_sqlite_settings(make_app: Callable[..., Flask], backend: str) -> None:
    app = make_app()
    with app.app_context(), db.engine.connect() as connection:
        if backend == "postgresql":
            assert connection.dialect.name == "postgresql"
            return
        found = {
            pragma: connection.exec_driver_sql(f"PRAGMA {pragma}").scalar_one()
            for pragma in ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers", "busy_timeout")
        }
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "busy_timeout": 15000,
    }


def test_writers_queue_up(make_app: Callable[..., Flask]) -> None:
    """Two transactions that read and then write the same row both succeed, one after the other."""
    app = make_app()
    with app.app_context():
        engine = db.engine
        with Session(engine) as session:
            make_event(session, ordinal=0)
            session.commit()

    both_ready = threading.Barrier(2)
    errors: list[Exception] = []

    def raise_ordinal() -> None:
        base.begin_writing()
        both_ready.wait(timeout=10)
        try:
            for _ in range(10):
                with Session(engine) as session:
                    event = session.execute(sa.select(Event).with_for_update()).scalar_one()
                    event.ordinal = (event.ordinal or 0) + 1
                    session.commit()
        except Exception as error:  # noqa: BLE001 shown by the assertion below
            errors.append(error)

    threads = [threading.Thread(target=raise_ordinal) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with Session(engine) as session:
        assert session.execute(sa.select(Event.ordinal)).scalar_one() == 20


def test_readers_do_not_wait_for_a_writer(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    with app.app_context():
        engine = db.engine
    base.begin_writing()
    with Session(engine) as writer:
        make_event(writer)
        with base.reading_only(), Session(engine) as reader:
            assert reader.execute(sa.select(sa.func.count()).select_from(Event)).scalar_one() == 0
        writer.commit()
    with base.reading_only(), Session(engine) as reader:
        assert reader.execute(sa.select(sa.func.count()).select_from(Event)).scalar_one() == 1
