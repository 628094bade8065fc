"""Reads of releases. Parsed documents are kept in memory by digest; the database says which one is the newest."""

from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass
from threading import Lock

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.events.models import Event
from galerio_events.releases.domain import document
from galerio_events.releases.domain.document import PublishedProgramme
from galerio_events.releases.models import Release

_KEPT = 8
_parsed: OrderedDict[str, PublishedProgramme] = OrderedDict()
_known: OrderedDict[int, document.Known] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Pointer:
    """Which release of an event is the newest. `version` is another one whenever what is published besides changes."""

    event_id: int
    release_id: int
    number: int
    digest: str
    version: str = ""

    @property
    def tag(self) -> str:
        """What public pages are kept by: another one as soon as anything on them may be another."""
        return f"{self.digest}-{self.version}" if self.version else self.digest


def newest_pointer(db_session: Session, slug: str) -> Pointer | None:
    """The newest release of the event of that slug, without its document."""
    row = db_session.execute(
        sa.select(Release.event_id, Release.id, Release.number, Release.digest, Event.public_version)
        .join(Event, Event.id == Release.event_id)
        .where(Event.slug == slug)
        .order_by(Release.number.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else Pointer(*row)


def programme_of(db_session: Session, pointer: Pointer) -> PublishedProgramme:
    """The parsed document of that release."""
    found = _kept(pointer.digest)
    if found is not None:
        return found
    text = db_session.execute(sa.select(Release.document).where(Release.id == pointer.release_id)).scalar_one()
    return _read(pointer.event_id, pointer.digest, text)


def _kept(digest: str) -> PublishedProgramme | None:
    with _lock:
        if digest not in _parsed:
            return None
        _parsed.move_to_end(digest)
        return _parsed[digest]


def _read(event_id: int, digest: str, text: str) -> PublishedProgramme:
    with _lock:
        known = _known.setdefault(event_id, document.Known())
        _known.move_to_end(event_id)
        programme = document.from_json(text, known)
        _parsed[digest] = programme
        while len(_known) > _KEPT:
            _known.popitem(last=False)
        while len(_parsed) > _KEPT:
            _parsed.popitem(last=False)
    return programme


def newest_programme(db_session: Session, slug: str) -> PublishedProgramme | None:
    """The newest published programme of the event of that slug; None before the first release."""
    pointer = newest_pointer(db_session, slug)
    return None if pointer is None else programme_of(db_session, pointer)


def newest_event_slug(db_session: Session) -> str | None:
    """The slug of the latest event that has been released, else of the latest event; None where there is none."""
    released = sa.exists().where(Release.event_id == Event.id)
    return db_session.scalar(
        sa.select(Event.slug).order_by(sa.case((released, 0), else_=1), Event.starts_on.desc(), Event.slug).limit(1)
    )


def programme_by_number(db_session: Session, event_id: int, number: int) -> PublishedProgramme | None:
    """The programme as it was published under that number."""
    text = db_session.scalar(sa.select(Release.document).where(Release.event_id == event_id, Release.number == number))
    return None if text is None else document.from_json(text)


def newest_of(db_session: Session, event_id: int) -> PublishedProgramme | None:
    """The newest published programme of the event; None before the first release."""
    row = db_session.execute(
        sa.select(Release.digest, Release.document)
        .where(Release.event_id == event_id)
        .order_by(Release.number.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else _kept(row.digest) or _read(event_id, row.digest, row.document)


def newest_of_events(db_session: Session, event_ids: Collection[int]) -> dict[int, PublishedProgramme]:
    """By event: its newest published programme; those without a release are left out. Two queries at the most."""
    newest = (
        sa.select(Release.event_id, sa.func.max(Release.number).label("number"))
        .where(Release.event_id.in_(event_ids))
        .group_by(Release.event_id)
        .subquery()
    )
    rows = db_session.execute(
        sa.select(Release.id, Release.event_id, Release.digest).join(
            newest, (newest.c.event_id == Release.event_id) & (newest.c.number == Release.number)
        )
    ).all()
    found = {row.event_id: kept for row in rows if (kept := _kept(row.digest)) is not None}
    wanting = {row.id: row for row in rows if row.event_id not in found}
    if wanting:
        for release_id, text in db_session.execute(
            sa.select(Release.id, Release.document).where(Release.id.in_(wanting))
        ):
            row = wanting[release_id]
            found[row.event_id] = _read(row.event_id, row.digest, text)
    return found


def releases_of(db_session: Session, event_id: int) -> list[Release]:
    """Every release of the event without its document, the newest first."""
    return list(
        db_session.scalars(sa.select(Release).where(Release.event_id == event_id).order_by(Release.number.desc()))
    )


def forget() -> None:
    """Drop what is kept in memory: for tests, where several databases live in one process."""
    with _lock:
        _parsed.clear()
        _known.clear()
