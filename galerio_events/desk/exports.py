"""Somebody's own slots as a calendar that is polled (RFC 5545, RFC 7986), of however many events.

When and where a session is held comes from the newest release, and whose it is from the draft. As in the programme's
calendars UID is the session's, DTSTAMP and LAST-MODIFIED say when it came to be as it is, and a slot that was taken
away stays as STATUS:CANCELLED. SEQUENCE counts the releases that changed the session and the changes of the part in it.
The bytes depend on the arguments alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from icalendar import Calendar, Event, vDuration, vInt, vText, vUri

from galerio_events.desk.domain import Part, Standing
from galerio_events.programme.domain import RoleKind
from galerio_events.releases.domain.document import PublishedProgramme, PublishedSession
from galerio_events.releases.exports import ical, values
from galerio_events.releases.exports.timezones import vtimezone
from galerio_events.translated import Translated

_NAME = Translated({"ja": "自分の担当セッション", "en": "My conference sessions"})
_DESK = Translated({"ja": "担当ページ：", "en": "Your desk: "})
_STATUS = {Standing.OUT: "CANCELLED", Standing.INVITED: "TENTATIVE", Standing.CONFIRMED: "CONFIRMED"}


@dataclass(frozen=True, slots=True)
class OwnSlot:
    """A session of a release, somebody's part in it, and the roles that it consists of."""

    programme: PublishedProgramme
    session: PublishedSession
    part: Part
    roles: tuple[RoleKind, ...]

    @property
    def changed_at(self) -> datetime:
        """When it came to be as it is now."""
        released = self.session.released_at or self.programme.released_at
        return max(released, self.part.since or released)


def calendar(slots: Sequence[OwnSlot], *, language: str, base_url: str, made_at: datetime, source: str) -> bytes:
    """The slots as one calendar, in the order given. `made_at` is when the calendar's address was made, and `source`
    that address; `base_url` is the public address of the site without a slash at its end."""
    made = Calendar()
    made["VERSION"] = vText("2.0")
    made["PRODID"] = vText("-//galerio-events//Own slots//EN")
    made["CALSCALE"] = vText("GREGORIAN")
    made["METHOD"] = vText("PUBLISH")
    made["NAME"] = made["X-WR-CALNAME"] = values.text(_NAME.text(language))
    made["LAST-MODIFIED"] = values.instant(max((slot.changed_at for slot in slots), default=made_at))
    made["REFRESH-INTERVAL"] = vDuration(ical.REFRESH, params={"VALUE": "DURATION"})
    made["X-PUBLISHED-TTL"] = vDuration(ical.REFRESH)
    made["URL"] = vUri(f"{base_url}/{quote(language)}/desk")
    made["SOURCE"] = vUri(source, params={"VALUE": "URI"})
    zones: dict[str, set[int]] = {}
    for slot in slots:
        years = zones.setdefault(slot.programme.event.timezone, set())
        years.update((slot.session.starts_at.year, slot.session.ends_at.year))
    for zone, years in sorted(zones.items()):
        made.add_component(vtimezone(zone, min(years), max(years)))
    for slot in slots:
        made.add_component(_vevent(slot, language, base_url))
    octets: bytes = made.to_ical(sorted=False)
    return octets


def _vevent(slot: OwnSlot, language: str, base_url: str) -> Event:
    event, session = slot.programme.event, slot.session
    cancelled = session.cancelled or slot.part.standing is Standing.OUT
    desk = f"{base_url}/{quote(language)}/desk/{quote(event.slug)}/sessions/{quote(session.key)}"
    made = Event()
    made["UID"] = values.text(session.uid)
    made["DTSTAMP"] = made["LAST-MODIFIED"] = values.instant(slot.changed_at)
    made["SEQUENCE"] = vInt(session.sequence + slot.part.changes)
    made["STATUS"] = vText("CANCELLED" if cancelled else _STATUS[slot.part.standing])
    made["DTSTART"] = values.wall_clock(session.starts_at, event.timezone)
    made["DTEND"] = values.wall_clock(session.ends_at, event.timezone)
    title = session.title.text(language, event.languages)
    roles = "・" if language == "ja" else ", "
    said = roles.join(ical.ROLE_NAMES[role].text(language) for role in slot.roles)
    around = "{title}（{roles}）" if language == "ja" else "{title} ({roles})"
    made["SUMMARY"] = values.text(around.format(title=title, roles=said) if said else title)
    about = [event.title.text(language, event.languages)]
    if not cancelled:
        about.append(f"{_DESK.text(language)}{desk}")
    made["DESCRIPTION"] = values.text("\n".join(about))
    venue = next((one for one in slot.programme.venues if one.key == session.venue), None)
    if venue is not None:
        made["LOCATION"] = values.text(venue.name.text(language, event.languages))
    made["URL"] = vUri(desk)
    return made
