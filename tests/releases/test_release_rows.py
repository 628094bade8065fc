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


@pytest.mark.parametrize("statement", ["UPDATE releases SET note = 'x'", "DELETE FROM releases"])
def test_the_database_refuses_to_change_a_release(db_session: Session, statement: str) -> None:
    store_release(db_session, make_event(db_session), sample_programme())
    with pytest.raises(DBAPIError, match="releases are append-only"):
        db_session.execute(sa.text(statement))
