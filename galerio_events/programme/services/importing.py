"""Importing a whole programme into the draft."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.bulk import Merged, merge_by_key
from galerio_events.errors import ImportRefused, Problem
from galerio_events.events.services import save_edition, save_tracks, save_venues
from galerio_events.people.services import save_organisations, save_people
from galerio_events.programme import queries
from galerio_events.programme.domain import RoleKind
from galerio_events.programme.domain.rules import Frame, session_uid
from galerio_events.programme.domain.values import (
    Counts,
    EventValues,
    ParsedProgramme,
    PersonValues,
    VenueValues,
)
from galerio_events.programme.models import ProgrammeSession, RoleAssignment


def import_programme(db_session: Session, parsed: ParsedProgramme, *, now: datetime) -> Counts:
    """Make the draft of the event that the file is about say what the file says.

    The event is added where there is none. What the file does not mention stays, also a session's number of places; a
    removed session that it does mention is restored. Importing the same file again changes nothing. Raises
    `ImportRefused` where a session that stays would lie outside the event's new days.
    """
    db_session.flush()
    event_id, added, changed = save_edition(
        db_session,
        parsed.event.slug,
        _event_columns(parsed.event),
        [(organiser.role, organiser.name) for organiser in parsed.event.organisers],
    )
    _refuse_left_outside(db_session, event_id, parsed)
    named = [
        save_venues(db_session, event_id, _positioned({k: _columns(v) for k, v in parsed.venues.items()})),
        save_tracks(db_session, event_id, _positioned({k: {"name": name} for k, name in parsed.tracks.items()})),
        save_organisations(db_session, event_id, {k: {"name": name} for k, name in parsed.organisations.items()}),
        save_people(db_session, event_id, _positioned({k: _columns(p) for k, p in parsed.people.items()})),
    ]
    venues, tracks, organisations, people = (merged.ids for merged in named)
    roles = {
        key: tuple((role.role, people[role.person]) for role in values.people)
        for key, values in parsed.sessions.items()
    }
    before = queries.roles_by_session(db_session, event_id)
    places = queries.capacities_by_key(db_session, event_id)
    other_roles = frozenset(key for key, wanted in roles.items() if before.get(key, ()) != wanted)
    sessions = merge_by_key(
        db_session,
        ProgrammeSession,
        event_id,
        {
            key: {
                "kind": values.kind,
                "starts_at": values.starts_at,
                "ends_at": values.ends_at,
                "title": values.title,
                "summary": values.summary,
                "abstract": values.abstract,
                "venue_id": venues[values.venue] if values.venue else None,
                "track_id": tracks[values.track] if values.track else None,
                "organiser_id": organisations[values.organiser] if values.organiser else None,
                "capacity": places.get(key) if key in parsed.without_capacity else values.capacity,
                "removed_at": None,
            }
            for key, values in parsed.sessions.items()
        },
        only_when_added={
            key: {"uid": session_uid(parsed.event.slug, key), "updated_at": now, "version": 1}
            for key in parsed.sessions
        },
        when_changed={"updated_at": now, "version": ProgrammeSession.__table__.c.version + 1},
        always_changed=other_roles,
    )
    _replace_roles(db_session, {sessions.ids[key]: roles[key] for key in other_roles})
    db_session.expire_all()
    counts = Counts(int(added), int(changed), int(not added and not changed))
    for merged, wanted in zip(
        [*named, sessions],
        (parsed.venues, parsed.tracks, parsed.organisations, parsed.people, parsed.sessions),
        strict=True,
    ):
        counts += _counted(merged, len(wanted))
    return counts


def _event_columns(event: EventValues) -> dict[str, Any]:
    return {
        "ordinal": event.ordinal,
        "title": event.title,
        "theme": event.theme,
        "timezone": event.timezone,
        "starts_on": event.starts_on,
        "ends_on": event.ends_on,
        "day_starts_at": event.day_starts_at,
        "languages": list(event.languages),
        "format": event.format,
        "facts": dict(event.facts),
    }


def _columns(values: VenueValues | PersonValues) -> dict[str, Any]:
    return {field.name: getattr(values, field.name) for field in fields(values)}


def _positioned(entries: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    return {key: {**values, "position": position} for position, (key, values) in enumerate(entries.items())}


def _counted(merged: Merged, wanted: int) -> Counts:
    added, changed = len(merged.added), len(merged.changed)
    return Counts(added, changed, wanted - added - changed)


def _refuse_left_outside(db_session: Session, event_id: int, parsed: ParsedProgramme) -> None:
    event = parsed.event
    frame = Frame(event.timezone, event.starts_on, event.ends_on, event.day_starts_at)
    outside = [
        key
        for key, times in queries.times_by_key(db_session, event_id).items()
        if key not in parsed.sessions and not frame.holds(*times)
    ]
    if outside:
        raise ImportRefused(
            tuple(
                Problem(0, f"session {key!r}, which the file does not mention, would lie outside the event's days")
                for key in sorted(outside)
            )
        )


def _replace_roles(db_session: Session, wanted: Mapping[int, tuple[tuple[RoleKind, int], ...]]) -> None:
    if not wanted:
        return
    connection = db_session.connection()
    table = cast(sa.Table, RoleAssignment.__table__)
    connection.execute(
        sa.delete(table).where(table.c.session_id == sa.bindparam("the_session")),
        [{"the_session": session_id} for session_id in wanted],
    )
    rows = [
        {"session_id": session_id, "position": position, "role": role, "person_id": person_id}
        for session_id, roles in wanted.items()
        for position, (role, person_id) in enumerate(roles)
    ]
    if rows:
        connection.execute(sa.insert(table), rows)
