"""What four independent readers see in our calendars."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from galerio_events import clock
from galerio_events.releases.domain.document import PublishedProgramme
from galerio_events.releases.exports import ical
from tests.calendars.readers import READERS, Seen
from tests.calendars.support import moved, next_release
from tests.support.builders import sample_programme, tr

BASE = "https://events.example.org"


@pytest.fixture(params=sorted(READERS))
def read(request: pytest.FixtureRequest) -> Callable[[bytes], list[Seen]]:
    return READERS[request.param]


def feed(programme: PublishedProgramme, language: str = "ja") -> bytes:
    return ical.feed(programme, language=language, base_url=BASE, organiser_address="ASCC <no-reply@example.org>")


def in_zone(zone: str, *starts: datetime) -> PublishedProgramme:
    """A programme in that zone, with an hour's session at each of those instants."""
    programme = sample_programme(len(starts))
    sessions = tuple(
        replace(session, starts_at=start, ends_at=start + timedelta(hours=1))
        for session, start in zip(programme.sessions, starts, strict=True)
    )
    event = replace(programme.event, timezone=zone, starts_on=starts[0].date(), ends_on=starts[-1].date())
    return replace(programme, event=event, sessions=sessions)


def instants(programme: PublishedProgramme) -> list[tuple[int, int]]:
    return [(int(s.starts_at.timestamp()), int(s.ends_at.timestamp())) for s in programme.sessions]


def test_every_reader_sees_the_programme(read: Callable[[bytes], list[Seen]]) -> None:
    programme = sample_programme(2)
    first = read(feed(programme, "en"))[0]
    assert first == Seen(
        uid="session-1@example.org",
        sequence=0,
        status="CONFIRMED",
        summary="Session 1",
        description="About cities.\n\nModerator: Christopher Pablo (World Bank)\n"
        "Panellist: 石川 武史 (City of Yokohama)\n\nhttps://events.example.org/en/ascc11/sessions/session-1",
        location="Webinar",
        starts=int(programme.sessions[0].starts_at.timestamp()),
        ends=int(programme.sessions[0].ends_at.timestamp()),
    )


def test_every_reader_sees_a_move_and_a_cancellation(read: Callable[[bytes], list[Seen]]) -> None:
    first = sample_programme(3)
    second = next_release(first, session_1=None, session_2=moved(first.sessions[1], 45))
    before, after = read(feed(first)), read(feed(second))
    assert [(e.uid, e.sequence, e.status) for e in after] == [
        ("session-1@example.org", 1, "CANCELLED"),
        ("session-2@example.org", 1, "CONFIRMED"),
        ("session-3@example.org", 0, "CONFIRMED"),
    ]
    assert after[1].starts - before[1].starts == 45 * 60
    assert after[2] == before[2]


@pytest.mark.parametrize(
    ("zone", "starts"),
    [
        # The clocks go back at 06:00 UTC on 6 November 2022: before, within and after both passings of 01:30.
        (
            "America/New_York",
            [
                datetime(2022, 11, 5, 14, 0, tzinfo=UTC),
                datetime(2022, 11, 6, 4, 30, tzinfo=UTC),
                datetime(2022, 11, 6, 5, 30, tzinfo=UTC),
                datetime(2022, 11, 6, 6, 30, tzinfo=UTC),
                datetime(2022, 11, 6, 7, 0, tzinfo=UTC),
                datetime(2022, 11, 7, 15, 0, tzinfo=UTC),
            ],
        ),
        # The clocks go forward at 01:00 UTC on 26 March 2023.
        (
            "Europe/Berlin",
            [
                datetime(2023, 3, 25, 9, 0, tzinfo=UTC),
                datetime(2023, 3, 26, 0, 30, tzinfo=UTC),
                datetime(2023, 3, 26, 1, 0, tzinfo=UTC),
                datetime(2023, 3, 27, 9, 0, tzinfo=UTC),
            ],
        ),
        # Summer lies across the turn of the year.
        (
            "Australia/Sydney",
            [datetime(2022, 12, 31, 12, 30, tzinfo=UTC), datetime(2023, 4, 2, 3, 0, tzinfo=UTC)],
        ),
        # Half an hour of summer time.
        ("Australia/Lord_Howe", [datetime(2022, 4, 2, 2, 0, tzinfo=UTC), datetime(2022, 4, 2, 15, 30, tzinfo=UTC)]),
        # Offsets that are no whole hours, and no changes.
        ("Asia/Kathmandu", [datetime(2022, 11, 25, 4, 0, tzinfo=UTC)]),
        ("Asia/Tokyo", [datetime(2022, 11, 25, 4, 0, tzinfo=UTC)]),
        ("UTC", [datetime(2022, 11, 25, 4, 0, tzinfo=UTC)]),
        # Summer time that was given up between the days of the event's year.
        (
            "America/Mexico_City",
            [datetime(2022, 10, 29, 20, 0, tzinfo=UTC), datetime(2022, 11, 25, 4, 0, tzinfo=UTC)],
        ),
    ],
)
def test_every_reader_arrives_at_the_same_instants(
    read: Callable[[bytes], list[Seen]], zone: str, starts: list[datetime]
) -> None:
    programme = in_zone(zone, *starts)
    assert [(e.starts, e.ends) for e in read(feed(programme))] == instants(programme)


HOSTILE = (
    "a\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:injected",
    "b\nATTENDEE:mailto:x@example.org",
    "c;d,e\\f\\n:g",
    "h\u2028X-EVIL:1\u2029i\x0bj\x0ck\x85l",
    "m\x00n\x1bo\x7fp\u202eq",
    '"quoted"; ^n ^^',
    "改行\r\n絵文字👩‍👩‍👧‍👦" * 20,
    "END:VCALENDAR",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_text_stays_text(read: Callable[[bytes], list[Seen]], text: str) -> None:
    programme = sample_programme(2)
    hostile = tr(text, text)
    people = {key: replace(person, name=hostile, affiliation=hostile) for key, person in programme.people.items()}
    venues = (replace(programme.venues[0], name=hostile, url="https://example.org/x\r\nX-EVIL:1"),)
    sessions = tuple(replace(s, title=hostile, summary=hostile, abstract=hostile) for s in programme.sessions)
    programme = replace(
        programme,
        event=replace(
            programme.event,
            title=hostile,
            organisers=tuple(replace(o, name=hostile) for o in programme.event.organisers),
        ),
        tracks=(replace(programme.tracks[0], name=hostile),),
        people=people,
        venues=venues,
        sessions=sessions,
    )
    data = feed(programme)
    seen = read(data)
    assert [(e.uid, e.sequence, e.status) for e in seen] == [
        ("session-1@example.org", 0, "CONFIRMED"),
        ("session-2@example.org", 0, "CONFIRMED"),
    ]
    assert seen[0].summary == seen[1].summary == seen[0].location
    assert "".join(seen[0].summary.split()) == "".join(_printable(text).split())
    names = {line.split(b":")[0].split(b";")[0] for line in data.replace(b"\r\n ", b"").split(b"\r\n") if line}
    assert names <= KNOWN_NAMES


def _printable(text: str) -> str:
    gone = dict.fromkeys(map(ord, "\x00\x1b\x7f\u202e\u2028\u2029\x0b\x0c\x85"))
    return text.translate(gone)


KNOWN_NAMES = set(
    b"BEGIN END VERSION PRODID CALSCALE METHOD NAME X-WR-CALNAME X-WR-TIMEZONE LAST-MODIFIED REFRESH-INTERVAL "
    b"X-PUBLISHED-TTL URL SOURCE TZID DTSTART DTEND TZOFFSETFROM TZOFFSETTO TZNAME UID DTSTAMP SEQUENCE STATUS "
    b"SUMMARY DESCRIPTION LOCATION CONFERENCE CATEGORIES ORGANIZER".split()
)


def test_a_zone_is_described_for_the_years_of_the_programme_only() -> None:
    programme = in_zone("America/New_York", datetime(2022, 11, 5, 14, 0, tzinfo=UTC))
    zone = feed(programme).split(b"END:VTIMEZONE")[0].decode()
    onsets = [line for line in zone.split("\r\n") if line.startswith("DTSTART")]
    assert onsets == ["DTSTART:20211107T020000", "DTSTART:20220313T020000", "DTSTART:20221106T020000"]


def test_every_zone_can_be_described() -> None:
    """For each zone, what its observances say is what the clock says, on every sixth day of two years."""
    days = [datetime(2022, 1, 1, tzinfo=UTC) + timedelta(days=6 * i, hours=i % 24) for i in range(120)]
    wrong = []
    for name in sorted(clock.zone_names()):
        programme = in_zone(name, days[0], days[-1])
        changes = _observances(feed(programme).decode())
        for day in days:
            expected = clock.in_zone(day, name).utcoffset()
            passed = [to for onset, to in changes if onset <= day]
            if not passed or passed[-1] != expected:
                wrong.append((name, day))
    assert wrong == []


def _observances(text: str) -> list[tuple[datetime, timedelta]]:
    def offset(value: str) -> timedelta:
        sign = -1 if value[0] == "-" else 1
        return sign * timedelta(hours=int(value[1:3]), minutes=int(value[3:5]), seconds=int(value[5:7] or 0))

    found = []
    for part in text.split("BEGIN:VTIMEZONE")[1].split("END:VTIMEZONE")[0].split("BEGIN:")[1:]:
        values = dict(line.split(":", 1) for line in part.split("\r\n") if ":" in line)
        local = datetime.strptime(values["DTSTART"], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
        found.append((local - offset(values["TZOFFSETFROM"]), offset(values["TZOFFSETTO"])))
    assert all(earlier[0] < later[0] for earlier, later in pairwise(found))
    return found
