import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingyuan.engines.sense.hj212.faults import FAULTS
from qingyuan.engines.sense.hj212.frame import Frame, read_frame, take_frame
from qingyuan.engines.sense.hj212.header import _read_odd, read_header
from qingyuan.engines.sense.hj212.keyring import KeyRing
from qingyuan.engines.sense.hj212.message import build, parse
from qingyuan.engines.sense.hj212.record import from_record, to_record

from .vectors import KEY_OF_THE_EXAMPLES, SOUND, vectors

MN = "010000A8900016F000169DC0"


def packet(cp: str, *, cn: str = "2051", flag: int | None = 5, qn: str = "20240520210700000", mn: str = MN) -> bytes:
    """A sound packet with the given data region."""
    return build(qn=qn, st="32", cn=cn, pw="123456", mn=mn, flag=flag, cp=cp)


def test_the_standards_own_example() -> None:
    """2017 Appendix A."""
    message = parse(SOUND[0])
    assert message.ok and message.crc_ok
    assert (message.version, message.st, message.cn, message.pw, message.flag) == (2017, "32", "1062", "100000", 5)
    assert message.qn == "20160801085857223" and message.mn == MN
    assert message.cp == [{"RtdInterval": "30"}]


def test_the_misprinted_check_code_is_refused_and_everything_is_read() -> None:
    """2017 Appendix A: the running text prints 1C08 where the code is 1C80."""
    message = parse(SOUND[0][:-6] + b"1C08\r\n")
    assert message.fault_codes() == {"crc_wrong"} and not message.crc_ok
    assert message.cp == [{"RtdInterval": "30"}]


@pytest.mark.parametrize("vector", vectors("official-encrypted"), ids=lambda v: v["note"][:40])
def test_the_encrypted_examples_open_with_their_key(vector: dict[str, object]) -> None:
    """2025 §6.4 and Appendix A.2, in both readings of the print."""
    keys = KeyRing(default=[b"1" * 16, KEY_OF_THE_EXAMPLES])
    message = parse(vector["bytes"], keys)
    assert message.encrypted and message.crc_ok and not message.fault_codes() - {"encrypted_literal", "segment_long"}
    assert message.get("a01011-Avg") == "1.35" and message.get("a01014-Flag") == "N"
    closed = parse(vector["bytes"])
    assert "encrypted" in closed.fault_codes() and closed.cp == [] and closed.raw == vector["bytes"]


def test_an_encrypted_packet_is_built_as_the_standard_says() -> None:
    """Length and check code on the plain text; the rest of less than sixteen bytes stays in clear."""
    plain = next(v for v in vectors("official") if "147-byte" in v["note"])["bytes"]
    cipher = next(v for v in vectors("official-encrypted") if v["bytes"].startswith(b"##0234") and v["enc"] == "latin1")
    message = parse(plain)
    built = build(qn=message.qn, st="31", cn="2051", pw="123456", mn=MN, flag=9, cp=message.cp, key=KEY_OF_THE_EXAMPLES)
    assert built == cipher["bytes"]


@pytest.mark.parametrize("raw", SOUND, ids=range(len(SOUND)))
def test_a_packet_that_read_cleanly_builds_to_the_same_bytes(raw: bytes) -> None:
    message = parse(raw)
    if message.ok:
        assert from_record(json.loads(json.dumps(to_record(message)))) == raw


def test_most_vectors_read_cleanly() -> None:
    """Guards the test above against passing because nothing is ever clean."""
    assert sum(parse(raw).ok for raw in SOUND) > 100


@settings(max_examples=100, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=200), st.binary(max_size=200).map(lambda b: packet("").replace(b"&&&&", b"&&" + b + b"&&"))
    )
)
def test_parse_never_raises_and_keeps_the_bytes(raw: bytes) -> None:
    message = parse(raw, KeyRing(default=[KEY_OF_THE_EXAMPLES]))
    assert message.raw == raw
    assert message.fault_codes() <= FAULTS.keys()


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(
                [f"{c}-{f}" for c in ("a21026", "w01018", "i12001") for f in ("Avg", "Min", "Rtd", "Flag")]
            ),
            st.one_of(st.floats(allow_nan=False).map(str), st.sampled_from("NFMSDCTB"), st.just("")),
            min_size=1,
        ),
        max_size=8,
    )
)
def test_build_and_parse_are_inverse(items: list[dict[str, str]]) -> None:
    raw = build(qn="20240520210700000", st="31", cn="2051", pw="123456", mn=MN, flag=5, cp=items)
    message = parse(raw)
    assert message.cp == items and message.crc_ok


def test_commas_and_semicolons_both_separate() -> None:
    """2017 C.23 and C.41 write a comma between BeginTime and EndTime."""
    message = parse(packet("BeginTime=20160801000000,EndTime=20160802000000", cn="2041"))
    assert message.get("BeginTime") == "20160801000000" and message.get("EndTime") == "20160802000000"


def test_log_text_may_hold_anything() -> None:
    """2017 table 4: log text stands between double slashes; it may be a whole packet."""
    text = "//启动;a=1,b=2&&##0101 ok//"
    message = parse(packet(f"DataTime=20160801000000;PolId=w01018;i11001-Info={text}", cn="3020"))
    assert message.get("i11001-Info") == text and message.ok


def test_gbk_text_is_read_and_noted() -> None:
    raw = packet("DataTime=20160801000000;i11001-Info=//x//", cn="3020")
    region = raw[6:-6].replace(b"//x//", "//中文日志//".encode("gbk"))
    from qingyuan.engines.sense.hj212.crc import crc16

    message = parse(b"##%04d" % len(region) + region + b"%04X\r\n" % crc16(region))
    assert message.get("i11001-Info") == "//中文日志//" and message.fault_codes() == {"text_gb18030"}


@pytest.mark.parametrize(
    ("cp", "code"),
    [
        ("DataTime=20240520210600; a=1", "blanks"),
        ("DataTime=20240520210600;a-Rtd=1,a-Rtd=2", "key_repeated"),
        ("DataTime=20240520210600;oops", "pair_odd"),
        ("DataTime=2024052021", "time_odd"),
        ("DataTime=20241320210600", "time_odd"),
        ("a01011-Avg=1", "time_missing"),
    ],
)
def test_what_is_odd_in_the_data_region_is_a_fault_beside_the_values(cp: str, code: str) -> None:
    assert parse(packet(cp)).fault_codes() == {code}


def test_a_repeated_key_keeps_both_values() -> None:
    """2017 C.29 repeats e01001-Rtd."""
    message = parse(packet("DataTime=20240520210600;a-Rtd=1,a-Rtd=2"))
    assert [item.get("a-Rtd") for item in message.cp] == [None, "1", "2"]


def test_2005_has_neither_flag_nor_qn() -> None:
    raw = build(st="32", cn="2011", pw="123456", mn="88888880000001", flag=None, cp="DataTime=20160801000000;011-Rtd=1")
    message = parse(raw)
    assert message.version == 2005 and message.flag is None and message.fault_codes() == {"flag_missing"}


def test_2005_replies_carry_the_request_number_in_the_data_region() -> None:
    raw = build(st="91", cn="9011", pw="123456", mn="88888880000001", flag=0, cp="QN=20040516010101001;QnRtn=1")
    message = parse(raw)
    assert message.qn == "20040516010101001" and message.ok


def test_counters_promised_and_not_sent() -> None:
    assert parse(packet("DataTime=20240520210600", flag=7)).fault_codes() == {"counters_missing"}


def test_a_registered_version_goes_before_the_flag() -> None:
    """HJ 1404 surface-water stations send Flag 9 and are not 2025."""
    assert parse(packet("DataTime=20240520210600", flag=9)).version == 2025
    assert parse(packet("DataTime=20240520210600", flag=9), version=2017).version == 2017


def test_a_clock_in_1970_is_a_time_like_any_other() -> None:
    assert parse(packet("DataTime=19700101080000", qn="19700101080000000")).ok


def test_every_fault_in_the_table_is_used_somewhere() -> None:
    """A code that nothing reports would promise a check that is not made."""
    folder = Path(__file__).parent.parent
    code = "".join(p.read_text("utf-8") for p in folder.glob("*.py") if p.name != "faults.py")
    assert [name for name in FAULTS if f'"{name}"' not in code] == []


PIECES = [b"QN=20260105083000001;", b"ST=32;", b"CN=2051;", b"PW=123456;", b"PW=;", b"MN=0100;", b"Flag=5;", b"Flag=7;", b"Flag=99;", b"PNUM=2;", b"PNO=1;",
          b"PNO=3;", b"PNUM=0;", b"RF=1;", b"CP=&&", b"DataTime=20260105083000", b"&&", b"&", b";", b",", b"qn=1;"]  # fmt: skip


@settings(max_examples=100)
@given(st.permutations(PIECES[:4] + PIECES[5:7] + PIECES[14:17]) | st.lists(st.sampled_from(PIECES), max_size=14))
def test_the_short_way_through_a_header_tells_what_the_long_way_tells(pieces: list[bytes]) -> None:
    for segment in (b"".join(pieces), b"".join(PIECES[:4] + PIECES[5:7] + pieces), b"".join([*PIECES[:4], PIECES[5], PIECES[7], *PIECES[9:11], *pieces])):
        assert read_header(segment) == _read_odd(segment)


@settings(max_examples=100)
@given(st.sampled_from(SOUND), st.integers(0, 400), st.binary(max_size=2))
def test_the_short_way_to_a_frame_cuts_what_the_long_way_cuts(whole: bytes, at: int, put: bytes) -> None:
    raw = whole[:at] + put + whole[at + 1 :] if put else whole
    buffer = bytearray(raw)
    taken = take_frame(buffer, quiet=True)
    assert read_frame(raw) == (taken if isinstance(taken, Frame) and not buffer else None)
