"""The lake is what the spool says, whatever the order, the batches, the repeats and the crashes."""

from __future__ import annotations

import datetime as dt
import random

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingyuan.engines.province.messages import messages
from qingyuan.engines.province.plan import CHINA
from qingyuan.engines.sense import spool
from qingyuan.engines.sense.hj212.message import build
from qingyuan.engines.sense.hj212.times import write_qn
from qingyuan.engines.sense.spool import Spool
from qingyuan.engines.store import asof, bulk, compact, dimensions, ingest, layout, manifest, order, planting
from qingyuan.engines.store.decode import Batch

from .sowing import ANCHOR, HOUR, PLAN, arrivals, sow

EVER = {"began": dt.datetime(1970, 1, 2, tzinfo=dt.UTC), "ended": dt.datetime(2100, 1, 1, tzinfo=dt.UTC)}
PLACE = ("segment", "offset")
TWO = {one.code for one in PLAN.facilities[:2]}
A_FEW = arrivals(ANCHOR - 3 * HOUR, ANCHOR, facilities=TWO)


def plain(table: pa.Table, *without: str) -> pa.Table:
    """Return a table with plain words, so that equal rows are equal tables."""
    names = [name for name in table.column_names if name not in without]
    return pa.table({name: pc.cast(table[name], pa.string()) if pa.types.is_dictionary(table.schema.field(name).type) else table[name] for name in names}).combine_chunks()


def everything(data, **more) -> pa.Table:
    return plain(asof.read(data, **EVER, **more))


def test_the_lake_from_packets_is_the_lake_written_directly(tmp_path):
    began, ended = ANCHOR - 8 * HOUR, ANCHOR - 6 * HOUR
    three = {PLAN.facilities[place].code for place in (0, 1, 8)}
    sow(tmp_path / "a", arrivals(began, ended + HOUR / 30, ("real", "minute", "hour"), facilities=three))
    ingest.ingest(tmp_path / "a")
    planting.plant(tmp_path / "b", PLAN, began, ended, kinds=("real", "minute", "hour"), only=three)
    window = {"began": began, "ended": ended - HOUR}
    got, direct = (plain(asof.read(tmp_path / name, **window), *PLACE) for name in "ab")
    assert got.num_rows > 3000 and got.equals(direct)


def test_a_rebuilt_lake_is_the_same_lake(tmp_path):
    sow(tmp_path, A_FEW)
    ingest.ingest(tmp_path, limit=70)
    ingest.ingest(tmp_path)
    compact.compact(tmp_path, at=ANCHOR)
    before, generation = everything(tmp_path), manifest.load(tmp_path).generation
    report = ingest.rebuild(tmp_path)
    assert report.records == len(A_FEW) and everything(tmp_path).equals(before)
    assert manifest.load(tmp_path).generation > generation
    assert ingest.ingest(tmp_path).records == 0


def test_many_records_at_once_are_the_records_one_by_one(tmp_path, monkeypatch):
    monkeypatch.setattr(bulk, "WORTH", 1)
    sow(tmp_path, A_FEW)
    records = [*spool.read(layout.spool(tmp_path))]
    whole = records[0]
    spoilt = (whole.raw[:-3] + b"0\r\n", whole.raw[:40], b"??" + whole.raw, whole.raw + whole.raw, whole.raw.replace(b"##", b"#", 1), b"")
    records += [whole._replace(raw=raw) for raw in spoilt]
    one, many = Batch(dimensions.load(tmp_path)), Batch(dimensions.load(tmp_path))
    for record in records:
        one.take(record)
    bulk.take_all(many, records, engine="oracle")
    assert many.bulk and one.rows == many.rows == one.readings().num_rows
    assert [(each.records, each.packets, each.faults) for each in (one, many)] == [(one.records, one.packets, one.faults)] * 2
    assert plain(order.sort(many.readings())).equals(plain(order.sort(one.readings())))
    assert plain(many.parameters()).equals(plain(one.parameters()))


def test_taking_in_again_takes_in_nothing(tmp_path):
    sow(tmp_path, A_FEW)
    first = ingest.ingest(tmp_path)
    before = manifest.load(tmp_path)
    assert first.records == first.packets == len(A_FEW) and first.readings > first.packets
    assert ingest.ingest(tmp_path) == ingest.IngestReport()
    assert manifest.load(tmp_path) == before


@given(seed=st.integers(0, 10**6), cuts=st.lists(st.integers(1, 60), max_size=4), repeats=st.integers(0, 30))
@settings(max_examples=12, deadline=None)
def test_shuffled_repeated_and_late_packets_give_the_same_state(tmp_path_factory, seed, cuts, repeats):
    """What was told is the same, so what is known is the same; only when and where it was told differs."""
    pick = random.Random(seed)
    these = A_FEW + pick.choices(A_FEW, k=repeats)
    pick.shuffle(these)
    clock = int(ANCHOR.timestamp() * 1e6)
    late = [(clock + place * 1000, peer, raw) for place, (_, peer, raw) in enumerate(these)]
    data = tmp_path_factory.mktemp("shuffled")
    sow(data, late, segment_bytes=1 << 18)
    for cut in cuts:
        ingest.ingest(data, limit=cut)
        if pick.random() < 0.5:
            compact.compact(data, at=ANCHOR, full=pick.random() < 0.3)
    ingest.ingest(data)
    assert plain(asof.read(data, **EVER), *PLACE, "received_at").equals(_in_order(tmp_path_factory))
    assert plain(asof.latest(data), *PLACE, "received_at").equals(_latest_of(_in_order(tmp_path_factory)))


_kept: dict[str, pa.Table] = {}


def _in_order(factory) -> pa.Table:
    if "table" not in _kept:
        data = factory.mktemp("in_order")
        sow(data, A_FEW)
        ingest.ingest(data)
        _kept["table"] = plain(asof.read(data, **EVER), *PLACE, "received_at")
    return _kept["table"]


def _latest_of(table: pa.Table) -> pa.Table:
    """The last row of every (mn, factor, kind), by plain Python."""
    last = {(row["mn"], row["factor"], row["kind"]): place for place, row in enumerate(table.to_pylist())}
    return table.take(pa.array(sorted(last.values()))).combine_chunks()


def packet(value: float, *, began=ANCHOR - HOUR, flag="N", mn=PLAN.points[0].mn, cn="2061") -> bytes:
    cp = [{"DataTime": began.astimezone(CHINA).strftime("%Y%m%d%H%M%S")}, {"a21002-Avg": f"{value}", "a21002-Flag": flag}]
    return build(qn="20260915120000000", st="31", cn=cn, pw="123456", mn=mn, flag=5, cp=cp)


def us(at: dt.datetime) -> int:
    return int(at.timestamp() * 1e6)


def test_a_correction_does_not_overwrite_what_was_known_before(tmp_path):
    sow(tmp_path, [(us(ANCHOR), "a", packet(10.0)), (us(ANCHOR + 2 * HOUR), "a", packet(12.5))])
    ingest.ingest(tmp_path)
    window = {"began": ANCHOR - 2 * HOUR, "ended": ANCHOR}
    for compacted in (False, True):
        if compacted:
            compact.compact(tmp_path, at=ANCHOR, full=True)
        assert asof.read(tmp_path, **window, as_of=ANCHOR - HOUR).num_rows == 0
        assert asof.read(tmp_path, **window, as_of=ANCHOR + HOUR)["value"].to_pylist() == [10.0]
        assert asof.read(tmp_path, **window)["value"].to_pylist() == [12.5]
        assert asof.read(tmp_path, **window, versions=True)["value"].to_pylist() == [10.0, 12.5]
        assert asof.latest(tmp_path)["value"].to_pylist() == [12.5]


def test_a_late_packet_is_not_the_latest_value(tmp_path):
    sow(tmp_path, [(us(ANCHOR), "a", packet(10.0)), (us(ANCHOR + HOUR), "a", packet(99.0, began=ANCHOR - 9 * HOUR))])
    ingest.ingest(tmp_path)
    assert asof.latest(tmp_path)["value"].to_pylist() == [10.0]


def test_garbage_bad_check_codes_and_strangers(tmp_path):
    """Bytes that prove nothing are counted and give no reading; an unknown device's readings are kept without a facility."""
    good, strange = packet(1.0), packet(2.0, mn="X" * 24)
    these = [b"\x00\xffnonsense", packet(3.0, began=ANCHOR - 5 * HOUR).replace(b"a21002-Avg=3", b"a21002-Avg=9"), strange, good[:40], good]
    sow(tmp_path, [(us(ANCHOR) + place, "a", raw) for place, raw in enumerate(these)])
    report = ingest.ingest(tmp_path)
    assert report.records == 5 and report.faults >= 3
    rows = {row["mn"]: row for row in everything(tmp_path).to_pylist()}
    assert {row["value"] for row in rows.values()} == {1.0, 2.0}
    assert rows["X" * 24]["facility"] == "" and rows[PLAN.points[0].mn]["facility"] == PLAN.points[0].facility


@pytest.mark.parametrize("year", [1970, 2000, 2098, 9998])
def test_a_mad_clock_is_kept_and_breaks_nothing(tmp_path, year):
    mad = packet(5.0, began=dt.datetime(year, 3, 1, tzinfo=CHINA))
    sow(tmp_path, [(us(ANCHOR), "a", packet(1.0)), (us(ANCHOR), "a", mad), (us(ANCHOR), "a", mad)])
    ingest.ingest(tmp_path)
    compact.compact(tmp_path, at=ANCHOR)
    found = asof.read(tmp_path, began=dt.datetime(1970, 1, 1, tzinfo=dt.UTC), ended=dt.datetime(9999, 1, 1, tzinfo=dt.UTC))
    assert sorted(found["value"].to_pylist()) == [1.0, 5.0]


def test_instrument_parameters_are_kept_with_their_moment(tmp_path):
    said = build(qn="20260915110000000", st="31", cn="3020", pw="1", mn=PLAN.points[0].mn, flag=5,
                 cp=[{"DataTime": "20260915105900"}, {"PolId": "a21002"}, {"i13008-Info": "1.07"}, {"i13007-Info": "-0.2"}])  # fmt: skip
    sow(tmp_path, [(us(ANCHOR), "a", said)])
    ingest.ingest(tmp_path)
    rows = plain(asof.parameters(tmp_path)).to_pylist()
    assert [(row["factor"], row["name"], row["value"]) for row in rows] == [("a21002", "i13007", -0.2), ("a21002", "i13008", 1.07)]
    assert {row["facility"] for row in rows} == {PLAN.points[0].facility}
    assert rows[0]["began"] == dt.datetime(2026, 9, 15, 10, 59, tzinfo=CHINA)


@pytest.mark.parametrize("where", ["before_file", "before_manifest", "after_manifest"])
def test_killed_anywhere_it_begins_again_where_it_was(tmp_path, monkeypatch, where):
    sow(tmp_path, A_FEW)
    ingest.ingest(tmp_path, limit=30)

    class Killed(BaseException):
        pass

    def die(*_args, **_kwargs):
        raise Killed

    save = manifest.save
    target = {"before_file": (manifest, "write", die), "before_manifest": (manifest, "save", die),
              "after_manifest": (manifest, "save", lambda *a: (save(*a), die()))}[where]  # fmt: skip
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(*target)
        ingest.ingest(tmp_path, limit=40)
    ingest.ingest(tmp_path)
    fresh = tmp_path / "fresh"
    sow(fresh, A_FEW)
    ingest.ingest(fresh)
    assert everything(tmp_path).equals(everything(fresh))
    named = {one.path for one in manifest.load(tmp_path).files}
    there = {str(path.relative_to(layout.lake(tmp_path))) for path in (layout.lake(tmp_path) / "hot").iterdir()}
    assert there == named, "no orphan is left behind"


def test_new_packets_come_after_old_ones_in_a_spool_that_goes_on(tmp_path):
    sow(tmp_path, A_FEW[:50])
    assert ingest.ingest(tmp_path).records == 50
    writer = Spool(layout.spool(tmp_path), at_us=us(ANCHOR))
    writer.append(A_FEW[50:])
    assert ingest.ingest(tmp_path).records == 0, "what is not durable is not yet there"
    writer.sync()
    assert ingest.ingest(tmp_path).records == len(A_FEW) - 50
    writer.close()
    assert everything(tmp_path).num_rows == _count(A_FEW)


def _count(these) -> int:
    return sum(raw.count(b"-Flag=") for _, _, raw in these)


@pytest.mark.parametrize("worth", [1, 1000])
def test_cipher_text_becomes_rows_where_the_key_is_and_a_fault_where_it_is_not(tmp_path, monkeypatch, worth):
    """HJ 212-2025 §6.4: the bytes are the evidence; a key that comes later opens them when the lake is built again."""
    monkeypatch.setattr(bulk, "WORTH", worth)
    key, one = b"0123456789abcdef", next(one for one in messages(PLAN, ANCHOR - 3 * HOUR, ANCHOR, ("hour",)))
    point = PLAN.point[one.mn]
    raw = build(qn=write_qn(one.when), st=point.st, cn=one.cn, pw=point.pw, mn=one.mn, flag=9, cp=one.cp, key=key)
    sow(tmp_path, [(int(one.when.timestamp() * 1e6), "10.0.0.1:5000", raw)])
    closed = ingest.ingest(tmp_path)
    assert (closed.readings, closed.faults) == (0, 1)
    keys = tmp_path / "keys" / "sm4.json"
    keys.parent.mkdir()
    keys.write_text(f'{{"{one.mn}": ["{key.hex()}"]}}')
    keys.chmod(0o600)
    assert ingest.rebuild(tmp_path).readings > 0 and set(everything(tmp_path)["mn"].to_pylist()) == {one.mn}
