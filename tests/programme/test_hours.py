"""What clocks show where people are, and whether that is their night."""

from datetime import UTC, datetime, time

import pytest

from galerio_events.programme.domain.hours import (
    Band,
    Burden,
    awake,
    band_of,
    burden,
    by_number,
    distinct,
    local_times,
    night_share,
    share_awake,
    together,
    zones_of,
    zones_of_country,
)


def utc(hour: int, minute: int = 0, day: int = 25) -> datetime:
    return datetime(2022, 11, day, hour, minute, tzinfo=UTC)


def naive(hour: int, minute: int, day: int) -> datetime:
    return utc(hour, minute, day).replace(tzinfo=None)


@pytest.mark.parametrize(
    ("wall", "band"),
    [
        (time(0), Band.NIGHT), (time(6, 59), Band.NIGHT), (time(7), Band.EDGE), (time(7, 59), Band.EDGE),
        (time(8), Band.DAY), (time(19, 59), Band.DAY), (time(20), Band.EDGE), (time(21, 59), Band.EDGE),
        (time(22), Band.NIGHT),
    ],
)  # fmt: skip
def test_bands(wall: time, band: Band) -> None:
    assert band_of(wall) is band


def test_a_persons_own_zone_counts_before_the_country() -> None:
    assert zones_of("ES", "Asia/Tokyo") == ("Asia/Tokyo",)
    assert zones_of("TH", None) == ("Asia/Bangkok",)
    assert zones_of("TH", "Nowhere/At_All") == ("Asia/Bangkok",)
    assert zones_of(None, None) == ()
    assert zones_of_country("HM") == ()
    assert zones_of_country("ZZ") == ()


def test_a_country_with_several_zones_is_a_span() -> None:
    assert zones_of_country("ID") == ("Asia/Jakarta", "Asia/Jayapura", "Asia/Makassar", "Asia/Pontianak")
    shown = local_times(zones_of_country("ID"), utc(23, 30))
    assert shown is not None
    assert (shown.first, shown.last) == (naive(6, 30, 26), naive(8, 30, 26))
    assert (shown.bands, shown.worst, shown.sure) == ((Band.DAY, Band.EDGE, Band.NIGHT), Band.NIGHT, False)
    assert distinct(zones_of_country("ID"), utc(0)) == ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")
    assert local_times((), utc(0)) is None


def test_half_hours_and_the_date_line() -> None:
    nepal = local_times(("Asia/Kathmandu",), utc(18, 15))
    assert nepal is not None
    assert (nepal.first, nepal.bands) == (naive(0, 0, 26), (Band.NIGHT,))


def test_burden_counts_in_parts() -> None:
    # 21:00 to 23:00 in Tokyo: an hour at the edge, an hour of night.
    assert burden(("Asia/Tokyo",), utc(12), utc(14)) == Burden(0.5, 0.5)
    assert Burden(0.5, 0.5).weight == 0.625
    assert burden((), utc(12), utc(14)) == Burden(0.0, 0.0)
    # In one of three zones of Indonesia it is 22:00, in the others 20:00 and 21:00.
    assert burden(zones_of_country("ID"), utc(13), utc(13, 30)) == Burden(1 / 3, 2 / 3)
    assert awake(zones_of_country("ID"), utc(13), utc(13, 30)) == 2 / 3


def test_the_hour_that_is_put_back_is_counted_as_it_is_lived() -> None:
    # On 30 October 2022 clocks in Paris went from 3:00 to 2:00; 5:00 to 6:00 UTC is 6:00 to 7:00 there.
    paris = ("Europe/Paris",)
    first, after = datetime(2022, 10, 30, 5, tzinfo=UTC), datetime(2022, 10, 30, 6, tzinfo=UTC)
    assert burden(paris, first, after) == Burden(1.0, 0.0)
    assert burden(paris, datetime(2022, 10, 29, 5, tzinfo=UTC), datetime(2022, 10, 29, 6, tzinfo=UTC)) == Burden(0, 1)


def test_the_audience_weighs_by_number() -> None:
    # 15:50 to 17:00 in Tokyo is 7:50 in Paris and 1:50 in New York.
    counts = {"JP": 6, "FR": 3, "JM": 1, "HM": 5}
    share = share_awake(counts, utc(6, 50), utc(8))
    assert (share.people, share.awake, share.percent) == (10, 9, 90)
    assert night_share(counts, utc(6, 50), utc(8)) == 0.1
    assert share_awake({}, utc(6), utc(7)).percent is None
    assert night_share({"HM": 3}, utc(6), utc(7)) == 0.0


def test_order_and_groups() -> None:
    assert by_number({"TH": 2, "JP": 5, "SG": 2, "FR": 0}) == [("JP", 5), ("SG", 2), ("TH", 2)]
    tokyo = ("Asia/Tokyo",)
    assert together([("a", tokyo), ("b", ()), ("c", tokyo)]) == {tokyo: ["a", "c"], (): ["b"]}
