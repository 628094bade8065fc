"""`flask outbox`: the worker, and a single delivery for cron and for whoever waits at the terminal."""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path

import click
import structlog
from flask import current_app
from flask.cli import AppGroup

from galerio_events.clock import to_text, utc_now
from galerio_events.extensions import db
from galerio_events.outbox import queries, services, worker
from galerio_events.outbox.domain import Mail
from galerio_events.outbox.worker.delivery import Delivery

_log = structlog.get_logger("galerio_events.outbox")

group = AppGroup("outbox", help="The mail that leaves.")
groups = (group,)


def _delivery(stop: Callable[[], bool] = lambda: False) -> Delivery:
    folder = Path(current_app.template_folder or "")
    return worker.delivery(current_app.config, db.engine, folder, stop=stop, prepare=_write_mails)


@group.command()
@click.option("--json", "as_json", is_flag=True, help="Print the counts as one JSON object.")
def deliver(as_json: bool) -> None:
    """Send everything that is due, once, and print what came of it."""
    counts = _delivery().run()
    click.echo(json.dumps(asdict(counts)) if as_json else str(counts))


def _do_chores() -> None:
    _do_all(services.chores())


def _write_mails() -> None:
    _do_all(services.writers())


def _do_all(chores: Iterable[Callable[[], None]]) -> None:
    """What goes wrong with one of them is told in the log, and holds up neither the others nor the mail."""
    for chore in chores:
        try:
            chore()
        except Exception:  # noqa: BLE001 written into the log
            _log.exception("chore failed", chore=repr(chore))
        db.session.rollback()


@group.command()
def work() -> None:
    """Send what is due as soon as it is due, until SIGTERM or SIGINT."""

    app = current_app._get_current_object()  # type: ignore[attr-defined]

    def run() -> None:
        # The queue calls this in a thread of its own, and what builds attachments needs the application there too.
        with app.app_context():
            _do_chores()
            delivery.run()

    queue = worker.queue(current_app.config, run)
    delivery = _delivery(queue.stopping)
    click.echo("The mail worker is ready.")
    queue.work()
    click.echo("The mail worker has stopped.")


@group.command()
@click.argument("address")
@click.option("--language", type=click.Choice(["ja", "en"]), default="ja")
def check(address: str, language: str) -> None:
    """Send a test mail to ADDRESS now, and print what the mail server made of it."""
    now = utc_now()
    mail = Mail(
        event_id=None,
        kind="delivery_check",
        language=language,
        recipient_email=address,
        recipient_name="",
        values={"asked_at": to_text(now), "zone": "Asia/Tokyo"},
        dedupe_key=f"delivery_check:{address}:{to_text(now)}"[:200],
    )
    try:
        row = services.enqueue(db.session(), mail, now=now)
        mail_id = None if row is None else row.id
    except ValueError as error:
        raise click.BadParameter(str(error)) from error
    db.session.commit()
    if mail_id is not None:
        _delivery().run_one(mail_id)
        sent = queries.by_id(db.session(), mail_id)
        click.echo(" ".join(filter(None, (sent.state.value, sent.last_error))))
