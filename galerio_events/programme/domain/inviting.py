"""Invitations: how they stand, what may happen to them and when, and how much mail they may make.

Whether somebody takes part is said by the state of their role alone, which organisers can also change by hand, import
or restore; what an invitation says by itself is only how it was asked and answered. `standing` brings the two together,
and `after` is the only place that says what leads where.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from galerio_events.errors import DomainError
from galerio_events.programme.domain import RoleState

# The languages that mails are written in.
LANGUAGES = ("ja", "en")

NOTE_LENGTH = 1000
REASON_LENGTH = 1000

# Mails about invitations to one mailbox in a day, and of one event in an hour; what is sent at once.
MOST_A_DAY = 6
MOST_AN_HOUR = 200
MOST_AT_ONCE = 50

# Reminders of one invitation: those that leave by themselves, all together, and the least time between two mails.
MOST_AUTOMATIC = 2
MOST_REMINDERS = 4
LEAST_PAUSE = timedelta(hours=20)
_BEFORE_DEADLINE = (timedelta(days=7), timedelta(days=2))

# How soon an answer may be asked for, how long it is usually waited for, and how long at most.
SOONEST = timedelta(hours=1)
USUAL_WAIT = timedelta(days=14)
LONGEST_WAIT = timedelta(days=365)

# What is sent by hand waits for this long, so that it can be taken back.
SECOND_THOUGHTS = timedelta(minutes=2)


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
    once more, `published` that the released programme has the person in this role.
    """

    state: InvitationState | None
    role: RoleState | None
    ends_at: datetime
    deadline_at: datetime | None = None
    was_confirmed: bool = False
    published: bool = False
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
    """How many mails there were lately: to the mailbox within a day, of the event within an hour."""

    of_mailbox: int
    of_event: int


_SAME = {
    RoleState.INVITED: InvitationState.INVITED,
    RoleState.DECLINED: InvitationState.DECLINED,
    RoleState.WITHDRAWN: InvitationState.WITHDRAWN,
    RoleState.REPLACED: InvitationState.REPLACED,
}
_CLOSED = frozenset({InvitationState.WITHDRAWN, InvitationState.REPLACED})


def standing(asked: Asked) -> InvitationState | None:
    """How the invitation stands, considering what became of the role meanwhile; None where nobody was asked."""
    if asked.state is None:
        return None
    if asked.role is None or asked.role is RoleState.TO_BE_INVITED:
        return asked.state if asked.state in _CLOSED else InvitationState.WITHDRAWN
    if asked.role is RoleState.CONFIRMED:
        if asked.state is InvitationState.INVITED and asked.was_confirmed:
            return InvitationState.INVITED
        return InvitationState.WITHDRAWN if asked.state is InvitationState.WITHDRAWN else InvitationState.ACCEPTED
    return _SAME[asked.role]


def overdue(asked: Asked, *, now: datetime) -> bool:
    """Whether the deadline has passed without an answer."""
    return standing(asked) is InvitationState.INVITED and not asked.open_at(now)


def after(asked: Asked, act: Act, *, now: datetime) -> Outcome:
    """What `act` leads to. Raises `InvitationRefused` with the reason for which it cannot be done.

    Answers count by themselves until the deadline, and a change of mind with them. After it, and for a published
    programme, a change that others have to put up with becomes a wish that the organisers decide; to decline what was
    never accepted is always possible.
    """
    if asked.role is None:
        raise InvitationRefused(Refusal.GONE)
    if now >= asked.ends_at and act not in {Act.WITHDRAW, Act.REPLACE, Act.REFUSE}:
        raise InvitationRefused(Refusal.OVER)
    return _RULES[act](asked, asked.role, standing(asked), now)


def _answerable(state: InvitationState | None) -> InvitationState:
    """The state, where the person may say something."""
    if state is None:
        raise InvitationRefused(Refusal.GONE)
    if state in _CLOSED:
        raise InvitationRefused(Refusal(state.value))
    return state


def _accept(asked: Asked, role: RoleState, state: InvitationState | None, now: datetime) -> Outcome:
    state = _answerable(state)
    if state is InvitationState.ACCEPTED:
        if asked.wish is None:
            raise InvitationRefused(Refusal.ALREADY_ACCEPTED)
        return Outcome(state, role)
    if asked.open_at(now):
        return Outcome(InvitationState.ACCEPTED, RoleState.CONFIRMED)
    if asked.wish is InvitationWish.ACCEPT_LATE:
        raise InvitationRefused(Refusal.WISH_WAITS)
    return Outcome(state, role, InvitationWish.ACCEPT_LATE)


def _decline(asked: Asked, role: RoleState, state: InvitationState | None, now: datetime) -> Outcome:
    state = _answerable(state)
    if state is InvitationState.DECLINED:
        if asked.wish is None:
            raise InvitationRefused(Refusal.ALREADY_DECLINED)
        return Outcome(state, role)
    if state is InvitationState.ACCEPTED and (asked.published or not asked.open_at(now)):
        if asked.wish is InvitationWish.LEAVE:
            raise InvitationRefused(Refusal.WISH_WAITS)
        return Outcome(state, role, InvitationWish.LEAVE)
    return Outcome(InvitationState.DECLINED, RoleState.DECLINED)


def _propose(_asked: Asked, role: RoleState, state: InvitationState | None, _now: datetime) -> Outcome:
    if _answerable(state) is not InvitationState.INVITED:
        raise InvitationRefused(Refusal.NOT_OPEN)
    return Outcome(InvitationState.INVITED, role, InvitationWish.OTHER_TIME)


def _invite(_asked: Asked, role: RoleState, state: InvitationState | None, _now: datetime) -> Outcome:
    if role is RoleState.REPLACED:
        raise InvitationRefused(Refusal.REPLACED)
    if state is InvitationState.INVITED:
        raise InvitationRefused(Refusal.ALREADY_OPEN)
    if state is InvitationState.ACCEPTED:
        raise InvitationRefused(Refusal.ALREADY_ACCEPTED)
    kept = role if role is RoleState.CONFIRMED else RoleState.INVITED
    return Outcome(InvitationState.INVITED, kept)


def _open(state: InvitationState | None) -> None:
    if state is not InvitationState.INVITED:
        raise InvitationRefused(Refusal.NOT_OPEN)


def _remind(asked: Asked, role: RoleState, state: InvitationState | None, now: datetime) -> Outcome:
    _open(state)
    if asked.wish is not None:
        raise InvitationRefused(Refusal.WISH_WAITS)
    if not asked.open_at(now):
        raise InvitationRefused(Refusal.TOO_LATE)
    if asked.reminders >= MOST_REMINDERS:
        raise InvitationRefused(Refusal.REMINDED_ENOUGH)
    if asked.last_mail_at is not None and now < asked.last_mail_at + LEAST_PAUSE:
        raise InvitationRefused(Refusal.TOO_SOON)
    return Outcome(InvitationState.INVITED, role)


def _extend(asked: Asked, role: RoleState, state: InvitationState | None, _now: datetime) -> Outcome:
    _open(state)
    return Outcome(InvitationState.INVITED, role, asked.wish)


def _withdraw(_asked: Asked, role: RoleState, state: InvitationState | None, _now: datetime) -> Outcome:
    if state not in {InvitationState.INVITED, InvitationState.ACCEPTED}:
        raise InvitationRefused(Refusal.NOT_OPEN)
    # Who was confirmed before the question stays so when nobody asks any more.
    asked_again = state is InvitationState.INVITED and role is RoleState.CONFIRMED
    return Outcome(InvitationState.WITHDRAWN, role if asked_again else RoleState.WITHDRAWN)


def _replace(_asked: Asked, role: RoleState, _state: InvitationState | None, _now: datetime) -> Outcome:
    if role is RoleState.REPLACED:
        raise InvitationRefused(Refusal.REPLACED)
    return Outcome(InvitationState.REPLACED, RoleState.REPLACED)


def _grant(asked: Asked, _role: RoleState, _state: InvitationState | None, _now: datetime) -> Outcome:
    if asked.wish is None:
        raise InvitationRefused(Refusal.NOTHING_ASKED)
    if asked.wish is InvitationWish.LEAVE:
        return Outcome(InvitationState.DECLINED, RoleState.DECLINED)
    return Outcome(InvitationState.ACCEPTED, RoleState.CONFIRMED)


def _refuse(asked: Asked, role: RoleState, state: InvitationState | None, _now: datetime) -> Outcome:
    if asked.wish is None or state is None:
        raise InvitationRefused(Refusal.NOTHING_ASKED)
    return Outcome(state, role)


def _renew(asked: Asked, role: RoleState, state: InvitationState | None, _now: datetime) -> Outcome:
    return Outcome(_answerable(state), role, asked.wish)


def _take_back(_asked: Asked, role: RoleState, state: InvitationState | None, _now: datetime) -> Outcome:
    _open(state)
    return Outcome(InvitationState.WITHDRAWN, role)


_RULES = {
    Act.ACCEPT: _accept,
    Act.DECLINE: _decline,
    Act.PROPOSE: _propose,
    Act.INVITE: _invite,
    Act.REMIND: _remind,
    Act.EXTEND: _extend,
    Act.WITHDRAW: _withdraw,
    Act.REPLACE: _replace,
    Act.GRANT: _grant,
    Act.REFUSE: _refuse,
    Act.NEW_LINK: _renew,
    Act.TAKE_BACK: _take_back,
}


def possible(asked: Asked, act: Act, *, now: datetime) -> bool:
    """Whether that can be done now."""
    try:
        after(asked, act, now=now)
    except InvitationRefused:
        return False
    return True


def mail_refusal(address: str | None, *, unwanted: bool, lately: Limits) -> Refusal | None:
    """Why no mail may go to that person now: only people of the event with an address who want mail get any, and
    nobody can use the invitations to flood a mailbox or to send mail in bulk."""
    if not address:
        return Refusal.NO_ADDRESS
    if unwanted:
        return Refusal.NO_MAIL_WANTED
    if lately.of_mailbox >= MOST_A_DAY:
        return Refusal.PERSON_LIMIT
    return Refusal.EVENT_LIMIT if lately.of_event >= MOST_AN_HOUR else None


def next_reminder(
    invited_at: datetime, deadline_at: datetime, *, sent: int, last_mail_at: datetime, automatic: int
) -> datetime | None:
    """When the next reminder leaves by itself: a week and two days before the deadline, never within `LEAST_PAUSE` of
    another mail; None where there is none to come. `automatic` is how many left by themselves already."""
    if automatic >= MOST_AUTOMATIC or sent >= MOST_REMINDERS:
        return None
    earliest = max(last_mail_at, invited_at) + LEAST_PAUSE
    planned = [deadline_at - before for before in _BEFORE_DEADLINE]
    return next((moment for moment in planned if moment >= earliest), None)


class DeadlineProblem(StrEnum):
    """What is wrong with the time until which an answer is asked for."""

    TOO_SOON = "too_soon"
    TOO_LATE = "too_late"
    AFTER_START = "after_start"


def deadline_problem(deadline_at: datetime, *, now: datetime, starts_at: datetime | None) -> DeadlineProblem | None:
    """What is wrong with that deadline for a session that begins at that time (None: nobody knows yet)."""
    if deadline_at < now + SOONEST:
        return DeadlineProblem.TOO_SOON
    if deadline_at > now + LONGEST_WAIT:
        return DeadlineProblem.TOO_LATE
    return DeadlineProblem.AFTER_START if starts_at is not None and deadline_at > starts_at else None


def mail_language(language: str | None, country: str | None, spoken: Sequence[str]) -> str:
    """The language that stands first in the mail: the person's own, else Japanese for somebody in Japan, else English;
    the other one stands beneath."""
    if language in LANGUAGES:
        return str(language)
    guessed = "ja" if country == "JP" else "en"
    return guessed if guessed in spoken or not spoken else next((each for each in spoken if each in LANGUAGES), guessed)


_NAME = r"(?<![A-Za-z0-9])[a-z0-9-]{2,}(?:\.[a-z0-9-]{2,})*\.[a-z]{2,}(?![A-Za-z0-9])"
_LOUD = _NAME.replace("[a-z0-9-]", "[A-Z0-9-]").replace("[a-z]", "[A-Z]")
_LINK = re.compile(rf"://|(?i:www\.|mailto:)|[^\s@]+@[^\s@]+\.[^\s@]+|{_NAME}|{_LOUD}")


def address_in(text: str) -> str:
    """What in a note looks like a web or mail address, which mail programs would make a link of; "" where nothing does.

    Notes are in mails that come from the conference: nobody is to be led elsewhere by them.
    """
    found = _LINK.search(text)
    return "" if found is None else found[0]


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
