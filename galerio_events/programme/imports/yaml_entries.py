"""What stands in the sections of a programme file: venues, tracks, organisations, people and sessions."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from galerio_events import clock
from galerio_events.events.domain import VenueKind
from galerio_events.events.domain.settings import MOST_PLACES as MOST_SEATS
from galerio_events.events.domain.settings import RESERVED_KEYS, is_web_address
from galerio_events.people.domain import RESERVED_KEYS as OF_PEOPLE
from galerio_events.programme.domain import LinkKind, RoleKind, RoleState, SessionKind, SessionStatus, languages
from galerio_events.programme.domain.rules import (
    LONGEST_TALK,
    MOST_LINKS,
    MOST_PLACES,
    SUMMARY_LENGTH,
    TEXT_LENGTH,
    TITLE_LENGTH,
    Frame,
    SessionProblem,
    key_problem,
)
from galerio_events.programme.domain.uids import proper_uid
from galerio_events.programme.domain.values import (
    LinkValue,
    PersonValues,
    RoleValue,
    SessionValues,
    TrackValues,
    VenueValues,
)
from galerio_events.programme.imports.fields import Fields, Reader
from galerio_events.programme.imports.yaml_tree import ListNode, MapNode, Node, Scalar
from galerio_events.translated import Translated

UNLIMITED = "unlimited"
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+")
_SESSION_EXTRAS = ("capacity", "status", "language", "needs_interpreter", "locked", "scheduled", "links")


class Entries:
    """Reads single entries. `open` collects what an entry could say and does not."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.languages: tuple[str, ...] = ("ja", "en")
        self.zone: str | None = None
        self.frame: Frame | None = None
        self.open: set[tuple[str, str, str]] = set()
        self.uids: dict[str, str] = {}
        self.read = 0
        # None stands for a section that could not be read, so that nobody is told of what may be in it.
        self.keys: dict[str, set[str] | None] = {kind: set() for kind in ("venue", "track", "person", "organisation")}

    def leave_open(self, section: str, key: str, name: str) -> None:
        """Note that the file does not say this, although it could."""
        self.open.add((section, key, name))

    def _leave_open(self, section: str, key: str | None, fields: Fields, names: Sequence[str]) -> None:
        for name in names:
            if key and fields.get(name) is None:
                self.leave_open(section, key, name)

    def _venue(self, node: Node, what: str) -> tuple[str, VenueValues] | None:
        reader = self.reader
        extras = ("join_address", "opens_at", "closes_at")
        fields = reader.fields(node, what, required="key kind name", optional=f"capacity url {' '.join(extras)}")
        if fields is None:
            return None
        key = reader.key(fields.get("key"), f"key of {what}", RESERVED_KEYS)
        kind = reader.choice(fields.get("kind"), f"kind of {what}", VenueKind)
        name = self._name(fields, "name", f"name of {what}", TITLE_LENGTH)
        capacity = reader.whole(fields.get("capacity"), f"capacity of {what}", least=1, most=MOST_SEATS)
        url, join = (
            reader.url(fields.get(field), f"{field} of {what}") if fields.get(field) else None
            for field in ("url", "join_address")
        )
        opens, closes = (reader.time_of_day(fields.get(field), f"{field} of {what}") for field in extras[1:])
        if (fields.get("opens_at") is None) != (fields.get("closes_at") is None):
            reader.tell(fields.line, f"{what} has one of opens_at and closes_at; it needs both or neither")
        self._leave_open("venues", key, fields, extras)
        if not (key and kind and name):
            return None
        return key, VenueValues(kind, name, capacity, url, join, opens, closes)

    def _track(self, node: Node, what: str) -> tuple[str, TrackValues] | None:
        fields = self.reader.fields(node, what, required="key name", optional="colour")
        if fields is None:
            return None
        key = self.reader.key(fields.get("key"), f"key of {what}", RESERVED_KEYS)
        name = self._name(fields, "name", f"name of {what}", TITLE_LENGTH)
        colour_node = fields.get("colour")
        colour = None if colour_node is None else self.reader.text(colour_node, f"colour of {what}", most=200)
        if colour and colour_node and not _COLOUR.fullmatch(colour):
            self.reader.tell(colour_node.line, f"colour of {what} is {colour!r}; it must be written like '#0a7f5c'")
        self._leave_open("tracks", key, fields, ("colour",))
        return (key, TrackValues(name, colour.lower() if colour else None)) if key and name else None

    def _organisation(self, node: Node, what: str) -> tuple[str, Translated] | None:
        fields = self.reader.fields(node, what, required="key name")
        if fields is None:
            return None
        key = self.reader.key(fields.get("key"), f"key of {what}", OF_PEOPLE)
        name = self._name(fields, "name", f"name of {what}", TITLE_LENGTH)
        return (key, name) if key and name else None

    def _people(self, node: Node | None) -> dict[str, PersonValues]:
        if node is None:
            return {}
        mapping = self.reader.mapping(node, "people")
        if mapping is None:
            self.keys["person"] = None
            return {}
        self.read += len(mapping.entries)
        self.keys["person"] = set(mapping.entries)
        found = {}
        for key, entry in mapping.entries.items():
            what = f"person {key!r}"
            self.reader.key(Scalar(mapping.lines[key], key, quoted=True), f"key of {what}", OF_PEOPLE)
            extras = ("email", "language", "timezone", "availability")
            fields = self.reader.fields(
                entry, what, required="name", optional=f"affiliation bio country {' '.join(extras)}"
            )
            if fields is None:
                continue
            self._leave_open("people", key, fields, extras)
            name = self._name(fields, "name", f"name of {what}", TITLE_LENGTH)
            affiliation = self._text(fields, "affiliation", what, SUMMARY_LENGTH)
            bio = self._text(fields, "bio", what, TEXT_LENGTH, lines=True)
            country = None
            if (country_node := fields.get("country")) is not None:
                country = self.reader.country(country_node, f"country of {what}")
            more = self._about(fields, what)
            if name:
                found[key] = PersonValues(name, affiliation, bio, country, *more)
        return found

    def _about(self, fields: Fields, what: str) -> tuple[str | None, str | None, str | None, tuple[Any, ...]]:
        """A person's email, language, time zone and availability."""
        reader = self.reader
        email = None
        if (node := fields.get("email")) is not None:
            email = reader.text(node, f"email of {what}", most=320)
            if email and not _ADDRESS.fullmatch(email):
                reader.tell(node.line, f"email of {what} is {email!r}, which is no e-mail address")
        language = self._spoken(fields, what)
        timezone = None
        if (node := fields.get("timezone")) is not None:
            timezone = reader.text(node, f"timezone of {what}", most=64)
            if timezone and timezone not in clock.zone_names():
                reader.tell(node.line, f"timezone of {what} is {timezone!r}, which is no IANA time zone")
        times = [
            self._interval(item, f"availability of {what}") for item in self._optional_list(fields, "availability")
        ]
        return email, language, timezone, tuple(sorted(pair for pair in times if pair))

    def _interval(self, node: Node, what: str) -> tuple[datetime, datetime] | None:
        fields = self.reader.fields(node, what, required="from until")
        if fields is None:
            return None
        begins, ends = (
            self.reader.moment(fields.get(name), f"{name} of {what}", self.zone) for name in ("from", "until")
        )
        if begins and ends and ends <= begins:
            self.reader.tell(fields.line, f"{what} ends before it begins")
            return None
        return (begins, ends) if begins and ends else None

    def _optional_list(self, fields: Fields, key: str) -> list[Node]:
        return self.reader.items(fields.get(key), f"{key} of {fields.what}") if fields.get(key) is not None else []

    def _spoken(self, fields: Fields, what: str) -> str | None:
        node = fields.get("language")
        if node is None:
            return None
        tag = self.reader.text(node, f"language of {what}", most=40)
        if tag and not languages.is_known(tag):
            self.reader.tell(
                node.line, f"language of {what} is {tag!r}, which is no tag of a language such as en or ja"
            )
            return None
        return tag

    def _session(self, node: Node, what: str) -> tuple[str, SessionValues] | None:
        reader = self.reader
        fields = reader.fields(
            node,
            what,
            required="key kind starts_at ends_at title",
            optional=f"uid venue track organiser summary abstract people {' '.join(_SESSION_EXTRAS)}",
        )
        if fields is None:
            return None
        key = self._session_key(fields, what)
        kind = reader.choice(fields.get("kind"), f"kind of {what}", SessionKind)
        starts_at, ends_at = (
            reader.moment(fields.get(field), f"{field} of {what}", self.zone) for field in ("starts_at", "ends_at")
        )
        title = self._name(fields, "title", f"title of {what}", TITLE_LENGTH)
        scheduled = reader.flag(fields.get("scheduled"), f"scheduled of {what}") is not False
        if starts_at and ends_at:
            self._check_times(fields, what, starts_at, ends_at, scheduled)
        references = {
            field: reader.reference(fields.get(field), f"{field} of {what}", self.keys[kind_of], kind_of)
            for field, kind_of in (("venue", "venue"), ("track", "track"), ("organiser", "organisation"))
            if fields.get(field) is not None
        }
        summary = self._text(fields, "summary", what, SUMMARY_LENGTH)
        abstract = self._text(fields, "abstract", what, TEXT_LENGTH, lines=True)
        people = reader.each(
            fields.get("people"),
            f"people of {what}",
            self._role,
            twice=lambda given: f"person {given.person!r} has the role {given.role}",
        )
        places = fields.get("capacity")
        unlimited = isinstance(places, Scalar) and places.text == UNLIMITED
        capacity = None if unlimited else reader.whole(places, f"capacity of {what}", most=MOST_PLACES)
        self._leave_open("sessions", key, fields, _SESSION_EXTRAS)
        self._roles_open(key, fields)
        if (uid_node := fields.get("uid")) is not None:
            self._uid(uid_node, key, what)
        status = None
        if fields.get("status") is not None:
            status = reader.choice(fields.get("status"), f"status of {what}", SessionStatus)
        if not (key and kind and starts_at and ends_at and title):
            return None
        return key, SessionValues(
            kind=kind,
            starts_at=starts_at,
            ends_at=ends_at,
            title=title,
            summary=summary,
            abstract=abstract,
            venue=references.get("venue"),
            track=references.get("track"),
            organiser=references.get("organiser"),
            people=tuple(people),
            capacity=capacity,
            scheduled=scheduled,
            locked=reader.flag(fields.get("locked"), f"locked of {what}") or False,
            status=status or SessionStatus.TENTATIVE,
            language=self._spoken(fields, what),
            needs_interpreter=reader.flag(fields.get("needs_interpreter"), f"needs_interpreter of {what}") or False,
            links=self._links(fields, what),
        )

    def _uid(self, node: Node, key: str | None, what: str) -> None:
        uid = self.reader.text(node, f"uid of {what}", most=120)
        if uid and proper_uid(uid) is None:
            self.reader.tell(node.line, f"uid of {what} is {uid!r}, which is no UUID")
        elif uid and uid in self.uids.values():
            self.reader.tell(node.line, f"the uid {uid!r} is there twice")
        elif uid and key:
            self.uids[key] = uid

    def _links(self, fields: Fields, what: str) -> tuple[LinkValue, ...]:
        nodes = self._optional_list(fields, "links")
        if len(nodes) > MOST_LINKS:
            self.reader.tell(nodes[MOST_LINKS].line, f"{what} has {len(nodes)} links; it may have {MOST_LINKS}")
        return tuple(link for node in nodes if (link := self._link(node, f"a link of {what}")))

    def _link(self, node: Node, what: str) -> LinkValue | None:
        fields = self.reader.fields(node, what, required="url", optional="title kind")
        if fields is None:
            return None
        url = self.reader.url(fields.get("url"), f"url of {what}")
        if url and not is_web_address(url):
            self.reader.tell(fields.line_of("url"), f"url of {what} is {url!r}, which is no web address")
            return None
        title = None
        if fields.get("title") is not None:
            title = self.reader.text(fields.get("title"), f"title of {what}", most=TITLE_LENGTH)
        kind = None
        if fields.get("kind") is not None:
            kind = self.reader.choice(fields.get("kind"), f"kind of {what}", LinkKind)
        return LinkValue(url, title or "", kind or LinkKind.LINK) if url else None

    def _roles_open(self, key: str | None, fields: Fields) -> None:
        """Note which roles leave their title, minutes or state open."""
        node = fields.get("people")
        for number, item in enumerate(node.items if isinstance(node, ListNode) else []):
            for name in ("title", "minutes", "state"):
                if key and isinstance(item, MapNode) and item.entries.get(name) is None:
                    self.leave_open("roles", key, f"{number}.{name}")

    def _session_key(self, fields: Fields, what: str) -> str | None:
        key = self.reader.key(fields.get("key"), f"key of {what}")
        if key is not None and key_problem(key) is SessionProblem.KEY_RESERVED:
            self.reader.tell(
                fields.line_of("key"), f"the key {key!r} is a word that our own addresses use; choose another"
            )
            return None
        return key

    def _check_times(self, fields: Fields, what: str, starts_at: datetime, ends_at: datetime, scheduled: bool) -> None:
        if ends_at <= starts_at:
            problem = "at its start" if ends_at == starts_at else "before it starts"
            self.reader.tell(fields.line_of("ends_at"), f"{what} ends {problem}")
            return
        if self.frame is None or not scheduled or self.frame.holds(starts_at, ends_at):
            return
        first = self.frame.starts_on.isoformat()
        days = first if self.frame.starts_on == self.frame.ends_on else f"{first} to {self.frame.ends_on.isoformat()}"
        side = "starts_at" if not self.frame.holds_start(starts_at) else "ends_at"
        self.reader.tell(fields.line_of(side), f"{side} of {what} is outside the event's days, {days}")

    def _role(self, node: Node, what: str) -> RoleValue | None:
        reader = self.reader
        fields = reader.fields(node, what, required="role person", optional="title minutes state")
        if fields is None:
            return None
        role = reader.choice(fields.get("role"), f"role of {what}", RoleKind)
        person = reader.reference(fields.get("person"), f"person of {what}", self.keys["person"], "person")
        title = self._text(fields, "title", what, TITLE_LENGTH)
        minutes = reader.whole(fields.get("minutes"), f"minutes of {what}", least=1, most=LONGEST_TALK)
        state = None
        if fields.get("state") is not None:
            state = reader.choice(fields.get("state"), f"state of {what}", RoleState)
        if not (role and person):
            return None
        return RoleValue(role, person, title, minutes, state or RoleState.CONFIRMED)

    def _name(self, fields: Fields, key: str, what: str, most: int) -> Translated | None:
        """A translated text that must be there in one language at least."""
        return self.reader.translated(fields.get(key), what, self.languages, most=most) or None

    def _text(self, fields: Fields, key: str, what: str, most: int, *, lines: bool = False) -> Translated:
        return self.reader.translated(fields.get(key), f"{key} of {what}", self.languages, most=most, lines=lines)
