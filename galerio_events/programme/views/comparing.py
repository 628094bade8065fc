"""What two people have changed about one session at the same time, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from galerio_events.events.models import Event
from galerio_events.extensions import db
from galerio_events.programme import queries
from galerio_events.programme.domain.placing import Placement, on_top, placed, placement_of
from galerio_events.programme.domain.plain import session_from_plain
from galerio_events.programme.domain.values import SessionValues
from galerio_events.programme.models import ProgrammeSession
from galerio_events.programme.queries.timetable import session_past
from galerio_events.translated import Translated
from galerio_events.web.filters import LANGUAGE_NAMES, tr_text
from galerio_events.web.labels import label
from galerio_events.web.locale import page_language
from galerio_events.web.times import when


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of the session before either change, and what it was changed to; None where that one left it alone."""

    field: str
    before: str
    mine: str | None
    theirs: str | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Somebody has saved the session since the reader saw it: who, when, and what is different.

    `together` is the stored placement with what the reader changed on top of it.
    """

    differences: tuple[Difference, ...]
    together: Placement
    who: str | None
    at: datetime | None


def before_news(event: Event, session: ProgrammeSession, since: int) -> SessionValues:
    """What the session said when the history of the event ended at `since`."""
    past = session_past(db.session(), event.id, session.key, since)
    first = next((entry.before for entry in past if entry.before is not None), None)
    return queries.values_of(session) if first is None else session_from_plain(first)


def compare(event: Event, session: ProgrammeSession, mine: Placement, since: int) -> Comparison:
    """What was entered and what is stored now, against what the reader saw when the history ended at `since`."""
    stored = queries.values_of(session)
    past = session_past(db.session(), event.id, session.key, since)
    base = before_news(event, session, since)
    wanted = placed(base, mine)
    names = _names(event)
    told = [_told(event, values, names) for values in (base, wanted, stored)]
    differences = tuple(
        Difference(field, before, _changed(before, entered), _changed(before, kept))
        for (field, before), (_field, entered), (_same, kept) in zip(*told, strict=True)
        if before != entered or before != kept
    )
    last = past[-1] if past else None
    together = on_top(placement_of(base), mine, placement_of(stored))
    return Comparison(differences, together, last.email if last else None, last.at if last else None)


def _changed(before: str, after: str) -> str | None:
    return None if before == after else after or "–"


def _told(event: Event, values: SessionValues, names: dict[str, str]) -> list[tuple[str, str]]:
    """Every field with its content as a reader sees it."""
    minutes = round((values.ends_at - values.starts_at).total_seconds() / 60)
    told = [
        (_("Time"), when(values.starts_at, values.ends_at, event.timezone, page_language())),
        (_("Length"), ngettext("%(num)d minute", "%(num)d minutes", minutes)),
        (_("Venue"), names.get(f"venue {values.venue}", values.venue or "")),
        (_("Where it is"), _("In the timetable") if values.scheduled else _("In the tray")),
        (_("Locked"), _("Yes") if values.locked else _("No")),
        (_("Kind"), label(values.kind)),
        (_("Status"), label(values.status)),
        (_("Track"), names.get(f"track {values.track}", values.track or "")),
    ]
    for name, text in ((_("Title"), values.title), (_("Summary"), values.summary), (_("Abstract"), values.abstract)):
        told += [(f"{name} ({LANGUAGE_NAMES.get(tag, tag)})", text.get(tag, "")) for tag in event.languages]
    people = [
        f"{label(role.role)}: {names.get(f'person {role.person}', role.person)}"
        + (f" ({label(role.state)})" if role.state.value != "confirmed" else "")
        for role in values.people
    ]
    return [
        *told,
        (_("People"), "\n".join(people)),
        (_("Places"), "" if values.capacity is None else str(values.capacity)),
        (_("Other details"), _others(values)),
    ]


def _others(values: SessionValues) -> str:
    parts = [
        values.language or "",
        _("interpreter needed") if values.needs_interpreter else "",
        *(link.url for link in values.links),
    ]
    return "\n".join(part for part in parts if part)


def _names(event: Event) -> dict[str, str]:
    found = queries.choices(db.session(), event.id)
    named: Sequence[tuple[str, tuple[tuple[str, Translated], ...]]] = (
        ("venue", found.venues),
        ("track", found.tracks),
        ("person", found.people),
    )
    return {f"{what} {key}": tr_text(name) or key for what, names in named for key, name in names}
