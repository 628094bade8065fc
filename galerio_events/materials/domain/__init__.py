"""The words of materials: what they are, what files they may be, and when they are public."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from galerio_events.errors import DomainError
from galerio_events.programme.domain import RoleKind
from galerio_events.programme.domain.duties import Duty, may
from galerio_events.translated import Translated

MOST_TITLE = 200
# Of one session, and of one material; what is more is somebody's mistake or mischief.
MOST_MATERIALS = 60
MOST_VERSIONS = 30


# Stands for the id of a person who is not there any more; nobody has it.
NOBODY = 0


class MaterialKind(StrEnum):
    """What a material is for."""

    SLIDES = "slides"
    DOCUMENT = "document"


class FileFormat(StrEnum):
    """What a file is, by its content; the value is also the end of its name."""

    PDF = "pdf"
    PPTX = "pptx"
    KEY = "key"
    ODP = "odp"
    PNG = "png"
    JPEG = "jpg"
    WEBP = "webp"

    @property
    def mimetype(self) -> str:
        """As registered with IANA; Keynote's is Apple's own."""
        return _MIMETYPES[self]

    @property
    def is_picture(self) -> bool:
        """Whether Pillow reads it."""
        return self in {FileFormat.PNG, FileFormat.JPEG, FileFormat.WEBP}


_MIMETYPES = {
    FileFormat.PDF: "application/pdf",
    FileFormat.PPTX: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    FileFormat.KEY: "application/vnd.apple.keynote",
    FileFormat.ODP: "application/vnd.oasis.opendocument.presentation",
    FileFormat.PNG: "image/png",
    FileFormat.JPEG: "image/jpeg",
    FileFormat.WEBP: "image/webp",
}


class FileProblem(StrEnum):
    """Why a file is not accepted."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    PICTURE_TOO_LARGE = "picture_too_large"
    UNKNOWN_FORMAT = "unknown_format"
    OLD_OR_ENCRYPTED = "old_or_encrypted"
    OTHER_DOCUMENT = "other_document"
    DAMAGED = "damaged"
    SECOND_FILE = "second_file"
    ENCRYPTED = "encrypted"
    MACROS = "macros"
    BOMB = "bomb"
    TOO_MANY_PIXELS = "too_many_pixels"
    ANIMATED = "animated"
    DISK_FULL = "disk_full"


class FileRefused(DomainError):
    """A file that is not accepted; nothing of it was kept."""

    def __init__(self, problem: FileProblem) -> None:
        self.problem = problem
        super().__init__(problem.value)


@dataclass(frozen=True, slots=True)
class FileLimits:
    """The most bytes of a document, of a picture, and of all that one session has, old versions among it."""

    document: int
    picture: int
    session: int

    def most(self, kind: FileFormat) -> int:
        """For a file of that format."""
        return self.picture if kind.is_picture else self.document


class Publication(StrEnum):
    """From when on a material is public. What is public stays so after the session."""

    NEVER = "never"
    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Slot:
    """When a session is, as the newest release says; a session that no release has, or that was cancelled, has none."""

    starts_at: datetime
    ends_at: datetime


def public_from(publication: Publication, slot: Slot | None) -> datetime | None:
    """From when on a material is public; None where it is not to be.

    What is to be public before the session is so from the beginning of time: as soon as the session itself is.
    """
    if slot is None or publication is Publication.NEVER:
        return None
    if publication is Publication.BEFORE:
        return datetime.min.replace(tzinfo=slot.starts_at.tzinfo)
    return slot.starts_at if publication is Publication.DURING else slot.ends_at


def is_public(publication: Publication, slot: Slot | None, *, now: datetime) -> bool:
    """Whether everybody may have the material now."""
    since = public_from(publication, slot)
    return since is not None and since <= now


class MaterialProblem(StrEnum):
    """Why a material cannot be as it was meant."""

    NO_CONSENT = "no_consent"
    NO_TITLE = "no_title"
    TITLE_TOO_LONG = "title_too_long"
    TOO_MANY = "too_many"
    TOO_MANY_VERSIONS = "too_many_versions"
    NO_ROOM = "no_room"
    SAME_FILE = "same_file"
    LAST_VERSION = "last_version"


class MaterialRefused(DomainError):
    """A material that cannot be as it was meant; nothing was written."""

    def __init__(self, problem: MaterialProblem) -> None:
        self.problem = problem
        super().__init__(problem.value)


@dataclass(frozen=True, slots=True)
class MaterialValues:
    """What is said of a material; the owner is the key of a person, None where it is of the session as a whole."""

    title: Translated
    kind: MaterialKind = MaterialKind.SLIDES
    publication: Publication = Publication.NEVER

    def problem(self) -> MaterialProblem | None:
        """What keeps it from being stored."""
        if not self.title:
            return MaterialProblem.NO_TITLE
        return MaterialProblem.TITLE_TOO_LONG if max(map(len, self.title.values())) > MOST_TITLE else None

    def plain(self) -> dict[str, Any]:
        """In JSON, as the history keeps it."""
        return {"title": dict(self.title), "use": self.kind.value, "publication": self.publication.value}


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that lies in the store: SHA-256 in hexadecimal, bytes, what it is, and its name, cleaned."""

    digest: str
    size: int
    format: FileFormat
    name: str


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever asks for the materials of a session: an organiser, or somebody with roles as these persons."""

    organiser: bool
    persons: frozenset[int] = frozenset()
    roles: frozenset[RoleKind] = frozenset()

    @property
    def conducts(self) -> bool:
        """Whether the session is theirs to run."""
        return self.organiser or may(self.roles, Duty.CONDUCT)

    def may_read(self, owner: int | None) -> bool:
        """Whether they may have the files of a material of that person that is not public (None: of the session,
        `NOBODY`: of somebody who is not there any more).

        Everybody in a session has what is the session's, and their own; those who conduct it and those who interpret it
        prepare with everything.
        """
        if self.conducts or RoleKind.INTERPRETER in self.roles:
            return True
        return bool(self.roles) if owner is None else owner in self.persons

    def may_edit(self, owner: int | None) -> bool:
        """Whether they may change, publish or remove it."""
        return self.organiser or (self.conducts if owner is None else owner in self.persons)


def owners(reader: Reader, people: Iterable[int]) -> list[int | None]:
    """Whose materials the reader may add, of the people of the session; None stands for the session as a whole."""
    persons: list[int | None] = [one for one in people if reader.may_edit(one)]
    return [*persons, None] if reader.may_edit(None) else persons
