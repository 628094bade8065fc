"""Text in several languages, and the one rule for which of them a reader gets."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Shown:
    """What a reader gets: the text and the language it is really in (`""` for an empty text)."""

    text: str
    language: str


class Translated(Mapping[str, str]):
    """An immutable mapping of language tag to text; blank texts are dropped."""

    __slots__ = ("_texts",)

    def __init__(self, texts: Mapping[str, str] | None = None) -> None:
        kept = {tag: text for tag, given in sorted(texts.items()) if given and (text := given.strip())} if texts else {}
        self._texts = MappingProxyType(kept)

    def __getitem__(self, language: str) -> str:
        return self._texts[language]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def __hash__(self) -> int:
        return hash(tuple(self._texts.items()))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mapping) and dict(self._texts) == dict(other)

    def __repr__(self) -> str:
        return f"Translated({dict(self._texts)!r})"

    def shown(self, language: str, preferred: Sequence[str] = ()) -> Shown:
        """The text for a reader of `language`: that language, else the first of `preferred`, else any, in tag order."""
        for tag in (language, *preferred, *self._texts):
            if tag in self._texts:
                return Shown(self._texts[tag], tag)
        return Shown("", "")

    def text(self, language: str, preferred: Sequence[str] = ()) -> str:
        """As `shown`, the text alone."""
        return self.shown(language, preferred).text


EMPTY = Translated()
