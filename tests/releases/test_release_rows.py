"""A release is append-only, and its document comes back as it went in."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from galerio_events.releases import queries
from galerio_events.releases.domain import document
from tests.support.builders import make_event, sample_programme, store_release


def test_document_survives_the_round_trip() -> None:
    programme = sample_programme()
    assert document.from_json(document.to_json(programme)) == programme


def test_document_of_an_unknown_format_is_refused() -> None:
    with pytest.raises(ValueError, match="format 2"):
        document.from_json('{"format": 2}')


def test_newest_release_is_served(db_session: Session) -> None:
    event = make_event(db_session)
    store_release(db_session, event, sample_programme())
    assert queries.newest_programme(db_session, "ascc11") == sample_programme()
    assert queries.newest_programme(db_session, "ascc12") is None


@pytest.mark.parametrize("conflict", ["id", "event_id, number"])
def test_replacing_a_release_is_refused_as_well(db_session: Session, conflict: str, backend: str) -> None:
    event = make_event(db_session)
    store_release(db_session, event, sample_programme())
    columns = "id, event_id, number, released_at, note, document, digest"
    values = columns.replace("note", "'x'")
    if conflict != "id":
        columns, values = columns.removeprefix("id, "), values.removeprefix("id, ")
    verb = "INSERT OR REPLACE" if backend == "sqlite" else "INSERT"
    end = "" if backend == "sqlite" else f" ON CONFLICT ({conflict}) DO UPDATE SET note = 'x'"
    with pytest.raises(DBAPIError, match="releases are append-only"), db_session.begin_nested():
        db_session.execute(sa.text(f"{verb} INTO releases ({columns}) SELECT {values} FROM releases WHERE true{end}"))
    assert db_session.execute(sa.text("SELECT note FROM releases")).scalars().all() == [""]


@pytest.mark.parametrize("statement", ["UPDATE releases SET note = 'x'", "DELETE FROM releases"])
def test_the_database_refuses_to_change_a_release(db_session: Session, statement: str) -> None:
    store_release(db_session, make_event(db_session), sample_programme())
    with pytest.raises(DBAPIError, match="releases are append-only"):
        db_session.execute(sa.text(statement))
