"""The migrations make exactly the tables that the models describe, on both databases, and can be undone."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade

from galerio_events.extensions import db, migrate
from tests.architecture.modules import ROOT


def drift(app: Flask, metadata: sa.MetaData | None = None) -> list[str]:
    """What `flask db check` would complain of."""
    from alembic import context
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext

    found: list[str] = []
    config = Config(str(Path(str(migrate.directory)) / "alembic.ini"))
    config.set_main_option("script_location", str(migrate.directory))

    def compare(_revision: object, migration: MigrationContext) -> list[object]:
        found.extend(map(str, compare_metadata(migration, metadata if metadata is not None else db.metadata)))
        return []

    with (
        app.app_context(),
        EnvironmentContext(config, ScriptDirectory.from_config(config), fn=compare, dont_mutate=True),
    ):
        assert context.script is not None
        context.script.run_env()
    return found


@pytest.fixture
def migrated(make_app: Callable[..., Flask]) -> Iterator[Flask]:
    yield make_app()


def tables(app: Flask) -> set[str]:
    with app.app_context():
        return set(sa.inspect(db.engine).get_table_names())


def test_no_drift(migrated: Flask) -> None:
    assert drift(migrated) == []


def test_drift_is_noticed(migrated: Flask) -> None:
    changed = sa.MetaData(naming_convention=db.metadata.naming_convention)
    for table in db.metadata.tables.values():
        table.to_metadata(changed)
    changed.tables["events"].append_column(sa.Column("forgotten", sa.Integer, nullable=False))
    sa.Index("ix_forgotten", changed.tables["programme_sessions"].c.title)
    found = drift(migrated, changed)
    assert len(found) == 2
    assert any("add_column" in line and "forgotten" in line for line in found)
    assert any("add_index" in line and "ix_forgotten" in line for line in found)


def test_down_and_up_again(migrated: Flask) -> None:
    before = tables(migrated)
    assert before == set(db.metadata.tables) | {"alembic_version"}
    with migrated.app_context():
        downgrade(revision="base")
        db.engine.dispose()
    assert tables(migrated) == {"alembic_version"}
    with migrated.app_context():
        upgrade()
        db.engine.dispose()
    assert tables(migrated) == before
    assert drift(migrated) == []


def test_one_line_of_revisions_and_no_code_of_ours_in_them() -> None:
    scripts = ScriptDirectory(str(ROOT / "migrations"))
    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1
    for revision in scripts.walk_revisions():
        assert "galerio_events" not in Path(revision.path).read_text()
