"""iCalendar (RFC 5545): each VEVENT is a session. Rows are the lines in which they begin."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from icalendar import Calendar

from galerio_events import clock
from galerio_events.programme.domain import SessionStatus
from galerio_events.programme.domain.incoming import (
    MOST_ROWS,
    FileKind,
    InLanguages,
    ProgrammeFile,
    RowProblem,
    Target,
    Thing,
    Told,
    best_language,
    unreadable,
)
from galerio_events.programme.domain.values import LinkValue
from galerio_events.programme.imports.dates import YEARS
from galerio_events.programme.imports.html_text import plain
from galerio_events.programme.imports.moments import Unclear, at
from galerio_events.programme.imports.named import Named
from galerio_events.programme.imports.plain_values import web_address
from galerio_events.text import one_line

# Reading calendars takes longer than reading other files.
MOST_BYTES = 10 * 1024 * 1024
_BEGIN = re.compile(rb"^BEGIN:VEVENT[ \t]*\r?$", re.MULTILINE | re.IGNORECASE)
_ENDS = re.compile(r"END:VCALENDAR\s*\Z", re.IGNORECASE)
_OURS = "-//galerio-events//"
_LANGUAGE = re.compile(r"[?&]lang=([a-z]{2})")


def parse(data: bytes, target: Target) -> ProgrammeFile:
    """All that the calendar says. Raises `Unreadable`."""
    if len(data) > MOST_BYTES:
        raise unreadable(Told.TOO_LARGE, most=str(MOST_BYTES >> 20))
    lines = [data.count(b"\n", 0, found.start()) + 1 for found in _BEGIN.finditer(data)]
    if len(lines) > MOST_ROWS:
        raise unreadable(Told.TOO_MANY_ROWS, most=f"{MOST_ROWS:,}")
    return _Reader(_calendars(data), lines, target).file()


def _calendars(data: bytes) -> list[Any]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise unreadable(Told.ENCODING) from None
    try:
        found = Calendar.from_ical(text, multiple=True)
    except (ValueError, KeyError, IndexError, AttributeError, TypeError, OverflowError, RecursionError):
        raise unreadable(Told.NOT_A_CALENDAR) from None
    calendars = [found] if not isinstance(found, list) else found
    if text.lstrip()[:15].upper() == "BEGIN:VCALENDAR" and not _ENDS.search(text):
        raise unreadable(Told.CUT_OFF, text.count("\n", 0, len(text.rstrip())) + 1)
    if not any(calendar.name == "VCALENDAR" for calendar in calendars):
        raise unreadable(Told.NOT_THIS_FORMAT)
    return calendars


class _Reader:
    def __init__(self, calendars: list[Any], lines: list[int], target: Target) -> None:
        self.calendars, self.lines, self.target = calendars, lines, target
        self.problems: list[RowProblem] = []
        # Ours put all that they know of a session into its description; only what stands by itself is read back.
        self.ours = all(str(calendar.get("PRODID", "")).startswith(_OURS) for calendar in calendars)
        self.language = best_language(list(self._spoken()), target)
        self.venues, self.tracks = Named(self.language), Named(self.language)

    def file(self) -> ProgrammeFile:
        """All that the calendars say."""
        events = [event for calendar in self.calendars for event in calendar.walk("VEVENT")]
        rows = self.lines if len(self.lines) == len(events) else range(1, len(events) + 1)
        sessions = [thing for row, event in zip(rows, events, strict=True) if (thing := self._event(event, row))]
        return ProgrammeFile(
            FileKind.ICAL,
            venues=self.venues.things,
            tracks=self.tracks.things,
            sessions=tuple(sessions),
            problems=tuple(self.problems),
            language=self.language,
        )

    def _spoken(self) -> Iterator[str]:
        for calendar in self.calendars:
            if found := _LANGUAGE.search(str(calendar.get("SOURCE", ""))):
                yield found[1]
                return
            for event in calendar.walk("VEVENT"):
                yield str(getattr(_first(event, "SUMMARY"), "params", {}).get("LANGUAGE", ""))

    def _event(self, event: Any, row: int) -> Thing | None:
        title = one_line(_text(event, "SUMMARY"))
        uid = _text(event, "UID")
        label = title or uid
        if _text(event, "STATUS").upper() == "CANCELLED":
            return Thing(row, label, {"title": InLanguages({self.language: title})}, uid=uid or None, cancelled=True)
        if "RRULE" in event or "RDATE" in event:
            self._tell(row, Told.RECURRING, label)
            return None
        try:
            starts_at = self._moment(event, "DTSTART")
            ends_at = self._end(event, starts_at)
        except Unclear as unclear:
            self._tell(row, unclear.told, label, **unclear.details)
            return None
        if not title:
            self._tell(row, Told.NO_TITLE, label)
            return None
        fields: dict[str, Any] = {
            "title": InLanguages({self._language(event, "SUMMARY"): title}),
            "starts_at": starts_at,
            "ends_at": ends_at,
            "scheduled": True,
        }
        if "LOCATION" in event or self.ours:
            fields["venue"] = self.venues.handle(plain(_text(event, "LOCATION")), row)
        categories = self._categories(event)
        if categories or self.ours:
            fields["track"] = self.tracks.handle(categories[0], row) if categories else None
        new = self._more(event, row, label, fields)
        if not uid:
            self._tell(row, Told.NO_IDENTITY, label)
        recurrence = event.get("RECURRENCE-ID")
        if uid and recurrence is not None:
            return Thing(row, label, fields, new, foreign=f"{uid} {recurrence.to_ical().decode()}")
        return Thing(row, label, fields, new, uid=uid or None)

    def _more(self, event: Any, row: int, label: str, fields: dict[str, Any]) -> dict[str, Any]:
        """What is read of other programs' calendars always, and of ours where the session is new."""
        description = plain(_text(event, "DESCRIPTION"))
        address = _text(event, "URL")
        if self.ours:
            words = description.removesuffix(address).rstrip() if address else description
            return {"abstract": InLanguages({self.language: words})}
        if "DESCRIPTION" in event:
            fields["abstract"] = InLanguages({self._language(event, "DESCRIPTION"): description})
        if status := {s.value.upper(): s for s in SessionStatus}.get(_text(event, "STATUS").upper()):
            fields["status"] = status
        if address and web_address(address):
            fields["links"] = (LinkValue(address),)
        elif address:
            self._tell(row, Told.BAD_ADDRESS, label, value=address[:100])
        return {}

    def _language(self, event: Any, name: str) -> str:
        """The language that the text says it is in, where the event has that one."""
        said = str(getattr(_first(event, name), "params", {}).get("LANGUAGE", "")).split("-")[0].lower()
        return said if said in self.target.languages else self.language

    def _moment(self, event: Any, name: str) -> datetime:
        """An instant, in UTC. Raises `Unclear`."""
        given = _first(event, name)
        value = _value(given)
        if value is None:
            raise Unclear(Told.BAD_TIME, value=_raw(given)) if given is not None else Unclear(Told.NO_START)
        if not isinstance(value, datetime):
            raise Unclear(Told.ALL_DAY)
        if value.year not in YEARS:
            raise Unclear(Told.BAD_TIME, value=_raw(given))
        if value.tzinfo is not None and value.utcoffset() is not None:
            return value.astimezone(UTC)
        zone = str(given.params.get("TZID", "")) or self.target.frame.timezone
        try:
            return at(value.date(), value.time(), clock.zone_name(zone))
        except clock.UnknownZone:
            raise Unclear(Told.BAD_TIME, value=f"{_raw(given)} {zone}"[:60]) from None

    def _end(self, event: Any, starts_at: datetime) -> datetime:
        if "DTEND" in event:
            return self._moment(event, "DTEND")
        given = _first(event, "DURATION")
        length = _value(given)
        if not isinstance(length, timedelta):
            raise Unclear(Told.NO_LENGTH)
        if not timedelta(0) <= length <= timedelta(days=31):
            raise Unclear(Told.BAD_LENGTH, value=_raw(given))
        return starts_at + length

    def _categories(self, event: Any) -> list[str]:
        found = event.get("CATEGORIES")
        names: list[str] = []
        for group in found if isinstance(found, list) else [found] if found is not None else []:
            names += [one_line(str(name)) for name in getattr(group, "cats", [group])]
        return [name for name in names if name]

    def _tell(self, row: int, told: Told, label: str, **details: str) -> None:
        self.problems.append(RowProblem(row, told, label, details))


def _first(event: Any, name: str) -> Any:
    found = event.get(name)
    return found[0] if isinstance(found, list) and found else found


def _text(event: Any, name: str) -> str:
    found = _first(event, name)
    return "" if found is None else str(found).strip()


def _value(given: Any) -> Any:
    """What the library makes of the value; None where it cannot read it, or there is none."""
    try:
        return getattr(given, "dt", None)
    except (ValueError, AttributeError, TypeError, OverflowError):
        return None


def _raw(value: Any) -> str:
    """The value as the file has it, as far as it can be told."""
    try:
        return str(value.to_ical().decode())[:60]
    except (AttributeError, ValueError, UnicodeDecodeError):
        return str(value)[:60]
