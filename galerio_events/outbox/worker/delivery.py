"""Claim, send, record. No transaction is open while the other side is being talked to."""

import secrets
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, fields
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from galerio_events.clock import utc_now
from galerio_events.db import reading_only
from galerio_events.errors import DomainError
from galerio_events.outbox import domain, exports, queries, services
from galerio_events.outbox.domain import Action, Attachment, Decision, Outcome, Outgoing, Verdict
from galerio_events.outbox.exports import Renderer, RenderingFailed
from galerio_events.outbox.worker.transport import Envelope, Transport

BATCH = 50

_log = structlog.get_logger("galerio_events.outbox")


@dataclass(frozen=True, slots=True)
class Counts:
    """What a run came to."""

    sent: int = 0
    deferred: int = 0
    failed: int = 0
    unknown: int = 0
    recovered: int = 0

    def __str__(self) -> str:
        return ", ".join(f"{field.name} {getattr(self, field.name)}" for field in fields(self))


_COUNTED = {
    Action.ACCEPTED: "sent",
    Action.DEFERRED: "deferred",
    Action.REFUSED: "failed",
    Action.LOST: "unknown",
}


class Delivery:
    """Delivers what is due. Any number of them may work on one database at the same time."""

    def __init__(
        self,
        *,
        open_session: Callable[[], Session],
        renderer: Renderer,
        open_transport: Callable[[], Transport],
        stop: Callable[[], bool] = lambda: False,
        prepare: Callable[[], None] = lambda: None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._open_session = open_session
        self._renderer = renderer
        self._open_transport = open_transport
        self._stop = stop
        self._prepare = prepare
        self._clock = clock

    def run(self) -> Counts:
        """Send what is due until there is no more of it, `stop()`, or no server talks to us."""
        tally = dict.fromkeys((field.name for field in fields(Counts)), 0)
        with self._open_session() as db_session:
            tally["recovered"] = services.recover_abandoned(db_session, now=self._clock())
            db_session.commit()
        with closing(self._open_transport()) as transport:
            while ids := self._due():
                for mail_id in ids:
                    if self._stop():
                        return Counts(**tally)
                    settled = self._deliver(mail_id, transport)
                    if settled is None:
                        continue
                    decision, reachable = settled
                    tally[_COUNTED[decision.action]] += 1
                    if not reachable:
                        return Counts(**tally)
        return Counts(**tally)

    def run_one(self, mail_id: int) -> None:
        """Send that mail, if it is due, and no other."""
        with closing(self._open_transport()) as transport:
            self._deliver(mail_id, transport)

    def _due(self) -> list[int]:
        self._prepare()
        with reading_only(), self._open_session() as db_session:
            return queries.due(db_session, now=self._clock(), limit=BATCH)

    def _deliver(self, mail_id: int, transport: Transport) -> tuple[Decision, bool] | None:
        token = secrets.token_hex(16)
        with self._open_session() as db_session:
            mail = services.claim(db_session, mail_id, token=token, now=self._clock())
            db_session.commit()
        if mail is None:
            return None
        outcome = self._attempt(mail, transport)
        now = self._clock()
        decision = domain.decide(outcome, attempts=mail.attempts, bulk=mail.bulk, now=now)
        with self._open_session() as db_session:
            kept = services.settle(db_session, mail.id, decision, token=token, now=now)
            db_session.commit()
        _log.info(
            "mail" if kept else "mail whose claim was taken away",
            mail_id=mail.id,
            kind=mail.kind,
            attempt=mail.attempts,
            came_to=decision.action.value,
            reply=outcome.reply,
        )
        return decision, outcome.reachable

    def _attempt(self, mail: Outgoing, transport: Transport) -> Outcome:
        try:
            envelope = self._envelope(mail, self._attachments(mail))
        except (RenderingFailed, DomainError, LookupError, ValueError) as error:
            return Outcome(Verdict.PERMANENT, f"This mail cannot be made: {error}")
        except Exception as error:  # noqa: BLE001 written into the log and on the mail
            return self._surprise(Verdict.TEMPORARY, mail, error)
        try:
            return transport.send(envelope)
        except Exception as error:  # noqa: BLE001 written into the log and on the mail
            return self._surprise(Verdict.UNKNOWABLE, mail, error)

    def _surprise(self, verdict: Verdict, mail: Outgoing, error: Exception) -> Outcome:
        """What nobody thought of holds up this mail only; it is told in the log in full and on the mail's page."""
        _log.exception("mail could not be attempted", mail_id=mail.id, kind=mail.kind, attempt=mail.attempts)
        return Outcome(verdict, f"{type(error).__name__}: {error}")

    def _attachments(self, mail: Outgoing) -> list[Attachment]:
        with reading_only(), self._open_session() as db_session:
            return list(services.attachments(db_session, mail))

    def _envelope(self, mail: Outgoing, attached: list[Attachment]) -> Envelope:
        message = self._renderer.message(mail, attached)
        digest = mail.message_id.strip("<>").partition("@")[0]
        return Envelope(
            name=f"{mail.created_at:%Y%m%dT%H%M%SZ}-{mail.kind}-{digest[:16]}",
            sender=self._renderer.sender.address,
            recipient=domain.checked_address(mail.recipient_email),
            data=exports.as_bytes(message),
        )
