"""`flask materials`: looking after the files."""

import time
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from galerio_events.extensions import db
from galerio_events.materials import queries
from galerio_events.materials.services import Store
from galerio_events.outbox.services import register_chore

group = AppGroup("materials", help="Slides and documents.")
groups = (group,)

# The worker looks for files that nobody needs every so many seconds.
EVERY = 3600.0
_last = [float("-inf")]


def sweep() -> int:
    """Delete files that no version needs any more; how many there were."""
    folder = Path(current_app.config["INSTANCE_DIR"]) / "materials"
    return Store(folder).sweep(lambda digests: queries.needed(db.session(), digests))


def sweep_now_and_then() -> None:
    """What the worker does of it."""
    if time.monotonic() - _last[0] >= EVERY:
        _last[0] = time.monotonic()
        sweep()


register_chore(sweep_now_and_then)


@group.command("sweep")
def sweep_command() -> None:
    """Delete files that no version needs any more and that have been there for an hour."""
    click.echo(f"{sweep()} files deleted")


@group.command()
def check() -> None:
    """Print the digests of files that are missing; the exit status says whether there are any."""
    store = Store(Path(current_app.config["INSTANCE_DIR"]) / "materials")
    missing = [digest for digest in queries.all_digests(db.session()) if not store.path(digest).is_file()]
    for digest in missing:
        click.echo(digest)
    if missing:
        raise SystemExit(1)
