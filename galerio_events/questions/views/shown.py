"""What the public page of a session says of its questions: where to ask while they are open, and to read afterwards."""

from sqlalchemy.orm import Session

from galerio_events import clock
from galerio_events.programme.domain import SessionKind
from galerio_events.questions import queries
from galerio_events.questions.domain import Phase, next_change, phase
from galerio_events.releases.domain.document import PublishedSession
from galerio_events.web.parts import Shown, register_part


def read(db_session: Session, event_id: int, session: PublishedSession) -> Shown | None:
    """The way to the questions of that session; None where there is nothing to ask and nothing to read."""
    held = queries.settled_in(db_session, event_id, session.key)
    if held is None or session.kind is SessionKind.BREAK:
        return None
    now, starts_at, ends_at = clock.utc_now(), session.starts_at, session.ends_at
    found = phase(held.rules, held.board, starts_at=starts_at, ends_at=ends_at, now=now)
    until = next_change(held.board, starts_at=starts_at, ends_at=ends_at, now=now)
    if found is Phase.OPEN:
        return Shown({"open": True, "key": session.key}, until)
    if found is Phase.CLOSED and held.rules.public_list:
        counts = queries.counts(db_session, [held.session_id]).get(held.session_id, queries.Counts())
        if counts.open + counts.done:
            return Shown({"open": False, "key": session.key}, until)
    return Shown({"open": None, "key": session.key}, until) if until else None


register_part("questions/_session.html", 5, read)
