"""What the public page of a session shows of what was learnt, and of its film."""

from sqlalchemy.orm import Session

from galerio_events.learnings import queries
from galerio_events.releases.domain.document import PublishedSession
from galerio_events.web.parts import Shown, register_part


def read(db_session: Session, event_id: int, session: PublishedSession) -> Shown | None:
    """The public points and the film of the session; None where there is neither."""
    entry = queries.public_entries(db_session, event_id, session.key).get(session.key)
    return None if entry is None else Shown({"points": entry.points, "archive": entry.archive})


register_part("learnings/_session.html", 10, read)
