"""How dates, times and zones are written."""

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galerio_events import clock
from galerio_events.web import times
from tests.support.builders import utc


@pytest.mark.parametrize(
    ("language", "expected"),
    [("ja", "2022年11月24日（木） 12:30–14:15"), ("en", "Thursday 24 November 2022, 12:30–14:15")],
)
def test_when(language: str, expected: str) -> None:
    assert times.when(utc(24, 3, 30), utc(24, 5, 15), "Asia/Tokyo", language) == expected


@pytest.mark.parametrize(
    ("language", "expected"), [("ja", "2022年11月24日（木） 02:16"), ("en", "Thursday 24 November 2022, 02:16")]
)
def test_one_instant(language: str, expected: str) -> None:
    assert times.at(datetime(2022, 11, 23, 17, 16, 17, tzinfo=UTC), "Asia/Tokyo", language) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("ja", "2022年11月23日（水） 21:30 – 11月24日（木） 00:30"),
        ("en", "Wednesday 23 November 2022, 21:30 – Thursday 24 November, 00:30"),
    ],
)
def test_an_end_on_the_next_day_is_written_out(language: str, expected: str) -> None:
    assert times.when(utc(24, 5, 30), utc(24, 8, 30), "America/Los_Angeles", language) == expected


@pytest.mark.parametrize(
    ("begin", "end", "expected"),
    [
        ((5, 5), (7, 0), "Sunday 6 November 2022, 01:05 (UTC−4)–02:00 (UTC−5)"),
        ((5, 5), (5, 30), "Sunday 6 November 2022, 01:05 (UTC−4)–01:30 (UTC−4)"),
        ((6, 5), (6, 30), "Sunday 6 November 2022, 01:05 (UTC−5)–01:30 (UTC−5)"),
        ((6, 30), (7, 30), "Sunday 6 November 2022, 01:30 (UTC−5)–02:30"),
        ((7, 0), (8, 0), "Sunday 6 November 2022, 02:00–03:00"),
    ],
)
def test_offsets_are_shown_where_the_clocks_change(begin: tuple[int, int], end: tuple[int, int], expected: str) -> None:
    first, last = (datetime(2022, 11, 6, *time_, tzinfo=UTC) for time_ in (begin, end))
    assert times.when(first, last, "America/New_York", "en") == expected


def test_an_end_in_the_next_year_has_its_year() -> None:
    new_year = (datetime(2022, 12, 31, 22, tzinfo=UTC), datetime(2023, 1, 1, 1, tzinfo=UTC))
    assert times.when(*new_year, "UTC", "en") == "Saturday 31 December 2022, 22:00 – Sunday 1 January 2023, 01:00"


@pytest.mark.parametrize(
    ("first", "last", "ja", "en"),
    [
        ("2022-11-24", "2022-11-25", "2022年11月24日（木）～25日（金）", "24–25 November 2022"),
        ("2022-11-30", "2022-12-01", "2022年11月30日（水）～12月1日（木）", "30 November – 1 December 2022"),
        ("2022-12-31", "2023-01-01", "2022年12月31日（土）～2023年1月1日（日）", "31 December 2022 – 1 January 2023"),
        ("2022-11-24", "2022-11-24", "2022年11月24日（木）", "Thursday 24 November 2022"),
    ],
)
def test_date_range(first: str, last: str, ja: str, en: str) -> None:
    days = date.fromisoformat(first), date.fromisoformat(last)
    assert ["".join(times.date_range(*days, language)) for language in ("ja", "en")] == [ja, en]


@pytest.mark.parametrize(
    ("zone", "ja", "en"),
    [
        ("Asia/Tokyo", "日本時間（UTC+9）", "Japan time (UTC+9)"),
        ("Asia/Bangkok", "タイ時間（UTC+7）", "Thailand time (UTC+7)"),
        ("Asia/Kathmandu", "ネパール時間（UTC+5:45）", "Nepal time (UTC+5:45)"),
        ("America/Los_Angeles", "ロサンゼルス時間（UTC−8）", "Los Angeles time (UTC−8)"),
        ("Europe/London", "イギリス時間（UTC+0）", "United Kingdom time (UTC+0)"),
        ("Antarctica/Troll", "トロル基地時間（UTC+0）", "Troll time (UTC+0)"),
        ("Japan", "日本時間（UTC+9）", "Japan time (UTC+9)"),
        ("NZ", "オークランド時間（UTC+13）", "Auckland time (UTC+13)"),
        ("EST", "EST（UTC−5）", "EST (UTC−5)"),
        ("EST5EDT", "EST5EDT（UTC−5）", "EST5EDT (UTC−5)"),
        ("GMT", "GMT（UTC+0）", "GMT (UTC+0)"),
        ("UTC", "UTC（UTC+0）", "UTC (UTC+0)"),
        ("Etc/GMT+5", "Etc/GMT+5（UTC−5）", "Etc/GMT+5 (UTC−5)"),
    ],
)
def test_zone_label(zone: str, ja: str, en: str) -> None:
    assert [times.zone_label(zone, [utc(24, 3)], language) for language in ("ja", "en")] == [ja, en]


def test_a_zone_whose_clocks_change_during_the_event_has_both_offsets() -> None:
    before, after = datetime(2022, 10, 29, 12, tzinfo=UTC), datetime(2022, 10, 30, 12, tzinfo=UTC)
    assert times.zone_label("Europe/Berlin", [before, after], "en") == "Berlin time (UTC+2 / UTC+1)"


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_zone_can_be_chosen_once(language: str) -> None:
    names = [name for _region, zones in times.zone_choices(language) for name, _text in zones]
    assert sorted(names) == sorted(clock.listed_zone_names())


@given(
    st.integers(631152000, 2524608000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    st.sampled_from(sorted(clock.zone_names())),
    st.sampled_from(["ja", "en"]),
)
def test_any_instant_in_any_zone_has_a_label(moment: datetime, zone: str, language: str) -> None:
    assert clock.offset_label(moment, zone) in times.zone_label(zone, [moment], language)
    assert times.clock_time(clock.in_zone(moment, zone)) in times.when(moment, moment, zone, language)


def test_clock_time_has_two_digits() -> None:
    assert times.clock_time(datetime.combine(date(2022, 11, 24), time(9, 5))) == "09:05"
