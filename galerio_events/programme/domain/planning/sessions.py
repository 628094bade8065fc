"""The sessions of a file: which of the draft's they are, and what becomes of those."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from galerio_events.events.domain import Deed, Subject
from galerio_events.programme.domain import RoleKind, RoleState
from galerio_events.programme.domain.incoming import IncomingRole, InLanguages, RowProblem, Thing, Told
from galerio_events.programme.domain.planning.matching import Sessions, free_key, latin_key, nameless, texts_of
from galerio_events.programme.domain.planning.values import FRESH, Draft, Item, StoredSession, session_fields
from galerio_events.programme.domain.rules import (
    SUMMARY_LENGTH,
    TEXT_LENGTH,
    TITLE_LENGTH,
    Frame,
    Known,
    SessionProblem,
    key_problem,
    session_problems,
    session_uid,
)
from galerio_events.programme.domain.values import RoleValue, SessionValues
from galerio_events.text import fold
from galerio_events.translated import Translated

_WORDS: Mapping[SessionProblem, tuple[Told, Mapping[str, str]]] = {
    SessionProblem.TITLE_MISSING: (Told.NO_TITLE, {}),
    SessionProblem.TITLE_TOO_LONG: (Told.TITLE_TOO_LONG, {"most": str(TITLE_LENGTH)}),
    SessionProblem.SUMMARY_TOO_LONG: (Told.TEXT_TOO_LONG, {"field": "summary", "most": str(SUMMARY_LENGTH)}),
    SessionProblem.ABSTRACT_TOO_LONG: (Told.TEXT_TOO_LONG, {"field": "abstract", "most": str(TEXT_LENGTH)}),
    SessionProblem.ENDS_BEFORE_START: (Told.ENDS_BEFORE_START, {}),
    SessionProblem.STARTS_OUTSIDE_EVENT: (Told.OUTSIDE_DAYS, {}),
    SessionProblem.ENDS_OUTSIDE_EVENT: (Told.OUTSIDE_DAYS, {}),
    SessionProblem.CAPACITY_INVALID: (Told.BAD_VALUE, {"field": "capacity"}),
    SessionProblem.TALK_TITLE_TOO_LONG: (Told.TEXT_TOO_LONG, {"field": "talk", "most": str(TITLE_LENGTH)}),
    SessionProblem.MINUTES_INVALID: (Told.BAD_VALUE, {"field": "talk_minutes"}),
    SessionProblem.LANGUAGE_UNKNOWN: (Told.BAD_VALUE, {"field": "language"}),
    SessionProblem.LINK_INVALID: (Told.BAD_VALUE, {"field": "links"}),
    SessionProblem.LINK_TITLE_TOO_LONG: (Told.BAD_VALUE, {"field": "links"}),
    SessionProblem.TOO_MANY_LINKS: (Told.BAD_VALUE, {"field": "links"}),
}
_REFERENCES = ("venue", "track", "organiser")


@dataclass(slots=True)
class SessionsResolved:
    """What became of the sessions of a file."""

    items: list[Item] = field(default_factory=list)
    matched: set[str] = field(default_factory=set)
    cancelled: set[str] = field(default_factory=set)
    unchanged: int = 0
    refused: int = 0
    problems: list[RowProblem] = field(default_factory=list)
    used: set[tuple[Subject, str]] = field(default_factory=set)
    in_vain: set[tuple[Subject, str]] = field(default_factory=set)


def resolve_sessions(
    things: Iterable[Thing],
    draft: Draft,
    frame: Frame,
    keys: Mapping[Subject, Mapping[str, str]],
    *,
    languages: tuple[str, ...],
    whole: bool,
) -> SessionsResolved:
    """Match the sessions with those of the draft. `keys` has the key of each handle that could be resolved."""
    return _Resolver(draft, frame, keys, languages, whole).all(tuple(things))


class _Resolver:
    def __init__(
        self,
        draft: Draft,
        frame: Frame,
        keys: Mapping[Subject, Mapping[str, str]],
        languages: tuple[str, ...],
        whole: bool,
    ) -> None:
        self.draft, self.frame, self.keys = draft, frame, keys
        self.languages, self.whole = languages, whole
        self.finder = Sessions(draft.slug, draft.sessions, draft.uids_elsewhere)
        self.found = SessionsResolved()
        self.taken = set(draft.sessions)
        self.known = Known(
            *(
                frozenset(stored) | frozenset(keys[subject].values())
                for stored, subject in (
                    (draft.venues, Subject.VENUE),
                    (draft.tracks, Subject.TRACK),
                    (draft.organisations, Subject.ORGANISATION),
                    (draft.people, Subject.PERSON),
                )
            )
        )

    def all(self, things: tuple[Thing, ...]) -> SessionsResolved:
        matches = self._matches(things)
        self.taken |= {thing.key for thing in things if thing.sure and thing.key}
        for number, thing in enumerate(things):
            if number in matches:
                self._take(thing, matches[number])
        return self.found

    def _matches(self, things: tuple[Thing, ...]) -> dict[int, str | None]:
        """Place of each usable thing to the key of its session, None for a new one. The surest are matched first."""
        matches: dict[int, str | None] = {}
        first_row: dict[str, int] = {}
        left = []
        for number, thing in enumerate(things):
            identity = self.finder.uid_of(thing) or (f"key {thing.key}" if thing.sure and thing.key else None)
            if identity is not None and identity in first_row:
                called = thing.uid or thing.foreign or thing.key or ""
                self._refuse(thing, Told.DUPLICATE, first=str(first_row[identity]), identity=called)
                continue
            if identity is not None:
                first_row[identity] = thing.row
            matches[number] = self.finder.sure(thing)
            if matches[number] is None:
                left.append(number)
            elif matches[number] in self.found.matched:
                self._refuse(thing, Told.SAME_SESSION, key=str(matches.pop(number)))
            else:
                self.found.matched.add(str(matches[number]))
        for number in left:
            thing = things[number]
            venue = self.keys[Subject.VENUE].get(thing.fields.get("venue") or "")
            if not (thing.sure and thing.key):
                starts_at = thing.fields.get("starts_at")
                self._match(matches, number, self.finder.at_that_time(thing, starts_at, venue, self.found.matched))
        left = [number for number in left if matches[number] is None and nameless(things[number])]
        titles = Counter(name for number in left for name in _folded_titles(things[number]))
        for number in left:
            named = self.finder.titled(things[number], self.found.matched)
            if len(named) == 1 and all(titles[name] == 1 for name in _folded_titles(things[number])):
                self._match(matches, number, named[0])
        return matches

    def _match(self, matches: dict[int, str | None], number: int, key: str | None) -> None:
        if key is not None:
            matches[number] = key
            self.found.matched.add(key)

    def _take(self, thing: Thing, key: str | None) -> None:
        stored = None if key is None else self.draft.sessions[key]
        references = self._references(thing)
        if thing.cancelled:
            if key is not None and not self.draft.sessions[key].removed:
                self.found.cancelled.add(key)
                self._tell(thing, Told.CANCELLED)
            return
        after = None if self._refers_to_faulty(thing) else self._merged(thing, stored)
        values = None if after is None else SessionValues(**after)
        if values is None or not self._right(thing, values):
            self.found.in_vain |= references
            return
        self.found.used |= references
        if stored is not None and key is not None:
            self._changed(thing, key, stored, values)
        else:
            self._added(thing, values)

    def _changed(self, thing: Thing, key: str, stored: StoredSession, values: SessionValues) -> None:
        before, after = session_fields(stored.values), session_fields(values)
        changed = tuple(name for name in after if before[name] != after[name])
        if not changed and not stored.removed:
            self.found.unchanged += 1
            return
        if stored.values.locked and {"starts_at", "ends_at", "venue"} & set(changed):
            self._tell(thing, Told.LOCKED_MOVED)
        deed = Deed.RESTORED if stored.removed else Deed.CHANGED
        self.found.items.append(
            Item(Subject.SESSION, key, deed, values.title, before, after, changed, thing.row, stored.id, stored.uid)
        )

    def _added(self, thing: Thing, values: SessionValues) -> None:
        key = self._new_key(thing, values.title)
        if key is None:
            return
        self.taken.add(key)
        uid = self.finder.uid_of(thing) or session_uid(self.draft.slug, key)
        if thing.uid in self.draft.uids_elsewhere:
            self._tell(thing, Told.UID_TAKEN, uid=thing.uid or "")
        after = session_fields(values)
        self.found.items.append(
            Item(Subject.SESSION, key, Deed.ADDED, values.title, None, after, tuple(after), thing.row, None, uid)
        )

    def _new_key(self, thing: Thing, title: Translated) -> str | None:
        if thing.sure and thing.key:
            if key_problem(thing.key) is not None:
                self._refuse(thing, Told.KEY_INVALID, key=thing.key)
                return None
            return thing.key
        texts = (thing.key or "", latin_key(title.get("en", "")), *map(latin_key, title.values()))
        wanted = [key for key in texts if key and key_problem(key) is None]
        return free_key(wanted, "session", self.taken)

    def _references(self, thing: Thing) -> set[tuple[Subject, str]]:
        roles: tuple[IncomingRole, ...] = thing.fields.get("people", ())
        subjects = zip(_REFERENCES, (Subject.VENUE, Subject.TRACK, Subject.ORGANISATION), strict=True)
        named = {(subject, thing.fields.get(name)) for name, subject in subjects}
        return {(s, h) for s, h in named if h is not None} | {(Subject.PERSON, role.person) for role in roles}

    def _refers_to_faulty(self, thing: Thing) -> bool:
        lost = sorted(handle for subject, handle in self._references(thing) if handle not in self.keys[subject])
        if lost:
            self._refuse(thing, Told.REFERS_TO_FAULTY, name=", ".join(lost))
        return bool(lost)

    def _merged(self, thing: Thing, stored: StoredSession | None) -> dict[str, Any] | None:
        after = dict(FRESH[Subject.SESSION]) if stored is None else session_fields(stored.values)
        says = thing.fields if stored is not None else {**thing.when_new, **thing.fields}
        for name, value in says.items():
            if isinstance(value, InLanguages):
                after[name] = value.over(after[name], self.languages)
            elif name in _REFERENCES:
                subject = (Subject.VENUE, Subject.TRACK, Subject.ORGANISATION)[_REFERENCES.index(name)]
                after[name] = None if value is None else self.keys[subject][value]
            elif name == "people":
                after[name] = self._people(thing, value, () if stored is None else stored.values.people)
            else:
                after[name] = value
        if "starts_at" not in after or "ends_at" not in after:
            self._refuse(thing, Told.NO_START)
            return None
        return after

    def _people(
        self, thing: Thing, roles: tuple[IncomingRole, ...], stored: tuple[RoleValue, ...]
    ) -> tuple[RoleValue, ...]:
        """The roles that the file names, with what it does not say of them as it was."""
        people = self.keys[Subject.PERSON]
        made: list[RoleValue] = []
        for role in roles:
            person = people[role.person]
            had = [r for r in stored if r.person == person and r.role == (role.role or r.role)]
            for one in had or [RoleValue(role.role or RoleKind.SPEAKER, person)]:
                value = _over(one, role, self.languages)
                if any((r.role, r.person) == (value.role, value.person) for r in made):
                    if role.role is not None:
                        self._tell(thing, Told.ROLE_TWICE, name=role.person)
                    continue
                made.append(value)
        if self.whole:
            return tuple(made)
        named = {(r.role, r.person) for r in made}
        # Only who is confirmed is in a public file.
        waiting = [r for r in stored if r.state is not RoleState.CONFIRMED and (r.role, r.person) not in named]
        if waiting and [r for r in stored if r not in waiting] == made:
            return stored
        return (*made, *waiting)

    def _right(self, thing: Thing, values: SessionValues) -> bool:
        """Whether the session can be as the file wants it; tells what is wrong otherwise."""
        problems = session_problems(values, self.frame, self.known)
        for problem in problems:
            told, details = _WORDS.get(problem, (Told.BAD_VALUE, {"field": problem.value}))
            if problem is SessionProblem.ENDS_BEFORE_START and values.starts_at == values.ends_at:
                told = Told.NO_DURATION
            self._tell(thing, told, **details)
        self.found.refused += bool(problems)
        return not problems

    def _refuse(self, thing: Thing, told: Told, **details: str) -> bool:
        self.found.refused += 1
        self._tell(thing, told, **details)
        return False

    def _tell(self, thing: Thing, told: Told, **details: str) -> None:
        self.found.problems.append(RowProblem(thing.row, told, thing.label, details))


def _over(stored: RoleValue, role: IncomingRole, languages: tuple[str, ...]) -> RoleValue:
    title = stored.title
    if isinstance(role.title, InLanguages):
        title = role.title.over(stored.title, languages)
    elif role.title is not None:
        title = role.title
    return RoleValue(
        stored.role,
        stored.person,
        title,
        role.minutes if role.says_minutes else stored.minutes,
        stored.state if role.state is None else role.state,
    )


def _folded_titles(thing: Thing) -> set[str]:
    return {fold(text) for text in texts_of(thing.fields.get("title"))}
