"""The control room: what is around now, what wants looking after, and who has come."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events.accounts.models import Account
from galerio_events.attendance.domain import PresenceSource
from galerio_events.attendance.models import Presence
from galerio_events.desk.domain.control import Alarm, Course, Lull, Progress, lull, missing_alarm, progress
from galerio_events.desk.models import Arrival, JoinOpening
from galerio_events.desk.queries.control import around
from galerio_events.desk.services.control import mark_arrival
from galerio_events.events.domain import VenueKind
from galerio_events.events.models import Event, Venue
from galerio_events.live.domain import LiveDeed, LiveState
from galerio_events.live.services import press
from galerio_events.people.models import Person
from galerio_events.programme.domain import RoleKind, RoleState, SessionKind
from galerio_events.programme.models import ProgrammeSession
from galerio_events.registration.models import Registration, SessionChoice
from tests.support.builders import NOW, make_account, make_event, make_person, make_session, sign_in, tr, utc
from tests.support.html import parse

PATH = "/en/organise/ascc11/control"
TEN = utc(25, 10)


@pytest.fixture
def event(db_session: Session) -> Event:
    """An event with a webinar and a hall."""
    event = make_event(db_session)
    event.venues[0].join_address = "https://webinar.example.org/j/secret"
    event.venues.append(Venue(key="hall", position=1, kind=VenueKind.ONSITE, name=tr("第1会場", "Hall 1")))
    db_session.flush()
    return event


@pytest.fixture
def organiser(db_session: Session, event: Event, client: FlaskClient) -> Account:
    account = make_account(db_session, event=event)
    sign_in(client, account)
    return account


def at_minute(minutes: int) -> datetime:
    """So many minutes from ten o'clock in UTC."""
    return TEN + timedelta(minutes=minutes)


def talk(
    db_session: Session, event: Event, key: str, begins: int, *people: Person, length: int = 60, **more: object
) -> ProgrammeSession:
    """A session that begins so many minutes from ten; the first of the people moderates, the others speak."""
    roles = [RoleKind.MODERATOR, *[RoleKind.SPEAKER] * len(people)]
    return make_session(
        db_session, event, key, title=tr("", f"Talk {key}"), people=tuple(zip(roles, people, strict=False)),
        starts_at=at_minute(begins), ends_at=at_minute(begins + length), **more,
    )  # fmt: skip


def named(db_session: Session, event: Event, key: str) -> Person:
    return make_person(db_session, event, key, name=tr("", key.title()), email=f"{key}@example.org")


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """It is that moment for the control room and for the desk."""
    with pytest.MonkeyPatch.context() as patched:
        for page in ("control.board", "control.coming", "control.message", "notices", "pages"):
            patched.setattr(f"galerio_events.desk.views.{page}.this_moment", lambda: moment)
        yield


def card(client: FlaskClient, key: str, minutes: int) -> str:
    """What the control room says of that session so many minutes from ten."""
    with at(at_minute(minutes)):
        return parse(client.get(PATH).text).one("article", id=f"s-{key}").text


@pytest.mark.parametrize(
    ("kind", "state", "minutes", "wanted", "alarm"),
    [
        (SessionKind.SESSION, LiveState.WAITING, -1, Progress(Course.AHEAD), Alarm.NONE),
        (SessionKind.SESSION, LiveState.WAITING, 0, Progress(Course.NOT_STARTED, 0), Alarm.SOME),
        (SessionKind.SESSION, LiveState.WAITING, 5, Progress(Course.NOT_STARTED, 300), Alarm.MUCH),
        (SessionKind.BREAK, LiveState.WAITING, 5, Progress(Course.UNATTENDED), Alarm.NONE),
        (SessionKind.SESSION, LiveState.RUNNING, 5, Progress(Course.RUNNING, 90, 0), Alarm.SOME),
        (SessionKind.SESSION, LiveState.FINISHED, 5, Progress(Course.FINISHED, 90), Alarm.NONE),
    ],
)
def test_how_a_session_goes(kind: SessionKind, state: LiveState, minutes: int, wanted: Progress, alarm: Alarm) -> None:
    span = (at_minute(0), at_minute(60))
    found = progress(kind, span, state, slip=90, expected_end=at_minute(60), now=at_minute(minutes))
    assert (found, found.alarm) == (wanted, alarm)


def test_a_session_that_overruns_or_is_ahead() -> None:
    def going(slip: int, ends: int) -> Progress:
        span = (at_minute(0), at_minute(60))
        return progress(
            SessionKind.SESSION, span, LiveState.RUNNING, slip=slip, expected_end=at_minute(ends), now=at_minute(59)
        )

    assert (going(0, 66).over, going(0, 66).alarm) == (360, Alarm.MUCH)
    assert (going(-600, 50).over, going(-600, 50).alarm) == (0, Alarm.NONE)
    assert going(59, 60).alarm is Alarm.NONE


@pytest.mark.parametrize(
    ("minutes", "missing", "course", "alarm"),
    [
        (-31, 2, Course.AHEAD, Alarm.NONE),
        (-30, 2, Course.AHEAD, Alarm.SOME),
        (-10, 2, Course.AHEAD, Alarm.MUCH),
        (-10, 0, Course.AHEAD, Alarm.NONE),
        (20, 1, Course.RUNNING, Alarm.MUCH),
        (20, 1, Course.FINISHED, Alarm.NONE),
    ],
)
def test_when_it_presses_that_somebody_is_missing(minutes: int, missing: int, course: Course, alarm: Alarm) -> None:
    assert missing_alarm(TEN, course=course, missing=missing, now=at_minute(minutes)) is alarm


def test_why_nothing_is_on() -> None:
    first, last = at_minute(0), at_minute(60)
    assert lull(None, None, on=[], now=TEN) is Lull.EMPTY
    assert lull(first, last, on=[], now=at_minute(-1)) is Lull.BEFORE
    assert lull(first, last, on=[], now=at_minute(30)) is Lull.BETWEEN
    assert lull(first, last, on=[], now=last) is Lull.AFTER
    assert lull(first, last, on=[1], now=last) is None


def test_what_is_on_and_what_is_next_in_every_venue(
    db_session: Session, client: FlaskClient, event: Event, organiser: Account
) -> None:
    hall = event.venues[1]
    for key, begins, more in (
        ("over", -120, {}), ("on", -10, {}), ("next", 50, {}), ("later", 110, {}),
        ("in-hall", -20, {"venue": hall}), ("no-venue", 30, {"venue": None}),
        ("tray", -10, {"scheduled": False}), ("gone", -10, {"removed_at": NOW}),
    ):  # fmt: skip
        talk(db_session, event, key, begins, **more)
    other = make_event(db_session, "ascc12")
    talk(db_session, other, "foreign", -10)
    db_session.commit()
    with at(TEN):
        page = parse(client.get(PATH).text)
    rows = [
        (row.one("h2").text, [[one.text for one in cell.all("h3")] for cell in row.all("div", class_="control-cell")])
        for row in page.all("section", class_="control-row")
    ]
    assert rows == [
        ("Webinar", [["Talk on"], ["Talk next"]]),
        ("Hall 1", [["Talk in-hall"], []]),
        ("No venue yet", [[], ["Talk no-venue"]]),
    ]


def test_nothing_on(db_session: Session, client: FlaskClient, event: Event, organiser: Account) -> None:
    def said(minutes: int) -> str:
        with at(at_minute(minutes)):
            return parse(client.get(PATH).text).one("div", class_="control-lull").text

    assert said(0) == "No session is scheduled yet."
    talk(db_session, event, "first", 0)
    talk(db_session, event, "last", 120)
    db_session.commit()
    assert said(-600) == ("The event has not begun. The first session begins at Friday 25 November 2022, 19:00.")
    assert said(90) == ("Nothing is on at the moment. The next session begins at Friday 25 November 2022, 21:00.")
    assert said(181) == "The event is over. The last session ended at Friday 25 November 2022, 22:00."


def test_late_starts_and_sessions_that_run_over(
    db_session: Session, client: FlaskClient, event: Event, organiser: Account
) -> None:
    running = talk(db_session, event, "slow", 0)
    talk(db_session, event, "after", 65)
    talk(db_session, event, "waits", 0, venue=event.venues[1])
    press(db_session, running, LiveDeed.START, seen=0, by=None, now=at_minute(9))
    db_session.commit()
    assert "Not started, 4 min late" in card(client, "waits", 4)
    assert "Due to start now" in card(client, "waits", 0)
    slow = card(client, "slow", 10)
    assert "Running · 9 min late" in slow
    assert "Expected end 20:09, 9 min past the slot" in slow
    assert "Runs into “Talk after” (20:05)" in slow
    # Its time is over, and it still runs: it stays.
    with at(at_minute(70)):
        page = parse(client.get(PATH).text)
    assert "Running" in page.one("article", id="s-slow").text
    assert "Talk slow" in page.one("section", class_="control-calling").text
    press(db_session, running, LiveDeed.FINISH, seen=1, by=None, now=at_minute(71))
    db_session.commit()
    with at(at_minute(72)):
        assert parse(client.get(PATH).text).all("article", id="s-slow") == []


def test_who_is_here_is_marked_and_taken_back(
    db_session: Session, client: FlaskClient, event: Event, organiser: Account
) -> None:
    ann, ben = named(db_session, event, "ann"), named(db_session, event, "ben")
    session = talk(db_session, event, "talk", 5, ann, ben)
    gone = named(db_session, event, "gone")
    session.roles[1].state = RoleState.INVITED
    session.roles.append(
        type(session.roles[0])(person=gone, role=RoleKind.SPEAKER, position=2, state=RoleState.DECLINED)
    )
    db_session.commit()
    before = card(client, "talk", 0)
    assert ("0 of 2 here" in before, "Ben Has not answered" in before, "Gone" in before) == (True, True, False)
    with at(at_minute(1)):
        answer = client.post(f"{PATH}/talk/coming", data={"person": "ann", "here": "1"})
    assert (answer.status_code, answer.location) == (303, f"{PATH}#s-talk")
    here = card(client, "talk", 2)
    assert "1 of 2 here" in here
    assert "Marked 19:01 by organiser@example.org" in here
    with at(at_minute(3)):
        said = client.post(
            f"{PATH}/talk/coming", data={"person": "ann", "here": "0"}, headers={"Accept": "application/json"}
        )
    assert said.json == {"done": True, "said": "Ann is not here yet."}
    assert "Taken back 19:03 by organiser@example.org" in card(client, "talk", 4)
    rows = db_session.execute(sa.select(Arrival.number, Arrival.person_id).order_by(Arrival.number)).all()
    assert rows == [(1, ann.id), (2, ann.id)]


@pytest.mark.parametrize(
    "data", [{}, {"person": "ann"}, {"here": "1"}, {"person": "ann", "here": "yes"}, {"person": "out", "here": "1"},
             {"person": "nobody", "here": "1"}, {"person": "other", "here": "1"}],
)  # fmt: skip
def test_nobody_else_is_marked(
    db_session: Session, client: FlaskClient, event: Event, organiser: Account, data: dict[str, str]
) -> None:
    session = talk(db_session, event, "talk", 5, named(db_session, event, "ann"), named(db_session, event, "out"))
    session.roles[1].state = RoleState.WITHDRAWN
    talk(db_session, event, "another", 5, named(db_session, event, "other"))
    db_session.commit()
    answer = client.post(f"{PATH}/talk/coming", data=data)
    assert (answer.status_code, "Nothing was marked" in answer.text) == (422, True)
    assert db_session.scalars(sa.select(Arrival)).all() == []


def test_of_two_who_press_one_is_told_that_it_was_done(
    db_session: Session, client: FlaskClient, event: Event, organiser: Account
) -> None:
    ann = named(db_session, event, "ann")
    session = talk(db_session, event, "talk", 5, ann)
    assert mark_arrival(db_session, session, ann.id, here=True, by=organiser.id, now=NOW)
    db_session.commit()
    answer = client.post(f"{PATH}/talk/coming", data={"person": "ann", "here": "1"}, follow_redirects=True)
    assert "Ann: this was marked already; somebody else was faster." in answer.text
    assert len(db_session.scalars(sa.select(Arrival)).all()) == 1


def test_the_same_mark_is_not_stored_twice(db_session: Session, event: Event) -> None:
    ann = named(db_session, event, "ann")
    session = talk(db_session, event, "talk", 5, ann)
    db_session.add(Arrival(session_id=session.id, person_id=ann.id, number=1, at=NOW))
    db_session.flush()
    for number in (1, 0):
        with pytest.raises(sa.exc.IntegrityError), db_session.begin_nested():
            db_session.execute(
                sa.insert(Arrival).values(session_id=session.id, person_id=ann.id, number=number, at=NOW)
            )
    with pytest.raises(sa.exc.IntegrityError), db_session.begin_nested():
        late = {"first_at": at_minute(1), "last_at": at_minute(0)}
        db_session.execute(sa.insert(JoinOpening).values(session_id=session.id, person_id=ann.id, **late))


def test_the_moderator_marks_on_the_desk_and_others_do_not(
    db_session: Session, client: FlaskClient, event: Event
) -> None:
    ann, ben = named(db_session, event, "ann"), named(db_session, event, "ben")
    talk(db_session, event, "talk", 5, ann, ben)
    talk(db_session, event, "foreign", 5, named(db_session, event, "eve"))
    moderator = make_account(db_session, "ann@example.org", None)
    speaker = make_account(db_session, "ben@example.org", None)
    db_session.commit()
    path = "/en/desk/ascc11/sessions/talk"

    def marks(reader: Account) -> tuple[bool, int, int]:
        sign_in(client, reader)
        with at(TEN):
            shown = 'name="here"' in client.get(path).text
            foreign = client.post("/en/desk/ascc11/sessions/foreign/coming", data={"person": "eve", "here": "1"})
            own = client.post(f"{path}/coming", data={"person": "ben", "here": "1"})
        return shown, own.status_code, foreign.status_code

    assert marks(speaker) == (False, 404, 404)
    assert db_session.scalars(sa.select(Arrival)).all() == []
    assert marks(moderator) == (True, 303, 404)
    with at(at_minute(2)):
        page = parse(client.get(path).text)
    assert "Here since 19:00" in page.one("section", class_="run-card__people").text
    assert "organiser@" not in page.text
    # Nobody gets into the control room by having a part.
    assert client.get(PATH).status_code == 404


def test_what_there_is_to_count(db_session: Session, client: FlaskClient, event: Event, organiser: Account) -> None:
    ann = named(db_session, event, "ann")
    session = talk(db_session, event, "talk", 5, ann, named(db_session, event, "ben"))
    for number in range(3):
        registration = Registration(
            event_id=event.id, reference=f"A-{number}", name="A", email=f"{number}@example.org",
            email_key=f"{number}@example.org", country="JP", affiliation_kind=None, language="en",
            submission_key=str(number), created_at=NOW, updated_at=NOW,
        )  # fmt: skip
        registration.choices.append(SessionChoice(session_id=session.id))
        db_session.add(registration)
        db_session.flush()
        if not number:
            for joined in (0, 10):
                stay = Presence(
                    session_id=session.id, registration_id=registration.id, source=PresenceSource.JOIN_LINK,
                    joined_at=at_minute(joined), left_at=at_minute(joined + 5),
                )  # fmt: skip
                db_session.add(stay)
    moderator = make_account(db_session, "ann@example.org", None)
    db_session.commit()
    reader = client.application.test_client()
    sign_in(reader, moderator)
    with at(TEN):
        ahead = reader.get("/en/desk/ascc11/sessions/talk/join", headers={"Sec-Purpose": "prefetch"})
        assert "opened the link" not in card(client, "talk", 0)
        answer = reader.get("/en/desk/ascc11/sessions/talk/join")
    assert {ahead.location, answer.location} == {"https://webinar.example.org/j/secret"}
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    said = card(client, "talk", 6)
    assert "Ann Moderator · opened the link 19:00" in said
    assert "Chose it when registering3" in said.replace(" 3", "3")
    assert "opened their link on the desk1" in said.replace(" 1", "1")
    assert "recorded as present so far1" in said.replace(" 1", "1")
    # Before the link is shown, and for strangers, there is no way in.
    with at(at_minute(-120)):
        assert reader.get("/en/desk/ascc11/sessions/talk/join").location == "/en/desk/ascc11/sessions/talk"
    sign_in(reader, make_account(db_session, "stranger@example.org", None))
    assert reader.get("/en/desk/ascc11/sessions/talk/join").status_code == 404


def test_open_pages_mostly_hear_that_nothing_has_changed(
    db_session: Session,
    client: FlaskClient,
    event: Event,
    organiser: Account,
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    ann = named(db_session, event, "ann")
    session = talk(db_session, event, "talk", 5, ann)
    db_session.commit()

    def ask(minutes: int, tag: str = "") -> tuple[int, str]:
        with at(at_minute(minutes)):
            answer = client.get(f"{PATH}/board", headers={"If-None-Match": tag})
        return answer.status_code, answer.headers["ETag"]

    status, tag = ask(0)
    assert (status, ask(0, tag)) == (200, (304, tag))
    with at(TEN):
        assert parse(client.get(PATH).text).one("div", data_control="").attributes["data-tag"] == tag
        asked = count_queries(lambda: client.get(f"{PATH}/board", headers={"If-None-Match": tag}))
    assert asked <= 5
    assert ask(1, tag)[0] == 200
    mark_arrival(db_session, session, ann.id, here=True, by=None, now=TEN)
    db_session.commit()
    status, marked = ask(0, tag)
    assert status == 200
    press(db_session, session, LiveDeed.START, seen=0, by=None, now=TEN)
    db_session.commit()
    assert ask(0, marked)[0] == 200


def test_the_same_number_of_queries_however_much_is_on(
    db_session: Session,
    client: FlaskClient,
    event: Event,
    organiser: Account,
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    counts, made = [], 0
    for wanted in (1, 3):
        while made < wanted:
            made += 1
            people = [named(db_session, event, f"p{made}-{number}") for number in range(3)]
            venue = Venue(
                event_id=event.id, key=f"v{made}", position=made, kind=VenueKind.ONSITE, name=tr("", f"V{made}")
            )
            db_session.add(venue)
            session = talk(db_session, event, f"on-{made}", -5, *people, venue=venue)
            talk(db_session, event, f"next-{made}", 60, *people, venue=venue)
            press(db_session, session, LiveDeed.START, seen=0, by=None, now=TEN)
            mark_arrival(db_session, session, people[0].id, here=True, by=organiser.id, now=TEN)
        db_session.commit()
        with at(at_minute(1)):
            client.get(PATH)
            counts.append(count_queries(lambda: client.get(PATH)))
    assert counts[0] == counts[1] <= 22


def test_only_what_is_around_now_is_loaded(db_session: Session, event: Event) -> None:
    hall = event.venues[1]
    rows = [
        {"event_id": event.id, "key": f"s{number}", "uid": f"s{number}", "kind": SessionKind.SESSION,
         "venue_id": (event.venues[0].id, hall.id)[number % 2], "starts_at": at_minute(number * 5),
         "ends_at": at_minute(number * 5 + 10), "title": tr("", f"S{number}"), "updated_at": NOW}
        for number in range(300)
    ]  # fmt: skip
    db_session.execute(sa.insert(ProgrammeSession), rows)
    found = around(db_session, event.id, at_minute(702))
    assert [session.key for session in found] == ["s139", "s140", "s141", "s142"]
