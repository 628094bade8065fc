"""`flask demo …`."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from galerio_events import clock
from galerio_events.demo import services
from galerio_events.demo.domain import EVENT, DemoRefused
from galerio_events.events import queries as events
from galerio_events.extensions import db
from galerio_events.programme.imports import yaml_file

group = AppGroup("demo", help="Data to try things out with.")
groups = (group,)

PROGRAMME = Path(__file__).with_name("ascc11.yaml")
LARGEST = 1_000_000


@group.command("load")
@click.option(
    "--registrations",
    type=click.IntRange(1, LARGEST),
    metavar="N",
    help="How many synthetic participants there are to be; the published 730 by default. Other numbers replace them.",
)
def load(registrations: int | None) -> None:
    """The 11th Asia Smart City Conference with visibly synthetic participants. Run again, it changes nothing.

    Another number replaces the synthetic participants that are there. Where the event has real registrations, nothing
    is written.
    """
    session = db.session()
    event = events.by_slug(session, EVENT)
    if event is None:
        event = services.load_event(session, yaml_file.parse(PROGRAMME.read_bytes()), now=clock.utc_now())
        click.echo(f"{event.slug}: programme imported and released.")
    try:
        loaded = services.load_participants(
            session,
            event,
            registrations,
            notice_version=str(current_app.config["PRIVACY_NOTICE_VERSION"]),
            progress=_report,
            replacing=lambda before, wanted: click.echo(
                f"{EVENT}: {before:,} synthetic registrations are replaced by {wanted:,}."
            ),
        )
    except DemoRefused as problem:
        raise click.ClickException(f"{problem}; nothing was changed.") from None
    session.commit()
    if loaded.changed:
        click.echo(f"{event.slug}: {loaded.registrations} synthetic registrations with their attendance.")
    else:
        click.echo(f"{event.slug}: {loaded.registrations} synthetic registrations are there already; nothing changed.")


def _report(done: int, of: int) -> None:
    if of > 1000:
        click.echo(f"  {done} of {of} registrations", err=True)
