"""The calendar of own slots."""

from datetime import date, datetime, timedelta
from itertools import pairwise

import icalendar
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events.accounts.models import Account
from galerio_events.desk import services
from galerio_events.desk.domain import Change, Part, Standing, part
from galerio_events.desk.models import DeskFeed
from galerio_events.events.domain import Deed, Entry, Subject
from galerio_events.events.models import Event
from galerio_events.events.services import record
from galerio_events.people.models import Person
from galerio_events.programme.domain import RoleKind, RoleState
from galerio_events.programme.models import ProgrammeSession, RoleAssignment
from galerio_events.releases.services import release_programme
from tests.support.builders import NOW, make_account, make_event, make_person, make_session, sign_in, tr, utc

ADDRESS = "moderator@example.org"
LATER = NOW + timedelta(days=3)


@pytest.fixture
def event(db_session: Session) -> Event:
    return make_event(db_session)


@pytest.fixture
def account(db_session: Session, client: FlaskClient) -> Account:
    """Somebody who has signed in."""
    account = make_account(db_session, ADDRESS, None)
    sign_in(client, account)
    return account


@pytest.fixture
def moderator(db_session: Session, event: Event, account: Account) -> Person:
    return make_person(db_session, event, "moderator", name=tr("森 由里", "Yuri Mori"), email=ADDRESS)


@pytest.fixture
def path(app: Flask, db_session: Session, account: Account) -> str:
    """The address of their own calendar."""
    token = services.new_feed(db_session, account.id, language="en", secret_key=app.config["SECRET_KEY"], now=NOW)
    db_session.commit()
    return f"/desk/{token}.ics"


def slots(client: FlaskClient, path: str) -> dict[str, icalendar.Event]:
    """By UID, what stands in the calendar; two downloads of it are the same."""
    first, second = client.get(path), client.get(path)
    assert first.status_code == 200
    assert first.data == second.data
    return {str(one["UID"]): one for one in icalendar.Calendar.from_ical(first.data).walk("VEVENT")}


def release(db_session: Session, event: Event, now: datetime = NOW) -> None:
    db_session.commit()
    release_programme(db_session, event.id, account_id=None, note="", now=now)
    db_session.commit()


def noted(db_session: Session, session: ProgrammeSession, before: list[RoleState], after: list[RoleState]) -> None:
    """The history of a change that puts the moderator from the ones of these states to the others."""
    plain = [
        {"people": [{"role": "moderator", "person": "moderator", "state": state.value} for state in states]}
        for states in (before, after)
    ]
    entry = Entry(Subject.SESSION, session.key, Deed.CHANGED, *plain)
    record(db_session, session.event_id, [entry], by=None, now=LATER)


def test_only_own_slots_of_every_event(
    db_session: Session, client: FlaskClient, event: Event, moderator: Person, path: str
) -> None:
    make_session(db_session, event, "own", people=((RoleKind.MODERATOR, moderator),))
    make_session(db_session, event, "foreign")
    make_session(db_session, event, "unreleased", people=((RoleKind.MODERATOR, moderator),), scheduled=False)
    paris = make_event(
        db_session, "paris", timezone="Europe/Paris", starts_on=date(2023, 3, 25), ends_on=date(2023, 3, 27)
    )
    namesake = make_person(db_session, paris, "namesake", email=ADDRESS)
    # The clocks of Paris go forward on 26 March 2023 at 01:00 UTC.
    for key, day in (("before", 25), ("after", 26)):
        begins = datetime(2023, 3, day, 9, tzinfo=NOW.tzinfo)
        make_session(
            db_session, paris, key, people=((RoleKind.SPEAKER, namesake),), starts_at=begins,
            ends_at=begins + timedelta(hours=1),
        )  # fmt: skip
    for one in (event, paris):
        release(db_session, one)
    found = slots(client, path)
    assert list(found) == ["own-ascc11@example.org", "before-paris@example.org", "after-paris@example.org"]
    own, before, after = found.values()
    assert own["SUMMARY"] == "Attractive cities (Moderator)"
    assert (own["STATUS"], own["SEQUENCE"], own["DTSTAMP"].dt) == ("CONFIRMED", 0, NOW)
    assert own["DTSTART"].dt.isoformat() == "2022-11-25T15:50:00+09:00"
    assert own["URL"] == "http://localhost:8000/en/desk/ascc11/sessions/own"
    assert [one["DTSTART"].dt.isoformat() for one in (before, after)] == [
        "2023-03-25T10:00:00+01:00",
        "2023-03-26T11:00:00+02:00",
    ]


def test_a_moved_session_follows_the_release_and_not_the_draft(
    db_session: Session, client: FlaskClient, event: Event, moderator: Person, path: str
) -> None:
    session = make_session(db_session, event, "own", people=((RoleKind.MODERATOR, moderator),))
    release(db_session, event)
    session.starts_at, session.ends_at = utc(25, 1), utc(25, 2)
    db_session.commit()
    (before,) = slots(client, path).values()
    release(db_session, event, LATER)
    (after,) = slots(client, path).values()
    assert [(one["DTSTART"].dt, one["SEQUENCE"], one["DTSTAMP"].dt) for one in (before, after)] == [
        (utc(25, 6, 50), 0, NOW),
        (utc(25, 1), 1, LATER),
    ]


def test_a_slot_that_was_taken_away_is_cancelled_and_comes_back(
    db_session: Session, client: FlaskClient, event: Event, moderator: Person, path: str
) -> None:
    session = make_session(db_session, event, "own", people=((RoleKind.MODERATOR, moderator),))
    release(db_session, event)
    session.roles.clear()
    noted(db_session, session, [RoleState.CONFIRMED], [])
    db_session.commit()
    (gone,) = slots(client, path).values()
    assert (gone["STATUS"], gone["SEQUENCE"], gone["DTSTAMP"].dt) == ("CANCELLED", 1, LATER)
    session.roles.append(RoleAssignment(person=moderator, role=RoleKind.MODERATOR, position=0, state=RoleState.INVITED))
    noted(db_session, session, [], [RoleState.INVITED])
    db_session.commit()
    (back,) = slots(client, path).values()
    assert (back["STATUS"], back["SEQUENCE"], back["UID"]) == ("TENTATIVE", 2, gone["UID"])


def test_a_session_that_went_away_is_cancelled(
    db_session: Session, client: FlaskClient, event: Event, moderator: Person, path: str
) -> None:
    session = make_session(db_session, event, "own", people=((RoleKind.MODERATOR, moderator),))
    make_session(db_session, event, "other")
    release(db_session, event)
    session.removed_at = NOW
    release(db_session, event, LATER)
    (gone,) = slots(client, path).values()
    assert (gone["STATUS"], gone["SEQUENCE"]) == ("CANCELLED", 1)


def test_what_was_never_theirs_after_the_first_release_is_left_out(
    db_session: Session, client: FlaskClient, event: Event, moderator: Person, path: str
) -> None:
    session = make_session(db_session, event, "own")
    noted(db_session, session, [RoleState.TO_BE_INVITED], [])
    noted(db_session, session, [RoleState.CONFIRMED], [])
    release(db_session, event, LATER + timedelta(days=1))
    assert slots(client, path) == {}


def test_the_address_is_made_renewed_and_ended_at_the_desk(
    db_session: Session, client: FlaskClient, account: Account, event: Event, moderator: Person
) -> None:
    make_session(db_session, event, "own", people=((RoleKind.MODERATOR, moderator),))
    release(db_session, event)

    def made() -> str:
        assert client.post("/ja/desk/calendar").status_code == 303
        page = client.get("/ja/desk").text
        address = page.partition('<code class="copy__text">')[2].partition("</code>")[0]
        assert f'href="webcal://localhost:8000/{address.partition("8000/")[2]}"' in page
        return address.removeprefix("http://localhost:8000")

    first = made()
    (slot,) = slots(client.application.test_client(), first).values()
    assert slot["SUMMARY"] == "魅力ある都市づくり（モデレーター）"
    answer = client.get(first)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert client.get(first, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    second = made()
    assert [client.get(address).status_code for address in (first, second)] == [404, 200]
    db_session.expire_all()
    hashes = db_session.scalars(sa.select(DeskFeed.token_hash)).all()
    assert not any(second.split("/")[2].split(".")[0] in value for value in hashes)
    assert client.post("/ja/desk/calendar/end").status_code == 303
    assert client.get(second).status_code == 404
    assert client.post("/ja/desk/calendar/end").status_code == 303
    third = made()
    account.active = False
    db_session.commit()
    assert client.get(third).status_code == 404
    assert client.get(f"/desk/{'x' * 32}.ics").status_code == 404


def test_one_open_address_each(db_session: Session, account: Account, path: str) -> None:
    with pytest.raises(sa.exc.IntegrityError), db_session.begin_nested():
        db_session.add(DeskFeed(account_id=account.id, nonce="n", token_hash="h", language="en", created_at=NOW))
        db_session.flush()


@pytest.mark.parametrize(
    ("states", "changes"),
    [
        ([[], ["confirmed"]], 1),
        ([["invited"], ["confirmed"], ["withdrawn"], ["invited"]], 3),
        ([["to_be_invited"], ["declined"]], 0),
        ([["confirmed"], ["confirmed", "invited"], ["confirmed"]], 0),
    ],
)
def test_changes_of_a_part_are_counted(states: list[list[str]], changes: int) -> None:
    plain = [{"people": [{"person": "me", "state": state} for state in each]} for each in states]
    noise = [{"person": "else", "state": "confirmed"}]
    plain[-1]["people"] += noise
    history = [Change(NOW + timedelta(days=n), *pair) for n, pair in enumerate(pairwise(plain))]
    found = part(history, {"me"}, Standing.CONFIRMED)
    assert found.changes == changes
    assert part([], {"me"}, Standing.OUT) == Part(Standing.OUT, 0, None)
