"""Clocks: against a counter that knows nothing but a list of days; and the refusals."""

from __future__ import annotations

import datetime as dt
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingyuan.errors import BadInput
from qingyuan.law import rulebook
from qingyuan.law.deadlines import NEVER, Suspension, add_months, clocks, due, due_at, grounds, yearly

ONE_DAY = dt.timedelta(days=1)
FIRST, LAST = dt.date(2020, 1, 1), dt.date(2027, 12, 31)


def all_days() -> list[dt.date]:
    return [FIRST + ONE_DAY * number for number in range((LAST - FIRST).days + 1)]


def worked_days() -> set[dt.date]:
    """The working days read straight from the calendar files."""
    off: set[dt.date] = set()
    makeup: set[dt.date] = set()
    for entry in rulebook.load().folder("calendar").values():
        if "holidays" not in entry:
            continue
        makeup.update(entry["makeup_workdays"])
        for span in entry["holidays"]:
            off.update(day for day in all_days() if span["began"] <= day <= span["ended"])
    return {day for day in all_days() if day in makeup or (day.weekday() < 5 and day not in off)}


WORKED = worked_days()
DAYS = all_days()


def brute(started: dt.date, budget: int, unit: str, roll: bool, holes: list[tuple[dt.date, dt.date]]) -> dt.date:
    """Take the days after the start one by one, drop those that do not count, and look at the budget-th."""
    after = DAYS[(started - FIRST).days + 1 :]
    counted = [day for day in after if not any(began <= day < ended for began, ended in holes) and (unit == "day" or day in WORKED)]
    last = counted[budget - 1]
    later = (day for day in after if day >= last and day in WORKED and not any(began <= day < ended for began, ended in holes))
    return next(later) if roll else last


def forward_clocks() -> list[str]:
    entries = rulebook.load().folder("procedure")
    return [key for key in clocks() if entries[key].get("direction") != "before" and entries[key]["values"][0]["unit"] in ("day", "workday")]


def test_every_clock_of_days_agrees_with_the_brute_force_counter_from_2020_to_2027() -> None:
    """Every forward clock from random days of eight years, with and without a suspension."""
    source = random.Random(20260815)
    book = rulebook.load()
    for key in forward_clocks():
        for _ in range(6):
            started = FIRST + ONE_DAY * source.randrange((LAST - FIRST).days - 250)
            try:
                rule = book.get(f"procedure/{key}", on=started)
            except BadInput:
                continue
            began = started + ONE_DAY * source.randrange(1, 30)
            holes = [(began, began + ONE_DAY * source.randrange(1, 40))] if rule.get("suspended_by") and source.random() < 0.7 else []
            given_holes = [Suspension(first, last, rule["suspended_by"][0]) for first, last in holes]
            found = due(key, started, suspensions=given_holes).due_on - ONE_DAY * rule.get("then", 0)
            assert found == brute(started, rule["budget"], rule["unit"], rule.get("roll", True), holes), (key, started, holes)


def test_five_working_days_from_every_day_that_the_rule_is_in_force() -> None:
    """Statement and defence, Measures 30 art. 44: each day from July 2023 to November 2027."""
    worked = sorted(WORKED)
    day = dt.date(2023, 7, 1)
    while day < dt.date(2027, 11, 1):
        assert due("statement", day).due_on == [one for one in worked if one > day][:5][-1]
        day += ONE_DAY * 7


holes = st.lists(
    st.tuples(st.integers(0, 120), st.integers(0, 40)).map(
        lambda pair: (dt.date(2026, 1, 5) + ONE_DAY * pair[0], dt.date(2026, 1, 5) + ONE_DAY * (pair[0] + pair[1]))
    ),
    max_size=4,
)


@settings(max_examples=50, deadline=None)
@given(holes)
def test_any_ledger_of_suspensions_agrees_with_the_brute_force_counter(found: list[tuple[dt.date, dt.date]]) -> None:
    """Overlapping, touching and empty suspensions of the ninety days (Penalty Law art. 60)."""
    started = dt.date(2026, 1, 4)
    result = due("decision_90", started, suspensions=[Suspension(began, ended, "hearing") for began, ended in found])
    assert result.due_on == brute(started, 90, "day", True, found)


@settings(max_examples=40, deadline=None)
@given(holes)
def test_a_suspension_never_brings_a_clock_forward(found: list[tuple[dt.date, dt.date]]) -> None:
    """More holes, never an earlier day."""
    started = dt.date(2026, 1, 4)
    ledger = [Suspension(began, ended, "hearing") for began, ended in found]
    days = [due("decision_90", started, suspensions=ledger[:count]).due_on for count in range(len(ledger) + 1)]
    assert days == sorted(days)


def test_a_clock_in_an_open_suspension_stands_still_and_is_never_late() -> None:
    """Measures 30 art. 35: what is left is kept until the investigation goes on."""
    found = due("decision_90", dt.date(2026, 3, 2), suspensions=[Suspension(dt.date(2026, 4, 1), None, "中止调查")])
    assert found.is_stopped
    assert found.due_on == NEVER
    assert found.left == 90 - 29
    assert not found.is_late(dt.date(2030, 1, 1))


def test_a_suspension_after_the_last_day_changes_nothing() -> None:
    """A clock that has run out cannot be stopped any more."""
    late = [Suspension(dt.date(2026, 7, 1), None, "hearing")]
    assert due("decision_90", dt.date(2026, 3, 2), suspensions=late).due_on == dt.date(2026, 6, 1)


def test_the_arithmetic_says_first_day_last_day_and_why_it_moved() -> None:
    """The example of the domain note: filed on 2026-03-02."""
    told = "".join(due("decision_90", dt.date(2026, 3, 2)).arithmetic)
    for words in ("当日不计", "第90日为 2026-05-31", "周日", "顺延至 2026-06-01"):
        assert words in told


def test_the_hearing_notice_is_counted_backwards() -> None:
    """Penalty Law art. 64(2): seven working days before."""
    assert due("hearing_notice", dt.date(2026, 10, 15)).due_on == dt.date(2026, 9, 30)


def test_a_month_ends_on_its_corresponding_day_or_its_last() -> None:
    """Civil Code art. 202."""
    assert add_months(dt.date(2026, 8, 31), 6) == dt.date(2027, 2, 28)
    assert add_months(dt.date(2024, 2, 29), 24) == dt.date(2026, 2, 28)
    assert add_months(dt.date(2026, 12, 15), 1) == dt.date(2027, 1, 15)


def test_twenty_four_hours_are_hours() -> None:
    """Order 29 art. 13: an urgent seizure is approved within 24 hours, holiday or not."""
    zone = dt.timezone(dt.timedelta(hours=8))
    assert due_at("seizure_approval", dt.datetime(2026, 10, 1, 9, 30, tzinfo=zone)) == dt.datetime(2026, 10, 2, 9, 30, tzinfo=zone)
    with pytest.raises(BadInput, match="按小时计"):
        due("seizure_approval", dt.date(2026, 10, 1))


def test_days_of_a_year_without_notice_make_the_result_provisional() -> None:
    """2027 has no notice yet."""
    assert due("statement", dt.date(2026, 12, 29)).provisional
    assert not due("statement", dt.date(2026, 11, 2)).provisional


def test_an_extension_beyond_the_article_is_refused() -> None:
    """Measures 30 art. 18: fifteen more days, not sixteen."""
    with pytest.raises(BadInput, match="最多可延长15日"):
        due("filing", dt.date(2026, 3, 2), extension=16)
    with pytest.raises(BadInput, match="不能延长"):
        due("statement", dt.date(2026, 3, 2), extension=1)


def test_a_ground_that_does_not_stop_this_clock_is_refused_with_those_that_do() -> None:
    """A hearing stops the ninety days, not the five days to ask for it."""
    with pytest.raises(BadInput, match="没有可以中止它的事由"):
        due("hearing_request", dt.date(2026, 3, 2), suspensions=[Suspension(dt.date(2026, 3, 3), None, "hearing")])
    with pytest.raises(BadInput, match="testing|检测"):
        due("seizure", dt.date(2026, 3, 2), suspensions=[Suspension(dt.date(2026, 3, 3), None, "hearing")])


def test_another_ground_needs_its_own_citation() -> None:
    """Measures 30 art. 35 ends with other grounds: they are taken with their basis only."""
    with pytest.raises(BadInput, match="写明依据"):
        due("decision_90", dt.date(2026, 3, 2), suspensions=[Suspension(dt.date(2026, 3, 3), None, "等待上级答复")])
    cited = Suspension(dt.date(2026, 3, 3), dt.date(2026, 3, 13), "等待上级答复", "measures_30:35")
    assert due("decision_90", dt.date(2026, 3, 2), suspensions=[cited]).due_on == dt.date(2026, 6, 10)


def test_an_unknown_clock_and_a_day_before_the_rule_are_refused_in_words() -> None:
    """No guess: the message names what there is."""
    with pytest.raises(BadInput, match="相近的有"):
        due("decison_90", dt.date(2026, 3, 2))
    with pytest.raises(BadInput, match="没有有效的规定"):
        due("decision_90", dt.date(2021, 3, 2))


def test_a_yearly_duty_has_its_day() -> None:
    """Disclosure Measures art. 19: 15 March."""
    assert yearly("disclosure_annual", 2027) == dt.date(2027, 3, 15)
    with pytest.raises(BadInput, match="不是每年固定"):
        yearly("filing", 2027)
    with pytest.raises(BadInput, match="不是一段期限"):
        due("disclosure_annual", dt.date(2026, 3, 2))


def test_a_form_can_list_the_grounds_of_a_clock() -> None:
    """Measures 30 art. 35; Compulsion Law art. 25."""
    assert grounds("seizure") == {"testing": "检测、检验、检疫或者技术鉴定"}
    assert "police" in grounds("decision_90")
    assert grounds("statement") == {}


def test_a_suspension_that_ends_before_it_begins_is_refused() -> None:
    """Typing mistakes are not swallowed."""
    with pytest.raises(BadInput, match="早于开始日"):
        due("decision_90", dt.date(2026, 3, 2), suspensions=[Suspension(dt.date(2026, 4, 2), dt.date(2026, 4, 1), "hearing")])


@pytest.mark.parametrize("key", clocks())
def test_every_clock_says_from_when_and_by_which_article(key: str) -> None:
    """A clock without a start or an article is no clock."""
    entry = rulebook.load().folder("procedure")[key]
    assert entry["label"]
    assert entry["from"]
    assert entry["meaning"] in ("latest", "earliest")
