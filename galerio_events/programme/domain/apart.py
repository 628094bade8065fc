"""Pairs that look like one entry twice, and of which an organiser has said that they are two.

They are kept where accepted warnings are, for a suggestion is a warning too: in a space of fingerprints of their own,
into which the hexadecimal ones of conflicts never fall.
"""

import hashlib
from dataclasses import dataclass

SPACE = "two-"


@dataclass(frozen=True, slots=True)
class Apart:
    """Two persons, or two organisations (`of` is `person` or `organisation`), by their keys."""

    of: str
    keys: frozenset[str]

    @property
    def fingerprint(self) -> str:
        """At most 64 characters, the same in either order."""
        return SPACE + hashlib.sha256(str(self).encode()).hexdigest()[:60]

    def __str__(self) -> str:
        return " ".join((self.of, *sorted(self.keys)))


def apart_from(text: str) -> Apart:
    """The pair that was written so."""
    of, *keys = text.split(" ")
    return Apart(of, frozenset(keys))
