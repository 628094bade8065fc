"""What becomes of roles when two persons turn out to be one."""

from collections.abc import Sequence
from dataclasses import replace

from galerio_events.programme.domain import RoleState
from galerio_events.programme.domain.values import RoleValue

# Of two states of what turns out to be one role, the earlier in this order holds.
_FIRST = (
    RoleState.CONFIRMED,
    RoleState.INVITED,
    RoleState.TO_BE_INVITED,
    RoleState.DECLINED,
    RoleState.REPLACED,
    RoleState.WITHDRAWN,
)


def merged_roles(people: Sequence[RoleValue], *, dropped: str, kept: str) -> tuple[RoleValue, ...]:
    """The people of a session with the roles of `dropped` given to `kept`.

    Where both have the same role, the one that comes first stays, with the talk's title in each language and the
    minutes of the kept person, else of the dropped one, and the state of whoever of the two has come farther.
    """
    merged: list[RoleValue] = []
    at: dict[tuple[str, str], int] = {}
    for role in people:
        given = replace(role, person=kept) if role.person == dropped else role
        slot = (given.role, given.person)
        if slot in at:
            mine, other = (merged[at[slot]], given) if role.person == dropped else (given, merged[at[slot]])
            merged[at[slot]] = replace(
                mine,
                title=type(mine.title)({**other.title, **mine.title}),
                minutes=mine.minutes or other.minutes,
                state=min(mine.state, other.state, key=_FIRST.index),
            )
        else:
            at[slot] = len(merged)
            merged.append(given)
    return tuple(merged)
