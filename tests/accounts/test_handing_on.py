"""Which roles go along to a new edition."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.accounts.models import RoleGrant
from galerio_events.accounts.services import hand_on
from galerio_events.permissions import AccountRole
from tests.support.builders import make_account, make_event


@pytest.mark.parametrize("role", list(AccountRole))
def test_only_who_organises_the_old_event_organises_the_new_one(db_session: Session, role: AccountRole) -> None:
    old, new = make_event(db_session), make_event(db_session, "ascc12")
    account = make_account(db_session, role=role, event=old)
    colleague = make_account(db_session, "colleague@example.org", event=old)
    hand_on(db_session, account.id, old.id, new.id)
    granted = db_session.execute(
        sa.select(RoleGrant.account_id, RoleGrant.role).where(RoleGrant.event_id == new.id)
    ).all()
    organises = role in {AccountRole.ADMINISTRATOR, AccountRole.ORGANISER}
    assert [tuple(row) for row in granted] == ([(account.id, role)] if organises else [])
    of_colleague = sa.select(RoleGrant.event_id).where(RoleGrant.account_id == colleague.id)
    assert db_session.scalars(of_colleague).all() == [old.id]
