"""A programme file of our own (YAML) in the form in which every file is taken in."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from galerio_events.programme.domain.incoming import FileKind, IncomingRole, ProgrammeFile, Thing
from galerio_events.programme.domain.values import EventValues, ParsedProgramme, RoleValue, SessionValues


def file_of(parsed: ParsedProgramme) -> ProgrammeFile:
    """All that the programme says; what it leaves open it does not mention."""

    def things(section: str, entries: Mapping[str, Any]) -> dict[str, Thing]:
        return {
            key: Thing(0, key, _said(parsed, section, key, _columns(values)), key=key, sure=True)
            for key, values in entries.items()
        }

    return ProgrammeFile(
        FileKind.YAML,
        event=_said(parsed, "edition", "", event_fields(parsed.event)),
        venues=things("venues", parsed.venues),
        tracks=things("tracks", parsed.tracks),
        organisations={
            key: Thing(0, key, {"name": name}, key=key, sure=True) for key, name in parsed.organisations.items()
        },
        people=things("people", parsed.people),
        sessions=tuple(
            Thing(
                0,
                key,
                _said(parsed, "sessions", key, _session(parsed, key, values)),
                key=key,
                uid=parsed.uids.get(key),
                sure=True,
            )
            for key, values in parsed.sessions.items()
        ),
        ordered=True,
        whole=True,
    )


def event_fields(event: EventValues) -> dict[str, Any]:
    """The event field by field, as it is stored."""
    values = _columns(event)
    del values["slug"]
    return values | {"facts": dict(event.facts)}


def _columns(values: Any) -> dict[str, Any]:
    return {f.name: getattr(values, f.name) for f in fields(values)}


def _said(parsed: ParsedProgramme, section: str, key: str, values: Mapping[str, Any]) -> dict[str, Any]:
    if not parsed.open:
        return dict(values)
    return {name: value for name, value in values.items() if (section, key, name) not in parsed.open}


def _session(parsed: ParsedProgramme, key: str, values: SessionValues) -> dict[str, Any]:
    roles = tuple(_role(parsed, key, number, role) for number, role in enumerate(values.people))
    return _columns(values) | {"people": roles}


def _role(parsed: ParsedProgramme, key: str, number: int, role: RoleValue) -> IncomingRole:
    def said(name: str) -> bool:
        return ("roles", key, f"{number}.{name}") not in parsed.open

    return IncomingRole(
        role.person,
        role.role,
        title=role.title if said("title") else None,
        minutes=role.minutes,
        says_minutes=said("minutes"),
        state=role.state if said("state") else None,
    )
