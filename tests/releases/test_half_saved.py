"""A draft that is being saved is released and read wholly before or wholly after that."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from dataclasses import replace

import pytest
from flask import Flask

from galerio_events.db import begin_reading, begin_writing
from galerio_events.extensions import db
from galerio_events.programme import queries as programme
from galerio_events.programme import services
from galerio_events.programme.domain import RoleKind
from galerio_events.programme.domain.values import RoleValue
from galerio_events.releases import queries
from galerio_events.releases.services import release_programme
from galerio_events.translated import Translated
from tests.support.builders import NOW, make_event, make_person, make_session, tr


def titles(app: Flask, *, release: bool) -> list[Translated]:
    """The titles of the draft, released by this call or only read."""
    (begin_writing if release else begin_reading)()
    with app.app_context():
        session = db.session()
        draft = queries.draft_programme(session, 1) if not release else None
        if draft is None:
            release_programme(session, 1, account_id=None, now=NOW)
            draft = queries.newest_of(session, 1)
        session.commit()
        assert draft is not None
        return [made.title for made in draft.sessions]


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    app = make_app()
    with app.app_context():
        session = db.session()
        event = make_event(session)
        make_person(session, event)
        make_session(session, event)
        session.commit()
    return app


@pytest.mark.parametrize("release", [True, False])
def test_nobody_sees_a_session_that_is_half_saved(app: Flask, backend: str, release: bool) -> None:
    with app.app_context(), ThreadPoolExecutor(1) as pool:
        session = db.session()
        stored = programme.session_by_key(session, 1, "session-3")
        assert stored is not None
        values = replace(programme.values_of(stored), title=tr("", "After"), people=(RoleValue(RoleKind.MC, "pablo"),))
        services.save_session(session, 1, "session-3", values, expected_version=1, now=NOW)
        other: Future[list[Translated]] = pool.submit(titles, app, release=release)
        if backend == "sqlite" and not release:
            # Readers see the state before, and do not wait.
            assert other.result(timeout=20) == [tr("魅力ある都市づくり", "Attractive cities")]
            session.rollback()
            return
        with pytest.raises(NotYet):
            other.result(timeout=0.5)
        session.commit()
        assert other.result(timeout=20) == [tr("", "After")]
