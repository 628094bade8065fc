"""A published programme as frab's schedule.xml, elements in the order in which frab and pretalx write them.

What the format cannot carry stands at its end in a namespace of our own, where readers pass over it.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree import ElementTree as ET

from galerio_events.programme.domain.values import LinkValue
from galerio_events.releases.domain.document import PublishedProgramme
from galerio_events.releases.exports import frab

NAMESPACE = "urn:galerio-events:programme:1"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# What XML 1.0 (section 2.2) allows no document to contain, not even as a reference.
_ILLEGAL = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

ET.register_namespace("g", NAMESPACE)


def schedule_xml(programme: PublishedProgramme, *, language: str, base_url: str) -> bytes:
    """The schedule as XML in UTF-8; arguments as for `frab.schedule`. Equal arguments give equal bytes."""
    made = frab.schedule(programme, language=language, base_url=base_url)
    root = ET.Element("schedule", {_LANG: language})
    _add(root, "generator", name=frab.GENERATOR, version=frab.GENERATOR_VERSION)
    _add(root, "url", f"{base_url}/{made.acronym}/schedule.xml")
    _add(root, "version", made.version)
    conference = _add(root, "conference")
    _add(conference, "acronym", made.acronym)
    _add(conference, "title", made.title)
    _add(conference, "start", made.start)
    _add(conference, "end", made.end)
    _add(conference, "days", str(len(made.days)))
    _add(conference, "timeslot_duration", made.timeslot)
    _add(conference, "base_url", made.url)
    _add(conference, "time_zone_name", made.zone)
    for track in made.tracks:
        _add(conference, "track", name=track.name, slug=track.slug, color=track.colour)
    for day in made.days:
        days = _add(root, "day", index=str(day.index), date=day.date, start=day.start, end=day.end)
        for room, events in day.rooms:
            rooms = _add(days, "room", name=room.name, guid=room.guid)
            for event in events:
                _event(rooms, event)
    _own(root, made.own)
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _event(parent: ET.Element, event: frab.FrabEvent) -> None:
    element = _add(parent, "event", id=str(event.id), guid=event.guid)
    _add(element, "date", event.date)
    _add(element, "start", event.start)
    _add(element, "duration", event.duration)
    _add(element, "room", event.room)
    _add(element, "slug", event.slug)
    _add(element, "url", event.url)
    _add(element, "title", event.title)
    _add(element, "subtitle", event.subtitle)
    _add(element, "track", event.track)
    _add(element, "type", event.kind)
    _add(element, "language", event.language)
    _add(element, "abstract", event.abstract)
    _add(element, "description")
    recording = _add(element, "recording")
    _add(recording, "license")
    _add(recording, "optout", "false")
    persons = _add(element, "persons")
    for person in event.persons:
        _add(persons, "person", person.name, id=str(person.id), guid=person.guid, role=person.role)
    _links(_add(element, "links"), "link", event.links)
    _links(_add(element, "attachments"), "attachment", event.attachments)


def _links(parent: ET.Element, tag: str, links: Iterable[LinkValue]) -> None:
    for link in links:
        _add(parent, tag, link.title or link.url, href=link.url)


def _own(root: ET.Element, own: Mapping[str, Any]) -> None:
    programme = _add(root, _ours("programme"))
    event = dict(own["event"])
    event["languages"] = " ".join(event["languages"])
    _thing(programme, "event", event)
    for organiser in own["organisers"]:
        _thing(programme, "organiser", organiser)
    for name, tag in (
        ("venues", "venue"),
        ("tracks", "track"),
        ("organisations", "organisation"),
        ("people", "person"),
    ):
        for thing in own[name]:
            _thing(programme, tag, thing)
    for guid, session in own["sessions"].items():
        _thing(programme, "session", {"guid": guid} | session)


def _thing(parent: ET.Element, tag: str, said: Mapping[str, Any]) -> None:
    """Texts by language and lists become elements, all else attributes."""
    element = _add(parent, _ours(tag), **{n: str(v) for n, v in said.items() if not isinstance(v, dict | list)})
    for name, value in said.items():
        if isinstance(value, dict):
            for language, text in value.items():
                _add(element, _ours(name), text).set(_LANG, language)
    for role in said.get("people", ()):
        _thing(element, "role", role)
    for link in said.get("links", ()):
        _add(element, _ours("link"), link["title"], kind=link["kind"], href=link["url"])


def _add(parent: ET.Element, tag: str, text: str = "", **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, tag, {name: _legal(value) for name, value in attributes.items() if value})
    if text:
        element.text = _legal(text)
    return element


def _ours(tag: str) -> str:
    return f"{{{NAMESPACE}}}{tag}"


def _legal(text: str) -> str:
    return _ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
