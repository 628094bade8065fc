"""What is public of a session's materials, on its page of the public site."""

from sqlalchemy.orm import Session

from galerio_events import clock
from galerio_events.materials import queries
from galerio_events.releases.domain.document import PublishedSession
from galerio_events.web.parts import Shown, register_part


def public_materials(db_session: Session, event_id: int, session: PublishedSession) -> Shown | None:
    """The files, until the next of them becomes public."""
    found, until = queries.published(db_session, event_id, session, now=clock.utc_now())
    return Shown({"materials": found}, until) if found or until else None


register_part("materials/_public.html", 20, public_materials)
