"""Algorithm ``qingyuan-draw-1``: weighted drawing without replacement from a SHA-256 stream, in exact integers.

    digest  = SHA-256 of the commitment in its fixed spelling
    seed    = SHA-256( algorithm \\n digest \\n nonce \\n public value )
    numbers = first 8 bytes (big-endian) of SHA-256( seed ‖ label ‖ counter as 8 bytes ), counter 0, 1, 2 …
    pick    = a number at or above the largest multiple of the weights' sum is rejected; the rest, modulo the sum, walks the list

Objects: per stratum (label ``objects/<stratum>``), in the order of their ids, until the quota is met; weight 0 is never drawn.
Officers: per drawn object (label ``officers/<object>``), each of the team drawn with equal chance among those who need not stand
back and so far have the fewest objects in this draw.  So the load is even and the draw always ends.

No floats, no logarithms, no library: every machine gets the same result.  The nonce was committed too, so that the commitment's
digest does not tell the pool and an outsider cannot compute the result before the commitment is opened.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ALGORITHM = "qingyuan-draw-1"
SPACE = 1 << 64


@dataclass(frozen=True)
class Drawn:
    """One object that was drawn: its place in the draw (from 1), its stratum, the ids of its officers."""

    order: int
    object: str
    stratum: str
    officers: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return {"order": self.order, "object": self.object, "stratum": self.stratum, "officers": list(self.officers)}


def spelled(value: Any) -> bytes:
    """JSON in one fixed spelling: keys sorted by code point, no blanks, UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest_of(commitment: Mapping[str, Any]) -> str:
    """SHA-256 of the commitment, hexadecimal: what is sealed."""
    return hashlib.sha256(spelled(commitment)).hexdigest()


def seed_of(commitment: Mapping[str, Any], value: str) -> bytes:
    """32 bytes from the commitment and the public value."""
    return hashlib.sha256("\n".join((commitment["algorithm"], digest_of(commitment), commitment["nonce"], value)).encode()).digest()


def numbers(seed: bytes, label: str) -> Iterator[int]:
    """Numbers below 2**64, for ever, one stream per label."""
    counter = 0
    while True:
        yield int.from_bytes(hashlib.sha256(seed + label.encode() + counter.to_bytes(8, "big")).digest()[:8], "big")
        counter += 1


def pick(stream: Iterator[int], rows: Sequence[tuple[str, int]]) -> str:
    """One id of ``rows`` (id, weight), with a chance exactly proportional to its weight."""
    total = sum(weight for _, weight in rows)
    number = next(stream)
    while number >= SPACE - SPACE % total:
        number = next(stream)
    number %= total
    for key, weight in rows:
        number -= weight
        if number < 0:
            return key
    raise AssertionError("weights changed while drawing")


def draw_objects(commitment: Mapping[str, Any], seed: bytes) -> list[tuple[str, str]]:
    """(object, stratum) in the order drawn."""
    drawn = []
    for stratum in sorted(commitment["strata"]):
        stream = numbers(seed, f"objects/{stratum}")
        rows = [(o["id"], o["weight"]) for o in commitment["objects"] if o["stratum"] == stratum and o["weight"] > 0]
        for _ in range(commitment["strata"][stratum]["quota"]):
            key = pick(stream, rows)
            rows = [row for row in rows if row[0] != key]
            drawn.append((key, stratum))
    return drawn


def draw(commitment: Mapping[str, Any], value: str) -> list[Drawn]:
    """The whole draw.  ``commitment`` is one that ``commitment.faults`` finds nothing wrong with."""
    seed = seed_of(commitment, value)
    away = {(officer, key) for officer, key in commitment["recusals"]}
    load = {officer["id"]: 0 for officer in commitment["officers"]}
    result = []
    for order, (key, stratum) in enumerate(draw_objects(commitment, seed), 1):
        stream, team = numbers(seed, f"officers/{key}"), []
        for _ in range(commitment["team"]):
            free = [o for o in load if (o, key) not in away and o not in team]
            least = min(load[o] for o in free)
            team.append(pick(stream, [(o, 1) for o in free if load[o] == least]))
        for officer in team:
            load[officer] += 1
        result.append(Drawn(order, key, stratum, tuple(team)))
    return result
