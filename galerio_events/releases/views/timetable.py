"""A programme as its timetable is laid out: days, blocks of sessions at the same time, one row a session.

Rows hold finished HTML: every field is escaped here, once for each name or label, and the template copies it as it is.
A timetable has a thousand of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from urllib.parse import quote

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup, escape

from galerio_events import clock
from galerio_events.programme.domain import RoleKind
from galerio_events.releases.domain.document import PublishedProgramme, PublishedRole, PublishedSession
from galerio_events.translated import Translated
from galerio_events.web import times
from galerio_events.web.labels import label
from galerio_events.web.locale import LANGUAGES

# The style sheet has rules for so many columns and lines; a block with more of them is a plain list.
MOST_LANES = 4
MOST_LINES = 12


@dataclass(frozen=True, slots=True)
class Row:
    """One session. `starts_note` and `ends_note` name a date that is not that of the heading above it."""

    key: str
    href: str
    starts: str
    ends: str
    starts_text: str
    ends_text: str
    starts_note: str
    ends_note: str
    title: Markup
    summary: Markup
    venue: Markup
    track: Markup
    people: tuple[tuple[Markup, Markup], ...]
    place: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """Sessions one after another, or (with `layout`, the class of its columns) sessions that overlap in time."""

    rows: tuple[Row, ...]
    layout: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    date: date
    anchor: str
    heading: str
    short: str
    blocks: tuple[Block, ...]


def marked(text: Translated, language: str) -> Markup:
    """The text as it is shown to readers of `language`, with its `lang` where it is in another one."""
    shown = text.shown(language, LANGUAGES)
    if shown.language in {language, ""}:
        return escape(shown.text)
    return Markup('<span lang="{}">{}</span>').format(shown.language, shown.text)


def track_mark(colour: str | None) -> Markup:
    """A small mark of a track's colour. A drawing carries its colour in itself, where our policy forbids styles."""
    if colour is None:
        return Markup("")
    return Markup(
        '<svg class="track-mark" width="10" height="10" viewBox="0 0 10 10" aria-hidden="true" focusable="false">'
        '<rect width="10" height="10" rx="2" fill="{}"/></svg>'
    ).format(colour)


def days(programme: PublishedProgramme, *, language: str, zone_name: str) -> tuple[Day, ...]:
    """The timetable in that zone, every session that takes place exactly once.

    In the event's own zone a day begins at the event's `day_starts_at`; elsewhere at midnight.
    """
    event = programme.event
    own = zone_name == event.timezone
    begins = event.day_starts_at if own else time(0)
    grouped: dict[date, list[tuple[PublishedSession, datetime, datetime]]] = {}
    for session in programme.running:
        start, end = clock.in_zone(session.starts_at, zone_name), clock.in_zone(session.ends_at, zone_name)
        day = clock.programme_day(session.starts_at, zone_name, begins)
        grouped.setdefault(day, []).append((session, start, end))
    maker = _RowMaker(programme, language=language, zone_name=zone_name)
    return tuple(
        Day(
            date=day,
            anchor=f"day-{day.isoformat()}",
            heading=times.long_date(day, language),
            short=times.short_date(day, language),
            blocks=tuple(maker.blocks(day, entries)),
        )
        for day, entries in sorted(grouped.items())
    )


class _RowMaker:
    def __init__(self, programme: PublishedProgramme, *, language: str, zone_name: str) -> None:
        event = programme.event
        self.language = language
        self.venue_order = {v.key: i for i, v in enumerate(programme.venues)}
        self.venues = {v.key: marked(v.name, language) for v in programme.venues}
        self.tracks = {t.key: track_mark(t.colour) + marked(t.name, language) for t in programme.tracks}
        self.people = {p.key: marked(p.name, language) for p in programme.people.values()}
        self.roles = {role: (escape(label(role)), escape(label(role, 2))) for role in RoleKind}
        self.ends_on = escape(_("ends %(date)s"))
        self.comma = "、" if language == "ja" else ", "
        base = url_for("site.session", language=language, slug=event.slug, key="-")[:-1]
        query = "" if zone_name == event.timezone else "?tz=" + quote(zone_name, safe="/")
        self.address = (base, query)

    def blocks(self, day: date, entries: Sequence[tuple[PublishedSession, datetime, datetime]]) -> Iterator[Block]:
        plain: list[Row] = []
        for together in _overlapping(entries):
            layout, places = self.lay_out(together) if len(together) > 1 else ("", ("",) * len(together))
            rows = [self.row(day, *entry, place) for entry, place in zip(together, places, strict=True)]
            if not layout:
                plain += rows
                continue
            if plain:
                yield Block(tuple(plain))
                plain = []
            yield Block(tuple(rows), layout)
        if plain:
            yield Block(tuple(plain))

    def row(self, day: date, session: PublishedSession, start: datetime, end: datetime, place: str) -> Row:
        language = self.language
        first, last = start.date(), end.date()
        starts_text, ends_text = times.clock_times(start, end)
        return Row(
            key=session.key,
            href=f"{self.address[0]}{quote(session.key)}{self.address[1]}",
            starts=start.isoformat(timespec="minutes"),
            ends=end.isoformat(timespec="minutes"),
            starts_text=starts_text,
            ends_text=ends_text,
            starts_note="" if first == day else escape(times.short_date(first, language)),
            ends_note="" if last == first else self.ends_on % {"date": times.short_date(last, language)},
            title=marked(session.title, language),
            summary=marked(session.summary, language),
            venue=self.venues.get(session.venue or "", Markup("")),
            track=self.tracks.get(session.track or "", Markup("")),
            people=self.by_role(session.people),
            place=place,
        )

    def by_role(self, roles: Sequence[PublishedRole]) -> tuple[tuple[Markup, Markup], ...]:
        grouped: dict[RoleKind, list[str]] = {}
        for role in roles:
            grouped.setdefault(role.role, []).append(self.people[role.person])
        return tuple(
            (self.roles[role][len(names) > 1], Markup(self.comma.join(names)))  # noqa: S704 every name is escaped
            for role, names in grouped.items()
        )

    def lay_out(self, together: Sequence[tuple[PublishedSession, datetime, datetime]]) -> tuple[str, tuple[str, ...]]:
        """The class of the block and of each of its sessions: a column for every venue, a line for every start."""
        free_from: dict[tuple[int, int], datetime] = {}
        lanes: list[tuple[int, int]] = []
        for session, start, end in together:
            venue = self.venue_order.get(session.venue or "", len(self.venue_order))
            spare = 0
            while free_from.get((venue, spare), start) > start:
                spare += 1
            free_from[venue, spare] = end
            lanes.append((venue, spare))
        columns = {lane: i + 1 for i, lane in enumerate(sorted(free_from))}
        lines = sorted({start for _, start, _ in together})
        if not 2 <= len(columns) <= MOST_LANES or len(lines) > MOST_LINES:
            return "", ("",) * len(together)
        places = tuple(
            f"lane-{columns[lane]} from-{lines.index(start) + 1} to-{sum(line < end for line in lines) + 1}"
            for lane, (_, start, end) in zip(lanes, together, strict=True)
        )
        return f"lanes-{len(columns)}", places


def _overlapping(
    entries: Sequence[tuple[PublishedSession, datetime, datetime]],
) -> Iterator[list[tuple[PublishedSession, datetime, datetime]]]:
    """Runs of sessions, in order of their start, each of which begins before all of the earlier ones have ended."""
    block: list[tuple[PublishedSession, datetime, datetime]] = []
    until: datetime | None = None
    for entry in sorted(entries, key=lambda e: (e[0].starts_at, e[0].ends_at, e[0].key)):
        if block and until is not None and entry[0].starts_at >= until:
            yield block
            block, until = [], None
        block.append(entry)
        until = entry[0].ends_at if until is None else max(until, entry[0].ends_at)
    if block:
        yield block


@dataclass(frozen=True, slots=True)
class Figures:
    """What a programme comes to, counted from itself."""

    sessions: int
    speakers: int
    countries: int


def people_in_order(programme: PublishedProgramme) -> tuple[str, ...]:
    """The keys of everybody with a part in the programme, in the order in which they first appear in it."""
    return tuple(dict.fromkeys(role.person for session in programme.running for role in session.people))


def figures(programme: PublishedProgramme) -> Figures:
    """How many sessions there are, how many people take part in them, and from how many countries and regions."""
    keys = people_in_order(programme)
    countries: Mapping[str, None] = dict.fromkeys(c for key in keys if (c := programme.people[key].country))
    return Figures(len(programme.running), len(keys), len(countries))
