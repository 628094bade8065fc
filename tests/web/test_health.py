"""`/healthz` and `/readyz`."""

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from galerio_events import create_app
from galerio_events.extensions import db
from tests.conftest import settings


def test_the_process_answers(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})
    assert answer.headers["Cache-Control"] == "no-store"


def test_ready(make_app: Callable[..., Flask]) -> None:
    answer = make_app().test_client().get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok", "database": "ok"})


def test_not_ready_while_the_migrations_are_behind(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0000'"))
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"status": "unavailable", "database": "not migrated"})
    assert app.test_client().get("/healthz").status_code == 200


def test_not_ready_on_an_empty_database(tmp_path: Path) -> None:
    app = create_app(settings(tmp_path, f"sqlite:///{tmp_path / 'empty.sqlite'}"))
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"status": "unavailable", "database": "not migrated"})


@pytest.mark.parametrize(
    "url",
    ["postgresql+psycopg://nobody:wrong@127.0.0.1:1/nothing", "sqlite:////dev/null/no/such/folder/galerio.sqlite"],
)
def test_not_ready_without_a_database(tmp_path: Path, url: str) -> None:
    app = create_app(settings(tmp_path, url))
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"status": "unavailable", "database": "unreachable"})
    assert app.test_client().get("/healthz").status_code == 200
