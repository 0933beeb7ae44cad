"""How many packets a second the gateway acknowledges durably, and how long a device waits for its acknowledgement.

    python bench/gateway_ack.py [--sessions 500] [--seconds 10] [--packets-in-flight 20] [--json]

Method.  The gateway runs in a process of its own (``qingyuan gateway``, one process); this process is the devices.
Every session keeps so many packets in flight and sends the next when an acknowledgement comes; packets are ready-made,
about 600 bytes, check codes right, each with its own QN.  Latency is from the write of a packet to the arrival of its
9014.  Counted are acknowledgements; at the end the spool is read and every acknowledged QN must be in it.
The disk part alone (segments with one fdatasync per group against SQLite with synchronous=FULL, same bytes, same disk,
interleaved rounds) is ``--disk``.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import uvloop

from qingyuan.engines.sense import spool
from qingyuan.engines.sense.gateway_envelope import frame

BODY = ";".join(
    f"a{n:05d}-Min=1.{n},a{n:05d}-Avg=2.{n},a{n:05d}-Max=3.{n},a{n:05d}-Flag=N" for n in (21026, 21002, 34013, 19001, 1011, 1012, 1013, 1014)
)


def packet(device: int, number: int) -> bytes:
    qn = b"2026%02d%02d%09d" % (device // 10000 + 1, device // 100 % 100, number * 100 + device % 100)
    return frame(b"QN=%b;ST=31;CN=2051;PW=123456;MN=BENCH%09d;Flag=5;CP=&&DataTime=20261124080000;%b&&" % (qn, device, BODY.encode()))


class Device(asyncio.Protocol):
    def __init__(self, number: int, load: Load) -> None:
        self.number, self.load = number, load
        self.sent = self.acked = 0
        self.rest = 0
        self.times: list[float] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def go(self) -> None:
        self.send(self.load.in_flight)

    def send(self, count: int) -> None:
        if self.load.over or self.transport.is_closing():
            return
        ready = self.load.packets[self.number]
        now = time.perf_counter()
        pieces = []
        for _ in range(count):
            pieces.append(ready[self.sent % len(ready)])
            self.times.append(now)
            self.sent += 1
        self.transport.write(b"".join(pieces))

    def data_received(self, data: bytes) -> None:
        count = data.count(b"\n")  # one per answer; an answer's last byte
        now = time.perf_counter()
        latencies = self.load.latencies
        for n in range(self.acked, self.acked + count):
            latencies.append(now - self.times[n])
        self.acked += count
        self.load.acked += count
        if not self.load.over:
            if self.load.pause_s:
                asyncio.get_running_loop().call_later(self.load.pause_s, self.send, count)
            else:
                self.send(count)


class Load:
    def __init__(self, sessions: int, in_flight: int, pause_s: float, distinct: int) -> None:
        self.in_flight, self.pause_s = in_flight, pause_s
        self.packets = [[packet(d, n) for n in range(distinct)] for d in range(sessions)]
        self.latencies: list[float] = []
        self.acked = 0
        self.over = False


async def load(port: int, sessions: int, in_flight: int, seconds: float, pause_s: float, distinct: int) -> dict[str, object]:
    work = Load(sessions, in_flight, pause_s, distinct)
    loop = asyncio.get_running_loop()
    devices = []
    began = time.perf_counter()
    for start in range(0, sessions, 200):
        made = await asyncio.gather(
            *(loop.create_connection(lambda d=d: Device(d, work), "127.0.0.1", port) for d in range(start, min(start + 200, sessions)))
        )
        devices += [device for _, device in made]
    connected = time.perf_counter() - began
    began = time.perf_counter()
    for device in devices:
        device.go()
    await asyncio.sleep(seconds)
    elapsed, acked = time.perf_counter() - began, work.acked
    work.over = True
    for _ in range(100):
        if all(d.acked == d.sent for d in devices):
            break
        await asyncio.sleep(0.05)
    late = sum(d.sent - d.acked for d in devices)
    for device in devices:
        device.transport.close()
    ordered = sorted(work.latencies)
    pick = lambda share: round(ordered[int(share * (len(ordered) - 1))] * 1000, 1)  # noqa: E731
    return {
        "sessions": sessions, "in_flight": in_flight, "acknowledged_per_s": round(acked / elapsed), "acknowledged": work.acked, "unanswered": late,
        "latency_ms": {"p50": pick(0.5), "p95": pick(0.95), "p99": pick(0.99), "max": pick(1)}, "connect_s": round(connected, 2),
        "packet_bytes": len(work.packets[0][0]),
    }


def gateway_run(options: argparse.Namespace) -> dict[str, object]:
    with tempfile.TemporaryDirectory(dir=options.dir) as data:
        points = Path(data) / "dimensions" / "points.parquet"
        points.parent.mkdir()
        pq.write_table(pa.table({"mn": [f"BENCH{d:09d}" for d in range(options.sessions)], "pw": ["123456"] * options.sessions}), points)
        command = [sys.executable, "-m", "qingyuan", "gateway", "--data", data, "--port", "0", "--packets-per-s", "1000000", "--no-pull", "--tick-ms", str(options.tick_ms)]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert server.stdout is not None
        port = 0
        for line in server.stdout:
            if "网关已就绪" in line:
                port = int(line.split("：")[1].split("，")[0].rpartition(":")[2])
                break
        log = os.open(os.devnull, os.O_WRONLY)
        drain = subprocess.Popen(["cat"], stdin=server.stdout, stdout=log)
        usage = Path(f"/proc/{server.pid}/stat")
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            before = sum(map(int, usage.read_text().split()[13:15]))
            found = runner.run(load(port, options.sessions, options.packets_in_flight, options.seconds, options.pause_s, options.distinct))
            spent = (sum(map(int, usage.read_text().split()[13:15])) - before) / os.sysconf("SC_CLK_TCK")
        status = Path(f"/proc/{server.pid}/status").read_text()
        found["gateway_rss_mb"] = int(status.split("VmRSS:")[1].split()[0]) // 1024
        found["gateway_cpu_us_per_packet"] = round(spent * 1e6 / max(1, int(str(found["acknowledged"]))), 1)
        server.send_signal(signal.SIGTERM)
        server.wait(30)
        drain.wait(5)
        kept = sum(1 for record in spool.read(Path(data) / "spool") if record.raw[:2] == b"##")
        found["in_spool"] = kept
        found["acknowledged_but_lost"] = max(0, int(str(found["acknowledged"])) - kept)
    return found


def disk_run(folder: str, rounds: int = 3) -> list[dict[str, object]]:
    """Durable appends alone: packets/s by group size, our segments against SQLite FULL, interleaved."""
    raw = packet(1, 1)
    results: dict[tuple[str, int], list[float]] = {}
    for _ in range(rounds):
        for group, groups in ((1, 300), (10, 300), (100, 200), (1000, 60)):
            batch = [(1, "10.0.0.1:212", raw)] * group
            with tempfile.TemporaryDirectory(dir=folder) as data:
                writer = spool.Spool(data, at_us=1)
                began = time.perf_counter()
                for _ in range(groups):
                    writer.append(batch)
                    writer.sync()
                results.setdefault(("segments", group), []).append(group * groups / (time.perf_counter() - began))
                writer.close()
                db = sqlite3.connect(Path(data) / "x.sqlite", isolation_level=None)
                db.execute("pragma journal_mode=wal")
                db.execute("pragma synchronous=full")
                db.execute("create table spool (id integer primary key, at integer, peer text, raw blob)")
                began = time.perf_counter()
                for _ in range(groups):
                    db.execute("begin")
                    db.executemany("insert into spool (at, peer, raw) values (?, ?, ?)", batch)
                    db.execute("commit")
                results.setdefault(("sqlite", group), []).append(group * groups / (time.perf_counter() - began))
                db.close()
    medians = {key: statistics.median(values) for key, values in results.items()}
    return [
        {"group": g, "segments_per_s": round(medians["segments", g]), "sqlite_full_per_s": round(medians["sqlite", g]),
         "ratio": round(medians["segments", g] / medians["sqlite", g], 1), "against_group_1": round(medians["segments", g] / medians["segments", 1], 1)}
        for g in (1, 10, 100, 1000)
    ]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sessions", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--packets-in-flight", type=int, default=20)
    parser.add_argument("--pause-s", type=float, default=0.0, help="a device waits so long before its next packet")
    parser.add_argument("--distinct", type=int, default=40)
    parser.add_argument("--tick-ms", type=float, default=5.0)
    parser.add_argument("--dir", default=".", help="where the spool lies (a real disk)")
    parser.add_argument("--disk", action="store_true", help="the disk part alone")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < options.sessions + 60:
        if hard < options.sessions + 60:
            parser.error(f"{options.sessions} sessions need as many open files; this machine allows {hard} per process (ulimit -Hn)")
        resource.setrlimit(resource.RLIMIT_NOFILE, (options.sessions + 60, hard))
    found = disk_run(options.dir) if options.disk else [gateway_run(options)]
    for row in found:
        print(json.dumps(row))


if __name__ == "__main__":
    main()
