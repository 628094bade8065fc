"""Sessions as plain JSON, as the history keeps them."""

from collections.abc import Mapping
from typing import Any

from galerio_events import clock
from galerio_events.programme.domain import LinkKind, RoleKind, RoleState, SessionKind, SessionStatus
from galerio_events.programme.domain.values import LinkValue, RoleValue, SessionValues
from galerio_events.translated import Translated


def session_to_plain(values: SessionValues) -> dict[str, Any]:
    """The session in JSON: instants as RFC 3339 in UTC, enums as their values, texts by language."""
    return {
        "kind": values.kind.value,
        "starts_at": clock.to_text(values.starts_at),
        "ends_at": clock.to_text(values.ends_at),
        "title": dict(values.title),
        "summary": dict(values.summary),
        "abstract": dict(values.abstract),
        "venue": values.venue,
        "track": values.track,
        "organiser": values.organiser,
        "people": [
            {
                "role": role.role.value,
                "person": role.person,
                "title": dict(role.title),
                "minutes": role.minutes,
                "state": role.state.value,
            }
            for role in values.people
        ],
        "capacity": values.capacity,
        "scheduled": values.scheduled,
        "locked": values.locked,
        "status": values.status.value,
        "language": values.language,
        "needs_interpreter": values.needs_interpreter,
        "links": links_to_plain(values.links),
    }


def session_from_plain(plain: Mapping[str, Any]) -> SessionValues:
    """The session that `session_to_plain` wrote."""
    return SessionValues(
        kind=SessionKind(plain["kind"]),
        starts_at=clock.from_text(plain["starts_at"]),
        ends_at=clock.from_text(plain["ends_at"]),
        title=Translated(plain["title"]),
        summary=Translated(plain["summary"]),
        abstract=Translated(plain["abstract"]),
        venue=plain["venue"],
        track=plain["track"],
        organiser=plain["organiser"],
        people=tuple(
            RoleValue(RoleKind(r["role"]), r["person"], Translated(r["title"]), r["minutes"], RoleState(r["state"]))
            for r in plain["people"]
        ),
        capacity=plain["capacity"],
        scheduled=plain["scheduled"],
        locked=plain["locked"],
        status=SessionStatus(plain["status"]),
        language=plain["language"],
        needs_interpreter=plain["needs_interpreter"],
        links=links_from_plain(plain["links"]),
    )


def links_to_plain(links: tuple[LinkValue, ...]) -> list[dict[str, Any]]:
    """The links in JSON."""
    return [{"url": link.url, "title": link.title, "kind": link.kind.value} for link in links]


def links_from_plain(plain: list[dict[str, Any]]) -> tuple[LinkValue, ...]:
    """The links that `links_to_plain` wrote."""
    return tuple(LinkValue(link["url"], link["title"], LinkKind(link["kind"])) for link in plain)
