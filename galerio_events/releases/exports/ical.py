"""A published programme as iCalendar (RFC 5545, RFC 7986): feeds, single sessions and selections.

The bytes depend on the arguments alone, so two downloads are identical. Within a calendar, DTSTAMP and LAST-MODIFIED
say when a session was released in its present form, and SEQUENCE how many releases changed it. A session that went
away stays, as STATUS:CANCELLED. VEVENTs are kept in memory by all that they are made of: after a release that moved one
session, only that one is written anew.
"""

from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from threading import Lock
from urllib.parse import quote

from galerio_events import clock
from galerio_events.events.domain import OrganiserRole, VenueKind
from galerio_events.programme.domain import RoleKind
from galerio_events.releases.domain.document import PublishedProgramme, PublishedSession
from galerio_events.releases.exports import contentlines as lines
from galerio_events.releases.exports.timezones import vtimezone
from galerio_events.translated import Translated

# How often a calendar program is asked to look again.
REFRESH = "PT1H"

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
_FEATURES = {VenueKind.WEBINAR: "AUDIO,VIDEO", VenueKind.METAVERSE: "AUDIO,VIDEO,CHAT"}
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
    organizer: str
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
            tag="\n".join((event.slug, event.timezone, language, *event.languages, base_url, organizer)),
        )


def _organizer(programme: PublishedProgramme, language: str, base_url: str, organiser_address: str) -> str:
    event = programme.event
    hosts = [o for o in event.organisers if o.role is OrganiserRole.HOST]
    name = (hosts[0].name if hosts else event.title).text(language, event.languages)
    mailbox = parseaddr(organiser_address)[1]
    if "@" in mailbox:
        address = "mailto:" + quote(mailbox, safe="@!$&'*+-./=?^_`{|}~", errors="ignore")
    else:
        address = f"{base_url}/{quote(event.slug)}"
    return f"ORGANIZER;CN={lines.parameter(name)}:{address}"


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
    head = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//galerio-events//Programme calendar//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{lines.text(name)}",
        f"X-WR-CALNAME:{lines.text(name)}",
        f"X-WR-TIMEZONE:{event.timezone}",
        f"LAST-MODIFIED:{lines.utc(programme.released_at)}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}",
        f"X-PUBLISHED-TTL:{REFRESH}",
        f"URL:{setting.base_url}/{quote(setting.language)}/{quote(event.slug)}/programme",
    ]
    if source:
        head.append(f"SOURCE;VALUE=URI:{source}")
    return b"".join(
        [
            lines.folded(head),
            vtimezone(event.timezone, min(years), max(years)),
            *[_vevents.get(parts.of(session), setting, parts, session) for session in sessions],
            b"END:VCALENDAR\r\n",
        ]
    )


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
    """Drop the VEVENTs kept in memory."""
    _vevents.clear()


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
    changed = lines.utc(session.released_at or parts.released_at)
    event_url = f"{setting.base_url}/{quote(setting.language)}/{quote(setting.slug)}"
    url = f"{event_url}/sessions/{quote(session.key, errors='ignore')}"
    out = [
        "BEGIN:VEVENT",
        f"UID:{lines.text(session.uid)}",
        f"DTSTAMP:{changed}",
        f"LAST-MODIFIED:{changed}",
        f"SEQUENCE:{session.sequence}",
        f"STATUS:{'CANCELLED' if session.cancelled else 'CONFIRMED'}",
        _moment("DTSTART", session, setting, end=False),
        _moment("DTEND", session, setting, end=True),
        _said("SUMMARY", session.title, setting),
        f"DESCRIPTION:{lines.text(_description(parts, session, setting, url))}",
    ]
    venue = parts.venues.get(session.venue or "")
    if venue is not None:
        out.append(_said("LOCATION", venue.name, setting))
        address = lines.uri(venue.url or "")
        if address and venue.kind in _FEATURES:
            label = lines.parameter(venue.name.text(setting.language, setting.languages))
            out.append(f"CONFERENCE;VALUE=URI;FEATURE={_FEATURES[venue.kind]};LABEL={label}:{address}")
    track = parts.tracks.get(session.track or "")
    if track is not None:
        out.append(_said("CATEGORIES", track.name, setting))
    out += [f"URL:{url}", setting.organizer, "END:VEVENT"]
    return lines.folded(out)


def _moment(name: str, session: PublishedSession, setting: _Setting, *, end: bool) -> str:
    moment = session.ends_at if end else session.starts_at
    local = clock.in_zone(moment, setting.zone)
    # A wall-clock time that happens twice means its first passing (3.3.5), but not every reader knows; UTC is plain.
    if local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset():
        return f"{name}:{lines.utc(moment)}"
    return f"{name};TZID={setting.zone}:{lines.wall(local)}"


def _said(name: str, value: Translated, setting: _Setting) -> str:
    shown = value.shown(setting.language, setting.languages)
    tag = f";LANGUAGE={shown.language}" if shown.language not in {setting.language, ""} else ""
    return f"{name}{tag}:{lines.text(shown.text)}"


def _description(parts: _Parts, session: PublishedSession, setting: _Setting, url: str) -> str:
    def words(value: Translated) -> str:
        return value.text(setting.language, setting.languages)

    japanese = setting.language == "ja"
    colon, around = ("：", "（{}）") if japanese else (": ", " ({})")
    people = []
    for role in session.people:
        person = parts.people.get(role.person)
        if person is not None:
            affiliation = words(person.affiliation)
            of = around.format(affiliation) if affiliation else ""
            people.append(f"{words(ROLE_NAMES[role.role])}{colon}{words(person.name)}{of}")
    organiser = parts.organisations.get(session.organiser or "")
    if organiser is not None:
        people.append(f"{words(_ORGANISED_BY)}{colon}{words(organiser.name)}")
    paragraphs = [words(session.summary), words(session.abstract), "\n".join(people), url]
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)
