"""Dates, times and time zones as readers of each language write them.

Everything here is a pure function of its arguments and remembered by value: formatting through CLDR is far slower than
the pages that are made of it.
"""

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache

from babel import Locale
from babel.core import get_global
from babel.dates import format_date, get_timezone_location
from flask import Flask

from galerio_events import clock
from galerio_events.web.locale import page_language

_LONG = {"ja": "y年M月d日（E）", "en": "EEEE d MMMM y"}
_DAY = {"ja": "M月d日（E）", "en": "EEEE d MMMM"}
_SHORT = {"ja": "M月d日（E）", "en": "EEE d MMM"}
_BETWEEN = {"ja": " ", "en": ", "}
# Rules for clocks rather than places. The IANA database links each to some city that its readers need not know.
_OF_NO_PLACE = frozenset(("CET", "CST6CDT", "EET", "EST", "EST5EDT", "HST", "MET", "MST", "MST7MDT", "PST8PDT", "WET"))


@lru_cache(maxsize=4096)
def long_date(day: date, language: str) -> str:
    """`2022年11月24日（木）`, `Thursday 24 November 2022`."""
    return format_date(day, _LONG[language], language)


@lru_cache(maxsize=4096)
def day_date(day: date, language: str) -> str:
    """`11月24日（木）`, `Thursday 24 November`."""
    return format_date(day, _DAY[language], language)


@lru_cache(maxsize=4096)
def short_date(day: date, language: str) -> str:
    """`11月24日（木）`, `Thu 24 Nov`."""
    return format_date(day, _SHORT[language], language)


@lru_cache(maxsize=4096)
def date_range(first: date, last: date, language: str) -> tuple[str, ...]:
    """`2022年`, `11月24日（木）～25日（金）`; `24–25 November 2022`: in parts that are not to be broken over lines."""
    same_year, same_month = first.year == last.year, (first.year, first.month) == (last.year, last.month)
    if language == "ja":
        begin = day_date(first, "ja")
        if first == last:
            return f"{first.year}年", begin
        if not same_year:
            return f"{long_date(first, 'ja')}～", long_date(last, "ja")
        return f"{first.year}年", f"{begin}～{format_date(last, 'd日（E）' if same_month else 'M月d日（E）', 'ja')}"
    if first == last:
        return (long_date(first, language),)
    end = format_date(last, "d MMMM y", language)
    if same_month:
        return (f"{first.day}–{end}",)
    return f"{format_date(first, 'd MMMM' if same_year else 'd MMMM y', language)} – ", end


def clock_time(local: datetime) -> str:
    """`09:05`: the time on a 24-hour clock; `01:30 (UTC−4)` where the clocks of its zone show it twice."""
    plain = f"{local.hour:02}:{local.minute:02}"
    return f"{plain} ({clock.offset_text(local)})" if clock.happens_twice(local) else plain


def clock_times(begin: datetime, end: datetime) -> tuple[str, str]:
    """The times of both, with their offsets where these differ."""
    if begin.utcoffset() == end.utcoffset():
        return clock_time(begin), clock_time(end)
    first, last = (f"{local.hour:02}:{local.minute:02} ({clock.offset_text(local)})" for local in (begin, end))
    return first, last


def at(moment: datetime, zone_name: str, language: str) -> str:
    """`2022年11月24日（木） 12:30`, `Thursday 24 November 2022, 12:30`: one instant on the clock of that zone."""
    local = clock.in_zone(moment, zone_name)
    return f"{long_date(local.date(), language)}{_BETWEEN[language]}{clock_time(local)}"


def when(starts_at: datetime, ends_at: datetime, zone_name: str, language: str) -> str:
    """`2022年11月24日（木） 12:30–14:15`, `Thursday 24 November 2022, 12:30–14:15`.

    Where the end is on another date, that date is written out before it.
    """
    begin, end = clock.in_zone(starts_at, zone_name), clock.in_zone(ends_at, zone_name)
    between = _BETWEEN[language]
    first_time, last_time = clock_times(begin, end)
    head = f"{long_date(begin.date(), language)}{between}{first_time}"
    if begin.date() == end.date():
        return f"{head}–{last_time}"
    last = long_date(end.date(), language) if begin.year != end.year else day_date(end.date(), language)
    return f"{head} – {last}{between}{last_time}"


@lru_cache(maxsize=2048)
def zone_place(zone_name: str, language: str) -> str:
    """`日本時間`, `Japan time`; `ロサンゼルス時間`, `Los Angeles time` where the country has several zones.

    This is CLDR's generic location format. A zone that belongs to no place is called by its IANA name.
    """
    canonical = get_global("zone_aliases").get(zone_name, zone_name)
    territory = get_global("zone_territories").get(canonical)
    if territory in {None, "ZZ"} or zone_name in _OF_NO_PLACE:
        return zone_name
    if len(get_global("territory_zones").get(territory, ())) == 1:
        name = get_timezone_location(clock.zone(zone_name), locale=language)
    else:
        name = Locale.parse(language).zone_formats["region"] % zone_city(zone_name, language)
    return f"{name.removesuffix(' Time')} time" if language == "en" and name.endswith(" Time") else name


@lru_cache(maxsize=2048)
def zone_city(zone_name: str, language: str) -> str:
    """`東京`, `Tokyo`: the place that the zone is named after."""
    return get_timezone_location(clock.zone(zone_name), locale=language, return_city=True)


def zone_label(zone_name: str, moments: Iterable[datetime], language: str) -> str:
    """`日本時間（UTC+9）`, `Japan time (UTC+9)`: the zone with the offsets in force at those instants."""
    offsets = dict.fromkeys(clock.offset_label(moment, zone_name) for moment in moments)
    if not offsets:
        return zone_place(zone_name, language)
    inside = " / ".join(offsets)
    if zone_name == inside:
        return zone_name
    return (
        f"{zone_place(zone_name, language)}（{inside}）"
        if language == "ja"
        else (f"{zone_place(zone_name, language)} ({inside})")
    )


@lru_cache(maxsize=8)
def zone_choices(language: str) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """(region, ((IANA name, what the reader sees), …)) of every listed zone, for a select with groups.

    What the reader sees begins with the city of the IANA name, so that typing finds it, and goes on with its name in
    the reader's language where that is another one.
    """
    groups: dict[str, list[tuple[str, str]]] = {}
    for name in sorted(clock.listed_zone_names()):
        region, _, rest = name.partition("/")
        city = (rest or region).replace("_", " ")
        local = zone_city(name, language)
        text = city if language == "en" or local in city or local.isascii() else f"{city} {local}"
        groups.setdefault(region, []).append((name, text))
    return tuple((region, tuple(zones)) for region, zones in groups.items())


def init_app(app: Flask) -> None:
    """Register what templates say times with, in the language of the page."""

    @app.template_filter("long_date")
    def long(day: date) -> str:
        return long_date(day, page_language())

    @app.template_filter("short_date")
    def short(day: date) -> str:
        return short_date(day, page_language())

    @app.template_filter("when")
    def whole(span: tuple[datetime, datetime], zone_name: str) -> str:
        return when(span[0], span[1], zone_name, page_language())

    @app.template_filter("at")
    def instant(moment: datetime, zone_name: str) -> str:
        return at(moment, zone_name, page_language())

    @app.template_filter("wall_times")
    def wall_times(span: tuple[datetime, datetime], zone_name: str) -> tuple[str, str]:
        return clock_times(clock.in_zone(span[0], zone_name), clock.in_zone(span[1], zone_name))

    @app.template_filter("zone_label")
    def zone(zone_name: str, moment: datetime) -> str:
        return zone_label(zone_name, (moment,), page_language())
