"""The rules of the mail that leaves: what a mail is, its states, when it is tried again, what a reply means."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from galerio_events.text import one_line

# A worker that has not said what became of a mail after this long was killed. It is longer than all time-outs of one
# SMTP transaction together, so that a slow server is not taken for a dead worker.
CLAIM_LASTS = timedelta(minutes=15)

# What is written down of a mail whose worker was killed.
INTERRUPTED = "The worker stopped while it was sending this mail."

# How long to wait after the first, second … attempt; an attempt after the last of them is the last one (two days).
BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 120, *[240] * 11))

# The longest wait where nobody would talk to us: that says nothing about the mail, so it is no attempt of its own.
UNREACHABLE_WAIT = timedelta(minutes=5)

# The value of a mail that holds what an organiser made of its words, and how much of them there may be.
EDITED = "edited"
SUBJECT_LENGTH = 200
TEXT_LENGTH = 20_000

# A mail that has been due for longer than this shows that no worker runs, or that it reaches no mail server.
OVERDUE = timedelta(minutes=5)

# What is urgent counts as if it had been due for so long already.
AHEAD = timedelta(hours=1)


class MailState(StrEnum):
    DRAFT = "draft"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    # The worker died after it had handed the mail over and before it could write that down.
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


class Action(StrEnum):
    """What can happen to a mail."""

    CLAIM = "claim"
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REFUSED = "refused"
    LOST = "lost"
    SEND = "send"
    SEND_NOW = "send-now"
    RETRY = "retry"
    CANCEL = "cancel"


TRANSITIONS: Mapping[tuple[MailState, Action], MailState] = {
    (MailState.DRAFT, Action.SEND): MailState.QUEUED,
    (MailState.DRAFT, Action.CANCEL): MailState.CANCELLED,
    (MailState.QUEUED, Action.CLAIM): MailState.SENDING,
    (MailState.QUEUED, Action.SEND_NOW): MailState.QUEUED,
    (MailState.QUEUED, Action.CANCEL): MailState.CANCELLED,
    (MailState.SENDING, Action.ACCEPTED): MailState.SENT,
    (MailState.SENDING, Action.DEFERRED): MailState.QUEUED,
    (MailState.SENDING, Action.REFUSED): MailState.FAILED,
    (MailState.SENDING, Action.LOST): MailState.UNKNOWN,
    (MailState.FAILED, Action.RETRY): MailState.QUEUED,
    (MailState.UNKNOWN, Action.RETRY): MailState.QUEUED,
}

# What an organiser may do by hand; the rest is the worker's.
BY_HAND = (Action.SEND, Action.SEND_NOW, Action.RETRY, Action.CANCEL)


def after(state: MailState, action: Action) -> MailState | None:
    """The state that follows, or None where that cannot happen in this state."""
    return TRANSITIONS.get((state, action))


def states_for(action: Action) -> tuple[MailState, ...]:
    """The states in which that can happen."""
    return tuple(state for state, possible in TRANSITIONS if possible is action)


def actions_by_hand(state: MailState) -> tuple[Action, ...]:
    """What an organiser may do with a mail in that state."""
    return tuple(action for action in BY_HAND if after(state, action))


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to be written into the outbox.

    `kind` is a folder of `templates/mail/`; `values` (JSON only: instants as `clock.to_text`, translated texts as
    objects of language to text) is everything that its templates use; private links appear in it as nonces, never as
    tokens. The same `dedupe_key` is never sent twice. A `bulk` mail of which nobody knows whether it left is not tried
    again by itself. Mails of one `batch` are looked through and sent together. An `urgent` one leaves before all that
    has waited for less than an hour.
    """

    event_id: int | None
    kind: str
    language: str
    recipient_email: str
    recipient_name: str
    values: Mapping[str, Any]
    dedupe_key: str
    bulk: bool = False
    draft: bool = False
    batch: str | None = None
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Wording:
    """Subject and text of a mail, without what all mails end with, for somebody to edit.

    `[[manage]]` stands for the code of the private link of that purpose: only the recipient gets it.
    """

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A row of the outbox as the renderer and the worker see it."""

    id: int
    event_id: int | None
    kind: str
    language: str
    recipient_email: str
    recipient_name: str
    values: Mapping[str, Any]
    message_id: str
    bulk: bool
    attempts: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail. `mimetype` is `type/subtype`; `parameters` are those of the content type."""

    filename: str
    mimetype: str
    data: bytes
    parameters: Mapping[str, str] = field(default_factory=dict)


class Verdict(StrEnum):
    """What one attempt came to."""

    ACCEPTED = "accepted"
    # Try again later.
    TEMPORARY = "temporary"
    # Trying again would give the same answer.
    PERMANENT = "permanent"
    # The content was handed over, and then the line went dead before the server said what it made of it.
    UNKNOWABLE = "unknowable"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one attempt came to, with the server's or the system's own words. `reachable` is False where no server
    would talk to us at all, so that trying the next mail at once is pointless."""

    verdict: Verdict
    reply: str = ""
    reachable: bool = True


@dataclass(frozen=True, slots=True)
class Decision:
    """What to write down after an attempt; `counted` is False where it was none that the mail should pay for."""

    action: Action
    next_attempt_at: datetime
    error: str
    counted: bool = True


def classify(code: int) -> Verdict:
    """What an SMTP reply code means (RFC 5321, section 4.2.1)."""
    if 200 <= code < 300:
        return Verdict.ACCEPTED
    if 500 <= code < 600:
        return Verdict.PERMANENT
    return Verdict.TEMPORARY


def decide(outcome: Outcome, *, attempts: int, bulk: bool, now: datetime) -> Decision:
    """What becomes of a mail after its `attempts`-th attempt (from 1) had that outcome."""
    if outcome.verdict is Verdict.ACCEPTED:
        return Decision(Action.ACCEPTED, now, "")
    error = one_line(outcome.reply)[:1000]
    if outcome.verdict is Verdict.PERMANENT:
        return Decision(Action.REFUSED, now, error)
    if outcome.verdict is Verdict.UNKNOWABLE and bulk:
        return Decision(Action.LOST, now, error)
    if outcome.verdict is Verdict.TEMPORARY and not outcome.reachable:
        wait = min(BACKOFF[min(attempts, len(BACKOFF)) - 1], UNREACHABLE_WAIT)
        return Decision(Action.DEFERRED, now + wait, error, counted=False)
    if attempts > len(BACKOFF):
        return Decision(Action.REFUSED, now, error)
    return Decision(Action.DEFERRED, now + BACKOFF[attempts - 1], error)


def abandoned(*, attempts: int, bulk: bool, now: datetime) -> Decision:
    """What becomes of a mail whose worker was killed while it had it in hand."""
    outcome = Outcome(Verdict.UNKNOWABLE, INTERRUPTED)
    decision = decide(outcome, attempts=attempts, bulk=bulk, now=now)
    if decision.action is Action.DEFERRED:
        return Decision(Action.DEFERRED, now, decision.error)
    return decision


def minutes_overdue(due_since: datetime | None, *, now: datetime) -> int | None:
    """For how many whole minutes mail has waited that should have left, or None where that is no cause for concern."""
    if due_since is None or now - due_since <= OVERDUE:
        return None
    return (now - due_since) // timedelta(minutes=1)


def edited_wording(values: Mapping[str, Any]) -> Wording | None:
    """What an organiser made of the words of the mail with these values; None where they are the original ones."""
    found = values.get(EDITED)
    return None if found is None else Wording(found["subject"], found["text"])


def wording_digest(values: Mapping[str, Any], language: str) -> str:
    """What two mails of one language share whose words were edited alike, or not at all; for noticing that somebody
    else was faster."""
    return hashlib.sha256(json.dumps([language, values.get(EDITED)], sort_keys=True).encode()).hexdigest()[:32]


def message_id(dedupe_key: str, host: str) -> str:
    """The Message-ID (RFC 5322, section 3.6.4) of the mail with that key: the same on every attempt."""
    return f"<{hashlib.sha256(dedupe_key.encode()).hexdigest()[:32]}@{host}>"


def checked_address(address: str) -> str:
    """An `addr-spec` that is safe in a header and in an SMTP command, its domain in ASCII (RFC 5890).

    Raises `ValueError` for anything else.
    """
    local, at, domain = address.strip().rpartition("@")
    if not (at and local and domain) or len(address) > 320:
        raise ValueError(f"not an e-mail address: {address!r}")
    if any(c.isspace() or not c.isprintable() or c in '<>()[],;:\\"' for c in local + domain) or "@" in local:
        raise ValueError(f"not an e-mail address: {address!r}")
    return f"{local}@{domain if domain.isascii() else domain.encode('idna').decode()}"
