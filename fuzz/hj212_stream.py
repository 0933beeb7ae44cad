"""Any bytes at all give frames, garbage and a rest that together are those bytes; nothing raises, and the buffer stays small.

    python fuzz/hj212_stream.py [--inputs 10000000] [--seed 212] [--seconds 0] [--columnar 100]

An input is one sound packet (the vectors and the conformance corpus) mutated: bits flipped, bytes replaced, cut out or
doubled, two packets spliced, digits of the length changed, pieces of the grammar put in, and in half of the cases length
or check code mended afterwards so that the damage gets past the frame.  Fifty inputs make a stream, which arrives in
random chunks.  Every frame is parsed, read for readings and, when it read cleanly, built again from its record; every
``--columnar``-th stream also goes through the columnar decoder, which must agree with the message decoder.
The same seed gives the same inputs.  On a broken invariant the stream is written to var/fuzz/ and the exit code is 1.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import sys
import time
from pathlib import Path

from qingyuan.engines.sense.hj212 import columnar
from qingyuan.engines.sense.hj212.connection import Connection, PacketReceived
from qingyuan.engines.sense.hj212.crc import crc16
from qingyuan.engines.sense.hj212.frame import WINDOW
from qingyuan.engines.sense.hj212.keyring import KeyRing
from qingyuan.engines.sense.hj212.message import parse
from qingyuan.engines.sense.hj212.readings import readings
from qingyuan.engines.sense.hj212.record import from_record, to_record
from qingyuan.engines.sense.hj212.tck import Identity, corpus, packets
from qingyuan.engines.sense.hj212.tck_wire import numbers

AT = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
KEYS = KeyRing(default=[b"0" * 16])
PIECES = [
    b"##",
    b"&&",
    b"CP=&&",
    b"\r\n",
    b"##0101",
    b"##9999",
    b";",
    b",",
    b"=",
    b"//",
    b"DataTime=",
    b"PNUM=2;PNO=1;",
    b"RF=1;",
]
PIECES += [b"{0xE4,0x3E}", b"&&1C80\r\n", "中".encode(), "中".encode("gbk"), b"\0", b"-", b"Flag=9;", b"**", b" "]
BATCH = 50


def seeds() -> list[bytes]:
    """Sound and unsound packets to start from."""
    fresh = numbers(AT)
    cases = [raw for case in corpus() for raw, _, _ in packets(case, Identity(), fresh)]
    return [raw for raw in dict.fromkeys(cases) if 12 < len(raw) < 2000]


def mutate(raw: bytes, other: bytes, source: random.Random) -> bytes:
    """Return ``raw`` damaged one to four times, and sometimes mended in its frame."""
    data = bytearray(raw)
    for _ in range(source.randint(1, 4)):
        kind, at = source.randrange(7), source.randrange(len(data) or 1)
        if kind == 0 and data:
            data[at] ^= 1 << source.randrange(8)
        elif kind == 1 and data:
            data[at] = source.randrange(256)
        elif kind == 2:
            del data[at : at + source.randint(1, 40)]
        elif kind == 3:
            data[at:at] = data[at : at + source.randint(1, 40)]
        elif kind == 4:
            data[at:] = other[source.randrange(len(other)) :]
        elif kind == 5 and len(data) > 6:
            data[2:6] = b"%04d" % source.randrange(10_000 if source.random() < 0.2 else 600)
        else:
            data[at:at] = source.choice(PIECES)
    if source.random() < 0.5 and 12 < len(data) < 10_011:
        data[2:6] = b"%04d" % (len(data) - 12)
        if source.random() < 0.8:
            data[-6:] = b"%04X\r\n" % crc16(bytes(data[6:-6]))
    return bytes(data)


def check(stream: bytes, source: random.Random) -> tuple[int, int]:
    """Hold one stream against the invariant; returns (packets, readings).  Raises AssertionError, or whatever broke."""
    line, taken, at, seen, rows = Connection(keys=KEYS), [], 0, 0, 0
    while at < len(stream):
        size = source.choice((1, 7, 64, 500, 4096, 65536))
        taken += line.receive(stream[at : at + size], AT)
        at += size
        assert line.buffered <= WINDOW, f"buffer of {line.buffered} bytes"
    taken += line.close(AT)
    assert b"".join(event.raw for event in taken) == stream, "bytes lost or changed"
    assert line.received == line.in_packets + line.in_garbage == len(stream)
    for event in taken:
        if isinstance(event, PacketReceived):
            message = event.message()
            seen += 1
            rows += len(readings(message))
            if message.ok and not message.encrypted and seen % 10 == 0:
                again = parse(from_record(json.loads(json.dumps(to_record(message)))))
                assert again.cp == message.cp and again.qn == message.qn, "a clean packet does not survive its record"
    return seen, rows


def check_columnar(pieces: list[bytes]) -> None:
    """The kernel and the message decoder must give the same tables."""
    buffer, bounds = columnar.bounds_of(pieces)
    quick = columnar.decode(buffer, bounds, KEYS, engine="kernel")
    slow = columnar.decode(buffer, bounds, KEYS, engine="oracle")
    assert quick.packets.to_pylist() == slow.packets.to_pylist(), "packets differ"
    assert quick.readings.to_pylist() == slow.readings.to_pylist(), "readings differ"


def main() -> int:
    """Run until enough inputs or enough seconds; print what was done as one JSON line."""
    options = argparse.ArgumentParser()
    options.add_argument("--inputs", type=int, default=10_000_000)
    options.add_argument("--seconds", type=float, default=0)
    options.add_argument("--seed", type=int, default=212)
    options.add_argument("--columnar", type=int, default=100, help="every how many streams; 0 = never")
    args = options.parse_args()
    start, source, stock = time.monotonic(), random.Random(args.seed), seeds()
    done = {"seed": args.seed, "inputs": 0, "bytes": 0, "packets": 0, "readings": 0, "columnar_inputs": 0}
    while done["inputs"] < args.inputs and not (args.seconds and time.monotonic() - start > args.seconds):
        pieces = [mutate(source.choice(stock), source.choice(stock), source) for _ in range(BATCH)]
        stream = b"".join(pieces)
        try:
            seen, rows = check(stream, source)
            if args.columnar and done["inputs"] // BATCH % args.columnar == 0:
                check_columnar(pieces)
                done["columnar_inputs"] += BATCH
        except Exception as error:
            path = Path("var/fuzz") / f"stream-{args.seed}-{done['inputs']}.bin"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(stream)
            print(json.dumps({**done, "broken": repr(error), "stream": str(path)}))
            return 1
        for name, more in (("inputs", BATCH), ("bytes", len(stream)), ("packets", seen), ("readings", rows)):
            done[name] += more
    print(json.dumps({**done, "seconds": round(time.monotonic() - start, 1), "broken": None}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
