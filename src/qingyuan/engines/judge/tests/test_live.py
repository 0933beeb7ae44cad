"""Live is retro: any order, doubling, splitting and delay of packets ends in the findings of one retro run."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from hypothesis import given, settings
from hypothesis import strategies as st

from qingyuan.engines.judge import cases, rule
from qingyuan.engines.judge.finding import CHINA, milliseconds, moment, ordered
from qingyuan.engines.judge.live import Live
from qingyuan.engines.judge.run import judge_source
from qingyuan.engines.judge.sources import TableSource

CASE = {
    "name": "live",
    "points": [{"mn": "M1", "medium": "gas", "reference_oxygen": 9}, {"mn": "M2", "medium": "water", "outlet": "F/DW001"}],
    "limits": [
        {"factor": "a21002", "averaging": "hour", "limit_value": 200},
        {"factor": "w01018", "averaging": "day", "limit_value": 50, "outlet": "F/DW001"},
    ],
    "series": [
        {"mn": "M1", "factor": "a21002", "kind": "minute", "step": 10, "from": "2026-09-01T00:00",
         "pieces": [{"hours": 20, "noise": [180, 5]}, {"hours": 8, "constant": 171.5}, {"hours": 6, "missing": True}, {"hours": 14, "noise": [180, 5]}]},
        {"mn": "M1", "factor": "a21002", "kind": "hour", "from": "2026-09-01T00:00", "pieces": [{"hours": 40, "noise": [180, 5]}, {"hours": 8, "noise": [260, 9]}]},
        {"mn": "M2", "factor": "w01018", "kind": "hour", "from": "2026-09-01T00:00", "pieces": [{"hours": 24, "noise": [40, 2]}, {"hours": 24, "noise": [60, 2]}]},
        {"mn": "M2", "factor": "w00000", "kind": "hour", "from": "2026-09-01T00:00", "pieces": [{"hours": 48, "noise": [30, 1]}]},
    ],
}  # fmt: skip
BEGAN, ENDED = dt.datetime(2026, 9, 1, tzinfo=CHINA), dt.datetime(2026, 9, 3, tzinfo=CHINA)
RULES = ("hourly_mean_exceedance", "consecutive_hours_exceedance", "daily_mean_exceedance", "flat_line", "offline", "incomplete_day",
         "repeated_exceedance", "step_change", "arrival_rate_low", "copied_from_other_day")  # fmt: skip
POINTS = cases.points_of(CASE)
READINGS = cases.table(CASE, POINTS)
LIMITS = [{"outlet": cases.OUTLET, "unit": "mg/m³", "kind": "permit", "citation": "样例", **one} for one in CASE["limits"]]


def source(readings: pa.Table) -> TableSource:
    return TableSource(readings, list(POINTS.values()), LIMITS)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), packets=st.integers(1, 6), doubled=st.booleans())
def test_live_ends_where_retro_ends(seed, packets, doubled):
    pick = np.random.default_rng(seed)
    order = pick.permutation(READINGS.num_rows)
    if doubled:
        order = np.concatenate([order, pick.choice(order, 200)])
    held = source(READINGS.slice(0, 0))
    live = Live(held, BEGAN, RULES)
    for part in np.array_split(order, packets):
        arrived = READINGS.take(pa.array(part))
        held.readings = pa.concat_tables([held.readings, arrived])
        for kind in ("minute", "hour"):
            moments = [began for began, told in zip(arrived["began"].to_pylist(), arrived["kind"].to_pylist(), strict=True) if told == kind]
            live.arrived(cases.FACILITY, kind, moments, ENDED)
        live.tick(ENDED)
    retro = judge_source(source(READINGS), began=BEGAN, ended=ENDED, rules=RULES)
    assert retro
    assert [one.line() for one in live.findings()] == [one.line() for one in retro]


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), packets=st.integers(1, 12), lateness=st.integers(0, 400))
def test_live_with_its_newest_readings_in_memory_ends_where_retro_ends(seed, packets, lateness):
    pick = np.random.default_rng(seed)
    began = READINGS["began"].to_numpy()
    order = np.argsort(began + pick.integers(0, lateness + 1, len(began)) * 60_000, kind="stable")
    order = np.concatenate([order, pick.choice(order, 100)])
    held = source(READINGS.slice(0, 0))
    live = Live(held, BEGAN, RULES)
    for number, part in enumerate(np.array_split(order, packets)):
        arrived = READINGS.take(pa.array(part))
        held.readings = pa.concat_tables([held.readings, arrived])
        until = ENDED if number == packets - 1 else moment(min(max(arrived["began"].to_pylist()) + 600_000, milliseconds(ENDED)))
        live.take(arrived, until)
        live.tick(until)
    live.take(READINGS.slice(0, 1), ENDED)
    live.tick(ENDED)
    retro = judge_source(source(READINGS), began=BEGAN, ended=ENDED, rules=RULES)
    assert [one.line() for one in live.findings()] == [one.line() for one in retro]


def test_a_silence_is_found_though_nothing_arrives():
    early = READINGS.filter(pc.less(READINGS["began"], milliseconds(BEGAN) + 6 * 3_600_000))
    live = Live(source(early), BEGAN, ("offline",))
    live.take(early, BEGAN + dt.timedelta(hours=6))
    assert live.tick(BEGAN + dt.timedelta(hours=6)).told == ()
    later = [live.tick(BEGAN + dt.timedelta(hours=6, minutes=20 * step)) for step in range(1, 90)]
    assert live.findings() and any(change.told for change in later)


def test_a_window_cut_into_days_gives_the_findings_of_the_whole():
    whole = judge_source(source(READINGS), began=BEGAN, ended=ENDED)
    days = [BEGAN, BEGAN + dt.timedelta(days=1), ENDED]
    pieces = [one for a, b in zip(days[:-1], days[1:], strict=True) for one in judge_source(source(READINGS), began=a, ended=b)]
    assert [one.line() for one in ordered(pieces)] == [one.line() for one in whole]


def test_serial_and_processes_find_the_same():
    ways = [judge_source(source(READINGS), began=BEGAN, ended=ENDED, executor=executor) for executor in ("serial", "processes")]
    assert [one.line() for one in ways[0]] == [one.line() for one in ways[1]]


def test_a_finding_that_grows_keeps_its_id():
    half = dt.datetime(2026, 9, 2, 3, tzinfo=CHINA)
    early = judge_source(source(READINGS), began=BEGAN, ended=half, rules=["flat_line"])
    late = judge_source(source(READINGS), began=BEGAN, ended=ENDED, rules=["flat_line"])
    assert {one.id for one in early} <= {one.id for one in late}
    assert max(one.ended for one in early) < max(one.ended for one in late)


def test_every_violation_a_rule_points_to_is_in_the_rule_book():
    from qingyuan.law import rulebook

    known = rulebook.load().folder("violations")
    told = {violation for name in rule.names() for violation in rule.named(name).violation.values()}
    assert told - set(known) == set()


def test_a_facility_that_copies_another_is_found_across_the_two():
    pick = np.random.default_rng(3)
    values = [float(one) for one in np.round(pick.normal(100, 6, 144), 1)]
    told = []
    for facility, mn, numbers in (("A", "MA", values), ("B", "MB", values), ("C", "MC", [one + 1.5 for one in values])):
        hours = [float(np.mean(numbers[start : start + 6])) for start in range(0, 144, 6)]
        series = [{"factor": "a21002", "kind": "minute", "step": 10, "from": "2026-09-01T00:00", "values": numbers, "mn": mn},
                  {"factor": "a21002", "kind": "hour", "from": "2026-09-01T00:00", "values": hours, "mn": mn}]  # fmt: skip
        case = {"name": mn, "point": {"mn": mn, "outlet": f"{facility}/DA001"}, "series": series}
        table = cases.table(case, cases.points_of(case))
        told.append(table.set_column(table.column_names.index("facility"), "facility", pa.array([facility] * table.num_rows)))
    points = [cases.Point(mn=mn, outlet=f"{facility}/DA001", facility=facility) for facility, mn in (("A", "MA"), ("B", "MB"), ("C", "MC"))]
    held = TableSource(pa.concat_tables(told), points)
    found = judge_source(held, began=BEGAN, ended=BEGAN + dt.timedelta(days=1), rules=["copied_between_points"])
    assert [(one.facility, one.point, one.working["rows"][1]["facility"]) for one in found] == [("A", "MA", "B")]
