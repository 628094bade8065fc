"""What the public pages of a session's questions are opened with: the session, what is settled, and who reads."""

from dataclasses import dataclass
from typing import Any

from flask import abort
from flask_login import current_user

from galerio_events import clock
from galerio_events.extensions import db
from galerio_events.programme.domain import SessionKind
from galerio_events.questions import queries
from galerio_events.questions.domain import Phase, phase
from galerio_events.questions.queries import Registrant, Settled
from galerio_events.releases import queries as releases
from galerio_events.releases.domain.document import PublishedProgramme, PublishedSession
from galerio_events.web import registrants
from galerio_events.web.guards import actor
from galerio_events.web.published import newest_pointer


@dataclass(frozen=True, slots=True)
class Place:
    """A session as it is published."""

    programme: PublishedProgramme
    session: PublishedSession

    def phase(self, held: Settled) -> Phase:
        """What can be done with its questions now."""
        return phase(
            held.rules,
            held.board,
            starts_at=self.session.starts_at,
            ends_at=self.session.ends_at,
            now=clock.utc_now(),
            cancelled=self.session.cancelled,
        )


def published_session(slug: str, key: str) -> Place:
    """The session of that address as it is published; 404 for one that is not, and for a break."""
    pointer = newest_pointer(slug) or abort(404)
    programme = releases.programme_of(db.session(), pointer)
    session = programme.session(key)
    if session is None or session.kind is SessionKind.BREAK:
        abort(404)
    return Place(programme, session)


def settled_of(slug: str, key: str) -> Settled:
    """What is settled about the questions of that session, with its id; 404 where it is not stored."""
    return queries.settled(db.session(), slug, key) or abort(404)


def reader_of(event_id: int, slug: str) -> Registrant | None:
    """Who reads, if they are registered for the event: by the registration that this browser has opened, else by the
    mailbox that the sign-in has proved."""
    hashed = registrants.remembered(slug)
    found = queries.registrant_by_link(db.session(), event_id, hashed) if hashed else None
    if found is not None:
        return found
    account: Any = current_user
    if actor().account_id is None:
        return None
    return queries.registrant_by_email(db.session(), event_id, account.email)
