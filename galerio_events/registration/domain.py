"""The rules of registration."""

import hashlib
import secrets
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from galerio_events import clock
from galerio_events.errors import DomainError
from galerio_events.programme.domain import SessionKind
from galerio_events.releases.domain.document import PublishedProgramme, PublishedSession
from galerio_events.text import email_key
from galerio_events.translated import Translated

NAME_LENGTH = 200
_SPEAKABLE = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class RegistrationState(StrEnum):
    ACTIVE = "active"
    CANCELLED = "cancelled"


class AffiliationKind(StrEnum):
    """Kinds of affiliation, in the order in which the statistics list them."""

    COMPANY = "company"
    LOCAL_GOVERNMENT = "local_government"
    NATIONAL_GOVERNMENT = "national_government"
    UNIVERSITY = "university"
    INTERNATIONAL_ORGANISATION = "international_organisation"
    NPO = "npo"
    FINANCE = "finance"
    MEDIA = "media"
    OTHER = "other"


class ConsentKind(StrEnum):
    PRIVACY_NOTICE = "privacy_notice"
    FUTURE_EVENTS = "future_events"
    SHARE_WITH_PARTNERS = "share_with_partners"


class LinkPurpose(StrEnum):
    """What a private link opens."""

    MANAGE = "manage"
    CALENDAR = "calendar"


class Refusal(StrEnum):
    """Why a registration cannot be accepted now. Everybody may be told any of these."""

    NOT_OPEN_YET = "not_open_yet"
    CLOSED = "closed"
    FULL = "full"
    SESSION_FULL = "session_full"
    SESSION_GONE = "session_gone"
    # Only whoever holds a private link is told so: that another active registration has the same address.
    ADDRESS_TAKEN = "address_taken"


class RegistrationRefused(DomainError):
    """The rules do not allow it now. `sessions` holds the keys that a refusal is about."""

    def __init__(self, reason: Refusal, sessions: tuple[str, ...] = ()) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.sessions = sessions


@dataclass(frozen=True, slots=True)
class Details:
    """What a registrant says, cleaned. `sessions` are keys; `consents` those that were given."""

    name: str
    email: str
    country: str
    affiliation_kind: AffiliationKind
    language: str
    reading: str = ""
    organisation: str = ""
    position: str = ""
    sessions: tuple[str, ...] = ()
    consents: frozenset[ConsentKind] = frozenset()


@dataclass(frozen=True, slots=True)
class Edition:
    """The event that people register for, as the public knows it."""

    event_id: int
    slug: str
    title: Translated
    timezone: str
    programme: PublishedProgramme | None = None
    # Where there is no programme yet: the first and the last day as planned.
    planned: tuple[date, date] | None = None
    # Before the first release the public knows of an event only where its organisers have opened the registration.
    announced: bool = True

    @property
    def dates(self) -> tuple[date, date] | None:
        """The first and the last day of the event."""
        if self.programme is None:
            return self.planned
        return self.programme.event.starts_on, self.programme.event.ends_on


@dataclass(frozen=True, slots=True)
class Terms:
    """Which version of the privacy notice a registrant read, and in which language."""

    version: str
    language: str


class Outcome(StrEnum):
    """What became of a registration form. Whoever sent it is told the same, whichever it was."""

    REGISTERED = "registered"
    # The same form, sent twice.
    REPEATED = "repeated"
    # There was a registration with that address already.
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Intake:
    """When and for how many an event takes registrations; an end of `closes_at` is exclusive."""

    opens_at: datetime | None = None
    closes_at: datetime | None = None
    capacity: int | None = None


@dataclass(frozen=True, slots=True)
class Places:
    """A session's places: `capacity` of None means no limit; `taken` is only counted where there is one."""

    key: str
    session_id: int
    capacity: int | None = None
    taken: int = 0

    @property
    def full(self) -> bool:
        return self.capacity is not None and self.taken >= self.capacity


def default_intake(ends_on: date, zone_name: str, day_starts_at: time = time(0)) -> Intake:
    """What holds for an event without an intake of its own: open until its last day ends, without limit."""
    midnight = datetime.combine(ends_on + timedelta(days=1), day_starts_at)
    try:
        return Intake(closes_at=clock.from_wall(midnight, zone_name))
    except clock.AmbiguousTime as twice:
        return Intake(closes_at=twice.later.astimezone(UTC))
    except clock.NonexistentTime:
        return Intake(closes_at=clock.from_wall(midnight + timedelta(hours=1), zone_name))


def refusal(intake: Intake, *, now: datetime, taken: int, announced: bool = True) -> Refusal | None:
    """Why a registration cannot be accepted now, or None. `taken` counts the active registrations; nobody registers
    for an event that is not `announced`."""
    if not announced:
        return Refusal.NOT_OPEN_YET
    if intake.opens_at is not None and now < intake.opens_at:
        return Refusal.NOT_OPEN_YET
    if intake.closes_at is not None and now >= intake.closes_at:
        return Refusal.CLOSED
    if intake.capacity is not None and taken >= intake.capacity:
        return Refusal.FULL
    return None


def session_refusal(
    wanted: Iterable[str], places: Sequence[Places], *, held: frozenset[str] = frozenset()
) -> tuple[Refusal, tuple[str, ...]] | None:
    """Why these sessions cannot be chosen, with the keys that are in the way, or None.

    `held` are the sessions that the registrant already has a place in.
    """
    known = {place.key: place for place in places}
    asked = [key for key in wanted if key not in held]
    if gone := tuple(key for key in asked if key not in known):
        return Refusal.SESSION_GONE, gone
    if full := tuple(key for key in asked if known[key].full):
        return Refusal.SESSION_FULL, full
    return None


def choosable(programme: PublishedProgramme | None) -> tuple[PublishedSession, ...]:
    """The sessions that a registrant can ask for: all that take place, but breaks."""
    if programme is None:
        return ()
    return tuple(s for s in programme.running if s.kind is not SessionKind.BREAK)


def calendar_keys(programme: PublishedProgramme, chosen: Iterable[str]) -> tuple[str, ...]:
    """The sessions of a registrant's calendar, in programme order: the chosen ones; the whole programme if none were.

    A session that was chosen and has gone since is among them, so that the calendar can say so.
    """
    wanted = frozenset(chosen)
    if not wanted:
        return tuple(s.key for s in programme.sessions)
    return tuple(s.key for s in programme.sessions if s.key in wanted)


# How often somebody who is registered is sent their link again because the form was sent once more.
REMINDER_PAUSE = timedelta(minutes=5)
REMINDERS_A_DAY = 5


def may_remind(sent: Sequence[datetime], *, now: datetime) -> bool:
    """Whether a further link may be mailed to an address. `sent` are the times of those mailed before, in any order."""
    recent = [at for at in sent if at > now - timedelta(days=1)]
    return len(recent) < REMINDERS_A_DAY and all(at <= now - REMINDER_PAUSE for at in recent)


def new_reference() -> str:
    """Eight characters that nobody confuses on the telephone: `K7TM-2XQD`; 40 random bits."""
    bits = secrets.randbits(40)
    drawn = "".join(_SPEAKABLE[bits >> shift & 31] for shift in range(0, 40, 5))
    return f"{drawn[:4]}-{drawn[4:]}"


def submission_key(form_key: str, email: str) -> str:
    """What the same form, sent twice for the same address, has in common: SHA-256, in hexadecimal.

    The address is part of it: who goes back, corrects the address and sends again, registers the corrected one.
    """
    return hashlib.sha256(f"{form_key}\n{email_key(email)}".encode()).hexdigest()


def has_substance(text: str) -> bool:
    """Whether there is anything to see in the text: a letter, a digit or a symbol (emoji are symbols)."""
    return any(unicodedata.category(c)[0] in "LNS" for c in text)
