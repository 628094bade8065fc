"""Who is in the programme that the public sees; whoever publishes it says so."""

from collections.abc import Callable, Collection

from sqlalchemy.orm import Session

# The roles of the event's newest release: keys of session and person, and the role's value.
FindPublished = Callable[[Session, int], Collection[tuple[str, str, str]]]

_finders: list[FindPublished] = []


def register_published(find: FindPublished) -> None:
    """From now on, the roles that `find` finds count as published."""
    if find not in _finders:
        _finders.append(find)


def published_roles(db_session: Session, event_id: int) -> frozenset[tuple[str, str, str]]:
    """Session key, person key and role of everybody in the programme that the public sees."""
    return frozenset(role for find in _finders for role in find(db_session, event_id))
