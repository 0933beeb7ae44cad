"""Device traffic against any HJ 212 server.

Every device is a whole ``hj212.device.Device``: it waits for its acknowledgements, sends again, answers commands and
gives history when asked.  What it says comes from outside, as (when, mn, cn, cp): a simulated province, a file, a
benchmark.  On the way out the line may be made as bad as lines are: split and doubled packets, wrong check codes, noise,
clocks that are wrong.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from qingyuan import clock

from . import gateway_envelope as envelope
from .hj212.device import Device
from .hj212.frame import Frame
from .hj212.message import parse_frame

MOST_WAITING = 64
Moment = Callable[[], dt.datetime]


class Outgoing(Protocol):
    """One packet to be: when it leaves (aware), whose it is, command code, groups of the data region."""

    @property
    def when(self) -> dt.datetime: ...
    @property
    def mn(self) -> str: ...
    @property
    def cn(self) -> str: ...
    @property
    def cp(self) -> Sequence[Mapping[str, str]]: ...


@dataclass(frozen=True)
class BadLine:
    """How often (0…1, per packet) the line misbehaves, and how wrong device clocks are (seconds, per device)."""

    split: float = 0.0
    double: float = 0.0
    wrong_code: float = 0.0
    noise: float = 0.0
    skew_s: float = 0.0

    @classmethod
    def of(cls, share: float) -> BadLine:
        """All faults at once, ``share`` of the packets in all."""
        return cls(split=share / 2, double=share / 4, wrong_code=share / 8, noise=share / 8, skew_s=600 * share)

    def spoil(self, raw: bytes, pick: random.Random) -> list[bytes]:
        """The pieces in which ``raw`` really leaves."""
        draw = pick.random()
        if draw < self.wrong_code:
            return [raw[:-6] + (b"0000" if raw[-6:-2] != b"0000" else b"FFFF") + raw[-2:]]
        if draw < self.wrong_code + self.noise:
            return [pick.randbytes(pick.randrange(1, 40)).replace(b"#", b"?"), raw]
        if draw < self.wrong_code + self.noise + self.double:
            return [raw, raw]
        if draw < self.wrong_code + self.noise + self.double + self.split:
            where = pick.randrange(1, len(raw))
            return [raw[:where], raw[where:]]
        return [raw]


@dataclass
class Report:
    """What was sent and what came back; latencies in milliseconds, from the (last) sending to the acknowledgement."""

    devices: int = 0
    uploads: int = 0
    acknowledged: int = 0
    given_up: int = 0
    refused: int = 0
    commands: int = 0
    connections: int = 0
    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """The report as the command prints it."""
        ordered = sorted(self.latencies)

        def quantile(share: float) -> float | None:
            return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 3) if ordered else None

        return {
            "devices": self.devices, "uploads": self.uploads, "acknowledged": self.acknowledged, "given_up": self.given_up,
            "refused": self.refused, "commands_answered": self.commands, "connections": self.connections,
            "seconds": round(self.seconds, 3), "latency_ms": {"p50": quantile(0.5), "p95": quantile(0.95), "p99": quantile(0.99), "max": quantile(1)},
        }


class Line(asyncio.Protocol):
    """One device on one socket."""

    def __init__(self, device: Device, traffic: Traffic) -> None:
        self.device, self.traffic = device, traffic
        self.transport: asyncio.Transport | None = None
        self.buffer = bytearray()
        self.sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's own is one in all but name
        self.traffic.report.connections += 1

    def connection_lost(self, error: Exception | None) -> None:
        self.transport = None
        self.buffer.clear()

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        report = self.traffic.report
        for one in envelope.split(self.buffer):
            if not isinstance(one, Frame):
                continue
            message = parse_frame(one)
            before, refused = self.device.acknowledged, self.device.refused
            answer = self.device.receive(message, self.traffic.now())
            report.refused += self.device.refused - refused
            if message.cn not in ("9011", "9012", "9013", "9014"):
                report.commands += 1
                self.write(answer, spoil=False)
                continue
            if self.device.acknowledged > before:
                report.acknowledged += 1
                report.latencies.append((clock.monotonic() - self.sent_at) * 1000)
            self.write(answer)

    def write(self, raw: bytes, *, spoil: bool = True) -> None:
        """Send, over the line as bad as it is."""
        if not raw or self.transport is None or self.transport.is_closing():
            return
        self.sent_at = clock.monotonic()
        for piece in self.traffic.bad.spoil(raw, self.traffic.pick) if spoil else [raw]:
            self.transport.write(piece)


class Traffic:
    """All devices of a simulation.  ``now`` is the simulation's clock (aware)."""

    def __init__(
        self, devices: Iterable[Device], host: str, port: int, *, now: Moment = clock.now, bad: BadLine | None = None, seed: int = 1,
        tick_s: float = 1.0,
    ) -> None:
        self.host, self.port, self.now, self.tick_s = host, port, now, tick_s
        self.bad = bad or BadLine()
        self.pick = random.Random(seed)
        self.report = Report()
        self.lines = {device.mn: Line(device, self) for device in devices}
        self.report.devices = len(self.lines)
        for line in self.lines.values():
            if self.bad.skew_s:
                line.device.clock_offset = dt.timedelta(seconds=self.pick.uniform(-self.bad.skew_s, self.bad.skew_s))

    async def connect(self, line: Line) -> None:
        """Connect one device; a refused connection is tried again at the next packet."""
        try:
            await asyncio.get_running_loop().create_connection(lambda: line, self.host, self.port)
        except OSError:
            line.transport = None

    async def connect_all(self, at_once: int = 200) -> None:
        """Bring every device online, ``at_once`` connections at a time."""
        lines = list(self.lines.values())
        for start in range(0, len(lines), at_once):
            await asyncio.gather(*(self.connect(line) for line in lines[start : start + at_once]))

    async def send(self, one: Outgoing, *, backfill: bool = False) -> None:
        """Hand one packet to its device; waits while that device has too much unacknowledged."""
        line = self.lines.get(one.mn)
        if line is None:
            return
        if line.transport is None:
            await self.connect(line)
        waited = 0
        while line.device.waiting >= MOST_WAITING and waited < 3000:
            await asyncio.sleep(0.01)
            waited += 1
        before = line.device.waiting
        raw = line.device.upload(one.cn, one.cp, self.now(), backfill=backfill)
        self.report.uploads += line.device.waiting - before  # a long body goes out as several packets
        line.write(raw)

    async def play(self, outgoing: Iterable[Outgoing], *, rate: float = 0.0, live: bool = False) -> None:
        """Send in order: at the time each packet says (``live``), at ``rate`` per second, or as fast as it goes."""
        started = clock.monotonic()
        for count, one in enumerate(outgoing):
            if live:
                await asyncio.sleep(max(0.0, (one.when - self.now()).total_seconds()))
            elif rate:
                await asyncio.sleep(max(0.0, started + count / rate - clock.monotonic()))
            elif count % 50 == 0:
                await asyncio.sleep(0)
            await self.send(one)

    async def tick(self) -> None:
        """Let time pass for every device: what was not acknowledged goes out again.  Runs until cancelled."""
        while True:
            await asyncio.sleep(self.tick_s)
            for line in list(self.lines.values()):
                if line.device.waiting and line.transport is None:
                    await self.connect(line)
                line.write(line.device.tick(self.now()))

    async def settle(self, most_s: float) -> None:
        """Wait until every upload is acknowledged or given up, at most so many seconds."""
        until = clock.monotonic() + most_s
        while clock.monotonic() < until and any(line.device.waiting for line in self.lines.values()):
            await asyncio.sleep(0.05)

    def close(self) -> None:
        """Hang up."""
        self.report.given_up = sum(len(line.device.lost) + line.device.waiting for line in self.lines.values())
        for line in self.lines.values():
            if line.transport is not None:
                line.transport.close()


async def drive(
    traffic: Traffic, outgoing: Iterable[Outgoing], *, before: Iterable[Outgoing] = (), rate: float = 0.0, live: bool = False, settle_s: float = 45.0
) -> Report:
    """Play ``before`` as fast as it goes, then ``outgoing``; wait for the last acknowledgements; report."""
    started = clock.monotonic()
    ticking = asyncio.create_task(traffic.tick())
    try:
        await traffic.connect_all()
        await traffic.play(before)
        await traffic.play(outgoing, rate=rate, live=live)
        await traffic.settle(settle_s)
    finally:
        ticking.cancel()
        traffic.report.seconds = clock.monotonic() - started
        traffic.close()
    return traffic.report
