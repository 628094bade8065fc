"""What the organisers of an event expect of sessions of a kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from galerio_events.programme.domain import RoleKind, SessionKind

# How long a new session is where nothing else is settled for its kind.
USUAL_MINUTES = 60
MOST_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class KindSettings:
    """Which roles somebody has to have in every session of a kind, and how many minutes a new one lasts."""

    required_roles: frozenset[RoleKind] = frozenset()
    minutes: int | None = None


Kinds = Mapping[SessionKind, KindSettings]


def minutes_valid(minutes: int | None) -> bool:
    """Whether a new session can be that long; None means `USUAL_MINUTES`."""
    return minutes is None or 1 <= minutes <= MOST_MINUTES


def kind_to_plain(settings: KindSettings) -> dict[str, Any]:
    """What is expected of one kind, in JSON; roles in the order of `RoleKind`."""
    return {
        "required_roles": [role.value for role in RoleKind if role in settings.required_roles],
        "minutes": settings.minutes,
    }


def kinds_to_plain(kinds: Kinds) -> dict[str, Any]:
    """What is expected of every kind, in JSON."""
    return {kind.value: kind_to_plain(kinds.get(kind, KindSettings())) for kind in SessionKind}


def kinds_from_plain(plain: Mapping[str, Any]) -> Kinds:
    """What `kinds_to_plain` wrote."""
    return {
        SessionKind(kind): KindSettings(frozenset(map(RoleKind, each["required_roles"])), each["minutes"])
        for kind, each in plain.items()
    }
