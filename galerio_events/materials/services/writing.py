"""Writes of slides and documents. The files are in the store before any of these is called."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.errors import ChangeConflict, Conflict, NotFound
from galerio_events.events.domain import Deed, Entry, Subject
from galerio_events.events.domain.plain import digest_of
from galerio_events.events.queries import lock
from galerio_events.events.services import publish_besides, record
from galerio_events.materials import queries
from galerio_events.materials.domain import (
    MOST_MATERIALS,
    MOST_VERSIONS,
    KeptFile,
    MaterialProblem,
    MaterialRefused,
    MaterialValues,
    Publication,
)
from galerio_events.materials.models import Material, MaterialVersion
from galerio_events.materials.queries import Held, Version


def add_material(
    db_session: Session,
    event_id: int,
    session_id: int,
    values: MaterialValues,
    file: KeptFile,
    *,
    owner_id: int | None,
    nonce: str,
    most: int,
    by: int | None,
    now: datetime,
) -> int:
    """Add a material with its first version to the session; its id. A form that was sent before adds nothing again.

    `owner_id` is the person whose it is; `most` is how many bytes a session may have. Raises `MaterialRefused`.
    """
    lock(db_session, event_id)
    made = queries.by_nonce(db_session, session_id, nonce)
    if made is not None:
        return made
    _check(db_session, values, owner_id)
    there = queries.of_sessions(db_session, [session_id]).get(session_id, [])
    if len(there) >= MOST_MATERIALS:
        raise MaterialRefused(MaterialProblem.TOO_MANY)
    if any(one.owner_id == owner_id and one.current.digest == file.digest for one in there):
        raise MaterialRefused(MaterialProblem.SAME_FILE)
    _check_room(db_session, session_id, there, file, most)
    row = Material(
        session_id=session_id, person_id=owner_id, personal=owner_id is not None, kind=values.kind, title=values.title,
        publication=values.publication, created_at=now, nonce=nonce,
    )  # fmt: skip
    db_session.add(row)
    db_session.flush()
    _store_version(db_session, row.id, 1, file, by=by, now=now)
    _record(db_session, event_id, row.id, None, by=by, now=now)
    return row.id


def save_material(
    db_session: Session,
    event_id: int,
    material_id: int,
    values: MaterialValues,
    *,
    seen: str,
    by: int | None,
    now: datetime,
) -> bool:
    """Let the material say that; whether anything changed by it.

    `seen` is the digest of the values (`seen_digest`) that the reader was shown. Raises `NotFound`, `MaterialRefused`,
    and `ChangeConflict(STALE)` where somebody else was faster.
    """
    held = _locked(db_session, event_id, material_id)
    if held.values == values:
        return False
    if seen != seen_digest(held.values):
        raise ChangeConflict(Conflict.STALE)
    _check(db_session, values, held.owner_id)
    db_session.execute(
        sa.update(Material)
        .where(Material.id == material_id)
        .values(title=values.title, kind=values.kind, publication=values.publication)
    )
    _record(db_session, event_id, material_id, held, by=by, now=now)
    return True


def add_version(
    db_session: Session,
    event_id: int,
    material_id: int,
    file: KeptFile,
    *,
    most: int,
    by: int | None,
    now: datetime,
) -> None:
    """Let that file be the newest version of the material. Raises `NotFound` and `MaterialRefused`."""
    held = _locked(db_session, event_id, material_id)
    if held.current.digest == file.digest:
        raise MaterialRefused(MaterialProblem.SAME_FILE)
    if len(held.versions) >= MOST_VERSIONS:
        raise MaterialRefused(MaterialProblem.TOO_MANY_VERSIONS)
    there = queries.of_sessions(db_session, [held.session_id])[held.session_id]
    _check_room(db_session, held.session_id, there, file, most)
    _store_next(db_session, held, file, by=by, now=now)
    _record(db_session, event_id, material_id, held, by=by, now=now)


def bring_back(
    db_session: Session, event_id: int, material_id: int, number: int, *, by: int | None, now: datetime
) -> None:
    """Let the file of an old version be the newest one again; the others stay. Raises `NotFound`, `MaterialRefused`."""
    held = _locked(db_session, event_id, material_id)
    old = _version(held, number)
    if old.digest == held.current.digest:
        raise MaterialRefused(MaterialProblem.SAME_FILE)
    if len(held.versions) >= MOST_VERSIONS:
        raise MaterialRefused(MaterialProblem.TOO_MANY_VERSIONS)
    file = KeptFile(old.digest, old.size, old.format, old.name)
    _store_next(db_session, held, file, by=by, now=now)
    _record(db_session, event_id, material_id, held, by=by, now=now)


def remove_version(
    db_session: Session, event_id: int, material_id: int, number: int, *, by: int | None, now: datetime
) -> None:
    """Delete a version for good; where it is the newest, the one before it takes its place.

    Raises `NotFound`, and `MaterialRefused(LAST_VERSION)` for the only one.
    """
    held = _locked(db_session, event_id, material_id)
    _version(held, number)
    if len(held.versions) == 1:
        raise MaterialRefused(MaterialProblem.LAST_VERSION)
    db_session.execute(
        sa.delete(MaterialVersion).where(MaterialVersion.material_id == material_id, MaterialVersion.number == number)
    )
    _record(db_session, event_id, material_id, held, by=by, now=now, gone=number)


def remove_material(db_session: Session, event_id: int, material_id: int, *, by: int | None, now: datetime) -> None:
    """Delete the material for good, with every version. Raises `NotFound`."""
    held = _locked(db_session, event_id, material_id)
    db_session.execute(sa.delete(MaterialVersion).where(MaterialVersion.material_id == material_id))
    db_session.execute(sa.delete(Material).where(Material.id == material_id))
    db_session.expire_all()
    entry = Entry(Subject.MATERIAL, str(material_id), Deed.REMOVED, held.plain(), None)
    record(db_session, event_id, [entry], by=by, now=now)
    publish_besides(db_session, event_id)


def give_to_session(db_session: Session, event_id: int, material_id: int, *, by: int | None, now: datetime) -> None:
    """Let what somebody has sent who is not there any more be the session's as a whole, published never.

    What is no such material stays as it is. Raises `NotFound`.
    """
    held = _locked(db_session, event_id, material_id)
    if not held.orphaned:
        return
    db_session.execute(
        sa.update(Material).where(Material.id == material_id).values(personal=False, publication=Publication.NEVER)
    )
    _record(db_session, event_id, material_id, held, by=by, now=now)


def hand_over(db_session: Session, person_id: int, to: int) -> None:
    """What one person has sent becomes that of another, who is the same. Call it under the event's lock."""
    db_session.execute(sa.update(Material).where(Material.person_id == person_id).values(person_id=to))


def seen_digest(values: MaterialValues) -> str:
    """What a form carries to know later whether these are still the stored values."""
    return digest_of(values.plain())


def _locked(db_session: Session, event_id: int, material_id: int) -> Held:
    lock(db_session, event_id)
    held = queries.material(db_session, event_id, material_id)
    if held is None:
        raise NotFound(str(material_id))
    return held


def _version(held: Held, number: int) -> Version:
    version = held.version(number)
    if version is None:
        raise NotFound(str(number))
    return version


def _check(db_session: Session, values: MaterialValues, owner_id: int | None) -> None:
    if problem := values.problem():
        raise MaterialRefused(problem)
    if values.publication is not Publication.NEVER and queries.refuses_slides(db_session, owner_id):
        raise MaterialRefused(MaterialProblem.NO_CONSENT)


def _check_room(db_session: Session, session_id: int, there: list[Held], file: KeptFile, most: int) -> None:
    known = any(version.digest == file.digest for one in there for version in one.versions)
    if not known and queries.bytes_of(db_session, session_id) + file.size > most:
        raise MaterialRefused(MaterialProblem.NO_ROOM)


def _store_version(
    db_session: Session, material_id: int, number: int, file: KeptFile, *, by: int | None, now: datetime
) -> None:
    db_session.add(
        MaterialVersion(
            material_id=material_id,
            number=number,
            digest=file.digest,
            size=file.size,
            format=file.format,
            name=file.name,
            uploaded_at=now,
            uploaded_by=by,
        )
    )
    db_session.flush()


def _store_next(db_session: Session, held: Held, file: KeptFile, *, by: int | None, now: datetime) -> None:
    number = held.last_number + 1
    db_session.execute(sa.update(Material).where(Material.id == held.id).values(last_number=number))
    _store_version(db_session, held.id, number, file, by=by, now=now)


def _record(
    db_session: Session,
    event_id: int,
    material_id: int,
    before: Held | None,
    *,
    by: int | None,
    now: datetime,
    gone: int = 0,
) -> None:
    """Write into the history what the material is now, and have the public pages made anew."""
    db_session.expire_all()
    after = queries.material(db_session, event_id, material_id)
    if after is None:
        raise NotFound(str(material_id))
    deed = Deed.ADDED if before is None else Deed.CHANGED
    old = before.plain() if before else None
    if before is not None and old is not None and gone:
        version = _version(before, gone)
        old |= {"removed": f"{version.name} ({version.number})"}
    record(db_session, event_id, [Entry(Subject.MATERIAL, str(material_id), deed, old, after.plain())], by=by, now=now)
    publish_besides(db_session, event_id)
