"""The differences between two programmes in words: rows of (field, before, after) in the language of the page."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from babel.core import Locale, UnknownLocaleError
from flask_babel import force_locale, lazy_gettext
from flask_babel import gettext as _
from flask_babel.speaklater import LazyString

from galerio_events import clock, countries
from galerio_events.people.domain.links import PersonLink
from galerio_events.programme.domain.values import LinkValue
from galerio_events.releases.domain.diff import Credit, EntryChange, FieldChange, SessionChange
from galerio_events.releases.domain.document import (
    PublishedOrganisation,
    PublishedOrganiser,
    PublishedTrack,
    PublishedVenue,
)
from galerio_events.translated import Translated
from galerio_events.web.filters import LANGUAGE_NAMES
from galerio_events.web.labels import LABELS, label
from galerio_events.web.locale import LANGUAGES, page_language
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
    "job_title": lazy_gettext("Position"),
    "photo": lazy_gettext("Photo"),
    "country": lazy_gettext("Country or region"),
    "url": lazy_gettext("Web address"),
    "theme": lazy_gettext("Theme"),
    "starts_on": lazy_gettext("First day"),
    "ends_on": lazy_gettext("Last day"),
    "day_starts_at": lazy_gettext("A day begins at"),
    "languages": lazy_gettext("Languages"),
    "format": lazy_gettext("Format"),
    "ordinal": lazy_gettext("Edition number"),
    "language": lazy_gettext("Language spoken"),
    "links": lazy_gettext("Links and documents"),
    "colour": lazy_gettext("Colour"),
    "venues": lazy_gettext("Order of the venues"),
    "tracks": lazy_gettext("Order of the tracks"),
    "organisers": lazy_gettext("Organisers"),
    "facts.outcomes": lazy_gettext("Outcomes"),
    "facts.archive": lazy_gettext("Archive"),
    "facts.business_matching": lazy_gettext("Business matching"),
    "facts.participants": lazy_gettext("Participant figures"),
}


# Beyond so many characters a mail only says that something has changed.
_MOST_IN_A_MAIL = 400


@dataclass(frozen=True, slots=True)
class Row:
    """One field before and after; an empty text means that there was or will be none."""

    field: str
    before: str
    after: str
    language: str = ""
    # The name of the field in our own words, the same in every language.
    subject: str = ""


def rows(change: SessionChange | EntryChange, zone_name: str) -> list[Row]:
    """What changes of a session, person, venue, track or organisation."""
    return field_rows(change.fields, zone_name)


def field_rows(changes: Iterable[FieldChange], zone_name: str) -> list[Row]:
    """What changes, a row for each field; for texts a row for each language that changes."""
    return _Teller(page_language(), zone_name).rows(changes)


def rows_of_mail(change: SessionChange, language: str, zone_name: str) -> list[dict[str, str]]:
    """What changes of a session but its time and venue, in that language, whatever the page's; in plain JSON.

    Where a text changes in the reader's language, its translations are passed over; of a long text it only says that it
    has changed.
    """
    with force_locale(language):
        fields = [field for field in change.fields if field.field not in {"starts_at", "ends_at", "venue"}]
        return [
            {"field": row.field, "before": "", "after": _("changed"), "language": ""}
            if row.subject in {"summary", "abstract"} or len(row.before + row.after) > _MOST_IN_A_MAIL
            else {"field": row.field, "before": row.before, "after": row.after, "language": row.language}
            for row in in_one_language(_Teller(language, zone_name).rows(fields), language)
        ]


def in_one_language(found: Iterable[Row], language: str) -> list[Row]:
    """The rows without those about a translation of what changes in the reader's own language as well."""
    listed = list(found)
    own = {row.subject for row in listed if row.language == language}
    return [row for row in listed if row.language in {"", language} or row.subject not in own]


def _differing(old: Any, new: Any) -> tuple[Any, Any]:
    """Of two lists what only one of them has, in order; all of both where only the order is another."""
    if not (isinstance(old, tuple) and isinstance(new, tuple)):
        return old, new
    gone, come = tuple(one for one in old if one not in new), tuple(one for one in new if one not in old)
    return (gone, come) if gone or come else (old, new)


class _Teller:
    def __init__(self, language: str, zone_name: str) -> None:
        self.language = language
        self.zone_name = zone_name

    def rows(self, changes: Iterable[FieldChange]) -> list[Row]:
        return [row for change in changes for row in self.rows_of(change)]

    def rows_of(self, change: FieldChange) -> Iterator[Row]:
        name = str(FIELDS.get(change.field, change.field))
        if isinstance(change.old, Translated) or isinstance(change.new, Translated):
            old, new = change.old or Translated(), change.new or Translated()
            for language in sorted({*old, *new}):
                before, after = old.get(language, ""), new.get(language, "")
                if before != after:
                    yield Row(
                        f"{name} ({LANGUAGE_NAMES.get(language, language)})", before, after, language, change.field
                    )
            return
        old, new = _differing(change.old, change.new)
        before, after = self.told(old, change.field), self.told(new, change.field)
        if before == after:
            before, after = "", _("changed")
        yield Row(name, before, after, subject=change.field)

    def told(self, value: Any, field: str) -> str:
        if value is None or value == ():
            return ""
        if isinstance(value, datetime):
            local = clock.in_zone(value, self.zone_name)
            return f"{long_date(local.date(), self.language)} {clock_time(local)}"
        if isinstance(value, date):
            return long_date(value, self.language)
        if isinstance(value, time):
            return value.isoformat("minutes")
        if isinstance(value, StrEnum):
            return label(value) if type(value) in LABELS else value.value
        if isinstance(value, tuple | list):
            return "\n".join(self.told(part, field) for part in value)
        if isinstance(value, str | int):
            return self.word(str(value), field)
        return self.entry(value)

    def word(self, value: str, field: str) -> str:
        if field == "photo":
            return _("There is one.")
        if field == "country":
            return countries.name(value, self.language)
        return self.spoken(value) if field in {"language", "languages"} else value

    def entry(self, value: Any) -> str:
        if isinstance(value, PublishedVenue | PublishedTrack | PublishedOrganisation):
            return self.text(value.name)
        if isinstance(value, PublishedOrganiser):
            parts = (self.text(value.name), value.url or "", _("with a logo") if value.logo else "")
            return _("%(role)s: %(name)s", role=label(value.role), name=" / ".join(filter(None, parts)))
        if isinstance(value, Credit):
            name = " / ".join(filter(None, (self.text(value.name), self.text(value.affiliation))))
            if title := self.text(value.title):
                name = _("%(name)s, “%(title)s”", name=name, title=title)
            return _("%(role)s: %(name)s", role=label(value.role), name=name)
        if isinstance(value, LinkValue | PersonLink):
            return " ".join(filter(None, (value.title, value.url)))
        return ""

    def text(self, value: Translated) -> str:
        return value.text(self.language, LANGUAGES)

    def spoken(self, tag: str) -> str:
        """The name of a language, in the reader's language; its tag where nobody has a name for it."""
        try:
            return Locale.parse(tag, sep="-").get_display_name(self.language) or tag
        except (UnknownLocaleError, ValueError):
            return tag
