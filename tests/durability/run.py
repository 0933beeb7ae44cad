"""``make durability``: hundreds of rounds of the worst, and two numbers that must be right.

    python tests/durability/run.py [--rounds 300] [--seed 1] [--dir var]

Prints acked-but-lost (must be 0) and harms detected (must be all); exit 1 when either is not so.
kill -9 leaves the kernel's page cache alive, so it proves order (sync before answer) and not the disk itself; that the
answer waits for fdatasync is proved by a test that holds the sync back (``test_no_answer_leaves_before_the_sync…``),
and what a power cut may leave of the last write is played by the torn rounds.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from pathlib import Path

if not __package__:
    sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.durability import rounds
from tests.durability.rounds import Outcome

KINDS = ("kill", "torn", "full", "clock")


def play(folder: Path, count: int, seed: int, *, tell: bool = False) -> dict[str, Outcome]:
    """Play ``count`` rounds, a fifth of each kind, in one data directory (the small disk has its own)."""
    pick = random.Random(seed)
    data, small = folder / "data", folder / "small"
    is_small = rounds.small_disk(small)
    total = {kind: Outcome() for kind in (*KINDS, "flip")}
    acked: set[bytes] = set()
    acked_small: set[bytes] = set()
    try:
        for number in range(count):
            kind = (*KINDS, "flip")[number % 5]
            if kind == "flip":
                outcome = rounds.flip_round(data, pick)
            elif kind == "full" and is_small and pick.random() < 0.7:
                outcome = _on_small_disk(small, pick, acked_small)
            else:
                outcome = getattr(rounds, f"{kind}_round")(data, pick, acked)
            total[kind].add(outcome)
            if tell and sys.stderr.isatty():
                print(f"\r{number + 1}/{count}", end="", file=sys.stderr)
            if number % 50 == 49:  # old rounds have been checked; keep the directory small
                data, acked = folder / f"data{number}", set()
    finally:
        if is_small:
            rounds.release(small)
    return total


def _on_small_disk(small: Path, pick: random.Random, acked: set[bytes]) -> Outcome:
    data = small / "data"
    server = rounds.Server(data, segment_bytes=1 << 20)
    if not server.port:  # too full to begin: nothing was acknowledged; make room as an administrator would
        server.stop()
        for path in sorted((data / "spool").glob("*.seg"))[:-1]:
            path.unlink()
        acked.clear()
        return Outcome(1)
    fresh = rounds.talk(server.port, pick, 0.4, server.kill, sessions=30)
    server.stop()
    acked |= fresh
    found = rounds.kept(data)
    return Outcome(1, len(fresh), len(acked - found))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dir", default=None, help="a folder on the disk to be tested")
    options = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(dir=options.dir) as folder:
        total = play(Path(folder), options.rounds, options.seed, tell=True)
    for kind, outcome in total.items():
        print(json.dumps({"kind": kind, "rounds": outcome.rounds, "acknowledged": outcome.acknowledged, "acked_but_lost": outcome.lost,
                          "harms": outcome.harms, "detected": outcome.detected, **({"first_undetected": outcome.undetected} if outcome.undetected else {})}))  # fmt: skip
    lost = sum(o.lost for o in total.values())
    harms, detected = sum(o.harms for o in total.values()), sum(o.detected for o in total.values())
    acknowledged = sum(o.acknowledged for o in total.values())
    print(f"rounds {options.rounds}, acknowledged {acknowledged}, acked-but-lost {lost}, harms {harms}, detected {detected}, {time.monotonic() - began:.0f} s")
    return 0 if lost == 0 and harms == detected else 1


if __name__ == "__main__":
    sys.exit(main())
