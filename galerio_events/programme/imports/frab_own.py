"""What our own frab schedules say beside the format: every text in every language, keys, roles and titles of talks.

It is believed no more than the rest of the file; where somebody has changed a text in the schedule itself, that counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum
from typing import Any, TypeVar

from galerio_events import countries
from galerio_events.events.domain import EventFormat, OrganiserRole, VenueKind, is_key
from galerio_events.programme.domain import LinkKind, RoleKind, SessionKind
from galerio_events.programme.domain.incoming import IncomingRole, InLanguages, Thing
from galerio_events.programme.domain.values import LinkValue, OrganiserValue
from galerio_events.programme.imports import words
from galerio_events.programme.imports.html_text import plain
from galerio_events.programme.imports.moments import read_time
from galerio_events.programme.imports.plain_values import as_items, as_mapping, as_text, web_address
from galerio_events.text import clean, one_line
from galerio_events.translated import Translated

_LANGUAGES = ("ja", "en")
E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class OwnSession:
    """One session, with handles that are keys."""

    key: str | None
    uid: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Own:
    """The part of a schedule that only we read."""

    language: str = ""
    languages: tuple[str, ...] = _LANGUAGES
    event: dict[str, Any] = field(default_factory=dict)
    venues: dict[str, Thing] = field(default_factory=dict)
    tracks: dict[str, Thing] = field(default_factory=dict)
    organisations: dict[str, Thing] = field(default_factory=dict)
    people: dict[str, Thing] = field(default_factory=dict)
    sessions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, given: Any) -> "Own | None":
        """The part, if the file has it."""
        own = as_mapping(given)
        sessions = as_mapping(own.get("sessions"))
        if not sessions and not own.get("event"):
            return None
        event = as_mapping(own.get("event"))
        listed = tuple(tag for tag in map(as_text, as_items(event.get("languages"))) if tag in _LANGUAGES)
        return cls(
            language=as_text(own.get("language")),
            languages=listed or _LANGUAGES,
            event=_event(event, own.get("organisers")),
            venues=_things(own.get("venues"), _venue),
            tracks=_things(own.get("tracks"), _track),
            organisations=_things(own.get("organisations"), lambda given: {}),
            people=_things(own.get("people"), _person),
            sessions={str(guid).lower(): as_mapping(session) for guid, session in sessions.items()},
        )

    def has(self, guid: str) -> bool:
        """Whether something is said of the session of that guid."""
        return guid in self.sessions

    def session(self, guid: str, language: str, said: Mapping[str, Any]) -> OwnSession | None:
        """What is said of the session of that guid; `said` is what the schedule itself says of it."""
        own = self.sessions.get(guid)
        if own is None:
            return None
        fields: dict[str, Any] = dict(said)
        for name, many in (("title", False), ("summary", False), ("abstract", True)):
            text = _texts(own.get(name), lines=many)
            shown = said.get(name)
            shows = shown.texts.get(language, "") if isinstance(shown, InLanguages) else None
            if shows is None or _same(text.text(language, self.languages), shows):
                fields[name] = text
        people = [as_mapping(role) for role in as_items(own.get("people"))]
        fields |= {
            "kind": _choice(SessionKind, own.get("kind")) or said.get("kind", SessionKind.SESSION),
            "venue": self._handle(self.venues, own.get("venue")),
            "track": self._handle(self.tracks, own.get("track")),
            "organiser": self._handle(self.organisations, own.get("organiser")),
            "language": words.language_of(as_text(own.get("language"))),
            "links": _links(own.get("links")),
            "people": tuple(
                dict.fromkeys(
                    IncomingRole(person, _choice(RoleKind, role.get("role")), _texts(role.get("title")))
                    for role in people
                    if (person := self._handle(self.people, role.get("person")))
                )
            ),
        }
        key = as_text(own.get("key"))
        return OwnSession(key if is_key(key) else None, as_text(own.get("uid")) or guid, fields)

    @staticmethod
    def _handle(things: Mapping[str, Thing], given: Any) -> str | None:
        key = as_text(given)
        return key if key in things else None


def _event(event: Mapping[str, Any], organisers: Any) -> dict[str, Any]:
    said: dict[str, Any] = {}
    if title := _texts(event.get("title")):
        said["title"] = title
    if "theme" in event or title:
        said["theme"] = _texts(event.get("theme"))
    if begins := read_time(as_text(event.get("day_starts_at"))):
        said["day_starts_at"] = time(begins[0].hour, begins[0].minute)
    if held := _choice(EventFormat, event.get("format")):
        said["format"] = held
    ordinal = as_text(event.get("ordinal"))
    said["ordinal"] = (
        int(ordinal) if ordinal.isascii() and ordinal.isdecimal() and 0 < int(ordinal[:5]) < 10_000 else None
    )
    languages = tuple(tag for tag in map(as_text, as_items(event.get("languages"))) if tag in _LANGUAGES)
    if languages:
        said["languages"] = tuple(dict.fromkeys(languages))
    made = []
    for given in map(as_mapping, as_items(organisers)):
        role, name, url = (
            _choice(OrganiserRole, given.get("role")),
            _texts(given.get("name")),
            as_text(given.get("url")),
        )
        if role and name:
            made.append(OrganiserValue(role, name, url if web_address(url) else None))
    return said | {"organisers": tuple(made)}


def _things(given: Any, more: Any) -> dict[str, Thing]:
    found: dict[str, Thing] = {}
    for thing in map(as_mapping, as_items(given)):
        key, name = as_text(thing.get("key")), _texts(thing.get("name"))
        if is_key(key) and name:
            found.setdefault(key, Thing(0, key, {"name": name, **more(thing)}, key=key, sure=True))
    return found


def _venue(given: Mapping[str, Any]) -> dict[str, Any]:
    url = as_text(given.get("url"))
    kind = _choice(VenueKind, given.get("kind"))
    return {"url": url if web_address(url) else None} | ({"kind": kind} if kind else {})


def _track(given: Mapping[str, Any]) -> dict[str, Any]:
    colour = as_text(given.get("colour")).lower()
    good = len(colour) == 7 and colour[0] == "#" and all(c in "0123456789abcdef" for c in colour[1:])
    return {"colour": colour if good else None}


def _person(given: Mapping[str, Any]) -> dict[str, Any]:
    country = as_text(given.get("country"))
    return {
        "affiliation": _texts(given.get("affiliation")),
        "bio": _texts(given.get("bio"), lines=True),
        "country": country if country in countries.codes() else None,
    }


def _links(given: Any) -> tuple[LinkValue, ...]:
    links = []
    for link in map(as_mapping, as_items(given)):
        url, kind = as_text(link.get("url")), _choice(LinkKind, link.get("kind"))
        if web_address(url):
            links.append(LinkValue(url, one_line(as_text(link.get("title"))), kind or LinkKind.LINK))
    return tuple(links)


def _texts(given: Any, *, lines: bool = False) -> Translated:
    made = clean if lines else one_line
    said = as_mapping(given)
    return Translated({tag: made(as_text(said.get(tag))) for tag in _LANGUAGES if tag in said})


def _same(own: str, shown: str) -> bool:
    return shown.split() in (own.split(), plain(own).split())


def _choice(kind: type[E], given: Any) -> E | None:
    try:
        return kind(as_text(given))
    except ValueError:
        return None
