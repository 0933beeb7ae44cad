"""MQTT against a real broker (Mosquitto): nothing is acknowledged to it before it is synced."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import threading

import aiomqtt
import pytest

from qingyuan.engines.sense import spool
from qingyuan.engines.sense.adapters import adapters, mqtt
from qingyuan.engines.sense.gateway import Gateway
from qingyuan.engines.sense.hj212.message import parse

MOSQUITTO = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
pytestmark = [
    pytest.mark.services,
    pytest.mark.skipif(MOSQUITTO is None, reason="NOT TESTED: no mosquitto on this machine (Debian package mosquitto)"),
]
PAYLOAD = b'{"mn":"METER1","time":"2026-11-24T08:00:00+08:00","values":{"d20001":12.3}}'


@pytest.fixture
def broker(tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = tmp_path / "mosquitto.conf"
    settings.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\nmax_inflight_messages 100\n")
    process = subprocess.Popen([MOSQUITTO, "-c", str(settings)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            threading.Event().wait(0.05)
        yield mqtt.Broker("127.0.0.1", port)
    finally:
        process.terminate()
        process.wait(10)


async def publish(broker, *messages):
    async with aiomqtt.Client(broker.host, broker.port) as client:
        for topic, payload in messages:
            await client.publish(topic, payload, qos=1)


def carried(tmp_path, broker, story):
    async def main():
        gateway = Gateway(tmp_path / "data")
        await gateway.start()
        ready = asyncio.Event()
        listening = asyncio.create_task(mqtt.listen(gateway, broker, adapters().values(), ready=ready))
        await asyncio.wait_for(ready.wait(), 10)
        try:
            await asyncio.wait_for(story(gateway), 15)
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
            await gateway.stop()

    asyncio.run(main())


async def spooled(tmp_path, count):
    for _ in range(200):
        found = list(spool.read(tmp_path / "data" / "spool"))
        if len(found) >= count:
            return found
        await asyncio.sleep(0.02)
    raise AssertionError(f"{len(found)} of {count}")


def test_a_reading_is_kept_as_it_came_and_its_translation_behind_it(tmp_path, broker):
    async def story(gateway):
        await publish(broker, ("meter/7", PAYLOAD), ("meter/8", b"not json"))
        found = await spooled(tmp_path, 3)
        assert [(r.peer, r.raw) for r in found if not r.raw.startswith(b"##")] == [("mqtt:meter/7", PAYLOAD), ("mqtt:meter/8", b"not json")]
        message = parse(found[1].raw)
        assert (message.mn, message.st, message.get("DataTime"), message.get("d20001-Rtd")) == ("METER1", "44", "20261124080000", "12.3")

    carried(tmp_path, broker, story)


def test_what_was_not_synced_was_not_acknowledged_and_comes_again(tmp_path, broker, monkeypatch):
    async def fails(gateway):
        def full(arrivals):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(gateway.spool, "append", full)
        await publish(broker, ("meter/7", PAYLOAD))
        await asyncio.sleep(0.4)
        assert list(spool.read(tmp_path / "data" / "spool")) == []

    carried(tmp_path, broker, fails)

    async def works(gateway):
        found = await spooled(tmp_path, 2)
        assert found[0].raw == PAYLOAD

    carried(tmp_path, broker, works)
