"""How two states of a programme differ, and what a new release makes of the difference.

A session has changed when its calendar entry would say something else: its own content, but also the name or
affiliation of somebody in it, name, kind or address of its venue, the name of its track or organiser, or the event's
time zone. Biographies and what concerns the event alone are worth a release, but are no change of a session.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from galerio_events.programme.domain import RoleKind
from galerio_events.releases.domain.document import (
    PublishedEvent,
    PublishedOrganisation,
    PublishedPerson,
    PublishedProgramme,
    PublishedSession,
    PublishedTrack,
    PublishedVenue,
)
from galerio_events.translated import EMPTY, Translated


class ChangeKind(StrEnum):
    ADDED = "added"
    MOVED = "moved"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    RESTORED = "restored"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Credit:
    """Somebody's role in a session, as a calendar entry prints it."""

    role: RoleKind
    person: str
    name: Translated
    affiliation: Translated
    title: Translated = EMPTY


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after.

    Of a session: `kind` (SessionKind), `starts_at`, `ends_at` (UTC), `title`, `summary`, `abstract` (Translated),
    `venue`, `track`, `organiser` (the published entry or None), `people` (tuple of `Credit`), `timezone` (str),
    `language` (tag or None), `links` (tuple of `LinkValue`).
    Of the event: the fields of `PublishedEvent`; of its facts each key apart, as `facts.outcomes`; `venues` and
    `tracks` (their keys in order) where only that order is another.
    Of a person, venue, track or organisation: the fields of the published entry.
    """

    field: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class SessionChange:
    """What happens to one session; `old` is None where it is added, `new` is None where it is cancelled."""

    kind: ChangeKind
    key: str
    old: PublishedSession | None
    new: PublishedSession | None
    fields: tuple[FieldChange, ...] = ()

    @property
    def session(self) -> PublishedSession:
        """The session as it will be, or as it last was."""
        found = self.new or self.old
        if found is None:
            raise ValueError("a change needs a session")
        return found


Entry = PublishedPerson | PublishedVenue | PublishedTrack | PublishedOrganisation
AnyEntry = TypeVar("AnyEntry", PublishedPerson, PublishedVenue, PublishedTrack, PublishedOrganisation)


@dataclass(frozen=True, slots=True)
class EntryChange:
    """A person, venue, track or organisation that is ADDED, REMOVED or CHANGED."""

    kind: ChangeKind
    key: str
    old: Entry | None
    new: Entry | None
    fields: tuple[FieldChange, ...] = ()

    @property
    def entry(self) -> Entry:
        """The entry as it will be, or as it last was."""
        found = self.new or self.old
        if found is None:
            raise ValueError("a change needs an entry")
        return found


@dataclass(frozen=True, slots=True)
class Diff:
    """All that a release would change. Every session is in at most one of the five lists, in programme order.

    `moved` are sessions with another time or venue, whatever else changed with it; `changed` are those with any other
    change. `first` says that nothing was released before.
    """

    first: bool = False
    added: tuple[SessionChange, ...] = ()
    moved: tuple[SessionChange, ...] = ()
    changed: tuple[SessionChange, ...] = ()
    cancelled: tuple[SessionChange, ...] = ()
    restored: tuple[SessionChange, ...] = ()
    event: tuple[FieldChange, ...] = ()
    people: tuple[EntryChange, ...] = ()
    venues: tuple[EntryChange, ...] = ()
    tracks: tuple[EntryChange, ...] = ()
    organisations: tuple[EntryChange, ...] = ()

    @property
    def sessions(self) -> tuple[SessionChange, ...]:
        """The changes of sessions, list by list."""
        return self.added + self.moved + self.changed + self.cancelled + self.restored

    @property
    def empty(self) -> bool:
        """Whether there is nothing to release."""
        entries = self.people + self.venues + self.tracks + self.organisations
        return not (self.first or self.sessions or self.event or entries)


def diff(old: PublishedProgramme | None, new: PublishedProgramme) -> Diff:
    """What has changed from the released programme `old` (None: nothing was released yet) to `new`."""
    if old is None:
        return Diff(first=True, added=tuple(SessionChange(ChangeKind.ADDED, s.key, None, s) for s in new.running))
    changes: dict[ChangeKind, list[SessionChange]] = {kind: [] for kind in ChangeKind}
    before = {s.key: s for s in old.sessions}
    for session in new.running:
        change = _session_change(old, before.get(session.key), new, session)
        if change is not None:
            changes[change.kind].append(change)
    running = {s.key for s in new.running}
    for session in old.running:
        if session.key not in running:
            changes[ChangeKind.CANCELLED].append(SessionChange(ChangeKind.CANCELLED, session.key, session, None))
    kept = _referred(session for session in old.sessions if session.key not in running)
    return Diff(
        added=tuple(changes[ChangeKind.ADDED]),
        moved=tuple(changes[ChangeKind.MOVED]),
        changed=tuple(changes[ChangeKind.CHANGED]),
        cancelled=tuple(changes[ChangeKind.CANCELLED]),
        restored=tuple(changes[ChangeKind.RESTORED]),
        event=(
            *_event_changes(old.event, new.event),
            *_order_change("venues", old.venues, new.venues),
            *_order_change("tracks", old.tracks, new.tracks),
        ),
        people=_entry_changes(old.people, new.people, kept.people),
        venues=_entry_changes(_by_key(old.venues), _by_key(new.venues), kept.venues),
        tracks=_entry_changes(_by_key(old.tracks), _by_key(new.tracks), kept.tracks),
        organisations=_entry_changes(old.organisations, new.organisations, kept.organisations),
    )


def sequenced(
    old: PublishedProgramme | None,
    draft: PublishedProgramme,
    *,
    number: int,
    now: datetime,
    found: Diff | None = None,
) -> PublishedProgramme:
    """The release that the draft becomes under that number; `found` is how the two differ, where that is known already.

    A new session has sequence 0; one that is moved, changed, cancelled or restored has that of `old` plus 1 and `now`
    as its time of release; any other keeps both. A session that is gone from the draft stays, cancelled, with its last
    content, and so do the people, venues, tracks and organisations that it names; one that stays cancelled counts as
    changed where these got other names.
    """
    before = {} if old is None else {s.key: s for s in old.sessions}
    touched = {change.key for change in (found or diff(old, draft)).sessions}
    sessions = [_sequenced(before.get(s.key), s, touched=s.key in touched, now=now) for s in draft.running]
    running = {s.key for s in sessions}
    gone = [
        replace(s, cancelled=True, sequence=s.sequence + 1, released_at=now) if s.key in touched else s
        for s in before.values()
        if s.key not in running
    ]
    kept = _referred(gone)
    release = replace(
        draft,
        number=number,
        released_at=now,
        venues=_with_kept(draft.venues, () if old is None else old.venues, kept.venues),
        tracks=_with_kept(draft.tracks, () if old is None else old.tracks, kept.tracks),
        people=_mapping_with_kept(draft.people, {} if old is None else old.people, kept.people),
        organisations=_mapping_with_kept(
            draft.organisations, {} if old is None else old.organisations, kept.organisations
        ),
        sessions=(),
    )
    if old is not None:
        gone = [_renamed(old, release, s, now) if s.key not in touched else s for s in gone]
    return replace(release, sessions=tuple(sorted([*sessions, *gone], key=lambda s: (s.starts_at, s.ends_at, s.key))))


def _renamed(
    old: PublishedProgramme, release: PublishedProgramme, session: PublishedSession, now: datetime
) -> PublishedSession:
    if _appearance(old, session) == _appearance(release, session):
        return session
    return replace(session, sequence=session.sequence + 1, released_at=now)


def _sequenced(
    before: PublishedSession | None, session: PublishedSession, *, touched: bool, now: datetime
) -> PublishedSession:
    if before is None:
        return replace(session, sequence=0, released_at=now)
    if touched:
        return replace(session, sequence=before.sequence + 1, released_at=now)
    return before


def _session_change(
    old: PublishedProgramme, before: PublishedSession | None, new: PublishedProgramme, after: PublishedSession
) -> SessionChange | None:
    if before is None:
        return SessionChange(ChangeKind.ADDED, after.key, None, after)
    changed = _changes(_appearance(old, before), _appearance(new, after))
    if before.cancelled:
        return SessionChange(ChangeKind.RESTORED, after.key, before, after, changed)
    if not changed:
        return None
    moved = (before.starts_at, before.ends_at, before.venue) != (after.starts_at, after.ends_at, after.venue)
    return SessionChange(ChangeKind.MOVED if moved else ChangeKind.CHANGED, after.key, before, after, changed)


def _appearance(programme: PublishedProgramme, session: PublishedSession) -> dict[str, Any]:
    return {
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
        "timezone": programme.event.timezone,
        "venue": next((v for v in programme.venues if v.key == session.venue), None),
        "kind": session.kind,
        "track": next((replace(t, colour=None) for t in programme.tracks if t.key == session.track), None),
        "title": session.title,
        "summary": session.summary,
        "abstract": session.abstract,
        "organiser": None if session.organiser is None else programme.organisations[session.organiser],
        "people": tuple(
            Credit(r.role, r.person, programme.people[r.person].name, programme.people[r.person].affiliation, r.title)
            for r in session.people
        ),
        "language": session.language,
        "links": session.links,
    }


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    names = [*new, *(name for name in old if name not in new)]
    return tuple(FieldChange(n, old.get(n), new.get(n)) for n in names if old.get(n) != new.get(n))


def _event_changes(old: PublishedEvent, new: PublishedEvent) -> tuple[FieldChange, ...]:
    return _changes(_event_fields(old), _event_fields(new))


def _order_change(name: str, old: tuple[AnyEntry, ...], new: tuple[AnyEntry, ...]) -> tuple[FieldChange, ...]:
    before, after = list(_by_key(old)), list(_by_key(new))
    stayed = set(before) & set(after)
    changed = [key for key in before if key in stayed] != [key for key in after if key in stayed]
    return (FieldChange(name, tuple(before), tuple(after)),) if changed else ()


def _event_fields(event: PublishedEvent) -> dict[str, Any]:
    plain = {f.name: getattr(event, f.name) for f in fields(event) if f.name != "facts"}
    return plain | {f"facts.{key}": value for key, value in event.facts.items()}


def _entry_changes(
    old: Mapping[str, AnyEntry], new: Mapping[str, AnyEntry], kept: frozenset[str]
) -> tuple[EntryChange, ...]:
    """Entries that only cancelled sessions still name are kept by every release, so leaving is no change for them."""
    changes: list[EntryChange] = []
    for key, entry in new.items():
        before = old.get(key)
        if before is None:
            changes.append(EntryChange(ChangeKind.ADDED, key, None, entry))
        elif before != entry:
            changed = _changes(_entry_fields(before), _entry_fields(entry))
            changes.append(EntryChange(ChangeKind.CHANGED, key, before, entry, changed))
    for key, entry in old.items():
        if key not in new and key not in kept:
            changes.append(EntryChange(ChangeKind.REMOVED, key, entry, None))
    return tuple(changes)


def _entry_fields(entry: Entry) -> dict[str, Any]:
    return {f.name: getattr(entry, f.name) for f in fields(entry)}


def _by_key(entries: Iterable[AnyEntry]) -> dict[str, AnyEntry]:
    return {entry.key: entry for entry in entries}


@dataclass(frozen=True, slots=True)
class _Referred:
    people: frozenset[str]
    venues: frozenset[str]
    tracks: frozenset[str]
    organisations: frozenset[str]


def _referred(sessions: Iterable[PublishedSession]) -> _Referred:
    listed = list(sessions)
    return _Referred(
        people=frozenset(role.person for s in listed for role in s.people),
        venues=frozenset(s.venue for s in listed if s.venue),
        tracks=frozenset(s.track for s in listed if s.track),
        organisations=frozenset(s.organiser for s in listed if s.organiser),
    )


def _with_kept(draft: tuple[AnyEntry, ...], old: tuple[AnyEntry, ...], kept: frozenset[str]) -> tuple[AnyEntry, ...]:
    return draft + tuple(e for e in old if e.key in kept and e.key not in _by_key(draft))


def _mapping_with_kept(
    draft: Mapping[str, AnyEntry], old: Mapping[str, AnyEntry], kept: frozenset[str]
) -> dict[str, AnyEntry]:
    return dict(draft) | {key: entry for key, entry in old.items() if key in kept and key not in draft}
