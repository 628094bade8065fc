"""Pages of one session, for its people and for those who organise its event: loaded and authorised in one step."""

from dataclasses import dataclass, field
from typing import Any

from flask import abort, g
from flask_login import current_user

from galerio_events.events import queries as events
from galerio_events.events.models import Event
from galerio_events.permissions import Permission, can
from galerio_events.programme import queries
from galerio_events.programme.domain import RoleKind
from galerio_events.programme.domain.duties import Duty, may
from galerio_events.programme.models import ProgrammeSession
from galerio_events.programme.queries.own import own_part
from galerio_events.web.guards import actor


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that the reader may see: as an organiser of its event, or by the roles that they have in it."""

    event: Event
    session: ProgrammeSession
    organiser: bool
    roles: frozenset[RoleKind] = field(default=frozenset())
    # Who the reader is in the session, by id; of an organiser who looks in, nobody.
    persons: frozenset[int] = field(default=frozenset())

    def may(self, duty: Duty) -> bool:
        """Whether the reader may do this for the session; organisers may do everything."""
        return self.organiser or may(self.roles, duty)


def open_session(slug: str, key: str, duty: Duty = Duty.SEE) -> Opened:
    """The session of that address for a reader who may do that for it; everybody else gets the same 404.

    For an organiser, the event is put into `g.event` as for the organisers' pages. Only behind `@signed_in`.
    """
    from galerio_events.extensions import db

    account: Any = current_user
    event = events.by_slug(db.session(), slug)
    if event is None:
        abort(404)
    if can(actor(), Permission.PROGRAMME_EDIT, event_id=event.id):
        session = queries.session_by_key(db.session(), event.id, key)
        if session is None or session.removed_at is not None:
            abort(404)
        g.event = event
        return Opened(event, session, True)
    part = own_part(db.session(), account.email, slug, key)
    if part is None or not may(part.roles, duty):
        abort(404)
    return Opened(part.event, part.programme_session, False, part.roles, part.person_ids)
