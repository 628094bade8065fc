"""`flask questions forget`."""

import click
from flask.cli import AppGroup

from galerio_events import clock
from galerio_events.extensions import db
from galerio_events.questions.services import forget_askers

questions_group = AppGroup("questions", help="Questions to sessions.")


@questions_group.command("forget")
def forget() -> None:
    """Forget who asked and voted on events that were over 30 days ago. The worker does the same by itself."""
    number = forget_askers(db.session(), clock.utc_now().date())
    db.session.commit()
    click.echo(f"{number} questions are nobody's any more.")


groups = (questions_group,)
