"""What a summary counts, and how often it asks the database."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from galerio_events.attendance.domain import Interval, PresenceSource, Stay
from galerio_events.attendance.services import record_presences
from galerio_events.db import prepare_engine, reading_only
from galerio_events.errors import NotFound
from galerio_events.extensions import db
from galerio_events.registration.domain import AffiliationKind, RegistrationState
from galerio_events.reports import queries
from galerio_events.reports.domain import Basis, PublicFigures, SessionFigure, Source
from tests.attendance.support import make_registration
from tests.support.builders import NOW, make_event, make_session, sample_programme, store_release, tr, utc

CANCELLED = {"state": RegistrationState.CANCELLED, "cancelled_at": NOW}


def be_there(db_session: Session, event_id: int, person: int, session: int, seconds: int) -> None:
    """Somebody stays that long from the beginning."""
    begin = utc(25, 6, 50)
    interval = Interval(begin, begin + timedelta(seconds=seconds))
    record_presences(db_session, event_id, [Stay(person, session, interval, PresenceSource.REPORT)])


def test_an_event_without_anybody(db_session: Session) -> None:
    event = make_event(db_session)
    for basis in Basis:
        summary = queries.summary(db_session, event.id, basis)
        assert (summary.event, summary.basis, summary.total, summary.overseas) == ("ascc11", basis, 0, 0)
        assert (summary.countries, summary.sessions) == ((), ())
        assert {(figure.count, figure.share_tenths) for figure in summary.affiliations} == {(0, 0)}
    assert summary.generated_from.release is None


def test_who_is_counted(db_session: Session) -> None:
    event, other = make_event(db_session), make_event(db_session, "ascc12")
    session = make_session(db_session, event)
    empty = make_session(db_session, event, "session-4", starts_at=utc(25, 8), ends_at=utc(25, 9))
    store_release(db_session, event, sample_programme())
    came = make_registration(db_session, event, 1, chosen=(session.id,))
    make_registration(db_session, event, 2, chosen=(session.id, empty.id), country="TH")
    make_registration(db_session, event, 3, country="TH", affiliation_kind=None)
    gone = make_registration(db_session, event, 4, chosen=(session.id,), country="VN", **CANCELLED)
    uninvited = make_registration(db_session, event, 5, country="SG", affiliation_kind=AffiliationKind.MEDIA)
    make_registration(db_session, other, 6, country="US")
    be_there(db_session, event.id, came.id, session.id, 89)
    be_there(db_session, event.id, gone.id, session.id, 600)
    be_there(db_session, event.id, uninvited.id, session.id, 121)

    registered = queries.summary(db_session, event.id, Basis.REGISTERED)
    assert (registered.total, registered.overseas) == (4, 3)
    assert [(c.code, c.count) for c in registered.countries] == [("TH", 2), ("SG", 1), ("JP", 1)]
    assert [(a.kind.value, a.count, a.share_text) for a in registered.affiliations if a.count] == [
        ("company", 2, "66.7"),
        ("media", 1, "33.3"),
    ]
    assert registered.sessions == (
        SessionFigure("session-3", tr("魅力ある都市づくり", "Attractive cities"), 2, 2, 4),
        SessionFigure("session-4", tr("魅力ある都市づくり", "Attractive cities"), 1, 0, 0),
    )
    assert registered.generated_from == Source(1, 4, 3, "active registrations")
    assert registered.affiliations_unstated == 1

    attended = queries.summary(db_session, event.id, Basis.ATTENDED)
    assert (attended.total, attended.overseas) == (2, 1)
    assert [(c.code, c.count) for c in attended.countries] == [("SG", 1), ("JP", 1)]
    assert attended.sessions == registered.sessions


def test_a_moment_without_length_is_no_attendance(db_session: Session) -> None:
    event = make_event(db_session)
    session, person = make_session(db_session, event), make_registration(db_session, event)
    be_there(db_session, event.id, person.id, session.id, 0)
    assert queries.summary(db_session, event.id, Basis.ATTENDED).total == 0
    assert queries.summary(db_session, event.id, Basis.REGISTERED).sessions[0].attended == 0


def test_a_removed_session_stays_where_somebody_chose_it(db_session: Session) -> None:
    event = make_event(db_session)
    chosen = make_session(db_session, event, removed_at=NOW)
    make_session(db_session, event, "session-4", removed_at=NOW)
    make_registration(db_session, event, chosen=(chosen.id,))
    summary = queries.summary(db_session, event.id, Basis.REGISTERED)
    assert [session.key for session in summary.sessions] == ["session-3"]


def test_home_is_where_the_event_is(db_session: Session) -> None:
    event = make_event(db_session, timezone="Asia/Bangkok")
    for number, country in enumerate(("TH", "TH", "JP")):
        make_registration(db_session, event, number, country=country)
    assert queries.summary(db_session, event.id, Basis.REGISTERED).overseas == 1


def test_no_such_event(db_session: Session) -> None:
    with pytest.raises(NotFound):
        queries.summary(db_session, 4711, Basis.REGISTERED)


def test_public_figures(db_session: Session) -> None:
    event = make_event(db_session)
    for number, country in enumerate(("JP", "TH", "TH", "VN")):
        make_registration(db_session, event, number, country=country)
    make_registration(db_session, event, 9, country="US", **CANCELLED)
    found = queries.public_figures(db_session, event.id, timezone="Asia/Tokyo", language="ja")
    assert found == PublicFigures(4, 3, ("TH", "VN", "JP"))


def test_figures_are_of_one_moment(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    with app.app_context(), Session(db.engine) as writing:
        event = make_event(writing)
        session = make_session(writing, event)
        make_registration(writing, event, 0, chosen=(session.id,))
        writing.commit()
        event_id, session_id, numbers = event.id, session.id, count(1)

    def register(*_of_the_statement: object) -> None:
        with reading_only(), Session(other) as between:
            make_registration(between, event, next(numbers), chosen=(session_id,))
            between.commit()

    with app.app_context(), reading_only():
        other = sa.create_engine(db.engine.url)
        prepare_engine(other)
        sa.event.listen(db.engine, "after_cursor_execute", register)
        found = queries.summary(db.session(), event_id, Basis.REGISTERED)
        sa.event.remove(db.engine, "after_cursor_execute", register)
        other.dispose()
    assert next(numbers) > 1
    assert found.sessions[0].registered == found.total == sum(country.count for country in found.countries)


@pytest.mark.parametrize("basis", list(Basis))
def test_as_many_statements_for_three_sessions_and_countries_as_for_one(
    db_session: Session, count_queries: Callable[[Callable[[], object]], int], basis: Basis
) -> None:
    event = make_event(db_session)
    first = make_session(db_session, event)
    make_registration(db_session, event, 1, chosen=(first.id,))
    one = count_queries(lambda: queries.summary(db_session, event.id, basis))
    for number, country in enumerate(("TH", "VN"), 2):
        session = make_session(db_session, event, f"session-{number + 2}")
        make_registration(db_session, event, number, country=country, chosen=(first.id, session.id))
    three = count_queries(lambda: queries.summary(db_session, event.id, basis))
    assert three == one == 2
