"""A programme as a file of our own format, in YAML or, with the same keys, in JSON: docs/programme-format.md.

What a reader of the file would take for granted is not written. Times are wall-clock times in the event's zone, with
their offset where the clocks show the same time twice.
"""

import json
from datetime import datetime
from typing import Any

import yaml

from galerio_events import clock
from galerio_events.events.domain import EventFormat
from galerio_events.programme.domain import LinkKind, RoleState, SessionStatus
from galerio_events.programme.domain.rules import session_uid
from galerio_events.programme.domain.values import LinkValue, RoleValue
from galerio_events.programme.domain.whole import WholeEvent, WholeProgramme, WholeSession, WholeVenue

_UNLIMITED = "unlimited"


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Writes equal things out as often as they are there, and texts of several lines as such."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: Any, text: str) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def to_yaml(programme: WholeProgramme) -> bytes:
    """The programme file in YAML; equal programmes give equal bytes."""
    written: str = yaml.dump(
        plain(programme), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100, default_flow_style=False
    )
    return written.encode("utf-8", "replace")


def to_json(programme: WholeProgramme) -> bytes:
    """The programme file in JSON; equal programmes give equal bytes."""
    return (json.dumps(plain(programme), ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")


def plain(programme: WholeProgramme) -> dict[str, Any]:
    """The programme with the keys of the format."""
    zone, slug = programme.event.timezone, programme.event.slug
    return _said(
        edition=_event(programme.event),
        venues=[_venue(venue) for venue in programme.venues],
        tracks=[_said(key=t.key, name=dict(t.name), colour=t.colour) for t in programme.tracks],
        organisations=[_said(key=o.key, name=dict(o.name)) for o in programme.organisations],
        people={
            p.key: _said(
                name=dict(p.name), affiliation=dict(p.affiliation), bio=dict(p.bio), country=p.country
            )
            for p in programme.people
        },
        sessions=[_session(session, zone, slug, public=programme.public) for session in programme.sessions],
        **programme.event.facts,
    )  # fmt: skip


def _event(event: WholeEvent) -> dict[str, Any]:
    return _said(
        slug=event.slug,
        ordinal=event.ordinal,
        title=dict(event.title),
        theme=dict(event.theme),
        timezone=event.timezone,
        starts_on=event.starts_on.isoformat(),
        ends_on=event.ends_on.isoformat(),
        day_starts_at=_unless(event.day_starts_at.isoformat("minutes"), "00:00"),
        languages=list(event.languages) if event.languages != ("ja", "en") else None,
        format=_unless(event.format.value, EventFormat.ONLINE.value),
        changeover_minutes=event.changeover_minutes or None,
        organisers=[_said(role=o.role.value, name=dict(o.name), url=o.url) for o in event.organisers],
    )


def _venue(venue: WholeVenue) -> dict[str, Any]:
    return _said(
        key=venue.key,
        kind=venue.kind.value,
        name=dict(venue.name),
        capacity=venue.capacity,
        url=venue.url,
        join_address=venue.join_address,
        opens_at=None if venue.opens_at is None else venue.opens_at.isoformat("minutes"),
        closes_at=None if venue.closes_at is None else venue.closes_at.isoformat("minutes"),
    )


def _session(session: WholeSession, zone: str, slug: str, *, public: bool) -> dict[str, Any]:
    v = session.values
    capacity: int | str | None = _UNLIMITED if v.capacity is None else v.capacity
    return _said(
        key=session.key,
        uid=_unless(session.uid, session_uid(slug, session.key)),
        kind=v.kind.value,
        starts_at=wall_time(v.starts_at, zone),
        ends_at=wall_time(v.ends_at, zone),
        title=dict(v.title),
        summary=dict(v.summary),
        abstract=dict(v.abstract),
        venue=v.venue,
        track=v.track,
        organiser=v.organiser,
        language=v.language,
        people=[_role(role) for role in v.people],
        links=[_link(link) for link in v.links],
        capacity=None if public else capacity,
        needs_interpreter=v.needs_interpreter or None,
        status=_unless(v.status.value, SessionStatus.TENTATIVE.value),
        scheduled=None if v.scheduled else False,
        locked=v.locked or None,
    )


def _role(role: RoleValue) -> dict[str, Any]:
    return _said(
        role=role.role.value,
        person=role.person,
        title=dict(role.title),
        minutes=role.minutes,
        state=_unless(role.state.value, RoleState.CONFIRMED.value),
    )


def _link(link: LinkValue) -> dict[str, Any]:
    return _said(url=link.url, title=link.title, kind=_unless(link.kind.value, LinkKind.LINK.value))


def wall_time(moment: datetime, zone: str, separator: str = "T") -> str:
    """`2022-11-25T13:00`: the time on the clocks of that zone, with its offset where they show it twice."""
    local = clock.in_zone(moment, zone)
    shown = local if clock.happens_twice(local) else local.replace(tzinfo=None)
    return shown.isoformat(separator, "minutes")


def _unless(value: str, usual: str) -> str | None:
    return None if value == usual else value


def _said(**values: Any) -> dict[str, Any]:
    """The values that say something."""
    return {name: value for name, value in values.items() if value not in (None, "", {}, [])}
