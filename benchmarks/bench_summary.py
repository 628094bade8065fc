"""The summary over 20,000 registrations beside the SQL that it stands on.

A summary asks one statement for all of its figures: people grouped by country and kind of affiliation, choices and
attendances counted by session, what of them is cancelled, and the newest release. That statement is sent as text
through the same driver, on the same connection, and its rows are fetched: nothing of SQLAlchemy is in the time that it
sets. The summary's time is the whole function: this, the event, shares, order and names. The target is on that.

The second ratio is stricter than the target asks, and is not promised: the same time beside the GROUP BY of people
alone, which reads 20,000 entries of one index, while the figures of sessions have to read another 110,000 (choices and
attendances, counted anew each time).
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
            people, figures = (
                str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True})).replace("%%", "%")
                for statement in (queries.people(event_id, basis), queries.figures(event_id, basis))
            )

            def fetch(statement: str) -> None:
                cursor = driver.cursor()
                cursor.execute(statement)
                cursor.fetchall()
                cursor.close()

            def whole(counted: Basis = basis) -> None:
                assert queries.summary(session, event_id, counted).total > REGISTRATIONS / 2

            took = in_turns(
                rounds=ROUNDS,
                people=lambda people=people: fetch(people),
                figures=lambda figures=figures: fetch(figures),
                whole=whole,
            )
            name = f"summary of {REGISTRATIONS:,} ({basis}), {backend}"
            note = ", ".join(f"{part} {seconds * 1000:.1f} ms" for part, seconds in took.items())
            yield Figure(f"{name} ÷ its one statement", took["whole"] / took["figures"], at_most=3, note=note)
            yield Figure(
                f"{name} ÷ the GROUP BY of people alone",
                took["whole"] / took["people"],
                note=f"no target; the one statement itself takes {took['figures'] / took['people']:.2f} of it",
            )
        session.rollback()
