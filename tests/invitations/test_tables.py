"""What the tables of invitations never hold."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.programme.domain.inviting import InvitationState
from galerio_events.programme.models import Invitation, InvitationStep
from tests.invitations.support import DEADLINE, Scene, invitation, invite, make_scene
from tests.support.builders import NOW, tr

DAY = timedelta(days=1)


@pytest.fixture
def scene(db_session: Session) -> Scene:
    return make_scene(db_session)


CONSTRAINTS = {
    "uq_invitations_session_id_person_id_role": {},
    "ck_invitations_deadline_after_invitation": {"deadline_at": NOW},
    "ck_invitations_reminders": {"reminders": 0, "automatic": 1},
    "ck_invitations_open_without_answer": {"answered_at": NOW},
    "ck_invitations_answer_has_time": {"state": InvitationState.ACCEPTED},
    "ck_invitations_wish_has_time": {"wish": "leave"},
    "ck_invitations_wish_proposes": {"wish": "other_time", "wished_at": NOW},
    "ck_invitations_proposed_by_wish": {"wish_starts_at": NOW, "wish_ends_at": NOW + DAY},
    "ck_invitations_proposed_whole": {"wish": "other_time", "wished_at": NOW, "wish_starts_at": NOW},
    "ck_invitations_proposed_ends_after_start": {
        "wish": "other_time", "wished_at": NOW, "wish_starts_at": NOW, "wish_ends_at": NOW,
    },
    "ck_invitations_agreed_whole": {"agreed_starts_at": NOW},
    "ck_invitations_closed_without_wish": {"state": InvitationState.WITHDRAWN, "wish": "leave", "wished_at": NOW},
}  # fmt: skip


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_the_tables_hold_the_rules(db_session: Session, scene: Scene, name: str) -> None:
    invite(db_session, scene)
    stored = invitation(db_session, scene)
    if not CONSTRAINTS[name]:
        db_session.add(
            Invitation(
                event_id=stored.event_id, session_id=stored.session_id, person_id=stored.person_id, role=stored.role,
                state=stored.state, nonce="another", token_hash="another", invited_at=NOW, deadline_at=DEADLINE,
                note=tr(""), reason="", wish_text="",
            )
        )  # fmt: skip
        with pytest.raises(sa.exc.IntegrityError):
            db_session.flush()
        return
    with pytest.raises(sa.exc.IntegrityError, match=name):
        db_session.execute(sa.update(Invitation).values(CONSTRAINTS[name]))


def test_a_step_has_a_mailbox_where_it_has_a_mail(db_session: Session, scene: Scene) -> None:
    invite(db_session, scene)
    with pytest.raises(sa.exc.IntegrityError):
        db_session.execute(sa.update(InvitationStep).values(mailbox=None))
