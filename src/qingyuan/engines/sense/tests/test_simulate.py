"""Simulated devices against a real gateway: everything acknowledged, whatever the line does."""

from __future__ import annotations

import asyncio
import datetime as dt
import random
from typing import NamedTuple

import pytest

from qingyuan.engines.province.presets import province
from qingyuan.engines.sense import simulate_console, spool
from qingyuan.engines.sense.gateway import Gateway
from qingyuan.engines.sense.hj212.device import Device as Logger
from qingyuan.engines.sense.hj212.message import parse
from qingyuan.engines.sense.roster import Device, Roster
from qingyuan.engines.sense.simulate import BadLine, Traffic, drive
from qingyuan.errors import BadInput

AT = dt.datetime(2026, 11, 24, 8, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))


class Say(NamedTuple):
    when: dt.datetime
    mn: str
    cn: str
    cp: list[dict[str, str]]


def speeches(mns: list[str], minutes: int) -> list[Say]:
    stamps = [(AT + dt.timedelta(minutes=n)).strftime("%Y%m%d%H%M%S") for n in range(minutes)]
    return [Say(AT, mn, "2011", [{"DataTime": stamp}, {"a21002-Rtd": "1.5", "a21002-Flag": "N"}]) for stamp in stamps for mn in mns]


def driven(tmp_path, mns, outgoing, **options):
    async def main():
        gateway = Gateway(tmp_path, roster=Roster.of([Device(mn, "123456") for mn in mns]))
        await gateway.start()
        traffic = Traffic([Logger(mn, "123456", "31", settings={"OverTime": "1", "ReCount": "9"}) for mn in mns], "127.0.0.1", gateway.port, tick_s=0.1, **options)
        report = await drive(traffic, outgoing, settle_s=12)
        await gateway.stop()
        return report, gateway

    return asyncio.run(main())


def test_every_upload_is_acknowledged_and_in_the_spool(tmp_path):
    mns = [f"MN{n:012d}" for n in range(20)]
    report, _ = driven(tmp_path, mns, speeches(mns, 10))
    assert (report.uploads, report.acknowledged, report.given_up, report.connections) == (200, 200, 0, 20)
    heard = {(m.mn, m.get("DataTime")) for m in (parse(r.raw) for r in spool.read(tmp_path / "spool"))}
    assert len(heard) == 200


def test_a_bad_line_delays_but_loses_nothing(tmp_path):
    mns = [f"MN{n:012d}" for n in range(10)]
    bad = BadLine(split=0.2, double=0.1, wrong_code=0.05, noise=0.1)
    report, gateway = driven(tmp_path, mns, speeches(mns, 6), bad=bad, seed=5)
    assert report.acknowledged == 60 and report.given_up == 0 and report.refused > 0
    heard = {(m.mn, m.get("DataTime")) for m in (parse(r.raw) for r in spool.read(tmp_path / "spool")) if m.crc_ok}
    assert len(heard) == 60 and gateway.packets > 60


def test_spoiling_keeps_the_bytes_of_everything_but_the_check_code():
    pick, raw = random.Random(3), b"##0004ABCD1C80\r\n"
    for bad in (BadLine(split=1), BadLine(double=1), BadLine(noise=1), BadLine(wrong_code=1)):
        pieces = bad.spoil(raw, pick)
        whole = b"".join(pieces)
        assert raw in whole or (bad.wrong_code and len(whole) == len(raw))


def test_the_small_province_speaks_and_is_heard(tmp_path):
    plan = province("small", 1, AT)

    async def main():
        gateway = Gateway(tmp_path, roster=Roster.of([Device(p.mn, p.pw) for p in plan.points]))
        await gateway.start()
        report = await simulate_console.run(plan, "127.0.0.1", gateway.port, hours=1, limit=150)
        await gateway.stop()
        return report

    report = asyncio.run(main())
    assert report.uploads == report.acknowledged >= 150
    assert not [m for m in (parse(r.raw) for r in spool.read(tmp_path / "spool")) if m.faults]


def test_a_device_asked_for_history_gives_the_periods_that_were_asked_for():
    plan = province("small", 1, AT)
    point = next(p for p in plan.points if p.st == "31")
    logger = next(d for d in simulate_console.devices_of(plan) if d.mn == point.mn)
    began = AT.replace(hour=3)
    regions = logger.history("2061", began, began + dt.timedelta(hours=1))
    assert [r[0]["DataTime"] for r in regions] == ["20261124030000", "20261124040000"]


@pytest.mark.parametrize("target", ["nowhere", "host:", "host:abc"])
def test_a_target_that_is_none_says_what_it_should_be(target):
    with pytest.raises(BadInput, match="主机:端口"):
        simulate_console._target(target)
