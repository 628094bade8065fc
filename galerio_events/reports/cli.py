"""`flask report …`."""

import os
import sys
import tempfile
from pathlib import Path

import click
from flask import current_app, render_template
from flask.cli import AppGroup

from config import ROOT
from galerio_events import clock
from galerio_events.db import reading_only
from galerio_events.events import queries as events
from galerio_events.events.models import Event
from galerio_events.extensions import db
from galerio_events.registration.domain import AffiliationKind
from galerio_events.reports import exports, queries
from galerio_events.reports.domain import Basis, Summary
from galerio_events.web.labels import labels_of
from galerio_events.web.locale import LANGUAGES

group = AppGroup("report", help="What an event came to.")
groups = (group,)

FORMATS = ("json", "csv", "xlsx", "html")


@group.command("summary")
@click.option("--event", "slug", required=True, help="The event's slug, such as ascc11.")
@click.option("--format", "kind", required=True, type=click.Choice(FORMATS))
@click.option(
    "--basis",
    type=click.Choice([basis.value for basis in Basis]),
    default=Basis.REGISTERED.value,
    show_default=True,
    help="Count everyone who is registered, or only those of them who came.",
)
@click.option("--lang", type=click.Choice(LANGUAGES), help="Of --format html; the event's first language by default.")
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="A file; standard output without it, or for -."
)
def summary(slug: str, kind: str, basis: str, lang: str | None, output: Path | None) -> None:
    """Participants by country or region, kind of affiliation and session."""
    to_terminal = output is None or str(output) == "-"
    if kind == "xlsx" and to_terminal and sys.stdout.isatty():
        raise click.ClickException("A workbook is no text for a terminal: use --output FILE.")
    with reading_only():
        event = events.by_slug(db.session(), slug)
        if event is None:
            raise click.ClickException(f"There is no event {slug!r}.")
        found = queries.summary(db.session(), event.id, Basis(basis))
        language = lang or next((tag for tag in event.languages if tag in LANGUAGES), LANGUAGES[0])
        made = _page(event, found, language) if kind == "html" else _file(found, kind)
        db.session.rollback()
    if output is None or to_terminal:
        click.echo(made, nl=False)
    else:
        _write(output, made)


def _file(found: Summary, kind: str) -> bytes:
    names = labels_of(AffiliationKind)
    if kind == "json":
        return exports.to_json(found, names)
    if kind == "csv":
        return exports.to_csv(found, names)
    return exports.to_xlsx(found, names, made_at=clock.utc_now())


def _page(event: Event, found: Summary, language: str) -> bytes:
    style = (ROOT / "assets" / "css" / "organise" / "figures.css").read_text()
    with current_app.test_request_context(f"/{language}/organise/{found.event}/summary"):
        return render_template(
            "reports/standalone.html", event=event, summary=found, made_at=clock.utc_now(), style=style
        ).encode()


def _write(output: Path, made: bytes) -> None:
    """The whole file or nothing of it."""
    try:
        descriptor, name = tempfile.mkstemp(dir=output.parent, prefix=f".{output.name}.")
        with os.fdopen(descriptor, "wb") as file:
            file.write(made)
        Path(name).chmod(0o644)
        Path(name).replace(output)
    except OSError as problem:
        raise click.ClickException(f"{output} cannot be written: {problem.strerror}") from None
