"""Reads of slides and documents."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.materials.domain import (
    NOBODY,
    FileFormat,
    MaterialKind,
    MaterialValues,
    Publication,
    Reader,
    Slot,
    is_public,
    public_from,
)
from galerio_events.materials.models import Material, MaterialVersion
from galerio_events.people.domain.profile import ProfileConsent
from galerio_events.people.models import Person
from galerio_events.people.queries.profiles import refuses
from galerio_events.programme.domain import RoleState
from galerio_events.programme.models import ProgrammeSession, RoleAssignment
from galerio_events.releases.domain.document import PublishedProgramme, PublishedSession
from galerio_events.releases.queries import newest_of
from galerio_events.translated import Translated

_M, _V = Material, MaterialVersion
_TAKES_PART = tuple(state for state in RoleState if state.takes_part)


@dataclass(frozen=True, slots=True)
class Version:
    """One file of a material; `by` is the account that sent it."""

    number: int
    digest: str
    size: int
    format: FileFormat
    name: str
    uploaded_at: datetime
    by: int | None


@dataclass(frozen=True, slots=True)
class Owner:
    """The person whose material it is."""

    id: int
    key: str
    name: Translated


@dataclass(frozen=True, slots=True)
class Held:
    """A material with its versions, the newest first; there is at least one."""

    id: int
    session_id: int
    session_key: str
    event_id: int
    owner: Owner | None
    values: MaterialValues
    versions: tuple[Version, ...]
    # The highest number that any version has had.
    last_number: int
    # Whether it is that of a person who is not there any more, and organisers have not decided yet whose it is now.
    orphaned: bool = False
    # Whether the person whose it is has answered that their slides are not to be published.
    refused: bool = False

    @property
    def owner_id(self) -> int | None:
        """The id of the person whose it is; `NOBODY` where that one is not there any more, None where it is of the
        session as a whole."""
        return NOBODY if self.orphaned else self.owner.id if self.owner else None

    @property
    def current(self) -> Version:
        """What the material is now."""
        return self.versions[0]

    @property
    def size(self) -> int:
        """The bytes of all versions."""
        return sum(version.size for version in self.versions)

    def version(self, number: int) -> Version | None:
        """The version of that number."""
        return next((version for version in self.versions if version.number == number), None)

    def public_from(self, slot: Slot | None) -> datetime | None:
        """As the rule has it, from when on it is public."""
        return None if self.refused or self.orphaned else public_from(self.values.publication, slot)

    def is_public(self, slot: Slot | None, *, now: datetime) -> bool:
        """Whether everybody may have it now."""
        return not self.refused and not self.orphaned and is_public(self.values.publication, slot, now=now)

    def plain(self) -> dict[str, Any]:
        """What it is in plain JSON, as the history keeps it."""
        current = self.current
        return self.values.plain() | {
            "session": self.session_key,
            "person": self.owner.key if self.owner else None,
            "file": f"{current.name} ({current.number})",
        }


_COLUMNS: tuple[Any, ...] = (
    _M.id, _M.session_id, ProgrammeSession.key.label("session_key"), ProgrammeSession.event_id, _M.kind, _M.title,
    _M.publication, _M.last_number, _M.personal, Person.id.label("person_id"), Person.key.label("person_key"),
    Person.name.label("person_name"), refuses(ProfileConsent.SLIDES).label("refused"),
)  # fmt: skip


def _materials(db_session: Session, *where: Any) -> list[Held]:
    rows = db_session.execute(
        sa.select(*_COLUMNS)
        .join(ProgrammeSession, ProgrammeSession.id == _M.session_id)
        .outerjoin(Person, Person.id == _M.person_id)
        .where(*where)
        .order_by(_M.session_id, _M.person_id.is_(None), _M.id)
    ).all()
    if not rows:
        return []
    versions: defaultdict[int, list[Version]] = defaultdict(list)
    for row in db_session.execute(
        sa.select(_V.material_id, _V.number, _V.digest, _V.size, _V.format, _V.name, _V.uploaded_at, _V.uploaded_by)
        .where(_V.material_id.in_([row.id for row in rows]))
        .order_by(_V.material_id, _V.number.desc())
    ):
        versions[row.material_id].append(
            Version(row.number, row.digest, row.size, row.format, row.name, row.uploaded_at, row.uploaded_by)
        )
    return [
        Held(
            row.id,
            row.session_id,
            row.session_key,
            row.event_id,
            None if row.person_id is None else Owner(row.person_id, row.person_key, row.person_name),
            MaterialValues(row.title, row.kind, row.publication),
            tuple(versions[row.id]),
            row.last_number,
            row.personal and row.person_id is None,
            bool(row.refused),
        )
        for row in rows
    ]


def of_sessions(db_session: Session, session_ids: Collection[int]) -> dict[int, list[Held]]:
    """By session: its materials, those of persons first. Two queries, however many sessions there are."""
    found: defaultdict[int, list[Held]] = defaultdict(list)
    for held in _materials(db_session, _M.session_id.in_(session_ids)):
        found[held.session_id].append(held)
    return found


def of_event(db_session: Session, event_id: int) -> dict[int, list[Held]]:
    """As `of_sessions`, of all sessions of the event that have any."""
    found: defaultdict[int, list[Held]] = defaultdict(list)
    for held in _materials(db_session, ProgrammeSession.event_id == event_id):
        found[held.session_id].append(held)
    return found


def material(db_session: Session, event_id: int, material_id: int) -> Held | None:
    """The event's material of that id; None where there is none."""
    return next(iter(_materials(db_session, _M.id == material_id, ProgrammeSession.event_id == event_id)), None)


def by_nonce(db_session: Session, session_id: int, nonce: str) -> int | None:
    """The id of the material of the session that the form with that nonce has made, if it has."""
    return db_session.scalar(sa.select(_M.id).where(_M.session_id == session_id, _M.nonce == nonce))


def bytes_of(db_session: Session, session_id: int) -> int:
    """How many bytes the session's materials have, each file counted once."""
    files = (
        sa.select(_V.digest, _V.size)
        .join(_M, _M.id == _V.material_id)
        .where(_M.session_id == session_id)
        .distinct()
        .subquery()
    )
    return int(db_session.scalar(sa.select(sa.func.coalesce(sa.func.sum(files.c.size), 0))) or 0)


def needed(db_session: Session, digests: Collection[str]) -> set[str]:
    """Which of these there is a version of."""
    return set(db_session.scalars(sa.select(_V.digest).where(_V.digest.in_(digests)).distinct()))


def all_digests(db_session: Session) -> list[str]:
    """The digest of every file that there is to be, in order."""
    return list(db_session.scalars(sa.select(_V.digest).distinct().order_by(_V.digest)))


def people_of(db_session: Session, session_id: int) -> list[Owner]:
    """Who takes part in the session, in programme order, each once."""
    rows = db_session.execute(
        sa.select(Person.id, Person.key, Person.name)
        .join(RoleAssignment, RoleAssignment.person_id == Person.id)
        .where(RoleAssignment.session_id == session_id, RoleAssignment.state.in_(_TAKES_PART))
        .order_by(RoleAssignment.position)
    )
    return list({row[0]: Owner(*row) for row in rows}.values())


def slot(programme: PublishedProgramme | None, key: str) -> Slot | None:
    """When the session of that key is, as that release has it; None where it has none, or has cancelled it."""
    found = programme.session(key) if programme else None
    return slot_of(found) if found else None


def slot_of(session: PublishedSession) -> Slot | None:
    """As `slot`, of a session of a release."""
    return None if session.cancelled else Slot(session.starts_at, session.ends_at)


def slots_of(db_session: Session, event_id: int) -> Mapping[str, Slot]:
    """By key of the session: when it is, as the event's newest release has it."""
    programme = newest_of(db_session, event_id)
    sessions = programme.sessions if programme else ()
    return {one.key: found for one in sessions if (found := slot_of(one)) is not None}


def is_public_now(db_session: Session, held: Held, *, now: datetime) -> bool:
    """Whether everybody may have the material, as the newest release of its event has its session."""
    if held.values.publication is Publication.NEVER:
        return False
    return held.is_public(slot(newest_of(db_session, held.event_id), held.session_key), now=now)


def refuses_slides(db_session: Session, person_id: int | None) -> bool:
    """Whether the person's newest answer is that their slides are not to be published."""
    asked = sa.select(Person.id).where(Person.id == person_id, refuses(ProfileConsent.SLIDES))
    return person_id is not None and db_session.scalar(asked) is not None


def session_id_of(db_session: Session, event_id: int, key: str) -> int | None:
    """The id of the event's session of that key."""
    return db_session.scalar(
        sa.select(ProgrammeSession.id).where(ProgrammeSession.event_id == event_id, ProgrammeSession.key == key)
    )


@dataclass(frozen=True, slots=True)
class Published:
    """A file that is public."""

    id: int
    title: Translated
    kind: MaterialKind
    owner: Translated | None
    size: int
    format: FileFormat


def published(
    db_session: Session, event_id: int, session: PublishedSession, *, now: datetime
) -> tuple[list[Published], datetime | None]:
    """What is public of that session of the newest release, and when that will be more (None: not by itself)."""
    session_id = session_id_of(db_session, event_id, session.key)
    held = of_sessions(db_session, [session_id]).get(session_id, []) if session_id is not None else []
    when = slot_of(session)
    starts = [since for one in held if (since := one.public_from(when)) is not None and since > now]
    programme = newest_of(db_session, event_id)
    # Under the names that are published: those of the draft may not be meant for everybody yet.
    names = {key: person.name for key, person in programme.people.items()} if programme else {}
    public = [
        Published(one.id, one.values.title, one.values.kind, names.get(one.owner.key) if one.owner else None,
                  one.current.size, one.current.format)
        for one in held
        if one.is_public(when, now=now)
    ]  # fmt: skip
    return public, min(starts, default=None)


@dataclass(frozen=True, slots=True)
class InShort:
    """What somebody sees of a session's materials in short: what they may open, and whether their own slides are
    there (None: nobody waits for any of theirs)."""

    readable: tuple[Held, ...]
    own_slides: bool | None


def in_short(db_session: Session, readers: Mapping[int, Reader]) -> dict[int, InShort]:
    """By session: its materials as these readers see them. Two queries, however many sessions there are."""
    found = of_sessions(db_session, readers.keys())
    return {
        session_id: InShort(
            tuple(one for one in found.get(session_id, ()) if reader.may_read(one.owner_id)),
            None
            if not reader.persons
            else any(
                one.owner_id in reader.persons and one.values.kind is MaterialKind.SLIDES
                for one in found.get(session_id, ())
            ),
        )
        for session_id, reader in readers.items()
    }


@dataclass(frozen=True, slots=True)
class Line:
    """A session of the draft as the organisers' overview lists it."""

    id: int
    key: str
    title: Translated
    starts_at: datetime
    ends_at: datetime
    # Who is to show slides: everybody that takes part, but moderators, masters of ceremonies and interpreters.
    speakers: tuple[Owner, ...]


def lines(db_session: Session, event_id: int, speaking: Collection[Any]) -> list[Line]:
    """The event's sessions that are in the programme, in order of time, with who has one of these roles in them."""
    s = ProgrammeSession
    rows = db_session.execute(
        sa.select(s.id, s.key, s.title, s.starts_at, s.ends_at)
        .where(s.event_id == event_id, s.removed_at.is_(None))
        .order_by(s.starts_at, s.ends_at, s.key)
    ).all()
    people: defaultdict[int, dict[int, Owner]] = defaultdict(dict)
    for row in db_session.execute(
        sa.select(RoleAssignment.session_id, Person.id, Person.key, Person.name)
        .join(Person, Person.id == RoleAssignment.person_id)
        .join(s, s.id == RoleAssignment.session_id)
        .where(s.event_id == event_id, RoleAssignment.state.in_(_TAKES_PART), RoleAssignment.role.in_(speaking))
        .order_by(RoleAssignment.session_id, RoleAssignment.position)
    ):
        people[row[0]][row[1]] = Owner(*row[1:])
    return [Line(*row, tuple(people[row.id].values())) for row in rows]
