"""Working days in China: weekends, statutory holidays and make-up workdays, year by year from the notices.

The days are data in ``book/calendar``: one file a year, with the notice that set it.  A year whose notice is not out
yet is marked provisional and holds the statutory days only.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from qingyuan.errors import BadInput

from . import rulebook
from .citation import Citation, parse
from .rulebook import Entry

SATURDAY = 5
ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Year:
    """One calendar year: days off with their names, weekend days worked, the notice, and whether it is provisional."""

    holidays: dict[dt.date, str]
    makeup: frozenset[dt.date]
    citation: Citation
    provisional: bool


@lru_cache(maxsize=32)
def year(number: int) -> Year:
    """The calendar of a year; one later than all of the book has the fixed statutory days only and is provisional.

    Raises BadInput for a year before the first."""
    entries = rulebook.load().folder("calendar")
    entry = entries.get(str(number))
    if entry is None:
        return _future(entries, number)
    days: dict[dt.date, str] = {}
    for span in entry["holidays"]:
        day = span["began"]
        while day <= span["ended"]:
            days[day] = span["name"]
            day += ONE_DAY
    return Year(days, frozenset(entry["makeup_workdays"]), parse(entry["citation"]), bool(entry["provisional"]))


def _future(entries: Mapping[str, Entry], number: int) -> Year:
    years = sorted(int(key) for key in entries if key.isdecimal())
    if number < years[-1]:
        raise BadInput(f"日历从{years[0]}年开始收录，没有{number}年的放假安排", field="day")
    entry = entries["future"]
    days = {dt.date.fromisoformat(f"{number}-{month_day}"): "法定节日" for month_day in entry["fixed"]}
    return Year(days, frozenset(), parse(entry["citation"]), bool(entry["provisional"]))


def is_workday(day: dt.date) -> bool:
    """Whether offices work that day (Penalty Law art. 85: statutory holidays are not working days)."""
    calendar = year(day.year)
    if day in calendar.makeup:
        return True
    return day.weekday() < SATURDAY and day not in calendar.holidays


def day_off(day: dt.date) -> str:
    """Why a day is not worked, 周六, 周日 or the holiday's name; empty for a working day."""
    if is_workday(day):
        return ""
    return year(day.year).holidays.get(day) or ("周六" if day.weekday() == SATURDAY else "周日")


def is_provisional(day: dt.date) -> bool:
    """Whether the day lies in a year whose notice is not out yet."""
    return year(day.year).provisional


def next_workday(day: dt.date) -> dt.date:
    """The day itself when it is worked, else the first working day after it."""
    while not is_workday(day):
        day += ONE_DAY
    return day


def add_workdays(day: dt.date, count: int) -> dt.date:
    """The ``count``-th working day after ``day`` (before it when negative); zero gives the day itself."""
    step = ONE_DAY if count > 0 else -ONE_DAY
    left = abs(count)
    while left:
        day += step
        left -= is_workday(day)
    return day


def count_workdays(began: dt.date, ended: dt.date) -> int:
    """How many working days lie after ``began`` up to and including ``ended``; zero when ended is not later."""
    total = 0
    while began < ended:
        began += ONE_DAY
        total += is_workday(began)
    return total
