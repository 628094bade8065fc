"""An event with a programme and a few dozen people."""

import pytest
from sqlalchemy.orm import Session

from galerio_events.demo import services
from galerio_events.events.models import Event
from tests.support.demo import released_demo


@pytest.fixture
def event(db_session: Session) -> Event:
    """The demo event with 60 synthetic participants, committed."""
    made = released_demo(db_session)
    services.load_participants(db_session, made, 60, notice_version="2022-10", progress=lambda done, of: None)
    db_session.commit()
    return made
