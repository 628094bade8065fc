"""Inviting, reminding, withdrawing, replacing: what is written, and what is mailed."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events import clock
from galerio_events.errors import ChangeConflict
from galerio_events.events.domain import Subject
from galerio_events.events.models import Change
from galerio_events.outbox.domain import MailState
from galerio_events.outbox.models import OutboxMail
from galerio_events.people.models import Person
from galerio_events.programme.domain import RoleKind, RoleState
from galerio_events.programme.domain.inviting import (
    LEAST_PAUSE,
    MOST_A_DAY,
    SECOND_THOUGHTS,
    Act,
    InvitationRefused,
    InvitationState,
    Refusal,
)
from galerio_events.programme.domain.rules import SessionRefused
from galerio_events.programme.models import Invitation, RoleAssignment, UnwantedMail
from galerio_events.programme.queries import inviting as queries
from galerio_events.programme.queries.inviting import Place
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
    states,
    token,
)
from tests.support.builders import NOW, make_account, make_person, make_session, tr, utc

DAY = timedelta(days=1)


@pytest.fixture
def scene(db_session: Session) -> Scene:
    return make_scene(db_session)


def decision(db_session: Session, scene: Scene, person: str = "niran") -> Decision:
    return Decision(scene.place(person), invitation(db_session, scene, person).version, None, NOW)


def history(db_session: Session, scene: Scene) -> list[Change]:
    query = sa.select(Change).where(Change.event_id == scene.event.id, Change.subject == Subject.SESSION)
    return list(db_session.scalars(query.order_by(Change.id)))


def test_an_invitation_is_a_mail_a_state_and_a_line_of_history(db_session: Session, scene: Scene) -> None:
    version = scene.session.version
    sent = invite(db_session, scene, note=tr("よろしく", "Please come"))
    assert (sent.places, sent.left_out) == ((scene.place(),), ())
    assert states(db_session, scene) == {
        "hana": RoleState.CONFIRMED, "niran": RoleState.INVITED, "john": RoleState.TO_BE_INVITED,
    }  # fmt: skip
    made = invitation(db_session, scene)
    assert (made.state, made.deadline_at, made.was_confirmed) == (InvitationState.INVITED, DEADLINE, False)
    assert made.remind_at == DEADLINE - 7 * DAY
    (mail,) = mails(db_session)
    assert (mail.kind, mail.language, mail.recipient_email) == ("invitation", "en", "Niran@example.org")
    assert mail.next_attempt_at == NOW + SECOND_THOUGHTS
    assert {name: mail.values[name] for name in ("role", "title", "starts_at", "own_zone", "deadline", "other")} == {
        "role": {"ja": "panelist", "en": "panelist"},
        "title": {"ja": "魅力ある都市づくり", "en": "Attractive cities"},
        "starts_at": clock.to_text(scene.session.starts_at),
        "own_zone": "Asia/Bangkok",
        "deadline": clock.to_text(DEADLINE),
        "other": "ja",
    }
    # Only who has confirmed is named, and no token is stored anywhere.
    assert [each["name"]["en"] for each in mail.values["people"]] == ["Hanako Rei"]
    assert token(db_session, scene) not in str(mail.values)
    db_session.refresh(scene.session)
    assert scene.session.version == version + 1
    (change,) = history(db_session, scene)
    assert (change.before, change.after) != (None, None)
    assert [[each["state"] for each in side["people"]] for side in (change.before, change.after)] == [  # type: ignore[index]
        ["confirmed", "to_be_invited", "to_be_invited"],
        ["confirmed", "invited", "to_be_invited"],
    ]


def test_who_cannot_be_written_to_is_left_out(db_session: Session, scene: Scene) -> None:
    db_session.add(UnwantedMail(event_id=scene.event.id, mailbox="niran@example.org", at=NOW))
    gone = Place("session-3", "nobody", RoleKind.PANELIST)
    sent = services.invite(
        db_session, scene.event.id, [scene.place("niran"), scene.place("john"), gone], deadline_at=DEADLINE,
        note_text=tr(""), writing=WRITING, by=None, now=NOW,
    )  # fmt: skip
    assert dict(sent.left_out) == {
        scene.place("niran"): Refusal.NO_MAIL_WANTED,
        scene.place("john"): Refusal.NO_ADDRESS,
        gone: Refusal.GONE,
    }
    assert (sent.places, mails(db_session)) == ((), [])
    assert states(db_session, scene)["niran"] is RoleState.TO_BE_INVITED


def test_there_is_one_open_invitation_for_a_role(db_session: Session, scene: Scene) -> None:
    invite(db_session, scene)
    assert dict(invite(db_session, scene).left_out) == {scene.place(): Refusal.ALREADY_OPEN}
    assert len(mails(db_session)) == 1


def test_a_role_of_another_event_is_not_found(db_session: Session, scene: Scene) -> None:
    other = make_scene(db_session, "ascc12")
    make_session(db_session, other.event, "elsewhere", people=((RoleKind.PANELIST, other.people["niran"]),))
    place = Place("elsewhere", "niran", RoleKind.PANELIST)
    sent = services.invite(
        db_session, scene.event.id, [place], deadline_at=DEADLINE, note_text=tr(""), writing=WRITING, by=None, now=NOW
    )
    assert sent.left_out == ((place, Refusal.GONE),)


def test_a_deadline_after_the_start_leaves_out(db_session: Session, scene: Scene) -> None:
    late = scene.session.starts_at + timedelta(hours=1)
    assert dict(invite(db_session, scene, deadline_at=late).left_out) == {scene.place(): Refusal.DEADLINE}
    scene.session.scheduled = False
    db_session.commit()
    # Nobody knows yet when it will be.
    assert invite(db_session, scene, deadline_at=late).places == (scene.place(),)
    assert mails(db_session)[0].values["scheduled"] is False


def test_nobody_gets_more_than_so_many_mails_a_day(db_session: Session, scene: Scene) -> None:
    niran = scene.people["niran"]
    places = []
    for number in range(MOST_A_DAY + 1):
        key = f"extra-{number}"
        made = make_session(db_session, scene.event, key, people=((RoleKind.SPEAKER, niran),))
        made.roles[0].state = RoleState.TO_BE_INVITED
        places.append(Place(key, "niran", RoleKind.SPEAKER))

    def send(now_: timedelta, some: list[Place]) -> dict[Place, Refusal]:
        sent = services.invite(
            db_session, scene.event.id, some, deadline_at=DEADLINE, note_text=tr(""), writing=WRITING, by=None,
            now=NOW + now_,
        )  # fmt: skip
        return dict(sent.left_out)

    assert send(timedelta(), places[:-2]) == {}
    # Two more at once: one of them is the last.
    assert send(timedelta(hours=23), places[-2:]) == {places[-1]: Refusal.PERSON_LIMIT}
    assert send(timedelta(hours=25), places[-1:]) == {}


def test_what_other_events_send_to_a_mailbox_counts(db_session: Session, scene: Scene) -> None:
    others = [make_scene(db_session, f"other-{number}") for number in range(MOST_A_DAY)]
    for other in others:
        assert invite(db_session, other).left_out == ()
    assert invite(db_session, scene).left_out == ((scene.place(), Refusal.PERSON_LIMIT),)
    # Another mailbox is none of that, and a day later niran may be written to again.
    assert invite(db_session, scene, ["hana"]).left_out == ()
    assert invite(db_session, scene, now=NOW + timedelta(hours=25)).left_out == ()


def test_the_event_sends_only_so_many_an_hour(
    db_session: Session, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("galerio_events.programme.domain.inviting.mailing.MOST_AN_HOUR", 1)
    scene.people["john"].email = "john@example.org"
    db_session.commit()
    assert dict(invite(db_session, scene, ["niran", "john"]).left_out) == {scene.place("john"): Refusal.EVENT_LIMIT}
    assert invite(db_session, scene, ["john"], now=NOW + timedelta(minutes=61)).left_out == ()


def test_who_is_confirmed_stays_so_while_asked(db_session: Session, scene: Scene) -> None:
    invite(db_session, scene, ["hana"])
    assert states(db_session, scene)["hana"] is RoleState.CONFIRMED
    asked = row(db_session, scene, "hana")
    assert (asked.standing, mails(db_session)[0].values["asks_again"]) == (InvitationState.INVITED, True)
    assert history(db_session, scene) == []
    services.withdraw(db_session, scene.event.id, decision(db_session, scene, "hana"), tell=True, writing=WRITING)
    assert states(db_session, scene)["hana"] is RoleState.CONFIRMED
    assert [mail.values["news"] for mail in mails(db_session, "invitation_news")] == ["no_answer_needed"]


def test_withdrawing(db_session: Session, scene: Scene) -> None:
    invite(db_session, scene)
    services.withdraw(db_session, scene.event.id, decision(db_session, scene), tell=False, writing=WRITING)
    assert states(db_session, scene)["niran"] is RoleState.WITHDRAWN
    assert (invitation(db_session, scene).remind_at, mails(db_session, "invitation_news")) == (None, [])
    with pytest.raises(InvitationRefused):
        services.withdraw(db_session, scene.event.id, decision(db_session, scene), tell=True, writing=WRITING)
    # Asked once more, the person finds the same link.
    link = token(db_session, scene)
    invite(db_session, scene, now=NOW + DAY)
    assert (token(db_session, scene), states(db_session, scene)["niran"]) == (link, RoleState.INVITED)


def test_who_decides_on_an_old_page_is_told(db_session: Session, scene: Scene) -> None:
    invite(db_session, scene)
    seen = decision(db_session, scene)
    answer(db_session, token(db_session, scene), Act.ACCEPT)
    with pytest.raises(ChangeConflict):
        services.withdraw(db_session, scene.event.id, seen, tell=True, writing=WRITING)
    assert states(db_session, scene)["niran"] is RoleState.CONFIRMED


def test_a_new_link_ends_the_old_one(db_session: Session, scene: Scene) -> None:
    invite(db_session, scene)
    old = token(db_session, scene)
    services.new_link(db_session, scene.event.id, decision(db_session, scene), writing=WRITING)
    db_session.commit()
    new = token(db_session, scene)
    assert new != old
    assert [queries.known_by_token(db_session, token_hash(link)) is None for link in (old, new)] == [
        True, False,
    ]  # fmt: skip
    assert [mail.kind for mail in mails(db_session)] == ["invitation", "invitation"]


def test_extending(db_session: Session, scene: Scene) -> None:
    invite(db_session, scene)
    later = DEADLINE + 10 * DAY
    services.extend(
        db_session, scene.event.id, scene.place(), version=invitation(db_session, scene).version, deadline_at=later,
        by=None, now=NOW + 15 * DAY,
    )  # fmt: skip
    made = invitation(db_session, scene)
    assert (made.deadline_at, made.remind_at) == (later, later - 7 * DAY)
    with pytest.raises(InvitationRefused) as refused:
        services.extend(
            db_session, scene.event.id, scene.place(), version=made.version, by=None, now=NOW,
            deadline_at=scene.session.ends_at,
        )  # fmt: skip
    assert refused.value.reason is Refusal.DEADLINE


def test_reminding_by_hand(db_session: Session, scene: Scene) -> None:
    invite(db_session, scene)

    def remind(after: timedelta) -> dict[Place, Refusal]:
        sent = services.remind(db_session, scene.event.id, [scene.place()], writing=WRITING, by=None, now=NOW + after)
        db_session.commit()
        return dict(sent.left_out)

    assert remind(LEAST_PAUSE - timedelta(minutes=1)) == {scene.place(): Refusal.TOO_SOON}
    assert remind(LEAST_PAUSE) == {}
    assert [mail.kind for mail in mails(db_session)] == ["invitation", "invitation_reminder"]
    assert invitation(db_session, scene).reminders == 1
    assert remind(15 * DAY) == {scene.place(): Refusal.TOO_LATE}


def test_reminders_leave_by_themselves_and_stop_at_the_answer(db_session: Session, scene: Scene) -> None:
    invite(db_session, scene)
    made = invitation(db_session, scene)

    def due(after: timedelta) -> int:
        found = queries.due_reminders(db_session, now=NOW + after, limit=9)
        for event_id, invitation_id in found:
            services.remind_due(db_session, event_id, invitation_id, writing=WRITING, now=NOW + after)
        db_session.commit()
        return len(found)

    assert [due(after) for after in (6.9 * DAY, 7 * DAY, 7.1 * DAY, 12 * DAY, 13 * DAY)] == [0, 1, 0, 1, 0]
    (first, second) = mails(db_session, "invitation_reminder")
    assert (first.next_attempt_at, second.next_attempt_at) == (NOW + 7 * DAY, NOW + 12 * DAY)
    db_session.refresh(made)
    assert (made.reminders, made.automatic, made.remind_at) == (2, 2, None)


@pytest.mark.parametrize("how", ["answered", "by hand", "removed", "unwanted", "wish"])
def test_no_reminder_goes_to_whom_it_does_not_concern(db_session: Session, scene: Scene, how: str) -> None:
    invite(db_session, scene)
    link = token(db_session, scene)
    if how == "answered":
        answer(db_session, link, Act.DECLINE)
    elif how == "wish":
        answer(db_session, link, Act.PROPOSE, span=(utc(25, 1), utc(25, 2)))
    elif how == "by hand":
        db_session.execute(sa.update(RoleAssignment).values(state=RoleState.CONFIRMED))
    elif how == "removed":
        scene.session.removed_at = NOW
    else:
        services.want_mail(db_session, token_hash(link), wanted=False, now=NOW)
    db_session.commit()
    made = db_session.scalars(sa.select(Invitation)).one()
    services.remind_due(db_session, scene.event.id, made.id, writing=WRITING, now=NOW + 7 * DAY)
    db_session.commit()
    assert mails(db_session, "invitation_reminder") == []
    # Who wants no mail may change their mind; for the others there is nothing to remind of.
    assert (made.remind_at is not None) == (how == "unwanted")


def test_what_has_not_left_is_taken_back(db_session: Session, scene: Scene) -> None:
    scene.people["john"].email = "john@example.org"
    db_session.commit()
    sent = invite(db_session, scene, ["niran", "john"])
    gone = mails(db_session)[1]
    gone.state, gone.sent_at = MailState.SENT, NOW
    db_session.commit()
    assert services.take_back(db_session, scene.event.id, sent.batch, by=None, now=NOW) == (1, 1)
    db_session.commit()
    assert [mail.state for mail in mails(db_session)] == [MailState.CANCELLED, MailState.SENT]
    assert states(db_session, scene) == {
        "hana": RoleState.CONFIRMED, "niran": RoleState.TO_BE_INVITED, "john": RoleState.INVITED,
    }  # fmt: skip
    # What was taken back counts for no limit, and can be done again.
    assert (
        queries.limits(db_session, scene.event.id, ["niran@example.org"], now=NOW)["niran@example.org"].of_mailbox == 0
    )
    assert invite(db_session, scene, ["niran"]).left_out == ()
    assert len(mails(db_session)) == 3


def test_a_reminder_is_taken_back(db_session: Session, scene: Scene) -> None:
    invite(db_session, scene)
    sent = services.remind(db_session, scene.event.id, [scene.place()], writing=WRITING, by=None, now=NOW + DAY)
    assert services.take_back(db_session, scene.event.id, sent.batch, by=None, now=NOW + DAY) == (1, 0)
    db_session.commit()
    assert (invitation(db_session, scene).reminders, states(db_session, scene)["niran"]) == (0, RoleState.INVITED)
    assert services.take_back(db_session, scene.event.id, sent.batch, by=None, now=NOW + DAY) == (0, 0)


def test_what_was_answered_is_not_taken_back(db_session: Session, scene: Scene) -> None:
    sent = invite(db_session, scene)
    answer(db_session, token(db_session, scene), Act.ACCEPT)
    assert services.take_back(db_session, scene.event.id, sent.batch, by=None, now=NOW) == (0, 1)
    assert states(db_session, scene)["niran"] is RoleState.CONFIRMED


def test_somebody_else_takes_the_role(db_session: Session, scene: Scene) -> None:
    make_person(db_session, scene.event, "maria", name=tr("", "Maria Model"), email="maria@example.org")
    invite(db_session, scene)
    answer(db_session, token(db_session, scene), Act.DECLINE, "Travelling.")
    account = make_account(db_session)
    db_session.commit()
    new = services.replace_person(
        db_session, scene.event.id, scene.place(), "maria", session_version=scene.session.version, by=account.id,
        now=NOW,
    )  # fmt: skip
    db_session.commit()
    assert new == Place("session-3", "maria", RoleKind.PANELIST)
    rows = queries.role_rows(db_session, scene.event.id)
    assert [(each.person, each.state) for each in rows] == [
        ("hana", RoleState.CONFIRMED),
        ("maria", RoleState.TO_BE_INVITED),
        ("niran", RoleState.REPLACED),
        ("john", RoleState.TO_BE_INVITED),
    ]
    assert row(db_session, scene).standing is InvitationState.REPLACED
    tally = queries.tally_of(rows)
    assert (tally.confirmed, tally.total) == (1, 3)
    with pytest.raises(SessionRefused):
        db_session.refresh(scene.session)
        services.replace_person(
            db_session, scene.event.id, new, "john", session_version=scene.session.version, by=None, now=NOW
        )


def test_the_log_says_who_did_what(db_session: Session, scene: Scene) -> None:
    account = make_account(db_session)
    services.invite(
        db_session, scene.event.id, [scene.place()], deadline_at=DEADLINE, note_text=tr(""), writing=WRITING,
        by=account.id, now=NOW,
    )  # fmt: skip
    db_session.commit()
    answer(db_session, token(db_session, scene), Act.DECLINE, "No time.")
    steps = queries.steps_of(db_session, invitation(db_session, scene).id)
    assert [(step.act, step.by, step.said) for step in steps] == [
        (Act.DECLINE, None, "No time."),
        (Act.INVITE, "organiser@example.org", ""),
    ]


def test_a_mail_that_did_not_arrive_is_noticed(db_session: Session, scene: Scene) -> None:
    invite(db_session, scene)
    made = invitation(db_session, scene)
    assert queries.undelivered(db_session, scene.event.id) == {}
    db_session.execute(sa.update(OutboxMail).values(state=MailState.FAILED))
    assert queries.undelivered(db_session, scene.event.id) == {made.id: MailState.FAILED}


def test_the_overview_takes_as_many_queries_for_many(db_session: Session, scene: Scene, count_queries) -> None:  # type: ignore[no-untyped-def]
    event_id = scene.event.id

    def look() -> None:
        queries.role_rows(db_session, event_id)
        queries.undelivered(db_session, event_id)

    invite(db_session, scene)
    first = count_queries(look)
    for number in range(3):
        person = make_person(db_session, scene.event, f"p{number}", email=f"p{number}@example.org")
        made = make_session(db_session, scene.event, f"s{number}", people=((RoleKind.SPEAKER, person),))
        made.roles[0].state = RoleState.TO_BE_INVITED
        place = Place(f"s{number}", f"p{number}", RoleKind.SPEAKER)
        services.invite(
            db_session, scene.event.id, [place], deadline_at=DEADLINE, note_text=tr(""), writing=WRITING, by=None,
            now=NOW,
        )  # fmt: skip
    db_session.commit()
    assert count_queries(look) == first == 2


def test_only_persons_with_the_address_of_today_are_written_to(db_session: Session, scene: Scene) -> None:
    invite(db_session, scene)
    db_session.scalars(sa.select(Person).where(Person.id == scene.people["niran"].id)).one().email = "new@example.org"
    db_session.commit()
    services.remind(db_session, scene.event.id, [scene.place()], writing=WRITING, by=None, now=NOW + DAY)
    assert mails(db_session, "invitation_reminder")[0].recipient_email == "new@example.org"
