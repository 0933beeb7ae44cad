"""Compaction, roll-up, charts, marks, retention and checks over one planted day."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from qingyuan.engines.ledger import sealing
from qingyuan.engines.store import (
    asof,
    chart,
    compact,
    dimensions,
    fsck,
    ingest,
    journal,
    layout,
    manifest,
    order,
    planting,
    scan,
    schema,
    state,
)
from qingyuan.errors import BadInput, Corrupt

from .sowing import ANCHOR, HOUR, PLAN, arrivals, sow
from .test_ingest import A_FEW, everything, packet, plain, us

CEMENT = PLAN.facilities[0].code
FEW = {one.code for one in PLAN.facilities[:4]}
OUTLET = f"{CEMENT}/DA001"


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    data = tmp_path_factory.mktemp("planted")
    planting.plant(data, PLAN, ANCHOR - 48 * HOUR, ANCHOR, only=FEW)
    return data


def test_every_column_has_a_meaning_and_every_figure_a_unit():
    for field in schema.READINGS:
        assert field.metadata[b"meaning"], field.name
        assert not pa.types.is_floating(field.type) or field.metadata[b"unit"], field.name
    assert {schema.unit_of(one) for one in ("a21002", "d20407", "i33312", "g30701")} == {"mg/m³", "A", "℃", "角度"}
    assert all(schema.unit_of(factor) or factor in ("rto_t", "bypass_valve") for point in PLAN.points for factor in point.factors)


def test_a_chart_shows_every_peak_of_the_rows(planted):
    began, ended = ANCHOR - 48 * HOUR, ANCHOR
    thin = chart.series(planted, OUTLET, "a21002", "real", began, ended, width=100)
    rows = asof.read(planted, mn=PLAN.points[0].mn, factors=["a21002"], kinds=["real"], began=began, ended=ended)
    values = np.array(rows["value"].to_pylist(), float)
    times = order.integers(rows, "began")
    assert thin["rows"] == values.size > 2500 and 100 <= len(thin["times"]) <= 400
    pixel = (times - times[0]) * 100 // (48 * 3_600_000)
    shown = (np.array(thin["times"]) * 1000 - times[0]) * 100 // (48 * 3_600_000)
    for one in np.unique(pixel):
        drawn = np.array(thin["values"])[shown == one]
        assert drawn.min() == values[pixel == one].min() and drawn.max() == values[pixel == one].max()
    assert thin["unit"] == "mg/m³" and thin["newest"].startswith("2026-09-15T11:59")


def test_the_valid_share_counts_what_is_due_and_not_what_came(planted):
    whole = chart.series(planted, OUTLET, "a21002", "hour", ANCHOR - 24 * HOUR, ANCHOR)
    assert whole["valid_share"] == 1.0
    beyond = chart.series(planted, OUTLET, "a21002", "hour", ANCHOR - 24 * HOUR, ANCHOR + 24 * HOUR)
    assert beyond["valid_share"] == 0.5
    silent = PLAN.outlet[next(one.outlet for one in PLAN.points if one.facility == PLAN.facilities[3].code)].id
    gone = chart.series(planted, silent, "w01018", "hour", ANCHOR - 18 * HOUR, ANCHOR)
    assert gone["valid_share"] == pytest.approx(0.5, abs=0.06)
    assert chart.series(planted, "nowhere", "a21002", "hour", ANCHOR - HOUR, ANCHOR)["valid_share"] == 0.0


def test_the_roll_up_agrees_with_the_rows_and_with_rows_that_came_after_it(tmp_path):
    """A long chart from hours has the least and greatest of every hour, also of hours with later packets."""
    sow(tmp_path, arrivals(ANCHOR - 6 * HOUR, ANCHOR, ("minute",), facilities={CEMENT}))
    ingest.ingest(tmp_path, limit=40)
    compact.compact(tmp_path, at=ANCHOR)
    ingest.ingest(tmp_path)
    mn = PLAN.points[0].mn
    low, high = (int((ANCHOR - k * HOUR).timestamp() * 1000) for k in (7, 0))
    hours = chart.hours(tmp_path, facility=CEMENT, mn=[mn], factor="a21002", kind="minute", began=low, ended=high)
    rows = asof.read(tmp_path, mn=mn, factors=["a21002"], kinds=["minute"], began=ANCHOR - 7 * HOUR, ended=ANCHOR).to_pylist()
    by_hour: dict[dt.datetime, list[dict]] = {}
    for row in rows:
        by_hour.setdefault(row["began"].replace(minute=0), []).append(row)
    assert len(hours) == len(by_hour) >= 6
    for row in hours.to_pylist():
        mine = by_hour[row["began"]]
        values = [one["value"] for one in mine]
        assert (row["low"], row["high"], row["count"], row["first"], row["last"]) == (min(values), max(values), len(values), values[0], values[-1])
        assert row["valid"] == sum(one["flag"] == "N" for one in mine) and row["due"] == 6
        assert row["mean"] == pytest.approx(np.mean(values))
    compact.compact(tmp_path, at=ANCHOR, full=True)
    assert plain(chart.hours(tmp_path, facility=CEMENT, mn=[mn], factor="a21002", kind="minute", began=low, ended=high)).equals(plain(hours))


def test_a_long_chart_comes_from_the_hours_and_is_the_same_curve(planted):
    began, ended = ANCHOR - 48 * HOUR, ANCHOR
    thin = chart.series(planted, OUTLET, "a21002", "real", began, ended, width=24)
    rows = chart.series(planted, OUTLET, "a21002", "real", began, ended, width=24, as_of=ANCHOR + HOUR)
    assert (thin["source"], rows["source"]) == ("hours", "rows")
    assert (min(thin["values"]), max(thin["values"]), thin["rows"]) == (min(rows["values"]), max(rows["values"]), rows["rows"])
    assert thin["valid_share"] == pytest.approx(rows["valid_share"], abs=0.001)


def test_compaction_changes_no_answer_and_leaves_files_to_slow_readers(tmp_path):
    sow(tmp_path, A_FEW)
    for _ in range(6):
        ingest.ingest(tmp_path, limit=30)
    ingest.ingest(tmp_path)
    before, old = everything(tmp_path), manifest.load(tmp_path)
    report = compact.compact(tmp_path, at=ANCHOR)
    assert report.small_files >= 3 and report.rows == before.num_rows
    assert everything(tmp_path).equals(before)
    assert all((layout.lake(tmp_path) / one.path).exists() for one in old.files), "a reader may still hold the old manifest"
    assert compact.compact(tmp_path, at=ANCHOR + 2 * HOUR).removed >= 3
    assert not any((layout.lake(tmp_path) / one.path).exists() for one in old.files)
    assert everything(tmp_path).equals(before) and not fsck.fsck(tmp_path)


def test_a_reader_whose_file_vanishes_reads_the_lake_that_is_now(tmp_path, monkeypatch):
    sow(tmp_path, A_FEW)
    ingest.ingest(tmp_path)
    before, stale = everything(tmp_path), manifest.load(tmp_path)
    compact.compact(tmp_path, at=ANCHOR, grace_ms=0)
    answers = iter([stale])
    fresh = manifest.load
    monkeypatch.setattr(manifest, "load", lambda data: next(answers, None) or fresh(data))
    assert everything(tmp_path).equals(before)


def test_retention_takes_old_minutes_and_keeps_hours(planted, tmp_path):
    planting.plant(tmp_path, PLAN, ANCHOR - 30 * HOUR, ANCHOR - 24 * HOUR, kinds=("minute", "hour"), only=FEW)
    later = ANCHOR + dt.timedelta(days=400)
    removed = compact.retain(tmp_path, at=later, keep_days={"minute": 366})
    kinds = set(everything(tmp_path)["kind"].to_pylist())
    assert removed > 500 and kinds == {"hour"}
    assert compact.retain(tmp_path, at=later, keep_days={"minute": 366}) == 0


def test_marks_change_no_reading_and_keep_their_history(tmp_path):
    planting.plant(tmp_path, PLAN, ANCHOR - 3 * HOUR, ANCHOR, kinds=("hour",), only=FEW)
    before = everything(tmp_path)
    mark = {"outlet": OUTLET, "mn": PLAN.points[0].mn, "facility": CEMENT, "factors": ["a21002"], "code": "start_up", "began": ANCHOR - 2 * HOUR,
            "ended": ANCHOR, "author": "清河水泥", "recorded_at": ANCHOR, "reason": "启窑", "proof": "日志"}  # fmt: skip
    assert journal.append_marks(tmp_path, [mark]) == 1
    assert journal.append_marks(tmp_path, [mark]) == 0, "said twice is said once"
    mine = [row for row in journal.marks(tmp_path).to_pylist() if row["outlet"] == OUTLET]
    assert [(row["review"], row["author"]) for row in mine] == [("", "清河水泥")]
    journal.append_marks(tmp_path, [{**mine[0], "review": "rejected", "reviewer": "冯磊", "reviewed_at": ANCHOR + 5 * HOUR}])
    assert [row["review"] for row in journal.marks(tmp_path, as_of=ANCHOR + HOUR).to_pylist() if row["outlet"] == OUTLET] == [""]
    assert [row["review"] for row in journal.marks(tmp_path).to_pylist() if row["outlet"] == OUTLET] == ["rejected"]
    assert len([row for row in journal.marks(tmp_path, every_version=True).to_pylist() if row["outlet"] == OUTLET]) == 2
    assert everything(tmp_path).equals(before)


def test_a_mark_is_due_at_noon_of_the_next_day_in_china():
    """公告2022年第21号: manual marks of day D by 12:00 of day D+1."""
    late_evening = dt.datetime(2026, 9, 14, 15, 59, tzinfo=dt.UTC)  # 23:59 in China
    assert journal.deadline_of(late_evening).astimezone(dt.UTC) == dt.datetime(2026, 9, 15, 4, tzinfo=dt.UTC)
    assert journal.deadline_of(late_evening + dt.timedelta(minutes=1)).astimezone(dt.UTC) == dt.datetime(2026, 9, 16, 4, tzinfo=dt.UTC)


@pytest.mark.parametrize(("change", "told"), [({"colour": 1}, "不认识的列"), ({"began": None}, "缺少起始时间"), ({"ended": ANCHOR - HOUR}, "晚于")])
def test_a_mark_that_cannot_be_is_refused(tmp_path, change, told):
    mark = {"outlet": OUTLET, "code": "upset", "began": ANCHOR, "ended": ANCHOR + HOUR, "recorded_at": ANCHOR}
    with pytest.raises(BadInput, match=told):
        journal.append_marks(tmp_path, [{**mark, **change}])


def test_ages_know_who_never_spoke(planted):
    ages = state.ages(planted, at=ANCHOR + HOUR)
    silent = next(one.mn for one in PLAN.planted if one.rule == "offline")
    assert ages[silent] == pytest.approx(10 * 3600, abs=120) and ages[PLAN.points[0].mn] == pytest.approx(3600, abs=120)
    assert state.oldest_input(planted, [PLAN.points[0].mn, silent], at=ANCHOR) == pytest.approx(9 * 3600, abs=120)
    assert state.oldest_input(planted, [PLAN.points[0].mn, "stranger"], at=ANCHOR) is None


def test_the_latest_table_is_what_reading_everything_gives(planted):
    last = {}
    for row in everything(planted, facility=CEMENT).select(["mn", "factor", "kind", "began", "value"]).to_pylist():
        last[row["mn"], row["factor"], row["kind"]] = (row["began"], row["value"])
    found = {(row["mn"], row["factor"], row["kind"]): (row["began"], row["value"]) for row in plain(asof.latest(planted, facility=CEMENT)).to_pylist()}
    assert found == last and len(last) > 60
    only = asof.latest(planted, kinds=["hour"], facility=CEMENT)
    assert set(plain(only)["facility"].to_pylist()) == {CEMENT} and set(plain(only)["kind"].to_pylist()) == {"hour"}


def test_dimensions_refuse_two_devices_of_one_name(tmp_path):
    planting.write_dimensions(tmp_path, PLAN)
    known = dimensions.load(tmp_path)
    assert known.place_of[PLAN.points[0].mn] == (CEMENT, OUTLET) and known.points.num_rows == len(PLAN.points) + len(PLAN.stations)
    with pytest.raises(BadInput, match="重复"):
        dimensions.write(tmp_path, pa.concat_tables([known.points, known.points.slice(0, 1)]), known.limits)
    with pytest.raises(BadInput, match="缺少列"):
        dimensions.write(tmp_path, known.points, known.limits.drop_columns(["citation"]))
    assert dimensions.load(tmp_path).limits.equals(known.limits)


def test_fsck_names_what_was_touched(tmp_path):
    sow(tmp_path, A_FEW)
    ingest.ingest(tmp_path)
    sealed = sealing.seal(tmp_path, ANCHOR)
    assert sealed.records == len(A_FEW) and sealing.seal(tmp_path, ANCHOR).leaves == 0
    assert fsck.fsck(tmp_path) == []
    segment = next(layout.spool(tmp_path).glob("*.seg"))
    whole = segment.read_bytes()
    place = whole.index(b"a21002-Avg=") + 12
    segment.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
    problems = fsck.fsck(tmp_path)
    assert any("已损坏" in one for one in problems) and any("与账本第" in one for one in problems)
    segment.write_bytes(whole)
    hot = layout.lake(tmp_path) / manifest.load(tmp_path).files[0].path
    hot.write_bytes(hot.read_bytes()[:-100])
    assert any("数据湖文件" in one for one in fsck.fsck(tmp_path))
    hot.unlink()
    assert any("缺少清单所列文件" in one for one in fsck.fsck(tmp_path))


def test_a_broken_manifest_is_told_in_one_sentence(tmp_path):
    sow(tmp_path, A_FEW[:5])
    ingest.ingest(tmp_path)
    layout.manifest(tmp_path).write_text("{", "utf-8")
    with pytest.raises(Corrupt, match="rebuild"):
        asof.latest(tmp_path)


def test_a_lake_without_anything_answers_with_nothing(tmp_path):
    assert asof.read(tmp_path, began=ANCHOR, ended=ANCHOR + HOUR).num_rows == 0 and asof.latest(tmp_path).num_rows == 0
    assert ingest.ingest(tmp_path) == ingest.IngestReport() and fsck.fsck(tmp_path) == []
    assert compact.compact(tmp_path, at=ANCHOR).rows == 0
    with pytest.raises(BadInput, match="时区"):
        asof.read(tmp_path, began=dt.datetime(2026, 1, 1), ended=ANCHOR)


def test_a_planted_lake_is_not_rebuilt_into_nothing(planted):
    with pytest.raises(BadInput, match="没有原始报文"):
        ingest.rebuild(planted)


def test_facilities_stay_in_their_bucket_month(planted):
    current = manifest.load(planted)
    for one in current.files:
        table = scan.scan_files(planted, [one], columns=["facility", "began"])
        assert {current.bucket_of(word) for word in pc.unique(table["facility"]).to_pylist()} == {one.bucket}
        assert one.month == "2026-09"
    moved = replace(current, buckets=7)
    assert {moved.bucket_of(one.code) for one in PLAN.facilities} <= set(range(7))


def test_rows_of_one_moment_in_two_zones_are_one_window(tmp_path):
    sow(tmp_path, [(us(ANCHOR), "a", packet(4.0))])
    ingest.ingest(tmp_path)
    window = {"began": (ANCHOR - HOUR).astimezone(dt.UTC), "ended": ANCHOR}
    assert asof.read(tmp_path, **window).num_rows == 1
    assert asof.read(tmp_path, began=ANCHOR - HOUR + dt.timedelta(milliseconds=1), ended=ANCHOR).num_rows == 0, "began is inclusive, to the millisecond"
    assert asof.read(tmp_path, began=ANCHOR - 2 * HOUR, ended=ANCHOR - HOUR).num_rows == 0, "ended is exclusive"
