"""`flask programme release` and `flask programme export`."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from galerio_events import clock
from galerio_events.errors import ChangeConflict
from galerio_events.events import queries as events
from galerio_events.extensions import db
from galerio_events.releases import services
from galerio_events.releases.exports import files
from galerio_events.releases.exports.files import FileKind
from galerio_events.releases.exports.pdf import NotTypeset
from galerio_events.releases.views.exports import DRAFT, RELEASE, source_of
from galerio_events.web.locale import LANGUAGES

group = AppGroup("programme")
groups = (group,)


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


# A kind may be written with an underscore as well.
@group.command("export", context_settings={"token_normalize_func": lambda token: token.replace("_", "-")})
@click.option("--event", "slug", required=True, help="The event's slug.")
@click.option(
    "--kind",
    "kind_name",
    type=click.Choice([kind.value for kind in FileKind]),
    help="What to write; by FILE's name if left out.",
)
@click.option("--language", type=click.Choice(LANGUAGES), help="Of files in one language; the event's first.")
@click.option("--of", type=click.Choice((DRAFT, RELEASE)), default=DRAFT, show_default=True, help="What to write of.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export(slug: str, kind_name: str | None, language: str | None, of: str, file: Path) -> None:
    """Write the programme into FILE (see docs/exchange-formats.md); a file of that name is replaced.

    The kind is known by the ending (.yaml, .json, .csv, .xlsx, .xml, .ics, .pdf) or by the name: schedule.json is
    frab's, booklet.pdf the booklet.
    """
    kind = FileKind(kind_name) if kind_name else files.recognised(file.name)
    if kind is None:
        raise click.ClickException(f"what {file.name} is to be cannot be told from its name; use --kind")
    event = events.by_slug(db.session(), slug)
    if event is None:
        raise click.ClickException(f"there is no event {slug!r}")
    source = source_of(event.id, of, kind)
    if source is None:
        raise click.ClickException(f"{slug} has no release")
    spoken = [tag for tag in event.languages if tag in LANGUAGES]
    try:
        made = files.write(
            kind,
            source,
            language=language or (spoken or LANGUAGES)[0],
            base_url=current_app.config["BASE_URL"],
            organiser_address=current_app.config["MAIL_FROM"],
        )
    except NotTypeset as error:
        raise click.ClickException(str(error)) from error
    file.write_bytes(made)
    click.echo(f"{file.name}: {kind}, {len(made)} bytes")
