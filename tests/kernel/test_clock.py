"""Instants, wall clocks, gaps, folds and the days of a programme."""

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galerio_events import clock


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("local", "zone", "expected"),
    [
        ("2022-11-24T14:00", "Asia/Tokyo", "2022-11-24T05:00:00Z"),
        ("2022-11-24T14:00", "Asia/Kathmandu", "2022-11-24T08:15:00Z"),
        ("2022-11-24T14:00", "America/St_Johns", "2022-11-24T17:30:00Z"),
        ("2022-07-01T09:00", "Europe/London", "2022-07-01T08:00:00Z"),
        ("2022-12-01T09:00", "Europe/London", "2022-12-01T09:00:00Z"),
        ("2022-03-27T03:00", "Europe/Berlin", "2022-03-27T01:00:00Z"),
        ("2022-03-27T01:59", "Europe/Berlin", "2022-03-27T00:59:00Z"),
    ],
)
def test_from_wall(local: str, zone: str, expected: str) -> None:
    assert clock.to_text(clock.from_wall(wall(local), zone)) == expected


@pytest.mark.parametrize(
    ("local", "zone"),
    [
        ("2022-03-27T02:00", "Europe/Berlin"),
        ("2022-03-27T02:59", "Europe/Berlin"),
        ("2022-03-13T02:30", "America/New_York"),
        ("2011-12-30T12:00", "Pacific/Apia"),
        ("2022-10-02T02:15", "Australia/Lord_Howe"),
    ],
)
def test_a_time_in_the_gap_does_not_exist(local: str, zone: str) -> None:
    with pytest.raises(clock.NonexistentTime, match=local):
        clock.from_wall(wall(local), zone)


@pytest.mark.parametrize(
    ("local", "zone", "earlier", "later"),
    [
        ("2022-10-30T02:00", "Europe/Berlin", "2022-10-30T00:00:00Z", "2022-10-30T01:00:00Z"),
        ("2022-11-06T01:30", "America/New_York", "2022-11-06T05:30:00Z", "2022-11-06T06:30:00Z"),
        ("2022-04-03T01:45", "Australia/Lord_Howe", "2022-04-02T14:45:00Z", "2022-04-02T15:15:00Z"),
    ],
)
def test_a_time_in_the_fold_is_ambiguous(local: str, zone: str, earlier: str, later: str) -> None:
    with pytest.raises(clock.AmbiguousTime) as raised:
        clock.from_wall(wall(local), zone)
    assert (clock.to_text(raised.value.earlier), clock.to_text(raised.value.later)) == (earlier, later)


def test_a_wall_clock_has_no_zone_of_its_own() -> None:
    with pytest.raises(ValueError, match="no zone of its own"):
        clock.from_wall(datetime(2022, 11, 24, tzinfo=UTC), "Asia/Tokyo")


@pytest.mark.parametrize(
    "name",
    ["", "Tokyo", "JST", "Mars/Olympus", "../etc/passwd", "/etc/localtime", "localtime", "Factory", "Asia/Tokyo "],
)
def test_unknown_zones(name: str) -> None:
    with pytest.raises(clock.UnknownZone):
        clock.zone(name)
    with pytest.raises(clock.UnknownZone):
        clock.zone_name(name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Asia/Tokyo", "Asia/Tokyo"),
        ("asia/tokyo", "Asia/Tokyo"),
        ("AMERICA/LOS_ANGELES", "America/Los_Angeles"),
        ("utc", "UTC"),
        ("gmt", "GMT"),
        ("est", "EST"),
        ("est5edt", "EST5EDT"),
        ("Japan", "Japan"),
        ("us/pacific", "US/Pacific"),
        ("asia/calcutta", "Asia/Calcutta"),
    ],
)
def test_names_are_found_however_they_are_written(text: str, name: str) -> None:
    assert clock.zone_name(text) == name
    assert clock.zone(name).key == name


def test_no_two_names_differ_in_capitals_alone() -> None:
    assert {clock.zone_name(name.upper()) for name in clock.zone_names()} == clock.zone_names()


def test_the_list_to_choose_from_has_places() -> None:
    names = clock.listed_zone_names()
    assert {"UTC", "Asia/Tokyo", "Asia/Bangkok", "America/Los_Angeles", "America/Argentina/Ushuaia"} <= names
    assert names < clock.zone_names()
    assert not any(name.startswith(("posix/", "right/")) for name in clock.zone_names())
    assert names.isdisjoint({"EST", "Japan", "GMT"})


def test_naive_instants_are_refused() -> None:
    naive = datetime(2022, 11, 24, 14, 0)  # noqa: DTZ001 what must be refused
    for call in (clock.require_utc, clock.to_text, lambda moment: clock.in_zone(moment, "Asia/Tokyo")):
        with pytest.raises(ValueError, match="has no time zone"):
            call(naive)


def test_require_utc_converts() -> None:
    moment = clock.require_utc(datetime(2022, 11, 24, 14, 0, tzinfo=timezone(timedelta(hours=9))))
    assert moment == datetime(2022, 11, 24, 5, 0, tzinfo=UTC)
    assert moment.tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("2022-11-24T05:00:00Z", "Asia/Tokyo", "UTC+9"),
        ("2022-11-24T05:00:00Z", "Asia/Kathmandu", "UTC+5:45"),
        ("2022-11-24T05:00:00Z", "America/St_Johns", "UTC−3:30"),
        ("2022-11-24T05:00:00Z", "America/Los_Angeles", "UTC−8"),
        ("2022-07-24T05:00:00Z", "America/Los_Angeles", "UTC−7"),
        ("2022-11-24T05:00:00Z", "UTC", "UTC+0"),
    ],
)
def test_offset_label(text: str, zone: str, expected: str) -> None:
    assert clock.offset_label(clock.from_text(text), zone) == expected


@pytest.mark.parametrize(
    ("local", "starts", "expected"),
    [
        ("2022-11-24T00:00", time(0), date(2022, 11, 24)),
        ("2022-11-24T23:59", time(0), date(2022, 11, 24)),
        ("2022-11-25T02:59", time(5), date(2022, 11, 24)),
        ("2022-11-25T04:59", time(5), date(2022, 11, 24)),
        ("2022-11-25T05:00", time(5), date(2022, 11, 25)),
    ],
)
def test_programme_day(local: str, starts: time, expected: date) -> None:
    assert clock.programme_day(clock.from_wall(wall(local), "Asia/Tokyo"), "Asia/Tokyo", starts) == expected


def test_the_day_of_an_instant_depends_on_the_zone() -> None:
    opening = clock.from_text("2022-11-25T04:00:00Z")
    assert clock.programme_day(opening, "Asia/Tokyo") == date(2022, 11, 25)
    assert clock.programme_day(opening, "America/Los_Angeles") == date(2022, 11, 24)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2022-11-24",
        "2022-11-24T05:00:00",
        "2022-11-24T05:00:00+00:00",
        "2022-11-24T05:00:00.5Z",
        "2022-11-24 05:00:00Z",
        "2022-11-24T5:00:00Z",
        "2022-1-4T05:00:00Z",
        "2022-W47-4T05:00:00Z",
        "2022-02-30T05:00:00Z",
        "２０２２-11-24T05:00:00Z",
    ],
)
def test_from_text_reads_only_what_to_text_writes(text: str) -> None:
    with pytest.raises(ValueError):
        clock.from_text(text)


@given(
    st.datetimes(min_value=wall("1990-01-01"), max_value=wall("2037-01-01")),
    st.sampled_from(sorted(clock.zone_names())),
)
def test_a_wall_clock_round_trips_or_is_a_question(local: datetime, zone: str) -> None:
    local = local.replace(microsecond=0, fold=0)
    try:
        moment = clock.from_wall(local, zone)
    except clock.NonexistentTime:
        return
    except clock.AmbiguousTime as both:
        assert both.later > both.earlier
        assert {clock.in_zone(moment, zone).replace(tzinfo=None, fold=0) for moment in (both.earlier, both.later)} == {
            local
        }
        return
    assert clock.in_zone(moment, zone).replace(tzinfo=None) == local
    assert clock.from_text(clock.to_text(moment)) == moment


def test_now_is_aware_and_to_the_second() -> None:
    now = clock.utc_now()
    assert now.tzinfo is UTC
    assert now.microsecond == 0
    assert abs(now - datetime.now(UTC)) < timedelta(seconds=5)
