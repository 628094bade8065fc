"""The document of a release: all that the public sees of a programme, in one JSON object (`format: 1`).

Instants are RFC 3339 in UTC. People, venues, tracks and organisations are held once; sessions refer to their keys.
Sessions that went away stay in the document with `cancelled: true`, so that calendars can say so. A document that was
written before one of the optional fields was thought of is read as if that field were empty.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any, TypeVar

from galerio_events import clock
from galerio_events.events.domain import EventFormat, OrganiserRole, VenueKind
from galerio_events.people.domain.links import PersonLink
from galerio_events.people.domain.links import links_from_plain as person_links_from_plain
from galerio_events.people.domain.links import links_to_plain as person_links_to_plain
from galerio_events.programme.domain import RoleKind, SessionKind
from galerio_events.programme.domain.plain import links_from_plain, links_to_plain
from galerio_events.programme.domain.values import LinkValue
from galerio_events.translated import EMPTY, Translated

FORMAT = 1

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class PublishedOrganiser:
    """Who stands behind the event; `logo` is the digest of a picture, under which it is served."""

    role: OrganiserRole
    name: Translated
    url: str | None = None
    logo: str | None = None


@dataclass(frozen=True, slots=True)
class PublishedVenue:
    key: str
    kind: VenueKind
    name: Translated
    url: str | None = None


@dataclass(frozen=True, slots=True)
class PublishedTrack:
    """A theme; `colour` is `#rrggbb` in small letters."""

    key: str
    name: Translated
    colour: str | None = None


@dataclass(frozen=True, slots=True)
class PublishedPerson:
    """Somebody in the programme; `photo` is the digest of a picture, under which it is served."""

    key: str
    name: Translated
    affiliation: Translated = EMPTY
    bio: Translated = EMPTY
    country: str | None = None
    job_title: Translated = EMPTY
    photo: str | None = None
    links: tuple[PersonLink, ...] = ()


@dataclass(frozen=True, slots=True)
class PublishedOrganisation:
    key: str
    name: Translated


@dataclass(frozen=True, slots=True)
class PublishedRole:
    """Who has which role; `title` is that of the talk, where there is one."""

    role: RoleKind
    person: str
    title: Translated = EMPTY


@dataclass(frozen=True, slots=True)
class PublishedSession:
    """One entry of the timetable.

    `language` is the one that is spoken, as a tag. `sequence` counts the releases that changed it; `released_at` is
    when it was released in this form.
    """

    key: str
    uid: str
    kind: SessionKind
    starts_at: datetime
    ends_at: datetime
    title: Translated
    summary: Translated = EMPTY
    abstract: Translated = EMPTY
    venue: str | None = None
    track: str | None = None
    organiser: str | None = None
    people: tuple[PublishedRole, ...] = ()
    language: str | None = None
    links: tuple[LinkValue, ...] = ()
    cancelled: bool = False
    sequence: int = 0
    released_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PublishedEvent:
    slug: str
    title: Translated
    timezone: str
    starts_on: date
    ends_on: date
    ordinal: int | None = None
    theme: Translated = EMPTY
    day_starts_at: time = time(0)
    languages: tuple[str, ...] = ("ja", "en")
    format: EventFormat = EventFormat.ONLINE
    organisers: tuple[PublishedOrganiser, ...] = ()
    # Outcomes, archive, business matching and participant figures as published; see docs/programme-format.md.
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PublishedProgramme:
    """The whole of one release. `sessions` are ordered by start, end and key; cancelled ones are among them."""

    number: int
    released_at: datetime
    event: PublishedEvent
    venues: tuple[PublishedVenue, ...]
    tracks: tuple[PublishedTrack, ...]
    people: Mapping[str, PublishedPerson]
    organisations: Mapping[str, PublishedOrganisation]
    sessions: tuple[PublishedSession, ...]

    @property
    def running(self) -> tuple[PublishedSession, ...]:
        """The sessions that take place."""
        return tuple(s for s in self.sessions if not s.cancelled)

    def session(self, key: str) -> PublishedSession | None:
        """The session of that key, cancelled or not."""
        return next((s for s in self.sessions if s.key == key), None)

    def sessions_of(self, person: str) -> tuple[PublishedSession, ...]:
        """The sessions, in programme order, in which the person of that key has a role."""
        return tuple(s for s in self.running if any(r.person == person for r in s.people))


def to_json(programme: PublishedProgramme) -> str:
    """The canonical document: keys sorted, no white space; equal programmes give equal bytes."""
    return json.dumps(_plain(programme), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(document: str) -> str:
    """SHA-256 of the document's UTF-8 bytes, in hexadecimal."""
    return hashlib.sha256(document.encode()).hexdigest()


def _plain(p: PublishedProgramme) -> dict[str, Any]:
    e = p.event
    return {
        "format": FORMAT,
        "number": p.number,
        "released_at": clock.to_text(p.released_at),
        "event": {
            "slug": e.slug,
            "ordinal": e.ordinal,
            "title": dict(e.title),
            "theme": dict(e.theme),
            "timezone": e.timezone,
            "starts_on": e.starts_on.isoformat(),
            "ends_on": e.ends_on.isoformat(),
            "day_starts_at": e.day_starts_at.isoformat("minutes"),
            "languages": list(e.languages),
            "format": e.format.value,
            "organisers": [
                {"role": o.role.value, "name": dict(o.name), "url": o.url, "logo": o.logo} for o in e.organisers
            ],
            "facts": dict(e.facts),
        },
        "venues": [{"key": v.key, "kind": v.kind.value, "name": dict(v.name), "url": v.url} for v in p.venues],
        "tracks": [{"key": t.key, "name": dict(t.name), "colour": t.colour} for t in p.tracks],
        "people": {
            q.key: {
                "name": dict(q.name),
                "affiliation": dict(q.affiliation),
                "bio": dict(q.bio),
                "country": q.country,
                "job_title": dict(q.job_title),
                "photo": q.photo,
                "links": person_links_to_plain(q.links),
            }
            for q in p.people.values()
        },
        "organisations": {o.key: {"name": dict(o.name)} for o in p.organisations.values()},
        "sessions": [_plain_session(s) for s in p.sessions],
    }


def _plain_session(s: PublishedSession) -> dict[str, Any]:
    return {
        "key": s.key,
        "uid": s.uid,
        "kind": s.kind.value,
        "starts_at": clock.to_text(s.starts_at),
        "ends_at": clock.to_text(s.ends_at),
        "title": dict(s.title),
        "summary": dict(s.summary),
        "abstract": dict(s.abstract),
        "venue": s.venue,
        "track": s.track,
        "organiser": s.organiser,
        "people": [{"role": r.role.value, "person": r.person, "title": dict(r.title)} for r in s.people],
        "language": s.language,
        "links": links_to_plain(s.links),
        "cancelled": s.cancelled,
        "sequence": s.sequence,
        "released_at": None if s.released_at is None else clock.to_text(s.released_at),
    }


class Known:
    """The parts of a document read before. A later document's equal parts become the very same objects.

    Releases differ little from each other: reading the next one is quick, and whoever keeps what they made of a session
    sees at once that it is the same session.
    """

    def __init__(self) -> None:
        self._before: dict[tuple[str, str], tuple[Any, Any]] = {}
        self._now: dict[tuple[str, str], tuple[Any, Any]] = {}

    def begin(self) -> None:
        """A further document is read; what only the one before the last had is forgotten."""
        self._before, self._now = self._now, {}

    def same(self, kind: str, plain: dict[str, Any], make: Callable[[dict[str, Any]], Made]) -> Made:
        """What `make` makes of `plain`, or made of its equal when the document before was read."""
        slot = (kind, plain["key"])
        found = self._before.get(slot)
        if found is None or found[0] != plain:
            found = (plain, make(plain))
        self._now[slot] = found
        made: Made = found[1]
        return made


def from_json(text: str, known: Known | None = None) -> PublishedProgramme:
    """The programme that `to_json` wrote. Raises `ValueError` for a document of another format."""
    d = json.loads(text)
    if d.get("format") != FORMAT:
        raise ValueError(f"format {d.get('format')!r} of a release document is unknown")
    known = known or Known()
    known.begin()
    e = d["event"]
    return PublishedProgramme(
        number=d["number"],
        released_at=clock.from_text(d["released_at"]),
        event=PublishedEvent(
            slug=e["slug"],
            ordinal=e["ordinal"],
            title=Translated(e["title"]),
            theme=Translated(e["theme"]),
            timezone=e["timezone"],
            starts_on=date.fromisoformat(e["starts_on"]),
            ends_on=date.fromisoformat(e["ends_on"]),
            day_starts_at=time.fromisoformat(e["day_starts_at"]),
            languages=tuple(e["languages"]),
            format=EventFormat(e["format"]),
            organisers=tuple(
                PublishedOrganiser(OrganiserRole(o["role"]), Translated(o["name"]), o.get("url"), o.get("logo"))
                for o in e["organisers"]
            ),
            facts=e["facts"],
        ),
        venues=tuple(known.same("venue", v, _venue) for v in d["venues"]),
        tracks=tuple(known.same("track", t, _track) for t in d["tracks"]),
        people={key: known.same("person", q | {"key": key}, _person) for key, q in d["people"].items()},
        organisations={
            key: known.same("organisation", o | {"key": key}, _organisation) for key, o in d["organisations"].items()
        },
        sessions=tuple(known.same("session", s, _session) for s in d["sessions"]),
    )


def _venue(v: dict[str, Any]) -> PublishedVenue:
    return PublishedVenue(v["key"], VenueKind(v["kind"]), Translated(v["name"]), v["url"])


def _track(t: dict[str, Any]) -> PublishedTrack:
    return PublishedTrack(t["key"], Translated(t["name"]), t.get("colour"))


def _person(q: dict[str, Any]) -> PublishedPerson:
    return PublishedPerson(
        key=q["key"],
        name=Translated(q["name"]),
        affiliation=Translated(q["affiliation"]),
        bio=Translated(q["bio"]),
        country=q["country"],
        job_title=Translated(q.get("job_title")),
        photo=q.get("photo"),
        links=person_links_from_plain(q.get("links", [])),
    )


def _organisation(o: dict[str, Any]) -> PublishedOrganisation:
    return PublishedOrganisation(o["key"], Translated(o["name"]))


def _session(s: dict[str, Any]) -> PublishedSession:
    return PublishedSession(
        key=s["key"],
        uid=s["uid"],
        kind=SessionKind(s["kind"]),
        starts_at=clock.from_text(s["starts_at"]),
        ends_at=clock.from_text(s["ends_at"]),
        title=Translated(s["title"]),
        summary=Translated(s["summary"]),
        abstract=Translated(s["abstract"]),
        venue=s["venue"],
        track=s["track"],
        organiser=s["organiser"],
        people=tuple(_role(r["role"], r["person"], Translated(r.get("title"))) for r in s["people"]),
        language=s.get("language"),
        links=links_from_plain(s.get("links", [])),
        cancelled=s["cancelled"],
        sequence=s["sequence"],
        released_at=None if s["released_at"] is None else clock.from_text(s["released_at"]),
    )


@lru_cache(maxsize=4096)
def _role(role: str, person: str, title: Translated) -> PublishedRole:
    return PublishedRole(RoleKind(role), person, title)


def unreleased(session: PublishedSession) -> PublishedSession:
    """The session without what the act of releasing adds to it: the form in which two of them are compared."""
    return replace(session, sequence=0, released_at=None)


def as_draft(programme: PublishedProgramme) -> PublishedProgramme:
    """A released programme as it was before it was released: without what was cancelled, numbers and times.

    What only a cancelled session names stays: a release says no more of whether the draft had it.
    """
    return replace(programme, sessions=tuple(unreleased(session) for session in programme.running))
