"""The demo's province: what is planted is there, what is not planted is not, and windows may be cut anywhere."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from qingyuan.engines.province import geography, names
from qingyuan.engines.province.messages import backfill, messages
from qingyuan.engines.province.small import ANCHOR, small
from qingyuan.engines.province.telemetry import series

HOUR = dt.timedelta(hours=1)


def _over(plan, began, ended):
    limits = {(one.outlet, one.factor, one.averaging): one.limit_value for one in plan.limits}
    found = set()
    for facility in plan.facilities:
        for one in series(plan, facility, began, ended, ("hour", "day")):
            limit = limits.get((plan.point[one.mn].outlet, one.factor, one.kind))
            judged = np.where(np.isnan(one.corrected), one.value, one.corrected)
            if limit is not None:
                found |= {(facility.name[:4], one.factor, int(minute)) for minute in one.began[(judged > limit) & (one.flag == 0)]}
    return found


@pytest.mark.parametrize("seed", [1, 7, 2026])
def test_only_the_planted_hours_are_above_their_limits(seed):
    plan = small(seed)
    found = _over(plan, ANCHOR - 48 * HOUR, ANCHOR + 6 * HOUR)
    honest = {int((ANCHOR + k * HOUR).timestamp() // 60) for k in (*range(-20, -15), *range(-3, 6))}
    assert {one for one in found if one[0] == "清河水泥"} == {("清河水泥", "a21002", minute) for minute in honest}
    assert {one[0] for one in found} <= {"清河水泥", "安泰热力"}
    starting = {int((ANCHOR + k * HOUR).timestamp() // 60) for k in (-7, -6, -5, -4)}
    assert {one[2] for one in found if one[0] == "安泰热力"} <= starting
    assert any(one[0] == "安泰热力" for one in found), "the look-alike must look alike"


def test_the_frozen_value_is_frozen_in_every_kind():
    plan = small(3)
    paper = next(one for one in plan.facilities if one.name.startswith("东山造纸"))
    for one in series(plan, paper, ANCHOR - 20 * HOUR, ANCHOR, ("real", "minute", "hour")):
        if one.factor == "w01018":
            normal = one.flag == 0
            assert normal.sum() > 10 and set(one.value[normal]) == {46.3}


def test_the_silent_logger_is_silent_and_its_neighbours_are_not():
    plan = small(3)
    silent = next(one.mn for one in plan.planted if one.rule == "offline")
    senders = {one.mn for one in messages(plan, ANCHOR - 2 * HOUR, ANCHOR - HOUR)}
    assert silent not in senders and len(senders) == len(plan.points) - 1


@given(cuts=st.lists(st.integers(1, 7199), max_size=4, unique=True), began=st.integers(-72000, 72000))
@settings(max_examples=6, deadline=None)
def test_traffic_does_not_depend_on_how_time_is_cut(cuts, began):
    plan = small(5)
    start = ANCHOR + dt.timedelta(seconds=began)
    edges = [start, *(start + dt.timedelta(seconds=cut) for cut in sorted(cuts)), start + 2 * HOUR]
    whole = list(messages(plan, edges[0], edges[-1]))
    pieces = [one for a, b in zip(edges[:-1], edges[1:], strict=True) for one in messages(plan, a, b)]
    assert pieces == whole and whole


def test_traffic_is_in_order_of_time_and_a_day_is_sent_once():
    plan = small(5)
    sent = list(messages(plan, ANCHOR - 26 * HOUR, ANCHOR, ("hour", "day")))
    assert [one.when for one in sent] == sorted(one.when for one in sent)
    days = [one.mn for one in sent if one.cn == "2031"]
    assert len(days) == len(set(days)) == len(plan.points)
    assert {one.cp[0]["DataTime"] for one in sent if one.cn == "2031"} == {"20260914000000"}


def test_a_backfill_holds_the_last_day_without_real_time():
    plan = small(5)
    sent = list(backfill(plan, ANCHOR))
    assert {one.cn for one in sent} == {"2051", "2061", "2031"}
    assert min(one.when for one in sent) >= ANCHOR - 26 * HOUR and max(one.when for one in sent) < ANCHOR


def test_equal_seeds_give_equal_provinces_and_other_seeds_do_not():
    one, same, other = small(4), small(4), small(5)
    assert one == same and one != other
    first = list(messages(one, ANCHOR, ANCHOR + HOUR / 6))
    assert first == list(messages(same, ANCHOR, ANCHOR + HOUR / 6)) != list(messages(other, ANCHOR, ANCHOR + HOUR / 6))


def test_the_anchor_moves_the_events():
    later = small(4, ANCHOR + 100 * HOUR)
    assert [a.began - b.began for a, b in zip(later.planted, small(4).planted, strict=True)] == [100 * HOUR] * len(later.planted)


def test_counties_tile_the_province_and_hold_their_facilities():
    plan = small(1)
    cells = geography.boundaries(plan)
    counties = [cells[one.code] for one in plan.divisions if one.level == "county"]
    province = cells["990000000000"]
    assert sum(one.area for one in counties) == pytest.approx(province.area, rel=1e-6)
    assert all(one.is_valid and one.geom_type == "Polygon" for one in cells.values())
    for facility in plan.facilities:
        assert cells[facility.division].covers(shapely.Point(facility.lon, facility.lat)), facility.name


def test_codes_are_unique_and_well_formed():
    plan = small(1)
    for codes in ([one.mn for one in plan.points], [one.code for one in plan.facilities], [one.id for one in plan.outlets],
                  [one.certificate for one in plan.people], [one.uscc for one in plan.operators]):  # fmt: skip
        assert len(codes) == len(set(codes))
    assert all(len(one.mn) == 24 for one in plan.points)
    assert all(len(one.code) == 12 for one in plan.divisions)
    # GB 32100: the weighted sum of all 18 places is a multiple of 31
    for one in plan.operators:
        total = sum(names._ALPHABET.index(char) * pow(3, place, 31) for place, char in enumerate(one.uscc[:17]))
        assert (total + names._ALPHABET.index(one.uscc[17])) % 31 == 0
