"""Every adapter: its examples come out as faultless packets, and no bytes make it raise."""

from __future__ import annotations

import datetime as dt
from importlib import import_module

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingyuan.engines.sense.adapters import adapters, mqtt
from qingyuan.engines.sense.hj212.message import parse
from qingyuan.engines.sense.hj212.readings import readings

AT = dt.datetime(2026, 11, 24, 8, 0, 5, tzinfo=dt.timezone(dt.timedelta(hours=8)))
ALL = adapters()
EXAMPLES = [(name, *example) for name in ALL for example in import_module(f"qingyuan.engines.sense.adapters.{name}").EXAMPLES]
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8) | st.sampled_from(["mn", "values", "bn", "bt", "v", "n", "t", "d20001"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["mn", "values", "time", "bn", "bt", "bv", "v", "n", "t", "d20001"]), inner, max_size=5),
    max_leaves=12,
)


def test_the_adapters_are_found_by_listing_the_folder():
    assert {"plain_json", "senml"} <= set(ALL)


@pytest.mark.parametrize(("name", "topic", "payload", "values"), EXAMPLES)
def test_an_example_becomes_a_packet_without_faults(name, topic, payload, values):
    assert mqtt.aiomqtt.Topic(topic).matches(ALL[name].topics[0])
    (raw,) = ALL[name].translate(topic, payload, AT)
    message = parse(raw)
    found = {one.factor: message.get(f"{one.factor}-Rtd") for one in readings(message)}
    assert [fault.code for fault in message.faults if fault.code != "mn_odd"] == [] and found == values


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60), JSON)
def test_no_bytes_make_an_adapter_raise_and_what_comes_out_are_packets(junk, value):
    import json

    for adapter in ALL.values():
        for payload in (junk, json.dumps(value).encode()):
            for raw in adapter.translate("senml/M2", payload, AT):
                assert parse(raw).crc_ok


def test_a_sen_ml_pack_is_resolved_as_the_rfc_says():
    """RFC 8428 §4.6: base time and base value hold until the next."""
    payload = b'[{"bt":1764000000,"bv":10,"n":"d1","v":1},{"n":"d1","t":60,"v":2},{"bv":0,"n":"d1","t":120,"v":3}]'
    said = [parse(raw) for raw in ALL["senml"].translate("senml/M2", payload, AT)]
    assert [(m.get("DataTime"), m.get("d1-Rtd")) for m in said] == [("20251125000000", "11"), ("20251125000100", "12"), ("20251125000200", "3")]
