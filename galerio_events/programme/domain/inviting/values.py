"""How invitations stand, what can be done to them, and why something cannot."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from galerio_events.errors import DomainError
from galerio_events.programme.domain import RoleState

# The languages that mails are written in.
LANGUAGES = ("ja", "en")

NOTE_LENGTH = 1000
REASON_LENGTH = 1000

# All reminders of one invitation, and the least time between two mails.
MOST_REMINDERS = 4
LEAST_PAUSE = timedelta(hours=20)


class InvitationState(StrEnum):
    """How far an invitation has come."""

    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"


class InvitationWish(StrEnum):
    """What the person asks the organisers to decide."""

    OTHER_TIME = "other_time"
    # After the deadline, or once the programme is published with the name in it.
    LEAVE = "leave"
    ACCEPT_LATE = "accept_late"


class Act(StrEnum):
    """What is done to an invitation: the first three by the person, the others by organisers or the clock."""

    ACCEPT = "accept"
    DECLINE = "decline"
    PROPOSE = "propose"
    INVITE = "invite"
    REMIND = "remind"
    EXTEND = "extend"
    WITHDRAW = "withdraw"
    REPLACE = "replace"
    GRANT = "grant"
    REFUSE = "refuse"
    NEW_LINK = "new_link"
    TAKE_BACK = "take_back"


class Refusal(StrEnum):
    """Why something cannot be done to an invitation now."""

    GONE = "gone"
    OVER = "over"
    ALREADY_OPEN = "already_open"
    ALREADY_ACCEPTED = "already_accepted"
    ALREADY_DECLINED = "already_declined"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    NOT_OPEN = "not_open"
    NOTHING_ASKED = "nothing_asked"
    WISH_WAITS = "wish_waits"
    TOO_LATE = "too_late"
    TOO_SOON = "too_soon"
    REMINDED_ENOUGH = "reminded_enough"
    NO_ADDRESS = "no_address"
    NO_MAIL_WANTED = "no_mail_wanted"
    PERSON_LIMIT = "person_limit"
    EVENT_LIMIT = "event_limit"
    DEADLINE = "deadline"
    LEFT_ALREADY = "left_already"


class InvitationRefused(DomainError):
    """Something that cannot be done to an invitation now; nothing was written."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Asked:
    """An invitation and what it is about, as `after` takes them. Times are UTC.

    `state` is None where nobody was asked yet; `role` is None where the session is not in the draft (any more) or the
    person has no such role in it. `was_confirmed` says that somebody whose role was confirmed was asked to confirm it
    once more, `published` that the released programme has the person in this role, `moved` that they have accepted
    another time than the one at which the session is now.
    """

    state: InvitationState | None
    role: RoleState | None
    ends_at: datetime
    deadline_at: datetime | None = None
    was_confirmed: bool = False
    published: bool = False
    moved: bool = False
    wish: InvitationWish | None = None
    reminders: int = 0
    last_mail_at: datetime | None = None

    def open_at(self, now: datetime) -> bool:
        """Whether an answer counts by itself."""
        return self.deadline_at is not None and now < self.deadline_at


@dataclass(frozen=True, slots=True)
class Outcome:
    """What something leads to. A `wish` is for the organisers to decide; without one, there is none any more."""

    state: InvitationState
    role: RoleState
    wish: InvitationWish | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """How many mails there were lately: to the mailbox within a day, of the event within an hour and within a day."""

    of_mailbox: int
    of_event: int
    of_day: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """How many roles are in each state; a role that was given to somebody else does not count."""

    by_state: dict[RoleState, int] = field(default_factory=dict)

    @property
    def confirmed(self) -> int:
        return self.by_state.get(RoleState.CONFIRMED, 0)

    @property
    def total(self) -> int:
        """All that somebody is wanted for: replaced roles have a successor."""
        return sum(number for state, number in self.by_state.items() if state is not RoleState.REPLACED)


def tally(states: list[RoleState]) -> Tally:
    """How many of these roles are in each state."""
    return Tally({state: states.count(state) for state in RoleState if state in states})
