"""The worker: takes mails out of the outbox, hands them to a mail server, writes down what came of it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.outbox.exports import Renderer, Sender
from galerio_events.outbox.worker.delivery import Delivery
from galerio_events.outbox.worker.queue import Queue
from galerio_events.outbox.worker.transport import transport_for


def renderer(config: Mapping[str, Any], templates: Path) -> Renderer:
    """Renders with the application's settings and the templates in that folder."""
    sender = Sender(
        mail_from=config["MAIL_FROM"],
        base_url=config["BASE_URL"],
        secret_key=config["SECRET_KEY"],
        reply_to=config.get("MAIL_REPLY_TO", ""),
    )
    return Renderer(templates, sender)


def delivery(
    config: Mapping[str, Any],
    bind: sa.Engine | sa.Connection,
    templates: Path,
    *,
    stop: Callable[[], bool],
    prepare: Callable[[], None] = lambda: None,
) -> Delivery:
    """Delivers from that database with the application's settings, until `stop()`. `prepare` may write mails."""
    made = renderer(config, templates)
    return Delivery(
        open_session=lambda: Session(bind, join_transaction_mode="create_savepoint"),
        renderer=made,
        open_transport=lambda: transport_for(
            config["SMTP_URL"], hello=made.sender.host, timeout=float(config.get("SMTP_TIMEOUT", 30.0))
        ),
        stop=stop,
        prepare=prepare,
    )


def queue(config: Mapping[str, Any], deliver: Callable[[], object]) -> Queue:
    """The queue that wakes the worker: in Redis where one is configured, else in a file of this machine."""
    return Queue(
        file=Path(config["INSTANCE_DIR"]) / "queue.sqlite",
        redis_url=config["REDIS_URL"],
        secret_key=config["SECRET_KEY"],
        deliver=deliver,
    )
