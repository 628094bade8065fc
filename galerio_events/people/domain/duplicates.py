"""Which persons, and which organisations, may be in an event twice.

Entries are compared only within blocks: with those that share an e-mail address, the letters of a name, its words, or
one word and the affiliation. So a thousand of them take a moment, and not half a million comparisons.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import combinations, pairwise

from galerio_events.text import email_key, fold
from galerio_events.translated import EMPTY, Translated

# Of those that share nothing but a word and an affiliation, how many are compared with each other, and how alike the
# names have to be.
_MOST_ALIKE = 40
_ALIKE = 0.8

_LEGAL_FORMS = re.compile(
    r"\b(co|corp|corporation|company|inc|incorporated|llc|ltd|limited|gmbh|plc|pte|the)\b"
    r"|(株式会社|有限会社|合同会社|一般社団法人|公益社団法人|一般財団法人|公益財団法人|独立行政法人|国立大学法人)"
)


class Reason(StrEnum):
    """Why two entries may be the same one; the surest first."""

    SAME_EMAIL = "same_email"
    SAME_NAME = "same_name"
    SAME_WORDS = "same_words"
    SIMILAR = "similar"


@dataclass(frozen=True, slots=True)
class Candidate:
    """What an entry is compared by."""

    key: str
    name: Translated
    affiliation: Translated = EMPTY
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two keys, in the order in which the candidates came, and why they may be one."""

    first: str
    second: str
    reason: Reason


_By = Callable[[Candidate], Iterable[Hashable]]


def duplicate_people(people: Sequence[Candidate]) -> tuple[Pair, ...]:
    """Pairs of persons who may be the same one, each once with its surest reason, the surest pairs first."""
    found: dict[tuple[int, int], Reason] = {}
    _note(found, people, Reason.SAME_EMAIL, lambda p: [email_key(p.email)] if p.email else [])
    _note(found, people, Reason.SAME_NAME, lambda p: {_letters(name) for name in p.name.values()})
    _note(found, people, Reason.SAME_WORDS, lambda p: {_words(name) for name in p.name.values()})
    for at, other in _within(_blocks(people, _shared)):
        if _similar(people[at], people[other]):
            found.setdefault((at, other), Reason.SIMILAR)
    return _sorted(found, people)


def duplicate_organisations(organisations: Sequence[Candidate]) -> tuple[Pair, ...]:
    """As `duplicate_people`; legal forms (`Co., Ltd.`, `株式会社`) do not count as part of a name."""
    found: dict[tuple[int, int], Reason] = {}
    _note(found, organisations, Reason.SAME_NAME, lambda o: {_letters(name) for name in o.name.values()})
    _note(found, organisations, Reason.SAME_WORDS, lambda o: {_core(name) for name in o.name.values()})
    return _sorted(found, organisations)


def _note(found: dict[tuple[int, int], Reason], entries: Sequence[Candidate], reason: Reason, blocks: _By) -> None:
    """Neighbours in each block: of twenty of one name, nineteen pairs, which are enough to bring them together."""
    for block in _blocks(entries, blocks).values():
        for at, other in pairwise(block):
            found.setdefault((at, other), reason)


def _blocks(entries: Sequence[Candidate], by: _By) -> dict[Hashable, list[int]]:
    blocks: defaultdict[Hashable, list[int]] = defaultdict(list)
    for at, entry in enumerate(entries):
        for value in by(entry):
            if value:
                blocks[value].append(at)
    return blocks


def _within(blocks: dict[Hashable, list[int]]) -> Iterator[tuple[int, int]]:
    for block in blocks.values():
        yield from combinations(block[:_MOST_ALIKE], 2)


def _sorted(found: dict[tuple[int, int], Reason], entries: Sequence[Candidate]) -> tuple[Pair, ...]:
    order = list(Reason)
    pairs = sorted(found.items(), key=lambda pair: (order.index(pair[1]), pair[0]))
    return tuple(Pair(entries[at].key, entries[other].key, reason) for (at, other), reason in pairs)


def _letters(name: str) -> str:
    """`石川 武史` and `石川武史`, `ALAN TAN` and `Alan Tan`, are written with the same letters."""
    return fold(name).replace(" ", "")


def _words(name: str) -> tuple[str, ...]:
    """The words of a name, in whatever order they came; nothing where it is a single one."""
    words = tuple(sorted(fold(name).split()))
    return words if len(words) > 1 else ()


def _core(name: str) -> tuple[str, ...]:
    """The words of an organisation's name without its legal form, in whatever order they came."""
    return tuple(sorted(_LEGAL_FORMS.sub(" ", fold(name)).split()))


def _shared(person: Candidate) -> set[tuple[str, str]]:
    """A word of the name with an affiliation, for each of either."""
    words = {word for name in person.name.values() for word in fold(name).split() if len(word) > 1}
    places = {_letters(affiliation) for affiliation in person.affiliation.values()}
    return {(word, place) for word in words for place in places if place}


def _similar(one: Candidate, other: Candidate) -> bool:
    return any(
        _alike(mine.split(), theirs.split())
        for mine in map(fold, one.name.values())
        for theirs in map(fold, other.name.values())
    )


def _alike(mine: list[str], theirs: list[str]) -> bool:
    """Nearly the same letters, or the same words but for initials (`J. Tan` and `Jia Tan`) or some left out."""
    if not mine or not theirs:
        return False
    if SequenceMatcher(None, "".join(sorted(mine)), "".join(sorted(theirs))).ratio() >= _ALIKE:
        return True
    shorter, longer = sorted((mine, theirs), key=len)
    return len(shorter) > 1 and all(any(_stands_for(word, whole) for whole in longer) for word in shorter)


def _stands_for(word: str, whole: str) -> bool:
    return word == whole or (len(word) == 1 and whole.startswith(word)) or (len(whole) == 1 and word.startswith(whole))
