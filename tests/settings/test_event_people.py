"""When the days or the zone of an event change: what becomes of the times at which people can take part."""

from collections.abc import Callable
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events.events.models import Event
from galerio_events.people import queries
from galerio_events.people.models import Availability
from tests.settings.support import filled, history
from tests.support.builders import make_person, tr, utc
from tests.support.html import parse

PAGE = "/en/organise/ascc11/settings"
DAY_LATER = {"starts_on": "2022-11-25", "ends_on": "2022-11-26"}
Shown = Callable[[str], dict[str, str]]


@pytest.fixture
def free(db_session: Session, event: Event) -> Event:
    """Pablo can take part on the first day, Ishikawa on the second."""
    for key, day in (("pablo", 24), ("ishikawa", 25)):
        person = make_person(db_session, event, key, name=tr("", key.title()))
        person.availabilities = [Availability(starts_at=utc(day, 0), ends_at=utc(day, 9))]
    db_session.commit()
    return event


def times(db_session: Session, event: Event) -> dict[str, list[datetime]]:
    db_session.expire_all()
    found = queries.people_details(db_session, event.id)
    return {key: [span.starts_at for span in details.availabilities] for key, details in found.items()}


def test_they_go_along_with_the_sessions(
    organiser: FlaskClient, shown: Shown, db_session: Session, free: Event
) -> None:
    asked = organiser.post(PAGE, data=shown(PAGE) | DAY_LATER)
    assert "2 persons have named such times." in parse(asked.text).one("div", class_="question").text
    answer = organiser.post(PAGE, data=filled(asked.text), follow_redirects=True)
    assert "1 session was moved. The times of 2 persons went along." in answer.text
    assert "lie outside the days" not in answer.text
    assert times(db_session, free) == {"pablo": [utc(25, 0)], "ishikawa": [utc(26, 0)]}
    entries = history(db_session, free)
    assert [entry[:3] for entry in entries] == [
        ("event", "ascc11", "changed"), ("session", "session-3", "changed"),
        ("person", "pablo", "changed"), ("person", "ishikawa", "changed"),
    ]  # fmt: skip


def test_they_stay_where_that_was_said_and_who_is_outside_is_named(
    organiser: FlaskClient, shown: Shown, db_session: Session, free: Event
) -> None:
    asked = filled(organiser.post(PAGE, data=shown(PAGE) | DAY_LATER).text)
    assert asked.pop("people") == "y"
    answer = parse(organiser.post(PAGE, data=asked, follow_redirects=True).text)
    told = [note.text for note in answer.all() if "lie outside the days" in note.text][-1]
    assert told.endswith("1 person has named times that lie outside the days of the event now: Pablo")
    (link,) = [link for link in answer.all("a") if link.text == "Pablo"]
    assert link.attributes["href"] == "/en/organise/ascc11/people/pablo#times"
    assert times(db_session, free) == {"pablo": [utc(24, 0)], "ishikawa": [utc(25, 0)]}


def test_another_zone_moves_them_with_the_clock_and_not_with_the_moment(
    organiser: FlaskClient, shown: Shown, db_session: Session, free: Event
) -> None:
    asked = filled(organiser.post(PAGE, data=shown(PAGE) | {"timezone": "Asia/Bangkok"}).text)
    assert organiser.post(PAGE, data=asked | {"sessions": "clock-stay"}).status_code == 302
    assert times(db_session, free) == {"pablo": [utc(24, 2)], "ishikawa": [utc(25, 2)]}
    asked = filled(organiser.post(PAGE, data=shown(PAGE) | {"timezone": "Asia/Tokyo"}).text)
    assert organiser.post(PAGE, data=asked | {"sessions": "moment-stay"}).status_code == 302
    assert times(db_session, free) == {"pablo": [utc(24, 2)], "ishikawa": [utc(25, 2)]}


def test_somebody_who_names_times_meanwhile_is_asked_about(
    organiser: FlaskClient, shown: Shown, db_session: Session, free: Event
) -> None:
    asked = filled(organiser.post(PAGE, data=shown(PAGE) | DAY_LATER).text)
    third = make_person(db_session, free, "third")
    third.availabilities = [Availability(starts_at=utc(24, 0), ends_at=utc(24, 9))]
    db_session.commit()
    again = organiser.post(PAGE, data=asked)
    assert (again.status_code, "3 persons have named such times." in again.text) == (200, True)
