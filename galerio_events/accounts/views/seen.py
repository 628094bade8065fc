"""Notes every few minutes that a sign-in is in use."""

from flask import current_app, request
from flask.wrappers import Response
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from galerio_events import clock
from galerio_events.accounts.domain.sign_ins import SEEN_EVERY
from galerio_events.accounts.services import sign_ins
from galerio_events.accounts.views.blueprint import bp
from galerio_events.extensions import db
from galerio_events.web.sign_ins import signed_in

# So long a page waits for others to finish writing (SQLite) before it goes without noting that its reader was there.
_PATIENCE_MS = 200
_USUAL_MS = 15_000


@bp.after_app_request
def note(response: Response) -> Response:
    """Where the sign-in was last seen a while ago, write down that it is in use: in a transaction of its own, and only
    with a page that is read, since whatever writes may still have the database for itself."""
    found, now = signed_in(), clock.utc_now()
    if found is None or request.method != "GET" or now - found.sign_in.seen_at < SEEN_EVERY:
        return response
    with Session(db.engine, join_transaction_mode="create_savepoint") as db_session:
        try:
            _wait(db_session, _PATIENCE_MS)
            sign_ins.seen(db_session, found.sign_in.id, now=now)
            db_session.commit()
        except OperationalError:
            current_app.logger.info("nobody noted that a sign-in is in use: the database was busy")
            db_session.rollback()
        finally:
            _wait(db_session, _USUAL_MS)
    return response


def _wait(db_session: Session, milliseconds: int) -> None:
    if db_session.get_bind().dialect.name == "sqlite":
        db_session.connection().exec_driver_sql(f"PRAGMA busy_timeout={milliseconds}")
