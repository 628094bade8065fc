"""A plan in the words of its page: what is added, and what changes field by field."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _

from galerio_events import clock, countries
from galerio_events.events.domain import Deed, Subject
from galerio_events.events.models import Event
from galerio_events.programme.domain import languages
from galerio_events.programme.domain.planning import Draft, Item, Plan
from galerio_events.programme.domain.values import LinkValue, OrganiserValue, RoleValue
from galerio_events.programme.views.transfer.words import FIELDS, SECTIONS
from galerio_events.translated import Translated
from galerio_events.web.filters import LANGUAGE_NAMES, tr_text
from galerio_events.web.labels import label
from galerio_events.web.locale import page_language

# Fields that say nothing to a reader.
_SILENT = frozenset({"position"})
# How much of a long text is shown.
_MOST_SHOWN = 400


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field that changes: its name, the language of its text, and what it said and will say."""

    name: str
    language: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Section:
    """The items of one sort with one deed."""

    subject: Subject
    heading: str
    deed: Deed
    items: tuple[Item, ...]


class Words:
    """What the keys that sessions refer to are called, once the plan is carried out."""

    def __init__(self, event: Event, plan: Plan, names: Mapping[Subject, Mapping[str, Translated]]) -> None:
        self.event = event
        added = [item for item in plan.items if item.after is not None]
        self.names = {
            subject: {**names.get(subject, {}), **{i.key: i.name for i in added if i.subject is subject}}
            for subject in (Subject.VENUE, Subject.TRACK, Subject.ORGANISATION, Subject.PERSON)
        }

    def rows(self, item: Item) -> list[FieldRow]:
        """Every field of the item that changes."""
        before, after = item.before or {}, item.after or {}
        rows: list[FieldRow] = []
        for name in item.changed:
            if name in _SILENT and len(item.changed) > 1:
                continue
            heading = str(FIELDS.get(name, name))
            old, new = before.get(name), after.get(name)
            if isinstance(new, Translated) and isinstance(old, Translated | None):
                rows += [
                    FieldRow(heading, tag, _short((old or {}).get(tag, "")), _short(new.get(tag, "")))
                    for tag in sorted({*(old or {}), *new})
                    if (old or {}).get(tag, "") != new.get(tag, "")
                ]
            else:
                rows.append(FieldRow(heading, "", self.text(name, old), self.text(name, new)))
        return rows

    def text(self, name: str, value: Any) -> str:
        """The value of a field as a text."""
        if value is None or value in ((), ""):
            return ""
        if name in {"venue", "track", "organiser"}:
            subject = {"venue": Subject.VENUE, "track": Subject.TRACK, "organiser": Subject.ORGANISATION}[name]
            return tr_text(self.names[subject].get(value, Translated())) or str(value)
        return _short(self._text(name, value))

    def _text(self, name: str, value: Any) -> str:
        special: dict[str, Callable[[Any], str]] = {
            "language": lambda tag: languages.name(tag, page_language()),
            "country": lambda code: countries.name(code, page_language()),
            "languages": lambda tags: ", ".join(LANGUAGE_NAMES.get(tag, tag) for tag in tags),
            "facts": lambda facts: ", ".join(sorted(facts)),
            "availability": lambda pairs: "\n".join(f"{self._when(a)}–{self._when(b)}" for a, b in pairs),
            "people": lambda roles: "\n".join(map(self._role, roles)),
        }
        if name in special:
            return special[name](value)
        return self._plain(value)

    def _plain(self, value: Any) -> str:
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, StrEnum):
            return str(label(value))
        if isinstance(value, datetime):
            return self._when(value)
        if isinstance(value, time):
            return value.isoformat("minutes")
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, LinkValue):
            return f"{value.title} {value.url}".strip()
        if isinstance(value, OrganiserValue):
            return f"{label(value.role)}: {tr_text(value.name)}"
        if isinstance(value, tuple):
            return "\n".join(self._plain(each) for each in value)
        return str(value)

    def _role(self, role: RoleValue) -> str:
        person = tr_text(self.names[Subject.PERSON].get(role.person, Translated())) or role.person
        more = [tr_text(role.title)] if role.title else []
        if role.minutes:
            more.append(_("%(num)d min.", num=role.minutes))
        return f"{label(role.role)}: {person}" + (f" – {', '.join(more)}" if more else "")

    def _when(self, moment: datetime) -> str:
        return clock.in_zone(moment, self.event.timezone).strftime("%Y-%m-%d %H:%M")


def sections(plan: Plan) -> list[Section]:
    """What the plan does, sort by sort: sessions first, then what they refer to."""
    made = []
    for deed in (Deed.ADDED, Deed.CHANGED, Deed.RESTORED):
        for subject, heading in SECTIONS.items():
            items = tuple(item for item in plan.of(deed) if item.subject is subject)
            if items:
                made.append(Section(subject, str(heading), deed, items))
    return made


def by_day(items: tuple[Item, ...], event: Event) -> list[tuple[date | None, tuple[Item, ...]]]:
    """The sessions that would go, by day of the programme; those that are in the tray come last, under None."""
    days: dict[date | None, list[Item]] = {}
    for item in items:
        before = item.before or {}
        day = clock.programme_day(before["starts_at"], event.timezone, event.day_starts_at)
        days.setdefault(day if before["scheduled"] else None, []).append(item)
    ordered = sorted(days, key=lambda day: (day is None, day or date.max))
    return [(day, tuple(days[day])) for day in ordered]


def names_of(draft: Draft) -> dict[Subject, dict[str, Translated]]:
    """What everything in the draft is called."""
    parts = {
        Subject.VENUE: draft.venues,
        Subject.TRACK: draft.tracks,
        Subject.ORGANISATION: draft.organisations,
        Subject.PERSON: draft.people,
    }
    return {subject: {key: thing.values["name"] for key, thing in things.items()} for subject, things in parts.items()}


def _short(text: str) -> str:
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN].rstrip()}…"
