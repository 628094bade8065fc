"""Which persons, and which organisations, may be in an event twice.

Entries are compared only within blocks: with those that share an e-mail address, the letters of a name, its words, or
one word and the affiliation. So a thousand of them take a moment, and not half a million comparisons.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence, Set
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import combinations

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


@dataclass(frozen=True, slots=True)
class _Folded:
    """A candidate's names and affiliations in the form in which they are compared; made once for each."""

    email: str
    names: tuple[tuple[str, ...], ...]
    affiliations: frozenset[str]

    @classmethod
    def of(cls, entry: Candidate, *, without: re.Pattern[str] | None = None) -> "_Folded":
        folded = [fold(name) for name in entry.name.values()]
        if without is not None:
            folded = [without.sub(" ", name) for name in folded]
        return cls(
            email=email_key(entry.email) if entry.email else "",
            names=tuple(words for name in folded if (words := tuple(name.split()))),
            affiliations=frozenset(_letters(place) for place in entry.affiliation.values()) - {""},
        )


_By = Callable[[_Folded], Iterable[Hashable]]
_Places = tuple[int, int]


def duplicate_people(people: Sequence[Candidate], apart: Collection[frozenset[str]] = ()) -> tuple[Pair, ...]:
    """Pairs of persons who may be the same one, each once with its surest reason, the surest pairs first.

    Two of whom somebody has said that they are `apart` (pairs of keys) are none; each may still be a third one.
    """
    known = _places(apart, people)
    folded = [_Folded.of(person) for person in people]
    found: dict[tuple[int, int], Reason] = {}
    _note(found, folded, Reason.SAME_EMAIL, lambda p: [p.email], known)
    _note(found, folded, Reason.SAME_NAME, lambda p: {"".join(words) for words in p.names}, known)
    _note(
        found, folded, Reason.SAME_WORDS,
        lambda p: {tuple(sorted(words)) for words in p.names if len(words) > 1}, known,
    )  # fmt: skip
    for at, other in _within(_blocks(folded, _shared)):
        if (at, other) not in found and (at, other) not in known and _similar(folded[at], folded[other]):
            found[at, other] = Reason.SIMILAR
    return _sorted(found, people)


def duplicate_organisations(
    organisations: Sequence[Candidate], apart: Collection[frozenset[str]] = ()
) -> tuple[Pair, ...]:
    """As `duplicate_people`; legal forms (`Co., Ltd.`, `株式会社`) do not count as part of a name."""
    known = _places(apart, organisations)
    found: dict[tuple[int, int], Reason] = {}
    whole = [_Folded.of(organisation) for organisation in organisations]
    _note(found, whole, Reason.SAME_NAME, lambda o: {"".join(words) for words in o.names}, known)
    core = [_Folded.of(organisation, without=_LEGAL_FORMS) for organisation in organisations]
    _note(found, core, Reason.SAME_WORDS, lambda o: {tuple(sorted(words)) for words in o.names}, known)
    return _sorted(found, organisations)


def _note(
    found: dict[tuple[int, int], Reason], entries: Sequence[_Folded], reason: Reason, by: _By, apart: Set[_Places]
) -> None:
    """Neighbours in each block: of twenty of one name, nineteen pairs, which are enough to bring them together. One
    that is apart from its neighbour is paired with the next from which it is not."""
    for block in _blocks(entries, by).values():
        for place, at in enumerate(block):
            other = next((each for each in block[place + 1 :] if (at, each) not in apart), None)
            if other is not None:
                found.setdefault((at, other), reason)


def _places(apart: Collection[frozenset[str]], entries: Sequence[Candidate]) -> set[_Places]:
    """The pairs as places among the entries; those whose keys are not there are left out."""
    places = {entry.key: place for place, entry in enumerate(entries)}
    pairs = (sorted(places[key] for key in keys if key in places) for keys in apart)
    return {(pair[0], pair[1]) for pair in pairs if len(pair) == 2}


def _blocks(entries: Sequence[_Folded], by: _By) -> dict[Hashable, list[int]]:
    blocks: defaultdict[Hashable, list[int]] = defaultdict(list)
    for at, entry in enumerate(entries):
        for value in by(entry):
            if value:
                blocks[value].append(at)
    return blocks


def _within(blocks: dict[Hashable, list[int]]) -> set[tuple[int, int]]:
    return {pair for block in blocks.values() for pair in combinations(block[:_MOST_ALIKE], 2)}


def _sorted(found: dict[tuple[int, int], Reason], entries: Sequence[Candidate]) -> tuple[Pair, ...]:
    order = list(Reason)
    pairs = sorted(found.items(), key=lambda pair: (order.index(pair[1]), pair[0]))
    return tuple(Pair(entries[at].key, entries[other].key, reason) for (at, other), reason in pairs)


def _letters(text: str) -> str:
    """`石川 武史` and `石川武史`, `ALAN TAN` and `Alan Tan`, are written with the same letters."""
    return fold(text).replace(" ", "")


def _shared(person: _Folded) -> set[tuple[str, str]]:
    """A word of the name with an affiliation, for each of either."""
    words = {word for name in person.names for word in name if len(word) > 1}
    return {(word, place) for word in words for place in person.affiliations}


def _similar(one: _Folded, other: _Folded) -> bool:
    return any(_alike(mine, theirs) for mine in one.names for theirs in other.names)


def _alike(mine: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    """The same words but for initials (`J. Tan` and `Jia Tan`) or some left out, or nearly the same letters."""
    shorter, longer = sorted((mine, theirs), key=len)
    if len(shorter) > 1 and all(any(_stands_for(word, whole) for whole in longer) for word in shorter):
        return True
    one, other = "".join(sorted(mine)), "".join(sorted(theirs))
    together = len(one) + len(other)
    # What the letters in common allow at best is counted before their order is looked at.
    if 2 * (Counter(one) & Counter(other)).total() < _ALIKE * together:
        return False
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= _ALIKE


def _stands_for(word: str, whole: str) -> bool:
    return word == whole or (len(word) == 1 and whole.startswith(word)) or (len(whole) == 1 and word.startswith(whole))
