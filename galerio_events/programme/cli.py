"""`flask programme import`."""

import json
from pathlib import Path

import click
from flask.cli import AppGroup

from galerio_events import clock
from galerio_events.errors import ImportRefused
from galerio_events.extensions import db
from galerio_events.programme import services
from galerio_events.programme.domain.values import Counts
from galerio_events.programme.imports import yaml_file
from galerio_events.programme.imports.yaml_tree import MOST_BYTES

group = AppGroup("programme", help="The draft programme, and its releases.")


@group.command("import")
@click.option("--event", "slug", required=True, help="The event's slug; it is added where there is none.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as one JSON object.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_(slug: str, file: Path, as_json: bool) -> None:
    """Make the draft say what FILE says (see docs/programme-format.md): wholly, or not at all."""
    db_session = db.session()
    with file.open("rb") as opened:
        data = opened.read(MOST_BYTES + 1)
    try:
        parsed = yaml_file.parse(data, slug=slug)
        counts = services.import_programme(db_session, parsed, now=clock.utc_now())
    except ImportRefused as refused:
        db_session.rollback()
        _tell_refusal(refused, file, as_json)
        raise click.exceptions.Exit(1) from None
    db_session.commit()
    _tell(counts, file, as_json)


def _tell(counts: Counts, file: Path, as_json: bool) -> None:
    done = {"read": counts.read, "added": counts.added, "changed": counts.changed, "unchanged": counts.unchanged}
    if as_json:
        click.echo(json.dumps(done | {"refused": 0, "problems": []}))
    else:
        click.echo(f"{file.name}: " + ", ".join(f"{number} {word}" for word, number in done.items()))


def _tell_refusal(refused: ImportRefused, file: Path, as_json: bool) -> None:
    if as_json:
        problems = [{"line": p.line, "message": p.message} for p in refused.problems]
        done = {"read": refused.read, "added": 0, "changed": 0, "unchanged": 0, "refused": refused.read}
        click.echo(json.dumps(done | {"problems": problems}, ensure_ascii=False))
        return
    for problem in refused.problems:
        click.echo(f"{file.name}: {problem}", err=True)
    click.echo(f"{file.name}: nothing was imported", err=True)
