"""The envelope: the short way and the long way to read and to answer agree."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingyuan.engines.sense import gateway_envelope as envelope
from qingyuan.engines.sense.hj212.connection import Connection, PacketReceived
from qingyuan.engines.sense.hj212.frame import Frame, read_frame

AT = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
FIELDS = st.text("ABCabc0189_", min_size=0, max_size=24).map(str.encode)


@settings(max_examples=100, deadline=None)
@given(st.text("0123456789", min_size=17, max_size=17).map(str.encode), FIELDS, FIELDS, st.integers(4, 11), st.sampled_from([b"2011", b"2061", b"9015"]), st.sampled_from([0, 3, 9]))
def test_answers_by_difference_are_the_answers_computed_whole(qn, pw, mn, flag, cn, qn_rtn):
    said = envelope.Envelope(qn, b"31", cn, pw, mn, flag)
    whole = envelope.refusal(said, qn_rtn) if qn_rtn else envelope.acknowledgement(said)
    ready = envelope.answers(said, qn_rtn)
    assert (ready.to(qn) if ready else b"") == whole
    assert not whole or read_frame(whole).faults == ()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(FIELDS, st.integers(0, 11), st.text("a1;,=&-", max_size=30).map(str.encode)), min_size=1, max_size=5), st.binary(max_size=12))
def test_the_short_way_takes_only_what_the_long_way_takes_and_alike(said, tail):
    data = b"".join(envelope.frame(b"QN=20261124080000123;ST=31;CN=2011;PW=1;MN=%b;Flag=%d;CP=&&%b&&" % one) for one in said) + tail
    frames = envelope.split(bytearray(data))
    at = 0
    for expected in frames:
        found = envelope.plain(data, at)
        if found is None:
            break
        end, header = found
        assert isinstance(expected, Frame) and data[at:end] == expected.raw and not expected.faults
        assert envelope.read(expected.segment).qn == header[2]
        at = end


def test_what_is_owed_is_what_the_protocol_s_own_connection_owes():
    """2017 Appendix C: every upload and notice of the corpus, from the standard and from the field."""
    corpus = Path(__file__).parents[1] / "hj212" / "tests"
    lines = [json.loads(line) for path in sorted(corpus.rglob("*.jsonl")) for line in path.read_text(encoding="utf-8").split("\n") if line]
    raws = [line["raw"].encode("latin-1", "replace") for line in lines if isinstance(line.get("raw"), str)]
    if not raws:
        pytest.skip("no corpus beside hj212")
    compared = 0
    for raw in raws:
        for event in Connection().receive(raw, AT):
            if isinstance(event, PacketReceived) and event.frame.dialect == "hj212" and event.header.version and event.answer:
                said = envelope.read(event.frame.segment)
                if said.flag >= 4 and said.qn:
                    assert envelope.acknowledgement(said) == event.answer
                    compared += 1
    assert compared


@pytest.mark.parametrize(
    ("segment", "wanted"),
    [
        (b"ST=32;CN=2011;PW=123456;MN=88888880000001;CP=&&DataTime=20040516021000;011-Rtd=1&&", (b"", b"32", b"2011", b"88888880000001", -1)),
        (b"QN=20261124080000123; ST = 31 ;CN=2061;PW=;MN=x_1;FLAG=5;CP=&&&&", (b"20261124080000123", b"31", b"2061", b"x_1", 5)),
        (b"", (b"", b"", b"", b"", -1)),
        (b"\xff\xfe;;;=;Flag=999999999;CP=", (b"", b"", b"", b"", -1)),
    ],
)
def test_odd_headers_are_read_as_far_as_they_go(segment, wanted):
    said = envelope.read(segment)
    assert (said.qn, said.st, said.cn, said.mn, said.flag) == wanted


def test_a_reply_and_a_packet_that_wants_none_are_not_answered():
    for cn, flag in ((b"9011", 5), (b"9014", 5), (b"2011", 4), (b"2011", -1)):
        assert envelope.acknowledgement(envelope.Envelope(b"1" * 17, b"31", cn, b"", b"M", flag)) == b""
