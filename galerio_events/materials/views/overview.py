"""The organisers' overview: which sessions lack slides, how much is there, and what becomes public when."""

from dataclasses import dataclass

from flask import g, render_template
from flask.typing import ResponseReturnValue

from galerio_events import clock
from galerio_events.extensions import db
from galerio_events.materials import queries
from galerio_events.materials.domain import MaterialKind, Slot
from galerio_events.materials.queries import Held, Line, Owner
from galerio_events.materials.views.blueprint import bp
from galerio_events.permissions import Permission
from galerio_events.programme.domain import RoleKind
from galerio_events.web.guards import requires

# Who is expected to show something.
SPEAKING = (RoleKind.KEYNOTE, RoleKind.SPEAKER, RoleKind.PANELIST, RoleKind.REACTOR)


@dataclass(frozen=True, slots=True)
class Row:
    """A session with its materials, and who of its speakers has sent no slides."""

    line: Line
    materials: list[Held]
    slot: Slot | None
    lacking: list[Owner]

    @property
    def lacks(self) -> bool:
        """Whether slides are expected and none are there, not even of the session as a whole."""
        return bool(self.line.speakers) and not any(one.values.kind is MaterialKind.SLIDES for one in self.materials)

    @property
    def size(self) -> int:
        """The bytes of all versions."""
        return sum(one.size for one in self.materials)


@bp.get("/<language:language>/organise/<slug>/materials")
@requires(Permission.PROGRAMME_READ)
def overview(language: str, slug: str) -> ResponseReturnValue:
    """Every session of the programme with its materials."""
    db_session, event = db.session(), g.event
    held = queries.of_event(db_session, event.id)
    slots = queries.slots_of(db_session, event.id)
    rows = []
    for line in queries.lines(db_session, event.id, SPEAKING):
        there = held.get(line.id, [])
        sent = {one.owner_id for one in there if one.values.kind is MaterialKind.SLIDES}
        lacking = [one for one in line.speakers if one.id not in sent]
        rows.append(Row(line, there, slots.get(line.key), lacking))
    return render_template(
        "materials/overview.html",
        event=event,
        rows=rows,
        now=clock.utc_now(),
        lacking=sum(row.lacks for row in rows),
        expected=sum(bool(row.line.speakers) for row in rows),
        files=sum(len(row.materials) for row in rows),
        size=sum(row.size for row in rows),
    )
