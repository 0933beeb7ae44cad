"""Provinces drawn from numbers: the numbers hold, every part is played, and each change does what its name says."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from qingyuan.engines.province import planted, reported
from qingyuan.engines.province.generated import DRAFTS, catalogue, generated
from qingyuan.engines.province.noise import bits, key, normal, uniform
from qingyuan.engines.province.plan import Planting
from qingyuan.engines.province.presets import province
from qingyuan.engines.province.small import ANCHOR, small
from qingyuan.engines.province.tables import truth
from qingyuan.engines.province.telemetry import series
from qingyuan.errors import BadInput

HOUR = dt.timedelta(hours=1)
COUNTY = generated("county", 5)


def test_gansu_has_the_numbers_it_is_named_for():
    plan = generated("gansu", 1)
    loggers = [one for one in plan.points if one.mn not in plan.metered]
    assert (len(plan.facilities), len(loggers)) == (1210, 2305)
    assert (sum(one.has_dynamic_control for one in plan.facilities), len(plan.filed_of)) == (204, 285)
    assert (len(plan.metered), len(plan.equipment)) == (87, 867)
    for codes in ([one.mn for one in plan.points], [one.code for one in plan.facilities], [one.id for one in plan.outlets], [one.uscc for one in plan.operators]):
        assert len(codes) == len(set(codes))


def test_chongqing_has_fifteen_thousand_points():
    plan = generated("chongqing", 1)
    assert sum(one.mn not in plan.metered for one in plan.points) == DRAFTS["chongqing"].points == 15_000


def test_equal_seeds_draw_equal_provinces():
    assert generated("county", 5) == COUNTY != generated("county", 6)
    with pytest.raises(BadInput, match="可用"):
        province("atlantis")


def test_every_entry_of_the_catalogue_is_cast_and_known():
    played = Counter((one.rule, one.how, one.is_violation) for one in COUNTY.planted)
    for entry in catalogue():
        assert entry["how"] in planted.HOW or entry["how"] in reported.AFTERWARDS or entry["how"] == "reparameter", entry
        assert played[entry["rule"], entry["how"], not entry.get("look_alike", False)] >= 1, entry


def test_a_facility_plays_one_part():
    parts = Counter((one.facility, one.began, one.ended) for one in COUNTY.planted if one.facility in COUNTY.facility)
    assert len({facility for facility, *_ in parts}) == len(parts)
    with_mark = {one.facility for one in COUNTY.planted}
    idle = {one.facility for one in COUNTY.stops} - with_mark
    assert idle, "some honest plants stand still"


def test_truth_holds_violations_only_and_look_alikes_apart():
    rows, alike = truth(COUNTY).to_pylist(), truth(COUNTY, violations=False).to_pylist()
    assert len(rows) == sum(1 + len(one.also) for one in COUNTY.planted if one.is_violation)
    assert {row["note"] for row in alike} and not {(r["mn"], r["rule"]) for r in rows} & {(r["mn"], r["rule"]) for r in alike}
    assert all(row["began"] < row["ended"] and row["point"] == row["mn"] for row in rows)


def test_honest_plants_stay_below_their_limits():
    """Plants with no part, a few days: nothing above a limit but a marked start-up."""
    busy = {one.facility for one in COUNTY.planted} | {one.facility for one in COUNTY.stops}
    limits = {(one.outlet, one.factor, one.averaging): one.limit_value for one in COUNTY.limits}
    honest = [one for one in COUNTY.facilities if one.code not in busy][:25]
    for facility in honest:
        for one in series(COUNTY, facility, ANCHOR - 72 * HOUR, ANCHOR, ("hour", "day")):
            limit = limits.get((COUNTY.point[one.mn].outlet, one.factor, one.kind))
            if limit is not None:
                judged = np.where(np.isnan(one.corrected), one.value, one.corrected)
                assert (judged <= limit).all(), (facility.name, one.factor, judged.max(), limit)


def lay(how: str, factor: str, facility: int = 0, **settings):
    """Return the minutes of one point without and with one change, over six hours of a morning."""
    plan = replace(small(3), planted=())
    code = plan.facilities[facility].code
    point = plan.points_of[code][0]
    began, ended = ANCHOR - 4 * HOUR, ANCHOR - 2 * HOUR
    changed = replace(plan, planted=(Planting("x", code, point.mn, factor, began, ended, how, settings),))
    told = []
    for one in (plan, changed):
        got = {s.factor: s for s in series(one, one.facilities[facility], ANCHOR - 6 * HOUR, ANCHOR, ("real",)) if s.mn == point.mn}
        told.append(got)
    return told[0], told[1], (int(began.timestamp()) // 60, int(ended.timestamp()) // 60)


@pytest.mark.parametrize(("how", "factor", "facility", "settings", "check"), [
    ("zero", "a21002", 0, {}, lambda was, now: (now == 0).all()),
    ("scale", "a21002", 0, {"by": 2.0}, lambda was, now: np.allclose(now, was * 2, atol=0.1)),
    ("still", "a21002", 0, {}, lambda was, now: np.ptp(now) < 0.02 * 320 and np.ptp(now) > 0),
    ("negative", "a21002", 0, {}, lambda was, now: (now < 0).all()),
    ("floor", "a21026", 0, {"lod": 0.6}, lambda was, now: (now < 0.6).all() and (now > 0).all()),
    ("step", "a21002", 0, {"to": 0.25}, lambda was, now: np.allclose(now, was * 0.25, atol=0.1)),
    ("wave", "a21002", 0, {"period": 30}, lambda was, now: np.array_equal(now[:30], now[30:60])),
    ("stuck", "w01001", 1, {}, lambda was, now: set(now) == {7.32}),
    ("set_value", "a01014", 0, {"value": 2.4}, lambda was, now: abs(now.mean() - 2.4) < 0.2),
])  # fmt: skip
def test_each_change_does_what_it_says_and_only_inside_its_time(how, factor, facility, settings, check):
    was, now, (began, ended) = lay(how, factor, facility, **settings)
    inside = (was[factor].began >= began) & (was[factor].began < ended)
    assert check(was[factor].value[inside], now[factor].value[inside])
    assert np.array_equal(was[factor].value[~inside], now[factor].value[~inside])


def test_room_air_in_the_sample_line_leaves_the_flow_alone():
    was, now, (began, ended) = lay("open_air", "")
    inside = (was["a19001"].began >= began) & (was["a19001"].began < ended)
    assert (now["a19001"].value[inside] > 20).all() and now["a21002"].value[inside].max() < 0.2 * was["a21002"].value[inside].min()
    assert np.array_equal(was["a00000"].value, now["a00000"].value)


def test_a_reported_hour_can_differ_from_its_minutes():
    plan = replace(small(3), planted=())
    code = plan.facilities[0].code
    mn = plan.points_of[code][0].mn
    lie = replace(plan, planted=(Planting("x", code, mn, "a21002", ANCHOR - 4 * HOUR, ANCHOR, "hour_report", {"by": 0.5}),))
    hours = [{s.factor: s for s in series(one, one.facilities[0], ANCHOR - 4 * HOUR, ANCHOR, ("hour",)) if s.mn == mn} for one in (plan, lie)]
    assert np.allclose(hours[1]["a21002"].value, hours[0]["a21002"].value * 0.5, atol=0.06)
    assert np.array_equal(hours[1]["a21026"].value, hours[0]["a21026"].value)


def test_noise_is_even_bell_shaped_and_its_streams_do_not_resemble_each_other():
    index = np.arange(200_000)
    flat, bell = uniform(key(1, "a"), index), normal(key(1, "a"), index)
    assert abs(flat.mean() - 0.5) < 0.005 and abs(bell.mean()) < 0.01 and abs(bell.std() - 1) < 0.01
    for near in (1, 2, 3, 8):
        other = normal(key(1, "a") ^ near, index)
        assert max(abs(np.corrcoef(bell[: -s or None], other[s:])[0, 1]) for s in range(4)) < 0.01
    assert np.array_equal(bits(7, index[100:]), bits(7, index)[100:])
