"""A new edition made from an old one: its days, its title, and what of the old one comes along."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from galerio_events import clock
from galerio_events.errors import DomainError
from galerio_events.programme.domain import RoleState, SessionStatus
from galerio_events.programme.domain.moving import Keeping, Timed, move
from galerio_events.programme.domain.rules import Frame
from galerio_events.programme.domain.values import (
    EventValues,
    OrganiserValue,
    ParsedProgramme,
    PersonValues,
    RoleValue,
    SessionValues,
    TrackValues,
    VenueValues,
)
from galerio_events.programme.domain.whole import WholeProgramme, WholeSession
from galerio_events.translated import EMPTY, Translated


class Part(StrEnum):
    """What can come along."""

    ORGANISERS = "organisers"
    VENUES = "venues"
    TRACKS = "tracks"
    KINDS = "kinds"
    PEOPLE = "people"
    SESSIONS = "sessions"
    TEXTS = "texts"
    ROLES = "roles"


class CloneProblem(StrEnum):
    """Why no event can be made so."""

    SLUG_INVALID = "slug_invalid"
    SLUG_LANGUAGE = "slug_language"
    SLUG_RESERVED = "slug_reserved"
    SLUG_TAKEN = "slug_taken"
    TITLE_MISSING = "title_missing"
    YEAR_INVALID = "year_invalid"


class CloneRefused(DomainError):
    """An event that cannot be made; nothing was written. `problems` are in the order of `CloneProblem`."""

    def __init__(self, *problems: CloneProblem) -> None:
        self.problems = problems
        super().__init__(", ".join(problems))


@dataclass(frozen=True, slots=True)
class Wish:
    """The new event. `parts` come along; what needs another part that does not, comes without it."""

    slug: str
    title: Translated
    starts_on: date
    ordinal: int | None = None
    parts: frozenset[Part] = frozenset(Part)


@dataclass(frozen=True, slots=True)
class Private:
    """What organisers know of a person and no file carries."""

    email: str | None
    language: str | None
    timezone: str | None


@dataclass(frozen=True, slots=True)
class Cloned:
    """The new event as a programme, the keys of the sessions that come into its tray, because the clocks change at
    their time, and of those that last longer or shorter, because the clocks change while they last."""

    programme: ParsedProgramme
    laid_aside: tuple[str, ...] = ()
    stretched: tuple[str, ...] = ()


def cloned(old: WholeProgramme, logos: tuple[str | None, ...], people: Mapping[str, Private], wish: Wish) -> Cloned:
    """The new event. Sessions keep their place in the week of the event and their wall-clock times; they are tentative
    and unlocked, and whoever had a role in them is to be invited. `logos` are those of the old event's organisers.

    What an edition came to and when people could take part stays behind.
    """
    event, parts = old.event, wish.parts
    days = (wish.starts_on - event.starts_on).days
    new = EventValues(
        slug=wish.slug,
        title=wish.title,
        timezone=event.timezone,
        starts_on=wish.starts_on,
        ends_on=event.ends_on + timedelta(days=days),
        ordinal=wish.ordinal,
        theme=EMPTY,
        day_starts_at=event.day_starts_at,
        languages=event.languages,
        format=event.format,
        organisers=tuple(
            OrganiserValue(each.role, each.name, each.url, logo)
            for each, logo in zip(event.organisers, logos, strict=True)
        )
        if Part.ORGANISERS in parts
        else (),
        changeover_minutes=event.changeover_minutes,
    )
    sessions = old.sessions if Part.SESSIONS in parts else ()
    before = Frame(event.timezone, event.starts_on, event.ends_on, event.day_starts_at)
    after = Frame(new.timezone, new.starts_on, new.ends_on, new.day_starts_at)
    timed = [Timed(s.key, s.values.starts_at, s.values.ends_at, s.values.scheduled) for s in sessions]
    moved = move(before, after, timed, keeping=Keeping.CLOCK, days=days)
    aside = move(
        before, after, [replace(t, fixed=False) for t in timed if t.key in moved.obstacles],
        keeping=Keeping.CLOCK, days=days,
    )  # fmt: skip
    times = {**moved.times, **aside.times}
    programme = ParsedProgramme(
        event=new,
        venues={
            v.key: VenueValues(v.kind, v.name, v.capacity, v.url, v.join_address, v.opens_at, v.closes_at)
            for v in (old.venues if Part.VENUES in parts else ())
        },
        tracks={t.key: TrackValues(t.name, t.colour) for t in (old.tracks if Part.TRACKS in parts else ())},
        organisations={o.key: o.name for o in (old.organisations if Part.PEOPLE in parts else ())},
        people={
            p.key: PersonValues(
                p.name, p.affiliation, p.bio, p.country, people[p.key].email, people[p.key].language,
                people[p.key].timezone,
            )
            for p in (old.people if Part.PEOPLE in parts else ())
        },
        sessions={
            s.key: _session(s, parts, times.get(s.key), aside=s.key in moved.obstacles) for s in sessions
        },
    )  # fmt: skip
    stretched = tuple(t.key for t in timed if t.key in times and _length(*times[t.key]) != t.ends_at - t.starts_at)
    return Cloned(programme, tuple(moved.obstacles), stretched)


def _length(starts_at: datetime, ends_at: datetime) -> timedelta:
    return ends_at - starts_at


def _session(
    old: WholeSession, parts: frozenset[Part], times: tuple[datetime, datetime] | None, *, aside: bool
) -> SessionValues:
    values, texts = old.values, Part.TEXTS in parts
    starts_at, ends_at = times or (values.starts_at, values.ends_at)
    roles = values.people if {Part.ROLES, Part.PEOPLE} <= parts else ()
    return replace(
        values,
        starts_at=starts_at,
        ends_at=ends_at,
        scheduled=values.scheduled and not aside,
        locked=False,
        status=SessionStatus.TENTATIVE,
        venue=values.venue if Part.VENUES in parts else None,
        track=values.track if Part.TRACKS in parts else None,
        organiser=values.organiser if Part.PEOPLE in parts else None,
        summary=values.summary if texts else EMPTY,
        abstract=values.abstract if texts else EMPTY,
        links=values.links if texts else (),
        people=tuple(
            RoleValue(r.role, r.person, r.title if texts else EMPTY, r.minutes, RoleState.TO_BE_INVITED) for r in roles
        ),
    )


def same_weekday(day: date, year: int) -> date:
    """The day of that year that is the same weekday of its month: the fourth Thursday in November stays one.

    Where the month has no fifth one in that year, it is the last. Raises `ValueError` for a year beyond 9999.
    """
    first = date(year, day.month, 1)
    found = first + timedelta(days=(day.weekday() - first.weekday()) % 7 + 7 * ((day.day - 1) // 7))
    return found if found.month == day.month else found - timedelta(days=7)


def next_title(title: Translated, ordinal: int | None) -> Translated:
    """The title with the number of the edition counted on: `11th` becomes `12th`, `第11回` becomes `第12回`."""
    if ordinal is None:
        return title
    after = ordinal + 1

    def counted(text: str) -> str:
        text = re.sub(rf"(?<!\d){ordinal}(?:st|nd|rd|th)\b", f"{after}{_suffix(after)}", text)
        return re.sub(rf"第\s*{ordinal}\s*回", f"第{after}回", text)

    return Translated({language: counted(text) for language, text in title.items()})


def next_slug(slug: str, ordinal: int | None) -> str:
    """The slug of the next edition: `ascc11` becomes `ascc12`, `expo-2022` becomes `expo-2023`; else it gets a `-2`."""
    found = re.fullmatch(r"(.*?)(\d+)", slug)
    if found is None:
        return f"{slug}-2"
    number = str(int(found[2]) + 1).zfill(len(found[2]))
    return found[1] + number if ordinal is None or int(found[2]) != ordinal else f"{found[1]}{ordinal + 1}"


def first_days(day: date, zone: str, *, now: datetime) -> tuple[date, ...]:
    """The next three editions' first days by the pattern of weekdays, of years that are not over yet."""
    year = max(day.year + 1, clock.in_zone(now, zone).year)
    return tuple(same_weekday(day, year + more) for more in range(3))


def _suffix(number: int) -> str:
    if number % 100 in {11, 12, 13}:
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
