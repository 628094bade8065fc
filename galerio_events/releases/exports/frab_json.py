"""A published programme as frab's schedule.json, in the shape that c3voc's schema describes."""

import json
from typing import Any

from galerio_events.programme.domain.values import LinkValue
from galerio_events.releases.domain.document import PublishedProgramme
from galerio_events.releases.exports import frab

SCHEMA = "https://c3voc.de/schedule/schema.json"


def schedule_json(programme: PublishedProgramme, *, language: str, base_url: str) -> bytes:
    """The schedule as JSON in UTF-8; arguments as for `frab.schedule`. Equal arguments give equal bytes."""
    made = frab.schedule(programme, language=language, base_url=base_url)
    plain = {
        "$schema": SCHEMA,
        "generator": {"name": frab.GENERATOR, "version": frab.GENERATOR_VERSION},
        "schedule": {
            "url": f"{base_url}/{made.acronym}/schedule.json",
            "version": made.version,
            "base_url": made.url,
            "conference": {
                "acronym": made.acronym,
                "title": made.title,
                "start": made.start,
                "end": made.end,
                "daysCount": len(made.days),
                "timeslot_duration": made.timeslot,
                "time_zone_name": made.zone,
                "url": made.url,
                "rooms": [{"name": room.name, "guid": room.guid} for room in made.rooms],
                "tracks": [
                    {"name": track.name, "slug": track.slug} | ({"color": track.colour} if track.colour else {})
                    for track in made.tracks
                ],
                "days": [_day(day) for day in made.days],
            },
            "galerio": made.own,
        },
    }
    return (json.dumps(plain, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")


def _day(day: frab.FrabDay) -> dict[str, Any]:
    return {
        "index": day.index,
        "date": day.date,
        "day_start": day.start,
        "day_end": day.end,
        "rooms": {room.name: [_event(event) for event in events] for room, events in day.rooms},
    }


def _event(event: frab.FrabEvent) -> dict[str, Any]:
    return {
        "id": event.id,
        "guid": event.guid,
        "date": event.date,
        "start": event.start,
        "duration": event.duration,
        "room": event.room,
        "slug": event.slug,
        "url": event.url,
        "title": event.title,
        "subtitle": event.subtitle,
        "track": event.track or None,
        "type": event.kind,
        "language": event.language,
        "abstract": event.abstract,
        "description": "",
        "persons": [
            {"id": person.id, "guid": person.guid, "name": person.name, "role": person.role}
            | ({"biography": person.biography} if person.biography else {})
            for person in event.persons
        ],
        "links": [_link(link) for link in event.links],
        "attachments": [_link(link) for link in event.attachments],
    }


def _link(link: LinkValue) -> dict[str, str]:
    return {"url": link.url, "title": link.title or link.url}
