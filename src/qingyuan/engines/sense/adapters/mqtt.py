"""MQTT as a line into the gateway: QoS 1, and the broker is acknowledged after the sync, like any device.

The session is persistent: what arrives while the gateway is down waits at the broker, and what was delivered but not
acknowledged (a crash, a full disk) is delivered again.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import aiomqtt
import structlog
from aiomqtt.client import mqtt as paho

from qingyuan.engines.sense.gateway_journal import moment

from .contract import Adapter

log = structlog.get_logger("mqtt")
AGAIN_S = 2.0


class TakesIn(Protocol):
    """The gateway, as far as this file knows it."""

    def take_in(self, peer: str, raws: Iterable[bytes], done: Callable[[], None]) -> None:
        """Put bytes into the open batch; ``done`` is called after its sync."""

    def wall(self) -> int:
        """Microseconds since 1970."""


@dataclass(frozen=True)
class Broker:
    """Where the broker is; ``identifier`` names the persistent session and must be this gateway's alone."""

    host: str
    port: int = 1883
    username: str | None = None
    password: str | None = None
    identifier: str = "qingyuan-gateway"


async def listen(gateway: TakesIn, broker: Broker, adapters: Iterable[Adapter], *, ready: asyncio.Event | None = None) -> None:
    """Carry messages into the gateway until cancelled; reconnects for ever."""
    known = tuple(adapters)
    while True:
        try:
            await _once(gateway, broker, known, ready)
        except (aiomqtt.MqttError, OSError) as error:
            log.warning("broker lost, trying again", host=broker.host, port=broker.port, error=str(error))
            await asyncio.sleep(AGAIN_S)


async def _once(gateway: TakesIn, broker: Broker, adapters: tuple[Adapter, ...], ready: asyncio.Event | None) -> None:
    client = aiomqtt.Client(
        broker.host, broker.port, username=broker.username, password=broker.password, identifier=broker.identifier,
        protocol=aiomqtt.ProtocolVersion.V311, clean_session=False,
    )  # fmt: skip
    wire: paho.Client = client._client  # aiomqtt has no door to manual acknowledgement; paho has
    wire.manual_ack_set(True)
    async with client:
        for topic in sorted({topic for adapter in adapters for topic in adapter.topics}):
            await client.subscribe(topic, qos=1)
        log.info("listening to broker", host=broker.host, port=broker.port)
        if ready is not None:
            ready.set()
        async for message in client.messages:
            payload = message.payload if isinstance(message.payload, bytes) else str(message.payload).encode()
            topic = str(message.topic)
            packets = translated(adapters, topic, payload, moment(gateway.wall()))
            gateway.take_in(f"mqtt:{topic}", [payload, *packets], partial(wire.ack, message.mid, message.qos))


def translated(adapters: Iterable[Adapter], topic: str, payload: bytes, at: dt.datetime) -> list[bytes]:
    """The packets of the first adapter whose topics match and that understands the payload."""
    for adapter in adapters:
        if any(aiomqtt.Topic(topic).matches(one) for one in adapter.topics):
            packets = adapter.translate(topic, payload, at)
            if packets:
                return packets
    return []
