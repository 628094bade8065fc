"""What is kept of a session when it is over: where its film is, and the picture that stands for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from galerio_events.translated import EMPTY, Translated

ADDRESS_LENGTH = 500


@dataclass(frozen=True, slots=True)
class ArchiveEntry:
    """`video` is the film whatever language the reader wants, `videos` are those that are spoken in one language;
    `thumbnail` is the digest of a picture of the event."""

    video: str | None = None
    videos: Translated = EMPTY
    thumbnail: str | None = None

    def film(self, language: str) -> str | None:
        """The address of the film for readers of that language: in it, else the one for all, else any."""
        return self.videos.get(language) or self.video or next(iter(self.videos.values()), None)

    @property
    def blank(self) -> bool:
        """Whether it says nothing."""
        return self == ArchiveEntry()


@dataclass(frozen=True, slots=True)
class PublicEntry:
    """What is public of a session besides its release: what was learnt, and what the archive holds."""

    points: tuple[Translated, ...] = ()
    archive: ArchiveEntry = field(default_factory=ArchiveEntry)


def is_film_address(text: str) -> bool:
    """Whether the text is an address to which the public may be led: https, a host, no name or password of anybody,
    no blanks or backslashes, at most 500 characters."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    plain = text.isprintable() and not any(c.isspace() or c == "\\" for c in text) and len(text) <= ADDRESS_LENGTH
    known = bool(parts.hostname) and "@" not in parts.netloc and port != 0
    return plain and known and text.startswith("https://")


def entry_to_plain(entry: ArchiveEntry) -> dict[str, Any]:
    """The entry in plain JSON."""
    return {"video": entry.video, "videos": dict(entry.videos), "thumbnail": entry.thumbnail}


def entry_from_plain(plain: Mapping[str, Any]) -> ArchiveEntry:
    """The entry that `entry_to_plain` wrote."""
    return ArchiveEntry(plain["video"], Translated(plain["videos"]), plain["thumbnail"])
