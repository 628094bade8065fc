"""Every text of an event that is there, but not in each of its languages."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

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
