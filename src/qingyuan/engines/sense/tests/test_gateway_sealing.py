"""Sealing and checking go on beside a gateway that writes: every synced record is sealed once, nothing is called damaged."""

from __future__ import annotations

import asyncio
import datetime as dt

from qingyuan.engines import ledger
from qingyuan.engines.ledger import bundle, log
from qingyuan.engines.ledger.fsck import fsck
from qingyuan.engines.sense import spool
from qingyuan.engines.sense.gateway import Gateway
from qingyuan.engines.sense.hj212.message import parse

from .test_gateway import packet

AT = dt.datetime(2026, 11, 24, 8, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))


def test_sealing_beside_a_busy_gateway(tmp_path):
    problems: list[object] = []

    async def main():
        gateway = Gateway(tmp_path, segment_bytes=64 << 10, tick_s=0.001)
        await gateway.start()
        reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
        stop = asyncio.Event()

        async def talk():
            n = 0
            while not stop.is_set():
                writer.write(b"".join(packet((n := n + 1) % 1000) for _ in range(20)))
                for _ in range(20):
                    await reader.readuntil(b"\n")

        talking = asyncio.create_task(talk())
        while gateway.spool.number < 4:
            await asyncio.to_thread(ledger.seal, tmp_path, AT)
            problems.extend((await asyncio.to_thread(fsck, tmp_path)).problems)
        stop.set()
        await talking
        writer.close()
        await gateway.stop()

    asyncio.run(main())
    ledger.seal(tmp_path, AT)
    report = fsck(tmp_path)
    records = list(spool.read(tmp_path / "spool"))
    assert problems == [] and report.problems == ()
    assert report.sealed_records == report.records == len(records) > 100 and report.segments > 1
    assert sum(entry.kind == "segment" for entry in log.Log(tmp_path).entries()) == report.segments


def test_a_packet_is_walked_from_the_wire_to_a_bundle_and_back(tmp_path):
    async def main():
        gateway = Gateway(tmp_path)
        await gateway.start()
        reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
        for n in range(40):
            writer.write(packet(n))
            await reader.readuntil(b"\n")
        writer.close()
        await gateway.stop()

    asyncio.run(main())
    ledger.seal(tmp_path, AT)
    chosen = list(spool.read(tmp_path / "spool"))[17]
    bundle.write(tmp_path / "b.zip", data_dir=tmp_path, about={}, documents={}, packets=[tuple(chosen.position)], at=AT)
    bundle.verify(tmp_path / "b.zip")
    record = bundle._unpack(tmp_path / "b.zip")["packets/0.bin"]
    assert parse(record[-len(chosen.raw) :]).qn == parse(packet(17)).qn
