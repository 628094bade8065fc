"""The summary over 20,000 registrations beside the SQL that it stands on.

The statements are sent as text through the same driver, on the same connection, and their rows are fetched: nothing of
SQLAlchemy is in the time that they set. They are the GROUP BY of people (totals, countries, affiliations) and the
counts by session. The summary's time is the whole function: these, the event, cancelled registrations, shares, order
and names. For information, the same time is also put beside the GROUP BY of people alone.
"""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from benchmarks.harness import Figure, in_turns, scratch_instance
from galerio_events.db import reading_only
from galerio_events.extensions import db
from galerio_events.reports import queries
from galerio_events.reports.domain import Basis

REGISTRATIONS = 20_000
ROUNDS = 15


def measure() -> Iterable[Figure]:
    """Whole summary ÷ its GROUP BY, on both databases."""
    for backend in ("sqlite", "postgresql"):
        with scratch_instance(backend) as instance:
            instance.flask("demo", "load", "--registrations", str(REGISTRATIONS))
            app = instance.app()
            with app.app_context():
                if backend == "postgresql":
                    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                        connection.exec_driver_sql("VACUUM ANALYZE")
                yield from _figures(backend, db.session())
                db.session.remove()
                db.engine.dispose()


def _figures(backend: str, session: Session) -> Iterable[Figure]:
    event_id = session.execute(sa.text("SELECT id FROM events WHERE slug = 'ascc11'")).scalar_one()
    with reading_only():
        driver = session.connection().connection.driver_connection
        assert driver is not None
        dialect = session.get_bind().dialect
        for basis in Basis:
            people, sessions = (
                str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True})).replace("%%", "%")
                for statement in (queries.people(event_id, basis), queries.session_rows(event_id))
            )

            def fetch(*statements: str) -> None:
                cursor = driver.cursor()
                for statement in statements:
                    cursor.execute(statement)
                    cursor.fetchall()
                cursor.close()

            def whole(counted: Basis = basis) -> None:
                assert queries.summary(session, event_id, counted).total > REGISTRATIONS / 2

            took = in_turns(
                rounds=ROUNDS,
                people=lambda people=people: fetch(people),
                both=lambda people=people, sessions=sessions: fetch(people, sessions),
                whole=whole,
            )
            name = f"summary of {REGISTRATIONS:,} ({basis}), {backend}"
            note = ", ".join(f"{part} {seconds * 1000:.1f} ms" for part, seconds in took.items())
            yield Figure(f"{name} ÷ its SQL", took["whole"] / took["both"], at_most=3, note=note)
            yield Figure(f"{name} ÷ the GROUP BY of people alone", took["whole"] / took["people"])
        session.rollback()
