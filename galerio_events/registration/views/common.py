"""What the pages of registration share."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from time import time
from typing import Any

from flask import current_app, request
from flask_babel import gettext as _
from limits import RateLimitItem, parse_many
from markupsafe import Markup
from sqlalchemy.orm import Session

from galerio_events import clock, countries
from galerio_events.extensions import limiter
from galerio_events.registration import queries
from galerio_events.registration.domain import Edition, Places, Terms, choosable
from galerio_events.releases import queries as releases
from galerio_events.releases.domain.document import PublishedSession
from galerio_events.text import fold
from galerio_events.web import times
from galerio_events.web.client import client_address
from galerio_events.web.guards import load_event
from galerio_events.web.published import newest_pointer


@dataclass(frozen=True, slots=True)
class Offer:
    """A session as the form shows it."""

    key: str
    session: PublishedSession
    hours: str
    # The date on which it ends, where that is another one.
    ends_note: str
    full: bool


@dataclass(frozen=True, slots=True)
class Day:
    """The sessions that begin on one date of the reader's clock."""

    date: str
    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class Allowance:
    """How often the client's network address may do something, by the setting of that name.

    It is counted where Flask-Limiter counts, whose decorators do a lot that a form of which thousands arrive at once
    needs none of.
    """

    setting: str

    def left(self) -> int:
        """For how many seconds the client has to wait; 0 where nothing is used up."""
        return self._wait([item for item in self._limits() if not limiter.limiter.test(item, *self._whose())])

    def use(self) -> int:
        """Count one time, and say the same of it."""
        return self._wait([item for item in self._limits() if not limiter.limiter.hit(item, *self._whose())])

    def _limits(self) -> tuple[RateLimitItem, ...]:
        return _limits(str(current_app.config[self.setting])) if current_app.config["RATELIMIT_ENABLED"] else ()

    def _whose(self) -> tuple[str, str]:
        return self.setting, client_address()

    def _wait(self, used_up: list[RateLimitItem]) -> int:
        ends = [limiter.limiter.get_window_stats(item, *self._whose()).reset_time for item in used_up]
        return max(1, int(max(ends)) - int(time())) if ends else 0


@lru_cache(maxsize=8)
def _limits(text: str) -> tuple[RateLimitItem, ...]:
    return tuple(parse_many(text))


def edition_of(db_session: Session, slug: str) -> Edition:
    """The event of that slug as it is published, else as it is planned; 404 where there is none."""
    pointer = newest_pointer(slug)
    if pointer is None:
        event = load_event(slug)
        planned = (event.starts_on, event.ends_on)
        announced = queries.has_intake(db_session, event.id)
        return Edition(event.id, event.slug, event.title, event.timezone, planned=planned, announced=announced)
    programme = releases.programme_of(db_session, pointer)
    return Edition(pointer.event_id, slug, programme.event.title, programme.event.timezone, programme)


def shown_event(edition: Edition) -> Any:
    """What the layout takes the event's name, navigation and organisers from; None where nobody is to know them yet."""
    if not edition.announced:
        return None
    return edition.programme.event if edition.programme else load_event(edition.slug)


def zone_of(edition: Edition) -> str:
    """The zone that `?tz=` asks for, else the event's own; also for one that does not exist, so that whoever is about
    to register, or looks after a registration, is not sent away for it."""
    wanted = request.args.get("tz", "")
    try:
        return clock.zone_name(wanted) if wanted else edition.timezone
    except clock.UnknownZone:
        return edition.timezone


def expired_notice() -> str:
    """What to say above a form that came with a token that is not good any more, or without the cookie."""
    if not request.cookies.get(current_app.config["SESSION_COOKIE_NAME"]):
        return _(
            "Your browser sent no cookie with the form. The form needs one, for its protection only. "
            "Please allow cookies for this site and press the button again; what you entered is still here."
        )
    return _("This page was open for a long time. What you entered is still here: please press the button again.")


def secret_key() -> str:
    """What private links are made with."""
    return str(current_app.config["SECRET_KEY"])


def terms(language: str) -> Terms:
    """The privacy notice in force, as readers of that language see it."""
    return Terms(str(current_app.config["PRIVACY_NOTICE_VERSION"]), language)


def days(
    edition: Edition,
    places: Collection[Places],
    *,
    zone_name: str,
    language: str,
    held: Collection[str] = (),
) -> tuple[Day, ...]:
    """The sessions of the form by day of the reader's clock; a session that the reader holds is not full for them."""
    full = {place.key for place in places if place.full} - set(held)
    found: dict[str, list[Offer]] = {}
    for session in choosable(edition.programme):
        begins = clock.in_zone(session.starts_at, zone_name)
        ends = clock.in_zone(session.ends_at, zone_name)
        hours = "–".join(times.clock_times(begins, ends))
        last = "" if begins.date() == ends.date() else times.short_date(ends.date(), language)
        note = _("ends %(date)s", date=last) if last else ""
        offer = Offer(session.key, session, hours, note, session.key in full)
        found.setdefault(times.long_date(begins.date(), language), []).append(offer)
    return tuple(Day(date, tuple(offers)) for date, offers in found.items())


@lru_cache(maxsize=4)
def _options(language: str) -> tuple[tuple[str, Markup, Markup], ...]:
    other = "en" if language == "ja" else "ja"
    made = []
    for code, name in countries.choices(language):
        there = countries.name(code, other)
        also = dict.fromkeys([code, there, *countries.spellings(code), fold(name), fold(there)])
        also.pop(name, None)
        head = Markup('<option value="{}" data-spellings="{}"').format(code, " ".join(also))
        made.append((code, head, Markup(">{}</option>").format(name)))
    return tuple(made)


@lru_cache(maxsize=1024)
def country_options(language: str, chosen: str) -> Markup:
    """The options of a select of countries and regions, with other spellings for the search box to find."""
    selected = Markup(" selected")
    return Markup("\n").join(
        head + (selected if code == chosen else Markup()) + tail for code, head, tail in _options(language)
    )
