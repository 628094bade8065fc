"""frab's and pentabarf's schedules: what each dialect leaves out, and what is told of odd and hostile ones."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from galerio_events.programme.domain import LinkKind, RoleKind, SessionKind
from galerio_events.programme.domain.incoming import InLanguages, ProgrammeFile, Unreadable
from galerio_events.programme.domain.values import LinkValue
from galerio_events.programme.imports import frab_json, frab_xml
from galerio_events.programme.imports.html_text import plain
from tests.imports.given import TARGET, UID, moment, only, told


def xml(
    events: str, *, day: str = 'date="2022-11-24" index="1"', room: str = "Main hall", conference: str = ""
) -> bytes:
    """A schedule with those events in one room of one day."""
    conference = f"<conference><title>Harbour</title>{conference}</conference>"
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<schedule>{conference}\n'
        f'<day {day}><room name="{room}">\n{events}\n</room></day></schedule>'
    ).encode()


def event(attributes: str = 'id="11"', **children: str) -> str:
    """An event that has a title, start and length unless told otherwise (an empty text leaves the element out)."""
    said = {"start": "10:00", "duration": "01:00", "title": "Welcome", "language": "en"} | children
    return f"<event {attributes}>" + "".join(f"<{n}>{v}</{n}>" for n, v in said.items() if v) + "</event>"


def read(data: bytes) -> ProgrammeFile:
    return frab_xml.parse(data, TARGET)


DIALECTS: dict[str, tuple[bytes, datetime, timedelta]] = {
    "pentabarf: start alone, day of the element around it": (xml(event()), moment("24 10:00"), timedelta(hours=1)),
    "frab: a date with an offset": (
        xml(event(f'guid="{UID}" id="11"', date="2022-11-24T10:00:00+09:00")), moment("24 10:00"), timedelta(hours=1),
    ),
    "a date in UTC": (xml(event(date="2022-11-24T01:00:00Z")), moment("24 10:00"), timedelta(hours=1)),
    "an offset without a colon": (xml(event(date="2022-11-24T10:00:00+0900")), moment("24 10:00"), timedelta(hours=1)),
    "a date without a time": (xml(event(date="2022-11-25")), moment("25 10:00"), timedelta(hours=1)),
    "a date without an offset": (xml(event(date="2022-11-24T10:00:00")), moment("24 10:00"), timedelta(hours=1)),
    "no start beside the date": (
        xml(event(date="2022-11-24T10:00:00+09:00", start="")), moment("24 10:00"), timedelta(hours=1),
    ),
    "past midnight, by day_change": (
        xml(event(start="01:30"), conference="<day_change>04:00</day_change>"), moment("25 1:30"), timedelta(hours=1),
    ),
    "past midnight, by the day's own start": (
        xml(event(start="01:30"), day='date="2022-11-24" start="2022-11-24T09:00:00+09:00"'),
        moment("25 1:30"), timedelta(hours=1),
    ),
    "days that merely begin with their first event": (
        xml(event(start="10:00"), day='date="2022-11-24" start="2022-11-24T13:00:00+09:00"'),
        moment("24 10:00"), timedelta(hours=1),
    ),
    "a length in minutes": (xml(event(duration="90")), moment("24 10:00"), timedelta(minutes=90)),
    "a length of one digit": (xml(event(duration="0:45")), moment("24 10:00"), timedelta(minutes=45)),
    "a length with seconds": (xml(event(duration="00:45:00")), moment("24 10:00"), timedelta(minutes=45)),
    "an ISO length": (xml(event(duration="PT1H15M")), moment("24 10:00"), timedelta(minutes=75)),
    "another zone": (
        xml(event(), conference="<time_zone_name>Asia/Bangkok</time_zone_name>"),
        moment("24 12:00"), timedelta(hours=1),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DIALECTS)
def test_times_of_every_dialect(name: str) -> None:
    data, starts_at, length = DIALECTS[name]
    thing = only(read(data))
    assert (thing.fields["starts_at"], thing.fields["ends_at"]) == (starts_at, starts_at + length)


def test_all_that_an_event_says() -> None:
    file = read(
        xml(
            f'<event guid="{UID.upper()}" id="11"><date>2022-11-24T10:00:00+09:00</date><start>10:00</start>'
            "<duration>01:00</duration><room>Main hall</room><slug>harbour-11</slug><title>Boats &amp; cranes</title>"
            "<subtitle>How it began</subtitle><track>Cities</track><type>Keynote</type><language>en-GB</language>"
            "<abstract>&lt;p&gt;One.&lt;/p&gt;</abstract><description>Two.</description>"
            '<persons><person id="7" guid="g-7">Mara Quay</person><person id="8" role="moderator">Tom Pier</person>'
            '</persons><links><link href="https://www.example.org/a">Paper</link></links>'
            '<attachments><attachment href="https://www.example.org/b.pdf">Slides</attachment></attachments></event>'
        )
    )
    thing = only(file)
    assert (thing.uid, thing.foreign, thing.row, thing.label) == (UID, "id 11", 4, "Boats & cranes")
    said = dict(thing.fields)
    roles = said.pop("people")
    assert said == {
        "title": InLanguages({"en": "Boats & cranes"}),
        "summary": InLanguages({"en": "How it began"}),
        "abstract": InLanguages({"en": "One.\n\nTwo."}),
        "kind": SessionKind.KEYNOTE,
        "language": "en-GB",
        "venue": "main hall",
        "track": "cities",
        "links": (
            LinkValue("https://www.example.org/a", "Paper"),
            LinkValue("https://www.example.org/b.pdf", "Slides", LinkKind.ATTACHMENT),
        ),
        "starts_at": moment("24 10:00"),
        "ends_at": moment("24 11:00"),
        "scheduled": True,
    }
    assert [(file.people[r.person].label, file.people[r.person].foreign, r.role) for r in roles] == [
        ("Mara Quay", "g-7", None),
        ("Tom Pier", "8", RoleKind.MODERATOR),
    ]
    assert (file.venues["main hall"].label, file.tracks["cities"].label) == ("Main hall", "Cities")
    assert (file.problems, file.language) == ((), "en")


def test_what_is_not_there_is_not_said() -> None:
    assert sorted(only(read(xml(event()))).fields) == [
        "ends_at",
        "language",
        "scheduled",
        "starts_at",
        "title",
        "venue",
    ]


@pytest.mark.parametrize(
    ("data", "venue", "notes"),
    [
        (xml(event()), "Main hall", []),
        (xml(event(room="Quay room")), "Quay room", [(4, "room_differs")]),
        (xml(event(room="Quay room"), room=""), "Quay room", []),
        (xml(event(), room=""), None, []),
        (b'<schedule><conference/><day date="2022-11-24">' + event().encode() + b"</day></schedule>", None, []),
    ],
)
def test_a_room_may_stand_outside_or_inside(data: bytes, venue: str | None, notes: list[tuple[int, str]]) -> None:
    file = read(data)
    handle = only(file).fields["venue"]
    assert (handle and file.venues[handle].label, told(file.problems)) == (venue, notes)


FAULTY: dict[str, tuple[str, list[tuple[int, str]]]] = {
    "no title": (event(title=""), [(4, "no_title")]),
    "no start": (event(start=""), [(4, "no_start")]),
    "no length": (event(duration=""), [(4, "no_length")]),
    "a start that is none": (event(start="25:00"), [(4, "bad_time")]),
    "a date that is none": (event(date="2022-13-24T10:00:00+09:00"), [(4, "bad_time")]),
    "the year 9999": (event(date="9999-12-31T23:00:00+09:00"), [(4, "bad_time")]),
    "a length that is none": (event(duration="for ever"), [(4, "bad_length")]),
    "a length of years": (event(duration="9999:00"), [(4, "bad_length")]),
}
NOTED: dict[str, tuple[str, list[tuple[int, str]]]] = {
    "no guid and no id": (event(""), [(4, "no_identity")]),
    "another offset": (event(date="2022-11-24T10:00:00+02:00"), [(4, "other_offset")]),
    "another day": (event(date="2022-11-29T10:00:00+09:00"), [(4, "day_differs")]),
    "an unknown kind": (event(type="hovercraft"), [(4, "unknown_kind")]),
    "an unknown language": (event(language="Marsian"), [(4, "unknown_language")]),
    "a dangerous link": (event(links='<link href="javascript:alert(1)">x</link>'), [(4, "bad_address")]),
    "a person without a name": (event(persons='<person id="1"/>'), [(4, "person_without_name")]),
    "a person twice": (
        event(persons='<person id="1">A B</person><person id="1">A B</person>'), [(4, "role_twice")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTY)
def test_an_event_that_cannot_be_used_is_told_of_and_left_out(name: str) -> None:
    one, problems = FAULTY[name]
    file = read(xml(one + event('id="12"', title="Fine")))
    assert (told(file.problems), [thing.label for thing in file.sessions]) == (problems, ["Fine"])
    assert all(problem.stops for problem in file.problems)


@pytest.mark.parametrize("name", NOTED)
def test_an_odd_event_is_told_of_and_kept(name: str) -> None:
    one, problems = NOTED[name]
    file = read(xml(one))
    assert (told(file.problems), len(file.sessions)) == (problems, 1)
    assert not any(problem.stops for problem in file.problems)


BOMB = '<!DOCTYPE s [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><schedule><conference/><day>&b;</day></schedule>'
HOSTILE: dict[str, tuple[bytes, tuple[int, str]]] = {
    "entities that grow": (BOMB.encode(), (1, "forbidden_xml")),
    "a file from this machine": (
        b'<!DOCTYPE s [<!ENTITY f SYSTEM "file:///etc/passwd">]>\n<schedule><conference/>&f;</schedule>',
        (1, "forbidden_xml"),
    ),
    "a document type elsewhere": (
        b'<!DOCTYPE schedule SYSTEM "http://www.example.org/s.dtd"><schedule/>',
        (1, "forbidden_xml"),
    ),
    "a document type that does nothing": (
        b"<!DOCTYPE schedule><schedule><conference/></schedule>",
        (1, "forbidden_xml"),
    ),
    "an end that is missing": (b"<schedule>\n<conference>\n</schedule>", (3, "xml_tag")),
    "the first half": (b"<schedule>\n<conference>\n<title>Ha", (3, "cut_off")),
    "a part of a tag": (b"<schedule>\n<confer", (2, "cut_off")),
    "a bare ampersand": (b"<schedule>\n<title>R & D</title></schedule>", (2, "xml_character")),
    "an entity of HTML": (b"<schedule>\n<title>R&nbsp;D</title></schedule>", (2, "xml_entity")),
    "something behind it": (b"<schedule/>\n<schedule/>", (2, "not_xml")),
    "a control character": (b"<schedule>\x01</schedule>", (1, "xml_character")),
    "an unknown encoding": (b'<?xml version="1.0" encoding="x-klingon"?><schedule/>', (0, "encoding")),
    "not UTF-8": (b"<schedule><conference><title>\xff\xfe</title></conference></schedule>", (1, "xml_character")),
    "very deep": (b"<schedule><conference/>" + b"<a>" * 60 + b"</a>" * 60 + b"</schedule>", (1, "too_deep")),
    "another document": (b"<rss><channel/></rss>", (0, "not_this_format")),
    "nothing in it": (b"<schedule/>", (0, "not_this_format")),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_schedule_is_refused_as_a_whole(name: str) -> None:
    data, problem = HOSTILE[name]
    with pytest.raises(Unreadable) as refused:
        read(data)
    assert told(refused.value.problems) == [problem]


def test_a_schedule_in_shift_jis() -> None:
    data = '<?xml version="1.0" encoding="Shift_JIS"?>\n' + xml(event(title="港の話")).decode().partition("\n")[2]
    assert only(read(data.encode("cp932"))).label == "港の話"


def test_markup_that_stands_in_the_schedule_as_elements() -> None:
    abstract = '<p>One <b>bold</b> word.</p><p>See <a href="https://www.example.org/">this</a>.</p>'
    thing = only(read(xml(event(abstract=abstract))))
    assert thing.fields["abstract"] == InLanguages({"en": "One bold word.\n\nSee this (https://www.example.org/)."})


HTML: dict[str, str] = {
    "a < b and b > c": "a < b and b > c",
    "R&amp;D stays as it is typed": "R&amp;D stays as it is typed",
    "<p>One</p><p>Two &amp; three</p>": "One\n\nTwo & three",
    "<ul><li>One<li>Two</ul>after": "- One\n- Two\n\nafter",
    "line<br>line<br/>line": "line\nline\nline",
    "<script>alert(1)</script><p>seen</p>": "seen",
    "<p>a<!-- not seen -->b</p>": "ab",
    "<p>never closed <b>bold": "never closed bold",
    '<a href="javascript:alert(1)">click</a><p>x</p>': "click\n\nx",
    '<p><a href="https://www.example.org/">https://www.example.org/</a></p>': "https://www.example.org/",
    "<p>&lt;script&gt;</p>": "<script>",
    "<p>\u202eturned\u202c</p>": "turned",
}


@pytest.mark.parametrize("text", HTML)
def test_html_becomes_plain_text(text: str) -> None:
    assert plain(text) == HTML[text]


def test_long_hostile_html_takes_no_time() -> None:
    for piece in ("<!--", "<a href=", "<p ", "<script", "&#", "<"):
        assert len(plain("<p>" + piece * 50_000)) <= 200_000


def schedule(*events: dict[str, Any], **conference: Any) -> bytes:
    """A schedule.json with those events in one room of the first day."""
    day = {"index": 1, "date": "2022-11-24", "rooms": {"Main hall": list(events)}}
    return json.dumps({"schedule": {"conference": {"title": "Harbour", "days": [day]} | conference}}).encode()


JSON_EVENT: dict[str, Any] = {"id": 11, "guid": UID, "start": "10:00", "duration": "01:00", "title": "Welcome"}


def test_json_says_what_xml_says() -> None:
    persons = [{"id": 7, "public_name": "Mara Quay"}, {"code": "TOM", "name": "Tom Pier", "biography": "<p>A bio</p>"}]
    said = JSON_EVENT | {"persons": persons, "links": [{"url": "https://www.example.org/a", "title": "Paper"}]}
    file = frab_json.parse(schedule(said), TARGET)
    thing = only(file)
    assert (thing.uid, thing.fields["starts_at"], thing.fields["venue"]) == (UID, moment("24 10:00"), "main hall")
    assert [(p.label, p.foreign) for p in file.people.values()] == [("Mara Quay", "7"), ("Tom Pier", "TOM")]
    assert thing.fields["links"] == (LinkValue("https://www.example.org/a", "Paper"),)


ODD_JSON: dict[str, tuple[bytes, list[tuple[int, str]]]] = {
    "not JSON": (b'{\n"schedule" 1}', [(2, "not_json")]),
    "nothing but a beginning": (b"{", [(1, "cut_off")]),
    "the first half": (b'{"schedule":\n{"conference": {"title": "Ha', [(2, "cut_off")]),
    "very deep": (b'{"schedule":' + b"[" * 100_000, [(0, "too_deep")]),
    "a list": (b"[]", [(0, "not_this_format")]),
    "no conference": (b'{"schedule": {"conference": 7}}', [(0, "not_this_format")]),
    "not UTF-8": (b'{"schedule": "\xff"}', [(0, "encoding")]),
    "a number of many digits": (b'{"schedule": ' + b"1" * 5000 + b"}", [(0, "broken")]),
}


@pytest.mark.parametrize("name", ODD_JSON)
def test_json_that_is_no_schedule_is_refused(name: str) -> None:
    data, problems = ODD_JSON[name]
    with pytest.raises(Unreadable) as refused:
        frab_json.parse(data, TARGET)
    assert told(refused.value.problems) == problems


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(
    said=st.dictionaries(
        st.sampled_from([*JSON_EVENT, "date", "room", "persons", "links", "track", "type", "language", "abstract"]),
        _ANYTHING,
    ),
    own=_ANYTHING,
)
def test_whatever_stands_in_an_event_is_read_or_told(said: dict[str, Any], own: Any) -> None:
    data = json.dumps(
        {"schedule": {"galerio": own, "conference": {"days": [{"date": "2022-11-24", "rooms": {"R": [said]}}]}}}
    )
    try:
        file = frab_json.parse(data.encode(), TARGET)
    except Unreadable:
        return
    assert len(file.sessions) + sum(problem.stops for problem in file.problems) >= (1 if said else 0)
