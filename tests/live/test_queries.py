"""What neighbours are told of sessions that run: in as many queries for three sessions as for one."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from galerio_events.events.models import Event
from galerio_events.live import queries
from galerio_events.live.domain import LiveDeed, LiveState, Phase
from galerio_events.live.queries import Brief
from galerio_events.live.services import press
from galerio_events.programme.models import ProgrammeSession
from tests.live.support import SHEET, Hall, make_hall
from tests.support.builders import make_session, utc


def begin(db_session: Session, session: ProgrammeSession, *more: LiveDeed) -> None:
    """Begin the session at 10:06; go on with each of these a minute later."""
    for version, deed in enumerate((LiveDeed.START, *more)):
        now = utc(25, 10, 6 + version)
        assert press(db_session, session, deed, seen=version, by=None, now=now)
    db_session.commit()


def another(db_session: Session, event: Event, number: int) -> ProgrammeSession:
    return make_session(
        db_session, event, f"hall-{number}", people=(), starts_at=utc(25, 10), ends_at=utc(25, 10) + timedelta(hours=1)
    )


def test_a_running_session_is_told_in_short(db_session: Session) -> None:
    hall = make_hall(db_session)
    begin(db_session, hall.session)
    brief = Brief(
        LiveState.RUNNING, SHEET[0], SHEET[1], 360, utc(25, 11, 6), utc(25, 10, 6), remaining=60, phase=Phase.SOON
    )
    assert queries.running_of_event(db_session, hall.event.id, utc(25, 10, 10)) == {hall.session.id: brief}
    assert queries.standings(db_session, [hall.session], utc(25, 10, 10)) == {hall.session.id: brief}


def test_running_are_those_of_the_event_that_have_begun_and_are_not_over(db_session: Session) -> None:
    hall: Hall = make_hall(db_session)
    waits, over, undone, removed = (another(db_session, hall.event, number) for number in range(4))
    begin(db_session, hall.session)
    begin(db_session, over, LiveDeed.FINISH)
    begin(db_session, undone, LiveDeed.BACK)
    begin(db_session, removed)
    removed.removed_at = utc(25, 10, 7)
    db_session.commit()
    assert set(queries.running_of_event(db_session, hall.event.id, utc(25, 10, 10))) == {hall.session.id}
    assert queries.running_of_event(db_session, hall.event.id + 1, utc(25, 10, 10)) == {}
    found = queries.standings(db_session, [waits, over, undone], utc(25, 10, 10))
    assert [(found[each.id].state, found[each.id].begun_at) for each in (waits, over, undone)] == [
        (LiveState.WAITING, None),
        (LiveState.FINISHED, utc(25, 10, 6)),
        (LiveState.WAITING, None),
    ]


def test_three_running_sessions_cost_as_many_queries_as_one(db_session: Session, count_queries: Any) -> None:
    hall = make_hall(db_session)
    sessions = [hall.session, another(db_session, hall.event, 1), another(db_session, hall.event, 2)]
    now = utc(25, 10, 10)
    counts = []
    for session in sessions:
        begin(db_session, session)
        event_id = hall.event.id
        counts.append(count_queries(lambda: queries.running_of_event(db_session, event_id, now)))  # noqa: B023
    assert len(queries.running_of_event(db_session, hall.event.id, now)) == 3
    assert counts == [1, 1, 1]
