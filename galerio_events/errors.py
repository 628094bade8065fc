"""The few errors of the domain. `web/` alone turns them into a status and a translated text."""

from dataclasses import dataclass
from enum import StrEnum


class DomainError(Exception):
    """Something the caller asked for that the rules do not allow."""


class NotFound(DomainError):
    """No such thing, or none that this actor may know of."""


class Forbidden(DomainError):
    """The actor may know of it, but not do this."""


class Conflict(StrEnum):
    """Why a change cannot be applied to the present state."""

    STALE = "stale"
    NOTHING_TO_RELEASE = "nothing_to_release"
    ALREADY_DONE = "already_done"


class ChangeConflict(DomainError):
    """The state has moved on since the reader saw it."""

    def __init__(self, reason: Conflict) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a file that was imported. `line` counts from 1; 0 means the file as a whole."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}" if self.line else self.message


class ImportRefused(DomainError):
    """A file that cannot be imported; nothing of it was written. `read` is how many entries were found in it."""

    def __init__(self, problems: tuple[Problem, ...], *, read: int = 0) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems
        self.read = read
