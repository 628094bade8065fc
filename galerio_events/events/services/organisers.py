"""Writes of who stands behind an event, and of their logos."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.errors import ChangeConflict, Conflict, NotFound
from galerio_events.events import queries
from galerio_events.events.domain import Deed, Entry, Subject
from galerio_events.events.domain.pictures import Picture
from galerio_events.events.domain.plain import digest_of, settings_to_plain
from galerio_events.events.domain.settings import OrganiserSettings, SettingsRefused, moved, organiser_problems
from galerio_events.events.models import EventOrganiser, Image
from galerio_events.events.services.history import record


def add_organiser(
    db_session: Session,
    event_id: int,
    values: OrganiserSettings,
    *,
    picture: Picture | None = None,
    seen: str | None = None,
    by: int | None = None,
    now: datetime,
) -> int:
    """A new entry, the last one, with the picture as its logo; its id.

    `seen` is `organisers_digest` of those that were there when the form was opened: where the very same entry has come
    since, a form was sent twice and that one is the answer. Raises `SettingsRefused`.
    """
    queries.lock(db_session, event_id)
    rows = queries.organisers_of(db_session, event_id)
    values = _with_logo(db_session, event_id, values, picture, now)
    if seen is not None and seen != organisers_digest(rows):
        twin = next((row for row in reversed(rows) if queries.organiser_settings(row) == values), None)
        if twin is not None:
            return twin.id
    if problems := organiser_problems(values, others=len(rows)):
        raise SettingsRefused(problems)
    before = _plain(rows)
    position = max((row.position for row in rows), default=-1) + 1
    row = EventOrganiser(event_id=event_id, position=position, **_columns(values))
    db_session.add(row)
    db_session.flush()
    _record(db_session, event_id, before, by=by, now=now)
    return row.id


def save_organiser(
    db_session: Session,
    event_id: int,
    organiser_id: int,
    values: OrganiserSettings,
    *,
    picture: Picture | None = None,
    seen: str,
    by: int | None = None,
    now: datetime,
) -> bool:
    """Make the entry say this, with the picture as its logo where one is given; whether anything changed by it.

    `seen` is the digest of the settings that the reader was shown. Raises `NotFound`, `SettingsRefused`, and
    `ChangeConflict(STALE)` where somebody else was faster.
    """
    queries.lock(db_session, event_id)
    rows = queries.organisers_of(db_session, event_id)
    row = _row(rows, organiser_id)
    stored = queries.organiser_settings(row)
    values = _with_logo(db_session, event_id, values, picture, now)
    if stored == values:
        return False
    if seen != digest_of(settings_to_plain(stored)):
        raise ChangeConflict(Conflict.STALE)
    if problems := organiser_problems(values):
        raise SettingsRefused(problems)
    before = _plain(rows)
    for name, value in _columns(values).items():
        setattr(row, name, value)
    db_session.flush()
    _record(db_session, event_id, before, by=by, now=now)
    return True


def move_organiser(
    db_session: Session, event_id: int, organiser_id: int, step: int, *, by: int | None = None, now: datetime
) -> None:
    """Put the entry so many places further on (back, where negative). Raises `NotFound`."""
    queries.lock(db_session, event_id)
    rows = {str(row.id): row for row in queries.organisers_of(db_session, event_id)}
    _row(list(rows.values()), organiser_id)
    before = _plain(list(rows.values()))
    wanted = moved(list(rows), str(organiser_id), step)
    if wanted == list(rows):
        return
    # No two may have the same position, not even while they change places.
    above = max(row.position for row in rows.values()) + 1
    for offset in (above, 0):
        for position, key in enumerate(wanted):
            rows[key].position = offset + position
        db_session.flush()
    _record(db_session, event_id, before, by=by, now=now)


def remove_organiser(
    db_session: Session, event_id: int, organiser_id: int, *, by: int | None = None, now: datetime
) -> None:
    """Delete the entry; its picture stays, because releases may show it. Raises `NotFound`."""
    queries.lock(db_session, event_id)
    rows = queries.organisers_of(db_session, event_id)
    row = _row(rows, organiser_id)
    before = _plain(rows)
    db_session.execute(sa.delete(EventOrganiser).where(EventOrganiser.id == row.id))
    db_session.expire_all()
    _record(db_session, event_id, before, by=by, now=now)


def keep_image(db_session: Session, event_id: int, picture: Picture, *, now: datetime) -> str:
    """Store the picture for the event, unless it is there already; its digest. Call it under the event's lock."""
    if not queries.has_image(db_session, event_id, picture.digest):
        db_session.add(
            Image(
                event_id=event_id,
                digest=picture.digest,
                mimetype=picture.mimetype,
                width=picture.width,
                height=picture.height,
                data=picture.data,
                created_at=now,
            )
        )
        db_session.flush()
    return picture.digest


def organisers_digest(rows: list[EventOrganiser]) -> str:
    """What a form for a new entry carries of those that are there."""
    return digest_of({"ids": sorted(row.id for row in rows)})


def _with_logo(
    db_session: Session, event_id: int, values: OrganiserSettings, picture: Picture | None, now: datetime
) -> OrganiserSettings:
    if picture is None:
        return values
    return replace(values, logo=keep_image(db_session, event_id, picture, now=now))


def _row(rows: list[EventOrganiser], organiser_id: int) -> EventOrganiser:
    row = next((row for row in rows if row.id == organiser_id), None)
    if row is None:
        raise NotFound(str(organiser_id))
    return row


def _columns(values: OrganiserSettings) -> dict[str, Any]:
    return {name: getattr(values, name) for name in type(values).__dataclass_fields__}


def _plain(rows: list[EventOrganiser]) -> dict[str, Any]:
    return {"organisers": [settings_to_plain(queries.organiser_settings(row)) for row in rows]}


def _record(db_session: Session, event_id: int, before: dict[str, Any], *, by: int | None, now: datetime) -> None:
    after = _plain(queries.organisers_of(db_session, event_id))
    entry = Entry(Subject.EVENT, queries.slug_of(db_session, event_id), Deed.CHANGED, before, after)
    record(db_session, event_id, [entry], by=by, now=now)
