"""Working days against the arithmetic of the notices themselves."""

from __future__ import annotations

import datetime as dt

import pytest

from qingyuan.errors import BadInput
from qingyuan.law.workdays import (
    ONE_DAY,
    add_workdays,
    count_workdays,
    day_off,
    is_provisional,
    is_workday,
    next_workday,
    year,
)  # fmt: skip


@pytest.mark.parametrize(("number", "statutory"), [(2021, 11), (2022, 11), (2023, 11), (2024, 11), (2025, 13), (2026, 13)])
def test_days_off_beyond_weekends_are_the_statutory_holidays(number: int, statutory: int) -> None:
    """Every swapped weekday is worked on a weekend, so weekdays off minus weekend days worked is the statutory count."""
    calendar = year(number)
    weekdays_off = sum(day.weekday() < 5 for day in calendar.holidays)
    assert weekdays_off - len(calendar.makeup) == statutory


def test_the_spring_festival_of_2020_was_made_longer_by_two_working_days() -> None:
    """State Council notice 2020-01: to 2 February."""
    calendar = year(2020)
    assert sum(day.weekday() < 5 for day in calendar.holidays) - len(calendar.makeup) == 13
    assert not is_workday(dt.date(2020, 1, 31))
    assert not is_workday(dt.date(2020, 2, 1))


@pytest.mark.parametrize("number", range(2020, 2028))
def test_a_makeup_workday_is_a_weekend_day_and_no_holiday(number: int) -> None:
    """A swap that falls on a weekday would be a mistake of typing."""
    calendar = year(number)
    assert all(day.weekday() >= 5 and day not in calendar.holidays for day in calendar.makeup)
    assert all(day.year == number for day in (*calendar.holidays, *calendar.makeup))


def test_the_worked_sunday_counts_and_the_weekday_holiday_does_not() -> None:
    """2026: 9 May is worked, 5 May is off."""
    assert is_workday(dt.date(2026, 5, 9))
    assert day_off(dt.date(2026, 5, 5)) == "劳动节"
    assert day_off(dt.date(2026, 5, 10)) == "周日"
    assert day_off(dt.date(2026, 5, 9)) == ""


def test_five_working_days_over_the_mid_autumn_and_national_days() -> None:
    """From 24 September 2026: 28, 29, 30 September, 8 and 9 October."""
    assert add_workdays(dt.date(2026, 9, 24), 5) == dt.date(2026, 10, 9)
    assert add_workdays(dt.date(2026, 10, 9), -5) == dt.date(2026, 9, 24)


def test_adding_and_counting_are_inverse() -> None:
    """For every day of two years and every count to twenty."""
    day = dt.date(2025, 3, 1)
    while day < dt.date(2026, 11, 1):
        for count in (1, 3, 5, 7, 10, 20):
            assert count_workdays(day, add_workdays(day, count)) == count
        day += ONE_DAY * 3


def test_the_next_workday_is_itself_when_worked() -> None:
    """A last day that is not worked moves on; one that is stays."""
    assert next_workday(dt.date(2026, 10, 1)) == dt.date(2026, 10, 8)
    assert next_workday(dt.date(2026, 10, 8)) == dt.date(2026, 10, 8)


def test_2027_is_provisional_until_its_notice_is_out() -> None:
    """A day of a year without a notice is marked."""
    assert is_provisional(dt.date(2027, 5, 6))
    assert not is_provisional(dt.date(2026, 5, 6))


def test_a_year_without_a_calendar_is_refused_in_words() -> None:
    """No guess about a year nobody has announced."""
    with pytest.raises(BadInput, match="没有2019年"):
        is_workday(dt.date(2019, 5, 6))


def test_a_later_year_has_weekends_and_fixed_days_and_is_provisional() -> None:
    """A long clock started in 2027 must still answer, marked as not final."""
    assert not is_workday(dt.date(2029, 10, 1))
    assert is_workday(dt.date(2029, 10, 8))
    assert is_provisional(dt.date(2029, 10, 8))
