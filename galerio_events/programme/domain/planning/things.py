"""Venues, tracks, organisations and persons of a file: which of the event's they are, and what becomes of those."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from galerio_events.events.domain import Deed, Subject
from galerio_events.events.domain.settings import RESERVED_KEYS
from galerio_events.people.domain import RESERVED_KEYS as OF_PEOPLE
from galerio_events.programme.domain.incoming import InLanguages, RowProblem, Thing, Told
from galerio_events.programme.domain.planning.matching import (
    Names,
    free_key,
    key_with_foreign,
    latin_key,
    namesakes,
    texts_of,
)
from galerio_events.programme.domain.planning.values import FRESH, Item, Question, Stored
from galerio_events.programme.domain.rules import SUMMARY_LENGTH, TEXT_LENGTH, TITLE_LENGTH
from galerio_events.text import fold
from galerio_events.translated import Translated

_MOST = {"name": TITLE_LENGTH, "affiliation": SUMMARY_LENGTH, "bio": TEXT_LENGTH}
_FALLBACK = {
    Subject.VENUE: "venue",
    Subject.TRACK: "track",
    Subject.ORGANISATION: "organisation",
    Subject.PERSON: "person",
}


@dataclass(slots=True)
class Resolved:
    """What became of the things of one kind: `keys` maps handles to keys (handles of faulty ones are missing)."""

    keys: dict[str, str] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    unchanged: set[str] = field(default_factory=set)
    problems: list[RowProblem] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    refused: int = 0


def resolve(
    subject: Subject,
    things: Mapping[str, Thing],
    stored: Mapping[str, Stored],
    *,
    languages: tuple[str, ...],
    ordered: bool,
    answers: Mapping[str, str],
) -> Resolved:
    """Match the things of a file with those of the event. `answers` has the persons that somebody has chosen."""
    return _Resolver(subject, things, stored, languages, answers if subject is Subject.PERSON else {}).all(ordered)


class _Resolver:
    def __init__(
        self,
        subject: Subject,
        things: Mapping[str, Thing],
        stored: Mapping[str, Stored],
        languages: tuple[str, ...],
        answers: Mapping[str, str],
    ) -> None:
        self.subject, self.things, self.stored = subject, things, stored
        self.languages, self.answers = languages, answers
        self.names, self.twins = Names(stored), namesakes(things.values())
        self.taken = set(stored) | RESERVED_KEYS | OF_PEOPLE
        self.wanted = {thing.key for thing in things.values() if thing.sure and thing.key}
        self.found = Resolved()

    def all(self, ordered: bool) -> Resolved:
        found, stored = self.found, self.stored
        free = max((int(s.values.get("position", 0)) for s in stored.values()), default=-1) + 1
        written: dict[str, Mapping[str, Any]] = {}
        for place, (handle, thing) in enumerate(self.things.items()):
            key = self._known_key(handle, thing)
            if key is _ASKED:
                continue
            key = key or self._new_key(thing)
            self.taken.add(key)
            before = written.get(key) or (stored[key].values if key in stored else None)
            position = place if ordered else free + place
            after = merged(
                self.subject,
                thing,
                before,
                self.languages,
                position=position if ordered or before is None else None,
            )
            if wrong := _wrong(thing, after):
                found.problems.append(wrong)
                found.refused += 1
                continue
            found.keys[handle] = key
            written[key] = after
            self._keep(key, thing, after)
        return found

    def _known_key(self, handle: str, thing: Thing) -> str | None:
        """The key of the thing in the event, None where it is new, `_ASKED` where that cannot be known."""
        chosen = self.answers.get(handle)
        if chosen is not None and (not chosen or chosen in self.stored):
            return chosen or None
        called = self.names.keys(thing)
        if thing.key in self.stored and (thing.sure or thing.key in called):
            return thing.key
        if thing.sure and thing.key:
            return None
        if self.subject is Subject.PERSON and fold(thing.label) in self.twins and thing.foreign:
            # Several in the file have that name: only what the other system calls them can tell them apart.
            key = key_with_foreign(thing)
            return key if key in self.stored else None
        if len(called) > 1:
            told = Told.PERSON_AMBIGUOUS if self.subject is Subject.PERSON else Told.NAME_AMBIGUOUS
            self.found.problems.append(RowProblem(thing.row, told, thing.label, {"keys": ", ".join(called)}))
            self.found.refused += 1
            if self.subject is Subject.PERSON:
                self.found.questions.append(Question(handle, thing.label, thing.row, called))
            return _ASKED
        return called[0] if called else None

    def _new_key(self, thing: Thing) -> str:
        twin = self.subject is Subject.PERSON and fold(thing.label) in self.twins
        texts = (thing.label, *texts_of(thing.fields.get("name")), *texts_of(thing.when_new.get("name")))
        wanted = [key for key in (thing.key, key_with_foreign(thing) if twin else None, *map(latin_key, texts)) if key]
        others = self.wanted - {thing.key} if thing.sure else self.wanted
        return free_key(wanted, _FALLBACK[self.subject], self.taken | others)

    def _keep(self, key: str, thing: Thing, after: Mapping[str, Any]) -> None:
        stored = self.stored.get(key)
        before = None if stored is None else stored.values
        changed = tuple(name for name in after if before is None or before.get(name) != after[name])
        if before is not None and not changed:
            self.found.unchanged.add(key)
            self.found.items.pop(key, None)
            return
        self.found.unchanged.discard(key)
        self.found.items[key] = Item(
            self.subject,
            key,
            Deed.ADDED if before is None else Deed.CHANGED,
            after["name"],
            before,
            after,
            changed,
            thing.row,
            None if stored is None else stored.id,
        )


# Stands for a thing of which somebody has to say which one it is.
_ASKED = "?"


def merged(
    subject: Subject,
    thing: Thing,
    before: Mapping[str, Any] | None,
    languages: tuple[str, ...],
    *,
    position: int | None,
) -> dict[str, Any]:
    """What the thing says once the file is taken in: what the file does not mention stays."""
    fresh = FRESH[subject]
    after = dict(fresh if before is None else before)
    says = dict(thing.fields) if before is not None else {**thing.when_new, **thing.fields}
    for name, value in says.items():
        if isinstance(value, InLanguages):
            after[name] = value.over(after[name], languages)
        else:
            after[name] = value
    if position is not None and "position" in fresh:
        after["position"] = position
    return after


def _wrong(thing: Thing, after: Mapping[str, Any]) -> RowProblem | None:
    if not after["name"]:
        return RowProblem(thing.row, Told.NO_TITLE, thing.label)
    for name, most in _MOST.items():
        value = after.get(name)
        if isinstance(value, Translated) and any(len(text) > most for text in value.values()):
            return RowProblem(thing.row, Told.TEXT_TOO_LONG, thing.label, {"field": name, "most": str(most)})
    return None
