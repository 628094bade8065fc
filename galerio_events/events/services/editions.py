"""Adding an event."""

from datetime import date

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from galerio_events import clock
from galerio_events.errors import ChangeConflict, Conflict, DomainError
from galerio_events.events.domain import SlugProblem, slug_problem
from galerio_events.events.domain.settings import MOST_DAYS, YEARS, EventSettings, SettingProblem, event_problems
from galerio_events.events.models import Event
from galerio_events.translated import Translated


class EventRefused(DomainError):
    """An event that cannot be added; the text says why."""


def add_event(db_session: Session, slug: str, *, zone: str, starts_on: date, ends_on: date) -> Event:
    """A new event, without a programme; its title is its slug until somebody gives it one.

    Raises `EventRefused`, or `ChangeConflict(ALREADY_DONE)` where the slug is in use.
    """
    problem = slug_problem(slug)
    if problem is SlugProblem.RESERVED and len(slug) == 2:
        raise EventRefused(
            f"{slug!r} cannot name an event: two letters are the tag of a language; use three or more characters"
        )
    if problem is SlugProblem.RESERVED:
        raise EventRefused(f"{slug!r} is a word of our own addresses and cannot name an event")
    if problem:
        raise EventRefused(f"{slug!r} cannot be an address: use lower-case letters, digits and single hyphens")
    if zone not in clock.zone_names():
        raise EventRefused(f"{zone!r} is not an IANA time zone, such as Asia/Tokyo")
    if ends_on < starts_on:
        raise EventRefused("the event ends before it starts")
    title = Translated({"en": slug})
    found = event_problems(EventSettings(title, zone, starts_on, ends_on))
    if SettingProblem.TOO_MANY_DAYS in found:
        raise EventRefused(f"the event lasts more than {MOST_DAYS} days")
    if found:
        raise EventRefused(f"the event is not in the years {YEARS[0]} to {YEARS[-1]}")
    event = Event(slug=slug, title=title, timezone=zone, starts_on=starts_on, ends_on=ends_on)
    try:
        with db_session.begin_nested():
            db_session.add(event)
    except IntegrityError:
        raise ChangeConflict(Conflict.ALREADY_DONE) from None
    return event
