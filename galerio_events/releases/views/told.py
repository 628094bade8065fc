"""The differences between two programmes in words: rows of (field, before, after) in the language of the page."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from galerio_events import clock, countries
from galerio_events.releases.domain.diff import Credit, EntryChange, FieldChange, SessionChange
from galerio_events.releases.domain.document import PublishedOrganisation, PublishedTrack, PublishedVenue
from galerio_events.translated import Translated
from galerio_events.web.filters import LANGUAGE_NAMES, tr_text
from galerio_events.web.labels import LABELS, label
from galerio_events.web.locale import page_language
from galerio_events.web.times import clock_time, long_date

FIELDS: dict[str, LazyString] = {
    "kind": lazy_gettext("Kind"),
    "starts_at": lazy_gettext("Start"),
    "ends_at": lazy_gettext("End"),
    "title": lazy_gettext("Title"),
    "summary": lazy_gettext("Summary"),
    "abstract": lazy_gettext("Abstract"),
    "venue": lazy_gettext("Venue"),
    "track": lazy_gettext("Track"),
    "organiser": lazy_gettext("Run by"),
    "people": lazy_gettext("People"),
    "timezone": lazy_gettext("Time zone"),
    "name": lazy_gettext("Name"),
    "affiliation": lazy_gettext("Affiliation"),
    "bio": lazy_gettext("Biography"),
    "country": lazy_gettext("Country or region"),
    "url": lazy_gettext("Web address"),
    "theme": lazy_gettext("Theme"),
    "starts_on": lazy_gettext("First day"),
    "ends_on": lazy_gettext("Last day"),
    "day_starts_at": lazy_gettext("A day begins at"),
    "languages": lazy_gettext("Languages"),
    "format": lazy_gettext("Format"),
    "ordinal": lazy_gettext("Edition number"),
    "organisers": lazy_gettext("Organisers"),
    "facts.outcomes": lazy_gettext("Outcomes"),
    "facts.archive": lazy_gettext("Archive"),
    "facts.business_matching": lazy_gettext("Business matching"),
    "facts.participants": lazy_gettext("Participant figures"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One field before and after; an empty text means that there was or will be none."""

    field: str
    before: str
    after: str
    language: str = ""


def rows(change: SessionChange | EntryChange, zone_name: str) -> list[Row]:
    """What changes of a session, person, venue, track or organisation."""
    return field_rows(change.fields, zone_name)


def field_rows(changes: Iterable[FieldChange], zone_name: str) -> list[Row]:
    """What changes, a row for each field; for texts a row for each language that changes."""
    return [row for change in changes for row in _rows(change, zone_name)]


def _rows(change: FieldChange, zone_name: str) -> Iterator[Row]:
    name = str(FIELDS.get(change.field, change.field))
    if isinstance(change.old, Translated) or isinstance(change.new, Translated):
        old, new = change.old or Translated(), change.new or Translated()
        for language in sorted({*old, *new}):
            before, after = old.get(language, ""), new.get(language, "")
            if before != after:
                yield Row(f"{name} ({LANGUAGE_NAMES.get(language, language)})", before, after, language)
        return
    before, after = _told(change.old, change.field, zone_name), _told(change.new, change.field, zone_name)
    if before == after:
        before, after = "", _("changed")
    yield Row(name, before, after)


def _told(value: Any, field: str, zone_name: str) -> str:
    if value is None or value == ():
        return ""
    if isinstance(value, datetime):
        local = clock.in_zone(value, zone_name)
        return f"{long_date(local.date(), page_language())} {clock_time(local)}"
    if isinstance(value, date):
        return long_date(value, page_language())
    if isinstance(value, time):
        return value.isoformat("minutes")
    if isinstance(value, StrEnum):
        return label(value) if type(value) in LABELS else value.value
    if isinstance(value, PublishedVenue | PublishedTrack | PublishedOrganisation):
        return tr_text(value.name)
    if isinstance(value, Credit):
        return _(
            "%(role)s: %(name)s",
            role=label(value.role),
            name=" / ".join(part for part in (tr_text(value.name), tr_text(value.affiliation)) if part),
        )
    if isinstance(value, tuple | list):
        return "\n".join(_told(part, field, zone_name) for part in value)
    if field == "country":
        return countries.name(value, page_language())
    if isinstance(value, str | int):
        return str(value)
    name = getattr(value, "name", None)
    return tr_text(name) if isinstance(name, Translated) else ""
