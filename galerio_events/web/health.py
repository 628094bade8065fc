"""`/healthz` says that the process answers, `/readyz` that it can do its work."""

import sqlalchemy as sa
import structlog
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, current_app
from sqlalchemy.exc import SQLAlchemyError

from galerio_events.web.guards import public

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@public
def healthz() -> dict[str, str]:
    """Always 200 while the process serves."""
    return {"status": "ok"}


@blueprint.get("/readyz")
@public
def readyz() -> tuple[dict[str, str], int]:
    """200 when the database answers and is at the migration this code expects, else 503 and what is missing."""
    from galerio_events.extensions import db, migrate

    expected = ScriptDirectory(str(migrate.directory)).get_current_head()
    try:
        connection = db.session.connection()
        connection.execute(sa.text("SELECT 1"))
        found = MigrationContext.configure(connection).get_current_revision()
    except SQLAlchemyError:
        structlog.get_logger("galerio_events.health").exception("database unreachable")
        return {"status": "unavailable", "database": "unreachable"}, 503
    if found != expected:
        return {"status": "unavailable", "database": "not migrated"}, 503
    current_app.logger.debug("ready")
    return {"status": "ok", "database": "ok"}, 200
