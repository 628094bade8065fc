"""How the people of a session get in: what organisers say about it, and whose link is whose."""

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events.desk.models import DeskSettings, JoinLink
from galerio_events.events.models import Event
from galerio_events.people.models import Person
from galerio_events.programme.domain import RoleKind, RoleState
from galerio_events.programme.models import ProgrammeSession
from tests.desk.test_pages import at
from tests.support.builders import make_account, make_event, make_person, make_session, sign_in, tr, utc

PANELLIST, MODERATOR = "panellist@example.org", "moderator@example.org"
OWN, VENUES = "https://webinar.example.org/panellist?tk=1", "https://webinar.example.org/j/1"


@pytest.fixture
def event(db_session: Session, client: FlaskClient) -> Event:
    """An event of whose people nobody has a link of their own yet; an organiser is signed in."""
    event = make_event(db_session)
    event.venues[0].join_address = VENUES
    sign_in(client, make_account(db_session, event=event))
    return event


@pytest.fixture
def panellist(db_session: Session, event: Event) -> Person:
    return make_person(db_session, event, "panellist", name=tr("", "Pan Ellist"), email=PANELLIST)


@pytest.fixture
def session(db_session: Session, event: Event, panellist: Person) -> ProgrammeSession:
    """15:50 to 17:00 on 25 November in Tokyo."""
    moderator = make_person(db_session, event, "moderator", email=MODERATOR)
    out = make_person(db_session, event, "out", name=tr("", "Not Asked"))
    made = make_session(
        db_session, event, "talk",
        people=((RoleKind.MODERATOR, moderator), (RoleKind.PANELIST, panellist), (RoleKind.PANELIST, out)),
    )  # fmt: skip
    made.roles[2].state = RoleState.TO_BE_INVITED
    db_session.commit()
    return made


def seen_by(db_session: Session, client: FlaskClient, address: str) -> str:
    """The desk of somebody with that address, half an hour before the session."""
    reader = client.application.test_client()
    sign_in(reader, make_account(db_session, address, None))
    with at(utc(25, 6, 20)):
        return reader.get("/en/desk").text


def test_a_link_of_ones_own_comes_before_the_venues(
    db_session: Session, client: FlaskClient, session: ProgrammeSession, panellist: Person
) -> None:
    path, field = "/en/organise/ascc11/programme/talk/joining", f"address_{panellist.id}"
    form = client.get(path).text
    assert ("Pan Ellist" in form, "Not Asked" in form) == (True, False)
    answer = client.post(path, data={field: f" {OWN} "})
    assert (answer.status_code, answer.location) == (303, path)
    assert OWN in client.get(path).text
    assert OWN in (theirs := seen_by(db_session, client, PANELLIST))
    assert VENUES not in theirs
    assert VENUES in (others := seen_by(db_session, client, MODERATOR))
    assert OWN not in others
    client.post(path, data={field: ""})
    assert db_session.scalars(sa.select(JoinLink)).all() == []


@pytest.mark.parametrize("address", ["javascript:alert(1)", "webinar", "https://", "https://a.example/" + "x" * 500])
def test_what_is_no_web_address_is_refused_at_its_field(
    db_session: Session, client: FlaskClient, session: ProgrammeSession, panellist: Person, address: str
) -> None:
    answer = client.post("/en/organise/ascc11/programme/talk/joining", data={f"address_{panellist.id}": address})
    assert answer.status_code == 422
    assert f'id="address_{panellist.id}-error"' in answer.text
    assert db_session.scalars(sa.select(JoinLink)).all() == []


@pytest.mark.parametrize(("minutes", "shown"), [("30", True), ("29", False), ("0", False)])
def test_organisers_say_when_it_is_shown(
    db_session: Session, client: FlaskClient, session: ProgrammeSession, minutes: str, shown: bool
) -> None:
    path = "/en/organise/ascc11/settings/joining"
    assert 'value="60"' in client.get(path).text
    assert client.post(path, data={"join_minutes": minutes}).status_code == 303
    assert f'value="{minutes}"' in client.get(path).text
    assert (VENUES in seen_by(db_session, client, MODERATOR)) == shown


@pytest.mark.parametrize("minutes", ["", "-1", "soon", "10081", "1.5", "9" * 40])
def test_what_is_no_number_of_minutes_is_refused(
    db_session: Session, client: FlaskClient, session: ProgrammeSession, minutes: str
) -> None:
    answer = client.post("/en/organise/ascc11/settings/joining", data={"join_minutes": minutes})
    assert answer.status_code == 422
    assert "Enter a whole number from 0 to 10,080." in answer.text
    assert db_session.scalars(sa.select(DeskSettings)).all() == []


def test_links_go_with_their_person_and_their_session(
    db_session: Session, session: ProgrammeSession, panellist: Person
) -> None:
    db_session.add(JoinLink(session_id=session.id, person_id=panellist.id, address=OWN))
    db_session.flush()
    session.roles.clear()
    db_session.flush()
    assert len(db_session.scalars(sa.select(JoinLink)).all()) == 1
    db_session.delete(panellist)
    db_session.flush()
    assert db_session.scalars(sa.select(JoinLink)).all() == []


@pytest.mark.parametrize("minutes", [-1, 10081])
def test_no_other_minutes_are_stored(db_session: Session, event: Event, minutes: int) -> None:
    with pytest.raises(sa.exc.IntegrityError), db_session.begin_nested():
        db_session.add(DeskSettings(event_id=event.id, join_minutes=minutes))
        db_session.flush()


def test_no_link_is_empty(db_session: Session, session: ProgrammeSession, panellist: Person) -> None:
    with pytest.raises(sa.exc.IntegrityError), db_session.begin_nested():
        db_session.add(JoinLink(session_id=session.id, person_id=panellist.id, address=""))
        db_session.flush()
