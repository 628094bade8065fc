"""Every text of an event that is there, but not in each of its languages."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from galerio_events.events.domain import is_key
from galerio_events.programme.domain.texts import gaps
from galerio_events.translated import Translated


class TextOf(StrEnum):
    """What a text belongs to."""

    EVENT = "event"
    ORGANISER = "organiser"
    VENUE = "venue"
    TRACK = "track"
    PERSON = "person"
    ORGANISATION = "organisation"
    SESSION = "session"
    TALK = "talk"


@dataclass(frozen=True, slots=True)
class Owner:
    """Something with texts: what it is, how its page is found, and what it is called.

    `key` is that of the session for a talk, whose `row` is its place among the people, from 0; the number of the row
    for an organiser of the event.
    """

    of: TextOf
    key: str
    name: Translated
    row: int = 0


@dataclass(frozen=True, slots=True)
class Missing:
    """A text (`title`, `name`, `bio` …) that its owner has in other languages only; `given` is what there is."""

    owner: Owner
    text: str
    language: str
    given: Translated


def missing(owners: Iterable[tuple[Owner, Mapping[str, Translated]]], languages: Sequence[str]) -> tuple[Missing, ...]:
    """What lacks a translation into the event's languages, in the order of the owners.

    A text that is in no language at all is not missing in any.
    """
    return tuple(
        Missing(owner, gap.text, gap.language, texts[gap.text])
        for owner, texts in owners
        for gap in gaps(texts, languages)
    )


def narrowed(found: Iterable[Missing], *, language: str = "", of: str = "") -> tuple[Missing, ...]:
    """Those in that language and of that kind of thing; an empty text stands for all."""
    return tuple(
        each for each in found if (not language or each.language == language) and (not of or each.owner.of == of)
    )


def by_language(found: Iterable[Missing]) -> Counter[str]:
    """How many are missing in each language."""
    return Counter(each.language for each in found)


def by_kind(found: Iterable[Missing]) -> Counter[TextOf]:
    """How many are missing of each kind of thing."""
    return Counter(each.owner.of for each in found)


@dataclass(frozen=True, slots=True)
class Trail:
    """Where somebody is who goes through the missing translations: the language and the `TextOf` to which the list is
    narrowed (empty texts where it is not), and the owner whose form they have open."""

    into: str
    of: str
    owner: TextOf
    key: str = ""
    row: int = 0

    def __str__(self) -> str:
        return ".".join((self.into, self.of, self.owner, self.key, str(self.row)))


def trail_from(text: str) -> Trail | None:
    """The trail that was written so; None for anything else."""
    parts = text.split(".")
    if len(text) > 200 or len(parts) != 5:
        return None
    into, of, owner, key, row = parts
    kinds = {kind.value for kind in TextOf}
    good = (
        (not into or (into.isascii() and into.replace("-", "").isalnum()))
        and (not of or of in kinds)
        and owner in kinds
        and (not key or is_key(key))
        and (row.isascii() and row.isdecimal() and len(row) < 5)
    )
    return Trail(into, of, TextOf(owner), key, int(row)) if good else None


def next_after(trail: Trail, owners: Iterable[Owner], found: Sequence[Missing]) -> int | None:
    """The place, from 0, of the first of those found that belongs to the trail's owner or to one after it; the first of
    all where there is none, and None where nothing is found or the owner is gone.

    `owners` are all of them in their order, `found` is in the same order.
    """
    places = {(owner.of, owner.key, owner.row): place for place, owner in enumerate(owners)}
    here = places.get((trail.owner, trail.key, trail.row))
    if here is None or not found:
        return None
    further = (at for at, gap in enumerate(found) if places[gap.owner.of, gap.owner.key, gap.owner.row] >= here)
    return next(further, 0)
