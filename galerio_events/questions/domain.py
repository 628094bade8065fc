"""Rules about the questions that registrants put to a session: when, by whom, how many, and under whose name."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from galerio_events.errors import DomainError
from galerio_events.text import fold

# Characters of a question and of each language of an answer.
QUESTION_LENGTH = 500
ANSWER_LENGTH = 2000
# So many questions to one session a registrant may have at a time.
MOST_A_PERSON = 10
# Hours before a session's beginning and after its end that a moderator may choose from.
MOST_HOURS_BEFORE = 2160
MOST_HOURS_AFTER = 720
USUAL_HOURS_AFTER = 24
# So many days after an event's last day nobody needs to know any more whose question a question was.
KEPT_DAYS = 30


class Naming(StrEnum):
    """Whether the names of those who ask are shown on an event."""

    NAMED = "named"
    CHOICE = "choice"
    ANONYMOUS = "anonymous"


class Mode(StrEnum):
    """What a session's moderator lets be done: ask and vote, only read, or neither."""

    OPEN = "open"
    CLOSED = "closed"
    OFF = "off"


class Phase(StrEnum):
    """What can be done at one moment."""

    OFF = "off"
    NOT_YET = "not_yet"
    OPEN = "open"
    CLOSED = "closed"


class Progress(StrEnum):
    """How far a question has come in the session."""

    OPEN = "open"
    TAKEN = "taken"
    DONE = "done"


class Order(StrEnum):
    """In which order a list stands: by votes, the newest first, or as the moderator has put it."""

    VOTES = "votes"
    NEWEST = "newest"
    OWN = "own"


class Shelf(StrEnum):
    """Where a moderator finds a question."""

    OPEN = "open"
    WAITING = "waiting"
    DONE = "done"
    HIDDEN = "hidden"


class Deed(StrEnum):
    """What a moderator does with a question."""

    APPROVE = "approve"
    HOLD = "hold"
    HIDE = "hide"
    SHOW = "show"
    TAKE = "take"
    DONE = "done"
    REOPEN = "reopen"
    UP = "up"
    DOWN = "down"
    BAR = "bar"
    UNBAR = "unbar"


# What takes back what; moves are taken back by moving again.
OPPOSITE: dict[Deed, Deed] = {
    Deed.APPROVE: Deed.HOLD,
    Deed.HOLD: Deed.APPROVE,
    Deed.HIDE: Deed.SHOW,
    Deed.SHOW: Deed.HIDE,
    Deed.TAKE: Deed.REOPEN,
    Deed.DONE: Deed.REOPEN,
    Deed.BAR: Deed.UNBAR,
    Deed.UNBAR: Deed.BAR,
}


class Refusal(StrEnum):
    """Why a question or a vote is not taken."""

    NOT_OPEN = "not_open"
    DUPLICATE = "duplicate"
    TOO_MANY = "too_many"
    BARRED = "barred"
    OWN = "own"
    SETTLED = "settled"


class QuestionRefused(DomainError):
    """The rules do not allow it now."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Rules:
    """What an event's organisers have settled; as it is where they have settled nothing."""

    offered: bool = True
    naming: Naming = Naming.CHOICE
    public_list: bool = True


@dataclass(frozen=True, slots=True)
class Board:
    """What a session's moderator has settled; as it is where they have settled nothing.

    `opens_hours` counts back from the beginning, None being as soon as the session is published; `closes_hours` counts
    from the end. Both move with the session. `version` counts what was done to the questions.
    """

    version: int = 0
    mode: Mode = Mode.OPEN
    premoderated: bool = False
    opens_hours: int | None = None
    closes_hours: int = USUAL_HOURS_AFTER

    def opens_at(self, starts_at: datetime) -> datetime | None:
        """From when questions are taken; None means from the publication on."""
        return None if self.opens_hours is None else starts_at - timedelta(hours=self.opens_hours)

    def closes_at(self, ends_at: datetime) -> datetime:
        """From when questions are not taken any more."""
        return ends_at + timedelta(hours=self.closes_hours)


def phase(
    rules: Rules, board: Board, *, starts_at: datetime, ends_at: datetime, now: datetime, cancelled: bool = False
) -> Phase:
    """What can be done with the questions of a session at that moment."""
    if not rules.offered or board.mode is Mode.OFF:
        return Phase.OFF
    opens_at = board.opens_at(starts_at)
    if opens_at is not None and now < opens_at:
        return Phase.NOT_YET
    if cancelled or board.mode is Mode.CLOSED or now >= board.closes_at(ends_at):
        return Phase.CLOSED
    return Phase.OPEN


def next_change(board: Board, *, starts_at: datetime, ends_at: datetime, now: datetime) -> datetime | None:
    """When the phase will change next if nobody settles anything else; None where it never will."""
    ahead = (board.opens_at(starts_at), board.closes_at(ends_at))
    return min((moment for moment in ahead if moment is not None and moment > now), default=None)


def is_named(naming: Naming, *, hide: bool) -> bool:
    """Whether a question is put under the asker's name. What was put without one is never given one later."""
    return naming is Naming.NAMED or (naming is Naming.CHOICE and not hide)


def text_key(text: str) -> str:
    """What two spellings of the same question share, without regard to width, case and punctuation: SHA-256."""
    return hashlib.sha256((fold(text) or text).encode()).hexdigest()
