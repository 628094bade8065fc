"""What the people of a session may do for it, by their roles."""

from collections.abc import Iterable
from enum import StrEnum

from galerio_events.programme.domain import RoleKind


class Duty(StrEnum):
    """Something that is done for one session by somebody who has a part in it."""

    SEE = "see"
    CONDUCT = "conduct"
    MODERATE_QUESTIONS = "moderate_questions"
    WRITE_LEARNINGS = "write_learnings"


_CONDUCTORS = frozenset({RoleKind.MODERATOR, RoleKind.MC})


def may(roles: Iterable[RoleKind], duty: Duty) -> bool:
    """Whether somebody with these roles in a session may do this for it. Without a role nobody may do anything."""
    held = frozenset(roles)
    return bool(held) if duty is Duty.SEE else bool(held & _CONDUCTORS)
