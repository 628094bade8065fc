"""`flask pictures`: looking after the pictures of events."""

import time

import click
from flask.cli import AppGroup

from galerio_events import clock
from galerio_events.extensions import db
from galerio_events.learnings.services.pictures import sweep_pictures
from galerio_events.outbox.services import register_chore

group = AppGroup("pictures", help="Photos, logos and the pictures of the archive.")
groups = (group,)

# The worker looks for pictures that nothing shows every so many seconds.
EVERY = 3600.0
_last = [float("-inf")]


def sweep() -> int:
    """Delete the pictures that nothing shows any more; how many there were."""
    swept = sweep_pictures(db.session(), now=clock.utc_now())
    db.session.commit()
    return swept


def sweep_now_and_then() -> None:
    """What the worker does of it."""
    if time.monotonic() - _last[0] >= EVERY:
        _last[0] = time.monotonic()
        sweep()


register_chore(sweep_now_and_then)


@group.command("sweep")
def sweep_command() -> None:
    """Delete pictures that no draft, proposal or release has and that have been there for a day."""
    click.echo(f"{sweep()} pictures deleted")
