import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.profile.support import Setting, make_setting


@pytest.fixture
def setting(client: FlaskClient, db_session: Session) -> Setting:
    return make_setting(client, db_session)
