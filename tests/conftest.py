"""Fixtures that every test shares. Whatever touches the database runs on SQLite and on PostgreSQL."""

import os
import shutil
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
import sqlalchemy as sa
import structlog
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy.orm import Session

from galerio_events import create_app
from galerio_events.db import begin_writing
from galerio_events.extensions import db
from galerio_events.releases import queries as releases

# A slow machine is no defect, and what is logged is no output of a command.
hypothesis.settings.register_profile("galerio", deadline=None)
hypothesis.settings.load_profile("galerio")
structlog.configure(logger_factory=lambda *_names: structlog.PrintLogger(sys.stderr))

BACKENDS = ("sqlite", "postgresql")
BASE_URL = "http://localhost:8000"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=BACKENDS, help="run the database tests on this one only (default: both)")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "backend" in metafunc.fixturenames:
        only = metafunc.config.getoption("--database")
        # Pages are the same on both databases, which the tests of routes and services show; a browser looks at them on
        # one, except where it is about what happens at the same time.
        one = metafunc.definition.get_closest_marker("browser") and not metafunc.definition.get_closest_marker("both")
        metafunc.parametrize("backend", [only] if only else BACKENDS[:1] if one else BACKENDS, scope="session")


def settings(instance: Path, database_url: str, **more: object) -> dict[str, object]:
    """What an application under test is configured with."""
    return {
        "TESTING": True,
        "INSTANCE_DIR": instance,
        "DATABASE_URL": database_url,
        "SECRET_KEY": "a secret that only the tests know",
        "BASE_URL": BASE_URL,
        "SMTP_URL": f"file:{instance / 'mail'}",
        "RELEASE_CHECK_SECONDS": 0.0,
        "WTF_CSRF_ENABLED": False,
        "RATELIMIT_ENABLED": False,
        "REDIS_URL": "",
        "TRUSTED_PROXIES": 0,
    } | more


class Databases:
    """Makes migrated databases: the first of a backend by running the migrations, the others by copying it."""

    def __init__(self, backend: str, folder: Path) -> None:
        self.backend = backend
        self.folder = folder
        self.made: list[str] = []
        self.template = self._empty("template")
        app = create_app(settings(folder, self.template))
        with app.app_context():
            upgrade()
            db.engine.dispose()

    def fresh(self) -> str:
        """The URL of a new, migrated, empty database."""
        if self.backend == "sqlite":
            target = self.folder / f"{uuid.uuid4().hex}.sqlite"
            shutil.copy(self.folder / "template.sqlite", target)
            return f"sqlite:///{target}"
        return self._create(f"galerio_{uuid.uuid4().hex}", template=self.template.rsplit("/", 1)[1])

    def close(self) -> None:
        """Drop what was made on the server."""
        for name in reversed(self.made):
            self._server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _empty(self, name: str) -> str:
        if self.backend == "sqlite":
            return f"sqlite:///{self.folder / name}.sqlite"
        return self._create(f"galerio_{name}_{uuid.uuid4().hex}", template="template0")

    def _create(self, name: str, *, template: str) -> str:
        self._server(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        self.made.append(name)
        return server_url().rsplit("/", 1)[0] + "/" + name

    @staticmethod
    def _server(statement: str) -> None:
        engine = sa.create_engine(server_url(), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)


def server_url() -> str:
    """The PostgreSQL server that `make test` starts for the tests."""
    url = os.environ.get("GALERIO_TEST_POSTGRESQL", "")
    if not url:
        pytest.exit("GALERIO_TEST_POSTGRESQL is not set: use `make test`, or pytest --database sqlite", returncode=3)
    return url


# Made once a process: pytest tears session fixtures down with every change of `backend`; where tests are spread over
# processes file by file, that would mean migrating anew for every file.
_databases: dict[str, Databases] = {}
_apps: dict[str, Flask] = {}


def pytest_sessionfinish() -> None:
    for app in _apps.values():
        with app.app_context():
            db.engine.dispose()
    for made in _databases.values():
        made.close()


@pytest.fixture(scope="session")
def databases(backend: str, tmp_path_factory: pytest.TempPathFactory) -> Databases:
    if backend not in _databases:
        _databases[backend] = Databases(backend, tmp_path_factory.mktemp(backend))
    return _databases[backend]


@pytest.fixture(scope="session")
def _shared_app(databases: Databases) -> Flask:
    if databases.backend not in _apps:
        _apps[databases.backend] = create_app(settings(databases.folder, databases.fresh()))
    return _apps[databases.backend]


@pytest.fixture
def connection(_shared_app: Flask) -> Iterator[sa.Connection]:
    """A connection whose outermost transaction is rolled back after the test; commits within are savepoints."""
    begin_writing()
    releases.forget()
    with _shared_app.app_context():
        engines = db.engines
        engine = engines[None]
    with engine.connect() as opened:
        transaction = opened.begin()
        engines[None] = opened  # type: ignore[assignment]
        db.session.session_factory.configure(join_transaction_mode="create_savepoint")
        yield opened
        engines[None] = engine
        transaction.rollback()
    releases.forget()


@pytest.fixture
def app(_shared_app: Flask, connection: sa.Connection) -> Flask:
    """The application on an empty, migrated database; nothing that the test commits survives it."""
    return _shared_app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def db_session(connection: sa.Connection) -> Iterator[Session]:
    """A session of the test's own. Commit before a request is to see what was written."""
    with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=True) as session:
        yield session


@pytest.fixture
def make_app(databases: Databases, tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    """Makes applications on databases of their own, with real commits: for concurrency, workers and servers."""
    apps: list[Flask] = []

    def make(**more: object) -> Flask:
        app = create_app(settings(tmp_path, databases.fresh(), **more))
        apps.append(app)
        return app

    begin_writing()
    releases.forget()
    yield make
    releases.forget()
    for app in apps:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def count_queries(connection: sa.Connection) -> Callable[[Callable[[], object]], int]:
    """How many statements a call sends to the database."""

    def count(call: Callable[[], object]) -> int:
        sent: list[str] = []

        def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
            if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
                sent.append(statement)

        sa.event.listen(connection, "before_cursor_execute", note)
        try:
            call()
        finally:
            sa.event.remove(connection, "before_cursor_execute", note)
        return len(sent)

    return count
