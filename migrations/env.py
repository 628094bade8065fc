"""Alembic's environment, run by Flask-Migrate inside an application context."""

from typing import Any

import sqlalchemy as sa
from alembic import context
from flask import current_app

from galerio_events.db import TranslatedText, UTCDateTime


def render_item(kind: str, item: Any, _autogen_context: Any) -> str | bool:
    """Write our column types as the plain SQL types beneath them, so that old migrations never depend on our code."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, TranslatedText):
        return "sa.Text()"
    return False


def compare_type(_context: Any, _column: Any, _inspected: Any, inspected_type: Any, metadata_type: Any) -> bool | None:
    """Enumerations are text with a CHECK; SQLite hands them back as bare VARCHAR, which is no difference."""
    if isinstance(metadata_type, sa.Enum) and isinstance(inspected_type, sa.String):
        return False
    return None


def run() -> None:
    extension = current_app.extensions["migrate"]
    engine = extension.db.engine
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=extension.db.metadata,
            render_item=render_item,
            compare_type=compare_type,
            render_as_batch=engine.dialect.name == "sqlite",
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
