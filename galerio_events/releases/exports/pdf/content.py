"""What the templates set: a programme in plain JSON, every word of it ready in one language.

A text is `{"t": …}`, with `"l"`, its language, where that is not the document's. The templates decide nothing but how
it looks.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from itertools import pairwise
from typing import Any

from galerio_events import clock, countries
from galerio_events.programme.domain import LinkKind, RoleKind, SessionKind
from galerio_events.releases.domain.document import PublishedProgramme, PublishedSession
from galerio_events.releases.exports.pdf import layout, names, words
from galerio_events.releases.exports.pdf.glyphs import settable
from galerio_events.releases.exports.values import web_address
from galerio_events.text import clean, one_line
from galerio_events.translated import Translated

Text = dict[str, str]
_LANGUAGES = {"ja": {"ja": "日本語", "en": "英語"}, "en": {"ja": "Japanese", "en": "English"}}


class Content:
    """Makes the content of both documents; `images` are the digests of the pictures that there are."""

    def __init__(
        self, programme: PublishedProgramme, *, language: str, base_url: str, images: Mapping[str, str]
    ) -> None:
        self.programme = programme
        self.event = programme.event
        self.language = language
        self.images = images
        self.labels = words.LABELS[language]
        self.address = f"{base_url}/{language}/{programme.event.slug}/"
        self.venues = {venue.key: self.said(venue.name) for venue in programme.venues}
        self.tracks = {track.key: track for track in programme.tracks}
        self.by_day: dict[date, list[PublishedSession]] = {}
        for session in programme.running:
            day = clock.programme_day(session.starts_at, self.event.timezone, self.event.day_starts_at)
            self.by_day.setdefault(day, []).append(session)

    def said(self, text: Translated) -> Text:
        """The text on one line, as readers of the document's language get it."""
        shown = text.shown(self.language, self.event.languages)
        said = {"t": settable(one_line(shown.text))}
        return said | {"l": shown.language} if shown.language not in {"", self.language} else said

    def paragraphs(self, text: Translated) -> list[Text]:
        """The text in paragraphs, of which each line is one."""
        shown = text.shown(self.language, self.event.languages)
        tag = {"l": shown.language} if shown.language not in {"", self.language} else {}
        return [{"t": settable(line)} | tag for line in clean(shown.text).split("\n") if line.strip()]

    def head(self) -> dict[str, Any]:
        """What both documents say of the event."""
        event, p = self.event, self.programme
        moments = sorted({s.starts_at for s in p.running})
        zone = words.zone(event.timezone, moments, self.language)
        if p.number:
            released = clock.in_zone(p.released_at, event.timezone).date()
            version = self.labels["version"].format(number=p.number, date=words.plain_date(released, self.language))
        else:
            version = self.labels["draft"]
        roles = dict.fromkeys(o.role for o in event.organisers)
        return {
            "language": self.language,
            "labels": self.labels,
            "title": self.said(event.title),
            "theme": self.said(event.theme),
            "dates": words.date_range(event.starts_on, event.ends_on, self.language),
            "zone": self.labels["zone"].format(zone=zone),
            "version": version,
            "address": settable(self.address),
            "author": settable(", ".join(self.said(o.name)["t"] for o in event.organisers[:3])),
            "organisers": [
                {
                    "label": words.ORGANISERS[self.language][role],
                    "entries": [
                        {"name": self.said(o.name), "logo": self.images.get(o.logo or "", "")}
                        for o in event.organisers
                        if o.role is role
                    ],
                }
                for role in roles
            ],
        }  # fmt: skip

    def pages(self) -> list[dict[str, Any]]:
        """The timetable, page by page: all days on one page where they are few, else each on its own.

        The days of a page share its rows, so that equal times stand at equal heights; days on which the clocks change
        stand alone.
        """
        venues = [venue.key for venue in self.programme.venues]
        made = [(day, layout.panels(found, venues)) for day, found in sorted(self.by_day.items())]
        every = [(day, panel) for day, of_day in made for panel in of_day]
        together = sum(panel.columns for _day, panel in every) <= layout.MOST_COLUMNS_OF_ALL_DAYS
        together = together and all(self._steady(panel) for _day, panel in every)
        if every and together:
            sheet = self._sheet(every)
            if len(sheet["minutes"]) < layout.MOST_ROWS:
                return [sheet]
        return [self._sheet([each]) for each in every]

    def _steady(self, panel: layout.Panel) -> bool:
        local = (clock.in_zone(moment, self.event.timezone) for moment in panel.moments)
        return len({moment.utcoffset() for moment in local}) <= 1

    def _sheet(self, days: Sequence[tuple[date, layout.Panel]]) -> dict[str, Any]:
        """A page: minutes of every row, and the days with their cells in those rows."""
        zone = self.event.timezone
        begins = []
        for day, panel in days:
            # As the clocks show it, from midnight; a day that stands alone is measured by what passes.
            first = clock.in_zone(panel.moments[0], zone)
            offset = _minutes(datetime.combine(day, time()), first.replace(tzinfo=None))
            begins.append([offset + _minutes(panel.moments[0], moment) for moment in panel.moments])
        axis = sorted({minute for found in begins for minute in found})
        row = {minute: y for y, minute in enumerate(axis)}
        return {
            "minutes": [end - begin for begin, end in pairwise(axis)],
            "days": [
                self._panel(day, panel, [row[minute] for minute in found], len(axis) - 1)
                for (day, panel), found in zip(days, begins, strict=True)
            ],
        }

    def _panel(self, day: date, panel: layout.Panel, rows: Sequence[int], count: int) -> dict[str, Any]:
        """A day whose own rows begin at these of the page's."""
        times = [""] * count
        for cell in panel.cells:
            times[rows[cell.y]] = self.time(cell.session.starts_at)
        return {
            "heading": words.long_date(day, self.language),
            "heads": [{"x": head.x, "across": head.across, "name": self._venue(head.venue)} for head in panel.heads],
            "columns": panel.columns or 1,
            "times": times,
            "cells": [
                {"x": cell.x, "y": rows[cell.y], "across": cell.across, "down": rows[cell.y + cell.down] - rows[cell.y]}
                | self.brief(cell.session)
                for cell in panel.cells
            ],
        }

    def brief(self, session: PublishedSession) -> dict[str, Any]:
        """A session as the timetable shows it."""
        track = self.tracks.get(session.track or "")
        return {
            "key": session.key,
            "times": f"{self.time(session.starts_at)}–{self.time(session.ends_at)}",
            "title": self.said(session.title),
            "break": session.kind is SessionKind.BREAK,
            "venue": self._venue(session.venue) if session.venue else None,
            "track": self.said(track.name) if track else None,
            "colour": (track.colour or "") if track else "",
            "people": self._credits(session),
        }

    def details(self, session: PublishedSession) -> dict[str, Any]:
        """A session as the booklet shows it."""
        organiser = self.programme.organisations.get(session.organiser or "")
        spoken = session.language or ""
        return self.brief(session) | {
            "label": f"s-{session.key}",
            "summary": self.paragraphs(session.summary),
            "abstract": self.paragraphs(session.abstract),
            "organiser": self.said(organiser.name) if organiser else None,
            "language": settable(_LANGUAGES[self.language].get(spoken, spoken)),
            "links": [
                {"url": address, "title": settable(one_line(link.title)) or settable(link.url), "document": document}
                for link in session.links
                for document in [link.kind is LinkKind.ATTACHMENT]
                if (address := web_address(link.url))
            ],
        }

    def days(self) -> list[dict[str, Any]]:
        """The sessions in detail, by day."""
        return [
            {
                "heading": words.long_date(day, self.language),
                "short": words.short_date(day, self.language),
                "sessions": [self.details(session) for session in found],
            }
            for day, found in sorted(self.by_day.items())
        ]

    def index(self) -> list[dict[str, Any]]:
        """Everybody who takes part, by the name that is printed: `{"heading": …, "people": …}` per group.

        Names in Latin letters stand first, as printed (which word is the family's is not known), case and accents
        aside. Names in other scripts follow, in the order of JIS X 0208, which has the common kanji by their reading;
        characters that it lacks come last, by code point. With many people every first
        letter has a heading.
        """
        sessions: dict[str, list[str]] = {}
        for session in self.programme.running:
            for role in session.people:
                labels = sessions.setdefault(role.person, [])
                label = f"s-{session.key}"
                if label not in labels:
                    labels.append(label)
        entries: list[dict[str, Any]] = [
            {"name": self.said(person.name), "affiliation": self.said(person.affiliation), "sessions": sessions[key]}
            for key, person in sorted(self.programme.people.items())
            if key in sessions
        ]
        return names.grouped(entries, self.labels, lambda entry: str(entry["name"]["t"]))

    def time(self, moment: datetime) -> str:
        """`09:05`, with the offset where clocks show that time twice."""
        local = clock.in_zone(moment, self.event.timezone)
        plain = f"{local.hour:02}:{local.minute:02}"
        return f"{plain} ({clock.offset_text(local)})" if clock.happens_twice(local) else plain

    def _venue(self, key: str | None) -> Text:
        return self.venues.get(key or "", {"t": self.labels["nowhere"]})

    def _credits(self, session: PublishedSession) -> list[dict[str, Any]]:
        grouped: dict[RoleKind, list[dict[str, Any]]] = {}
        for role in session.people:
            person = self.programme.people[role.person]
            grouped.setdefault(role.role, []).append(
                {
                    "name": self.said(person.name),
                    "affiliation": self.said(person.affiliation),
                    "country": countries.name(person.country, self.language) if person.country else "",
                    "talk": self.said(role.title),
                }
            )
        said = words.ROLES[self.language]
        return [{"role": said[role][len(people) > 1], "people": people} for role, people in grouped.items()]


def _minutes(begin: datetime, end: datetime) -> int:
    return int((end - begin).total_seconds()) // 60


def images_of(programme: PublishedProgramme, images: Mapping[str, tuple[str, bytes]]) -> dict[str, bytes]:
    """File name to bytes of the logos that the event's organisers have; `images` maps digests to (ending, bytes)."""
    wanted: Sequence[str] = [o.logo for o in programme.event.organisers if o.logo in images and o.logo]
    return {f"{digest}.{images[digest][0]}": images[digest][1] for digest in wanted}
