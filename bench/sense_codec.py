"""How fast HJ 212 packets are decoded: three decoders, the same packets, interleaved rounds, ratios in one run.

    python bench/sense_codec.py [--packets 1000] [--rounds 15] [--batch 4] [--json]

    peer      what the usual open decoder does, written here in its style: split on separators, one table look-up per
              byte for the check code, every value to a float, a dict per packet; no faults, no versions, no log text
    message   message.parse and readings.readings: all fields, all faults, the oracle
    header    what a gateway needs for an acknowledgement: frame, check code, header, the answer's bytes
    columnar  columnar.decode to arrow columns, check code verified, all fields

Packets: flue-gas minute data of 2017, about 560 bytes, all distinct, in memory.  Time is CPU time of this process
(time.process_time): the machine may be shared.  Median of the rounds; the compilation of the kernel is not counted and
told apart.  ``--batch`` repeats the packets that many times into one columnar batch.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from qingyuan.engines.sense.hj212 import columnar
from qingyuan.engines.sense.hj212.connection import Connection
from qingyuan.engines.sense.hj212.crc import TABLE
from qingyuan.engines.sense.hj212.message import build, parse
from qingyuan.engines.sense.hj212.readings import readings

FACTORS = ("a21026", "a21002", "a34013", "a19001", "a01011", "a01012", "a01013", "a01014", "a00000")
AT = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)


def traffic(count: int, seed: int = 1) -> list[bytes]:
    """Distinct minute packets of 250 stations."""
    source, out = random.Random(seed), []
    for n in range(count):
        items = [{"DataTime": f"20260105{n // 60 % 24:02d}{n % 60:02d}00"}]
        for factor in source.sample(FACTORS, 7):
            low, mean, high = sorted(source.uniform(0, 100) for _ in range(3))
            values = {"Min": f"{low:.2f}", "Avg": f"{mean:.2f}", "Max": f"{high:.3f}", "Flag": "N"}
            items.append({f"{factor}-{name}": value for name, value in values.items()})
        out.append(
            build(
                qn=f"202601050830{n % 60:02d}{n % 1000:03d}",
                st="31",
                cn="2051",
                pw="123456",
                mn=f"010000A8900016F00016{n % 250:04X}",
                flag=5,
                cp=items,
            )
        )
    return out


def peer(raw: bytes) -> dict[str, Any]:
    """A decoder in the usual style."""
    length = int(raw[2:6])
    segment = raw[6 : 6 + length]
    crc = 0xFFFF
    for byte in segment:
        crc = TABLE[(crc >> 8) ^ byte]
    if crc != int(raw[6 + length : 10 + length], 16):
        raise ValueError("crc")
    text = segment.decode("ascii")
    head, _, rest = text.partition("CP=&&")
    packet: dict[str, Any] = dict(part.split("=") for part in head.strip(";").split(";"))
    values: dict[str, dict[str, Any]] = {}
    for item in rest[:-2].split(";"):
        for pair in item.split(","):
            key, _, value = pair.partition("=")
            factor, hyphen, name = key.partition("-")
            if not hyphen:
                packet[key] = dt.datetime.strptime(value, "%Y%m%d%H%M%S").replace(tzinfo=dt.UTC)
            else:
                values.setdefault(factor, {})[name] = value if name == "Flag" else float(value)
    return {**packet, "values": values}


def decoders(raws: list[bytes], batch: int) -> dict[str, tuple[int, Callable[[], object]]]:
    """Name → (packets per call, call)."""
    buffer, bounds = columnar.bounds_of(raws * batch)
    stream = b"".join(raws)
    return {
        "peer": (len(raws), lambda: [peer(raw) for raw in raws]),
        "message": (len(raws), lambda: [readings(parse(raw)) for raw in raws]),
        "parse": (len(raws), lambda: [parse(raw) for raw in raws]),
        "header": (len(raws), lambda: Connection().receive(stream, AT)),
        "columnar": (len(raws) * batch, lambda: columnar.decode(buffer, bounds, engine="kernel")),
    }


def measure(raws: list[bytes], rounds: int, batch: int) -> dict[str, Any]:
    """Packets per second of each decoder, and the ratios."""
    start = time.process_time()
    columnar.decode(*columnar.bounds_of(raws[:1]), engine="kernel")
    warm = time.process_time() - start
    ways = decoders(raws, batch)
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, (count, call) in ways.items():
            start = time.process_time()
            call()
            seconds[name].append((time.process_time() - start) / count)
    rate = {name: 1 / statistics.median(times) for name, times in seconds.items()}
    same = len(columnar.decode(*columnar.bounds_of(raws), engine="kernel").readings) == sum(
        len(readings(parse(r))) for r in raws
    )
    return {
        "packets": len(raws),
        "mean_bytes": round(statistics.mean(map(len, raws))),
        "batch": len(raws) * batch,
        "kernel_ready_s": round(warm, 2),
        "packets_per_s": {name: round(value) for name, value in rate.items()},
        "best_columnar_per_s": round(1 / min(seconds["columnar"])),
        "columnar_over_peer": round(rate["columnar"] / rate["peer"], 1),
        "columnar_over_message": round(rate["columnar"] / rate["message"], 1),
        "parse_over_peer": round(rate["parse"] / rate["peer"], 2),
        "same_readings": same,
    }


def main() -> int:
    """Print a table, or one JSON object."""
    options = argparse.ArgumentParser()
    options.add_argument("--packets", type=int, default=1000)
    options.add_argument("--rounds", type=int, default=15)
    options.add_argument("--batch", type=int, default=4)
    options.add_argument("--json", action="store_true")
    args = options.parse_args()
    result = measure(traffic(args.packets), args.rounds, args.batch)
    if args.json:
        print(json.dumps(result))
        return 0
    print(
        f"{result['packets']} packets of {result['mean_bytes']} bytes; kernel ready after {result['kernel_ready_s']} s CPU"
    )
    for name, value in result["packets_per_s"].items():
        print(f"  {name:10}{value:>12,} packets/s")
    print(f"  columnar = {result['columnar_over_peer']} × peer = {result['columnar_over_message']} × message")
    return 0


if __name__ == "__main__":
    sys.exit(main())
