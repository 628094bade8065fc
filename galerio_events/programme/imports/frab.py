"""What frab's schedules say, in XML and in JSON alike: both are first made into the plain objects of the JSON.

Dialects since 2007 differ in what they leave out. An event is known by its `guid`, else by its `id`; it begins at its
`date`, else on the day that it stands in, at its `start` (before the hour at which days begin: on the next one). It is
in its own `room`, else in the one that it stands in.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from galerio_events import clock
from galerio_events.programme.domain import LinkKind, SessionKind
from galerio_events.programme.domain.incoming import (
    FileKind,
    IncomingRole,
    InLanguages,
    ProgrammeFile,
    RowProblem,
    Target,
    Thing,
    Told,
    best_language,
    unreadable,
)
from galerio_events.programme.domain.rules import MOST_LINKS, SUMMARY_LENGTH, TITLE_LENGTH
from galerio_events.programme.domain.values import LinkValue
from galerio_events.programme.imports import moments, words
from galerio_events.programme.imports.dates import read_date
from galerio_events.programme.imports.frab_own import Own
from galerio_events.programme.imports.html_text import plain
from galerio_events.programme.imports.moments import Unclear
from galerio_events.programme.imports.plain_values import as_items, as_mapping, as_text, web_address
from galerio_events.text import fold, one_line
from galerio_events.translated import Translated

# The name that stands where there is no room.
NOWHERE = frozenset({"", "—", "-", "–"})


@dataclass(frozen=True, slots=True)
class _Day:
    date: date | None
    turns_at: time


class FrabReader:
    """Reads one schedule; `rooms` are tried in the order in which they stand."""

    def __init__(self, schedule: Mapping[str, Any], kind: FileKind, target: Target) -> None:
        self.schedule, self.kind, self.target = schedule, kind, target
        self.conference = as_mapping(schedule.get("conference"))
        self.problems: list[RowProblem] = []
        self.own = Own.of(schedule.get("galerio"))
        events = [event for _day, _room, event in self._events()]
        if not self.conference and not events:
            raise unreadable(Told.NOT_THIS_FORMAT)
        spoken = [as_text(event.get("language")) for event in events]
        named = as_text(schedule.get("language")) or (self.own.language if self.own else "")
        self.language = best_language([named] if named else spoken, target)
        self.zone = self._zone()
        self.venues: dict[str, Thing] = {}
        self.tracks: dict[str, Thing] = {}
        self.people: dict[str, Thing] = {}

    def file(self) -> ProgrammeFile:
        """All that the schedule says."""
        self._rooms_and_tracks()
        sessions = [
            thing
            for number, (day, room, event) in enumerate(self._events(), start=1)
            if (thing := self._event(day, room, event, event.get("_row") or number))
        ]
        own = self.own
        return ProgrammeFile(
            self.kind,
            event=own.event if own else self._conference(),
            venues=own.venues | self.venues if own else self.venues,
            tracks=own.tracks | self.tracks if own else self.tracks,
            organisations=own.organisations if own else {},
            people=own.people | self.people if own else self.people,
            sessions=tuple(sessions),
            problems=tuple(self.problems),
            language=None if own else self.language,
        )

    def _zone(self) -> str:
        named = as_text(self.conference.get("time_zone_name"))
        try:
            zone = clock.zone_name(named) if named else self.target.frame.timezone
        except clock.UnknownZone:
            zone = self.target.frame.timezone
        if named and zone != self.target.frame.timezone:
            self._tell(0, Told.OTHER_ZONE, zone=zone, ours=self.target.frame.timezone)
        return zone

    def _conference(self) -> dict[str, Any]:
        """What the schedule says of the event itself."""
        said: dict[str, Any] = {}
        title = one_line(as_text(self.conference.get("title")))
        if title and len(title) <= TITLE_LENGTH:
            said["title"] = InLanguages({self.language: title})
        starts_on, ends_on = (read_date(as_text(self.conference.get(name))[:10]) for name in ("start", "end"))
        if starts_on and ends_on and 0 <= (ends_on - starts_on).days < 31:
            said |= {"starts_on": starts_on, "ends_on": ends_on}
        if self.zone != self.target.frame.timezone:
            said["timezone"] = self.zone
        return said

    def _events(self) -> Iterator[tuple[Mapping[str, Any], str, Mapping[str, Any]]]:
        """(day, name of the room that it stands in, event), as they stand in the file."""
        for day in map(as_mapping, as_items(self.conference.get("days") or self.schedule.get("days"))):
            rooms = day.get("rooms")
            pairs = (
                list(rooms.items())
                if isinstance(rooms, dict)
                else [
                    (as_text(as_mapping(room).get("name")), as_mapping(room).get("events")) for room in as_items(rooms)
                ]
            )
            for name, events in pairs:
                for event in as_items(events):
                    if isinstance(event, dict):
                        yield day, str(name), event

    def _rooms_and_tracks(self) -> None:
        """Rooms and tracks that the schedule lists, also those in which nothing takes place."""
        if self.own:
            return
        for room in as_items(self.conference.get("rooms")):
            self._named(self.venues, as_text(as_mapping(room).get("name")) if isinstance(room, dict) else as_text(room))
        for track in as_items(self.conference.get("tracks")):
            values = as_mapping(track)
            handle = self._named(self.tracks, as_text(values.get("name")) if values else as_text(track))
            colour = as_text(values.get("color")).lower()
            if handle and len(colour) == 7 and colour[0] == "#" and all(c in "0123456789abcdef" for c in colour[1:]):
                made = self.tracks[handle]
                self.tracks[handle] = Thing(0, made.label, {"colour": colour}, made.when_new)

    def _named(self, things: dict[str, Thing], name: str, row: int = 0) -> str | None:
        """The handle of the venue or track of that name."""
        name = one_line(name)
        if name in NOWHERE:
            return None
        handle = fold(name) or name
        # The name is a reference: it is written only where there is no such thing yet.
        things.setdefault(handle, Thing(row, name, when_new={"name": Translated({self.language: name})}))
        return handle

    def _event(self, day: Mapping[str, Any], standing: str, event: Mapping[str, Any], row: int) -> Thing | None:
        title = one_line(as_text(event.get("title")))
        guid, foreign = as_text(event.get("guid")).lower(), as_text(event.get("id"))
        label = title or guid or foreign or as_text(event.get("slug"))
        try:
            starts_at = self._begin(day, event, row, label)
            length = moments.read_length(as_text(event.get("duration")))
        except Unclear as unclear:
            self._tell(row, unclear.told, label, **unclear.details)
            return None
        if length is None:
            missing = not as_text(event.get("duration"))
            value = as_text(event.get("duration"))[:60]
            self._tell(row, Told.NO_LENGTH if missing else Told.BAD_LENGTH, label, value=value)
            return None
        if length > timedelta(days=31):
            self._tell(row, Told.BAD_LENGTH, label, value=as_text(event.get("duration"))[:60])
            return None
        if not title:
            self._tell(row, Told.NO_TITLE, label)
            return None
        if not guid and not foreign:
            self._tell(row, Told.NO_IDENTITY, label)
        fields: dict[str, Any] = {"starts_at": starts_at, "ends_at": starts_at + length, "scheduled": True}
        said, new = self._words(event, row, label, standing)
        own = self.own.session(guid, self.language, said) if self.own else None
        if own is not None:
            return Thing(row, label, {**own.fields, **fields}, key=own.key, uid=own.uid, sure=False)
        return Thing(row, label, said | fields, new, uid=guid or None, foreign=f"id {foreign}" if foreign else None)

    def _begin(self, day: Mapping[str, Any], event: Mapping[str, Any], row: int, label: str) -> datetime:
        """When the event begins. Raises `Unclear`."""
        given, start = as_text(event.get("date")), as_text(event.get("start"))
        if ":" in given:
            moment, says_offset = moments.read_moment(given, self.zone)
            if says_offset:
                self._check_offset(given, moment, row, label)
            self._check_day(day, moment, row, label)
            return moment
        if "T" in start or " " in start.strip():
            return moments.read_moment(start, self.zone)[0]
        if not start:
            raise Unclear(Told.NO_START)
        of_day = moments.read_time(start)
        if of_day is None:
            raise Unclear(Told.BAD_TIME, value=start[:60])
        if given:
            on = read_date(given)
            if on is None:
                raise Unclear(Told.BAD_TIME, value=given[:60])
            return moments.at(on, of_day[0], self.zone, of_day[1])
        known = self._day(day)
        if known.date is None:
            raise Unclear(Told.NO_START)
        on = known.date + timedelta(days=of_day[0] < known.turns_at)
        return moments.at(on, of_day[0], self.zone, of_day[1])

    def _day(self, day: Mapping[str, Any]) -> _Day:
        """The date of a day, and before which time of day an event is past its midnight."""
        begins = as_text(day.get("day_start") or day.get("start"))
        turns_at = self.target.frame.day_starts_at
        if (found := moments.read_time(as_text(self.conference.get("day_change")))) or (
            len(begins) > 10 and (found := moments.read_time(begins[11:]))
        ):
            turns_at = found[0]
        on = read_date(as_text(day.get("date"))[:10]) or read_date(begins[:10])
        # Where days begin in the afternoon, they do not: that is merely when the first event does.
        return _Day(on, turns_at if turns_at <= time(12) else time(0))

    def _check_offset(self, given: str, moment: datetime, row: int, label: str) -> None:
        there = clock.in_zone(moment, self.zone)
        offset = given.strip()[-6:].replace("z", "Z")
        usual = there.isoformat()[-6:]
        if (
            offset != usual
            and not (offset.endswith("Z") and usual == "+00:00")
            and offset[-5:] != usual.replace(":", "")
        ):
            self._tell(row, Told.OTHER_OFFSET, label, value=given[:60], here=there.strftime("%Y-%m-%d %H:%M"))

    def _check_day(self, day: Mapping[str, Any], moment: datetime, row: int, label: str) -> None:
        on = read_date(as_text(day.get("date"))[:10])
        local = clock.in_zone(moment, self.zone).date()
        if on is not None and local not in {on, on + timedelta(days=1)}:
            self._tell(row, Told.DAY_DIFFERS, label, day=on.isoformat(), date=local.isoformat())

    def _words(
        self, event: Mapping[str, Any], row: int, label: str, standing: str
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """What the event says beside its times, and what it says only if it is new."""
        said: dict[str, Any] = {"title": InLanguages({self.language: label})}
        new: dict[str, Any] = {}
        summary = one_line(as_text(event.get("subtitle")))
        texts = [plain(as_text(event.get(name))) for name in ("abstract", "description") if name in event]
        if len(summary) > SUMMARY_LENGTH:
            texts, summary = [summary, *texts], ""
        if "subtitle" in event:
            said["summary"] = InLanguages({self.language: summary})
        if texts:
            said["abstract"] = InLanguages({self.language: "\n\n".join(dict.fromkeys(t for t in texts if t))})
        self._kind(event, row, label, said, new)
        if language := as_text(event.get("language")):
            tag = words.language_of(language)
            if tag is None:
                self._tell(row, Told.UNKNOWN_LANGUAGE, label, value=language[:60])
            else:
                said["language"] = tag
        if self.own is None or not self.own.has(as_text(event.get("guid")).lower()):
            said |= self._references(event, row, label, standing)
        return said, new

    def _references(self, event: Mapping[str, Any], row: int, label: str, standing: str) -> dict[str, Any]:
        said: dict[str, Any] = {}
        room = one_line(as_text(event.get("room")))
        if room and standing and fold(room) != fold(standing):
            self._tell(row, Told.ROOM_DIFFERS, label, room=room, stands_in=standing)
        said["venue"] = self._named(self.venues, room or standing, row)
        if "track" in event:
            said["track"] = self._named(self.tracks, as_text(event.get("track")), row)
        if "persons" in event:
            said["people"] = self._persons(event, row, label)
        if "links" in event or "attachments" in event:
            said["links"] = self._links(event, row, label)
        return said

    def _kind(self, event: Mapping[str, Any], row: int, label: str, said: dict[str, Any], new: dict[str, Any]) -> None:
        named = as_text(event.get("type"))
        kind = words.kind_of(named)
        if kind is not None:
            said["kind"] = kind
            return
        new["kind"] = SessionKind.SESSION
        if named:
            self._tell(row, Told.UNKNOWN_KIND, label, value=named[:60])

    def _persons(self, event: Mapping[str, Any], row: int, label: str) -> tuple[IncomingRole, ...]:
        roles: list[IncomingRole] = []
        for given in as_items(event.get("persons")):
            person = as_mapping(given)
            names = ("public_name", "full_public_name", "name")
            name = one_line(next((as_text(person[n]) for n in names if as_text(person.get(n))), as_text(given)))
            foreign = next((as_text(person[n]) for n in ("guid", "code", "id") if as_text(person.get(n))), "")
            if not name:
                self._tell(row, Told.PERSON_WITHOUT_NAME, label, value=foreign[:60])
                continue
            handle = f"{foreign} {fold(name)}" if foreign else fold(name) or name
            bio = plain(as_text(person.get("biography") or person.get("description") or person.get("abstract")))
            fields = {"bio": InLanguages({self.language: bio})} if bio else {}
            thing = Thing(row, name, fields, {"name": Translated({self.language: name})}, foreign=foreign or None)
            if handle not in self.people or (bio and not self.people[handle].fields):
                self.people[handle] = thing
            role = words.role_of(as_text(person.get("role")))
            if role is None and as_text(person.get("role")):
                self._tell(row, Told.UNKNOWN_ROLE, label, value=as_text(person.get("role"))[:60])
            incoming = IncomingRole(handle, role)
            if incoming in roles:
                self._tell(row, Told.ROLE_TWICE, label, name=name)
            else:
                roles.append(incoming)
        return tuple(roles)

    def _links(self, event: Mapping[str, Any], row: int, label: str) -> tuple[LinkValue, ...]:
        links: dict[str, LinkValue] = {}
        for name, kind in (("links", LinkKind.LINK), ("attachments", LinkKind.ATTACHMENT)):
            for given in as_items(event.get(name)):
                link = as_mapping(given)
                address = as_text(link.get("url") or link.get("href") or link.get("path")) or as_text(given)
                title = one_line(plain(as_text(link.get("title"))))[:TITLE_LENGTH]
                if not web_address(address) or len(links) >= MOST_LINKS:
                    self._tell(row, Told.BAD_ADDRESS, label, value=address[:100])
                else:
                    links.setdefault(address, LinkValue(address, "" if title == address else title, kind))
        return tuple(links.values())

    def _tell(self, row: int, told: Told, what: str = "", **details: str) -> None:
        self.problems.append(RowProblem(row, told, what, details))
