"""How much mail invitations may make, when it leaves, in which language, and what may stand in it."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from galerio_events.programme.domain.inviting.values import (
    LANGUAGES,
    LEAST_PAUSE,
    MOST_REMINDERS,
    Limits,
    Refusal,
)

# Mails about invitations: to one mailbox in a day, of one event in an hour and in a day; what is sent at once.
MOST_A_DAY = 6
MOST_AN_HOUR = 200
MOST_OF_EVENT = 600
MOST_AT_ONCE = 50
# Reminders of one invitation that leave by themselves.
MOST_AUTOMATIC = 2
_BEFORE_DEADLINE = (timedelta(days=7), timedelta(days=2))

# How soon an answer may be asked for, how long it is usually waited for, and how long at most.
SOONEST = timedelta(hours=1)
USUAL_WAIT = timedelta(days=14)
LONGEST_WAIT = timedelta(days=365)

# What is sent by hand waits for this long, so that it can be taken back.
SECOND_THOUGHTS = timedelta(minutes=2)


def mail_refusal(address: str | None, *, unwanted: bool, lately: Limits) -> Refusal | None:
    """Why no mail may go to that person now: only people of the event with an address who want mail get any, and
    nobody can use the invitations to flood a mailbox or to send mail in bulk."""
    if not address:
        return Refusal.NO_ADDRESS
    if unwanted:
        return Refusal.NO_MAIL_WANTED
    if lately.of_mailbox >= MOST_A_DAY:
        return Refusal.PERSON_LIMIT
    return Refusal.EVENT_LIMIT if lately.of_event >= MOST_AN_HOUR or lately.of_day >= MOST_OF_EVENT else None


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
