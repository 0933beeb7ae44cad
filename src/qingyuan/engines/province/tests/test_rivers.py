"""Rivers: water flows down, a spill arrives when it must, and the tables say enough to walk back."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow.parquet as pq

from qingyuan.engines.province import presets, rivers, sections, tables
from qingyuan.engines.province.process import minute_of

PLAN = presets.province("small", 1)


def test_every_place_flows_to_a_mouth_and_loses_no_water_on_the_way():
    known = {one.code: one for one in PLAN.river}
    assert len(known) == len(PLAN.river)
    for one in PLAN.river:
        *_, (last, hours) = list(rivers.below(PLAN, one.code)) or [(one, 0.0)]
        assert last.kind == "mouth"
        assert hours >= 0
        if one.downstream:
            assert known[one.downstream].flow >= one.flow
            assert abs(one.travel_hours - one.km / (one.velocity * 3.6)) < 0.01


def test_every_water_outlet_hangs_on_a_river():
    hanging = {one.outlet for one in PLAN.river if one.kind == "outlet"}
    assert hanging == {one.id for one in PLAN.outlets if one.medium == "water"}


def test_a_spill_arrives_at_the_section_below_after_its_hours_of_travel():
    (spill,) = PLAN.spills
    section, hours = next((one, hours) for one, hours in rivers.below(PLAN, spill.node) if one.kind == "section")
    minutes = np.arange(minute_of(spill.began), minute_of(spill.ended) + round(hours * 90) + 600, 5)
    passing = sections.arriving(PLAN, spill, section, spill.factor, minutes)
    middle = minute_of(spill.began) + round(hours * 60) + (minute_of(spill.ended) - minute_of(spill.began)) // 2
    assert passing[0] == 0.0
    assert abs(np.average(minutes, weights=passing) - middle) < 10
    source = next(one for one in PLAN.river if one.kind == "source")
    assert not sections.arriving(PLAN, spill, source, spill.factor, minutes).any(), "nothing flows up"


def test_sections_read_the_same_for_every_cut_of_time():
    (river, *_) = PLAN.rivers
    first, last = minute_of(PLAN.anchor) - 2880, minute_of(PLAN.anchor)
    whole = {(one.mn, one.factor): one for one in sections.series(PLAN, river, first, last)}
    parts = [list(sections.series(PLAN, river, a, b)) for a, b in ((first, first + 700), (first + 700, last))]
    for one in whole.values():
        cut = np.concatenate([each.value for part in parts for each in part if (each.mn, each.factor) == (one.mn, one.factor)])
        np.testing.assert_array_equal(cut, one.value)


def test_the_tables_hold_the_river_and_the_truth_of_its_spills(tmp_path):
    tables.write(PLAN, tmp_path)
    river = pq.read_table(tmp_path / "river.parquet").to_pylist()
    (spill,) = pq.read_table(tmp_path / "spills.parquet").to_pylist()
    assert {"code", "downstream", "travel_hours", "kind", "mn", "outlet", "target", "lon", "lat"} <= set(river[0])
    assert spill["node"] in {row["code"] for row in river}
    assert spill["ended"] - spill["began"] >= dt.timedelta(hours=14)
    points = {row["mn"]: row for row in tables.points(PLAN).to_pylist()}
    assert {row["mn"] for row in river if row["kind"] == "section"} <= set(points)
    limits = {(row["outlet"], row["factor"], row["averaging"]) for row in tables.limits(PLAN).to_pylist()}
    assert all((row["code"], "w21003", "target") in limits for row in river if row["kind"] == "section")
