"""Dates as people and other programs write them; a date that can be read in two ways is none."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from enum import StrEnum

YEARS = range(1970, 2200)
# The first year of Reiwa.
_REIWA = 2019
_WEEKDAY = r"(?:\s*\(?(?:[月火水木金土日](?:曜日?)?(?:・祝日?)?|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?)\)?)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})[-/.年]\s?(\d{{1,2}})[-/.月]\s?(\d{{1,2}})日?{_WEEKDAY}", re.ASCII | re.IGNORECASE)
_IN_REIWA = re.compile(rf"令和(\d{{1,2}}|元)年(\d{{1,2}})月(\d{{1,2}})日{_WEEKDAY}", re.ASCII)
_YEAR_LAST = re.compile(rf"(\d{{1,2}})([-/.])(\d{{1,2}})\2(\d{{4}}){_WEEKDAY}", re.ASCII | re.IGNORECASE)
_BEGINS_YEAR_LAST = re.compile(r"(\d{1,2})([-/])(\d{1,2})\2\d{4}(?!\d)", re.ASCII)
_NAMED_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?,?\s+)?"
_NAME = r"([a-z]{3,9})\.?"
_NTH = r"(\d{1,2})(?:st|nd|rd|th)?"
_DAY_AND_NAME = re.compile(rf"{_NAMED_WEEKDAY}{_NTH}[\s-]+{_NAME},?[\s-]+(\d{{4}})", re.ASCII | re.IGNORECASE)
_NAME_AND_DAY = re.compile(rf"{_NAMED_WEEKDAY}{_NAME}[\s-]+{_NTH},?[\s-]+(\d{{4}})", re.ASCII | re.IGNORECASE)
_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september", "october"),
    *("november", "december"),
)


class DayOrder(StrEnum):
    """Which comes first where a date ends with the year: `24/11/2022` or `11/24/2022`."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


def read_date(text: str, order: DayOrder | None = None) -> date | None:
    """The date, or None; `order` decides where a date can be read in two ways."""
    text = folded(text)
    if found := _YEAR_FIRST.fullmatch(text):
        return _made(found[1], found[2], found[3])
    if found := _IN_REIWA.fullmatch(text):
        return _made(_REIWA - 1 + (1 if found[1] == "元" else int(found[1])), found[2], found[3])
    if found := _DAY_AND_NAME.fullmatch(text):
        return _made(found[3], _month(found[2]), found[1])
    if found := _NAME_AND_DAY.fullmatch(text):
        return _made(found[3], _month(found[1]), found[2])
    possible = _readings(text)
    if len(set(possible.values())) == 1:
        return next(iter(possible.values()))
    return possible.get(order) if order else None


def two_readings(text: str) -> tuple[date, date] | None:
    """Both dates that the text can mean, the one that names the day first before the other; None for one or none."""
    possible = _readings(folded(text))
    different = tuple(dict.fromkeys(possible.values()))
    return (different[0], different[1]) if len(different) == 2 else None


def order_of(texts: Iterable[str]) -> DayOrder | None:
    """How whoever wrote all these texts orders day and month: as those say in which one number is above 12.

    None where they contradict each other or none of them says it.
    """
    said = set()
    for text in texts:
        if found := _BEGINS_YEAR_LAST.match(folded(text)):
            first, second = int(found[1]), int(found[3])
            if first > 12 >= second:
                said.add(DayOrder.DAY_FIRST)
            elif second > 12 >= first:
                said.add(DayOrder.MONTH_FIRST)
    return said.pop() if len(said) == 1 else None


def folded(text: str) -> str:
    """The beginning of the text, without differences of width."""
    return unicodedata.normalize("NFKC", text[:200]).strip()[:80]


def _readings(text: str) -> dict[DayOrder, date]:
    """What a date that ends with the year can mean. With full stops the day comes first, all over the world."""
    found = _YEAR_LAST.fullmatch(text)
    if not found:
        return {}
    first, separator, second, year = found.groups()
    possible = {DayOrder.DAY_FIRST: _made(year, second, first)}
    if separator != ".":
        possible[DayOrder.MONTH_FIRST] = _made(year, first, second)
    return {order: day for order, day in possible.items() if day is not None}


def _month(name: str) -> int:
    """The number of the month, 0 for none."""
    given = "sep" if name.lower() == "sept" else name.lower()
    return next((at for at, month in enumerate(_MONTHS, 1) if given in {month, month[:3]}), 0)


def _made(year: int | str, month: int | str, day: int | str) -> date | None:
    try:
        made = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return made if made.year in YEARS else None
