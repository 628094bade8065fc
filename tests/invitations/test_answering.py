"""The page behind the link: only its buttons answer, and every link that is not good any more says so."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events.permissions import AccountRole
from galerio_events.programme.domain import RoleState
from galerio_events.programme.domain.inviting import Act, InvitationState, InvitationWish
from galerio_events.programme.queries import inviting as queries
from galerio_events.programme.services import inviting as services
from galerio_events.programme.services.inviting import Decision
from galerio_events.text import token_hash
from tests.invitations.support import (
    DEADLINE,
    WRITING,
    Scene,
    answer,
    invitation,
    invite,
    mails,
    make_scene,
    row,
    seen,
    states,
    token,
)
from tests.support.builders import NOW, make_account, tr, utc
from tests.support.html import parse

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def scene(db_session: Session) -> Scene:
    scene = make_scene(db_session)
    invite(db_session, scene, note=tr("よろしく", "Please come"))
    return scene


@pytest.fixture
def path(db_session: Session, scene: Scene) -> str:
    return f"/en/invitations/{token(db_session, scene)}"


@pytest.fixture
def say(client: FlaskClient, db_session: Session, scene: Scene, path: str) -> Callable[..., int]:
    """Press a button of the page as it is now; the status of the answer."""

    def press(do: str, **more: str) -> int:
        data = {"do": do, "seen": seen(db_session, path.rsplit("/", 1)[-1]), **more}
        return client.post(path, data=data).status_code

    return press


def state(db_session: Session, scene: Scene) -> tuple[RoleState, InvitationState | None]:
    found = row(db_session, scene)
    return found.state, found.standing


def test_the_page_says_who_what_when_and_who_else(client: FlaskClient, path: str) -> None:
    page = parse(client.get(path).text)
    facts = page.one("dl", class_="facts")
    told = dict(zip([e.text for e in facts.all("dt")], [e.text for e in facts.all("dd")], strict=True))
    assert told == {
        "Your role": "Panellist",
        "When": (
            "Friday 25 November 2022, 13:50–15:00Thailand time (UTC+7) "
            "Friday 25 November 2022, 15:50–17:00Japan time (UTC+9)"
        ),
        "Where": "Webinar",
        "Who has confirmed": "Hanako Rei Moderator",
        "Answer by": "Saturday 15 October 2022, 07:00Thailand time (UTC+7)",
        "A word from the organisers": "Please come",
    }
    assert page.one("h1").text == "Your invitation"
    assert [each.attributes["value"] for each in page.all("button", name_="do")] == [
        "accept", "decline", "propose", "sign-in", "mail-off",
    ]  # fmt: skip


def test_opening_the_link_answers_nothing(client: FlaskClient, db_session: Session, scene: Scene, path: str) -> None:
    before = invitation(db_session, scene).version
    sent = {"do": "accept", "seen": seen(db_session, path.rsplit("/", 1)[-1])}
    for response in (
        client.get(path), client.head(path), client.get(path, query_string=sent), client.get(path, data=sent),
        client.head(path, data=sent),
    ):  # fmt: skip
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Referrer-Policy"] == "no-referrer"
    assert client.put(path, data=sent).status_code == 405
    assert state(db_session, scene) == (RoleState.INVITED, InvitationState.INVITED)
    assert (invitation(db_session, scene).version, len(mails(db_session))) == (before, 1)


def test_accepting_and_changing_ones_mind(
    client: FlaskClient, db_session: Session, scene: Scene, path: str, say: Callable[..., int]
) -> None:
    assert say("accept", words="Gladly!") == 303
    assert state(db_session, scene) == (RoleState.CONFIRMED, InvitationState.ACCEPTED)
    made = invitation(db_session, scene)
    assert (made.agreed_starts_at, made.agreed_ends_at) == (scene.session.starts_at, scene.session.ends_at)
    assert parse(client.get(path).text).one("h1").text == "You have accepted"
    # Pressed twice, the same answer is not possible a second time, and nothing is mailed twice.
    assert say("accept") == 409
    assert say("decline", words="<b>ill</b> 🤒") == 303
    assert state(db_session, scene) == (RoleState.DECLINED, InvitationState.DECLINED)
    assert invitation(db_session, scene).reason == "<b>ill</b> 🤒"
    assert say("accept") == 303
    assert [mail.values["news"] for mail in mails(db_session, "invitation_news")] == [
        "accepted",
        "declined",
        "accepted",
    ]
    assert states(db_session, scene)["niran"] is RoleState.CONFIRMED


def test_proposing_another_time_in_ones_own_zone(
    client: FlaskClient, db_session: Session, scene: Scene, path: str, say: Callable[..., int]
) -> None:
    assert say("propose", starts="2022-11-25T11:00", words="After lunch") == 303
    made = invitation(db_session, scene)
    assert (made.wish, made.wish_text) == (InvitationWish.OTHER_TIME, "After lunch")
    # 11:00 in Bangkok, for as long as the session takes.
    length = scene.session.ends_at - scene.session.starts_at
    assert (made.wish_starts_at, made.wish_ends_at) == (utc(25, 4), utc(25, 4) + length)
    assert "Friday 25 November 2022, 11:00–12:10" in parse(client.get(path).text).text
    assert say("accept") == 303
    assert (invitation(db_session, scene).wish, states(db_session, scene)["niran"]) == (None, RoleState.CONFIRMED)


@pytest.mark.parametrize(
    ("do", "sent", "error"),
    [
        ("propose", {"starts": ""}, "Enter a date and a time."),
        ("propose", {"starts": "tomorrow"}, "Not a valid"),
        ("propose", {"starts": "2021-01-01T10:00"}, "This is in the past."),
        ("propose", {"starts": "2022-12-25T10:00"}, "This is outside the days of the event."),
        ("propose", {"starts": "9999-12-31T23:59"}, "Check the year."),
        ("decline", {"words": "x" * 1001}, "This is too long: 1000 characters at most."),
    ],
)
def test_what_is_not_right_is_said_at_the_field(
    client: FlaskClient, db_session: Session, scene: Scene, path: str, do: str, sent: dict[str, str], error: str
) -> None:
    shown = seen(db_session, path.rsplit("/", 1)[-1])
    response = client.post(path, data={"do": do, "seen": shown, "words": "my words", **sent})
    assert response.status_code == 422
    page = parse(response.text)
    assert error in page.one("p", class_="error").text or error == "Not a valid"
    assert page.one("details", open="").one("textarea").text == sent.get("words", "my words")
    assert state(db_session, scene) == (RoleState.INVITED, InvitationState.INVITED)


def test_a_time_that_is_there_twice_is_asked(client: FlaskClient, db_session: Session, scene: Scene, path: str) -> None:
    scene.event.starts_on = scene.event.starts_on.replace(month=11, day=6)
    db_session.commit()
    shown = seen(db_session, path.rsplit("/", 1)[-1])
    sent = {"do": "propose", "seen": shown, "starts": "2022-11-06T01:30"}
    response = client.post(f"{path}?tz=America/New_York", data=sent)
    assert response.status_code == 422
    options = parse(response.text).one("select", id="starts_meant").all("option")
    assert [each.attributes["value"] for each in options] == ["", "2022-11-06T05:30:00Z", "2022-11-06T06:30:00Z"]
    assert client.post(
        f"{path}?tz=America/New_York", data={**sent, "starts_meant": "2022-11-06T06:30:00Z"}
    ).status_code == 303  # fmt: skip
    found = invitation(db_session, scene).wish_starts_at
    assert found is not None
    assert found.isoformat() == "2022-11-06T06:30:00+00:00"


def test_links_that_open_nothing_look_alike(client: FlaskClient, db_session: Session, scene: Scene, path: str) -> None:
    good = path.rsplit("/", 1)[-1]
    services.new_link(
        db_session, scene.event.id, Decision(scene.place(), invitation(db_session, scene).version, None, NOW),
        writing=WRITING,
    )  # fmt: skip
    db_session.commit()
    wrong = [good, good[:-1], good.swapcase(), "x" * 32, "é", "x" * 3000]
    pages = [client.get(f"/en/invitations/{link}") for link in wrong]
    assert {page.status_code for page in pages} == {404}
    assert {parse(page.text).one("main").text for page in pages} == {
        parse(pages[0].text).one("main").text
    }  # fmt: skip
    for link in wrong:
        assert client.post(f"/en/invitations/{link}", data={"do": "accept", "seen": ""}).status_code == 404
    assert state(db_session, scene) == (RoleState.INVITED, InvitationState.INVITED)


def test_the_digest_of_another_events_invitation_does_not_serve(
    client: FlaskClient, db_session: Session, scene: Scene, path: str
) -> None:
    other = make_scene(db_session, "ascc12")
    invite(db_session, other)
    link = token(db_session, other)
    response = client.post(path, data={"do": "accept", "seen": seen(db_session, link)})
    assert response.status_code == 409
    assert (
        client.post(f"/en/invitations/{link}", data={"do": "accept", "seen": seen(db_session, link)}).status_code == 303
    )
    # The one link answers for the one event only.
    assert states(db_session, scene)["niran"] is RoleState.INVITED
    assert states(db_session, other)["niran"] is RoleState.CONFIRMED


def test_a_session_that_has_moved_since_is_looked_at_again(
    client: FlaskClient, db_session: Session, scene: Scene, path: str
) -> None:
    shown = seen(db_session, path.rsplit("/", 1)[-1])
    scene.session.starts_at += timedelta(minutes=5)
    db_session.commit()
    response = client.post(path, data={"do": "decline", "seen": shown, "words": "No time"})
    assert response.status_code == 409
    assert "Something has changed since you opened this page" in response.text
    assert parse(response.text).one("textarea", id="decline-words").text == "No time"
    assert state(db_session, scene) == (RoleState.INVITED, InvitationState.INVITED)


def test_after_the_deadline_organisers_decide(
    client: FlaskClient, db_session: Session, scene: Scene, path: str, say: Callable[..., int]
) -> None:
    with time_machine.travel(DEADLINE + DAY, tick=False):
        assert "The time to answer ended on Saturday 15 October 2022" in client.get(path).text
        assert say("accept") == 303
        assert (states(db_session, scene)["niran"], invitation(db_session, scene).wish) == (
            RoleState.INVITED, InvitationWish.ACCEPT_LATE,
        )  # fmt: skip
    with time_machine.travel(scene.session.ends_at, tick=False):
        assert parse(client.get(path).text).one("h1").text == "This session is over"
        assert say("accept") == 409


@pytest.mark.parametrize(
    ("role", "title"),
    [
        (RoleState.WITHDRAWN, "This invitation was withdrawn"),
        (RoleState.REPLACED, "Somebody else has taken this role"),
        (RoleState.TO_BE_INVITED, "This invitation was withdrawn"),
        (None, "This invitation was withdrawn"),
    ],
)
def test_what_is_not_asked_any_more_cannot_be_answered(
    client: FlaskClient, db_session: Session, scene: Scene, path: str, say: Callable[..., int],
    role: RoleState | None, title: str,
) -> None:  # fmt: skip
    if role is None:
        scene.session.removed_at = NOW
    else:
        scene.session.roles[1].state = role
    db_session.commit()
    page = parse(client.get(path).text)
    assert page.one("h1").text == title
    # Where the session is, or was to be, is theirs no longer.
    assert "Webinar" not in page.one("main").text
    assert [say(each) for each in ("accept", "decline")] == [409, 409]


def test_who_wants_no_mail_gets_none(
    client: FlaskClient, db_session: Session, scene: Scene, path: str, say: Callable[..., int]
) -> None:
    assert say("mail-off") == 303
    assert queries.is_unwanted(db_session, scene.event.id, "niran@example.org")
    assert say("decline") == 303
    assert (mails(db_session, "invitation_news"), states(db_session, scene)["niran"]) == ([], RoleState.DECLINED)
    assert say("mail-on") == 303
    assert not queries.is_unwanted(db_session, scene.event.id, "niran@example.org")


def test_the_organiser_who_asked_learns_what_waits_for_them(db_session: Session, scene: Scene) -> None:
    account = make_account(db_session, event=scene.event)

    def told() -> list[tuple[str, str, str]]:
        return [
            (mail.recipient_email, mail.values["about"], mail.values["place"])
            for mail in mails(db_session, "invitation_answer")
        ]

    invitation(db_session, scene).invited_by = account.id
    db_session.commit()
    link = token(db_session, scene)
    answer(db_session, link, Act.ACCEPT)
    assert told() == []
    declined = ("organiser@example.org", "declined", "session-3:niran:panelist")
    # Going to and fro makes one mail an hour.
    for minutes in (1, 2, 61):
        answer(db_session, link, Act.DECLINE, "Busy", now=NOW + timedelta(minutes=minutes))
        answer(db_session, link, Act.ACCEPT, now=NOW + timedelta(minutes=minutes))
    assert told() == [declined, declined]
    answer(db_session, link, Act.DECLINE, now=DEADLINE + DAY)
    assert told()[2:] == [("organiser@example.org", "leave", "session-3:niran:panelist")]


@pytest.mark.parametrize("how", ["reporter", "closed"])
def test_nobody_learns_of_answers_who_may_not_see_them(db_session: Session, scene: Scene, how: str) -> None:
    role = AccountRole.REPORTER if how == "reporter" else AccountRole.ORGANISER
    account = make_account(db_session, role=role, event=scene.event)
    account.active = how != "closed"
    invitation(db_session, scene).invited_by = account.id
    db_session.commit()
    answer(db_session, token(db_session, scene), Act.DECLINE)
    assert (len(mails(db_session, "invitation_news")), mails(db_session, "invitation_answer")) == (1, [])


def test_a_button_that_there_is_not(say: Callable[..., int]) -> None:
    assert [say(each) for each in ("grant", "", "remind")] == [400, 400, 400]


def test_a_moved_session_is_said_to_who_has_accepted(
    client: FlaskClient, db_session: Session, scene: Scene, path: str
) -> None:
    link = token(db_session, scene)
    answer(db_session, link, Act.ACCEPT)
    assert (row(db_session, scene).moved, dict(invite(db_session, scene).left_out)[scene.place()].value) == (
        False, "already_accepted",
    )  # fmt: skip
    scene.session.starts_at += timedelta(hours=2)
    scene.session.ends_at += timedelta(hours=2)
    db_session.commit()
    assert row(db_session, scene).moved
    assert "Then it was Friday 25 November 2022, 13:50–15:00" in client.get(path).text
    sent = invite(db_session, scene)
    assert (sent.left_out, state(db_session, scene)) == ((), (RoleState.CONFIRMED, InvitationState.INVITED))
    # Taken back at once, the acceptance is there again; asked again and accepted, it is one of the new time.
    assert services.take_back(db_session, scene.event.id, sent.batch, by=None, now=NOW) == (1, 0)
    db_session.commit()
    assert (state(db_session, scene), row(db_session, scene).moved) == (
        (RoleState.CONFIRMED, InvitationState.ACCEPTED), True,
    )  # fmt: skip
    invite(db_session, scene)
    answer(db_session, link, Act.ACCEPT)
    assert (state(db_session, scene), row(db_session, scene).moved) == (
        (RoleState.CONFIRMED, InvitationState.ACCEPTED), False,
    )  # fmt: skip
    assert queries.known_by_token(db_session, token_hash(link)) is not None
