"""Errors as pages, in both languages."""

import errno
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask, abort
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from galerio_events.errors import ChangeConflict, Conflict, Forbidden, NotFound
from galerio_events.extensions import db
from galerio_events.web.guards import public

TITLES = {
    "en": {
        400: "That did not work",
        403: "Not allowed",
        404: "Page not found",
        409: "Someone else was faster",
        413: "What you sent is too large",
        429: "Too many requests",
        500: "Something broke on our side",
        507: "The server is full",
    },
    "ja": {},
}


@pytest.fixture
def broken(make_app: Callable[..., Flask]) -> FlaskClient:
    """An application with a route that fails in the way its address says."""
    app = make_app(PROPAGATE_EXCEPTIONS=False)
    raised: dict[str, Exception] = {
        "NotFound": NotFound(),
        "Forbidden": Forbidden(),
        "ChangeConflict": ChangeConflict(Conflict.STALE),
        "StaleDataError": StaleDataError(),
        "RuntimeError": RuntimeError("on purpose"),
        "full": OSError(errno.ENOSPC, "on purpose"),
        "unreadable": OSError(errno.EIO, "on purpose"),
    }

    @app.get("/<language:language>/fail/<how>")
    @public
    def fail(language: str, how: str) -> str:
        if how == "transaction":
            db.session.execute(sa.text("SELECT * FROM no_such_table"))
        if how in raised:
            raise raised[how]
        abort(int(how))

    return app.test_client()


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ("NotFound", 404),
        ("Forbidden", 403),
        ("ChangeConflict", 409),
        ("StaleDataError", 409),
        ("RuntimeError", 500),
        ("full", 507),
        ("unreadable", 500),
        ("transaction", 500),
        ("400", 400),
        ("403", 403),
        ("404", 404),
        ("413", 413),
        ("429", 429),
        ("500", 500),
        ("503", 500),
    ],
)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_page_in_the_readers_language(broken: FlaskClient, language: str, how: str, status: int) -> None:
    answer = broken.get(f"/{language}/fail/{how}")
    assert answer.status_code == status
    assert answer.mimetype == "text/html"
    assert f'<html lang="{language}"' in answer.text
    assert (TITLES["en"][status] in answer.text) is (language == "en")
    assert "Traceback" not in answer.text
    assert "on purpose" not in answer.text


@pytest.mark.parametrize(("language", "header"), [("ja", "en"), ("en", "ja")])
def test_an_address_that_leads_nowhere_keeps_its_language(client: FlaskClient, language: str, header: str) -> None:
    answer = client.get(f"/{language}/no/such/page/at/all", headers={"Accept-Language": header})
    assert answer.status_code == 404
    assert f'<html lang="{language}"' in answer.text


def test_without_a_language_in_the_address_the_browser_is_asked(client: FlaskClient) -> None:
    for language in ("ja", "en"):
        answer = client.get("/no-such-event/nothing/here", headers={"Accept-Language": f"de, {language};q=0.5"})
        assert f'<html lang="{language}"' in answer.text


def test_a_method_that_is_not_allowed_says_which_are(client: FlaskClient) -> None:
    answer = client.post("/healthz")
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    assert answer.mimetype == "text/html"


def test_a_form_without_its_token_has_expired(make_app: Callable[..., Flask]) -> None:
    app = make_app(WTF_CSRF_ENABLED=True)
    answer = app.test_client().post("/en/sign-in", data={})
    assert answer.status_code == 400
    assert "This form has expired" in answer.text


def test_a_database_that_was_restarted_costs_nobody_an_error(make_app: Callable[..., Flask], backend: str) -> None:
    app = make_app()
    with app.app_context():
        with db.engine.connect() as connection:
            connection.execute(sa.text("SELECT 1"))
            if backend == "sqlite":
                return
            own = connection.execute(sa.text("SELECT pg_backend_pid()")).scalar_one()
        other = sa.create_engine(app.config["DATABASE_URL"], poolclass=sa.NullPool)
        with other.connect() as killer:
            assert killer.execute(sa.text("SELECT pg_terminate_backend(:own)"), {"own": own}).scalar_one() is True
        with db.engine.connect() as connection:
            assert connection.execute(sa.text("SELECT 1")).scalar_one() == 1


def test_errors_of_the_database_do_not_repeat_what_was_typed(db_session: Session) -> None:
    with pytest.raises(sa.exc.DBAPIError) as raised:
        db_session.execute(sa.text("SELECT * FROM no_such_table WHERE email = :email"), {"email": "taro@example.org"})
    assert "taro" not in str(raised.value)
