"""The precision ledger: counts, medians and an honest interval."""

from __future__ import annotations

import datetime as dt

import pytest

from qingyuan.engines.learn.outcomes import Outcome, read, write
from qingyuan.engines.learn.rule_report import rule_report, season
from qingyuan.errors import BadInput

DAY = dt.date(2026, 9, 1)


def outcome(number: int, verdict: str = "", **more) -> Outcome:
    checked = DAY + dt.timedelta(days=number) if verdict else None
    return Outcome(f"{number:016x}", "flat_line", 1, "990121000000", "F", DAY, checked, verdict, **more)


def test_counts_and_medians_are_per_rule_division_and_season():
    told = [outcome(1, "true", case_filed_on=DAY + dt.timedelta(days=9)), outcome(2, "true"), outcome(6, "false", cause="校准"), outcome(7)]
    (line,) = rule_report(told)
    assert (line.division, line.season, line.pushed, line.checked, line.true, line.false, line.cases) == ("9901", "2026秋", 4, 3, 2, 1, 1)
    assert (line.days_to_check, line.days_to_case, line.causes) == (2.0, 9.0, (("校准", 1),))
    assert line.precision == pytest.approx(2 / 3)


def test_three_checks_prove_nothing_and_three_hundred_do():
    few = rule_report([outcome(number, "true") for number in range(3)])[0]
    many = rule_report([outcome(number, "true") for number in range(300)])[0]
    assert few.precision == many.precision == 1.0
    assert few.interval[0] < 0.6 < 0.98 < many.interval[0]


def test_unclear_checks_are_in_neither_sum():
    line = rule_report([outcome(1, "unclear"), outcome(2, "true")])[0]
    assert (line.checked, line.true, line.false, line.precision) == (2, 1, 0, 1.0)


def test_winter_belongs_to_the_year_it_begins_in():
    assert [season(dt.date(2026, 12, 1)), season(dt.date(2027, 2, 28)), season(dt.date(2027, 3, 1))] == ["2026冬", "2026冬", "2027春"]


def test_a_verdict_needs_a_day_of_check_not_before_the_push():
    with pytest.raises(BadInput, match="核查日期"):
        Outcome("1", "flat_line", 1, "99", "F", DAY, verdict="true")
    with pytest.raises(BadInput, match="早于"):
        Outcome("1", "flat_line", 1, "99", "F", DAY, checked_on=DAY - dt.timedelta(days=1))


def test_written_outcomes_come_back_and_the_last_word_on_a_finding_counts(tmp_path):
    told = [outcome(1), outcome(2, "false", cause="停产"), outcome(1, "true")]
    assert write(tmp_path / "outcomes.parquet", told) == 2
    assert sorted(read(tmp_path / "outcomes.parquet"), key=lambda one: one.finding) == [told[2], told[1]]
