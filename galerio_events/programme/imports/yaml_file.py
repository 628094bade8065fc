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
    slug_problem,
)
from galerio_events.events.domain.settings import MOST_CHANGEOVER
from galerio_events.programme.domain.rules import SUMMARY_LENGTH, TITLE_LENGTH, Frame
from galerio_events.programme.domain.values import EventValues, OrganiserValue, ParsedProgramme
from galerio_events.programme.imports import facts
from galerio_events.programme.imports.fields import Fields, Reader
from galerio_events.programme.imports.yaml_entries import Entries
from galerio_events.programme.imports.yaml_tree import ListNode, MapNode, Node, Scalar, read_tree

MOST_DAYS = 31
MOST_PROBLEMS = 500
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


class _Parser(Entries):
    """Reads the sections in the order in which they depend on each other, not that of the file."""

    def __init__(self, reader: Reader, slug: str | None) -> None:
        super().__init__(reader)
        self.expected_slug = slug

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
            event(event_facts), venues, tracks, organisations, people, sessions, frozenset(self.open), self.uids
        )

    def _edition(self, top: Fields) -> Callable[[Mapping[str, Any]], EventValues] | None:
        reader, what = self.reader, "edition"
        self.read += 1
        fields = reader.fields(
            top.get("edition"),
            what,
            required="slug title timezone starts_on ends_on",
            optional="ordinal theme format organisers day_starts_at languages changeover_minutes",
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
        changeover = reader.whole(fields.get("changeover_minutes"), "changeover_minutes", most=MOST_CHANGEOVER)
        if changeover is None:
            self.leave_open("edition", "", "changeover_minutes")
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
            changeover_minutes=changeover or 0,
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
        fields = self.reader.fields(node, "an organiser of the event", required="role name", optional="url")
        if fields is None:
            return None
        role = self.reader.choice(fields.get("role"), "role of the organiser", OrganiserRole)
        name = self._name(fields, "name", "name of the organiser", TITLE_LENGTH)
        url = self.reader.url(fields.get("url"), "url of the organiser") if fields.get("url") else None
        return OrganiserValue(role, name, url) if role and name else None

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
