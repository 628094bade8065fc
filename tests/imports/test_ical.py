"""iCalendar: zones, lengths, series, cancelled events, and what is told of odd ones."""

from datetime import timedelta

import pytest

from galerio_events.programme.domain import SessionStatus
from galerio_events.programme.domain.incoming import InLanguages, ProgrammeFile, Unreadable
from galerio_events.programme.domain.values import LinkValue
from galerio_events.programme.imports import ical_file
from tests.imports.given import TARGET, UID, done, draft, moment, only, planned, told

TIMES = ("DTSTART;TZID=Asia/Tokyo:20221124T100000", "DTEND;TZID=Asia/Tokyo:20221124T110000")


def calendar(*events: tuple[str, ...]) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Somebody//Else//EN"]
    for event in events:
        lines += ["BEGIN:VEVENT", *event, "END:VEVENT"]
    return ("\r\n".join([*lines, "END:VCALENDAR"]) + "\r\n").encode()


def read(*lines: str) -> ProgrammeFile:
    return ical_file.parse(calendar(lines), TARGET)


@pytest.mark.parametrize(
    "times",
    [
        TIMES,
        ("DTSTART:20221124T010000Z", "DTEND:20221124T020000Z"),
        ("DTSTART:20221124T100000", "DTEND:20221124T110000"),
        ("DTSTART:20221124T010000Z", "DURATION:PT1H"),
        ("DTSTART;TZID=Asia/Bangkok:20221124T080000", "DURATION:PT60M"),
        ("DTSTART;TZID=Tokyo Standard Time:20221124T100000", "DURATION:PT60M"),
    ],
)
def test_instants_however_they_are_written(times: tuple[str, str]) -> None:
    thing = only(read(f"UID:{UID}", "SUMMARY:Welcome", *times))
    starts_at = moment("24 10:00")
    assert (thing.fields["starts_at"], thing.fields["ends_at"]) == (starts_at, starts_at + timedelta(hours=1))


def test_all_that_an_event_says() -> None:
    file = read(
        f"UID:{UID}", "SUMMARY;LANGUAGE=en:Welcome\\, all", *TIMES, "LOCATION:Main hall", "CATEGORIES:Cities,Ports",
        "DESCRIPTION:One\\n\\ntwo", "STATUS:CONFIRMED", "URL:https://www.example.org/a",
    )  # fmt: skip
    thing = only(file)
    assert (thing.uid, thing.row, thing.label, file.problems) == (UID, 4, "Welcome, all", ())
    assert thing.fields == {
        "title": InLanguages({"en": "Welcome, all"}),
        "starts_at": moment("24 10:00"),
        "ends_at": moment("24 11:00"),
        "scheduled": True,
        "venue": "main hall",
        "track": "cities",
        "abstract": InLanguages({"en": "One\n\ntwo"}),
        "status": SessionStatus.CONFIRMED,
        "links": (LinkValue("https://www.example.org/a"),),
    }


FAULTY: dict[str, tuple[tuple[str, ...], str]] = {
    "a series": ((*TIMES, "RRULE:FREQ=DAILY;COUNT=3"), "recurring"),
    "whole days": (("DTSTART;VALUE=DATE:20221124", "DTEND;VALUE=DATE:20221125"), "all_day"),
    "no start": ((), "no_start"),
    "no end": (TIMES[:1], "no_length"),
    "an unknown zone": (("DTSTART;TZID=Atlantis/Harbour:20221124T100000", "DURATION:PT1H"), "bad_time"),
    "a time that is none": (("DTSTART:20221399T100000Z", "DURATION:PT1H"), "bad_time"),
    "a negative length": ((TIMES[0], "DURATION:-PT1H"), "bad_length"),
    "the year 9999": (("DTSTART:99991231T235959Z", "DURATION:PT1H"), "bad_time"),
}


@pytest.mark.parametrize("name", FAULTY)
def test_an_event_that_cannot_be_used_is_told_of(name: str) -> None:
    lines, problem = FAULTY[name]
    file = read(f"UID:{UID}", "SUMMARY:Welcome", *lines)
    assert (told(file.problems), file.sessions) == ([(4, problem)], ())


def test_one_of_a_series_that_was_moved_is_a_session_of_its_own() -> None:
    moved = ("UID:series", "SUMMARY:Welcome", *TIMES, "RECURRENCE-ID;TZID=Asia/Tokyo:20221123T100000")
    assert only(read(*moved)).foreign == "series 20221123T100000"


def test_a_cancelled_event_stays_unless_somebody_ticks_it() -> None:
    file = read(f"UID:{UID}", "SUMMARY:Welcome", *TIMES, "STATUS:CANCELLED")
    plan = planned(file)
    assert (done(plan), [item.key for item in plan.missing]) == ({}, ["welcome"])
    assert told(plan.problems) == [(4, "cancelled")]
    assert done(planned(file, remove=frozenset({"welcome"}))) == {"session removed": ["welcome"]}
    assert planned(file, draft(sessions={})).missing == ()


BROKEN: dict[str, tuple[bytes, str]] = {
    "torn": (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n", "not_this_format"),
    "the first half": (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Ha", "cut_off"),
    "not UTF-8": (b"BEGIN:VCALENDAR\r\nX:\xff\r\nEND:VCALENDAR\r\n", "encoding"),
    "another component": (b"BEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT\r\n", "not_this_format"),
    "too many": (b"BEGIN:VEVENT\n" * 20_001, "too_many_rows"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_calendar_that_is_none_is_refused(name: str) -> None:
    data, problem = BROKEN[name]
    with pytest.raises(Unreadable) as refused:
        ical_file.parse(data, TARGET)
    assert [p.told.value for p in refused.value.problems] == [problem]
