"""The conformance kit against the real gateway, and check codes of another algorithm: refused, unless the register has them."""

from __future__ import annotations

import asyncio
import datetime as dt
import json

import pytest

from qingyuan.engines.sense import spool
from qingyuan.engines.sense.hj212.tck import Identity, Verdict, corpus
from qingyuan.engines.sense.hj212.tck_wire import numbers, run
from qingyuan.engines.sense.roster import Device, Roster
from qingyuan.errors import BadInput

from .test_gateway import MN, kinds, played
from .test_roster import write

AT = dt.datetime(2026, 11, 24, 8, tzinfo=dt.UTC)
OTHERS = {"bad-crc-modbus": "modbus", "bad-crc-swapped": "hj212-swapped"}


def verdicts(tmp_path, roster: Roster, only: tuple[str, ...] = ()) -> dict[str, Verdict]:
    """Play the kit against a gateway with this register; what it said of each case."""
    found: dict[str, Verdict] = {}

    def play(port: int) -> None:
        fresh = numbers(AT)
        for case in corpus():
            if not only or case.id in only:
                found[case.id] = run(case, "127.0.0.1", port, Identity(MN), fresh)

    async def story(gateway, connect):
        await asyncio.to_thread(play, gateway.port)

    played(tmp_path, story, roster=roster, tick_s=0.001)
    return found


@pytest.mark.parametrize("roster", [Roster.of([Device(MN, "123456")]), Roster()], ids=["registered", "open"])
def test_our_own_gateway_passes_the_whole_kit(tmp_path, roster):
    found = verdicts(tmp_path, roster)
    assert {name: one.reason for name, one in found.items() if one.result == "fail"} == {}
    assert len(found) == len(corpus()) and sum(one.result == "pass" for one in found.values()) == sum(case.direction == "up" for case in corpus())


def test_a_code_of_another_algorithm_is_refused_and_named_and_its_bytes_are_kept(tmp_path):
    found = verdicts(tmp_path, Roster.of([Device(MN, "123456")]), tuple(OTHERS))
    assert [one.got for one in found.values()] == [["9011"], ["9011"]]
    assert kinds(tmp_path).count("crc_dialect") == 2
    assert len([r for r in spool.read(tmp_path / "spool") if b"w01018-Min=40.1" in r.raw]) == 2


def test_it_is_acknowledged_where_the_register_has_the_algorithm_for_that_device(tmp_path):
    write(tmp_path, [{"mn": MN, "pw": "123456"}], 1000)
    (tmp_path / "gateway").mkdir()
    (tmp_path / "gateway" / "register.json").write_text(json.dumps({MN: {"check_codes": ["modbus"]}}))
    found = verdicts(tmp_path, Roster.load(tmp_path), tuple(OTHERS))
    assert found["bad-crc-modbus"].got == ["9014"] and found["bad-crc-swapped"].got == ["9011"]


@pytest.mark.parametrize(("said", "words"), [("[1]", "读不出来"), ('{"A1": {"check_codes": ["crc32"]}}', "没有校验算法 crc32"), ('{"A1": {"allowed": ["nowhere"]}}', "nowhere")])
def test_a_register_beside_the_table_that_cannot_be_read_says_what_it_should_be(tmp_path, said, words):
    write(tmp_path, [{"mn": "A1", "pw": "123456"}], 1000)
    (tmp_path / "gateway").mkdir()
    (tmp_path / "gateway" / "register.json").write_text(said)
    with pytest.raises(BadInput, match=words):
        Roster.load(tmp_path)
