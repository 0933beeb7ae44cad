"""The gateway acknowledges what is on disk, keeps what is bad, and names it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import threading

import pytest
import uvloop

from qingyuan.engines.sense import gateway_journal, spool
from qingyuan.engines.sense.gateway import Gateway
from qingyuan.engines.sense.gateway_envelope import frame
from qingyuan.engines.sense.gateway_session import Limits
from qingyuan.engines.sense.hj212.crc import crc16
from qingyuan.engines.sense.hj212.message import build
from qingyuan.engines.sense.roster import Device, Roster
from qingyuan.errors import BadInput

MN = "010000A8900016F000169DC0"


def packet(n: int = 0, *, mn: str = MN, pw: str = "123456", flag: int = 5, cn: str = "2011") -> bytes:
    return frame(f"QN=20261124080000{n:03d};ST=31;CN={cn};PW={pw};MN={mn};Flag={flag};CP=&&DataTime=20261124080000;a21002-Rtd=1.{n},a21002-Flag=N&&".encode())


def ack(n: int, cn: str = "9014", cp: str = "", mn: str = MN, pw: str = "123456") -> bytes:
    return frame(f"QN=20261124080000{n:03d};ST=91;CN={cn};PW={pw};MN={mn};Flag=4;CP=&&{cp}&&".encode())


def played(tmp_path, story, loop="uvloop", **options):
    """Run ``story(gateway, connect)`` against a gateway on a free port, then stop it."""

    async def main() -> Gateway:
        options.setdefault("roster", Roster.of([Device(MN, "123456")]))
        gateway = Gateway(tmp_path, **options)
        await gateway.start()
        try:
            await asyncio.wait_for(story(gateway, lambda: asyncio.open_connection("127.0.0.1", gateway.port)), 15)
        finally:
            await gateway.stop()
        return gateway

    loops = {"uvloop": uvloop.new_event_loop, "asyncio": asyncio.new_event_loop}
    with asyncio.Runner(loop_factory=loops[loop]) as runner:
        return runner.run(main())


def raws(tmp_path) -> bytes:
    return b"".join(r.raw for r in spool.read(tmp_path / "spool"))


def kinds(tmp_path) -> list[str]:
    """Alarms but for the clock: the packets of these tests are of one fixed morning."""
    return [a.kind for a in gateway_journal.alarms(tmp_path) if a.kind != "skew"]


@pytest.mark.parametrize("loop", ["uvloop", "asyncio"])
def test_data_is_acknowledged_with_its_own_qn_and_is_in_the_spool(tmp_path, loop):
    async def story(gateway, connect):
        reader, writer = await connect()
        writer.write(packet(1) + packet(2))
        assert await reader.readexactly(len(ack(1)) * 2) == ack(1) + ack(2)
        assert [r.raw for r in spool.read(tmp_path / "spool")] == [packet(1), packet(2)]
        writer.close()

    played(tmp_path, story, loop)
    assert kinds(tmp_path) == []


def test_no_answer_leaves_before_the_sync_has_returned(tmp_path, monkeypatch):
    async def story(gateway, connect):
        real, gate = gateway.spool.sync, threading.Event()

        def held():
            gate.wait(10)
            return real()

        monkeypatch.setattr(gateway.spool, "sync", held)
        reader, writer = await connect()
        writer.write(packet(1))
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(reader.read(1), 0.2)
        gate.set()
        assert await reader.readexactly(len(ack(1))) == ack(1)
        writer.close()

    played(tmp_path, story)


def test_a_device_gets_the_same_answers_however_its_bytes_are_cut(tmp_path):
    stream = b"noise" + packet(1) + packet(2, flag=4) + packet(3)

    async def story(gateway, connect):
        reader, writer = await connect()
        for byte in range(len(stream)):
            writer.write(stream[byte : byte + 1])
            await asyncio.sleep(0)
        assert await reader.readexactly(2 * len(ack(1))) == ack(1) + ack(3)
        writer.close()

    played(tmp_path, story)
    assert raws(tmp_path) == stream


@pytest.mark.parametrize(
    ("sent", "answer", "fault"),
    [
        (packet(1, mn="NOBODY00000001"), ack(1, "9011", "QnRtn=4", mn="NOBODY00000001"), "unknown_mn"),
        (packet(1, pw="000000"), ack(1, "9011", "QnRtn=3", pw="000000"), "wrong_pw"),
        (packet(1)[:-6] + b"FFFF\r\n", ack(1, "9011", "QnRtn=9"), "crc_wrong"),
    ],
)
def test_a_bad_packet_is_kept_refused_by_name_and_the_connection_lives(tmp_path, sent, answer, fault):
    async def story(gateway, connect):
        reader, writer = await connect()
        writer.write(sent)
        assert await reader.readexactly(len(answer)) == answer
        writer.write(packet(2))
        assert await reader.readexactly(len(ack(2))) == ack(2)
        writer.close()

    played(tmp_path, story)
    assert raws(tmp_path) == sent + packet(2)
    assert fault in kinds(tmp_path)
    assert ("impostor" in kinds(tmp_path)) == (fault == "wrong_pw")


def test_without_a_register_a_device_is_accepted_and_marked_unknown(tmp_path):
    async def story(gateway, connect):
        reader, writer = await connect()
        writer.write(packet(1))
        assert await reader.readexactly(len(ack(1))) == ack(1)
        writer.close()

    played(tmp_path, story, roster=Roster.load(tmp_path))
    assert kinds(tmp_path) == ["unknown_mn"]


def test_ten_megabytes_without_a_line_end_are_cut_off_with_a_reason_and_bounded_memory(tmp_path):
    async def story(gateway, connect):
        reader, writer = await connect()
        with contextlib.suppress(ConnectionError):
            for _ in range(160):
                writer.write(b"#" + os.urandom(65535).replace(b"#", b"x").replace(b"\n", b"y"))
                await writer.drain()
        with contextlib.suppress(ConnectionError):
            assert await reader.read() == b""
        assert not gateway.sessions
        assert len(raws(tmp_path)) < 2 << 20

    played(tmp_path, story)
    assert "flood" in kinds(tmp_path)


def test_the_same_device_from_two_addresses_is_an_alarm(tmp_path):
    async def story(gateway, connect):
        reader, writer = await connect()
        writer.write(packet(1))
        await reader.readexactly(len(ack(1)))
        other, pen = await asyncio.open_connection("127.0.0.1", gateway.port, local_addr=("127.0.0.2", 0))
        pen.write(packet(2))
        await other.readexactly(len(ack(2)))
        writer.close()
        pen.close()

    played(tmp_path, story)
    assert kinds(tmp_path) == ["duplicate_mn"]


def test_two_devices_of_one_name_behind_one_address_are_found_when_the_old_one_speaks_again(tmp_path):
    async def story(gateway, connect):
        for n in (1, 2):  # a reconnection is none
            reader, writer = await connect()
            writer.write(packet(n))
            await reader.readexactly(len(ack(n)))
            if n == 1:
                old, pen = reader, writer
        gateway.journal.flush()
        assert kinds(tmp_path) == []
        for n in range(3, 9):
            (pen if n % 2 else writer).write(packet(n))
            await (old if n % 2 else reader).readexactly(len(ack(n)))
        writer.close()
        pen.close()

    played(tmp_path, story)
    assert set(kinds(tmp_path)) == {"duplicate_mn"}
    comings = list(gateway_journal.lines_of(tmp_path / "gateway" / "sessions"))
    assert len([line for line in comings if line["kind"] == "online"]) == 2


def test_an_encrypted_packet_is_acknowledged_with_its_key_and_kept_without_an_answer_without_it(tmp_path):
    """HJ 212-2025 §6.4: the check code is on the plain text."""
    key = b"0123456789abcdef"
    cp = [{"DataTime": "20261124080000"}, {"a21002-Rtd": "1.25", "a21002-Flag": "N"}]
    raw = build(qn="20261124080000001", st="31", cn="2011", pw="123456", mn=MN, flag=9, cp=cp, key=key)

    async def without(gateway, connect):
        reader, writer = await connect()
        writer.write(raw + packet(2))
        assert await reader.readexactly(len(ack(2))) == ack(2)
        writer.close()

    async def with_key(gateway, connect):
        reader, writer = await connect()
        writer.write(raw)
        assert await reader.readuntil(b"\n") == ack(1).replace(b"Flag=4", b"Flag=8")[:-6] + b"%04X\r\n" % crc16(ack(1).replace(b"Flag=4", b"Flag=8")[6:-6])
        writer.close()

    played(tmp_path, without)
    assert raws(tmp_path) == raw + packet(2) and kinds(tmp_path) == ["no_key"]
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "sm4.json").write_text(json.dumps({MN: [key.hex()]}))
    with pytest.raises(BadInput, match="chmod 600"):
        played(tmp_path, with_key)
    (tmp_path / "keys" / "sm4.json").chmod(0o600)
    played(tmp_path, with_key)


def test_a_device_outside_its_allowed_addresses_is_refused_and_reported_as_impostor(tmp_path):
    import ipaddress

    async def story(gateway, connect):
        reader, writer = await connect()
        writer.write(packet(1))
        assert await reader.readexactly(len(ack(1, "9011", "QnRtn=2"))) == ack(1, "9011", "QnRtn=2")
        writer.close()

    played(tmp_path, story, roster=Roster.of([Device(MN, "123456", (ipaddress.ip_network("10.1.0.0/16"),))]))
    assert set(kinds(tmp_path)) == {"impostor", "address_not_allowed"}


def test_a_port_in_use_is_said_in_one_sentence_and_the_spool_is_let_go(tmp_path):
    async def story(gateway, connect):
        other = Gateway(tmp_path / "other", port=gateway.port)
        with pytest.raises(BadInput, match="不能监听"):
            await other.start()
        spool.Spool(tmp_path / "other" / "spool", at_us=1).close()

    played(tmp_path, story)


def test_beyond_the_limit_of_connections_a_new_one_is_refused_and_the_old_ones_live(tmp_path):
    async def story(gateway, connect):
        reader, writer = await connect()
        await connect()
        refused, _ = await connect()
        assert await refused.read() == b""
        writer.write(packet(1))
        assert await reader.readexactly(len(ack(1))) == ack(1)
        writer.close()

    played(tmp_path, story, limits=Limits(sessions_per_address=2))
    assert kinds(tmp_path) == ["full"]


def test_silent_and_slow_connections_are_closed_with_their_reason(tmp_path):
    async def story(gateway, connect):
        _, silent = await connect()
        reader, slow = await connect()
        slow.write(packet(1) + packet(2)[:40])
        await reader.readexactly(len(ack(1)))
        assert await asyncio.wait_for(reader.read(), 8) == b""
        for _ in range(30):
            if not gateway.sessions:
                break
            await asyncio.sleep(0.1)
        assert not gateway.sessions
        silent.close()

    played(tmp_path, story, limits=Limits(silent_s=0.5, stalled_s=0.5, quiet_s=0.3))
    assert sorted(kinds(tmp_path)) == ["silent", "slow"]
    assert raws(tmp_path) == packet(1) + packet(2)[:40]


def test_a_sender_beyond_its_rate_is_slowed_and_loses_nothing(tmp_path):
    count = 300

    async def story(gateway, connect):
        reader, writer = await connect()
        writer.write(b"".join(packet(n) for n in range(count)))
        assert await reader.readexactly(len(ack(1)) * count) == b"".join(ack(n) for n in range(count))
        writer.close()

    played(tmp_path, story, limits=Limits(packets_per_s=400, burst_packets=50))
    assert "crowded" in kinds(tmp_path)


def test_a_full_disk_stops_the_answers_and_space_brings_them_back(tmp_path, monkeypatch):
    async def story(gateway, connect):
        real = gateway.spool.append

        def full(arrivals):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(gateway.spool, "append", full)
        reader, writer = await connect()
        writer.write(packet(1))
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(reader.read(1), 0.7)
        monkeypatch.setattr(gateway.spool, "append", real)
        assert await reader.readexactly(len(ack(1))) == ack(1)
        writer.write(packet(2))
        assert await reader.readexactly(len(ack(2))) == ack(2)
        writer.close()

    played(tmp_path, story)
    assert "disk" in kinds(tmp_path)


def test_a_gateway_stops_also_while_the_disk_is_full_and_promises_nothing(tmp_path, monkeypatch):
    async def story(gateway, connect):
        def full(*_):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(gateway.spool, "append", full)
        monkeypatch.setattr(gateway.spool, "sync", full)
        reader, writer = await connect()
        writer.write(packet(1))
        await asyncio.sleep(0.1)
        await asyncio.wait_for(gateway.stop(), 5)
        assert await reader.read() == b""
        writer.close()

    played(tmp_path, story)


def test_a_clock_that_jumps_is_noted_and_nothing_is_lost(tmp_path):
    shift = [0]

    def wall() -> int:
        import time

        return time.time_ns() // 1000 + shift[0]

    async def story(gateway, connect):
        reader, writer = await connect()
        writer.write(packet(1))
        await reader.readexactly(len(ack(1)))
        shift[0] = -3600_000_000
        await asyncio.sleep(1.3)
        writer.write(packet(2))
        await reader.readexactly(len(ack(2)))
        writer.close()

    played(tmp_path, story, wall=wall)
    assert "clock_jump" in kinds(tmp_path)
    assert raws(tmp_path) == packet(1) + packet(2)


def test_each_legal_day_begins_a_segment(tmp_path):
    now = [1_763_913_590_000_000]  # 23:59:50 in China

    async def story(gateway, connect):
        reader, writer = await connect()
        for n in range(1, 4):
            writer.write(packet(n))
            await reader.readexactly(len(ack(n)))
            now[0] += 8_000_000
        writer.close()

    played(tmp_path, story, wall=lambda: now[0])
    assert [r.position.segment for r in spool.read(tmp_path / "spool")] == [1, 1, 2]


def test_comings_and_goings_are_written_down(tmp_path):
    async def story(gateway, connect):
        reader, writer = await connect()
        writer.write(packet(1))
        await reader.readexactly(len(ack(1)))
        writer.close()
        await asyncio.sleep(0.1)

    played(tmp_path, story)
    lines = list(gateway_journal.lines_of(tmp_path / "gateway" / "sessions"))
    assert [(line["kind"], line["mn"]) for line in lines] == [("restart", ""), ("online", MN), ("offline", MN)]


def test_stopping_answers_what_was_received_and_closes_the_spool_in_good_order(tmp_path):
    async def story(gateway, connect):
        reader, writer = await connect()
        writer.write(packet(1))
        await asyncio.sleep(0.05)
        stopping = asyncio.create_task(gateway.stop())
        assert await reader.read() == ack(1)
        await stopping
        writer.close()

    played(tmp_path, story, tick_s=0.2)
    assert spool.Spool(tmp_path / "spool", at_us=1).recovered == []
