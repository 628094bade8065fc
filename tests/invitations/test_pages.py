"""The organisers' pages of invitations."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events.outbox.domain import MailState
from galerio_events.programme.domain import RoleKind, RoleState
from galerio_events.programme.domain.inviting import Act, InvitationState
from galerio_events.programme.views.invitations.reminders import send_due
from galerio_events.releases.services import release_programme
from tests.invitations.support import Scene, answer, invitation, invite, mails, make_scene, row, states, token
from tests.support.builders import NOW, make_account, make_person, make_session, sign_in, tr
from tests.support.html import Element, parse

DAY = timedelta(days=1)
OVERVIEW = "/en/organise/ascc11/invitations"


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def scene(db_session: Session) -> Scene:
    return make_scene(db_session)


@pytest.fixture
def organiser(client: FlaskClient, db_session: Session, scene: Scene) -> FlaskClient:
    account = make_account(db_session)
    db_session.commit()
    sign_in(client, account)
    return client


def page(client: FlaskClient, path: str = OVERVIEW) -> Element:
    response = client.get(path)
    assert response.status_code == 200
    return parse(response.text).one("main")


def do(client: FlaskClient, db_session: Session, scene: Scene, act: str, person: str = "niran", **more: str) -> int:
    data = {"version": str(invitation(db_session, scene, person).version),
            "session_version": str(scene.session.version), **more}  # fmt: skip
    db_session.commit()
    return client.post(f"{OVERVIEW}/{scene.place(person)}/{act}", data=data).status_code


def test_the_overview_counts_by_session_and_event(organiser: FlaskClient, db_session: Session, scene: Scene) -> None:
    other = make_session(db_session, scene.event, "other", people=((RoleKind.SPEAKER, scene.people["hana"]),))
    other.title = tr("別", "Other")
    invite(db_session, scene)
    shown = page(organiser)
    assert "2 of 4 roles are confirmed" in shown.text
    assert ["1 of 3 confirmed" in each.text for each in shown.all("section", class_="invited")] == [False, True]
    assert ["1 of 1 confirmed" in each.text for each in shown.all("section", class_="invited")] == [True, False]
    # Who has not answered, and until when they may.
    (waiting,) = page(organiser, f"{OVERVIEW}?state=invited").all("ul", class_="invited-list")
    assert "Niran Example" in waiting.text
    assert "until Saturday 15 October 2022, 09:00" in waiting.text
    assert "Hanako Rei" not in waiting.text
    made = invitation(db_session, scene)
    made.deadline_at = NOW + timedelta(hours=1)
    db_session.commit()
    assert "Nobody matches." in page(organiser, f"{OVERVIEW}?show=overdue").text
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        assert "Niran Example" in page(organiser, f"{OVERVIEW}?show=overdue").text


def test_inviting_shows_the_mail_first(organiser: FlaskClient, db_session: Session, scene: Scene) -> None:
    place = str(scene.place())
    answered = organiser.post(f"{OVERVIEW}/chosen", data={"role": place, "do": "invite"})
    assert answered.status_code == 303
    new = f"{OVERVIEW}/new?role={place}"
    (mail,) = page(organiser, new).all("pre")
    assert "Dear Niran Example" in mail.text
    assert "ニラン 様" in mail.text
    assert "Friday 25 November 2022 15:50–17:00" in mail.text
    assert (mails(db_session), organiser.head(new).status_code) == ([], 200)
    bad = organiser.post(new, data={"role": place, "do": "send", "deadline": "2022-10-15T18:00",
                                    "note_en": "See www.evil.example"})  # fmt: skip
    assert bad.status_code == 422
    assert "Leave out web and mail addresses" in bad.text
    assert mails(db_session) == []
    sent = organiser.post(new, data={"role": place, "do": "send", "deadline": "2022-10-15T18:00", "note_en": "Come!"})
    assert sent.status_code == 303
    (row_,) = mails(db_session)
    assert (row_.kind, row_.values["note"]) == ("invitation", {"en": "Come!"})
    # For two minutes it can be taken back.
    back = page(organiser, sent.headers["Location"]).one("input", name_="batch").attributes["value"]
    assert organiser.post(f"{OVERVIEW}/take-back", data={"batch": back}).status_code == 303
    assert [each.state for each in mails(db_session)] == [MailState.CANCELLED]
    assert states(db_session, scene)["niran"] is RoleState.TO_BE_INVITED


@pytest.mark.parametrize("deadline", ["", "x", "2022-09-30T10:00", "2022-11-26T10:00", "9999-12-31T23:59"])
def test_a_deadline_that_is_none(organiser: FlaskClient, db_session: Session, scene: Scene, deadline: str) -> None:
    data = {"role": str(scene.place()), "do": "send", "deadline": deadline}
    # After the session has begun, the person is left out, which leaves nobody.
    assert organiser.post(f"{OVERVIEW}/new", data=data).status_code in {409, 422}
    assert mails(db_session) == []


def test_places_of_another_event_are_not_found(organiser: FlaskClient, db_session: Session, scene: Scene) -> None:
    other = make_scene(db_session, "ascc12")
    other.session.key = "elsewhere"
    db_session.commit()
    sent = invite(db_session, other)
    place = other.place()
    for act in ("remind", "withdraw", "grant", "new-link", "address"):
        assert organiser.post(f"{OVERVIEW}/{place}/{act}", data={"version": "1"}).status_code == 404
    assert [organiser.get(f"{OVERVIEW}/{each}").status_code for each in (place, "nothing", "a:b:king", "::")] == [
        404
    ] * 4
    # What was sent for one event is not taken back from another.
    assert organiser.post(f"{OVERVIEW}/take-back", data={"batch": sent.batch}).status_code == 303
    assert mails(db_session)[0].state is MailState.QUEUED
    assert organiser.post(f"{OVERVIEW}/chosen", data={"role": "a:b:king"}).status_code == 400


def test_an_address_is_given_there(organiser: FlaskClient, db_session: Session, scene: Scene) -> None:
    place = f"{OVERVIEW}/{scene.place('john')}"
    assert "has no e-mail address" in page(organiser, place).text
    for wrong in ("", "john", "john@example.con", "a@b@c", "x" * 300 + "@example.org"):
        response = organiser.post(f"{place}/address", data={"email": wrong})
        assert response.status_code == 422
        assert parse(response.text).one("p", id="email-error").text
    assert organiser.post(f"{place}/address", data={"email": "john@example.org"}).status_code == 303
    assert row(db_session, scene, "john").email == "john@example.org"
    assert organiser.post(f"{place}/address", data={"email": "other@example.org"}).status_code == 409
    assert "Invite…" in page(organiser, place).text


def test_withdrawing_says_so_to_the_person(organiser: FlaskClient, db_session: Session, scene: Scene) -> None:
    invite(db_session, scene)
    assert do(organiser, db_session, scene, "withdraw", tell="1") == 303
    assert states(db_session, scene)["niran"] is RoleState.WITHDRAWN
    assert [each.values["news"] for each in mails(db_session, "invitation_news")] == ["withdrawn"]
    assert do(organiser, db_session, scene, "withdraw") == 409
    # Now somebody else is wanted.
    assert "Replacement wanted 1" in page(organiser).text
    assert "Choose a replacement" in page(organiser, f"{OVERVIEW}?show=wanted").text


def test_a_replacement_is_chosen(organiser: FlaskClient, db_session: Session, scene: Scene) -> None:
    make_person(db_session, scene.event, "maria", name=tr("", "Maria Model"), email="maria@example.org")
    invite(db_session, scene)
    answer(db_session, token(db_session, scene), Act.DECLINE, "Travelling <i>far</i>")
    assert "“Travelling <i>far</i>”" in page(organiser).text
    assert "1 role needs somebody else." in page(organiser, "/en/organise/ascc11/").text
    path = f"{OVERVIEW}/{scene.place()}/replace"
    version = page(organiser, path).one("input", name_="version").attributes["value"]
    assert organiser.post(path, data={"version": version, "person": ""}).status_code == 422
    answered = organiser.post(path, data={"version": version, "person": "maria"})
    assert answered.status_code == 303
    assert answered.headers["Location"].endswith("/invitations/session-3:maria:panelist")
    assert states(db_session, scene) | {"maria": None} == {
        "hana": RoleState.CONFIRMED, "maria": None, "niran": RoleState.REPLACED, "john": RoleState.TO_BE_INVITED,
    }  # fmt: skip


def test_a_proposed_time_is_shown_with_its_conflicts_and_taken_over(
    organiser: FlaskClient, db_session: Session, scene: Scene
) -> None:
    there = scene.session.starts_at - timedelta(hours=4)
    make_session(
        db_session, scene.event, "busy", people=((RoleKind.SPEAKER, scene.people["hana"]),),
        starts_at=there, ends_at=there + timedelta(minutes=50), title=tr("", "Busy"),
    )  # fmt: skip
    invite(db_session, scene)
    length = scene.session.ends_at - scene.session.starts_at
    answer(db_session, token(db_session, scene), Act.PROPOSE, "Earlier?", span=(there, there + length))
    shown = page(organiser, f"{OVERVIEW}/{scene.place()}").text
    assert "Proposes another time" in shown
    assert "Friday 25 November 2022, 11:50–13:00" in shown
    assert "Hanako Rei has a role in “Busy” and in “Attractive cities”" in shown
    db_session.refresh(scene.session)
    old = scene.session.version
    assert do(organiser, db_session, scene, "grant", session_version=str(old - 1)) == 409
    assert do(organiser, db_session, scene, "grant", session_version=str(old)) == 303
    db_session.refresh(scene.session)
    assert (scene.session.starts_at, scene.session.ends_at) == (there, there + length)
    assert (row(db_session, scene).standing, row(db_session, scene).moved) == (InvitationState.ACCEPTED, False)
    assert mails(db_session, "invitation_news")[-1].values["news"] == "granted_other_time"


def test_what_waits_for_the_next_release_is_said(organiser: FlaskClient, db_session: Session, scene: Scene) -> None:
    release_programme(db_session, scene.event.id, account_id=None, now=NOW)
    db_session.commit()
    invite(db_session, scene)
    answer(db_session, token(db_session, scene), Act.ACCEPT)
    assert "Will be published with the next release." in page(organiser, f"{OVERVIEW}/{scene.place()}").text
    release_programme(db_session, scene.event.id, account_id=None, now=NOW + DAY)
    db_session.commit()
    assert "in the published programme" in page(organiser, f"{OVERVIEW}/{scene.place()}").text
    assert do(organiser, db_session, scene, "withdraw") == 303
    assert "Stands in the published programme until the next release." in page(organiser).text


def test_the_worker_reminds_once(db_session: Session, scene: Scene, worker: Callable[[], None]) -> None:
    invite(db_session, scene)
    with time_machine.travel(NOW + 8 * DAY, tick=False):
        worker()
        worker()
    (mail,) = mails(db_session, "invitation_reminder")
    assert (mail.recipient_email, invitation(db_session, scene).automatic) == ("Niran@example.org", 1)


@pytest.fixture
def worker(client: FlaskClient) -> Callable[[], None]:
    def run() -> None:
        with client.application.app_context():
            send_due()

    return run


def test_the_overview_takes_as_many_queries_for_three(
    organiser: FlaskClient, db_session: Session, scene: Scene, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    invite(db_session, scene)
    first = count_queries(lambda: organiser.get(OVERVIEW))
    for number in range(3):
        person = make_person(db_session, scene.event, f"p{number}", email=f"p{number}@example.org")
        make_session(db_session, scene.event, f"s{number}", people=((RoleKind.SPEAKER, person),))
    db_session.commit()
    assert count_queries(lambda: organiser.get(OVERVIEW)) == first
