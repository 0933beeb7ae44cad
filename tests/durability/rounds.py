"""One round each of what can go wrong, against a real gateway process and real files.

A round returns an Outcome: packets acknowledged, packets acknowledged and then not found (must be 0), harms done to
the files and harms that fsck named (must be all).
"""

from __future__ import annotations

import asyncio
import itertools
import multiprocessing
import os
import random
import resource
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import structlog

from qingyuan.engines.ledger import layout, sealing, segment
from qingyuan.engines.ledger.fsck import fsck
from qingyuan.engines.sense import spool
from qingyuan.engines.sense.gateway import Gateway, wall_us
from qingyuan.engines.sense.gateway_envelope import PACKET, frame
from qingyuan.engines.sense.gateway_session import Limits

from . import AT

_NUMBERS = itertools.count()


def _serve(data: str, jump_s: float, segment_bytes: int, ready: Connection) -> None:
    """The child: a gateway until killed; its clock jumps by ``jump_s`` after 60 ms."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    began = wall_us()

    def wall() -> int:
        now = wall_us()
        return now if now - began < 60_000 else now + int(jump_s * 1e6)

    async def main() -> None:
        gateway = Gateway(data, segment_bytes=segment_bytes, tick_s=0.002, wall=wall, limits=Limits(burst_packets=1e9))
        try:
            await gateway.start()
        except OSError:
            ready.send(0)
            return
        ready.send(gateway.port)
        await asyncio.Event().wait()

    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        runner.run(main())


@dataclass
class Outcome:
    """Counts of one or many rounds."""

    rounds: int = 0
    acknowledged: int = 0
    lost: int = 0
    harms: int = 0
    detected: int = 0
    undetected: str = ""

    def add(self, other: Outcome) -> None:
        """Sum up."""
        self.rounds += other.rounds
        self.acknowledged += other.acknowledged
        self.lost += other.lost
        self.harms += other.harms
        self.detected += other.detected
        self.undetected = self.undetected or other.undetected


class Server:
    """A gateway process."""

    def __init__(self, data: Path, *, jump_s: float = 0.0, segment_bytes: int = 1 << 18) -> None:
        fork = multiprocessing.get_context("fork")
        mine, theirs = fork.Pipe()
        self.process = fork.Process(target=_serve, args=(str(data), jump_s, segment_bytes, theirs), daemon=True)
        self.process.start()
        self.port = int(mine.recv()) if mine.poll(20) else 0

    def must_run(self) -> Server:
        """Itself, or an error: a harness whose server never ran proves nothing."""
        if not self.port:
            raise RuntimeError("the gateway did not start")
        return self

    def fill(self, limit_bytes: int) -> None:
        """From now on no file of this process may grow beyond so many bytes: writes are cut short, then refused."""
        resource.prlimit(self.process.pid or 0, resource.RLIMIT_FSIZE, (limit_bytes, resource.RLIM_INFINITY))

    def kill(self) -> None:
        """No chance to tidy up."""
        self.process.kill()
        self.process.join(10)

    def stop(self) -> None:
        """End it whatever state it is in."""
        if self.process.is_alive():
            self.kill()


def packet(device: int, pick: random.Random) -> bytes:
    body = b";".join(b"a%05d-Rtd=%d" % (n, pick.randrange(10**6)) for n in range(pick.randrange(1, 12)))
    qn = next(_NUMBERS)
    return frame(b"QN=%017d;ST=31;CN=2011;PW=123456;MN=D%013d;Flag=5;CP=&&DataTime=20261124080000;%b&&" % (qn, device, body))


async def _talk(port: int, device: int, acked: set[bytes], pick: random.Random, until: float) -> None:
    """Send with a few packets in flight; note each QN whose 9014 came back."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.monotonic() < until:
            for _ in range(pick.randrange(1, 8)):
                writer.write(packet(device, pick))
            line = await asyncio.wait_for(reader.readline(), max(0.01, until - time.monotonic()))
            if not line:
                return
            acked.add(line[9:26])
            while reader._buffer.find(b"\n") >= 0:  # type: ignore[attr-defined]
                acked.add((await reader.readline())[9:26])
    except (OSError, asyncio.IncompleteReadError):
        return


def talk(port: int, pick: random.Random, seconds: float, on_time: Callable[[], None] | None = None, sessions: int = 12) -> set[bytes]:
    """Load the gateway for a while; ``on_time`` is called in the midst of it.  Returns the acknowledged QNs."""
    acked: set[bytes] = set()

    async def main() -> None:
        until = time.monotonic() + seconds
        talks = [asyncio.create_task(_talk(port, d, acked, pick, until + 0.3)) for d in range(sessions)]
        await asyncio.sleep(seconds)
        if on_time is not None:
            on_time()
        await asyncio.gather(*talks)

    asyncio.run(main())
    return acked


def kept(data: Path) -> set[bytes]:
    """The QNs in the spool."""
    found = set()
    for record in spool.read(data / "spool"):
        header = PACKET.match(record.raw)
        if header is not None:
            found.add(header[2])
    return found


def missing(data: Path, acked: set[bytes]) -> int:
    """How many acknowledged packets cannot be found after the next writer has tidied up."""
    writer = spool.Spool(data / "spool", at_us=1)
    writer.close()
    return len(acked - kept(data))


def kill_round(data: Path, pick: random.Random, acked: set[bytes]) -> Outcome:
    """kill -9 in the midst of load; the same data directory goes through all rounds."""
    server = Server(data).must_run()
    fresh = talk(server.port, pick, pick.uniform(0.05, 0.25), server.kill)
    server.stop()
    acked |= fresh
    return Outcome(1, len(fresh), missing(data, acked))


def torn_round(data: Path, pick: random.Random, acked: set[bytes]) -> Outcome:
    """kill -9, then cut or scramble what was written after the last sync: what a power cut may leave."""
    server = Server(data).must_run()
    fresh = talk(server.port, pick, pick.uniform(0.05, 0.2), server.kill)
    server.stop()
    acked |= fresh
    folder = data / "spool"
    newest = spool.numbers(folder)[-1]
    if segment.contents(spool.path_of(folder, newest).read_bytes(), newest).closed:
        return Outcome(1, len(fresh), missing(data, acked))  # killed between two segments: nothing is being written
    mark = spool.durable_mark(folder)
    start = mark.offset if mark is not None and mark.segment == newest else segment.HEADER_BYTES
    body = segment.pack(newest, start, [bytes(9) + pick.randbytes(pick.randrange(1, 900)) for _ in range(pick.randrange(1, 9))])[0]
    with open(spool.path_of(folder, newest), "r+b") as file:
        file.seek(start)
        file.write(body[: pick.randrange(1, len(body))])
        if pick.random() < 0.5:
            file.seek(start + pick.randrange(0, len(body)))
            file.write(pick.randbytes(pick.randrange(1, 64)))
    lost = missing(data, acked)
    return Outcome(1, len(fresh), lost)


def clock_round(data: Path, pick: random.Random, acked: set[bytes]) -> Outcome:
    """The machine's clock jumps by up to a year, forwards or back, under load; then kill -9."""
    server = Server(data, jump_s=pick.choice([-1, 1]) * pick.uniform(1, 3e7)).must_run()
    fresh = talk(server.port, pick, 0.2, server.kill)
    server.stop()
    acked |= fresh
    return Outcome(1, len(fresh), missing(data, acked))


def full_round(data: Path, pick: random.Random, acked: set[bytes]) -> Outcome:
    """Writes are cut short and refused in the midst of load; in half the rounds room comes back before the kill."""
    server = Server(data, segment_bytes=1 << 17).must_run()
    fresh = talk(server.port, pick, 0.1, lambda: server.fill(pick.randrange(64, 1 << 16)))
    fresh |= talk(server.port, pick, 0.1)
    if pick.random() < 0.5:
        server.fill(resource.RLIM_INFINITY)
        fresh |= talk(server.port, pick, 0.7)
    server.kill()
    acked |= fresh
    return Outcome(1, len(fresh), missing(data, acked))


def flip_round(data: Path, pick: random.Random) -> Outcome:
    """One random bit of the sealed spool or of the ledger is turned; fsck must name the file (and segment) and position."""
    sealing.seal(data, AT)
    files = [p for p in layout.spool(data).glob("*.seg") if p.stat().st_size] + [layout.entries(data), layout.hashes(data)]
    path = pick.choice(files)
    whole = path.read_bytes()
    bit = pick.randrange(_written(path, whole) * 8)
    changed = bytearray(whole)
    changed[bit // 8] ^= 1 << bit % 8
    path.write_bytes(changed)
    problems = fsck(data).problems
    path.write_bytes(whole)
    place = bit // 8
    if path.name == "entries.seg":
        named = any(p.file == path.name for p in problems)
    else:
        named = any(p.file == path.name and p.offset <= place < max(p.ended, p.offset + 32) for p in problems)
    return Outcome(1, harms=1, detected=int(named), undetected="" if named else f"{path.name} bit {bit}: {problems}")


def _written(path: Path, whole: bytes) -> int:
    """How many bytes of a file mean something (the preallocated rest of an open segment does not)."""
    if path.suffix == ".seg" and path.stem.isdigit():
        return segment.contents(whole, int(path.stem)).ended
    return len(whole)


def small_disk(folder: Path, size: str = "6m") -> bool:
    """Mount a small tmpfs on ``folder``; false where that is not allowed."""
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0:
        return False
    return subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], capture_output=True).returncode == 0


def release(folder: Path) -> None:
    """Unmount it."""
    subprocess.run(["umount", "-l", str(folder)], capture_output=True)
