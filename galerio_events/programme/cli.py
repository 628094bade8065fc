"""`flask programme import` and `arrange`, and `flask events clone`."""

import json
import os
import signal
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click
from flask.cli import AppGroup
from flask_babel import force_locale
from sqlalchemy.orm import Session

from galerio_events import clock
from galerio_events.errors import ChangeConflict, ImportRefused, Problem
from galerio_events.events import queries as events
from galerio_events.events.models import Event
from galerio_events.extensions import db
from galerio_events.programme import services
from galerio_events.programme.domain.cloning import CloneRefused, Part, Wish, next_title, same_weekday
from galerio_events.programme.domain.incoming import MOST_BYTES, OWN, Choices, FileKind, RowProblem, Target, Unreadable
from galerio_events.programme.domain.rules import Frame
from galerio_events.programme.domain.values import Counts
from galerio_events.programme.imports import frab_json, reading, yaml_file
from galerio_events.programme.services.cloning import clone_event
from galerio_events.programme.views.transfer.words import told

group = AppGroup("programme", help="The draft programme, and its releases.")
events_group = AppGroup("events", help="Events: the editions of the conference.")
groups = (group, events_group)


@events_group.command("clone")
@click.argument("old")
@click.argument("new")
@click.option("--from", "starts_on", type=click.DateTime(["%Y-%m-%d"]), help="First day of the new event.")
@click.option("--year", type=click.IntRange(1990, 2100), help="The same weekday of the same week of the month, then.")
@click.option(
    "--without",
    type=click.Choice([part.value for part in Part]),
    multiple=True,
    help="Leave this behind; may be given several times.",
)
def clone(old: str, new: str, starts_on: datetime | None, year: int | None, without: Sequence[str]) -> None:
    """Make the event NEW from the draft of the event OLD. Whoever had a role is to be invited."""
    if (starts_on is None) == (year is None):
        raise click.UsageError("Say either --from or --year.")
    db_session = db.session()
    event = events.by_slug(db_session, old)
    if event is None:
        raise click.ClickException(f"there is no event {old!r}")
    day = starts_on.date() if starts_on else same_weekday(event.starts_on, year or event.starts_on.year)
    wish = Wish(
        new,
        next_title(event.title, event.ordinal),
        day,
        None if event.ordinal is None else event.ordinal + 1,
        frozenset(Part) - frozenset(map(Part, without)),
    )
    try:
        made = clone_event(db_session, event.id, wish, now=clock.utc_now())
    except CloneRefused as refused:
        why = ", ".join(problem.replace("_", " ") for problem in refused.problems)
        raise click.ClickException(f"{new!r} was not made: {why}") from None
    db_session.commit()
    aside = f", {len(made.laid_aside)} of them in the tray" if made.laid_aside else ""
    click.echo(f"{new}: made for {day.isoformat()}, {made.sessions} sessions{aside}")


# A kind may be written with an underscore as well.
@group.command("import", context_settings={"token_normalize_func": lambda token: token.replace("_", "-")})
@click.option("--event", "slug", required=True, help="The event's slug; a programme file (YAML) may add the event.")
@click.option(
    "--kind",
    type=click.Choice([each.value for each in FileKind]),
    help="What FILE is; recognised by its content otherwise.",
)
@click.option("--language", help="The language of a file in one language, such as ja.")
@click.option("--with-event", is_flag=True, help="Also take over the title, days and time zone of the event itself.")
@click.option("--leave-out-faulty", is_flag=True, help="Import the rest where some rows cannot be imported.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as one JSON object.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_(
    *,
    slug: str,
    kind: str | None,
    language: str | None,
    with_event: bool,
    leave_out_faulty: bool,
    as_json: bool,
    file: Path,
) -> None:
    """Make the draft say what FILE says (see docs/exchange-formats.md): wholly, or not at all."""
    db_session = db.session()
    with file.open("rb") as opened:
        data = opened.read(MOST_BYTES + 1)
    choices = Choices(language=language, with_event=with_event, leave_out_faulty=leave_out_faulty)
    try:
        recognised = FileKind(kind) if kind else _recognised(data, file)
        if recognised in OWN:
            if recognised is FileKind.JSON:
                frab_json.read_json(data)
            parsed = yaml_file.parse(data, slug=slug)
            done = Done(services.import_programme(db_session, parsed, now=clock.utc_now()))
        else:
            done = _import(db_session, slug, data, recognised, choices)
    except Unreadable as error:
        refused = ImportRefused(_problems(error.problems))
    except services.PlanRefused as error:
        counts = error.plan.counts
        refused = ImportRefused(_problems(error.plan.refusals), read=counts.read + error.plan.refused)
    except ChangeConflict:
        refused = ImportRefused((Problem(0, "somebody changed the draft at the same time; try again"),))
    except ImportRefused as error:
        refused = error
    else:
        db_session.commit()
        _tell(done, file, as_json)
        return
    db_session.rollback()
    _tell_refusal(refused, file, as_json)
    raise click.exceptions.Exit(1)


class Done:
    """What an import came to."""

    def __init__(self, counts: Counts, refused: int = 0, problems: Sequence[Problem] = ()) -> None:
        self.counts, self.refused, self.problems = counts, refused, problems


@group.command("arrange")
def arrange() -> None:
    """Compute the suggestions of times that wait, and end.

    The worker starts this whenever one waits, and it stops when the worker is gone; what is not finished waits again.
    """
    # Only here: what searches takes a hundred megabytes.
    from galerio_events.programme.worker.arranging import Arranger

    parent = os.getppid()
    told: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _frame: told.append(number))
    engine = db.engine
    arranger = Arranger(lambda: Session(engine), stop=lambda: bool(told) or os.getppid() != parent)
    click.echo(f"suggestions computed: {arranger.run()}")


def _recognised(data: bytes, file: Path) -> FileKind:
    """What the file is. What is called a programme file is told in the words of one, whatever is in it."""
    try:
        return reading.recognise(data, file.name)
    except Unreadable:
        if file.suffix.lower() in {".yaml", ".yml"}:
            return FileKind.YAML
        raise


def _import(db_session: Session, slug: str, data: bytes, kind: FileKind, choices: Choices) -> Done:
    event = events.by_slug(db_session, slug)
    if event is None:
        raise ImportRefused((Problem(0, f"there is no event {slug!r}; add it with `flask events add`"),))
    file = reading.read(data, _target(event, choices), kind=kind, columns={}).file
    plan = services.import_file(db_session, event.id, file, choices, now=clock.utc_now())
    return Done(plan.counts, plan.refused, _problems(plan.problems))


def _target(event: Event, choices: Choices) -> Target:
    frame = Frame(event.timezone, event.starts_on, event.ends_on, event.day_starts_at)
    return Target(event.slug, frame, tuple(event.languages), choices.language)


def _problems(problems: Sequence[RowProblem]) -> tuple[Problem, ...]:
    with force_locale("en"):
        return tuple(Problem(p.row, f"{p.what}: {told(p)}" if p.what else told(p)) for p in problems)


def _tell(done: Done, file: Path, as_json: bool) -> None:
    counts = done.counts
    figures = {
        "read": counts.read + done.refused,
        "added": counts.added,
        "changed": counts.changed,
        "unchanged": counts.unchanged,
    }
    if as_json:
        problems = [{"line": p.line, "message": p.message} for p in done.problems]
        click.echo(json.dumps(figures | {"refused": done.refused, "problems": problems}, ensure_ascii=False))
        return
    for problem in done.problems:
        click.echo(f"{file.name}: {problem}", err=True)
    told_of = figures | ({"refused": done.refused} if done.refused else {})
    click.echo(f"{file.name}: " + ", ".join(f"{number} {word}" for word, number in told_of.items()))


def _tell_refusal(refused: ImportRefused, file: Path, as_json: bool) -> None:
    if as_json:
        problems = [{"line": p.line, "message": p.message} for p in refused.problems]
        done = {"read": refused.read, "added": 0, "changed": 0, "unchanged": 0, "refused": refused.read}
        click.echo(json.dumps(done | {"problems": problems}, ensure_ascii=False))
        return
    for problem in refused.problems:
        click.echo(f"{file.name}: {problem}", err=True)
    click.echo(f"{file.name}: nothing was imported", err=True)
