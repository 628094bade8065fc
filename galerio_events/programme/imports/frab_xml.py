"""frab's and pentabarf's schedule.xml. Rows are lines of the file."""

from typing import Any

from galerio_events.programme.domain.incoming import FileKind, ProgrammeFile, Target, Told, unreadable
from galerio_events.programme.imports.frab import FrabReader
from galerio_events.programme.imports.xml_tree import Element, read_xml

OWN_SPACE = "urn:galerio-events:programme:1"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_TEXTS = (
    *("date", "start", "duration", "room", "slug", "tag", "url", "title", "subtitle", "track", "type"),
    *("language", "abstract", "description"),
)


def parse(data: bytes, target: Target) -> ProgrammeFile:
    """All that the schedule says. Raises `Unreadable`."""
    root = read_xml(data)
    if root.name not in {"schedule", "iCalendar"} or not (root.child("conference") or root.all("day")):
        raise unreadable(Told.NOT_THIS_FORMAT)
    return FrabReader(_schedule(root), FileKind.FRAB_XML, target).file()


def _schedule(root: Element) -> dict[str, Any]:
    """The schedule as the JSON has it; events say in which line they stand."""
    conference: dict[str, Any] = {}
    if (element := root.child("conference")) is not None:
        names = ("acronym", "title", "start", "end", "day_change", "time_zone_name")
        conference = {name: text for name in names if (text := element.says(name)) is not None}
        conference["tracks"] = [
            {"name": track.attributes.get("name") or track.text.strip(), "color": track.attributes.get("color", "")}
            for track in element.all("track")
        ]
    conference["days"] = [_day(day) for day in root.all("day")]
    own = next((child for child in root.children if child.space == OWN_SPACE), None)
    return {
        "language": root.attributes.get(_LANG, ""),
        "conference": conference,
        **({"galerio": _own(own, root.attributes.get(_LANG, ""))} if own else {}),
    }


def _day(day: Element) -> dict[str, Any]:
    rooms = [{"name": room.attributes.get("name", ""), "events": _events(room)} for room in day.all("room")]
    # Some schedules have no rooms, or not for everything.
    rooms.append({"name": "", "events": _events(day)})
    return {
        "date": day.attributes.get("date", ""),
        "day_start": day.attributes.get("start", ""),
        "rooms": rooms,
    }


def _events(parent: Element) -> list[dict[str, Any]]:
    return [_event(event) for event in parent.all("event")]


def _event(event: Element) -> dict[str, Any]:
    said: dict[str, Any] = {name: text for name in _TEXTS if (text := event.says(name)) is not None}
    for name in ("abstract", "description"):
        if (child := event.child(name)) is not None and child.children:
            said[name] = _markup(child)
    said |= {"_row": event.line, "id": event.attributes.get("id", ""), "guid": event.attributes.get("guid", "")}
    if (persons := event.child("persons")) is not None:
        said["persons"] = [_person(person) for person in persons.all("person")]
    for group, one in (("links", "link"), ("attachments", "attachment")):
        if (parent := event.child(group)) is not None:
            said[group] = [
                {"url": link.attributes.get("href") or link.says("url") or "", "title": link.text.strip()}
                for link in parent.all(one)
            ]
    return said


def _person(person: Element) -> dict[str, Any]:
    said: dict[str, Any] = {
        name: text for name in ("name", "public_name", "biography", "description") if (text := person.says(name))
    }
    return {"name": person.text.strip(), **person.attributes, **said}


def _markup(element: Element) -> str:
    """HTML that stands in the schedule as elements, written out so that it is read like any other."""
    return "".join(
        piece if isinstance(piece, str) else f"<{piece.name}{_href(piece)}>{_markup(piece)}</{piece.name}>"
        for piece in element.content
    )


def _href(element: Element) -> str:
    address = element.attributes.get("href", "")
    return f' href="{address}"' if address and '"' not in address else ""


def _own(own: Element, language: str) -> dict[str, Any]:
    """Our own part as the JSON has it."""
    sections: dict[str, list[dict[str, Any]]] = {
        name: [_thing(element) for element in own.all(tag)]
        for name, tag in (
            ("organisers", "organiser"),
            ("venues", "venue"),
            ("tracks", "track"),
            ("organisations", "organisation"),
            ("people", "person"),
        )
    }
    event = next((_thing(element) for element in own.all("event")), {})
    event["languages"] = str(event.get("languages", "")).split()
    sessions = {}
    for element in own.all("session"):
        session = _thing(element)
        session["people"] = [_thing(role) for role in element.all("role")]
        session["links"] = [
            {"url": link.attributes.get("href", ""), "kind": link.attributes.get("kind", ""), "title": link.text}
            for link in element.all("link")
        ]
        sessions[element.attributes.get("guid", "")] = session
    return {"language": language, "event": event, "sessions": sessions, **sections}


def _thing(element: Element) -> dict[str, Any]:
    said: dict[str, Any] = dict(element.attributes)
    for child in element.children:
        if (tag := child.attributes.get(_LANG)) is not None:
            said.setdefault(child.name, {})
            if isinstance(said[child.name], dict):
                said[child.name][tag] = child.text
    return said
