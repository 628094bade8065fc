"""The programme file; docs/programme-format.md describes it for those who write one."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import time
from typing import Any, TypeVar

from galerio_events import clock
from galerio_events.errors import ImportRefused, Problem
from galerio_events.events.domain import (
    EventFormat,
    OrganiserRole,
    SlugProblem,
    VenueKind,
    slug_problem,
)
from galerio_events.programme.domain import RoleKind, SessionKind
from galerio_events.programme.domain.rules import (
    MOST_PLACES,
    SUMMARY_LENGTH,
    TEXT_LENGTH,
    TITLE_LENGTH,
    Frame,
    SessionProblem,
    key_problem,
)
from galerio_events.programme.domain.values import (
    EventValues,
    OrganiserValue,
    ParsedProgramme,
    PersonValues,
    RoleValue,
    SessionValues,
    VenueValues,
)
from galerio_events.programme.imports import facts
from galerio_events.programme.imports.fields import Fields, Reader
from galerio_events.programme.imports.yaml_tree import ListNode, MapNode, Node, Scalar, read_tree
from galerio_events.translated import Translated

MOST_DAYS = 31
MOST_PROBLEMS = 500
UNLIMITED = "unlimited"
_SECTIONS = "venues tracks people sessions organisations business_matching participants outcomes archive"

T = TypeVar("T")


def parse(data: bytes, *, slug: str | None = None) -> ParsedProgramme:
    """The programme that the file describes, wholly checked.

    `slug`, if given, is the event that the file must be about. Raises `ImportRefused` with every problem, by line.
    """
    tree, problems = read_tree(data)
    reader = Reader(problems)
    parser = _Parser(reader, slug)
    programme = parser.programme(tree)
    if reader.problems or programme is None:
        raise ImportRefused(_listed_problems(reader.problems), read=parser.read)
    return programme


def _listed_problems(problems: list[Problem]) -> tuple[Problem, ...]:
    by_line = sorted(set(problems), key=lambda problem: (problem.line, problem.message))
    more = len(by_line) - MOST_PROBLEMS
    short = [replace(p, message=p.message if len(p.message) <= 400 else f"{p.message[:399]}…") for p in by_line]
    return (*short[:MOST_PROBLEMS], *([Problem(0, f"… and {more} more problems")] if more > 0 else ()))


class _Parser:
    """Reads the sections in the order in which they depend on each other, not that of the file."""

    def __init__(self, reader: Reader, slug: str | None) -> None:
        self.reader = reader
        self.expected_slug = slug
        self.read = 0
        self.languages: tuple[str, ...] = ("ja", "en")
        self.zone: str | None = None
        self.frame: Frame | None = None
        self.without_capacity: set[str] = set()
        # None stands for a section that could not be read, so that nobody is told of what may be in it.
        self.keys: dict[str, set[str] | None] = {kind: set() for kind in ("venue", "track", "person", "organisation")}

    def programme(self, tree: Node) -> ParsedProgramme | None:
        """The whole file, or None."""
        top = self.reader.fields(tree, "the file", required="edition", optional=_SECTIONS)
        if top is None:
            return None
        event = self._edition(top)
        venues = self._listed(top, "venues", "venue", self._venue)
        tracks = self._listed(top, "tracks", "track", self._track)
        organisations = self._listed(top, "organisations", "organisation", self._organisation)
        matching = facts.business_matching(self.reader, top.get("business_matching"), self.languages)
        if matching and matching.organiser:
            key, name = matching.organiser
            self.keys["organisation"] = (self.keys["organisation"] or set()) | {key}
            organisations.setdefault(key, name)
            self.read += 1
        people = self._people(top.get("people"))
        sessions = self._listed(top, "sessions", "session", self._session)
        found: dict[str, Any] = {
            "business_matching": matching.facts if matching else None,
            "participants": facts.participants(self.reader, top.get("participants")),
            "outcomes": facts.outcomes(self.reader, top.get("outcomes"), self.languages),
            "archive": facts.archive(self.reader, top.get("archive"), self.keys["session"]),
        }
        if event is None:
            return None
        event_facts = {name: value for name, value in found.items() if value is not None}
        return ParsedProgramme(
            event(event_facts), venues, tracks, organisations, people, sessions, frozenset(self.without_capacity)
        )

    def _edition(self, top: Fields) -> Callable[[Mapping[str, Any]], EventValues] | None:
        reader, what = self.reader, "edition"
        self.read += 1
        fields = reader.fields(
            top.get("edition"),
            what,
            required="slug title timezone starts_on ends_on",
            optional="ordinal theme format organisers day_starts_at languages",
        )
        if fields is None:
            return None
        self._languages(fields)
        slug = self._slug(fields)
        self.zone = self._zone(fields)
        starts_on, ends_on = (reader.day(fields.get(key), f"{key} of {what}") for key in ("starts_on", "ends_on"))
        day_starts_at = reader.time_of_day(fields.get("day_starts_at"), "day_starts_at") or time(0)
        if starts_on and ends_on and not 0 <= (ends_on - starts_on).days < MOST_DAYS:
            problem = "is before starts_on" if ends_on < starts_on else f"is more than {MOST_DAYS} days after starts_on"
            reader.tell(fields.line_of("ends_on"), f"ends_on {problem}")
        elif starts_on and ends_on and self.zone:
            self.frame = Frame(self.zone, starts_on, ends_on, day_starts_at)
        title = self._name(fields, "title", "title of the event", TITLE_LENGTH)
        theme = reader.translated(fields.get("theme"), "theme", self.languages, most=SUMMARY_LENGTH)
        ordinal = reader.whole(fields.get("ordinal"), "ordinal", least=1, most=9999)
        event_format = EventFormat.ONLINE
        if fields.get("format") is not None:
            event_format = reader.choice(fields.get("format"), "format", EventFormat) or event_format
        organisers = tuple(
            organiser
            for node in reader.items(fields.get("organisers"), "organisers")
            if (organiser := self._organiser(node))
        )
        if not (slug and title and self.frame and starts_on and ends_on):
            return None
        frame, languages = self.frame, self.languages
        return lambda event_facts: EventValues(
            slug=slug,
            title=title,
            timezone=frame.timezone,
            starts_on=starts_on,
            ends_on=ends_on,
            ordinal=ordinal,
            theme=theme,
            day_starts_at=day_starts_at,
            languages=languages,
            format=event_format,
            organisers=organisers,
            facts=event_facts,
        )

    def _languages(self, fields: Fields) -> None:
        node = fields.get("languages")
        if node is None:
            return
        found = self.reader.each(node, "languages", self._language)
        if found:
            self.languages = tuple(found)
        elif not self.reader.problems:
            self.reader.tell(node.line, "languages is empty")

    def _language(self, node: Node, what: str) -> str | None:
        text = self.reader.text(node, what, most=40)
        if text is not None and text not in ("ja", "en"):
            self.reader.tell(node.line, f"{what} is {text!r}; it can be ja or en")
            return None
        return text

    def _slug(self, fields: Fields) -> str | None:
        node = fields.get("slug")
        slug = self.reader.text(node, "slug", most=200)
        if slug is None or node is None:
            return None
        problem = slug_problem(slug)
        if problem is SlugProblem.INVALID:
            self.reader.tell(
                node.line, f"slug is {slug!r}; use at most 40 lower-case letters, digits and single hyphens"
            )
        elif problem is SlugProblem.RESERVED:
            self.reader.tell(node.line, f"slug is {slug!r}, a word that our own addresses use; choose another")
        elif self.expected_slug is not None and slug != self.expected_slug:
            self.reader.tell(node.line, f"the file is about {slug!r}, not about {self.expected_slug!r}")
        return slug

    def _zone(self, fields: Fields) -> str | None:
        node = fields.get("timezone")
        name = self.reader.text(node, "timezone", most=200)
        if name is None or node is None or name in clock.zone_names():
            return name
        hint = self.reader.did_you_mean(name, clock.zone_names())
        self.reader.tell(node.line, f"timezone is {name!r}, which is no IANA time zone such as Asia/Tokyo{hint}")
        return None

    def _organiser(self, node: Node) -> OrganiserValue | None:
        fields = self.reader.fields(node, "an organiser of the event", required="role name")
        if fields is None:
            return None
        role = self.reader.choice(fields.get("role"), "role of the organiser", OrganiserRole)
        name = self._name(fields, "name", "name of the organiser", TITLE_LENGTH)
        return OrganiserValue(role, name) if role and name else None

    def _listed(
        self, top: Fields, section: str, kind: str, read: Callable[[Node, str], tuple[str, T] | None]
    ) -> dict[str, T]:
        """The entries of a section that is a list, by key. Their keys count as known even where the rest is wrong."""
        nodes = self.reader.items(top.get(section), section)
        self.read += len(nodes)
        seen: dict[str, int] = {}
        found: dict[str, T] = {}
        known: set[str] = set()
        self.keys[kind] = known if isinstance(top.get(section), ListNode | None) else None
        for node in nodes:
            key_node = node.entries.get("key") if isinstance(node, MapNode) else None
            key = key_node.text if isinstance(key_node, Scalar) else None
            if key is not None and key_node is not None:
                if key in seen:
                    first = seen[key]
                    self.reader.tell(key_node.line, f"{kind} {key!r} is there twice; the first one is in line {first}")
                seen.setdefault(key, key_node.line)
                known.add(key)
            entry = read(node, f"{kind} {key!r}" if key else f"a {kind}")
            if entry is not None:
                found.setdefault(*entry)
        return found

    def _venue(self, node: Node, what: str) -> tuple[str, VenueValues] | None:
        fields = self.reader.fields(node, what, required="key kind name", optional="capacity url")
        if fields is None:
            return None
        key = self.reader.key(fields.get("key"), f"key of {what}")
        kind = self.reader.choice(fields.get("kind"), f"kind of {what}", VenueKind)
        name = self._name(fields, "name", f"name of {what}", TITLE_LENGTH)
        capacity = self.reader.whole(fields.get("capacity"), f"capacity of {what}", least=1, most=MOST_PLACES)
        url = self.reader.url(fields.get("url"), f"url of {what}") if fields.get("url") else None
        return (key, VenueValues(kind, name, capacity, url)) if key and kind and name else None

    def _track(self, node: Node, what: str) -> tuple[str, Translated] | None:
        fields = self.reader.fields(node, what, required="key name")
        if fields is None:
            return None
        key = self.reader.key(fields.get("key"), f"key of {what}")
        name = self._name(fields, "name", f"name of {what}", TITLE_LENGTH)
        return (key, name) if key and name else None

    _organisation = _track

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
            self.reader.key(Scalar(mapping.lines[key], key, quoted=True), f"key of {what}")
            fields = self.reader.fields(entry, what, required="name", optional="affiliation bio country")
            if fields is None:
                continue
            name = self._name(fields, "name", f"name of {what}", TITLE_LENGTH)
            affiliation = self._text(fields, "affiliation", what, SUMMARY_LENGTH)
            bio = self._text(fields, "bio", what, TEXT_LENGTH, lines=True)
            country = None
            if (country_node := fields.get("country")) is not None:
                country = self.reader.country(country_node, f"country of {what}")
            if name:
                found[key] = PersonValues(name, affiliation, bio, country)
        return found

    def _session(self, node: Node, what: str) -> tuple[str, SessionValues] | None:
        reader = self.reader
        fields = reader.fields(
            node,
            what,
            required="key kind starts_at ends_at title",
            optional="venue track organiser summary abstract people capacity",
        )
        if fields is None:
            return None
        key = self._session_key(fields, what)
        kind = reader.choice(fields.get("kind"), f"kind of {what}", SessionKind)
        starts_at, ends_at = (
            reader.moment(fields.get(field), f"{field} of {what}", self.zone) for field in ("starts_at", "ends_at")
        )
        title = self._name(fields, "title", f"title of {what}", TITLE_LENGTH)
        if starts_at and ends_at:
            self._check_times(fields, what, starts_at, ends_at)
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
        if places is None and key:
            self.without_capacity.add(key)
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
        )

    def _session_key(self, fields: Fields, what: str) -> str | None:
        key = self.reader.key(fields.get("key"), f"key of {what}")
        if key is not None and key_problem(key) is SessionProblem.KEY_RESERVED:
            self.reader.tell(
                fields.line_of("key"), f"the key {key!r} is a word that our own addresses use; choose another"
            )
            return None
        return key

    def _check_times(self, fields: Fields, what: str, starts_at: Any, ends_at: Any) -> None:
        if ends_at <= starts_at:
            problem = "at its start" if ends_at == starts_at else "before it starts"
            self.reader.tell(fields.line_of("ends_at"), f"{what} ends {problem}")
            return
        if self.frame is None or self.frame.holds(starts_at, ends_at):
            return
        first = self.frame.starts_on.isoformat()
        days = first if self.frame.starts_on == self.frame.ends_on else f"{first} to {self.frame.ends_on.isoformat()}"
        side = "starts_at" if not self.frame.holds_start(starts_at) else "ends_at"
        self.reader.tell(fields.line_of(side), f"{side} of {what} is outside the event's days, {days}")

    def _role(self, node: Node, what: str) -> RoleValue | None:
        fields = self.reader.fields(node, what, required="role person")
        if fields is None:
            return None
        role = self.reader.choice(fields.get("role"), f"role of {what}", RoleKind)
        person = self.reader.reference(fields.get("person"), f"person of {what}", self.keys["person"], "person")
        return RoleValue(role, person) if role and person else None

    def _name(self, fields: Fields, key: str, what: str, most: int) -> Translated | None:
        """A translated text that must be there in one language at least."""
        return self.reader.translated(fields.get(key), what, self.languages, most=most) or None

    def _text(self, fields: Fields, key: str, what: str, most: int, *, lines: bool = False) -> Translated:
        return self.reader.translated(fields.get(key), f"{key} of {what}", self.languages, most=most, lines=lines)
