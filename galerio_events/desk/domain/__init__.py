"""What the people of a session are shown of it, and when."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from galerio_events.programme.domain import RoleKind, RoleState

# How long before the beginning the way in is shown where the organisers have said nothing, and the most they can say.
USUAL_MINUTES = 60
MOST_MINUTES = 7 * 24 * 60
ADDRESS_LENGTH = 500
# Sessions overrun, and people drop out and come back.
_LINGERS = timedelta(hours=1)


class JoinState(StrEnum):
    """Whether the way in is shown already."""

    LATER = "later"
    OPEN = "open"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Joining:
    """How somebody gets into an online session. `address` is told while the way in is open, and only then."""

    state: JoinState
    opens_at: datetime
    address: str | None = None


def joining(address: str | None, starts_at: datetime, ends_at: datetime, *, minutes: int, now: datetime) -> Joining:
    """The way in that opens so many minutes before the beginning and closes an hour after the end."""
    opens_at = starts_at - timedelta(minutes=minutes)
    if now < opens_at:
        return Joining(JoinState.LATER, opens_at)
    if now >= ends_at + _LINGERS:
        return Joining(JoinState.OVER, opens_at)
    return Joining(JoinState.OPEN, opens_at, address)


class Publicity(StrEnum):
    """How what the draft says of a session stands to what the public reads."""

    PUBLIC = "public"
    CHANGED = "changed"
    NOT_YET = "not_yet"
    UNSETTLED = "unsettled"


@dataclass(frozen=True, slots=True)
class Slot:
    """When and where: instants, and the key of the venue."""

    starts_at: datetime
    ends_at: datetime
    venue: str | None


def publicity(draft: Slot, *, scheduled: bool, released: Slot | None) -> Publicity:
    """`released` is what the newest release says, None where it does not have the session or has cancelled it."""
    if not scheduled:
        return Publicity.UNSETTLED
    if released is None:
        return Publicity.NOT_YET
    return Publicity.PUBLIC if draft == released else Publicity.CHANGED


class Phase(StrEnum):
    """Where a moment lies by the hours of a session; its end belongs to what comes after."""

    AHEAD = "ahead"
    UNDER_WAY = "under_way"
    OVER = "over"


def phase(starts_at: datetime, ends_at: datetime, now: datetime) -> Phase:
    """Where `now` lies."""
    return Phase.AHEAD if now < starts_at else Phase.UNDER_WAY if now < ends_at else Phase.OVER


@dataclass(frozen=True, slots=True)
class Countdown:
    """A span of time in whole units, of which a page shows the two largest that are not empty."""

    days: int
    hours: int
    minutes: int
    seconds: int


def countdown(until: datetime, now: datetime) -> Countdown:
    """How long it is from `now`; nothing where that is past."""
    left = max(0, int((until - now).total_seconds()))
    minutes, seconds = divmod(left, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    return Countdown(days, hours, minutes, seconds)


_SEES_ALL = frozenset({RoleKind.MODERATOR, RoleKind.MC})


def sees_address(own: Collection[RoleKind], theirs: Collection[RoleKind]) -> bool:
    """Whether somebody with these roles in a session sees the mail address of a colleague in it with those.

    Who conducts the session sees everybody's, and everybody sees theirs; speakers do not see each other's.
    """
    return bool(_SEES_ALL.intersection(own)) or (bool(own) and bool(_SEES_ALL.intersection(theirs)))


class Standing(StrEnum):
    """How far somebody takes part in a session."""

    OUT = "out"
    INVITED = "invited"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class Part:
    """How somebody stands in a session, how often that has changed, and when it last did (None: never)."""

    standing: Standing
    changes: int = 0
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What the history keeps of one change of a session: its people before and after it, in plain JSON."""

    at: datetime
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def standing(states: Iterable[RoleState]) -> Standing:
    """How somebody stands who has roles in these states: by the one that has come furthest."""
    held = set(states)
    if RoleState.CONFIRMED in held:
        return Standing.CONFIRMED
    return Standing.INVITED if RoleState.INVITED in held else Standing.OUT


def part(changes: Iterable[Change], persons: Collection[str], now_standing: Standing) -> Part:
    """How somebody who is called by these keys stands, by the changes of one session in the order in which they came.

    Every change of that is counted, so that the number rises whatever happens to the part.
    """
    number, since = 0, None
    for change in changes:
        if _stood(change.before, persons) != _stood(change.after, persons):
            number, since = number + 1, change.at
    return Part(now_standing, number, since)


def _stood(plain: Mapping[str, Any], persons: Collection[str]) -> Standing:
    return standing(RoleState(role["state"]) for role in plain.get("people", ()) if role["person"] in persons)
