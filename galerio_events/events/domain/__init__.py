"""The words an event is described with, and what its address may be."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

KEY_LENGTH = 60
SLUG_LENGTH = 40

# What stands in our addresses where an event's slug does.
RESERVED_SLUGS = frozenset(
    {
        *("api", "assets", "calendar", "calendars", "desk", "en", "favicon", "files", "healthz", "invitations"),
        *("ja", "login"),
        *("logout", "metrics", "organise", "privacy", "readyz", "registration", "robots", "security", "sign-in"),
        *("sign-out", "sitemap", "static", "well-known"),
    }
)

_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class EventFormat(StrEnum):
    ONLINE = "online"
    ONSITE = "onsite"
    HYBRID = "hybrid"


class OrganiserRole(StrEnum):
    HOST = "host"
    PLANNING = "planning"
    CO_HOST = "co_host"
    SUPPORT = "support"
    SPONSOR = "sponsor"


class VenueKind(StrEnum):
    ONSITE = "onsite"
    WEBINAR = "webinar"
    METAVERSE = "metaverse"


class Subject(StrEnum):
    """What a change was a change of."""

    EVENT = "event"
    VENUE = "venue"
    TRACK = "track"
    KIND = "kind"
    PERSON = "person"
    ORGANISATION = "organisation"
    SESSION = "session"
    WARNING = "warning"
    RELEASE = "release"
    RUN_SHEET = "run_sheet"
    RUN_SHEET_TEMPLATE = "run_sheet_template"
    MATERIAL = "material"
    LEARNINGS = "learnings"
    ARCHIVE = "archive"


class Deed(StrEnum):
    """What was done to it."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    RESTORED = "restored"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of an event's history: what its subject said before and after, in plain JSON; None where it was not
    there."""

    subject: Subject
    key: str
    deed: Deed
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


def is_key(text: str) -> bool:
    """Whether the text can be the last part of an address.

    A key is made of lower-case Latin letters and digits in words joined by single hyphens, at most 60 characters.
    """
    return len(text) <= KEY_LENGTH and _KEY.fullmatch(text) is not None


class SlugProblem(StrEnum):
    """Why an event cannot have that slug."""

    INVALID = "invalid"
    RESERVED = "reserved"


def slug_problem(slug: str) -> SlugProblem | None:
    """What keeps a text from being an event's slug (a key of at most 40 characters, not one of our own words), or None.

    Two letters are the tag of a language, so a slug is never that short.
    """
    if not is_key(slug) or len(slug) > SLUG_LENGTH:
        return SlugProblem.INVALID
    return SlugProblem.RESERVED if slug in RESERVED_SLUGS or re.fullmatch("[a-z]{2}", slug) else None
