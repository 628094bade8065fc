"""`flask programme release`."""

import click
from flask.cli import AppGroup

from galerio_events import clock
from galerio_events.errors import ChangeConflict
from galerio_events.events import queries as events
from galerio_events.extensions import db
from galerio_events.releases import services

group = AppGroup("programme")


@group.command("release")
@click.option("--event", "slug", required=True, help="The event's slug.")
@click.option("--note", default="", help="What this release is about, for the list of releases.")
def release(slug: str, note: str) -> None:
    """Publish the draft as the next release."""
    db_session = db.session()
    event = events.by_slug(db_session, slug)
    if event is None:
        raise click.ClickException(f"there is no event {slug!r}")
    try:
        made = services.release_programme(db_session, event.id, account_id=None, note=note, now=clock.utc_now())
    except ChangeConflict:
        db_session.rollback()
        raise click.ClickException("nothing has changed since the newest release") from None
    number = made.number
    db_session.commit()
    click.echo(f"{slug}: release {number}")
