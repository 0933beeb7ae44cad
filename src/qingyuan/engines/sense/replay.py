"""Say again, to another server, what a spool holds: a province moved to a new machine, a fault reproduced, a load test.

Packets go out as they came in, byte for byte, in the order of the spool, one connection per original peer, each waiting
for its acknowledgements as the devices did; nothing is rebuilt, so faults are replayed too.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from . import gateway_envelope as envelope
from .hj212.frame import Frame, read_frame
from .spool import Lost, Position, SpoolRecord, read

MOST_OPEN = 64
PATIENCE_S = 10.0


@dataclass
class Replayed:
    """What was sent and answered; ``damaged`` stretches of the spool could not be replayed."""

    records: int = 0
    answers: int = 0
    unanswered: int = 0
    connections: int = 0
    damaged: list[Lost] = field(default_factory=list)


class _Line(asyncio.Protocol):
    def __init__(self, replayed: Replayed) -> None:
        self.replayed = replayed
        self.transport: asyncio.Transport | None = None
        self.waiting = 0
        self.free = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.replayed.connections += 1

    def connection_lost(self, error: Exception | None) -> None:
        self.transport = None
        self.free.set()

    def data_received(self, data: bytes) -> None:
        count = data.count(b"\n")
        self.replayed.answers += count
        self.waiting -= count
        self.free.set()

    async def send(self, raw: bytes, wants_answer: bool) -> None:
        if self.transport is None:
            return
        self.transport.write(raw)
        self.waiting += wants_answer
        while self.waiting >= MOST_OPEN and self.transport is not None:
            self.free.clear()
            try:
                await asyncio.wait_for(self.free.wait(), PATIENCE_S)
            except TimeoutError:
                return


def chosen(
    data_dir: Path | str, *, after: Position | None = None, began: dt.datetime | None = None, ended: dt.datetime | None = None, damaged: list[Lost] | None = None
) -> Iterator[SpoolRecord]:
    """The spool's records that arrived in [began, ended) (aware; None: without bound), in order."""
    first = began.timestamp() * 1e6 if began is not None else float("-inf")
    last = ended.timestamp() * 1e6 if ended is not None else float("inf")
    for record in read(Path(data_dir) / "spool", after, on_damage=damaged):
        if first <= record.received_at < last:
            yield record


async def replay(
    data_dir: Path | str, host: str, port: int, *, began: dt.datetime | None = None, ended: dt.datetime | None = None, rate: float = 0.0
) -> Replayed:
    """Replay to ``host:port``, at most ``rate`` records a second (0: as fast as it is taken)."""
    done = Replayed()
    lines: dict[str, _Line] = {}
    loop = asyncio.get_running_loop()
    started = loop.time()
    for record in chosen(data_dir, began=began, ended=ended, damaged=done.damaged):
        line = lines.get(record.peer)
        if line is None or line.transport is None:
            line = lines[record.peer] = _Line(done)
            await loop.create_connection(lambda line=line: line, host, port)  # type: ignore[misc]
        await line.send(record.raw, _wants_answer(record.raw))
        done.records += 1
        if rate:
            await asyncio.sleep(max(0.0, started + done.records / rate - loop.time()))
    await _settle(lines)
    done.unanswered = sum(max(0, line.waiting) for line in lines.values())
    for line in lines.values():
        if line.transport is not None:
            line.transport.close()
    return done


def _wants_answer(raw: bytes) -> bool:
    frame = read_frame(raw)
    if not isinstance(frame, Frame) or not frame.dialect:
        return False
    said = envelope.read(frame.segment)
    return said.wants_answer and said.cn not in envelope.ANSWERS


async def _settle(lines: dict[str, _Line]) -> None:
    loop = asyncio.get_running_loop()
    until = loop.time() + PATIENCE_S
    while loop.time() < until and any(line.waiting > 0 and line.transport is not None for line in lines.values()):
        await asyncio.sleep(0.02)
