"""Reads of key learnings and of what the archive holds."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.events.models import EventOrganiser, Image
from galerio_events.learnings.domain import (
    Approved,
    Standing,
    Work,
    may_remind,
    points_from_plain,
    standing,
)
from galerio_events.learnings.domain.archive import ArchiveEntry, PublicEntry
from galerio_events.learnings.models import ArchiveRow, Learnings, LearningsReminder
from galerio_events.people.models import Person
from galerio_events.people.queries.profiles import open_proposals
from galerio_events.programme.domain import RoleKind, RoleState, SessionKind
from galerio_events.programme.domain.duties import Duty, may
from galerio_events.programme.models import ProgrammeSession, RoleAssignment
from galerio_events.releases.models import Release
from galerio_events.translated import Translated

_WRITING = tuple(role for role in RoleKind if may((role,), Duty.WRITE_LEARNINGS))
_TAKES_PART = tuple(state for state in RoleState if state.takes_part)
_S = ProgrammeSession


@dataclass(frozen=True, slots=True)
class Writer:
    """Somebody who may write the key learnings of a session."""

    person_id: int
    name: Translated
    email: str | None
    country: str | None
    language: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """A session of the overview, with how far its key learnings have come and who was reminded of them how often."""

    session_id: int
    key: str
    title: Translated
    starts_at: datetime
    ends_at: datetime
    work: Work
    standing: Standing
    changed_at: datetime | None
    writers: tuple[Writer, ...]
    reminders: int
    reminded_at: datetime | None
    remindable: bool

    @property
    def reachable(self) -> tuple[Writer, ...]:
        """Those with a mail address."""
        return tuple(writer for writer in self.writers if writer.email)


def work_of(db_session: Session, session_id: int) -> Work | None:
    """What was written for the session; None where nothing ever was."""
    return _work(row_of(db_session, session_id))


def row_of(db_session: Session, session_id: int) -> Learnings | None:
    """The row of the session, as stored now."""
    return db_session.get(Learnings, session_id, populate_existing=True)


def _work(row: Learnings | None) -> Work | None:
    if row is None:
        return None
    published = None if row.published is None else points_from_plain(row.published)
    return Work(row.state, points_from_plain(row.points), published, row.note)


def overview(db_session: Session, event_id: int, *, now: datetime) -> list[Line]:
    """Every session of the timetable but breaks, in order of time. Three queries."""
    rows = db_session.execute(
        sa.select(_S.id, _S.key, _S.title, _S.starts_at, _S.ends_at, Learnings)
        .outerjoin(Learnings, Learnings.session_id == _S.id)
        .where(
            _S.event_id == event_id,
            _S.removed_at.is_(None),
            _S.scheduled.is_(True),
            _S.kind != SessionKind.BREAK,
        )
        .order_by(_S.starts_at, _S.ends_at, _S.key)
    ).all()
    writers = _writers(db_session, event_id)
    reminded = _reminded(db_session, event_id)
    return [_line(row, writers.get(row.id, ()), *reminded.get(row.id, (0, None)), now=now) for row in rows]


def _line(row: Any, writers: Iterable[Writer], number: int, last: datetime | None, *, now: datetime) -> Line:
    work = _work(row.Learnings)
    stands = standing(work, starts_at=row.starts_at, now=now)
    remindable = may_remind(stands, ends_at=row.ends_at, number=number, last=last, now=now)
    changed_at = None if row.Learnings is None else row.Learnings.changed_at
    return Line(
        row.id, row.key, row.title, row.starts_at, row.ends_at, work or Work(), stands, changed_at, tuple(writers),
        number, last, remindable,
    )  # fmt: skip


def _writers(db_session: Session, event_id: int) -> dict[int, list[Writer]]:
    rows = db_session.execute(
        sa.select(RoleAssignment.session_id, Person.id, Person.name, Person.email, Person.country, Person.language)
        .join(Person, Person.id == RoleAssignment.person_id)
        .join(_S, _S.id == RoleAssignment.session_id)
        .where(_S.event_id == event_id, RoleAssignment.role.in_(_WRITING), RoleAssignment.state.in_(_TAKES_PART))
        .order_by(RoleAssignment.session_id, RoleAssignment.position)
    )
    found: defaultdict[int, list[Writer]] = defaultdict(list)
    for row in rows:
        writer = Writer(row.id, row.name, row.email, row.country, row.language)
        if writer not in found[row.session_id]:
            found[row.session_id].append(writer)
    return found


def writers_of(db_session: Session, event_id: int, session_id: int) -> tuple[Writer, ...]:
    """Those who may write the key learnings of the session, in programme order."""
    return tuple(_writers(db_session, event_id).get(session_id, ()))


def _reminded(db_session: Session, event_id: int) -> dict[int, tuple[int, datetime]]:
    r = LearningsReminder
    rows = db_session.execute(
        sa.select(r.session_id, sa.func.max(r.number), sa.func.max(r.at))
        .join(_S, _S.id == r.session_id)
        .where(_S.event_id == event_id)
        .group_by(r.session_id)
    )
    return {session_id: (number, at) for session_id, number, at in rows}


def stands(db_session: Session, session_ids: Collection[int], *, now: datetime) -> dict[int, Standing]:
    """By session: how its key learnings stand now, for a neighbour's page. One query."""
    rows = db_session.execute(
        sa.select(_S.id, _S.starts_at, Learnings)
        .outerjoin(Learnings, Learnings.session_id == _S.id)
        .where(_S.id.in_(session_ids))
    ).all()
    return {row.id: standing(_work(row.Learnings), starts_at=row.starts_at, now=now) for row in rows}


def entry_of(db_session: Session, session_id: int) -> ArchiveEntry:
    """What the archive holds of the session, as stored now."""
    row = db_session.get(ArchiveRow, session_id, populate_existing=True)
    return ArchiveEntry() if row is None else ArchiveEntry(row.video, row.videos, row.thumbnail)


def public_entries(db_session: Session, event_id: int, key: str | None = None) -> dict[str, PublicEntry]:
    """By key of the session (or of that one alone): what is public besides the release. One query.

    Whether the public knows the session at all, the release says.
    """
    wanted = [_S.event_id == event_id, _S.removed_at.is_(None)]
    if key is not None:
        wanted.append(_S.key == key)
    rows = db_session.execute(
        sa.select(_S.key, Learnings.published, ArchiveRow.video, ArchiveRow.videos, ArchiveRow.thumbnail)
        .outerjoin(Learnings, Learnings.session_id == _S.id)
        .outerjoin(ArchiveRow, ArchiveRow.session_id == _S.id)
        .where(*wanted, sa.or_(Learnings.published.is_not(None), ArchiveRow.session_id.is_not(None)))
    )
    found = {
        row.key: PublicEntry(
            points_from_plain(row.published or ()),
            ArchiveEntry(row.video, row.videos or Translated(), row.thumbnail),
        )
        for row in rows
    }
    return {key: entry for key, entry in found.items() if entry != PublicEntry()}


def has_thumbnail(db_session: Session, event_id: int, digest: str) -> set[str]:
    """The keys of the sessions for which that picture stands."""
    return set(
        db_session.scalars(
            sa.select(_S.key)
            .join(ArchiveRow, ArchiveRow.session_id == _S.id)
            .where(_S.event_id == event_id, ArchiveRow.thumbnail == digest)
        )
    )


def archive_lines(db_session: Session, event_id: int) -> list[tuple[str, Translated, datetime, datetime, ArchiveEntry]]:
    """Every session of the timetable but breaks, in order of time, with what the archive holds of it. One query."""
    rows = db_session.execute(
        sa.select(_S.key, _S.title, _S.starts_at, _S.ends_at, ArchiveRow.video, ArchiveRow.videos, ArchiveRow.thumbnail)
        .outerjoin(ArchiveRow, ArchiveRow.session_id == _S.id)
        .where(
            _S.event_id == event_id,
            _S.removed_at.is_(None),
            _S.scheduled.is_(True),
            _S.kind != SessionKind.BREAK,
        )
        .order_by(_S.starts_at, _S.ends_at, _S.key)
    )
    return [
        (
            row.key,
            row.title,
            row.starts_at,
            row.ends_at,
            ArchiveEntry(row.video, row.videos or Translated(), row.thumbnail),
        )
        for row in rows
    ]


def approved(db_session: Session, event_id: int) -> list[Approved]:
    """The public key learnings of the event's sessions, in order of time. One query.

    Sessions that were taken out of the programme or lie in the tray are left out; the caller decides about those that
    no release has.
    """
    rows = db_session.execute(
        sa.select(_S.key, _S.title, _S.starts_at, _S.ends_at, Learnings.published, Learnings.approved_at)
        .join(Learnings, Learnings.session_id == _S.id)
        .where(
            _S.event_id == event_id,
            _S.removed_at.is_(None),
            _S.scheduled.is_(True),
            Learnings.published.is_not(None),
        )
        .order_by(_S.starts_at, _S.ends_at, _S.key)
    )
    return [
        Approved(row.key, row.title, row.starts_at, row.ends_at, points_from_plain(row.published), row.approved_at)
        for row in rows
    ]


# No draft has the picture as a logo, photo or thumbnail, and no release has ever had it.
_UNUSED: tuple[sa.ColumnElement[bool], ...] = (
    ~sa.exists().where(EventOrganiser.event_id == Image.event_id, EventOrganiser.logo == Image.digest),
    ~sa.exists().where(Person.event_id == Image.event_id, Person.photo == Image.digest),
    ~sa.exists().where(
        _S.event_id == Image.event_id, ArchiveRow.session_id == _S.id, ArchiveRow.thumbnail == Image.digest
    ),
    ~sa.exists().where(Release.event_id == Image.event_id, Release.document.contains(Image.digest)),
)


def events_with_unused_pictures(db_session: Session, before: datetime) -> list[int]:
    """The events that have pictures which came before that moment and which neither a draft nor a release shows."""
    wanted = sa.select(Image.event_id).where(Image.created_at < before, *_UNUSED).distinct().order_by(Image.event_id)
    return list(db_session.scalars(wanted))


def unused_pictures(db_session: Session, event_id: int, before: datetime) -> list[int]:
    """The ids of the event's pictures that came before that moment and that nothing shows, no open proposal either."""
    proposed = {proposal.wanted.get("photo") for proposal in open_proposals(db_session, event_id)}
    rows = db_session.execute(
        sa.select(Image.id, Image.digest).where(Image.event_id == event_id, Image.created_at < before, *_UNUSED)
    )
    return [image_id for image_id, digest in rows if digest not in proposed]
