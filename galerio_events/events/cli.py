"""`flask events add`."""

from datetime import datetime

import click
from flask.cli import AppGroup

from galerio_events.errors import ChangeConflict
from galerio_events.events import services
from galerio_events.events.services import EventRefused
from galerio_events.extensions import db

group = AppGroup("events", help="Events: the editions of the conference.")
groups = (group,)
_DAY = click.DateTime(["%Y-%m-%d"])


@group.command("add")
@click.argument("slug")
@click.option("--zone", required=True, help="IANA time zone, such as Asia/Tokyo.")
@click.option("--from", "starts_on", type=_DAY, required=True, help="First day.")
@click.option("--to", "ends_on", type=_DAY, required=True, help="Last day.")
def add(slug: str, zone: str, starts_on: datetime, ends_on: datetime) -> None:
    """Add the event SLUG, without a programme."""
    db_session = db.session()
    try:
        services.add_event(db_session, slug, zone=zone, starts_on=starts_on.date(), ends_on=ends_on.date())
    except EventRefused as refused:
        raise click.ClickException(str(refused)) from None
    except ChangeConflict:
        raise click.ClickException(f"there is an event {slug!r} already") from None
    db_session.commit()
    click.echo(f"{slug}: added")
