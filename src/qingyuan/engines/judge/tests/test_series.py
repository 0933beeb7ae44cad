"""The operators, and the numbers rules stand on: conversion, day means, budgets, limits, scores."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from qingyuan.engines.judge import averaging, cases, marking
from qingyuan.engines.judge.finding import CHINA
from qingyuan.engines.judge.limits import LimitTable, from_row, midnight
from qingyuan.engines.judge.score import score
from qingyuan.engines.judge.series import DAY, HOUR, MINUTE, align, equal_runs, gaps, rolling, runs, steps
from qingyuan.engines.judge.stretch import Mark, Point, Stretch

T0 = cases.at("2026-09-01T00:00")


def test_runs_break_at_a_false_and_at_a_gap():
    began = T0 + MINUTE * np.array([0, 1, 2, 10, 11, 12], dtype=np.int64)
    first, last = runs(np.array([True, True, True, True, False, True]), began, 2 * MINUTE)
    assert list(zip(first.tolist(), last.tolist(), strict=True)) == [(0, 3), (3, 4), (5, 6)]


def test_equal_runs_need_two_equal_good_neighbours():
    value = np.array([1.0, 1.0, 1.0, 2.0, 3.0, 3.0, np.nan, np.nan])
    good = np.isfinite(value)
    first, last = equal_runs(value, T0 + MINUTE * np.arange(8, dtype=np.int64), good, 2 * MINUTE)
    assert list(zip(first.tolist(), last.tolist(), strict=True)) == [(0, 3), (4, 6)]


def test_gaps_tell_the_silence_at_both_ends():
    began = T0 + HOUR + MINUTE * np.arange(60, dtype=np.int64)
    first, last = gaps(began, (T0, T0 + 4 * HOUR), MINUTE, 30 * MINUTE)
    assert [(a - T0) // MINUTE for a in first.tolist()] == [0, 120] and [(b - T0) // MINUTE for b in last.tolist()] == [60, 240]


def test_steps_are_after_minus_before_and_align_pairs_equal_moments():
    assert steps(np.array([1.0, 1, 1, 5, 5, 5]), 2)[2:5].tolist() == [2.0, 4.0, 2.0]
    here, there = align(np.array([1, 2, 4], dtype=np.int64), np.array([2, 3, 4], dtype=np.int64))
    assert (here.tolist(), there.tolist()) == ([1, 2], [0, 2])
    mean, deviation = rolling(np.array([1.0, 3.0, 5.0]), 2)
    assert np.isnan(mean[0]) and mean[1:].tolist() == [2.0, 4.0] and deviation[1:].tolist() == [1.0, 1.0]


def test_conversion_to_reference_oxygen_stops_where_it_means_nothing():
    told = averaging.corrected(np.array([100.0, 100.0, 100.0]), np.array([11.0, 20.6, np.nan]), 9.0)
    assert told.tolist() == pytest.approx([120.0, 100.0, 100.0])


def test_the_permit_comes_before_the_standard_and_the_stricter_of_two_permits():
    row = {"outlet": "O", "factor": "a21002", "averaging": "hour", "unit": "", "citation": "", "valid_to": None}
    rows = [{**row, "limit_value": 50, "kind": "standard", "valid_from": dt.date(2020, 1, 1)}]
    rows += [{**row, "limit_value": value, "kind": "permit", "valid_from": dt.date(2026, 9, 1)} for value in (90, 80)]
    table = LimitTable(from_row(one) for one in rows)
    at = np.array([midnight(dt.date(2026, 8, 31), 0), midnight(dt.date(2026, 9, 1), 0), midnight(dt.date(2019, 1, 1), 0)], dtype=np.int64)
    values, _ = table.in_force("O", "a21002", "hour", at)
    assert values[:2].tolist() == [50, 80] and np.isnan(values[2])


def test_the_sixty_first_hour_of_an_incinerator_is_judged_again():
    point = Point("M1", "F/DA001", "F", industry="incineration")
    long = Mark("F/DA001", "start_up", T0 - 10 * DAY, T0 - 10 * DAY + 58 * HOUR, T0)
    late = Mark("F/DA001", "upset", T0, T0 + 5 * HOUR, T0)
    stretch = Stretch("F", T0, T0 + DAY, (), {"M1": point}, (long, late))
    assert marking.exhausted_at(stretch, late) == T0 + 2 * HOUR
    other = Stretch("F", T0, T0 + DAY, (), {"M1": Point("M1", "F/DA001", "F", industry="cement")}, (long, late))
    assert marking.exhausted_at(other, late) == late.ended


def test_calendar_periods_begin_at_midnight_in_china():
    at = cases.at("2026-08-31T23:30")
    assert [marking.period_start(at, period) for period in ("month", "quarter", "year")] == [cases.at("2026-08-01"), cases.at("2026-07-01"), cases.at("2026-01-01")]


def test_a_score_keeps_true_related_and_false_apart():
    began = dt.datetime(2026, 9, 1, tzinfo=CHINA)
    case = {"name": "", "point": {}, "series": [{"factor": "a21002", "kind": "hour", "from": "2026-09-01T00:00", "values": [500, 500, 90, 90, 500, 90, 90, 500]}],
            "limits": [{"factor": "a21002", "averaging": "hour", "limit_value": 100}]}  # fmt: skip
    from qingyuan.engines.judge.rule import named

    findings = cases.judged(named("hourly_mean_exceedance"), case, cases.stretch(case))
    truth = [
        {"rule": "hourly_mean_exceedance", "mn": "M1", "factor": "a21002", "began": began, "ended": began + dt.timedelta(hours=2)},
        {"rule": "flat_line", "mn": "M1", "factor": "a21002", "began": began + dt.timedelta(hours=4), "ended": began + dt.timedelta(hours=5)},
        {"rule": "hourly_mean_exceedance", "mn": "M9", "factor": "a21002", "began": began, "ended": began + dt.timedelta(hours=2)},
    ]
    (told,) = score(findings, truth, ["hourly_mean_exceedance"])
    assert (told.planted, told.found, told.true, told.related, told.false) == (2, 1, 2, 1, 1)
    assert (told.recall, told.precision) == (0.5, 2 / 3)
