"""Shares, the order of countries, who is from overseas, and when an event is over."""

from datetime import UTC, date, datetime, time
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galerio_events.registration.domain import AffiliationKind
from galerio_events.reports import domain
from galerio_events.translated import EMPTY, Translated

COUNTS = st.lists(st.integers(0, 5000), min_size=1, max_size=12)


@given(COUNTS, st.integers(0, 2000))
def test_shares_add_up_and_are_within_one_unit_of_exact(counts: list[int], seats: int) -> None:
    shares = domain.largest_remainder(counts, seats)
    if not sum(counts):
        assert set(shares) == {0}
        return
    assert sum(shares) == seats
    for count, share in zip(counts, shares, strict=True):
        assert abs(share - Fraction(count * seats, sum(counts))) < 1


@given(COUNTS, st.integers(1, 2000))
def test_whoever_has_more_gets_no_smaller_share(counts: list[int], seats: int) -> None:
    shares = domain.largest_remainder(counts, seats)
    for i, one in enumerate(counts):
        for j, other in enumerate(counts):
            if one > other:
                assert shares[i] >= shares[j]


def test_equal_remainders_go_to_the_earlier() -> None:
    assert domain.largest_remainder([1, 1, 1], 1000) == (334, 333, 333)
    assert domain.largest_remainder([1, 1], 1) == (1, 0)


def test_affiliations_are_all_there_in_the_order_of_the_statistics() -> None:
    figures = domain.affiliation_figures({AffiliationKind.MEDIA: 1, AffiliationKind.COMPANY: 2})
    assert [figure.kind for figure in figures] == list(AffiliationKind)
    assert [figure.share_text for figure in figures] == ["66.7", *["0.0"] * 6, "33.3", "0.0"]
    assert {figure.share_tenths for figure in domain.affiliation_figures({})} == {0}


def test_countries_go_by_count_then_by_name_then_by_code() -> None:
    counts = {"LA": 1, "ZA": 2, "NO": 2, "JP": 460, "XX": 2}
    assert domain.in_order(counts, "ja") == ["JP", "NO", "ZA", "XX", "LA"]
    # Norway and Niger: the other way round by name than by code, and differently in the two languages.
    assert domain.in_order({"NE": 1, "NO": 1, "NI": 1}, "en") == ["NI", "NE", "NO"]
    assert domain.in_order({"NE": 1, "NO": 1, "NI": 1}, "ja") == ["NI", "NE", "NO"]
    assert domain.in_order({"DE": 1, "ES": 1}, "en") == ["DE", "ES"]
    assert domain.in_order({"DE": 1, "ES": 1}, "ja") == ["ES", "DE"]


@pytest.mark.parametrize(
    ("zone", "country"),
    [("Asia/Tokyo", "JP"), ("Japan", "JP"), ("Asia/Bangkok", "TH"), ("Asia/Kolkata", "IN"), ("UTC", None)],
)
def test_home_is_the_country_of_the_zone(zone: str, country: str | None) -> None:
    assert domain.home_country(zone) == country


@pytest.mark.parametrize(("seconds", "minutes"), [(0, 0), (29, 0), (30, 1), (89, 1), (90, 2), (3600, 60)])
def test_minutes_are_rounded_half_up(seconds: int, minutes: int) -> None:
    assert domain.minutes(seconds) == minutes


def test_an_event_is_over_when_its_last_day_has_ended_where_it_is() -> None:
    def over(now: datetime, day_starts_at: time = time(0)) -> bool:
        return domain.is_over(now, "Asia/Tokyo", date(2022, 11, 25), day_starts_at)

    assert not over(datetime(2022, 11, 25, 14, 59, 59, tzinfo=UTC))
    assert over(datetime(2022, 11, 25, 15, 0, tzinfo=UTC))
    assert not over(datetime(2022, 11, 25, 19, 59, tzinfo=UTC), time(5))
    assert over(datetime(2022, 11, 25, 20, 0, tzinfo=UTC), time(5))


@pytest.mark.parametrize(
    ("counts", "home", "expected"),
    [
        ({"JP": 460, "PH": 41, "VN": 30}, "JP", "JP"),
        ({"JP": 82, "PH": 41}, "JP", None),
        ({"JP": 83, "PH": 41}, "JP", "JP"),
        ({"PH": 460, "JP": 41}, "JP", None),
        ({"JP": 460}, "JP", None),
        ({"JP": 460, "PH": 1}, None, None),
        ({"PH": 41}, "JP", None),
        ({}, "JP", None),
    ],
)
def test_home_is_left_off_the_scale_where_it_would_dwarf_the_others(
    counts: dict[str, int], home: str | None, expected: str | None
) -> None:
    countries = tuple(domain.CountryFigure(code, domain.country_names(code), n) for code, n in counts.items())
    total = sum(counts.values())
    source = domain.Source(1, total, 0, "")
    summary = domain.Summary("ascc11", domain.Basis.REGISTERED, total, 0, countries, (), (), source, home)
    assert (summary.off_scale and summary.off_scale.code) == expected


def test_released_figures_are_taken_as_they_are() -> None:
    facts = {"total": 730, "overseas": 270, "countries_by_head_count": ["JP", "PH", "??"]}
    assert domain.published_figures(facts) == domain.PublicFigures(730, 270, ("JP", "PH"))


@pytest.mark.parametrize(
    "facts", [None, [], {}, {"total": 0}, {"overseas": 270}, {"total": "730", "countries_by_head_count": []}]
)
def test_without_their_total_there_are_no_released_figures(facts: object) -> None:
    assert domain.published_figures(facts) is None


@pytest.mark.parametrize(
    ("facts", "overseas", "count"),
    [
        ({"total": 730}, None, 0),
        ({"total": 730, "overseas": 270, "countries": 38}, 270, 38),
        ({"total": 730, "overseas": 0, "countries_by_head_count": ["JP", "NO"]}, 0, 2),
        ({"total": 730, "overseas": True, "countries": "38", "countries_by_head_count": 3}, None, 0),
    ],
)
def test_released_figures_may_be_few(facts: object, overseas: int | None, count: int) -> None:
    found = domain.published_figures(facts)
    assert found is not None
    assert (found.total, found.overseas, found.country_count) == (730, overseas, count)


@pytest.mark.parametrize(
    "facts", [None, 3, [], {}, {"exchange": 5, "creation": "x"}, {"exchange": {"visitors": True}, "creation": {}}]
)
def test_roles_that_were_not_released_are_left_out(facts: object) -> None:
    assert domain.published_roles(facts) == domain.PublishedRoles(None, None, EMPTY)


def test_released_roles() -> None:
    facts = {
        "exchange": {"delegations_received": 20, "visitors": 340},
        "creation": {"note": {"en": "Studies", "ja": "調査"}},
    }
    assert domain.published_roles(facts) == domain.PublishedRoles(20, 340, Translated({"en": "Studies", "ja": "調査"}))
