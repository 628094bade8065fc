"""A published programme as iCalendar (RFC 5545, RFC 7986): feeds, single sessions and selections.

The bytes depend on the arguments alone, so two downloads are identical. Within a calendar, DTSTAMP and LAST-MODIFIED
say when a session was released in its present form, and SEQUENCE how many releases changed it. A session that went
away stays, as STATUS:CANCELLED. VEVENTs are kept in memory by all that they are made of: after a release that moved one
session, only that one is written anew.

The grammar is icalendar's. VCALENDAR and VTIMEZONE are its components; the lines of a VEVENT are made from its value
types one by one, and those that are the same in many sessions (venue, track, times) only once: an `Event` component
for each session takes more than half as long again (docs/adr/0008).
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr
from functools import lru_cache
from threading import Lock
from typing import Any
from urllib.parse import quote

from icalendar import Calendar, vCalAddress, vDuration, vInt, vText, vUri
from icalendar.parser import Contentline

from galerio_events.events.domain import OrganiserRole, VenueKind
from galerio_events.programme.domain import RoleKind
from galerio_events.releases.domain.document import PublishedProgramme, PublishedSession
from galerio_events.releases.exports import values
from galerio_events.releases.exports.timezones import vtimezone
from galerio_events.translated import Translated

# How often a calendar program is asked to look again.
REFRESH = timedelta(hours=1)

ROLE_NAMES = {
    RoleKind.MODERATOR: Translated({"ja": "モデレーター", "en": "Moderator"}),
    RoleKind.KEYNOTE: Translated({"ja": "基調講演", "en": "Keynote speaker"}),
    RoleKind.PANELIST: Translated({"ja": "パネリスト", "en": "Panellist"}),
    RoleKind.SPEAKER: Translated({"ja": "登壇者", "en": "Speaker"}),
    RoleKind.REACTOR: Translated({"ja": "リアクター", "en": "Reactor"}),
    RoleKind.OPENING_REMARKS: Translated({"ja": "開会挨拶", "en": "Opening remarks"}),
    RoleKind.CLOSING_REMARKS: Translated({"ja": "閉会挨拶", "en": "Closing remarks"}),
    RoleKind.INTERPRETER: Translated({"ja": "通訳", "en": "Interpreter"}),
    RoleKind.MC: Translated({"ja": "司会", "en": "Master of ceremonies"}),
}
_ORGANISED_BY = Translated({"ja": "主催", "en": "Organised by"})
_FEATURES = {VenueKind.WEBINAR: ("AUDIO", "VIDEO"), VenueKind.METAVERSE: ("AUDIO", "VIDEO", "CHAT")}
_KEPT_OCTETS = 16 * 1024 * 1024


def feed(programme: PublishedProgramme, *, language: str, base_url: str, organiser_address: str = "") -> bytes:
    """The whole programme as a calendar that is polled, cancelled sessions among it.

    Texts are in `language` where there are any. `base_url` is the public address of the site, without a slash at its
    end. `organiser_address` is the sender of the event's mail (`ASCC <no-reply@example.org>`); without one, the
    ORGANIZER is the event's web address.
    """
    source = f"{base_url}/{quote(programme.event.slug)}/programme.ics?lang={quote(language)}"
    return _calendar(
        programme,
        programme.sessions,
        _Setting.of(programme, language, base_url, organiser_address),
        name=programme.event.title.text(language, programme.event.languages),
        source=source,
    )


def single(
    programme: PublishedProgramme, key: str, *, language: str, base_url: str, organiser_address: str = ""
) -> bytes:
    """One session as a calendar. Raises `LookupError` where the programme has no session of that key."""
    session = programme.session(key)
    if session is None:
        raise LookupError(key)
    source = f"{base_url}/{quote(programme.event.slug)}/sessions/{quote(key)}.ics?lang={quote(language)}"
    return _calendar(
        programme,
        (session,),
        _Setting.of(programme, language, base_url, organiser_address),
        name=session.title.text(language, programme.event.languages),
        source=source,
    )


def selection(
    programme: PublishedProgramme,
    keys: Collection[str],
    *,
    language: str,
    base_url: str,
    name: str,
    organiser_address: str = "",
    source: str = "",
) -> bytes:
    """The sessions of those keys, in programme order, as a calendar of that name; unknown keys are passed over.

    `source` is the address at which the calendar itself can be had again, where it may be told.
    """
    wanted = frozenset(keys)
    chosen = tuple(session for session in programme.sessions if session.key in wanted)
    setting = _Setting.of(programme, language, base_url, organiser_address)
    return _calendar(programme, chosen, setting, name=name, source=source)


@dataclass(frozen=True, slots=True)
class _Setting:
    """What all VEVENTs of one calendar share."""

    slug: str
    zone: str
    language: str
    languages: tuple[str, ...]
    base_url: str
    organizer: bytes
    tag: str

    @classmethod
    def of(cls, programme: PublishedProgramme, language: str, base_url: str, organiser_address: str) -> "_Setting":
        event = programme.event
        organizer = _organizer(programme, language, base_url, organiser_address)
        return cls(
            slug=event.slug,
            zone=event.timezone,
            language=language,
            languages=event.languages,
            base_url=base_url,
            organizer=organizer,
            tag="\n".join((event.slug, event.timezone, language, *event.languages, base_url, organizer.decode())),
        )


def _organizer(programme: PublishedProgramme, language: str, base_url: str, organiser_address: str) -> bytes:
    event = programme.event
    hosts = [o for o in event.organisers if o.role is OrganiserRole.HOST]
    name = (hosts[0].name if hosts else event.title).text(language, event.languages)
    mailbox = parseaddr(organiser_address)[1]
    if "@" in mailbox:
        address = "mailto:" + quote(mailbox, safe="@!$&'*+-./=?^_`{|}~", errors="ignore")
    else:
        address = f"{base_url}/{quote(event.slug)}"
    return _line("ORGANIZER", vCalAddress(address, params={"CN": values.one_line(name)}))


def _calendar(
    programme: PublishedProgramme,
    sessions: Sequence[PublishedSession],
    setting: _Setting,
    *,
    name: str,
    source: str,
) -> bytes:
    event = programme.event
    years = {event.starts_on.year, event.ends_on.year}
    years.update(moment.year for session in sessions for moment in (session.starts_at, session.ends_at))
    parts = _Parts(programme)
    calendar = Calendar()
    calendar["VERSION"] = vText("2.0")
    calendar["PRODID"] = vText("-//galerio-events//Programme calendar//EN")
    calendar["CALSCALE"] = vText("GREGORIAN")
    calendar["METHOD"] = vText("PUBLISH")
    calendar["NAME"] = calendar["X-WR-CALNAME"] = values.text(name)
    calendar["X-WR-TIMEZONE"] = vText(event.timezone)
    calendar["LAST-MODIFIED"] = values.instant(programme.released_at)
    calendar["REFRESH-INTERVAL"] = vDuration(REFRESH, params={"VALUE": "DURATION"})
    calendar["X-PUBLISHED-TTL"] = vDuration(REFRESH)
    calendar["URL"] = vUri(f"{setting.base_url}/{quote(setting.language)}/{quote(event.slug)}/programme")
    if source:
        calendar["SOURCE"] = vUri(source, params={"VALUE": "URI"})
    calendar.add_component(vtimezone(event.timezone, min(years), max(years)))
    begin, end, _ = calendar.to_ical(sorted=False).rpartition(b"END:VCALENDAR\r\n")
    vevents = [_vevents.get(parts.of(session), setting, parts, session) for session in sessions]
    return b"".join([begin, *vevents, end])


class _Vevents:
    """Written VEVENTs, one of each session and setting, with what they are made of; the least recently used go first.

    What they are made of is compared, not hashed: where the document's reader hands out the same objects again, that
    costs next to nothing.
    """

    def __init__(self, most_octets: int) -> None:
        self.most_octets = most_octets
        self.octets = 0
        self.written = 0
        self._kept: OrderedDict[tuple[str, str], tuple[tuple[object, ...], bytes]] = OrderedDict()
        self._lock = Lock()

    def get(self, made_of: tuple[object, ...], setting: _Setting, parts: "_Parts", session: PublishedSession) -> bytes:
        slot = (setting.tag, session.uid)
        with self._lock:
            found = self._kept.get(slot)
            if found is not None and found[0] == made_of:
                # The newer objects are kept: they are the ones that the next document will share.
                self._kept[slot] = (made_of, found[1])
                self._kept.move_to_end(slot)
                return found[1]
        made = _vevent(parts, session, setting)
        with self._lock:
            self.written += 1
            self._drop(slot)
            self._kept[slot] = (made_of, made)
            self.octets += len(made)
            while self.octets > self.most_octets:
                self._drop(next(iter(self._kept)))
        return made

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
            self.octets = self.written = 0

    def _drop(self, slot: tuple[str, str]) -> None:
        found = self._kept.pop(slot, None)
        if found is not None:
            self.octets -= len(found[1])


_vevents = _Vevents(_KEPT_OCTETS)


def forget() -> None:
    """Drop the VEVENTs and lines kept in memory."""
    _vevents.clear()
    _shared.cache_clear()


def written() -> int:
    """How many VEVENTs were written, and not taken from memory, since the last `forget`."""
    return _vevents.written


class _Parts:
    """What the sessions of a programme refer to, by key."""

    def __init__(self, programme: PublishedProgramme) -> None:
        self.released_at = programme.released_at
        self.people = programme.people
        self.venues = {venue.key: venue for venue in programme.venues}
        self.tracks = {track.key: track for track in programme.tracks}
        self.organisations = programme.organisations

    def of(self, session: PublishedSession) -> tuple[object, ...]:
        """All that the VEVENT of `session` is made of, but for the setting."""
        return (
            session,
            None if session.released_at else self.released_at,
            self.venues.get(session.venue or ""),
            self.tracks.get(session.track or ""),
            self.organisations.get(session.organiser or ""),
            *[self.people.get(role.person) for role in session.people],
        )


def _vevent(parts: _Parts, session: PublishedSession, setting: _Setting) -> bytes:
    changed = session.released_at or parts.released_at
    event_url = f"{setting.base_url}/{quote(setting.language)}/{quote(setting.slug)}"
    url = vUri(f"{event_url}/sessions/{quote(session.key, errors='ignore')}")
    lines = [
        b"BEGIN:VEVENT",
        _line("UID", values.text(session.uid)),
        _shared("DTSTAMP", values.instant, changed),
        _shared("LAST-MODIFIED", values.instant, changed),
        _shared("SEQUENCE", vInt, session.sequence),
        _shared("STATUS", vText, "CANCELLED" if session.cancelled else "CONFIRMED"),
        _shared("DTSTART", values.wall_clock, session.starts_at, setting.zone),
        _shared("DTEND", values.wall_clock, session.ends_at, setting.zone),
        _line("SUMMARY", values.text(*_said(session.title, setting))),
        _line("DESCRIPTION", values.text(_description(parts, session, setting, url))),
    ]
    venue = parts.venues.get(session.venue or "")
    if venue is not None:
        lines.append(_shared("LOCATION", values.text, *_said(venue.name, setting)))
        if venue.url and venue.kind in _FEATURES:
            label = venue.name.text(setting.language, setting.languages)
            address = values.web_address(venue.url)
            if address:
                lines.append(_shared("CONFERENCE", _conference, address, _FEATURES[venue.kind], label))
    track = parts.tracks.get(session.track or "")
    if track is not None:
        lines.append(_shared("CATEGORIES", values.text, *_said(track.name, setting)))
    lines += [_line("URL", url), setting.organizer, b"END:VEVENT", b""]
    return b"\r\n".join(lines)


def _line(name: str, value: Any) -> bytes:
    """The content line of a value of icalendar's, folded, without CR LF at its end."""
    line: bytes = Contentline.from_parts(name, value.params, value, sorted=False).to_ical()
    return line


@lru_cache(maxsize=4096)
def _shared(name: str, make: Callable[..., Any], *arguments: Any) -> bytes:
    """`_line` of the value that `make` makes, kept for the other sessions."""
    return _line(name, make(*arguments))


def _conference(address: str, features: tuple[str, ...], label: str) -> vUri:
    return vUri(address, params={"VALUE": "URI", "FEATURE": list(features), "LABEL": values.one_line(label)})


def _said(value: Translated, setting: _Setting) -> tuple[str, str]:
    """The text, and its language where that is not the calendar's."""
    shown = value.shown(setting.language, setting.languages)
    return shown.text, "" if shown.language == setting.language else shown.language


def _description(parts: _Parts, session: PublishedSession, setting: _Setting, url: str) -> str:
    def words(value: Translated) -> str:
        return value.text(setting.language, setting.languages)

    japanese = setting.language == "ja"
    colon, around, quoted = ("：", "（{}）", "「{}」") if japanese else (": ", " ({})", " – “{}”")
    people = []
    for role in session.people:
        person = parts.people.get(role.person)
        if person is not None:
            affiliation = words(person.affiliation)
            of = around.format(affiliation) if affiliation else ""
            talk = quoted.format(words(role.title)) if role.title else ""
            people.append(f"{words(ROLE_NAMES[role.role])}{colon}{words(person.name)}{of}{talk}")
    organiser = parts.organisations.get(session.organiser or "")
    if organiser is not None:
        people.append(f"{words(_ORGANISED_BY)}{colon}{words(organiser.name)}")
    paragraphs = [words(session.summary), words(session.abstract), "\n".join(people), url]
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)
