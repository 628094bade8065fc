"""frab's schedules: complete, in the order that the schema asks for, and whole whatever somebody has typed."""

import json
import re
from dataclasses import replace
from datetime import time
from xml.etree import ElementTree as ET

import pytest

from galerio_events.programme.domain import LinkKind
from galerio_events.programme.domain.values import LinkValue
from galerio_events.releases.domain.document import PublishedProgramme, PublishedVenue
from galerio_events.releases.exports import frab
from galerio_events.releases.exports.frab_json import schedule_json
from galerio_events.releases.exports.frab_xml import NAMESPACE, schedule_xml
from tests.support.builders import sample_programme, tr, utc

URL = "https://www.example.org"
HOSTILE = "a\x00b\x0b]]>&<script>\u202ex😀 \ufffe\ud800"
UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def xml(programme: PublishedProgramme, language: str = "ja") -> ET.Element:
    return ET.fromstring(schedule_xml(programme, language=language, base_url=URL))


def tags(element: ET.Element) -> list[str]:
    return [child.tag for child in element]


def linked() -> PublishedProgramme:
    programme = sample_programme(2)
    links = (LinkValue("https://e.example.org/a", "A"), LinkValue("https://e.example.org/b", "", LinkKind.ATTACHMENT))
    first = replace(programme.sessions[0], links=links, language="en")
    return replace(programme, sessions=(first, *programme.sessions[1:]))


def test_elements_stand_in_the_order_of_the_format() -> None:
    root = xml(linked())
    assert tags(root) == ["generator", "url", "version", "conference", "day", "day", f"{{{NAMESPACE}}}programme"]
    conference = root.find("conference")
    assert conference is not None
    assert tags(conference) == [
        "acronym", "title", "start", "end", "days", "timeslot_duration", "base_url", "time_zone_name", "track",
    ]  # fmt: skip
    event = root.find("day/room/event")
    assert event is not None
    assert tags(event) == [
        "date", "start", "duration", "room", "slug", "url", "title", "subtitle", "track", "type", "language",
        "abstract", "description", "recording", "persons", "links", "attachments",
    ]  # fmt: skip


def test_an_event_says_everything() -> None:
    root = xml(linked(), "en")
    day = root.findall("day")[1]
    assert day.attrib == {
        "index": "2",
        "date": "2022-11-25",
        "start": "2022-11-25T00:00:00+09:00",
        "end": "2022-11-26T00:00:00+09:00",
    }
    event = root.find("day/room/event")
    assert event is not None
    said = {child.tag: child.text for child in event if child.text and child.text.strip()}
    number = event.attrib["id"]
    assert said == {
        "date": "2022-11-25T13:10:00+09:00",
        "start": "13:10",
        "duration": "01:10",
        "room": "Webinar",
        "slug": f"ascc11-{number}-session-1",
        "url": f"{URL}/en/ascc11/sessions/session-1",
        "title": "Session 1",
        "track": "Smart city",
        "type": "session",
        "language": "en",
        "abstract": "About cities.",
    } | {tag: said[tag] for tag in ("recording", "persons", "links", "attachments") if tag in said}
    assert UUID.fullmatch(event.attrib["guid"])
    assert [(p.text, p.attrib["role"]) for p in event.findall("persons/person")] == [
        ("Christopher Pablo", "moderator"),
        ("石川 武史", "panelist"),
    ]
    assert [(x.text, x.attrib["href"]) for x in event.findall("links/link")] == [("A", "https://e.example.org/a")]
    attachment = event.find("attachments/attachment")
    assert attachment is not None
    assert (attachment.text, attachment.attrib["href"]) == ("https://e.example.org/b", "https://e.example.org/b")


def test_both_formats_say_the_same() -> None:
    programme = linked()
    read = json.loads(schedule_json(programme, language="ja", base_url=URL))
    conference = read["schedule"]["conference"]
    in_json = [
        {k: str(e[k] or "") for k in ("id", "guid", "date", "start", "duration", "room", "slug", "title", "abstract")}
        for day in conference["days"]
        for events in day["rooms"].values()
        for e in events
    ]
    in_xml = [
        {"id": e.attrib["id"], "guid": e.attrib["guid"]}
        | {k: e.findtext(k, "") for k in ("date", "start", "duration", "room", "slug", "title", "abstract")}
        for e in xml(programme).iter("event")
    ]
    assert in_json == in_xml
    assert conference["daysCount"] == 2
    assert set(read["schedule"]["galerio"]["sessions"]) == {e["guid"] for e in in_xml}


def test_a_uid_that_is_a_uuid_is_the_guid() -> None:
    uid = "0d8f0c4e-3b1e-5a53-9a57-0ab1f2f4a001"
    session = replace(sample_programme(1).sessions[0], uid=uid)
    assert frab.session_guid(session) == uid
    assert frab.session_guid(replace(session, uid="x@example.org")) != frab.session_guid(replace(session, uid="y"))


def test_ids_are_positive_different_and_stay() -> None:
    few, many = xml(sample_programme(3)), xml(sample_programme(40))
    ids = {e.attrib["guid"]: int(e.attrib["id"]) for e in many.iter("event")}
    assert len(set(ids.values())) == 40
    assert all(0 < number < 2**31 for number in ids.values())
    assert all(ids[e.attrib["guid"]] == int(e.attrib["id"]) for e in few.iter("event"))


def test_a_session_after_midnight_stays_on_its_day() -> None:
    programme = sample_programme(1)
    late = replace(programme.sessions[0], starts_at=utc(24, 16), ends_at=utc(24, 17, 30))
    event = replace(programme.event, day_starts_at=time(5))
    first = xml(replace(programme, event=event, sessions=(late,))).findall("day")[0]
    assert first.attrib["start"] == "2022-11-24T05:00:00+09:00"
    assert [e.findtext("date") for e in first.iter("event")] == ["2022-11-25T01:00:00+09:00"]


def test_rooms_of_one_name_stay_apart_and_nowhere_is_a_room() -> None:
    programme = sample_programme(3)
    twin = replace(programme.venues[0], key="twin")
    sessions = [replace(s, venue=v) for s, v in zip(programme.sessions, ("webinar", "twin", None), strict=True)]
    made = replace(programme, venues=(*programme.venues, twin), sessions=tuple(sessions))
    days = json.loads(schedule_json(made, language="en", base_url=URL))["schedule"]["conference"]["days"]
    assert list(days[1]["rooms"]) == ["Webinar (webinar)", "Webinar (twin)", frab.NOWHERE]


def test_cancelled_sessions_are_left_out() -> None:
    programme = sample_programme(2)
    gone = replace(programme.sessions[0], cancelled=True)
    root = xml(replace(programme, sessions=(gone, programme.sessions[1])))
    assert [e.findtext("title") for e in root.iter("event")] == ["セッション2"]


def test_a_draft_has_no_number() -> None:
    assert xml(replace(sample_programme(), number=0)).findtext("version") == "draft"


@pytest.mark.parametrize("language", ["ja", "en"])
def test_whatever_is_typed_stays_well_formed(language: str) -> None:
    programme = sample_programme(1)
    hostile = replace(programme.sessions[0], title=tr(HOSTILE, HOSTILE), abstract=tr(HOSTILE * 100))
    venue = PublishedVenue("webinar", programme.venues[0].kind, tr(HOSTILE))
    made = replace(programme, sessions=(hostile,), venues=(venue,))
    assert xml(made, language).findtext("day/room/event/title") == "ab]]>&<script>\u202ex😀 "
    read = json.loads(schedule_json(made, language=language, base_url=URL))
    assert len(read["schedule"]["galerio"]["sessions"]) == 1


def test_equal_programmes_give_equal_bytes() -> None:
    for write in (schedule_xml, schedule_json):
        assert write(linked(), language="ja", base_url=URL) == write(linked(), language="ja", base_url=URL)
