"""What an event came to: the figures of a summary, and the rules they are made by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from functools import lru_cache
from typing import Any

from babel.core import get_global

from galerio_events import clock, countries
from galerio_events.registration.domain import AffiliationKind
from galerio_events.translated import EMPTY, Translated


class Basis(StrEnum):
    """Whom a summary counts: everyone with an active registration, or those of them who came to any session."""

    REGISTERED = "registered"
    ATTENDED = "attended"


BASIS_DEFINITIONS = {
    Basis.REGISTERED: "active registrations",
    Basis.ATTENDED: "active registrations with attendance of more than 0 seconds in any session",
}


@dataclass(frozen=True, slots=True)
class CountryFigure:
    """`name` is CLDR's, in the interface languages."""

    code: str
    name: Translated
    count: int


@dataclass(frozen=True, slots=True)
class AffiliationFigure:
    """`share_tenths` is the share of those who stated a kind, in tenths of a per cent: 366 is 36.6 %."""

    kind: AffiliationKind
    count: int
    share_tenths: int

    @property
    def share_text(self) -> str:
        """The share in per cent with its one decimal: `36.6`."""
        return f"{self.share_tenths // 10}.{self.share_tenths % 10}"


@dataclass(frozen=True, slots=True)
class SessionFigure:
    """People with an active registration who chose the session, who came, and the minutes they were there together."""

    key: str
    title: Translated
    registered: int
    attended: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Source:
    """What the figures were made from: the newest release (None before the first), how many registrations were
    counted, how many of them stated a kind of affiliation, and in words who is counted."""

    release: int | None
    registrations: int
    affiliations_stated: int
    basis: str


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of one event. `overseas` counts everyone who is not of `home`, the country that the event is in."""

    event: str
    basis: Basis
    total: int
    overseas: int
    countries: tuple[CountryFigure, ...]
    affiliations: tuple[AffiliationFigure, ...]
    sessions: tuple[SessionFigure, ...]
    generated_from: Source
    home: str | None = None

    @property
    def affiliations_unstated(self) -> int:
        return self.total - self.generated_from.affiliations_stated

    @property
    def off_scale(self) -> CountryFigure | None:
        """The home country where a chart on its scale would show nothing of the others: where it has more than twice
        the people of the next one."""
        others = [country.count for country in self.countries if country.code != self.home]
        for country in self.countries:
            if country.code == self.home and others and country.count > 2 * max(others):
                return country
        return None


@dataclass(frozen=True, slots=True)
class PublicFigures:
    """What the public is told of the participants: nobody's number but the totals.

    Figures that were released may lack all but the first, and state how many countries there were beside the list.
    """

    total: int
    overseas: int | None
    countries: tuple[str, ...]
    stated_countries: int | None = None

    @property
    def country_count(self) -> int:
        return len(self.countries) if self.stated_countries is None else self.stated_countries


def largest_remainder(counts: Sequence[int], seats: int) -> tuple[int, ...]:
    """`seats` divided in proportion to the counts (Hamilton): whole quotas first, then one each in the order of the
    remainders; of equal remainders the earlier one comes first. Nothing is divided where all counts are 0."""
    total = sum(counts)
    if not total:
        return tuple(0 for _ in counts)
    parts = [divmod(count * seats, total) for count in counts]
    shares = [quota for quota, _ in parts]
    order = sorted(range(len(counts)), key=lambda i: (-parts[i][1], i))
    for i in order[: seats - sum(shares)]:
        shares[i] += 1
    return tuple(shares)


def affiliation_figures(counts: Mapping[AffiliationKind, int]) -> tuple[AffiliationFigure, ...]:
    """Every kind in the order of the statistics, with shares that sum up to exactly 100.0 % (or 0 for nobody)."""
    each = [counts.get(kind, 0) for kind in AffiliationKind]
    shares = largest_remainder(each, 1000)
    return tuple(AffiliationFigure(*row) for row in zip(AffiliationKind, each, shares, strict=True))


@lru_cache(maxsize=8)
def _listed(language: str) -> dict[str, int]:
    return {code: i for i, (code, _name) in enumerate(countries.choices(language))}


@lru_cache(maxsize=512)
def country_names(code: str) -> Translated:
    """The country's or region's names in Japanese and English."""
    return Translated({"ja": countries.name(code, "ja"), "en": countries.name(code, "en")})


def in_order(counts: Mapping[str, int], language: str) -> list[str]:
    """The codes by count, the largest first; equal ones in the order of the list of names in that language, then by
    code (see docs/adr/0003)."""
    listed = _listed(language)
    return sorted(counts, key=lambda code: (-counts[code], listed.get(code, len(listed)), code))


def home_country(zone_name: str) -> str | None:
    """The country whose people are not from overseas: that of the event's time zone, by CLDR; None for UTC."""
    zone: str = get_global("zone_aliases").get(zone_name, zone_name)
    code: str | None = get_global("zone_territories").get(zone)
    return code if code in countries.codes() else None


def minutes(seconds: int) -> int:
    """Seconds as whole minutes, half a minute counting as one."""
    return (seconds + 30) // 60


def is_over(now: datetime, zone_name: str, ends_on: date, day_starts_at: time) -> bool:
    """Whether the last day of the programme has ended."""
    return clock.programme_day(now, zone_name, day_starts_at) > ends_on


@dataclass(frozen=True, slots=True)
class PublishedRoles:
    """What the year came to under the roles exchange and creation, as far as it was released."""

    delegations: int | None = None
    visitors: int | None = None
    creation: Translated = EMPTY


def published_figures(participants: Any) -> PublicFigures | None:
    """The figures that were released with the programme (`facts.participants`); None where the total is not."""
    if not isinstance(participants, Mapping):
        return None
    total = _whole(participants.get("total"))
    if not total:
        return None
    listed = participants.get("countries_by_head_count")
    codes = tuple(code for code in listed if code in countries.codes()) if isinstance(listed, Sequence) else ()
    return PublicFigures(total, _whole(participants.get("overseas")), codes, _whole(participants.get("countries")))


def published_roles(outcomes: Any) -> PublishedRoles:
    """What was released of `facts.outcomes`; whatever is missing or of another shape is left out."""
    given = outcomes if isinstance(outcomes, Mapping) else {}
    exchange = given.get("exchange")
    exchange = exchange if isinstance(exchange, Mapping) else {}
    creation = given.get("creation")
    note = creation.get("note") if isinstance(creation, Mapping) else None
    texts = {k: v for k, v in note.items() if isinstance(v, str)} if isinstance(note, Mapping) else {}
    return PublishedRoles(
        _whole(exchange.get("delegations_received")), _whole(exchange.get("visitors")), Translated(texts)
    )


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
