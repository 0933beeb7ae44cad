"""Commands go to the device and their result comes back to the desk."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest

from qingyuan import clock
from qingyuan.engines.sense import gateway_commands, gateway_presence, skew, spool
from qingyuan.engines.sense.gateway import Gateway
from qingyuan.engines.sense.hj212.device import Device as Logger
from qingyuan.engines.sense.hj212.message import parse
from qingyuan.engines.sense.hj212.times import read_time, write_time
from qingyuan.engines.sense.roster import Device, Roster
from qingyuan.engines.sense.simulate import Traffic
from qingyuan.errors import BadInput

MN = "010000A8900016F000169DC0"
AT = dt.datetime(2026, 11, 24, 8, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))


def history(cn, began, ended):
    found = []
    while began <= ended:
        found.append([{"DataTime": write_time(began)}, {"a21002-Avg": "1", "a21002-Flag": "N"}])
        began += dt.timedelta(hours=1)
    return found


def played(tmp_path, story, logger=None):
    logger = logger or Logger(MN, "123456", "31", history=history)

    async def main():
        gateway = Gateway(tmp_path, roster=Roster.of([Device(MN, "123456")]))
        await gateway.start()
        traffic = Traffic([logger], "127.0.0.1", gateway.port)
        await traffic.connect_all()
        line = traffic.lines[MN]
        line.write(logger.upload("2011", [{"DataTime": write_time(clock.now())}, {"a21002-Rtd": "1"}], clock.now()))
        await traffic.settle(5)
        await asyncio.wait_for(story(gateway, line), 15)
        traffic.close()
        await gateway.stop()

    asyncio.run(main())


async def outcome(tmp_path, name):
    for _ in range(200):
        found = gateway_commands.result(tmp_path, name)
        if found and found["state"] in ("done", "empty", "failed", "refused", "offline", "invalid", "no_answer", "timed_out"):
            return found
        await asyncio.sleep(0.02)
    raise AssertionError(found)


def test_setting_the_clock_sets_it_and_says_so(tmp_path):
    logger = Logger(MN, "123456", "31", clock_offset=dt.timedelta(minutes=10))

    async def story(gateway, line):
        name = gateway_commands.ask(tmp_path, MN, "set_clock", by="李明", at=clock.now())
        assert gateway_commands.result(tmp_path, name)["state"] == "unsent"
        found = await outcome(tmp_path, name)
        assert (found["state"], found["by"], found["label"]) == ("done", "李明", "执行成功")
        assert abs(logger.clock_offset) < dt.timedelta(seconds=5)
        assert gateway_commands.recent(tmp_path, MN)[0]["id"] == name

    played(tmp_path, story, logger)
    ledger = skew.SkewLedger.load(tmp_path)
    assert 590 < ledger.offset(MN, clock.now()) < 610


def test_history_comes_back_as_packets_in_the_spool(tmp_path):
    async def story(gateway, line):
        window = {"cn": "2061", "began": AT.isoformat(), "ended": (AT + dt.timedelta(hours=2)).isoformat()}
        found = await outcome(tmp_path, gateway_commands.ask(tmp_path, MN, "history", window, by="x", at=clock.now()))
        assert found["state"] == "done" and len(found["data"]) == 3

    played(tmp_path, story)
    kept = [parse(r.raw) for r in spool.read(tmp_path / "spool")]
    assert [read_time(m.get("DataTime")) for m in kept if m.cn == "2061"] == [AT + dt.timedelta(hours=n) for n in range(3)]


def test_the_gateway_pulls_missing_hours_by_itself(tmp_path):
    now = clock.now().replace(minute=0, second=0, microsecond=0)

    async def story(gateway, line):
        for back in (8, 7, 3, 2):
            items = [{"DataTime": write_time(now - dt.timedelta(hours=back))}, {"a21002-Avg": "1"}]
            line.write(line.device.upload("2061", items, clock.now()))
        await asyncio.sleep(0.3)
        session = gateway.by_mn[MN]
        session.connected_at -= 60  # one that has just come back would be left to fill its own gaps
        for _ in range(200):
            if not gateway.lookout.gaps.missing(MN, "2061", clock.now()):
                return
            await asyncio.sleep(0.03)
        raise AssertionError(gateway.lookout.gaps.missing(MN, "2061", clock.now()))

    played(tmp_path, story)
    starts = {read_time(m.get("DataTime")) for m in (parse(r.raw) for r in spool.read(tmp_path / "spool")) if m.cn == "2061"}
    assert {now - dt.timedelta(hours=n) for n in (4, 5, 6)} <= starts


def test_a_device_that_is_not_there_is_said_to_be_offline(tmp_path):
    async def story(gateway, line):
        found = await outcome(tmp_path, gateway_commands.ask(tmp_path, "NOBODY", "read_clock", by="x", at=clock.now()))
        assert found["state"] == "offline" and found["label"] == "设备不在线，未发送"

    played(tmp_path, story)


def test_an_order_nobody_can_read_is_answered_and_taken_away(tmp_path):
    inbox = tmp_path / "commands" / "inbox"
    inbox.mkdir(parents=True)
    (inbox / "abc.json").write_text("{half")

    async def story(gateway, line):
        assert (await outcome(tmp_path, "abc"))["state"] == "invalid"
        assert not list(inbox.glob("*.json"))

    played(tmp_path, story)


@pytest.mark.parametrize(
    ("command", "arguments", "says"),
    [
        ("reboot", {}, "没有命令 reboot"),
        ("set_real_time_interval", {"seconds": 5}, "30至3600"),
        ("set_real_time_interval", {}, "缺少参数 seconds"),
        ("history", {"cn": "2061", "began": "yesterday", "ended": "x"}, "参数 began 读不出来"),
        ("read_clock", {"colour": "red"}, "没有参数 colour"),
    ],
)
def test_a_command_that_cannot_be_is_refused_before_it_is_sent(tmp_path, command, arguments, says):
    with pytest.raises(BadInput, match=says):
        gateway_commands.ask(tmp_path, MN, command, arguments, by="x", at=AT)
    assert not (tmp_path / "commands").exists()


def test_every_command_on_the_list_is_a_request_that_exists():
    from qingyuan.engines.sense.hj212 import requests

    assert [name for name in gateway_commands.COMMANDS if not callable(getattr(requests, name, None))] == []


def test_the_device_page_knows_who_is_there(tmp_path):
    async def story(gateway, line):
        gateway.lookout._presence_at = -1e9
        await asyncio.sleep(0.9)
        (row,) = gateway_presence.read(tmp_path)
        assert (row["mn"], row["is_online"], row["packets"], row["version"]) == (MN, True, 1, 2017)
        assert abs(row["offset_s"]) < 2 and gateway_presence.is_fresh(tmp_path, clock.now())

    played(tmp_path, story)
    assert [row["is_online"] for row in gateway_presence.read(tmp_path)] == [False]


def test_a_command_asked_twice_with_one_id_is_left_once_and_an_id_means_one_command(tmp_path):
    for _ in range(2):
        assert gateway_commands.ask(tmp_path, MN, "read_clock", by="王", at=AT, id="order7") == "order7"
    assert [path.name for path in (tmp_path / "commands" / "inbox").iterdir()] == ["order7.json"]
    with pytest.raises(BadInput, match="已用于另一条命令"):
        gateway_commands.ask(tmp_path, MN, "read_minute_interval", by="王", at=AT, id="order7")
    with pytest.raises(BadInput, match="字母和数字"):
        gateway_commands.ask(tmp_path, MN, "read_clock", by="王", at=AT, id="../order")


def test_a_command_carried_out_is_not_sent_again_under_its_id(tmp_path):
    async def story(gateway, line):
        line.write(line.device.upload("2011", [{"DataTime": write_time(clock.now())}, {"a21002-Rtd": "1"}], clock.now()))
        await asyncio.sleep(0.2)
        for _ in range(2):
            gateway_commands.ask(tmp_path, MN, "read_clock", by="王", at=AT, id="once")
            for _ in range(100):
                if (gateway_commands.result(tmp_path, "once") or {})["state"] == "done":
                    break
                await asyncio.sleep(0.03)
            gateway.lookout.commands.poll(clock.now())
            await asyncio.sleep(0.1)

    played(tmp_path, story)
    assert gateway_commands.result(tmp_path, "once")["state"] == "done"
    assert sum(b"CN=1011" in record.raw for record in spool.read(tmp_path / "spool")) == 1
