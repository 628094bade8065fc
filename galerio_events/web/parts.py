"""What other features have to show on the public page of a session, beneath what its release says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from galerio_events.releases.domain.document import PublishedSession
from galerio_events.releases.queries import Pointer, programme_of


@dataclass(frozen=True, slots=True)
class Shown:
    """What a template needs, and until when that holds (None: until something is written, which
    `publish_besides` notes)."""

    values: Mapping[str, Any]
    until: datetime | None = None


# Nothing to show: None.
ReadPart = Callable[[Session, int, PublishedSession], Shown | None]

_parts: dict[str, tuple[int, ReadPart]] = {}


def register_part(template: str, order: int, read: ReadPart) -> None:
    """From now on, pages of sessions that take place include that template, with the values that `read(db_session,
    event_id, session)` gives for it. Parts stand in the order of their numbers."""
    _parts[template] = (order, read)


class PartsReader:
    """Reads what the features show of the session of that key, before its page is built."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.found: list[tuple[str, Mapping[str, Any]]] = []

    def __call__(self, db_session: Session, pointer: Pointer) -> datetime | None:
        session = programme_of(db_session, pointer).session(self.key)
        if session is None or session.cancelled:
            return None
        untils = []
        for template, (_order, read) in sorted(_parts.items(), key=lambda entry: entry[1][0]):
            shown = read(db_session, pointer.event_id, session)
            if shown is not None:
                self.found.append((template, shown.values))
                untils.append(shown.until)
        return min((until for until in untils if until is not None), default=None)
