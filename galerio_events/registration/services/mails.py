"""The mails of a registration. Values hold nonces of private links, never tokens, and all that rendering needs."""

from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Any

from galerio_events import clock
from galerio_events.events.domain import OrganiserRole
from galerio_events.outbox.domain import Mail
from galerio_events.registration.domain import Edition

CONFIRMATION = "registration_confirmation"
KNOWN = "registration_known"
CHANGED = "registration_changed"
CANCELLED = "registration_cancelled"


def lines(edition: Edition, keys: Sequence[str]) -> list[dict[str, Any]]:
    """Title and time of these sessions, in programme order."""
    if edition.programme is None:
        return []
    wanted = frozenset(keys)
    return [
        {"title": dict(s.title), "starts_at": clock.to_text(s.starts_at), "ends_at": clock.to_text(s.ends_at)}
        for s in edition.programme.running
        if s.key in wanted
    ]


def dates(edition: Edition) -> list[str]:
    """Noon of the first and of the last day, as if both were in UTC: dates for filters that take instants."""
    if edition.dates is None:
        return []
    return [clock.to_text(datetime.combine(day, time(12), tzinfo=UTC)) for day in edition.dates]


def joinable(edition: Edition) -> bool:
    """Whether the public knows an address at which to take part."""
    return edition.programme is not None and any(venue.url for venue in edition.programme.venues)


def hosts(edition: Edition) -> list[dict[str, str]]:
    """The names of those who hold the event, for the end of the mail."""
    if edition.programme is None:
        return []
    return [dict(each.name) for each in edition.programme.event.organisers if each.role is OrganiserRole.HOST]


def mail(
    edition: Edition,
    kind: str,
    *,
    occasion: str,
    language: str,
    email: str,
    name: str,
    reference: str,
    sessions: Sequence[str] = (),
    **values: Any,
) -> Mail:
    """A mail of that kind; `occasion` is what it is sent about once, whatever happens."""
    return Mail(
        event_id=edition.event_id,
        kind=kind,
        language=language,
        recipient_email=email,
        recipient_name=name,
        values={
            "event": edition.slug,
            "event_title": dict(edition.title),
            "zone": edition.timezone,
            "name": name,
            "reference": reference,
            "release": None if edition.programme is None else edition.programme.number,
            "sessions": list(sessions),
            "lines": lines(edition, sessions),
            "dates": dates(edition),
            "joinable": joinable(edition),
            "hosts": hosts(edition),
            **values,
        },
        dedupe_key=f"{kind}:{occasion}",
    )
