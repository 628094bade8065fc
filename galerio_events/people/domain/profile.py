"""What somebody says of themselves: what of it is published, what a proposal changes, and what they agree to.

The fields that are published are held in plain JSON, as the history holds them. A change of them has parts, such as
`bio_en` or `photo`, of which each can be taken or left.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

# What of a person's entry a release has, in the order in which it is shown.
PUBLIC = ("name", "affiliation", "job_title", "country", "bio", "photo", "links")
TEXTS = frozenset({"name", "affiliation", "job_title", "bio"})
NOTE_LENGTH = 2_000

Plain = Mapping[str, Any]


class ProfileConsent(StrEnum):
    """What somebody is asked whether they agree to it."""

    RECORDING = "recording"
    SLIDES = "slides"
    PHOTO = "photo"


# The wording in which each is asked at present; an answer keeps the number of the one that it answers.
WORDINGS: Mapping[ProfileConsent, int] = dict.fromkeys(ProfileConsent, 1)


class ProposalState(StrEnum):
    """What has become of a proposal."""

    OPEN = "open"
    ACCEPTED = "accepted"
    PARTLY = "partly"
    DECLINED = "declined"
    # By a later one of the same person, or by themselves.
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


class Saved(StrEnum):
    """What saving one's own profile did."""

    NOTHING = "nothing"
    STORED = "stored"
    PROPOSED = "proposed"


@dataclass(frozen=True, slots=True)
class Part:
    """Something that a proposal changes: what it was when it was proposed, what it is to be, and what is stored now."""

    field: str
    language: str
    base: Any
    wanted: Any
    stored: Any

    @property
    def name(self) -> str:
        """What it is called in forms."""
        return f"{self.field}_{self.language}" if self.language else self.field

    @property
    def contested(self) -> bool:
        """Whether somebody else has made something else of it meanwhile."""
        return bool(self.stored not in (self.base, self.wanted))

    @property
    def settled(self) -> bool:
        """Whether it is as it is to be already."""
        return bool(self.stored == self.wanted)


def public_part(plain: Plain) -> dict[str, Any]:
    """Of a person's entry in plain JSON, the fields that are published."""
    empty: dict[str, Any] = {name: {} for name in TEXTS} | {"links": [], "photo": None, "country": None}
    return {name: plain.get(name, empty[name]) for name in PUBLIC}


def parts(base: Plain, wanted: Plain, stored: Plain) -> tuple[Part, ...]:
    """What the change from `base` to `wanted` changes, beside what is stored now."""
    return tuple(_parts(base, wanted, stored))


def _parts(base: Plain, wanted: Plain, stored: Plain) -> Iterator[Part]:
    for name in PUBLIC:
        old, new, now = (each.get(name) for each in (base, wanted, stored))
        if name not in TEXTS:
            if old != new:
                yield Part(name, "", old, new, now)
            continue
        for language in dict.fromkeys([*(new or {}), *(old or {})]):
            before, after, present = ((each or {}).get(language, "") for each in (old, new, now))
            if before != after:
                yield Part(name, language, before, after, present)


def taken(stored: Plain, changes: Iterable[Part], names: Collection[str] | None = None) -> dict[str, Any]:
    """The stored fields with those parts of a change that are named; with all of them where none are."""
    made = {name: dict(value) if name in TEXTS else value for name, value in public_part(stored).items()}
    for part in changes:
        if names is not None and part.name not in names:
            continue
        if not part.language:
            made[part.field] = part.wanted
        elif part.wanted:
            made[part.field][part.language] = part.wanted
        else:
            made[part.field].pop(part.language, None)
    return made
