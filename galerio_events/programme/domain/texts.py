"""What organisers need to know about the texts of a session: what lacks a translation, and how to call its address."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from galerio_events.events.domain import keys
from galerio_events.programme.domain.rules import key_problem
from galerio_events.translated import Translated


@dataclass(frozen=True, slots=True)
class Gap:
    """A text (`title`, `summary` or `abstract`) that is there, but not in that language."""

    text: str
    language: str


def gaps(texts: Mapping[str, Translated], languages: Sequence[str]) -> tuple[Gap, ...]:
    """Which texts lack which of the event's languages. A text that is in no language at all is not missing in any."""
    return tuple(
        Gap(name, language) for name, text in texts.items() if text for language in languages if language not in text
    )


def suggested_key(title: Translated, taken: Collection[str]) -> str:
    """A key that no other session has: the words of its title in Latin letters, else `session` and a number."""
    return keys.suggested_key(title, "session", lambda key: key_problem(key, taken) is None)
