"""What the two frab schedules (XML and JSON) say of a programme, before either of them is written.

The format has one language and no roles but that of a person. All that it cannot carry stands once in `own`, for our
own import and for whoever likes to read it; the rest is what every program for such schedules reads.
docs/exchange-formats.md describes both.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, UUID, uuid5

from galerio_events import clock
from galerio_events.programme.domain import LinkKind
from galerio_events.programme.domain.plain import links_to_plain
from galerio_events.programme.domain.values import LinkValue
from galerio_events.releases.domain.document import PublishedPerson, PublishedProgramme, PublishedSession
from galerio_events.translated import Translated

GENERATOR = "galerio-events"
GENERATOR_VERSION = "1"
# The name of the room of what has none: the format knows no event without a room.
NOWHERE = "—"
DRAFT_VERSION = "draft"


@dataclass(frozen=True, slots=True)
class FrabPerson:
    id: int
    guid: str
    name: str
    role: str
    biography: str


@dataclass(frozen=True, slots=True)
class FrabEvent:
    """One session; `date` is its begin with the offset of the event's zone, `start` the time on the clock there."""

    id: int
    guid: str
    date: str
    start: str
    duration: str
    room: str
    slug: str
    url: str
    title: str
    subtitle: str
    track: str
    kind: str
    language: str
    abstract: str
    persons: tuple[FrabPerson, ...]
    links: tuple[LinkValue, ...]
    attachments: tuple[LinkValue, ...]


@dataclass(frozen=True, slots=True)
class FrabRoom:
    name: str
    guid: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class FrabDay:
    """One day of the programme, from when days begin to when the next one does."""

    index: int
    date: str
    start: str
    end: str
    rooms: tuple[tuple[FrabRoom, tuple[FrabEvent, ...]], ...]


@dataclass(frozen=True, slots=True)
class FrabTrack:
    name: str
    slug: str
    colour: str


@dataclass(frozen=True, slots=True)
class FrabSchedule:
    language: str
    version: str
    acronym: str
    title: str
    start: str
    end: str
    timeslot: str
    zone: str
    url: str
    rooms: tuple[FrabRoom, ...]
    tracks: tuple[FrabTrack, ...]
    days: tuple[FrabDay, ...]
    own: Mapping[str, Any]


def schedule(programme: PublishedProgramme, *, language: str, base_url: str) -> FrabSchedule:
    """The programme in that language, without its cancelled sessions.

    `base_url` is the public address of the site, without a slash at its end. A programme that was never released (its
    number is 0) has the version `draft`.
    """
    event = programme.event
    maker = _Maker(programme, language, base_url)
    by_day: dict[date, dict[str, list[FrabEvent]]] = {
        event.starts_on + timedelta(days=n): {} for n in range((event.ends_on - event.starts_on).days + 1)
    }
    for session in programme.running:
        day = clock.programme_day(session.starts_at, event.timezone, event.day_starts_at)
        by_day.setdefault(day, {}).setdefault(session.venue or "", []).append(maker.event(session))
    rooms = [*programme.venues]
    order = [*(venue.key for venue in rooms), ""]
    return FrabSchedule(
        language=language,
        version=str(programme.number) if programme.number else DRAFT_VERSION,
        acronym=event.slug,
        title=maker.words(event.title),
        start=event.starts_on.isoformat(),
        end=event.ends_on.isoformat(),
        timeslot=_timeslot(programme),
        zone=event.timezone,
        url=maker.address,
        rooms=tuple(maker.rooms[venue.key] for venue in rooms),
        tracks=tuple(FrabTrack(maker.words(t.name), t.key, t.colour or "") for t in programme.tracks),
        days=tuple(
            FrabDay(
                index=index,
                date=day.isoformat(),
                start=maker.begin_of(day),
                end=maker.begin_of(day + timedelta(days=1)),
                rooms=tuple((maker.rooms[key], tuple(found[key])) for key in order if key in found),
            )
            for index, (day, found) in enumerate(sorted(by_day.items()), start=1)
        ),
        own=own(programme, language),
    )


class _Maker:
    def __init__(self, programme: PublishedProgramme, language: str, base_url: str) -> None:
        self.event_values = programme.event
        self.language = language
        self.address = f"{base_url}/{quote(language)}/{quote(programme.event.slug)}/"
        self.people = programme.people
        self.tracks = {track.key: self.words(track.name) for track in programme.tracks}
        self.rooms = self._rooms(programme)
        self.event_ids = _ids(session_guid(s) for s in programme.sessions)
        self.person_ids = _ids(self._person_guid(key) for key in programme.people)

    def words(self, text: Translated) -> str:
        return text.text(self.language, self.event_values.languages)

    def begin_of(self, day: date) -> str:
        """When that day of the programme begins; in a gap or fold of the clocks, the first moment that can be meant."""
        wall = datetime.combine(day, self.event_values.day_starts_at)
        return self._local(clock.candidates(wall, self.event_values.timezone)[0])

    def event(self, session: PublishedSession) -> FrabEvent:
        guid = session_guid(session)
        number = self.event_ids[guid]
        local = clock.in_zone(session.starts_at, self.event_values.timezone)
        minutes = int((session.ends_at - session.starts_at).total_seconds()) // 60
        return FrabEvent(
            id=number,
            guid=guid,
            date=self._local(session.starts_at),
            start=f"{local.hour:02}:{local.minute:02}",
            duration=f"{minutes // 60:02}:{minutes % 60:02}",
            room=self.rooms[session.venue or ""].name,
            slug=f"{self.event_values.slug}-{number}-{session.key}",
            url=f"{self.address}sessions/{quote(session.key)}",
            title=self.words(session.title),
            subtitle=self.words(session.summary),
            track=self.tracks.get(session.track or "", ""),
            kind=session.kind.value,
            language=session.language or "",
            abstract=self.words(session.abstract),
            persons=tuple(self._person(self.people[role.person], role.role.value) for role in session.people),
            links=tuple(link for link in session.links if link.kind is LinkKind.LINK),
            attachments=tuple(link for link in session.links if link.kind is LinkKind.ATTACHMENT),
        )

    def _person(self, person: PublishedPerson, role: str) -> FrabPerson:
        guid = self._person_guid(person.key)
        return FrabPerson(self.person_ids[guid], guid, self.words(person.name), role, self.words(person.bio))

    def _person_guid(self, key: str) -> str:
        return _guid(self.event_values.slug, "people", key)

    def _rooms(self, programme: PublishedProgramme) -> dict[str, FrabRoom]:
        """Rooms by the key of the venue; in the JSON a room is known by its name, so no two have the same one."""
        found = {"": FrabRoom(NOWHERE, _guid(programme.event.slug, "venues", ""))}
        names = [self.words(venue.name) for venue in programme.venues]
        for venue, name in zip(programme.venues, names, strict=True):
            shown = name if names.count(name) == 1 and name != NOWHERE else f"{name} ({venue.key})"
            found[venue.key] = FrabRoom(shown, _guid(programme.event.slug, "venues", venue.key), venue.kind.value)
        return found

    def _local(self, moment: datetime) -> str:
        return clock.in_zone(moment, self.event_values.timezone).isoformat(timespec="seconds")


def session_guid(session: PublishedSession) -> str:
    """The session's UID where that is a UUID, as readers of the format expect, else a UUID made from it."""
    try:
        return str(UUID(session.uid))
    except ValueError:
        return str(uuid5(NAMESPACE_URL, f"galerio-events:uid:{session.uid}"))


def _guid(slug: str, kind: str, key: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"galerio-events:{slug}/{kind}/{key}"))


def _ids(guids: Iterable[str]) -> dict[str, int]:
    """A whole number above 0 for each guid, below 2**31 as old readers need it: the same for the same guid, unless two
    of one programme would share it."""
    ids: dict[str, int] = {}
    taken: set[int] = set()
    for guid in sorted(set(guids)):
        number = int.from_bytes(sha256(guid.encode()).digest()[:4]) % (2**31 - 1) + 1
        while number in taken:
            number = number % (2**31 - 1) + 1
        taken.add(number)
        ids[guid] = number
    return ids


def _timeslot(programme: PublishedProgramme) -> str:
    """The grid on which all sessions begin and end: five minutes, or one."""
    moments = [moment for session in programme.running for moment in (session.starts_at, session.ends_at)]
    return "00:01" if any(moment.minute % 5 for moment in moments) else "00:05"


def own(programme: PublishedProgramme, language: str) -> dict[str, Any]:
    """What the format cannot carry, in plain JSON: every text in every language, keys, roles and titles of talks.

    Sessions are by guid. Nothing that is empty is written.
    """
    event = programme.event
    return {
        "language": language,
        "event": _said(
            title=dict(event.title),
            theme=dict(event.theme),
            day_starts_at=event.day_starts_at.isoformat("minutes"),
            languages=list(event.languages),
            format=event.format.value,
            ordinal=event.ordinal,
        ),
        "organisers": [_said(role=o.role.value, url=o.url, name=dict(o.name)) for o in event.organisers],
        "venues": [_said(key=v.key, kind=v.kind.value, url=v.url, name=dict(v.name)) for v in programme.venues],
        "tracks": [_said(key=t.key, colour=t.colour, name=dict(t.name)) for t in programme.tracks],
        "organisations": [_said(key=o.key, name=dict(o.name)) for o in programme.organisations.values()],
        "people": [
            _said(
                key=p.key, country=p.country, name=dict(p.name), affiliation=dict(p.affiliation), bio=dict(p.bio)
            )
            for p in programme.people.values()
        ],
        "sessions": {session_guid(session): _own_session(session) for session in programme.running},
    }  # fmt: skip


def _own_session(session: PublishedSession) -> dict[str, Any]:
    return _said(
        key=session.key,
        uid=session.uid if session.uid != session_guid(session) else None,
        kind=session.kind.value,
        venue=session.venue,
        track=session.track,
        organiser=session.organiser,
        language=session.language,
        title=dict(session.title),
        summary=dict(session.summary),
        abstract=dict(session.abstract),
        people=[_said(role=role.role.value, person=role.person, title=dict(role.title)) for role in session.people],
        links=links_to_plain(session.links),
    )


def _said(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", {}, [])}
