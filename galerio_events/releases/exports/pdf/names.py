"""The order of names in an index: as printed, since it is not known which word of a name is the family's."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from typing import Any, TypeVar

Entry = TypeVar("Entry")

# More people than that are found faster with a heading for every first letter.
MOST_WITHOUT_LETTERS = 40


def is_latin(name: str) -> bool:
    """Whether the first letter of the name is a Latin one."""
    return unicodedata.name(_first_letter(name), "").startswith(("LATIN", "FULLWIDTH LATIN"))


def initial(name: str) -> str:
    """The first letter as an index has it: `É` stands with E, `ø` and what else has no ground letter for itself."""
    return unicodedata.normalize("NFKD", _first_letter(name))[0].upper()


def order(name: str) -> tuple[Any, ...]:
    """What to sort by. Latin first, letter by letter, case and accents aside; then by JIS X 0208, whose first level
    has its kanji by their reading; what it lacks after that by code point. The name itself settles ties."""
    if is_latin(name):
        plain = unicodedata.normalize("NFKD", name).casefold()
        return (0, [(0, c.encode()) for c in plain if c.isalnum() or c == " "], name)
    return (1, [_place(character) for character in name if not character.isspace()], name)


def grouped(
    entries: Iterable[Entry], labels: Mapping[str, str], name_of: Callable[[Entry], str]
) -> list[dict[str, Any]]:
    """The entries in order, as `{"heading": …, "people": […]}`; a heading is empty where there is one group only."""
    ordered = sorted(entries, key=lambda entry: order(name_of(entry)))
    letters = len(ordered) > MOST_WITHOUT_LETTERS

    def heading(entry: Entry) -> str:
        name = name_of(entry)
        if not is_latin(name):
            return labels["other_names"]
        return initial(name) if letters else labels["latin_names"]

    groups = [{"heading": found, "people": list(people)} for found, people in groupby(ordered, heading)]
    if len(groups) == 1:
        groups[0]["heading"] = ""
    return groups


def _first_letter(name: str) -> str:
    return next((character for character in name if character.isalpha()), "?")


def _place(character: str) -> tuple[int, bytes]:
    try:
        return (0, character.encode("euc_jp"))
    except UnicodeEncodeError:
        return (1, character.encode("utf-32-be"))
