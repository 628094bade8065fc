"""Persons who turn out to be one, who are deleted, or who have no address yet."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.errors import ChangeConflict
from galerio_events.events.domain import Subject
from galerio_events.events.models import Change
from galerio_events.programme.domain.inviting import Act, InvitationState
from galerio_events.programme.models import Invitation, InvitationStep
from galerio_events.programme.queries import inviting as queries
from galerio_events.programme.services import inviting as services
from galerio_events.programme.services.inviting.persons import drop_invitations, hand_over_invitations
from galerio_events.text import token_hash
from tests.invitations.support import Scene, answer, invite, make_scene, row, token
from tests.support.builders import NOW


@pytest.fixture
def scene(db_session: Session) -> Scene:
    return make_scene(db_session)


def test_an_address_is_noted_once(db_session: Session, scene: Scene) -> None:
    event_id = scene.event.id
    services.give_address(db_session, event_id, "john", "john@example.org", by=None, now=NOW)
    db_session.commit()
    assert (row(db_session, scene, "john").email, row(db_session, scene, "john").mailbox) == (
        "john@example.org", "john@example.org",
    )  # fmt: skip
    query = sa.select(Change).where(Change.event_id == event_id, Change.subject == Subject.PERSON)
    (change,) = db_session.scalars(query)
    assert (change.key, change.after and change.after["email"]) == ("john", "john@example.org")
    # Sent twice, it says the same; somebody else's is not replaced.
    services.give_address(db_session, event_id, "john", "john@example.org", by=None, now=NOW)
    with pytest.raises(ChangeConflict):
        services.give_address(db_session, event_id, "john", "mallory@example.org", by=None, now=NOW)


def test_an_invitation_follows_the_person(db_session: Session, scene: Scene) -> None:
    invite(db_session, scene)
    link = token(db_session, scene)
    hand_over_invitations(db_session, scene.people["niran"].id, scene.people["john"].id)
    db_session.commit()
    known = queries.known_by_token(db_session, token_hash(link))
    assert known is not None
    assert known.invitation.person.key == "john"


def test_of_two_invitations_the_one_that_came_farther_stays(db_session: Session, scene: Scene) -> None:
    scene.people["john"].email = "john@example.org"
    db_session.commit()
    invite(db_session, scene, ["niran", "john"])
    links = [token(db_session, scene, each) for each in ("niran", "john")]
    answer(db_session, links[0], Act.ACCEPT)
    hand_over_invitations(db_session, scene.people["niran"].id, scene.people["john"].id)
    db_session.commit()
    (kept,) = db_session.scalars(sa.select(Invitation))
    assert (kept.person_id, kept.state) == (scene.people["john"].id, InvitationState.ACCEPTED)
    assert [queries.known_by_token(db_session, token_hash(link)) is None for link in links] == [False, True]


def test_who_is_deleted_takes_their_invitations_along(db_session: Session, scene: Scene) -> None:
    invite(db_session, scene)
    drop_invitations(db_session, scene.people["niran"].id)
    db_session.commit()
    assert [list(db_session.scalars(sa.select(each))) for each in (Invitation, InvitationStep)] == [[], []]
