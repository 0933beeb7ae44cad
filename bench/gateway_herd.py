"""A province on the minute: many live sessions, every one of them speaking at the same moment, and ten times as much.

    python bench/gateway_herd.py [--sessions 19900] [--herds 2] [--bursts 10] [--burst 10] [--period-s 60] [--dir .]

Method.  One gateway process (``qingyuan gateway``, its register filled with all devices, history pulls on), one process
that is all the devices (this one).  All connect and stay.  Then, in turn:

    first    every session sends its first packet at the same moment
    idle     nobody speaks for ten seconds: what the sessions cost by merely being there
    herd     on the minute every session sends one packet, so many minutes (--herds)
    burst    on the minute every session sends --burst packets at once, so many minutes (--bursts)

A packet is about 650 bytes, its QN the minute and a running number; latency is from the session's write to its 9014.
Reported per phase: packets, the slowest answers, packets per second while the herd was being answered, CPU seconds of the
gateway and of this process, load of the machine.  At the end the whole spool is read: every packet of every session
must be there once, none may have been refused, no session may have been closed.  The rates depend on who shares the
machine; CPU per packet does so much less.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from array import array
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import uvloop

from qingyuan.engines.sense import spool
from qingyuan.engines.sense.gateway_envelope import frame

CHINA = dt.timezone(dt.timedelta(hours=8))
BODY = b";".join(b"a%05d-Min=1.%d,a%05d-Avg=2.%d,a%05d-Max=3.%d,a%05d-Flag=N" % (f, f, f, f, f, f, f) for f in (21026, 21002, 34013, 19001, 1011, 1012, 1013, 1014))
TICKS = os.sysconf("SC_CLK_TCK")


def mn_of(number: int) -> bytes:
    return b"HERD%010d" % number


def packets(number: int, moment: str, count: int) -> bytes:
    """What one session sends at one moment: minute data, each packet with a QN of its own."""
    head = b"ST=31;CN=2051;PW=123456;MN=%b;Flag=5;CP=&&DataTime=%b;" % (mn_of(number), moment.encode())
    return b"".join(frame(b"QN=%b%03d;" % (moment.encode(), n) + head + BODY + b"&&") for n in range(count))


class Device(asyncio.Protocol):
    """One session."""

    def __init__(self, herd: Herd) -> None:
        self.herd, self.sent_at = herd, 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        now, herd = time.perf_counter(), self.herd
        count = data.count(b"\n")
        acknowledged = data.count(b";CN=9014;")
        herd.refused += count - acknowledged  # an answer may come in two pieces; the difference is gone by the end
        herd.latencies.extend([now - self.sent_at] * count)
        herd.last_at = now

    def connection_lost(self, error: Exception | None) -> None:
        self.herd.closed += not self.herd.is_over


class Herd:
    """All sessions, and what they have seen."""

    def __init__(self, pid: int) -> None:
        self.devices: list[Device] = []
        self.latencies = array("f")
        self.refused = self.closed = 0
        self.is_over = False
        self.last_at = 0.0
        self.moments: list[tuple[str, int]] = []
        self.stat = Path(f"/proc/{pid}/stat")

    def gateway_cpu(self) -> float:
        return sum(map(int, self.stat.read_text().split()[13:15])) / TICKS

    async def connect(self, port: int, sessions: int) -> float:
        loop, began = asyncio.get_running_loop(), time.perf_counter()
        for start in range(0, sessions, 200):
            made = await asyncio.gather(*(loop.create_connection(lambda: Device(self), "127.0.0.1", port) for _ in range(start, min(start + 200, sessions))))
            self.devices += [device for _, device in made]
        return time.perf_counter() - began

    async def speak(self, count: int, at: float = 0.0) -> dict[str, object]:
        """Everybody sends ``count`` packets at ``at`` (Unix time; 0: at once); wait for the answers; say how it was."""
        moment = dt.datetime.fromtimestamp(at or time.time(), CHINA).strftime("%Y%m%d%H%M%S")
        ready = [packets(number, moment, count) for number in range(len(self.devices))]
        await asyncio.sleep(max(0.0, at - time.time()))
        self.moments.append((moment, count))
        self.latencies = array("f")
        gateway, mine, began = self.gateway_cpu(), time.process_time(), time.perf_counter()
        for number, device in enumerate(self.devices):
            device.sent_at = time.perf_counter()
            device.transport.write(ready[number])
            if number % 200 == 199:
                await asyncio.sleep(0)
        sent_s = time.perf_counter() - began
        expected = count * len(self.devices)
        for _ in range(1200):
            if len(self.latencies) >= expected:
                break
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.2)
        return self._told(expected, sent_s, began, self.gateway_cpu() - gateway, time.process_time() - mine)

    def _told(self, expected: int, sent_s: float, began: float, gateway: float, mine: float) -> dict[str, object]:
        ms = np.sort(np.array(self.latencies)) * 1000
        pick = {name: round(float(ms[int(share * (len(ms) - 1))]), 1) for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("max", 1))}
        return {
            "packets": expected, "answered": len(ms), "latency_ms": pick, "sending_took_s": round(sent_s, 2), "answered_within_s": round(self.last_at - began, 2),
            "per_s": round(len(ms) / max(self.last_at - began, 1e-9)), "gateway_cpu_us_per_packet": round(gateway * 1e6 / expected, 1),
            "devices_cpu_us_per_packet": round(mine * 1e6 / expected, 1), "load": round(os.getloadavg()[0], 1),
        }


async def run(options: argparse.Namespace, port: int, pid: int) -> tuple[Herd, list[dict[str, object]]]:
    herd, told = Herd(pid), []

    def note(phase: str, **more: object) -> None:
        told.append({"phase": phase, **more})
        print(json.dumps(told[-1]), flush=True)

    note("connect", sessions=options.sessions, seconds=round(await herd.connect(port, options.sessions), 2))
    note("first", **await herd.speak(1))
    before = herd.gateway_cpu()
    await asyncio.sleep(10)
    note("idle", gateway_cpu_share=round((herd.gateway_cpu() - before) / 10, 3))
    for phase, minutes, count in (("herd", options.herds, 1), ("burst", options.bursts, options.burst)):
        for _ in range(minutes):
            next_at = (time.time() + 5) // options.period_s * options.period_s + options.period_s
            note(phase, **await herd.speak(count, next_at))
    herd.is_over = True
    note("memory", gateway_rss_mb=int(Path(f"/proc/{pid}/status").read_text().split("VmRSS:")[1].split()[0]) // 1024)
    return herd, told


def lost(folder: Path, herd: Herd) -> tuple[int, int]:
    """(packets that are not in the spool, packets that are there twice)."""
    place, size = {}, 0
    for moment, count in herd.moments:
        place[moment.encode()] = size
        size += count
    seen = np.zeros((len(herd.devices), size), dtype=np.uint8)
    for record in spool.read(folder / "spool"):
        at = record.raw.find(b"MN=HERD")
        if at > 0:
            seen[int(record.raw[at + 7 : at + 17]), place[record.raw[9:23]] + int(record.raw[23:26])] += 1
    return int((seen == 0).sum()), int((seen > 1).sum())


def gateway(options: argparse.Namespace, data: str) -> tuple[subprocess.Popen[str], int]:
    """A gateway with its register; returns it and its port."""
    points = Path(data) / "dimensions" / "points.parquet"
    points.parent.mkdir()
    pq.write_table(pa.table({"mn": [mn_of(n).decode() for n in range(options.sessions)], "pw": ["123456"] * options.sessions}), points)
    server = subprocess.Popen([sys.executable, "-m", "qingyuan", "gateway", "--data", data, "--port", "0"], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    for line in server.stdout:
        if "网关已就绪" in line:
            subprocess.Popen(["cat"], stdin=server.stdout, stdout=subprocess.DEVNULL)
            return server, int(line.split("：")[1].split("，")[0].rpartition(":")[2])
    raise SystemExit("the gateway did not start")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, default in (("sessions", 19_900), ("herds", 2), ("bursts", 10), ("burst", 10), ("period-s", 60)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--dir", default=".", help="where the spool lies (a real disk)")
    options = parser.parse_args()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < options.sessions + 60:
        parser.error(f"{options.sessions} sessions need as many open files and some more; this machine allows {hard} per process (ulimit -Hn)")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, options.sessions + 60), hard))
    with tempfile.TemporaryDirectory(dir=options.dir) as data:
        server, port = gateway(options, data)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            herd, _ = runner.run(run(options, port, server.pid))
        server.send_signal(signal.SIGTERM)
        server.wait(60)
        missing, doubled = lost(Path(data), herd)
    packets_sent = sum(count for _, count in herd.moments) * len(herd.devices)
    print(json.dumps({"phase": "spool", "sent": packets_sent, "lost": missing, "doubled": doubled, "refused": herd.refused, "sessions_closed": herd.closed}))
    return 0 if not missing and not herd.refused and not herd.closed else 1


if __name__ == "__main__":
    sys.exit(main())
