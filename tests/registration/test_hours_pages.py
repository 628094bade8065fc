"""The pages about local hours, with registrants to weigh: the strip, the form, the suggestion and its decision."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events import clock
from galerio_events.events.models import Event
from galerio_events.programme import queries
from galerio_events.programme.domain import ArrangementState, RoleKind
from galerio_events.programme.models import Arrangement
from galerio_events.programme.worker.arranging import Arranger
from galerio_events.registration.domain import AffiliationKind, RegistrationState
from galerio_events.registration.models import Registration, SessionChoice
from tests.support.builders import NOW, make_account, make_event, make_person, make_session, sign_in, tr, utc
from tests.support.html import parse

BASE = "/en/organise/ascc11/hours"


def register(db_session: Session, event: Event, country: str, *sessions: int, cancelled: bool = False) -> None:
    number = db_session.scalar(sa.select(sa.func.count()).select_from(Registration)) or 0
    row = Registration(
        event_id=event.id, reference=f"A-{number}", name="Somebody", email=f"{number}@example.org",
        email_key=f"{number}@example.org", country=country, affiliation_kind=AffiliationKind.COMPANY, language="en",
        submission_key=f"form {number}", created_at=NOW, updated_at=NOW,
        state=RegistrationState.CANCELLED if cancelled else RegistrationState.ACTIVE,
        cancelled_at=NOW if cancelled else None,
    )  # fmt: skip
    row.choices = [SessionChoice(session_id=each) for each in sessions]
    db_session.add(row)
    db_session.flush()


@pytest.fixture
def event(db_session: Session, client: FlaskClient) -> Event:
    made = make_event(db_session)
    anna = make_person(db_session, made, "anna", name=tr("", "Anna <b>"), country="FR")
    ben = make_person(db_session, made, "ben", name=tr("", "Ben"), country="FR", timezone="Asia/Tokyo")
    lost = make_person(db_session, made, "lost", name=tr("", "Lost"), country=None)
    people = tuple((RoleKind.SPEAKER, person) for person in (anna, ben, lost))
    # 9:00 in Tokyo is 1:00 in Paris.
    one = make_session(
        db_session, made, "one", starts_at=utc(25, 0), ends_at=utc(25, 1), people=people, title=tr("一", "First")
    )
    make_session(db_session, made, "two", starts_at=utc(25, 7), ends_at=utc(25, 8), title=tr("二", "Second"))
    for country in ("JP", "JP", "IN"):
        register(db_session, made, country)
    register(db_session, made, "FR", one.id)
    register(db_session, made, "TH", one.id, cancelled=True)
    sign_in(client, make_account(db_session))
    db_session.commit()
    return made


def texts(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return parse(answer.text).one("main").text


def test_the_strip_of_a_day(client: FlaskClient, event: Event) -> None:
    page = parse(client.get(f"{BASE}?day=2022-11-25").text)
    rows = {row.one("th", class_="hours-who").text: row for row in page.all("tr") if row.all("td", class_="hours-cell")}
    assert list(rows) == [
        "France 1 Ben Japan time (UTC+9)",
        "France 1 Anna <b> France time (UTC+1)",
        "Japan 2 · 50 % Japan time (UTC+9)",
        "France 1 · 25 % France time (UTC+1)",
        "India 1 · 25 % India time (UTC+5:30)",
    ]
    cells = rows["India 1 · 25 % India time (UTC+5:30)"].all("td")
    assert [cell.text for cell in cells[:6]] == [
        "20:30◐early or late", "21:30◐early or late", "22:30☾night", "23:30☾night", "0:30☾night", "1:30☾night",
    ]  # fmt: skip
    falls = [
        [cell.text for cell in row.all()[:1] + row.all("td")]
        for row in page.one("section", class_="hours-falls").all("tbody")[0].all("tr")
    ]
    assert falls == [
        ["First", "09:00–10:00", "Anna <b>", "0% of 1 see all of it between 7:00 and 22:00 of their local time"],
        ["Second", "16:00–17:00", "nobody", "100% of 4 see all of it between 7:00 and 22:00 of their local time"],
    ]
    assert "Neither country nor zone is known of: Lost." in page.text
    drawn = page.all("td", class_="hours-session")
    assert [(cell.text, cell.attributes["colspan"]) for cell in drawn] == [
        ("09:00–10:00 First", "12"),
        ("16:00–17:00 Second", "12"),
    ]


def test_the_strip_of_a_session_counts_those_who_chose_it(client: FlaskClient, event: Event) -> None:
    page = texts(client, f"{BASE}?session=one")
    assert "Those who chose the session France 1 · 100 %" in page
    assert "India" not in page
    other = texts(client, f"{BASE}?session=two")
    assert "Nobody has chosen this session yet: everybody who is registered is counted." in other
    assert "India 1 · 25 %" in other
    assert client.get(f"{BASE}?session=nothing").status_code == 404
    assert client.get(f"{BASE}?day=9999-99-99").status_code == 200


def test_as_many_queries_for_three_as_for_one(
    client: FlaskClient, db_session: Session, event: Event, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    paths = (f"{BASE}?day=2022-11-25", f"{BASE}/suggest")
    client.get(paths[0])
    before = [count_queries(lambda path=path: client.get(path)) for path in paths]
    for number in range(2):
        person = make_person(db_session, event, f"more-{number}", country="TH")
        make_session(
            db_session, event, f"more-{number}", starts_at=utc(25, 3), ends_at=utc(25, 4),
            people=((RoleKind.SPEAKER, person),),
        )  # fmt: skip
        register(db_session, event, "SG")
    db_session.commit()
    assert [count_queries(lambda path=path: client.get(path)) for path in paths] == before


GOOD = {
    "sessions": ["one", "two"],
    "venues": ["webinar"],
    "use_2022-11-25": "y",
    "from_2022-11-25": "09:00",
    "until_2022-11-25": "17:00",
    "step": "10",
    "changeover": "0",
    "speakers": "3",
    "audience": "2",
    "changes": "1",
    "seconds": "5",
}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"sessions": []}, "Tick at least one session."),
        ({"sessions": ["one", "nothing"]}, "Choose from the list."),
        ({"venues": []}, "Tick at least one venue."),
        ({"use_2022-11-25": ""}, "Tick at least one day."),
        ({"from_2022-11-25": ""}, "Enter a time of day, like 09:30."),
        ({"until_2022-11-25": "25:99"}, "Enter a time of day, like 09:30."),
        ({"until_2022-11-25": "09:00"}, "The end must not be the begin."),
        ({"step": "7"}, "Choose one from the list."),
        ({"step": "x"}, "Choose one from the list."),
        ({"changeover": "-1"}, "Enter a whole number from 0 to 240."),
        ({"speakers": "6"}, "Enter a whole number from 0 to 5."),
        ({"audience": "\u202e2"}, "Enter a whole number from 0 to 5."),
        ({"seconds": "99999999999"}, "Enter a whole number from 5 to 60."),
        ({"seconds": "<b>"}, "Enter a whole number from 5 to 60."),
    ],
)
def test_what_cannot_be_asked_for(
    client: FlaskClient, db_session: Session, event: Event, changed: dict[str, object], message: str
) -> None:
    answer = client.post(f"{BASE}/suggest", data={**GOOD, **changed})
    assert answer.status_code == 422
    page = parse(answer.text)
    (error,) = [error for error in page.all("p", class_="field-error") if error.text == message]
    wrong = [field for field in page.all(aria_invalid="true") if field.name in {"input", "select"}]
    assert wrong and {field.attributes["aria-describedby"].split()[-1] for field in wrong} == {error.attributes["id"]}
    assert db_session.scalars(sa.select(Arrangement)).all() == []


def compute(db_session: Session) -> None:
    bind = db_session.get_bind()
    Arranger(lambda: Session(bind, join_transaction_mode="create_savepoint"), every=0.1).run()
    db_session.expire_all()


def asked(client: FlaskClient, **more: object) -> str:
    answer = client.post(f"{BASE}/suggest", data={**GOOD, **more})
    assert answer.status_code == 302
    return str(answer.location)


def test_ask_look_and_accept(client: FlaskClient, db_session: Session, event: Event) -> None:
    page = parse(client.get(f"{BASE}/suggest").text)
    boxes = [box for box in page.all("input", type_="checkbox") if box.attributes["name"] == "sessions"]
    ticked = [box.attributes["value"] for box in boxes if "checked" in box.attributes]
    assert ticked == ["one", "two"]
    path = asked(client)
    assert "Waiting to begin." in texts(client, path)
    assert client.get(path, headers={"Accept": "application/json"}).json == {
        "state": "waiting", "told": "Waiting to begin.", "under_way": True,
    }  # fmt: skip
    assert asked(client) == path
    compute(db_session)
    shown = texts(client, path)
    table = parse(client.get(path).text).one("table", class_="hours-figures")
    assert [[cell.text for cell in row.all("td")] for row in table.one("tbody").all("tr")] == [
        ["0", "0"], ["1", "0"], ["50.0 %", "0.0 %"], ["–", "2"],
    ]  # fmt: skip
    assert "No arrangement is better, by what you said counts." in shown
    assert client.get(path, headers={"Accept": "application/json"}).json["state"] == "ready"
    alone = client.post(f"{path}/accept", data={"sessions": ["one"]})
    assert alone.status_code == 422
    assert "These sessions without the others get into each other's way" in parse(alone.text).one("main").text
    assert client.post(f"{path}/accept", data={}).status_code == 422
    both = client.post(f"{path}/accept", data={"sessions": ["one", "two"]}, follow_redirects=True)
    assert "2 sessions were moved in the draft." in both.text
    session = queries.session_by_key(db_session, event.id, "one")
    assert session is not None
    assert session.starts_at == utc(25, 7)
    again = client.post(f"{path}/accept", data={"sessions": ["one"]})
    assert again.status_code == 409
    assert "This suggestion is not to be decided any more." in again.text
    assert (
        client.post(f"{path}/dismiss", follow_redirects=True).text.count("This suggestion was accepted already.") == 1
    )


def test_a_changed_draft_is_told_and_computed_again(client: FlaskClient, db_session: Session, event: Event) -> None:
    path = asked(client)
    compute(db_session)
    moved = client.post(
        "/en/organise/ascc11/programme/two/place",
        data={"do": "earlier", "version": "1"},
    )
    assert moved.status_code == 302
    refused = client.post(f"{path}/accept", data={"sessions": ["one", "two"]})
    assert refused.status_code == 409
    assert "The draft has changed since this was computed, so nothing was moved." in refused.text
    assert client.post(f"{path}/again").location != path


def test_stopping_and_putting_aside(client: FlaskClient, db_session: Session, event: Event) -> None:
    path = asked(client)
    assert client.post(f"{path}/dismiss").location == f"{BASE}/suggest"
    compute(db_session)
    assert db_session.scalars(sa.select(Arrangement.state)).all() == [ArrangementState.DISMISSED]
    assert "This was stopped. Nothing was changed." in texts(client, path)


def test_a_worker_that_was_killed_shows(client: FlaskClient, db_session: Session, event: Event) -> None:
    path = asked(client)
    row = db_session.scalars(sa.select(Arrangement)).one()
    row.state, row.seen_at = ArrangementState.RUNNING, clock.utc_now() - timedelta(minutes=1)
    db_session.commit()
    assert "The search was broken off" in texts(client, path)
    assert client.post(f"{path}/again").location != path


def test_what_is_impossible_is_explained(client: FlaskClient, db_session: Session, event: Event) -> None:
    path = asked(client, **{"until_2022-11-25": "09:30"})
    compute(db_session)
    shown = texts(client, path)
    assert "There is no arrangement without conflicts" in shown
    assert "First: it is longer than the hours that are allowed" in shown
