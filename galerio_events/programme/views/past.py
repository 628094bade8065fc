"""Entries of the history in words, field by field, in the language of the page and on the event's clock."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from flask_babel.speaklater import LazyString

from galerio_events import clock, countries
from galerio_events.events.domain import EventFormat, OrganiserRole, Subject, VenueKind
from galerio_events.people.domain.profile import ProfileConsent, ProposalState
from galerio_events.programme.domain import LinkKind, RoleKind, RoleState, SessionKind, SessionStatus
from galerio_events.programme.domain.conflicts import conflict_from_plain
from galerio_events.programme.domain.history import differences
from galerio_events.programme.domain.languages import name as language_name
from galerio_events.programme.queries.conflicts import Names
from galerio_events.programme.queries.history import Past
from galerio_events.programme.views.warnings import duration, told
from galerio_events.translated import Translated
from galerio_events.web.filters import LANGUAGE_NAMES, tr_text
from galerio_events.web.labels import IN_HISTORY, label
from galerio_events.web.locale import page_language
from galerio_events.web.times import clock_time, long_date, short_date

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
    "capacity": lazy_gettext("Places"),
    "scheduled": lazy_gettext("In the timetable"),
    "locked": lazy_gettext("Locked"),
    "status": lazy_gettext("Status"),
    "language": lazy_gettext("Language"),
    "needs_interpreter": lazy_gettext("Interpreter needed"),
    "links": lazy_gettext("Links"),
    "timezone": lazy_gettext("Time zone"),
    "name": lazy_gettext("Name"),
    "affiliation": lazy_gettext("Affiliation"),
    "bio": lazy_gettext("Biography"),
    "job_title": lazy_gettext("Position"),
    "reading": lazy_gettext("Reading of the name"),
    "pronunciation": lazy_gettext("How the name is said"),
    "technical_needs": lazy_gettext("Technical needs"),
    "photo": lazy_gettext("Photo"),
    "consents": lazy_gettext("Consents"),
    "proposal": lazy_gettext("Proposed change of the profile"),
    "proposed": lazy_gettext("Proposed"),
    "forgotten": lazy_gettext("Private details deleted"),
    "country": lazy_gettext("Country or region"),
    "email": lazy_gettext("E-mail address"),
    "availabilities": lazy_gettext("Available"),
    "url": lazy_gettext("Web address"),
    "join_address": lazy_gettext("Join address"),
    "opens_at": lazy_gettext("Opens at"),
    "closes_at": lazy_gettext("Closes at"),
    "colour": lazy_gettext("Colour"),
    "theme": lazy_gettext("Theme"),
    "starts_on": lazy_gettext("First day"),
    "ends_on": lazy_gettext("Last day"),
    "day_starts_at": lazy_gettext("A day begins at"),
    "languages": lazy_gettext("Languages"),
    "format": lazy_gettext("Format"),
    "ordinal": lazy_gettext("Edition number"),
    "changeover_minutes": lazy_gettext("Changeover"),
    "organisers": lazy_gettext("Organisers"),
    "facts": lazy_gettext("Published figures"),
    "required_roles": lazy_gettext("Required roles"),
    "minutes": lazy_gettext("Length"),
    "reason": lazy_gettext("Reason"),
    "note": lazy_gettext("Note"),
    "announcement": lazy_gettext("Announcement"),
    "announced": lazy_gettext("Announced"),
    "mails": lazy_gettext("Mails drafted"),
    "dropped": lazy_gettext("Drafts dropped"),
    "brought_back": lazy_gettext("Release brought back"),
    "into": lazy_gettext("Merged into"),
    "points": lazy_gettext("Key learnings"),
    "public": lazy_gettext("Public"),
    "handed_in": lazy_gettext("Handed in"),
    "video": lazy_gettext("Film"),
    "videos": lazy_gettext("Film"),
    "thumbnail": lazy_gettext("Picture"),
    "session": lazy_gettext("Session"),
    "person": lazy_gettext("Person"),
    "use": lazy_gettext("What it is"),
    "publication": lazy_gettext("Public from"),
    "file": lazy_gettext("File"),
    "removed": lazy_gettext("Removed version"),
}
_INSTANTS = frozenset({"starts_at", "ends_at"})
_DATES = frozenset({"starts_on", "ends_on"})
_ENUMS: dict[str, type[StrEnum]] = {"status": SessionStatus, "format": EventFormat, **IN_HISTORY}
# What is long, or says nothing to a reader: that it is another one is enough.
_ONLY_CHANGED = frozenset({"facts", "logo", "photo", "thumbnail"})


@dataclass(frozen=True, slots=True)
class Row:
    """One field before and after; an empty text means that there was or is none. `language` is that of the texts."""

    field: str
    before: str
    after: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Naming:
    """How things are called at present, by key, and the event's zone."""

    zone: str
    sessions: Mapping[str, Translated] = field(default_factory=dict)
    venues: Mapping[str, Translated] = field(default_factory=dict)
    tracks: Mapping[str, Translated] = field(default_factory=dict)
    organisations: Mapping[str, Translated] = field(default_factory=dict)
    people: Mapping[str, Translated] = field(default_factory=dict)

    def of(self, subject: Subject) -> Mapping[str, Translated]:
        """The names of one subject."""
        return {
            Subject.SESSION: self.sessions,
            Subject.RUN_SHEET: self.sessions,
            Subject.LEARNINGS: self.sessions,
            Subject.ARCHIVE: self.sessions,
            Subject.VENUE: self.venues,
            Subject.TRACK: self.tracks,
            Subject.ORGANISATION: self.organisations,
            Subject.PERSON: self.people,
        }.get(subject, {})


def title_of(entry: Past, naming: Naming) -> str:
    """What the entry is about, as it is called now, else as it was called then, else its key."""
    return title(entry.subject, entry.key, entry.after or entry.before or {}, naming)


def title(subject: Subject, key: str, said: Mapping[str, Any], naming: Naming) -> str:
    """As `title_of`, of something that said this."""
    if subject is Subject.KIND:
        return _word(SessionKind, key)
    if subject is Subject.RELEASE:
        return _("Release %(number)s", number=key)
    if subject is Subject.WARNING:
        if apart := said.get("apart"):
            of, *keys = apart
            names_of = naming.of(Subject(of))
            named = _(" – ").join(tr_text(names_of.get(key, Translated({}))) or key for key in keys)
            return _("Two entries, not one: %(names)s", names=named)
        plain = said.get("conflict")
        names = Names(naming.sessions, naming.people, naming.venues)
        return told(conflict_from_plain(plain), names, naming.zone) if plain else _("A conflict")
    written = said.get("title") or said.get("name")
    known = naming.of(subject).get(key)
    return tr_text(known or Translated(written if isinstance(written, dict) else {})) or key


def rows(entry: Past, naming: Naming) -> list[Row]:
    """What the entry changed, a row for each field; for texts a row for each language."""
    return [
        row
        for each in differences(entry.before, entry.after)
        if each.field not in {"conflict", "apart"}
        for row in field_rows(entry.subject, each.field, (each.before, each.after), naming)
    ]


def field_rows(subject: Subject, name: str, values: tuple[Any, Any], naming: Naming) -> Iterator[Row]:
    """One field of something, in words."""
    before, after = values
    called = str(FIELDS.get(name, name))
    if _is_translated(before) or _is_translated(after):
        old, new = before or {}, after or {}
        for language in sorted({*old, *new}):
            if old.get(language, "") != new.get(language, ""):
                heading = f"{called} ({LANGUAGE_NAMES.get(language, language)})"
                yield Row(heading, old.get(language, ""), new.get(language, ""), language)
        return
    if name in _ONLY_CHANGED:
        yield Row(called, "", _("changed"))
        return
    if isinstance(before, list) or isinstance(after, list):
        yield Row(called, *_lines(_told_list(name, before, naming), _told_list(name, after, naming)))
        return
    yield Row(called, *(_told(subject, name, value, naming) for value in values))


def _is_translated(value: Any) -> bool:
    return isinstance(value, dict) and bool(value) and all(isinstance(text, str) for text in value.values())


def _lines(before: list[str], after: list[str]) -> tuple[str, str]:
    """The entries of a list that went and those that came; all of them where only their order is another one."""
    gone = [line for line in before if line not in after]
    come = [line for line in after if line not in before]
    if not gone and not come:
        gone, come = before, after
    return "\n".join(gone), "\n".join(come)


def _told_list(name: str, values: Iterable[Any] | None, naming: Naming) -> list[str]:
    tellers: dict[str, Callable[[Any], str]] = {
        "people": lambda role: _role(role, naming),
        "links": _link,
        "consents": _consent,
        "organisers": lambda o: _("%(role)s: %(name)s", role=_word(OrganiserRole, o["role"]),
                                  name=tr_text(Translated(o["name"]))),
        "required_roles": lambda role: _word(RoleKind, role),
        "points": lambda point: tr_text(Translated(point)),
        "public": lambda point: tr_text(Translated(point)),
        "languages": lambda tag: LANGUAGE_NAMES.get(tag, tag),
        "availabilities": lambda span: " – ".join(_moment(text, naming.zone) for text in span),
    }  # fmt: skip
    tell = tellers.get(name, str)
    return [tell(value) for value in values or ()]


def _role(plain: Mapping[str, Any], naming: Naming) -> str:
    person = tr_text(naming.people.get(plain["person"], Translated())) or plain["person"]
    more = [
        "" if not plain["title"] else _("“%(title)s”", title=tr_text(Translated(plain["title"]))),
        "" if plain["minutes"] is None else duration(plain["minutes"]),
        "" if plain["state"] == RoleState.CONFIRMED else _word(RoleState, plain["state"]),
    ]
    said = _("%(role)s: %(name)s", role=_word(RoleKind, plain["role"]), name=person)
    return _(", ").join([said, *(part for part in more if part)])


def _link(plain: Mapping[str, Any]) -> str:
    kind = _link_kind(plain.get("kind", LinkKind.LINK))
    return " ".join(part for part in (plain["title"], plain["url"], kind) if part)


def _consent(plain: Mapping[str, Any]) -> str:
    answer = _("Yes") if plain["given"] else _("No")
    return _("%(question)s: %(answer)s", question=_word(ProfileConsent, plain["kind"]), answer=answer)


def _link_kind(text: str) -> str:
    return "" if text == LinkKind.LINK else f"({_word(LinkKind, text)})"


def _told(subject: Subject, name: str, value: Any, naming: Naming) -> str:
    if value is None or value in ("", {}, []):
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    referred = {
        "venue": naming.venues,
        "track": naming.tracks,
        "organiser": naming.organisations,
        "session": naming.sessions,
        "person": naming.people,
        "into": naming.of(subject),
    }
    if name in referred:
        return tr_text(referred[name].get(value, Translated())) or str(value)
    if name == "kind":
        return _word(VenueKind if subject is Subject.VENUE else SessionKind, value)
    if name == "proposal":
        return _word(ProposalState, value)
    if name in _ENUMS:
        return _word(_ENUMS[name], value)
    if name in _INSTANTS:
        return _moment(value, naming.zone)
    if name in _DATES:
        return long_date(date.fromisoformat(value), page_language())
    if name == "language":
        return language_name(value, page_language())
    if name == "country":
        return countries.name(value, page_language())
    if name in {"minutes", "changeover_minutes"}:
        return ngettext("%(num)d minute", "%(num)d minutes", value)
    return str(value)


def _word(kind: type[StrEnum], value: str) -> str:
    """The label of the word; itself where it is none of today's."""
    return label(kind(value)) if value in list(kind) else value


def _moment(text: str, zone_name: str) -> str:
    local = clock.in_zone(clock.from_text(text), zone_name)
    return f"{short_date(local.date(), page_language())} {clock_time(local)}"
