"""What organisers settle for an event: its frame, who stands behind it, its venues and its tracks.

Each `…_problems` names everything that keeps such values from being written.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from urllib.parse import urlsplit

from galerio_events import clock
from galerio_events.errors import DomainError
from galerio_events.events.domain import EventFormat, OrganiserRole, VenueKind
from galerio_events.events.domain.colours import colour_of, contrast_of
from galerio_events.translated import EMPTY, Translated

NAME_LENGTH = 200
THEME_LENGTH = 500
ADDRESS_LENGTH = 500
MOST_DAYS = 31
MOST_CHANGEOVER = 240
MOST_PLACES = 1_000_000
MOST_ORDINAL = 9_999
MOST_ENTRIES = 200
YEARS = range(1990, 2101)
LATEST_DAY_START = time(12)
# The languages that the site has.
KNOWN_LANGUAGES = ("ja", "en")
# What stands beside the addresses of venues and tracks.
RESERVED_KEYS = frozenset({"new"})


class SettingProblem(StrEnum):
    """Why a setting cannot be as somebody wants it."""

    TITLE_MISSING = "title_missing"
    NAME_MISSING = "name_missing"
    NAME_TOO_LONG = "name_too_long"
    THEME_TOO_LONG = "theme_too_long"
    ORDINAL_INVALID = "ordinal_invalid"
    UNKNOWN_ZONE = "unknown_zone"
    YEAR_INVALID = "year_invalid"
    ENDS_BEFORE_START = "ends_before_start"
    TOO_MANY_DAYS = "too_many_days"
    DAY_STARTS_LATE = "day_starts_late"
    LANGUAGE_MISSING = "language_missing"
    LANGUAGE_TWICE = "language_twice"
    LANGUAGE_UNKNOWN = "language_unknown"
    CHANGEOVER_INVALID = "changeover_invalid"
    URL_INVALID = "url_invalid"
    ADDRESS_INVALID = "address_invalid"
    CAPACITY_INVALID = "capacity_invalid"
    HOURS_HALF = "hours_half"
    COLOUR_INVALID = "colour_invalid"
    COLOUR_UNSEEN = "colour_unseen"
    KEY_INVALID = "key_invalid"
    KEY_RESERVED = "key_reserved"
    KEY_TAKEN = "key_taken"
    TOO_MANY = "too_many"


class SettingsRefused(DomainError):
    """Settings that break rules; nothing was written. `problems` are in the order of `SettingProblem`."""

    def __init__(self, problems: Iterable[SettingProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__(", ".join(self.problems))


@dataclass(frozen=True, slots=True)
class EventSettings:
    """The frame of an event. Times of day are wall-clock times of its zone; the first language is the default.

    `changeover_minutes` is how long a venue stays empty between two sessions.
    """

    title: Translated
    timezone: str
    starts_on: date
    ends_on: date
    theme: Translated = EMPTY
    ordinal: int | None = None
    day_starts_at: time = time(0)
    languages: tuple[str, ...] = KNOWN_LANGUAGES
    format: EventFormat = EventFormat.ONLINE
    changeover_minutes: int = 0


@dataclass(frozen=True, slots=True)
class OrganiserSettings:
    """Who stands behind the event, and as what. `logo` is the digest of a picture of the event."""

    role: OrganiserRole
    name: Translated
    url: str | None = None
    logo: str | None = None


@dataclass(frozen=True, slots=True)
class VenueSettings:
    """A venue or room. `url` is public, `join_address` never is.

    Hours are wall-clock times on every day of the event; closing at or before the opening means after midnight.
    """

    kind: VenueKind
    name: Translated
    capacity: int | None = None
    url: str | None = None
    join_address: str | None = None
    opens_at: time | None = None
    closes_at: time | None = None


@dataclass(frozen=True, slots=True)
class TrackSettings:
    """A theme of the programme; `colour` is `#rrggbb` in small letters."""

    name: Translated
    colour: str | None = None


def event_problems(values: EventSettings) -> tuple[SettingProblem, ...]:
    """What keeps the event from being so."""
    days = (values.ends_on - values.starts_on).days
    ordinal = values.ordinal
    return _those(
        {
            SettingProblem.TITLE_MISSING: not values.title,
            SettingProblem.NAME_TOO_LONG: _longest(values.title) > NAME_LENGTH,
            SettingProblem.THEME_TOO_LONG: _longest(values.theme) > THEME_LENGTH,
            SettingProblem.ORDINAL_INVALID: ordinal is not None and not 1 <= ordinal <= MOST_ORDINAL,
            SettingProblem.UNKNOWN_ZONE: values.timezone not in clock.zone_names(),
            SettingProblem.YEAR_INVALID: not {values.starts_on.year, values.ends_on.year} <= set(YEARS),
            SettingProblem.ENDS_BEFORE_START: days < 0,
            SettingProblem.TOO_MANY_DAYS: days >= MOST_DAYS,
            SettingProblem.DAY_STARTS_LATE: values.day_starts_at > LATEST_DAY_START,
            SettingProblem.LANGUAGE_MISSING: not values.languages,
            SettingProblem.LANGUAGE_TWICE: len(set(values.languages)) < len(values.languages),
            SettingProblem.LANGUAGE_UNKNOWN: not set(values.languages) <= set(KNOWN_LANGUAGES),
            SettingProblem.CHANGEOVER_INVALID: not 0 <= values.changeover_minutes <= MOST_CHANGEOVER,
        }
    )


def organiser_problems(values: OrganiserSettings, *, others: int = 0) -> tuple[SettingProblem, ...]:
    """What keeps the entry from being written beside so many others."""
    return _those(
        _name(values.name)
        | {
            SettingProblem.URL_INVALID: values.url is not None and not is_web_address(values.url),
            SettingProblem.TOO_MANY: others >= MOST_ENTRIES,
        }
    )


def venue_problems(values: VenueSettings, *, others: int = 0) -> tuple[SettingProblem, ...]:
    """What keeps the venue from being written beside so many others."""
    return _those(
        _name(values.name)
        | {
            SettingProblem.URL_INVALID: values.url is not None and not is_web_address(values.url),
            SettingProblem.ADDRESS_INVALID: values.join_address is not None and not is_web_address(values.join_address),
            SettingProblem.CAPACITY_INVALID: values.capacity is not None and not 1 <= values.capacity <= MOST_PLACES,
            SettingProblem.HOURS_HALF: (values.opens_at is None) != (values.closes_at is None),
            SettingProblem.TOO_MANY: others >= MOST_ENTRIES,
        }
    )


def track_problems(values: TrackSettings, *, others: int = 0) -> tuple[SettingProblem, ...]:
    """What keeps the track from being written beside so many others."""
    colour = values.colour
    valid = colour is None or colour_of(colour) == colour
    return _those(
        _name(values.name)
        | {
            SettingProblem.COLOUR_INVALID: not valid,
            SettingProblem.COLOUR_UNSEEN: colour is not None and valid and not contrast_of(colour).enough,
            SettingProblem.TOO_MANY: others >= MOST_ENTRIES,
        }
    )


def is_web_address(text: str) -> bool:
    """Whether the text is the address of a web page: http or https, a host, no blanks, at most 500 characters."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    plain = text.isprintable() and " " not in text and len(text) <= ADDRESS_LENGTH
    return plain and parts.scheme in {"http", "https"} and bool(parts.hostname) and port != 0


def moved(keys: Sequence[str], key: str, step: int) -> list[str]:
    """The keys with that one so many places further on (back, where negative), as far as the ends."""
    rest = [each for each in keys if each != key]
    at = min(max(0, keys.index(key) + step), len(rest))
    return [*rest[:at], key, *rest[at:]]


def _name(name: Translated) -> dict[SettingProblem, bool]:
    return {
        SettingProblem.NAME_MISSING: not name,
        SettingProblem.NAME_TOO_LONG: _longest(name) > NAME_LENGTH,
    }


def _longest(text: Translated) -> int:
    return max(map(len, text.values()), default=0)


def _those(wrong: dict[SettingProblem, bool]) -> tuple[SettingProblem, ...]:
    return tuple(problem for problem in SettingProblem if wrong.get(problem))
