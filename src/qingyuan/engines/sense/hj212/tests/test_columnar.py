"""The columnar decoder equals the message decoder packet by packet.

The kernel is compiled once (seconds, kept on disk by Numba); every test here then runs in milliseconds.
"""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from qingyuan.engines.sense.hj212 import columnar
from qingyuan.engines.sense.hj212.columnar import PACKETS, READINGS, bounds_of, decode, split
from qingyuan.engines.sense.hj212.keyring import KeyRing
from qingyuan.engines.sense.hj212.message import build, parse
from qingyuan.engines.sense.hj212.readings import readings

from .vectors import KEY_OF_THE_EXAMPLES, SOUND, vectors

KEYS = KeyRing(default=[KEY_OF_THE_EXAMPLES])


def both(raws: list[bytes]) -> columnar.Columns:
    """Decode with the kernel and with the message decoder; they must agree."""
    buffer, bounds = bounds_of(raws)
    quick, slow = decode(buffer, bounds, KEYS, engine="kernel"), decode(buffer, bounds, KEYS, engine="oracle")
    assert quick.packets.schema == PACKETS and quick.readings.schema == READINGS
    assert quick.packets.to_pylist() == slow.packets.to_pylist()
    assert quick.readings.to_pylist() == slow.readings.to_pylist()
    return quick


def upload(cp: str, cn: str = "2051", **other: object) -> bytes:
    """A sound upload."""
    sound = {
        "qn": "20260105083000123",
        "st": "31",
        "cn": cn,
        "pw": "123456",
        "mn": "010000A8900016F000169DC0",
        "flag": 5,
    }
    return build(**{**sound, **other}, cp=cp)


def test_every_vector_comes_out_the_same() -> None:
    result = both([v["bytes"] for v in vectors()])
    assert 0 < result.odd < len(vectors())


def test_ordinary_traffic_never_needs_the_message_decoder() -> None:
    """Guards the equality tests against a kernel that leaves everything alone."""
    clean = [
        upload(
            "DataTime=20260105082000;a21026-Min=1.1,a21026-Avg=2.25,a21026-Max=3,a21026-ZsAvg=4.0,a21026-Flag=N;a00000-Cou=-0.5"
        ),
        upload(
            "DataTime=20260105082000;w01018-SampleTime=20260105080000,w01018-Rtd=2.2,w01018-Flag=D,w01018-EFlag=A01",
            "2011",
        ),
        upload("DataTime=20240229000000;LA-Data=50.1;SB1-RS=1", "2021", flag=9, backfill=True),
        upload("", "9014", flag=4),
        upload("QnRtn=1", "9011", flag=4),
        upload("DataTime=20260105080000;a-Rtd=1", flag=7, pnum=12, pno=3, mn="short"),
    ]
    result = both(clean * 3)
    assert result.odd == 0 and result.readings.num_rows == 3 * 6
    assert result.packets["faults"].to_pylist()[5] == ["mn_odd"]


def test_it_agrees_with_the_readings_of_single_messages() -> None:
    """The oracle path is itself held to parse and readings."""
    buffer, bounds = bounds_of(SOUND)
    rows = decode(buffer, bounds, engine="kernel").readings.to_pylist()
    expected = [(i, r) for i, raw in enumerate(SOUND) for r in readings(parse(raw))]
    assert [(row["packet"], row["factor"], row["kind"]) for row in rows] == [(i, r.factor, r.kind) for i, r in expected]
    for row, (_, reading) in zip(rows, expected, strict=True):
        for name in ("value", "low", "high", "mass", "corrected", "flag", "eflag", "sampled", "backfill"):
            assert row[name] == getattr(reading, name), (name, row)
        assert abs((row["began"] - reading.began).total_seconds()) < 0.001


_field = st.sampled_from(
    ["Avg", "Min", "Max", "Rtd", "Cou", "Flag", "ZsAvg", "ZsRtd", "EFlag", "avg", "Data", "Foo", "td"]
)
_value = st.one_of(
    st.decimals(-(10**6), 10**6, allow_nan=False, places=3).map(str),
    st.floats(allow_nan=False).map(repr),
    st.sampled_from(
        ["", "N", "D", "NaN", "--", ".5", "5.", "-", "1e3", "6.90-12.49", "007", "123456789012345678", "a b", "x//y"]
    ),
)
_pair = st.one_of(
    st.tuples(st.sampled_from(["a21026", "a34013", "w01018", "011", "LA", "longfactor"]), _field, _value).map("{0[0]}-{0[1]}={0[2]}".format),
    st.tuples(st.sampled_from(["DataTime", "PolId", "datatime", "BeginTime"]), st.sampled_from(["20260105082000", "20261305082000", "x", ""])).map("=".join),
    st.sampled_from(["a21026-SampleTime=20260105080000", "a-SampleTime=0", "oops", "", "a-=1", "-Avg=1", "=", "a=b=c", "中=文"]),
)  # fmt: skip
_region = st.lists(st.tuples(_pair, st.sampled_from([",", ";", ";", ""])), max_size=12).map(
    lambda parts: "DataTime=20260105082000;" + "".join(p + s for p, s in parts)
)
_packet = st.builds(
    upload, _region,
    st.sampled_from(["2011", "2051", "2061", "2031", "2021", "9014", "3020", "2072", "4711", "2013"]),
    flag=st.sampled_from([None, 0, 1, 4, 5, 7, 9, 11, 12, 255]),
    qn=st.sampled_from(["20260105083000123", "20260230083000123", "2026", ""]),
    mn=st.sampled_from(["010000A8900016F000169DC0", "88888880000001", "", "A 1"]),
    st=st.sampled_from(["31", "32", "99", "X1"]),
    backfill=st.booleans(),
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.lists(_packet, max_size=6))
def test_generated_packets_come_out_the_same(raws: list[bytes]) -> None:
    both(raws)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(SOUND), st.lists(st.tuples(st.integers(0, 1200), st.integers(0, 255)), max_size=4), st.booleans()
)
def test_damaged_packets_come_out_the_same(raw: bytes, damage: list[tuple[int, int]], mend: bool) -> None:
    """With and without the check code mended after the damage."""
    from qingyuan.engines.sense.hj212.crc import crc16

    hurt = bytearray(raw)
    for place, value in damage:
        hurt[place % len(hurt)] = value
    if mend:
        hurt[-6:-2] = b"%04X" % crc16(bytes(hurt[6:-6]))
    both([bytes(hurt), raw])


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=300))
def test_bytes_that_are_no_packet_come_out_the_same(raw: bytes) -> None:
    both([raw])


def test_a_stream_is_split_without_losing_a_byte() -> None:
    stream = b"noise" + b"".join(SOUND) + b"##01"
    bounds = split(stream)
    assert bounds[0] == 0 and bounds[-1] == len(stream) and (np.diff(bounds) > 0).all()
    assert decode(stream, bounds, engine="oracle").packets["crc_ok"].to_pylist().count(True) == len(SOUND)


def test_an_empty_batch_is_two_empty_tables() -> None:
    for engine in ("kernel", "oracle"):
        result = decode(b"", np.zeros(1, dtype=np.int64), engine=engine)
        assert (result.packets.num_rows, result.readings.num_rows, result.odd) == (0, 0, 0)


def test_nobody_waits_for_the_compiler(monkeypatch) -> None:
    """While the kernel is not ready the message decoder answers."""
    monkeypatch.setattr(columnar, "_loaded", None)
    monkeypatch.setattr(columnar, "_loading", object())
    buffer, bounds = bounds_of(SOUND[:3])
    assert decode(buffer, bounds).odd == 3 and not columnar.is_ready()


def test_a_key_that_differs_from_datatime_in_one_byte_is_not_datatime() -> None:
    """Sixty-four bits must be compared as integers: as floats the first bytes are lost."""
    for first in "\0CEd":
        assert both([upload(f"{first}ataTime=20260105082000;a-Avg=1")]).readings.num_rows == (1 if first == "d" else 0)


def test_many_stations_and_factors_overflow_to_the_message_decoder() -> None:
    """The interning tables hold 4096 names; more is slower, not wrong."""
    raws = [upload(f"DataTime=20260105082000;b{n:05d}-Avg=1", mn=f"{n:024d}") for n in range(4200)]
    result = both(raws)
    assert result.odd > 0 and result.readings.num_rows == 4200
