"""The desk: whose sessions are on it, and what is said of them."""

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events.events.models import Event
from galerio_events.people.models import Person
from galerio_events.programme.domain import RoleKind, RoleState
from galerio_events.programme.domain.run_sheet import SegmentKind
from galerio_events.programme.models import ProgrammeSession, RoleAssignment, SegmentRow
from galerio_events.registration.models import Registration, SessionChoice
from galerio_events.releases.services import release_programme
from tests.support.builders import NOW, make_account, make_event, make_person, make_session, sign_in, tr, utc
from tests.support.html import parse

ADDRESS = "moderator@example.org"


@pytest.fixture
def event(db_session: Session) -> Event:
    event = make_event(db_session)
    event.venues[0].join_address = "https://webinar.example.org/j/secret"
    return event


@pytest.fixture
def moderator(db_session: Session, event: Event, client: FlaskClient) -> Person:
    """Somebody who has signed in as ADDRESS and is a person of the event."""
    sign_in(client, make_account(db_session, ADDRESS, None))
    return make_person(db_session, event, "moderator", name=tr("森 由里", "Yuri Mori"), email=ADDRESS)


def own(
    db_session: Session, event: Event, person: Person, number: int = 1, *, role: RoleKind = RoleKind.MODERATOR
) -> ProgrammeSession:
    """The session `talk-NUMBER`, in which the person has that role and one colleague speaks."""
    speaker = make_person(
        db_session, event, f"speaker-{number}", name=tr("", f"Speaker {number}"), email=f"speaker-{number}@example.org"
    )
    begins = utc(25, 0) + timedelta(hours=number)
    return make_session(
        db_session, event, f"talk-{number}",
        people=((role, person), (RoleKind.SPEAKER, speaker)),
        title=tr(f"講演{number}", f"Talk {number}"), starts_at=begins, ends_at=begins + timedelta(minutes=50),
    )  # fmt: skip


def choose(db_session: Session, session: ProgrammeSession, country: str, number: int) -> None:
    registration = Registration(
        event_id=session.event_id, reference=f"A-{session.key}-{number}"[:16], name="Secret Name",
        email=f"r{number}@{session.key}.example.org", email_key=f"r{number}@{session.key}.example.org", country=country,
        affiliation_kind=None, language="en", submission_key=f"{session.key} {number}", created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    registration.choices.append(SessionChoice(session_id=session.id))
    db_session.add(registration)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """It is that moment for the pages; cookies and sign-ins are of the moment that it really is."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("galerio_events.desk.views.pages.this_moment", lambda: moment)
        yield


def test_nobody_without_an_account(client: FlaskClient) -> None:
    answer = client.get("/en/desk")
    assert (answer.status_code, answer.location) == (302, "/en/sign-in?next=/en/desk")


def test_what_is_next_comes_first_and_what_is_over_is_folded(
    db_session: Session, client: FlaskClient, event: Event, moderator: Person
) -> None:
    for number in (3, 1, 2):
        own(db_session, event, moderator, number)
    make_session(db_session, event, "foreign", title=tr("他人", "Somebody else's"))
    db_session.commit()
    with at(utc(25, 1, 55)):
        page = parse(client.get("/en/desk").text)
    assert page.one("h2", id="next-up").text == "Talk 2"
    assert page.one("", class_="duty__clock").text == "Begins in 5 min 0 s"
    assert [link.text for link in page.all("h3") if link.text.startswith("Talk")] == ["Talk 3", "Talk 1"]
    assert [link.text for link in page.one("details").all("h3")] == ["Talk 1"]
    assert "Somebody else's" not in page.text


def test_times_in_the_readers_zone_and_in_the_events(
    db_session: Session, client: FlaskClient, event: Event, moderator: Person
) -> None:
    own(db_session, event, moderator)
    moderator.timezone = "America/New_York"
    db_session.commit()
    with at(NOW):
        known, asked = (parse(client.get(f"/en/desk{query}").text) for query in ("", "?tz=Europe/Paris"))
        unknown = client.get("/en/desk?tz=Mars/Base")
    assert known.one("p", class_="duty__when--theirs").text == "Friday 25 November 2022, 10:00–10:50 Japan time (UTC+9)"
    assert "Thursday 24 November 2022, 20:00–20:50 New York time (UTC−5)" in known.text
    assert "Friday 25 November 2022, 02:00–02:50 Paris time (UTC+1)" in asked.text or "France time" in asked.text
    assert (unknown.status_code, "There is no time zone called “Mars/Base”" in unknown.text) == (400, True)


@pytest.mark.parametrize(
    ("minute", "shown"),
    [(utc(25, 0, 0), True), (utc(24, 23, 59), False), (utc(25, 2, 49), True), (utc(25, 2, 50), False)],
)
def test_the_way_in_is_shown_in_time_and_not_before(
    db_session: Session, client: FlaskClient, event: Event, moderator: Person, minute: datetime, shown: bool
) -> None:
    own(db_session, event, moderator)
    db_session.commit()
    with at(minute):
        page = client.get("/en/desk/ascc11/sessions/talk-1").text
    assert ("https://webinar.example.org/j/secret" in page) == shown
    assert ("appears here at Friday 25 November 2022, 09:00" in page) == (minute < utc(25, 0))


def test_who_sees_whose_address(db_session: Session, client: FlaskClient, event: Event, moderator: Person) -> None:
    session = own(db_session, event, moderator)
    panellist = make_person(db_session, event, "panellist", email="panellist@example.org")
    gone = make_person(db_session, event, "gone", email="gone@example.org", name=tr("", "Gone Away"))
    session.roles += [
        RoleAssignment(person=panellist, role=RoleKind.PANELIST, position=2, state=RoleState.INVITED),
        RoleAssignment(person=gone, role=RoleKind.PANELIST, position=3, state=RoleState.REPLACED),
    ]
    speaker = make_account(db_session, "speaker-1@example.org", None)
    organiser = make_account(db_session, "organiser@example.org", event=event)
    db_session.commit()

    def addresses() -> list[str]:
        page = parse(client.get("/en/desk/ascc11/sessions/talk-1").text)
        assert "Gone Away" not in page.text
        return [link.text for link in page.all("p", class_="crew__mail")]

    assert addresses() == ["speaker-1@example.org", "panellist@example.org"]
    sign_in(client, speaker)
    assert addresses() == [ADDRESS]
    sign_in(client, organiser)
    assert addresses() == [ADDRESS, "speaker-1@example.org", "panellist@example.org"]


def test_what_is_not_ones_own_is_not_there(
    db_session: Session, client: FlaskClient, event: Event, moderator: Person
) -> None:
    own(db_session, event, moderator, 1)
    make_session(db_session, event, "foreign")
    removed = own(db_session, event, moderator, 2)
    removed.removed_at = NOW
    other = make_event(db_session, "ascc12")
    make_session(db_session, other, "talk-1")
    declined = own(db_session, event, moderator, 3)
    declined.roles[0].state = RoleState.DECLINED
    db_session.commit()
    paths = ("ascc11/sessions/talk-1", "ascc11/sessions/foreign", "ascc11/sessions/talk-2", "ascc11/sessions/talk-3",
             "ascc12/sessions/talk-1", "ascc99/sessions/talk-1")  # fmt: skip
    assert [client.get(f"/en/desk/{path}").status_code for path in paths] == [200, 404, 404, 404, 404, 404]


def test_what_is_not_public_yet_is_marked(
    db_session: Session, client: FlaskClient, event: Event, moderator: Person
) -> None:
    moved, same = own(db_session, event, moderator, 1), own(db_session, event, moderator, 2)
    db_session.commit()
    release_programme(db_session, event.id, account_id=None, note="", now=NOW)
    moved.starts_at, moved.ends_at = utc(25, 5), utc(25, 6)
    own(db_session, event, moderator, 3)
    tray = own(db_session, event, moderator, 4)
    tray.scheduled = False
    db_session.commit()

    def said(key: str) -> str:
        return parse(client.get(f"/en/desk/ascc11/sessions/{key}").text).one("", class_="run-card__now").text

    with at(NOW):
        assert "14:00–15:00 Japan time (UTC+9)" in said(moved.key)
        assert "The public still reads: Friday 25 November 2022, 10:00–10:50, Webinar" in said(moved.key)
        assert "public" not in said(same.key).replace("Public page", "")
        assert "Not public yet" in said("talk-3")
        assert "The time is not settled yet." in said("talk-4")


def test_registered_by_country_without_names(
    db_session: Session, client: FlaskClient, event: Event, moderator: Person
) -> None:
    session = own(db_session, event, moderator)
    for number, country in enumerate(["TH", "JP", "TH"]):
        choose(db_session, session, country, number)
    db_session.commit()
    page = parse(client.get("/en/desk/ascc11/sessions/talk-1").text)
    assert page.one("section", class_="run-card__registered").text == (
        "Registered for this session 3 people have chosen this session. Thailand 2Japan 1"
    )
    assert "Secret Name" not in page.text


def test_the_run_sheet_in_short(db_session: Session, client: FlaskClient, event: Event, moderator: Person) -> None:
    session = own(db_session, event, moderator)
    for position, (kind, minutes) in enumerate([(SegmentKind.INTRODUCTION, 5), (SegmentKind.PRESENTATION, 15)]):
        db_session.add(
            SegmentRow(session_id=session.id, position=position, kind=kind, minutes=minutes, cue="Not on the desk")
        )
    db_session.commit()
    with at(NOW):
        page = client.get("/en/desk").text
    assert [line.text for line in parse(page).one("ol", class_="sheet").all("li")] == [
        "10:00 Introduction 5 min",
        "10:05 Presentation 15 min",
    ]
    assert "Not on the desk" not in page


def test_somebody_without_a_session_is_told_what_to_do(db_session: Session, client: FlaskClient) -> None:
    sign_in(client, make_account(db_session, "nobody@example.org", None))
    organiser = make_account(db_session)
    db_session.commit()
    page = client.get("/en/desk").text
    assert "somebody with the e-mail address nobody@example.org has a role" in page
    assert "/en/organise" not in page
    sign_in(client, organiser)
    assert 'href="/en/organise"' in client.get("/en/desk").text


def test_the_same_number_of_queries_however_many_sessions(
    db_session: Session,
    client: FlaskClient,
    event: Event,
    moderator: Person,
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    other = make_event(db_session, "ascc12")
    namesake = make_person(db_session, other, "moderator", email=ADDRESS)
    made, counts, page = 0, {}, b""
    for wanted in (1, 3, 20):
        while made < wanted:
            made += 1
            place = (other, namesake) if made % 2 == 0 else (event, moderator)
            session = own(db_session, *place, made)
            session.abstract = tr("街の話。" * 200, "About cities. " * 100)
            for number in range(12):
                more = make_person(
                    db_session, place[0], f"more-{made}-{number}", email=f"m{made}-{number}@example.org",
                    reading="まちだ ふみ", pronunciation="MA-chi-da, soft ch", photo=f"{made * 100 + number:064x}",
                )  # fmt: skip
                session.roles.append(RoleAssignment(person=more, role=RoleKind.PANELIST, position=number + 2))
            for number, country in enumerate(["TH", "JP", "VN", "ID"]):
                choose(db_session, session, country, number)
        db_session.commit()
        if made == 1:
            make_session(db_session, other, "filler")
            db_session.commit()
            for one in (event, other):
                release_programme(db_session, one.id, account_id=None, note="", now=NOW)
            db_session.commit()
        with at(NOW):
            client.get("/ja/desk")
            counts[wanted] = count_queries(lambda: client.get("/ja/desk"))
            page = client.get("/ja/desk").data
    assert page.decode().count('class="duty"') == 19
    assert counts[1] == counts[3] == counts[20] <= 13
    assert len(gzip.compress(page, 6)) <= 60_000
    photos = [image for image in parse(page.decode()).all("img") if "/photos/" in image.attributes["src"]]
    assert [image.attributes["loading"] for image in photos] == ["lazy"] * 12


def test_how_colleagues_look_and_how_their_names_are_said(
    db_session: Session, client: FlaskClient, event: Event, moderator: Person
) -> None:
    session = own(db_session, event, moderator)
    pan = make_person(
        db_session, event, "pan", name=tr("", "Pan Ellist"), photo="b" * 64, reading="パン・エリスト",
        pronunciation="<b>PAHN</b>",
    )  # fmt: skip
    gone = make_person(db_session, event, "gone", photo="c" * 64, pronunciation="not said")
    session.roles += [
        RoleAssignment(person=pan, role=RoleKind.PANELIST, position=2),
        RoleAssignment(person=gone, role=RoleKind.PANELIST, position=3, state=RoleState.DECLINED),
    ]
    db_session.commit()
    page = client.get("/en/desk/ascc11/sessions/talk-1").text
    people = parse(page).one("section", class_="run-card__people")
    assert "Pan Ellist パン・エリスト Pronounced: <b>PAHN</b>" in " ".join(people.text.split())
    (photo,) = people.all("img")
    assert (photo.attributes["src"], photo.attributes["loading"], photo.attributes["alt"]) == (
        f"/desk/ascc11/photos/{'b' * 64}.webp",
        "lazy",
        "Portrait of Pan Ellist",
    )
    assert "not said" not in page


def test_what_the_neighbours_say_of_a_session(
    db_session: Session, client: FlaskClient, event: Event, moderator: Person
) -> None:
    own(db_session, event, moderator)
    speaker = make_account(db_session, "speaker-1@example.org", None)
    db_session.commit()

    def said() -> list[bool]:
        with at(utc(25, 1, 10)):
            page = client.get("/en/desk/ascc11/sessions/talk-1").text
        return [f"/en/desk/ascc11/sessions/talk-1/{part}" in page for part in ("questions", "learnings", "materials")]

    assert said() == [True, True, True]
    sign_in(client, speaker)
    assert said() == [False, False, True]
