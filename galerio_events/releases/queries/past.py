"""Earlier releases, what each of them changed, and what a draft keeps back."""

from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from threading import Lock

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.people.models import Person
from galerio_events.programme.domain import RoleState
from galerio_events.programme.models import ProgrammeSession, RoleAssignment
from galerio_events.releases.domain import document
from galerio_events.releases.domain.diff import Diff, diff
from galerio_events.releases.domain.document import PublishedProgramme, PublishedVenue
from galerio_events.releases.models import Release
from galerio_events.releases.queries.newest import Pointer
from galerio_events.translated import Translated

# Pairs of releases of which the differences are kept in memory.
_KEPT = 64
_compared: OrderedDict[tuple[str, str], "Difference"] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Difference:
    """How a release differs from the one before it; `venues` has those of both."""

    diff: Diff
    venues: Mapping[str, PublishedVenue]


@dataclass(frozen=True, slots=True)
class Step:
    """A release and what it changed; the first one changed nothing: there was nothing before."""

    number: int
    released_at: datetime
    digest: str
    announcement: Translated
    brought_back: int | None
    change: Difference | None


@dataclass(frozen=True, slots=True)
class Steps:
    """Releases, the newest first. `older` says whether there are earlier ones; `first_digest` is of the very first."""

    steps: tuple[Step, ...]
    older: bool
    first_digest: str


@dataclass(frozen=True, slots=True)
class Contact:
    """How a person in the programme is written to."""

    name: Translated
    email: str | None
    language: str | None
    timezone: str | None
    country: str | None


@dataclass(frozen=True, slots=True)
class Withheld:
    """What a release of the draft leaves out: sessions in the tray, and how many roles are still to be invited."""

    sessions: tuple[Translated, ...]
    roles: int


def steps(db_session: Session, event_id: int, *, below: int | None = None, limit: int) -> Steps:
    """The newest releases of the event (with a smaller number than `below`), each with what it changed.

    Five statements at most, whatever there is to compare: differences are kept in memory by the digests of the pair.
    """
    r = Release
    columns = (r.id, r.number, r.released_at, r.digest, r.announcement, r.brought_back)
    wanted = sa.select(*columns).where(r.event_id == event_id)
    if below is not None:
        wanted = wanted.where(r.number < below)
    rows = db_session.execute(wanted.order_by(r.number.desc()).limit(limit + 1)).all()
    first = db_session.scalar(sa.select(r.digest).where(r.event_id == event_id).order_by(r.number).limit(1))
    pairs = list(pairwise(rows))
    found = _differences(db_session, [((old.id, old.digest), (new.id, new.digest)) for new, old in pairs])
    before = {new.number: found[old.digest, new.digest] for new, old in pairs}
    return Steps(
        tuple(
            Step(row.number, row.released_at, row.digest, row.announcement, row.brought_back, before.get(row.number))
            for row in rows[:limit]
        ),
        older=len(rows) > limit,
        first_digest=first or "",
    )


def _differences(
    db_session: Session, pairs: list[tuple[tuple[int, str], tuple[int, str]]]
) -> dict[tuple[str, str], Difference]:
    """By the digests of old and new; `pairs` are ids with digests, the newest pair first."""
    found: dict[tuple[str, str], Difference] = {}
    with _lock:
        for (_, old), (_, new) in pairs:
            if (old, new) in _compared:
                _compared.move_to_end((old, new))
                found[old, new] = _compared[old, new]
    missing = [(old, new) for old, new in reversed(pairs) if (old[1], new[1]) not in found]
    if not missing:
        return found
    ids = {one[0] for pair in missing for one in pair}
    texts = dict(db_session.execute(sa.select(Release.id, Release.document).where(Release.id.in_(ids))).all())
    known = document.Known()
    read: tuple[int, PublishedProgramme] | None = None
    for (old_id, old), (new_id, new) in missing:
        if read is None or read[0] != old_id:
            read = (old_id, document.from_json(texts[old_id], known))
        earlier, later = read[1], document.from_json(texts[new_id], known)
        read = (new_id, later)
        venues = {venue.key: venue for programme in (earlier, later) for venue in programme.venues}
        found[old, new] = Difference(diff(*_touched(earlier, later)), venues)
    with _lock:
        _compared.update(found)
        while len(_compared) > _KEPT:
            _compared.popitem(last=False)
    return found


def _touched(earlier: PublishedProgramme, later: PublishedProgramme) -> tuple[PublishedProgramme, PublishedProgramme]:
    """Two releases of one event without the sessions that none of the releases between them has touched: those keep
    their sequence, and all others get a higher one."""
    before = {session.key: session.sequence for session in earlier.sessions}
    same = {session.key for session in later.sessions if before.get(session.key) == session.sequence}
    return (
        replace(earlier, sessions=tuple(session for session in earlier.sessions if session.key not in same)),
        replace(later, sessions=tuple(session for session in later.sessions if session.key not in same)),
    )


def newest_number(db_session: Session, event_id: int) -> int:
    """The number of the event's newest release; 0 before the first."""
    return db_session.scalar(sa.select(sa.func.max(Release.number)).where(Release.event_id == event_id)) or 0


def release_by_number(db_session: Session, event_id: int, number: int) -> Release | None:
    """The release of that number, without its document."""
    return db_session.scalar(sa.select(Release).where(Release.event_id == event_id, Release.number == number))


def pointer_to(db_session: Session, event_id: int, number: int) -> Pointer | None:
    """Where the document of that release is."""
    row = db_session.execute(
        sa.select(Release.event_id, Release.id, Release.number, Release.digest).where(
            Release.event_id == event_id, Release.number == number
        )
    ).one_or_none()
    return None if row is None else Pointer(*row)


def contacts(db_session: Session, event_id: int, keys: Collection[str]) -> dict[str, Contact]:
    """How the persons of these keys are written to, as far as they are still there."""
    rows = db_session.execute(
        sa.select(Person.key, Person.name, Person.email, Person.language, Person.timezone, Person.country)
        .where(Person.event_id == event_id)
        .order_by(Person.position, Person.id)
    )
    return {
        key: Contact(name, email, language, timezone, country)
        for key, name, email, language, timezone, country in rows
        if key in keys
    }


def withheld(db_session: Session, event_id: int) -> Withheld:
    """What a release of the draft leaves out now."""
    s = ProgrammeSession
    kept = (s.event_id == event_id, s.removed_at.is_(None))
    sessions = db_session.scalars(sa.select(s.title).where(*kept, s.scheduled.is_(False)).order_by(s.starts_at, s.key))
    roles = db_session.scalar(
        sa.select(sa.func.count())
        .select_from(RoleAssignment)
        .join(s, s.id == RoleAssignment.session_id)
        .where(*kept, s.scheduled, RoleAssignment.state != RoleState.CONFIRMED)
    )
    return Withheld(tuple(sessions), roles or 0)
