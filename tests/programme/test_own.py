"""What somebody has a part in, and what they may do for it."""

import pytest
from sqlalchemy.orm import Session

from galerio_events.programme.domain import RoleKind, RoleState
from galerio_events.programme.domain.duties import Duty, may
from galerio_events.programme.models import RoleAssignment
from galerio_events.programme.queries.own import own_part
from tests.support.builders import make_event, make_person, make_session


@pytest.mark.parametrize(
    ("roles", "duties"),
    [
        ([], set()),
        ([RoleKind.SPEAKER], {Duty.SEE}),
        ([RoleKind.SPEAKER, RoleKind.MODERATOR], set(Duty)),
        ([RoleKind.MC], set(Duty)),
    ],
)
def test_duties(roles: list[RoleKind], duties: set[Duty]) -> None:
    assert {duty for duty in Duty if may(roles, duty)} == duties


def test_a_part_is_found_by_the_mailbox(db_session: Session) -> None:
    event, other = make_event(db_session), make_event(db_session, "other")
    found, foreign = make_session(db_session, event, "talk"), make_session(db_session, other, "talk")
    person, namesake = make_person(db_session, event, "a"), make_person(db_session, other, "a")
    person.email, namesake.email = "Ａ.Speaker@example.org", "else@example.org"
    found.roles.append(RoleAssignment(person=person, role=RoleKind.SPEAKER, position=0))
    found.roles.append(RoleAssignment(person=person, role=RoleKind.MODERATOR, position=1))
    foreign.roles.append(RoleAssignment(person=namesake, role=RoleKind.SPEAKER, position=0))
    db_session.commit()
    part = own_part(db_session, "a.speaker@EXAMPLE.org", event.slug, "talk")
    assert part is not None
    assert (part.programme_session, part.event) == (found, event)
    assert (part.person_ids, part.roles) == ({person.id}, {RoleKind.SPEAKER, RoleKind.MODERATOR})
    assert own_part(db_session, "a.speaker@example.org", "other", "talk") is None
    assert own_part(db_session, "a.speaker@example.org", event.slug, "talks") is None


@pytest.mark.parametrize("state", RoleState)
def test_only_who_takes_part_has_one(db_session: Session, state: RoleState) -> None:
    event = make_event(db_session)
    found, person = make_session(db_session, event, "talk"), make_person(db_session, event, "a")
    person.email = "a@example.org"
    found.roles.append(RoleAssignment(person=person, role=RoleKind.SPEAKER, position=0, state=state))
    db_session.commit()
    part = own_part(db_session, "a@example.org", event.slug, "talk")
    assert (part is not None) == (state in {RoleState.INVITED, RoleState.CONFIRMED})
    person.email = None
    db_session.commit()
    assert own_part(db_session, "a@example.org", event.slug, "talk") is None
