"""What becomes of roles when two persons turn out to be one."""

from collections.abc import Sequence
from dataclasses import replace

from galerio_events.programme.domain.values import RoleValue


def merged_roles(people: Sequence[RoleValue], *, dropped: str, kept: str) -> tuple[RoleValue, ...]:
    """The people of a session with the roles of `dropped` given to `kept`.

    Where both have the same role, the one that comes first stays, with the talk's title in each language and the
    minutes of the kept person, else of the dropped one; whoever of the two is taking part is.
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
                state=max(mine.state, other.state, key=lambda state: state == "confirmed"),
            )
        else:
            at[slot] = len(merged)
            merged.append(given)
    return tuple(merged)
