"""Presences come in, and each person's attendance is the union of them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from galerio_events.attendance import queries
from galerio_events.attendance.domain import Interval, PresenceSource, Recorded, Stay
from galerio_events.attendance.models import Attendance, Presence
from galerio_events.attendance.services import record_presences
from galerio_events.errors import NotFound
from tests.attendance.support import make_registration
from tests.support.builders import make_event, make_session, utc

BEGIN = utc(25, 6, 50)


def stay(person: int, session: int, begins: int, ends: int, source: PresenceSource = PresenceSource.REPORT) -> Stay:
    """From one to another minute of the session."""
    return Stay(person, session, Interval(BEGIN + timedelta(minutes=begins), BEGIN + timedelta(minutes=ends)), source)


def test_overlapping_presences_count_once(db_session: Session) -> None:
    event = make_event(db_session)
    session, person = make_session(db_session, event), make_registration(db_session, event)
    recorded = record_presences(
        db_session,
        event.id,
        [stay(person.id, session.id, 0, 30), stay(person.id, session.id, 20, 40), stay(person.id, session.id, 50, 60)],
    )
    assert recorded == Recorded(added=3)
    assert queries.attendance(db_session, person.id) == {session.id: 50 * 60}


def test_attendance_follows_what_comes_in_later(db_session: Session) -> None:
    event = make_event(db_session)
    session, person = make_session(db_session, event), make_registration(db_session, event)
    record_presences(db_session, event.id, [stay(person.id, session.id, 0, 30)])
    record_presences(db_session, event.id, [stay(person.id, session.id, 10, 45, PresenceSource.JOIN_LINK)])
    assert queries.attendance(db_session, person.id) == {session.id: 45 * 60}
    record_presences(db_session, event.id, [stay(person.id, session.id, 60, 70)])
    assert queries.attendance(db_session, person.id) == {session.id: 55 * 60}


def test_the_same_report_again_changes_nothing(db_session: Session) -> None:
    event = make_event(db_session)
    session, person = make_session(db_session, event), make_registration(db_session, event)
    report = [stay(person.id, session.id, 0, 30), stay(person.id, session.id, 40, 60)]
    assert record_presences(db_session, event.id, report) == Recorded(added=2)
    assert record_presences(db_session, event.id, report) == Recorded(known=2)
    assert queries.attendance(db_session, person.id) == {session.id: 50 * 60}
    assert db_session.scalar(sa.select(sa.func.count()).select_from(Presence)) == 2


def test_a_report_that_has_grown_extends(db_session: Session) -> None:
    event = make_event(db_session)
    session, person = make_session(db_session, event), make_registration(db_session, event)
    record_presences(db_session, event.id, [stay(person.id, session.id, 0, 30)])
    assert record_presences(db_session, event.id, [stay(person.id, session.id, 0, 50)]) == Recorded(extended=1)
    assert record_presences(db_session, event.id, [stay(person.id, session.id, 0, 10)]) == Recorded(known=1)
    assert queries.attendance(db_session, person.id) == {session.id: 50 * 60}


def test_people_and_sessions_do_not_mix(db_session: Session) -> None:
    event = make_event(db_session)
    first, second = make_session(db_session, event), make_session(db_session, event, "session-4")
    one, other = make_registration(db_session, event, 1), make_registration(db_session, event, 2)
    record_presences(db_session, event.id, [stay(one.id, first.id, 0, 10), stay(other.id, second.id, 0, 20)])
    record_presences(db_session, event.id, [stay(one.id, second.id, 5, 10)])
    assert queries.attendance(db_session, one.id) == {first.id: 600, second.id: 300}
    assert queries.attendance(db_session, other.id) == {second.id: 1200}


def test_nothing_is_recorded_of_another_event(db_session: Session) -> None:
    event, elsewhere = make_event(db_session), make_event(db_session, "ascc12")
    session, person = make_session(db_session, event), make_registration(db_session, event)
    their_session, stranger = make_session(db_session, elsewhere), make_registration(db_session, elsewhere, 2)
    for wrong in (stay(stranger.id, session.id, 0, 10), stay(person.id, their_session.id, 0, 10)):
        with pytest.raises(NotFound):
            record_presences(db_session, event.id, [stay(person.id, session.id, 0, 10), wrong])
    assert db_session.scalar(sa.select(sa.func.count()).select_from(Presence)) == 0
    assert db_session.scalar(sa.select(sa.func.count()).select_from(Attendance)) == 0


def test_no_presences_are_no_work(db_session: Session, count_queries: Callable[[Callable[[], object]], int]) -> None:
    event = make_event(db_session)
    assert count_queries(lambda: record_presences(db_session, event.id, [])) == 0


def test_as_many_statements_for_three_people_as_for_one(
    db_session: Session, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    event = make_event(db_session)
    session = make_session(db_session, event)
    people = [make_registration(db_session, event, number).id for number in range(4)]
    one = count_queries(lambda: record_presences(db_session, event.id, [stay(people[0], session.id, 0, 9)]))
    three = count_queries(
        lambda: record_presences(db_session, event.id, [stay(person, session.id, 0, 9) for person in people[1:]])
    )
    assert three == one


def test_the_database_refuses_to_leave_before_joining(db_session: Session) -> None:
    event = make_event(db_session)
    session, person = make_session(db_session, event), make_registration(db_session, event)
    db_session.add(
        Presence(
            session_id=session.id,
            registration_id=person.id,
            source=PresenceSource.BY_HAND,
            joined_at=BEGIN,
            left_at=BEGIN - timedelta(seconds=1),
        )
    )
    with pytest.raises(IntegrityError, match="left_after_joining"):
        db_session.flush()


def test_the_database_refuses_the_same_presence_twice(db_session: Session) -> None:
    event = make_event(db_session)
    session, person = make_session(db_session, event), make_registration(db_session, event)
    for minutes in (5, 6):
        db_session.add(
            Presence(
                session_id=session.id,
                registration_id=person.id,
                source=PresenceSource.REPORT,
                joined_at=BEGIN,
                left_at=BEGIN + timedelta(minutes=minutes),
            )
        )
    with pytest.raises(IntegrityError):
        db_session.flush()


def test_the_database_refuses_negative_attendance(db_session: Session) -> None:
    event = make_event(db_session)
    session, person = make_session(db_session, event), make_registration(db_session, event)
    db_session.add(Attendance(registration_id=person.id, session_id=session.id, seconds=-1))
    with pytest.raises(IntegrityError, match="seconds_not_negative"):
        db_session.flush()
