"""The bytes of a calendar: RFC 5545, RFC 7986."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import icalendar
import pytest
from flask import Flask
from flask_babel import force_locale
from hypothesis import given, settings
from hypothesis import strategies as st

from galerio_events.events.domain import VenueKind
from galerio_events.programme.domain import RoleKind
from galerio_events.releases.domain import document
from galerio_events.releases.domain.document import PublishedOrganisation, PublishedProgramme, PublishedRole
from galerio_events.releases.exports import ical
from galerio_events.releases.exports.values import printable
from galerio_events.translated import Translated
from galerio_events.web.labels import label
from tests.calendars.readers import with_icalendar, with_libical
from tests.calendars.support import LATER, moved, next_release
from tests.support.builders import sample_programme, tr

BASE = "https://events.example.org"
LANGUAGES = ("ja", "en")


def feed(programme: PublishedProgramme, language: str = "en") -> bytes:
    return ical.feed(programme, language=language, base_url=BASE, organiser_address="ASCC <no-reply@example.org>")


def unfolded(data: bytes) -> list[str]:
    return data.replace(b"\r\n ", b"").decode().split("\r\n")


def vevents(data: bytes) -> dict[str, bytes]:
    found = re.findall(rb"BEGIN:VEVENT\r\n.*?END:VEVENT\r\n", data, re.DOTALL)
    return {re.search(rb"UID:(.*?)\r\n", event)[1].decode(): event for event in found}  # type: ignore[index]


def test_the_calendar_says_what_it_is() -> None:
    head = unfolded(feed(sample_programme()).split(b"BEGIN:VTIMEZONE")[0])
    assert head == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//galerio-events//Programme calendar//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "NAME:11th Asia Smart City Conference",
        "X-WR-CALNAME:11th Asia Smart City Conference",
        "X-WR-TIMEZONE:Asia/Tokyo",
        "LAST-MODIFIED:20221001T000000Z",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        "URL:https://events.example.org/en/ascc11/programme",
        "SOURCE;VALUE=URI:https://events.example.org/ascc11/programme.ics?lang=en",
        "",
    ]


def test_a_session_says_all_that_is_known_of_it() -> None:
    programme = sample_programme(1)
    session = replace(
        programme.sessions[0],
        summary=tr("要約", "In short."),
        organiser="yusa",
        people=(
            PublishedRole(RoleKind.PANELIST, "ishikawa"),
            PublishedRole(RoleKind.MODERATOR, "pablo"),
        ),
    )
    programme = replace(
        programme,
        venues=(replace(programme.venues[0], url="https://live.example.org/部屋?a=1,2"),),
        organisations={"yusa": PublishedOrganisation("yusa", tr("", "YUSA"))},
        sessions=(session,),
    )
    assert unfolded(vevents(feed(programme, "ja"))["session-1@example.org"]) == [
        "BEGIN:VEVENT",
        "UID:session-1@example.org",
        "DTSTAMP:20221001T000000Z",
        "LAST-MODIFIED:20221001T000000Z",
        "SEQUENCE:0",
        "STATUS:CONFIRMED",
        "DTSTART;TZID=Asia/Tokyo:20221125T131000",
        "DTEND;TZID=Asia/Tokyo:20221125T142000",
        "SUMMARY:セッション1",
        r"DESCRIPTION:要約\n\n都市の話。\n\nパネリスト：石川 武史（横浜市）\n"
        r"モデレーター：Christopher Pablo（世界銀行）\n主催：YUSA\n\nhttps://events.example.org/ja/ascc11/sessions/session-1",
        "LOCATION:ウェビナー",
        "CONFERENCE;VALUE=URI;FEATURE=AUDIO,VIDEO;LABEL=ウェビナー:https://live.example.org/%E9%83%A8%E5%B1%8B?a=1,2",
        "CATEGORIES:スマートシティ",
        "URL:https://events.example.org/ja/ascc11/sessions/session-1",
        "ORGANIZER;CN=横浜市:mailto:no-reply@example.org",
        "END:VEVENT",
        "",
    ]


def test_text_in_another_language_than_the_calendar_is_marked() -> None:
    programme = sample_programme(1)
    programme = replace(programme, sessions=(replace(programme.sessions[0], title=tr("開会式")),))
    said = unfolded(feed(programme, "en"))
    assert "SUMMARY;LANGUAGE=ja:開会式" in said
    assert "LOCATION:Webinar" in said


def test_what_is_unknown_is_left_out() -> None:
    programme = sample_programme(1)
    bare = replace(
        programme.sessions[0],
        abstract=Translated(),
        venue=None,
        track=None,
        people=(PublishedRole(RoleKind.MC, "nobody"),),
        released_at=None,
    )
    said = unfolded(feed(replace(programme, sessions=(bare,))))
    assert [line for line in said if line.startswith(("LOCATION", "CONFERENCE", "CATEGORIES"))] == []
    assert "DESCRIPTION:https://events.example.org/en/ascc11/sessions/session-1" in said
    assert "DTSTAMP:20221001T000000Z" in said


@pytest.mark.parametrize(
    ("kind", "url", "found"),
    [
        (VenueKind.WEBINAR, "https://live.example.org/1", True),
        (VenueKind.METAVERSE, "https://live.example.org/1", True),
        (VenueKind.ONSITE, "https://map.example.org/1", False),
        (VenueKind.WEBINAR, None, False),
        (VenueKind.WEBINAR, "javascript:alert(1)", False),
        (VenueKind.WEBINAR, "https://[", False),
        (VenueKind.WEBINAR, "https://", False),
    ],
)
def test_an_online_venue_with_an_address_is_a_conference(kind: VenueKind, url: str | None, found: bool) -> None:
    programme = sample_programme(1)
    data = feed(replace(programme, venues=(replace(programme.venues[0], kind=kind, url=url),)))
    assert (b"\r\nCONFERENCE;" in data) is found
    assert len(with_libical(data)) == 1


def test_the_organizer_is_always_an_address() -> None:
    programme = sample_programme(1)
    assert b'\r\nORGANIZER;CN="City of Yokohama":https://events.example.org/ascc11\r\n' in ical.feed(
        programme, language="en", base_url=BASE
    )
    hostless = replace(programme, event=replace(programme.event, organisers=()))
    assert 'ORGANIZER;CN="11th Asia Smart City Conference":mailto:no-reply@example.org' in unfolded(feed(hostless))


def test_two_writings_are_identical_whatever_is_kept() -> None:
    first = feed(sample_programme(5))
    ical.forget()
    read_again = document.from_json(document.to_json(sample_programme(5)))
    assert feed(read_again) == first
    assert ical.written() == 5
    assert feed(sample_programme(5)) == first
    assert ical.written() == 5


def test_moving_one_session_leaves_the_others_as_they_were() -> None:
    first = sample_programme(4)
    second = next_release(first, session_3=moved(first.sessions[2]))
    before, after = vevents(feed(first)), vevents(feed(second))
    assert {uid for uid in before if before[uid] != after[uid]} == {"session-3@example.org"}
    changed = unfolded(after["session-3@example.org"])
    assert "SEQUENCE:1" in changed
    assert "DTSTAMP:20221101T093000Z" in changed
    assert "LAST-MODIFIED:20221101T093000Z" in changed
    assert "DTSTART;TZID=Asia/Tokyo:20221125T162000" in changed
    assert ical.written() == 5


def test_a_session_that_went_away_is_cancelled_and_stays() -> None:
    first = sample_programme(3)
    second = next_release(first, session_2=None)
    third = next_release(second)
    event = unfolded(vevents(feed(second))["session-2@example.org"])
    assert [line for line in event if line.startswith(("SEQUENCE", "STATUS", "DTSTART"))] == [
        "SEQUENCE:1",
        "STATUS:CANCELLED",
        "DTSTART;TZID=Asia/Tokyo:20221125T143000",
    ]
    assert vevents(feed(third)) == vevents(feed(second))


def test_a_session_that_comes_back_is_confirmed_again() -> None:
    first = sample_programme(2)
    second = next_release(first, session_2=None)
    back = replace(second, sessions=first.sessions)
    third = next_release(second, session_2=back.sessions[1])
    assert [(e.sequence, e.status) for e in with_icalendar(feed(third))] == [(0, "CONFIRMED"), (2, "CONFIRMED")]
    assert third.sessions[1].released_at == LATER


def test_who_is_renamed_is_renamed_in_the_calendar() -> None:
    first = sample_programme(2)
    feed(first)
    people = dict(first.people) | {"pablo": replace(first.people["pablo"], name=tr("パブロ", "C. Pablo"))}
    seen = with_icalendar(feed(replace(first, people=people)))
    assert ["C. Pablo" in event.description for event in seen] == [True, True]


@pytest.mark.parametrize("language", LANGUAGES)
def test_languages_and_addresses_do_not_mix(language: str) -> None:
    programme = sample_programme(1)
    for each in LANGUAGES:
        feed(programme, each)
        ical.feed(programme, language=each, base_url="https://other.example.org")
    said = unfolded(feed(programme, language))
    assert f"URL:https://events.example.org/{language}/ascc11/sessions/session-1" in said
    assert f"SUMMARY:{programme.sessions[0].title[language]}" in said


def test_a_single_session() -> None:
    programme = sample_programme(3)
    data = ical.single(programme, "session-2", language="en", base_url=BASE)
    assert [e.uid for e in with_icalendar(data)] == ["session-2@example.org"]
    assert "X-WR-CALNAME:Session 2" in unfolded(data)
    assert "SOURCE;VALUE=URI:https://events.example.org/ascc11/sessions/session-2.ics?lang=en" in unfolded(data)
    with pytest.raises(LookupError):
        ical.single(programme, "session-4", language="en", base_url=BASE)


def test_a_selection_in_programme_order() -> None:
    programme = sample_programme(3)
    data = ical.selection(
        programme, ["session-3", "nothing", "session-1"], language="ja", base_url=BASE, name="私の予定"
    )
    assert [e.uid for e in with_icalendar(data)] == ["session-1@example.org", "session-3@example.org"]
    assert "X-WR-CALNAME:私の予定" in unfolded(data)
    assert not [line for line in unfolded(data) if line.startswith("SOURCE")]


def test_an_empty_selection_is_still_a_calendar() -> None:
    data = ical.selection(sample_programme(3), [], language="ja", base_url=BASE, name="私の予定")
    assert with_icalendar(data) == []
    assert with_libical(data) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_roles_are_called_as_on_the_pages(_shared_app: Flask, language: str) -> None:
    with _shared_app.test_request_context(f"/{language}/"), force_locale(language):
        pages = {role: label(role) for role in RoleKind}
    assert {role: ical.ROLE_NAMES[role][language] for role in RoleKind} == pages


CHARACTERS = st.one_of(
    st.characters(codec="utf-8"),
    st.sampled_from('都市あア、。；：（）👩‍👩‍👧‍👦🏙️é;,:\\"^\r\n\t'),
)
TEXTS = st.text(CHARACTERS, max_size=200)


def titled(text: str) -> PublishedProgramme:
    """A programme of one session of that title, in a venue, by a host and under a heading of the same name."""
    programme = sample_programme(1)
    name = Translated({"en": text})
    return replace(
        programme,
        event=replace(programme.event, organisers=(replace(programme.event.organisers[0], name=name),)),
        venues=(replace(programme.venues[0], name=name, url="https://live.example.org/1"),),
        tracks=(replace(programme.tracks[0], name=name),),
        sessions=(replace(programme.sessions[0], title=name, people=()),),
    )


@settings(max_examples=100, deadline=None)
@given(st.text(CHARACTERS, min_size=50, max_size=200))
def test_lines_are_folded_at_75_octets_between_characters(text: str) -> None:
    programme = titled(text)
    data = feed(programme)
    assert data.endswith(b"\r\n")
    for line in data.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()
    assert data.count(b"\n") == data.count(b"\r") == data.count(b"\r\n")
    plain = unfolded(feed(titled("plain")))
    assert [re.split("[:;]", line)[0] for line in unfolded(data)] == [re.split("[:;]", line)[0] for line in plain]


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_text_is_read_back_as_it_was(text: str) -> None:
    title = text or "-"
    seen = icalendar.Calendar.from_ical(feed(titled(title))).walk("VEVENT")[0]
    expected = printable(Translated({"en": title}).get("en", ""))
    assert (str(seen["SUMMARY"]), str(seen["LOCATION"])) == (expected, expected)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        (r"C:\New", r"C:\\New"),
        (r"\\N\N", r"\\\\N\\N"),
        (r"a\n;b,c:d", r"a\\n\;b\,c:d"),
        ("one\r\ntwo\u2028three", r"one\ntwo\nthree"),
        ("bell\x07, \u202eright to left", r"bell\, right to left"),
    ],
)
def test_text_is_escaped_and_kept(typed: str, written: str) -> None:
    said = unfolded(feed(titled(typed)))
    assert [line for line in said if line.startswith(("SUMMARY", "LOCATION", "CATEGORIES"))] == [
        f"SUMMARY:{written}",
        f"LOCATION:{written}",
        f"CATEGORIES:{written}",
    ]


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("Yokohama", "Yokohama"),
        ("City, of: Yoko;hama", '"City, of: Yoko;hama"'),
        ('the "new" city', "\"the 'new' city\""),
        ("up^there", "up^^there"),
        ("two\r\nlines", '"two lines"'),
    ],
)
def test_a_name_in_a_parameter(typed: str, written: str) -> None:
    assert f"ORGANIZER;CN={written}:mailto:no-reply@example.org" in unfolded(feed(titled(typed)))


@pytest.mark.parametrize("zone", ["UTC", "Africa/Abidjan", "Etc/UTC"])
def test_times_in_a_zone_that_is_always_at_utc(zone: str) -> None:
    programme = sample_programme(1)
    said = unfolded(feed(replace(programme, event=replace(programme.event, timezone=zone))))
    expected = "DTSTART:20221125T041000Z" if zone == "UTC" else f"DTSTART;TZID={zone}:20221125T041000"
    assert [line for line in said if line.startswith("DTSTART") and "202211" in line] == [expected]


def test_a_time_that_the_clock_shows_twice_is_said_in_utc() -> None:
    programme = sample_programme(1)
    session = replace(
        programme.sessions[0],
        starts_at=datetime(2022, 11, 6, 4, 59, tzinfo=UTC),
        ends_at=datetime(2022, 11, 6, 6, 59, 59, tzinfo=UTC),
    )
    there = replace(programme.event, timezone="America/New_York")
    said = unfolded(feed(replace(programme, event=there, sessions=(session,))))
    assert "DTSTART;TZID=America/New_York:20221106T005900" in said
    assert "DTEND:20221106T065959Z" in said
