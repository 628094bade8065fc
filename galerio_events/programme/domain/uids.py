"""By what sessions are known to calendars and to other systems, for ever."""

from uuid import NAMESPACE_URL, UUID, uuid5


def proper_uid(text: str | None) -> str | None:
    """The UID in the form in which we keep it, if it is a UUID (RFC 7986 section 5.3)."""
    try:
        return str(UUID(text)) if text and len(text) <= 45 else None
    except ValueError:
        return None


def derived_uid(slug: str, foreign: str) -> str:
    """The UID of a session that another system calls so: the same each time."""
    return str(uuid5(NAMESPACE_URL, f"galerio-events:{slug}/from/{foreign}"))
